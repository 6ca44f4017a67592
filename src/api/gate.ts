import { type Access, type KeyScope, reaches } from '../memory/access.ts';
import { EcphoryError } from '../memory/errors.ts';

/** Hears what a request reached, for the audit log. */
export interface Sight {
  namespace(namespace: string): void;
  memories(ids: readonly string[]): void;
}

/** What may be there under an id. */
export type Named = 'memory' | 'entity' | 'operation' | 'run' | 'webhook';

/** The two questions that are asked of every call: has the key this scope, and was it given this namespace? */
export interface Gate {
  /** @throws EcphoryError `forbidden` */
  need(scope: KeyScope): void;
  /** A namespace that the caller named. @throws EcphoryError `forbidden` */
  enter(scope: KeyScope, namespace: string): void;
  /** Where something lives that only an id named. @throws EcphoryError `not_found`, as for an id that never was */
  inside(namespace: string, what: Named): void;
  reaches(namespace: string): boolean;
  /** Gives the result on, and tells which memories are in it. */
  seen<Result>(result: Result, ids: (result: Result) => readonly string[]): Result;
}

export function newGate(access: Access, sight: Sight): Gate {
  return {
    need,

    enter(scope, namespace) {
      need(scope);
      sight.namespace(namespace);
      if (reaches(access.namespaces, namespace)) return;
      throw new EcphoryError('forbidden', 'This API key was not given this namespace.', { pointer: '/namespace' });
    },

    inside(namespace, what) {
      // The words of the service for an id that is not there.
      if (!reaches(access.namespaces, namespace)) {
        throw new EcphoryError('not_found', `There is no ${what} with this id.`);
      }
      sight.namespace(namespace);
    },

    reaches: (namespace) => reaches(access.namespaces, namespace),

    seen(result, ids) {
      sight.memories(ids(result));
      return result;
    },
  };

  function need(scope: KeyScope): void {
    if (access.scopes.includes(scope)) return;
    throw new EcphoryError('forbidden', `This API key has no scope "${scope}", which this needs.`);
  }
}

export function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id);
}
