import type { ErrorCode } from '../../src/memory/errors.ts';

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly faults: readonly { readonly pointer: string }[];
}

/** What the attempt fails with, without what two failures never share; rejects when it does not fail with a code. */
export async function failureOf(attempt: Promise<unknown>): Promise<Failure> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Error && 'code' in error && 'faults' in error) {
      const { code, message, faults } = error as Error & Failure;
      return { code, message, faults };
    }
    throw error;
  }
  throw new Error('It should have failed.');
}
