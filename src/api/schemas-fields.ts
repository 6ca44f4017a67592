import { z } from 'zod';
import type { Json, Metadata } from '../memory/episode.ts';
import { limits } from '../memory/limits.ts';
import { isObject } from './checked.ts';

/**
 * Fields that many requests have. What is validated here is the type alone; bounds stand in `meta`, for the document, because
 * the service checks them once for every door and says more of what is wrong.
 */
export const writeNamespace = z.string().meta({
  description: 'Who it is about: 1 to 8 labels joined by "/".',
  minLength: 1,
  maxLength: limits.namespaceCharacters,
  examples: ['users/alice'],
});

export const readNamespace = z.string().meta({
  description: 'A namespace, or with the ending "/**" it and everything below it.',
  minLength: 1,
  maxLength: limits.namespaceCharacters,
  examples: ['users/alice'],
});

/** ISO 8601, read by `parseTime`. */
export function timeField(description: string) {
  return z.string().meta({
    description: `${description} ISO 8601; without a zone it is UTC.`,
    maxLength: 40,
    examples: ['2024-05-08T13:56:00Z', '2024-05-08'],
  });
}

export function textField(description: string, charactersMax: number) {
  return z.string().meta({ description, minLength: 1, maxLength: charactersMax });
}

export function nameField(description: string) {
  return textField(description, limits.nameCharacters);
}

/** A whole number; read as any number so that what is wrong with it is said in one way. */
export function countField(description: string, bounds: { readonly max: number; readonly byDefault: number }) {
  return z.number().meta({ description, type: 'integer', minimum: 1, maximum: bounds.max, default: bounds.byDefault });
}

export const pageLimit = countField('Items of one page at most.', {
  max: limits.pageLimit,
  byDefault: limits.pageLimitDefault,
});

export const cursor = z
  .string()
  .meta({ description: 'Where the next page begins: `next_cursor` of the page before it.' });

export const tagList = z.array(z.string().meta({ minLength: 1, maxLength: limits.tagCharacters })).meta({
  description: 'Labels of your own, for filters and beside the text.',
  maxItems: limits.tagsPerNote,
});

export const metadataField = z.custom<Metadata>(isObject, 'Expected an object.').meta({
  description: 'Fields of your own, for filters; never ranked and never an instruction. Kept as they come.',
  type: 'object',
  additionalProperties: true,
  examples: [{ topic: 'travel' }],
});

export const filterField = z.custom<Json>(isObject, 'Expected an object.').meta({
  description:
    'Conditions on fields and metadata: `$eq $ne $gt $gte $lt $lte $in $nin $exists $contains`, joined by `$and $or $not`.',
  type: 'object',
  additionalProperties: true,
  examples: [{ topic: 'travel', created_at: { $gte: '2024-01-01' } }],
});

/** For a query string, where everything is text. */
export function flagField(description: string) {
  return z.enum(['true', 'false']).meta({ description });
}
