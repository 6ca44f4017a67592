import type { z } from 'zod';
import { EcphoryError, type Fault } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { pointerOf } from './json.ts';

/** @throws EcphoryError `invalid` with a pointer for every fault, below `at` */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, at = ''): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, at)).slice(0, limits.faultsPerProblem);
  throw new EcphoryError('invalid', faults[0]?.message ?? 'The request is not valid.', { faults });
}

function faultsOf(issue: z.core.$ZodIssue, at: string): Fault[] {
  const pointer = at + pointerOf(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ pointer, message: issue.message }];
  return issue.keys.map((key) => ({ pointer: pointer + pointerOf([key]), message: 'There is no such field.' }));
}

export function fault(pointer: string, text: string): EcphoryError {
  return new EcphoryError('invalid', text, { pointer });
}

/** The empty text is no number, though `Number` says 0. */
export function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
