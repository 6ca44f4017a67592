import { EcphoryError } from './errors.ts';
import { limits } from './limits.ts';

declare const brand: unique symbol;

/** A primitive that only its parser may make. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };

/** The isolation boundary. Comes from the API key alone, never from a request. */
export type Tenant = Brand<string, 'Tenant'>;

/** Who a memory is about: a path of labels such as `users/alice`. */
export type Namespace = Brand<string, 'Namespace'>;

/** Where one memory lives. Every write names exactly one. */
export interface Scope {
  readonly tenant: Tenant;
  readonly namespace: Namespace;
}

/** What one read may see: a namespace, or with `subtree` it and everything below it. */
export interface ReadScope extends Scope {
  readonly subtree: boolean;
}

const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** @throws EcphoryError `invalid` when `value` is not 1 to 64 of a-z, 0-9, `_`, `-`. */
export function parseTenant(value: string): Tenant {
  if (!tenantPattern.test(value)) {
    throw new EcphoryError('invalid', 'A tenant is 1 to 64 characters of a-z, 0-9, "_" and "-".', {
      pointer: '/tenant',
    });
  }
  return value as Tenant;
}

/**
 * A namespace is 1 to 8 labels joined by `/`. A label is 1 to 128 characters of anything that prints,
 * without `/`, `*`, surrounding spaces, and is not `.` or `..`. Labels are compared byte for byte in
 * Unicode form NFC, so that `é` typed two ways is one user, and `a` never stands for a look-alike.
 *
 * @throws EcphoryError `invalid` with the reason.
 */
export function parseNamespace(value: string, pointer = '/namespace'): Namespace {
  const problem = namespaceProblem(value);
  if (problem !== null) throw new EcphoryError('invalid', problem, { pointer });
  return value.normalize('NFC') as Namespace;
}

/** A namespace for reading: `users/alice`, or `users/**` for it and everything below it. */
export function parseReadScope(tenant: Tenant, value: string, pointer = '/namespace'): ReadScope {
  const subtree = value.endsWith('/**');
  const namespace = parseNamespace(subtree ? value.slice(0, -3) : value, pointer);
  return { tenant, namespace, subtree };
}

/** Whether a memory that lives in `scope` may be seen by `read`. */
export function covers(read: ReadScope, scope: Scope): boolean {
  if (read.tenant !== scope.tenant) return false;
  if (read.namespace === scope.namespace) return true;
  return read.subtree && scope.namespace.startsWith(`${read.namespace}/`);
}

/** One namespace, as a read. */
export function readScope(scope: Scope): ReadScope {
  return { tenant: scope.tenant, namespace: scope.namespace, subtree: false };
}

/** A map key that no two read scopes share: neither a tenant nor a namespace can hold a line feed. */
export function scopeKey(read: ReadScope): string {
  return `${read.tenant}\n${read.namespace}${read.subtree ? '/**' : ''}`;
}

function namespaceProblem(value: string): string | null {
  if (value.length === 0) return 'A namespace is needed, such as "users/alice".';
  if (value.length > limits.namespaceCharacters) {
    return `A namespace is at most ${limits.namespaceCharacters} characters; this one has ${value.length}.`;
  }
  if (!value.isWellFormed()) return 'A namespace must be well-formed Unicode.';
  const labels = value.split('/');
  if (labels.length > limits.namespaceLabels) {
    return `A namespace has at most ${limits.namespaceLabels} labels; this one has ${labels.length}.`;
  }
  for (const label of labels) {
    if (label.length === 0) return 'A namespace has no empty label: no leading, trailing or double "/".';
    if (label.length > limits.namespaceLabelCharacters) {
      return `A namespace label is at most ${limits.namespaceLabelCharacters} characters.`;
    }
    if (label === '.' || label === '..') return 'A namespace label is not "." or "..".';
    if (label.trim() !== label) return 'A namespace label does not begin or end with a space.';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point.
    if (/[*\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(label)) {
      return 'A namespace label holds no "*" and no control characters.';
    }
  }
  return null;
}
