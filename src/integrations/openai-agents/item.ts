import type { Role } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { MessageInput } from '../../memory/service.ts';

/**
 * An item of a conversation as JSON that says all of it. Bytes, which some items hold, are written in base64.
 *
 * @throws EcphoryError `invalid` for what is no data: functions, symbols, instances of classes, cycles.
 */
export function itemJson(item: unknown): string {
  return JSON.stringify(encoded(item, new Set()));
}

export function itemOfJson(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
    if (bytesField in value) return new Uint8Array(Buffer.from(String(value[bytesField]), 'base64'));
    const names = Object.keys(value);
    if (!names.some((name) => escapedName.test(name))) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name.replace(escapedName, '$1'), field]));
  });
}

/** What search finds the item by: what was said, what was called, what came of it. */
export function messageInputOf(item: unknown): MessageInput {
  const { type, role, name, arguments: input, content, output } = fieldsOf(item);
  switch (type) {
    case undefined:
    case 'message':
      return { content: textOr(wordsOf(content), '(no text)'), ...roleOf(role) };
    case 'function_call':
      return { content: textOr(`${name}(${input})`, '(call)'), role: 'assistant', origin: 'agent' };
    case 'function_call_result':
      return { content: textOr(wordsOf(output), '(no text)'), role: 'tool', origin: 'tool' };
    default:
      return { content: `(${textOr(String(type), 'item')})`, role: 'assistant', origin: 'agent' };
  }
}

/** Stands for bytes. A field that an item itself calls so gets one more `$`, and so does one that has more already. */
const bytesField = '$bytes';
const escapedName = /^\$(\$+bytes)$/;

/** The same data, its fields in order, so that the JSON of equal items is equal. */
function encoded(value: unknown, around: ReadonlySet<object>): unknown {
  if (value === null || ['string', 'boolean', 'undefined'].includes(typeof value)) return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array) return { [bytesField]: Buffer.from(value).toString('base64') };
  if (typeof value !== 'object' || around.has(value)) throw noData();
  const inside = new Set([...around, value]);
  if (Array.isArray(value)) return value.map((one) => encoded(one, inside));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw noData();
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(
    fields.map(([name, field]) => [name.replace(/^\$+bytes$/, '$$$&'), encoded(field, inside)]),
  );
}

function noData(): EcphoryError {
  return new EcphoryError('invalid', 'An item of a session must be data: texts, numbers, lists, objects, bytes.');
}

function fieldsOf(item: unknown): Readonly<Record<string, unknown>> {
  return item !== null && typeof item === 'object' ? { ...item } : {};
}

/** Of a text, one part, or a list of parts. */
function wordsOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) {
    return content
      .map(wordsOf)
      .filter((words) => words !== '')
      .join('\n');
  }
  const { text, refusal, transcript } = fieldsOf(content);
  return [text, refusal, transcript].find((words) => typeof words === 'string') ?? '';
}

function roleOf(role: unknown): { readonly role?: Role } {
  return role === 'user' || role === 'assistant' || role === 'system' ? { role } : {};
}

function textOr(text: string, otherwise: string): string {
  const kept = text.toWellFormed().replaceAll('\0', ' ').trim().slice(0, limits.textCharacters).toWellFormed();
  return kept === '' ? otherwise : kept;
}
