import { defaultPolicy, type Policy, type PolicyStore } from '../../memory/policy.ts';
import type { Connection } from './driver.ts';

export interface PolicyStoreParts {
  readonly read: <Answer>(work: () => Answer) => Promise<Answer>;
  readonly write: <Answer>(work: () => Answer) => Promise<Answer>;
}

/** How namespaces forget. */
export function newPolicies(connection: Connection, { read, write }: PolicyStoreParts): PolicyStore {
  const statement = {
    drop: connection.prepare('DELETE FROM policies WHERE tenant = ? AND namespace = ?'),
    put: connection.prepare(
      `INSERT INTO policies (tenant, namespace, policy) VALUES (?, ?, ?)
       ON CONFLICT (tenant, namespace) DO UPDATE SET policy = excluded.policy`,
    ),
  };

  return {
    ...newPolicyReader(connection, read),
    set: ({ tenant, namespace }, policy) =>
      write(() => {
        if (policy === null) statement.drop.run(tenant, namespace);
        else statement.put.run(tenant, namespace, JSON.stringify(policy));
      }),
  };
}

export function newPolicyReader(
  connection: Connection,
  read: PolicyStoreParts['read'],
): Pick<PolicyStore, 'own' | 'effective'> {
  const find = connection
    .prepare<[string, string], string>('SELECT policy FROM policies WHERE tenant = ? AND namespace = ?')
    .pluck();

  return {
    own: ({ tenant, namespace }) =>
      read(() => {
        const policy = find.get(tenant, namespace);
        return policy === undefined ? null : (JSON.parse(policy) as Policy);
      }),
    effective: ({ tenant, namespace }) =>
      read(() => {
        const labels = namespace.split('/');
        for (let length = labels.length; length > 0; length -= 1) {
          const policy = find.get(tenant, labels.slice(0, length).join('/'));
          if (policy !== undefined) return JSON.parse(policy) as Policy;
        }
        return defaultPolicy;
      }),
  };
}
