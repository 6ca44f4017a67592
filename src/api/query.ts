import { EcphoryError } from '../memory/errors.ts';
import { pointerOf } from './json.ts';

/** What a query string said: every name with its values in order. */
export type Query = ReadonlyMap<string, readonly string[]>;

/**
 * Reads a query string strictly: each escape must be valid UTF-8 (Node's own reader puts U+FFFD in its place),
 * and `a[b]=c` is the name `a[b]`, not an object.
 *
 * @throws EcphoryError `invalid`
 */
export function parseQuery(url: string): Query {
  const start = url.indexOf('?');
  const query = new Map<string, string[]>();
  if (start === -1) return query;
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(equals === -1 ? part : part.slice(0, equals), '');
    const value = equals === -1 ? '' : decoded(part.slice(equals + 1), pointerOf([name]));
    const values = query.get(name);
    if (values === undefined) query.set(name, [value]);
    else values.push(value);
  }
  return query;
}

/** Each name with its one value. @throws EcphoryError `invalid` at a name that comes twice */
export function singleValues(query: Query): Readonly<Record<string, string>> {
  const single: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, [value, ...more]] of query) {
    if (more.length > 0) throw new EcphoryError('invalid', 'Give it once.', { pointer: pointerOf([name]) });
    single[name] = value ?? '';
  }
  return single;
}

function decoded(text: string, pointer: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new EcphoryError('invalid', 'The escapes are not valid UTF-8.', { pointer });
  }
  if (value.includes('\0')) throw new EcphoryError('invalid', 'The text holds U+0000.', { pointer });
  return value;
}
