import type { ReadScope, Scope } from '../../memory/scope.ts';
import type { Connection } from './driver.ts';

/** Which rows a read may see. The one place where a tenant and a namespace become numbers. */
export interface Scopes {
  /** Makes the scope on its first write. */
  idForWriting(scope: Scope): number;
  /** The scopes that a read covers, with their numbers; empty when nothing was ever written there. */
  covered(read: ReadScope): readonly NumberedScope[];
  /** The same as a JSON list of numbers, for `IN (SELECT value FROM json_each(?))`. */
  coveredAsJson(read: ReadScope): string;
}

export interface NumberedScope {
  readonly id: number;
  readonly scope: Scope;
}

interface ScopeRow {
  readonly id: number;
  readonly namespace: Scope['namespace'];
}

export function newScopes(connection: Connection): Scopes {
  const statement = {
    find: connection
      .prepare<[string, string], number>('SELECT id FROM scopes WHERE tenant = ? AND namespace = ?')
      .pluck(),
    add: connection.prepare('INSERT INTO scopes (tenant, namespace) VALUES (?, ?)'),
    // Below `a/b` is what lies from `a/b/` to just before `a/b0`, the character after the slash: a range of the index.
    subtree: connection.prepare<[string, string, string, string], ScopeRow>(
      `SELECT id, namespace FROM scopes
       WHERE tenant = ? AND (namespace = ? OR (namespace >= ? AND namespace < ?)) ORDER BY id`,
    ),
  };

  return {
    idForWriting({ tenant, namespace }) {
      return statement.find.get(tenant, namespace) ?? Number(statement.add.run(tenant, namespace).lastInsertRowid);
    },
    covered,
    coveredAsJson: (read) => JSON.stringify(covered(read).map(({ id }) => id)),
  };

  function covered(read: ReadScope): readonly NumberedScope[] {
    const { tenant, namespace } = read;
    if (!read.subtree) {
      const id = statement.find.get(tenant, namespace);
      return id === undefined ? [] : [{ id, scope: { tenant, namespace } }];
    }
    return statement.subtree
      .all(tenant, namespace, `${namespace}/`, `${namespace}0`)
      .map((row) => ({ id: row.id, scope: { tenant, namespace: row.namespace } }));
  }
}
