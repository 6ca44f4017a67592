import { z } from 'zod';
import { polarities } from '../../memory/claim.ts';

/**
 * What a model may answer to `construct-prompt.ts`: a closed list of operations over handles, none of which takes anything
 * away. `op` is an enumeration of one because strict endpoints know `anyOf` and `enum`, and no `oneOf` or `const`; lengths
 * and ranges are checked in `check-operations.ts`, because many endpoints refuse a schema with bounds.
 */
const operations = {
  construct: z.strictObject({
    op: z.enum(['construct']),
    handle: z.string(),
    keywords: z.array(z.string()),
    tags: z.array(z.string()),
    context: z.string(),
    /** 0 to 1. */
    importance: z.number(),
  }),
  link: z.strictObject({
    op: z.enum(['link']),
    from: z.string(),
    to: z.string(),
    type: z.enum(['related', 'supports', 'contradicts']),
    reason: z.string(),
  }),
  evolve: z.strictObject({
    op: z.enum(['evolve']),
    handle: z.string(),
    because: z.string(),
    context: z.string().nullable(),
    tags: z.array(z.string()).nullable(),
    keywords: z.array(z.string()).nullable(),
  }),
  claim: z.strictObject({
    op: z.enum(['claim']),
    handle: z.string(),
    subject: z.string(),
    attribute: z.string(),
    value: z.string(),
    polarity: z.enum(polarities),
    /** ISO 8601 date. */
    valid_at: z.string().nullable(),
  }),
} as const;

export type Operation = z.infer<(typeof operations)[keyof typeof operations]>;
export type OperationOf<Name extends Operation['op']> = z.infer<(typeof operations)[Name]>;

/** For the endpoint, which may or may not hold the model to it. */
export function constructAnswerSchema(): { readonly name: string; readonly json: object } {
  const answer = z.strictObject({ operations: z.array(z.union(Object.values(operations))) });
  return { name: 'construct_notes', json: z.toJSONSchema(answer) };
}

export type ParsedAnswer =
  | {
      readonly kind: 'operations';
      /** In the order of the answer; null for one that is none of the list. */
      readonly operations: readonly (Operation | null)[];
    }
  /** What is wrong, to be told to the model. Quotes nothing of the answer. */
  | { readonly kind: 'wrong'; readonly problem: string };

/** What came, read. Some models think aloud first or wrap their JSON in a fence of Markdown: both are cut away. */
export function parseConstructAnswer(text: string): ParsedAnswer {
  const answer = jsonOf(text);
  if (answer === undefined) return { kind: 'wrong', problem: 'The answer was not one JSON value.' };
  const outer = z.object({ operations: z.array(z.unknown()) }).safeParse(answer);
  if (!outer.success) return { kind: 'wrong', problem: 'The answer was not an object with a list "operations".' };
  const read = outer.data.operations.map(operationOf);
  if (read.length > 0 && read.every((operation) => operation === null)) {
    return { kind: 'wrong', problem: 'No operation had the shape that the schema asks for.' };
  }
  return { kind: 'operations', operations: read };
}

function operationOf(value: unknown): Operation | null {
  const name = z.object({ op: z.enum(['construct', 'link', 'evolve', 'claim']) }).safeParse(value);
  if (!name.success) return null;
  const result = operations[name.data.op].safeParse(value);
  return result.success ? result.data : null;
}

/** Undefined when it is no JSON. */
export function jsonOf(text: string): unknown {
  const bare = text
    .trim()
    .replace(/^<think>[\s\S]*?<\/think>\s*/, '')
    .replace(/^```(?:json)?\s*\n?([\s\S]*?)\n?```$/, '$1');
  try {
    return JSON.parse(bare);
  } catch {
    return undefined;
  }
}
