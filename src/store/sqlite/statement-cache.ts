import type { Statement } from 'better-sqlite3';
import type { Connection } from './driver.ts';

/** Prepared statements by their text, the least recently used dropped first. For texts that a caller's query shapes. */
export function newStatementCache<Parameters extends unknown[], Row>(
  connection: Connection,
  statementsMax: number,
): (sql: string) => Statement<Parameters, Row> {
  const kept = new Map<string, Statement<Parameters, Row>>();
  return (sql) => {
    const statement = kept.get(sql) ?? prepare(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > statementsMax && oldest !== undefined) kept.delete(oldest);
    return statement;
  };

  function prepare(sql: string): Statement<Parameters, Row> {
    return connection.prepare<unknown[], Row>(sql) as Statement<Parameters, Row>;
  }
}
