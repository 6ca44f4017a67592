import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { formatTime, parseTime } from '../memory/time.ts';
import type { JsonObject } from './import-unit.ts';

/*
 * Reading what another program wrote, whose shape nobody promised: a field of an unexpected type counts as absent.
 */

/** @throws EcphoryError `invalid` */
export function parseJsonFile(text: string): Json {
  if (text.startsWith('PK')) {
    throw new EcphoryError('invalid', 'This is a zip archive: unpack it, and import the file inside.');
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as Json;
  } catch (error) {
    throw new EcphoryError('invalid', 'The file is not valid JSON.', { cause: error });
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return value !== undefined && value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function listIn(object: JsonObject, name: string): readonly Json[] {
  const value = object[name];
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function objectsIn(object: JsonObject, name: string): readonly JsonObject[] {
  return listIn(object, name).filter(isObject);
}

/** Null when absent or blank. Verbatim but for what no text may hold. */
export function textIn(object: JsonObject, name: string): string | null {
  const value = object[name];
  return typeof value === 'string' ? heldText(value) : null;
}

export function heldText(value: string): string | null {
  const text = value.toWellFormed().replaceAll('\0', '');
  return text.trim() === '' ? null : text;
}

/** A name of a speaker, a session or a tag, cut to what is held. */
export function nameIn(object: JsonObject, name: string): string | null {
  return textIn(object, name)?.trim().slice(0, limits.tagCharacters).toWellFormed() ?? null;
}

/** ISO 8601 in UTC of the first name that holds a time: seconds since 1970, or ISO 8601. */
export function timeIn(object: JsonObject, ...names: readonly string[]): string | null {
  for (const name of names) {
    const value = object[name];
    const at = typeof value === 'number' ? value * 1000 : typeof value === 'string' ? parseTime(value) : null;
    if (at !== null && at >= yearsFrom && at < yearsTo) return formatTime(at);
  }
  return null;
}

/** The text parts of a message's content: a text, or a list of texts and of parts with a text. */
export function contentText(content: Json | undefined): string | null {
  if (typeof content === 'string') return heldText(content);
  if (isObject(content)) return textIn(content, 'text');
  if (!Array.isArray(content)) return null;
  const parts = (content as readonly Json[]).map((part) => {
    if (typeof part === 'string') return part;
    return isObject(part) && typeof part.text === 'string' && part.type !== 'thinking' ? part.text : '';
  });
  return heldText(parts.filter((part) => part !== '').join('\n'));
}

/** The fields that are there. */
export function present(fields: Readonly<Record<string, Json | null | undefined>>): JsonObject {
  const found: Record<string, Json> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== undefined) found[name] = value;
  return found;
}

const yearsFrom = new Date(0).setUTCFullYear(limits.yearMin);
const yearsTo = Date.UTC(limits.yearMax + 1, 0);
