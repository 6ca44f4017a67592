import { z } from 'zod';
import { polarities } from './memory/claim.ts';
import { entityKinds } from './memory/entity.ts';
import { type Metadata, origins, roles } from './memory/episode.ts';
import { EcphoryError } from './memory/errors.ts';
import { limits } from './memory/limits.ts';
import { linkTypes } from './memory/link.ts';
import { noteKinds, noteStates } from './memory/note.ts';
import { summaryLevels } from './memory/summary.ts';

/**
 * The lines of an export, one JSON object each, in the order in which they come:
 * `header`; for each namespace `namespace`, its own `policy` if it has one, a `note` for each in the order they were added, a
 * `past` for each (what refers to other notes, which are all known by then), and a `link` for each; at last `end`.
 * Times are milliseconds since 1970. What can be computed again (vectors, keys) is not in it.
 */
export const exportFormat = 'ecphory-export';
export const exportVersion = 1;

const text = z.string().max(limits.textCharacters);
const name = z.string().max(limits.nameCharacters);
const time = z.number();
const metadata = z.custom<Metadata>(isSmallObject, 'Expected an object within the limits of metadata.');
const id = (kind: string) => z.string().regex(new RegExp(`^${kind}_[0-9a-z]{1,64}$`));
const labels = z.array(z.string().max(limits.textCharacters)).max(limits.itemsPerBatch);
const trust = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const count = z.number().int().min(0);

const episode = z.strictObject({
  id: id('episode'),
  session_id: name.nullable(),
  role: z.enum(roles).nullable(),
  speaker: name.nullable(),
  text,
  event_at: time,
  recorded_at: time,
  place: name.nullable(),
  origin: z.enum(origins),
  trust,
  metadata,
});

const derived = z.strictObject({
  keywords: labels,
  tags: labels,
  context: text.nullable(),
  importance: z.number().min(0).max(1),
  times: z.array(z.strictObject({ text, from: time, until: time })).max(limits.itemsPerBatch),
  basis: z.array(id('note')).max(limits.itemsPerBatch),
  by: name,
});

const claim = z.strictObject({
  subject: text,
  attribute: text,
  value: text,
  polarity: z.enum(polarities),
  is_single: z.boolean(),
});

const summary = z.strictObject({
  level: z.enum(summaryLevels),
  key: text,
  from: time,
  until: time,
  sentences: z.array(z.strictObject({ text, episodes: z.array(id('episode')) })),
  source_hash: text,
  by: name,
});

const lines = {
  header: z.strictObject({ type: z.literal('header'), format: z.literal(exportFormat), version: z.number() }),
  namespace: z.strictObject({ type: z.literal('namespace'), namespace: z.string() }),
  policy: z.strictObject({
    type: z.literal('policy'),
    policy: z.strictObject({
      curve: z.enum(['fsrs', 'exponential', 'none']),
      is_forgetting: z.boolean(),
      retrievability_min: z.number().min(0).max(1),
      capacity: count.nullable(),
      place_min: count,
      recent_days: z.number().min(0),
      kept_days: z.number().min(0).nullable(),
    }),
  }),
  note: z.strictObject({
    type: z.literal('note'),
    id: id('note'),
    kind: z.enum(noteKinds),
    text,
    tags: labels,
    claim: claim.nullable(),
    summary: summary.nullable(),
    version: z.number().int().min(1),
    derivation: count,
    state: z.enum(noteStates),
    state_reason: text.nullable(),
    is_pinned: z.boolean(),
    expires_at: time.nullable(),
    origin: z.enum(origins),
    trust,
    importance: z.number().min(0).max(1),
    retention: z.strictObject({ stability: z.number(), difficulty: z.number(), last_used_at: time, uses: count }),
    valid_at: time.nullable(),
    invalid_at: time.nullable(),
    created_at: time,
    revised_at: time,
    expired_at: time.nullable(),
    metadata,
    /** The one that an episodic note is one to one with. */
    episode: episode.nullable(),
    /** Sources without an episodic note of their own, with the first note that rests on them. */
    loose_episodes: z.array(episode).max(limits.itemsPerBatch),
    mentions: z
      .array(
        z.strictObject({
          id: id('entity'),
          kind: z.enum(entityKinds),
          name: text,
          start: count,
          end: z.number().int(),
        }),
      )
      .max(limits.itemsPerBatch),
  }),
  past: z.strictObject({
    type: z.literal('past'),
    id: id('note'),
    sources: z.array(id('episode')),
    derived: derived.nullable(),
    superseded_by: id('note').nullable(),
    /** Earlier forms, oldest first. */
    versions: z.array(
      z.strictObject({
        version: z.number().int().min(1),
        derivation: count,
        text,
        tags: labels,
        derived: derived.nullable(),
        metadata,
        at: time,
        cause: text,
      }),
    ),
    /** How the present form came to be. */
    present: z.strictObject({ at: time, cause: text }),
    uses: z
      .array(z.strictObject({ at: time, grade: z.enum(['again', 'hard', 'good', 'easy']) }))
      .max(limits.itemsPerBatch),
    is_taken_back: z.boolean(),
  }),
  link: z.strictObject({
    type: z.literal('link'),
    id: id('link'),
    from: id('note'),
    to: id('note'),
    relation: z.enum(linkTypes),
    weight: z.number().min(0).max(1),
    reason: text.nullable(),
    created_at: time,
  }),
  end: z.strictObject({ type: z.literal('end'), lines: count }),
};

const line = z.discriminatedUnion('type', [
  lines.header,
  lines.namespace,
  lines.policy,
  lines.note,
  lines.past,
  lines.link,
  lines.end,
]);

export type ExportLine = z.infer<typeof line>;
export type LineOf<Type extends ExportLine['type']> = Extract<ExportLine, { readonly type: Type }>;
export type EpisodeFields = z.infer<typeof episode>;
export type DerivedFields = z.infer<typeof derived>;

/** Its fields are in the order of the schema, so that the same thing is the same bytes. */
export function writeLine(value: ExportLine): string {
  return JSON.stringify(lines[value.type].parse(value));
}

/** @throws EcphoryError `invalid` with what is wrong, at a pointer below `at` */
export function readLine(json: string, at: string): ExportLine {
  if (!json.isWellFormed() || (halfOrNull.test(json) && !isWholeText(json))) {
    throw new EcphoryError('invalid', 'The line is not well-formed Unicode, or holds U+0000.', { pointer: at });
  }
  const result = line.safeParse(parsed(json, at));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const pointer = [at, ...(issue?.path ?? []).map(String)].join('/');
  throw new EcphoryError('invalid', issue?.message ?? 'This is no line of an export.', { pointer });
}

function parsed(json: string, at: string): unknown {
  // Own keys of these names would reach a prototype wherever they are copied.
  if (/(?<!\\)"(?:__proto__|constructor|prototype)"\s*:/.test(json)) {
    throw new EcphoryError('invalid', 'The keys "__proto__", "constructor" and "prototype" are refused.', {
      pointer: at,
    });
  }
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw new EcphoryError('invalid', 'The line is not valid JSON.', { pointer: at });
  }
}

/** An escape, after an even number of backslashes, that may be half of a surrogate pair or is U+0000. */
const halfOrNull = /(?<=(?:^|[^\\])(?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Written anew, only what is no whole character is still an escape. */
function isWholeText(json: string): boolean {
  try {
    return !halfOrNull.test(JSON.stringify(JSON.parse(json)));
  } catch {
    return false;
  }
}

function isSmallObject(value: unknown): boolean {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  try {
    const json = JSON.stringify(value);
    return json.length <= limits.metadataBytes && depthOf(json) <= limits.jsonDepth;
  } catch {
    // Nested deeper than the stack.
    return false;
  }
}

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const sign of json.replace(/"(?:[^"\\]|\\.)*"/g, '')) {
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
