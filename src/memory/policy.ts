import type { Scope } from './scope.ts';

/**
 * How a namespace forgets. Kept per namespace; one without its own has that of the nearest namespace above it, and without
 * any `defaultPolicy`.
 */
export interface Policy {
  readonly curve: 'fsrs' | 'exponential' | 'none';
  /** Whether the forgetting pass archives at all. */
  readonly isForgetting: boolean;
  /** A memory whose retrievability is below is archived, 0 to 1. */
  readonly retrievabilityMin: number;
  /** Active memories at most; the least worth keeping are archived first. Null: no bound. */
  readonly capacity: number | null;
  /** Of `capacity`, what each place keeps at least while it has that many. */
  readonly placeMin: number;
  /** Nothing younger is archived, days since it was made or last used. */
  readonly recentDays: number;
  /** What a new memory is kept for, days; null: for ever. Past it, it is archived. */
  readonly keptDays: number | null;
}

/**
 * Nothing is archived until someone asks for it: a memory service that loses what it was told by default surprises.
 * `retrievabilityMin` .5 is about half a year after a single mention with FSRS's defaults.
 */
export const defaultPolicy: Policy = {
  curve: 'fsrs',
  isForgetting: false,
  retrievabilityMin: 0.5,
  capacity: null,
  placeMin: 8,
  recentDays: 30,
  keptDays: null,
};

export interface PolicyStore {
  /** The namespace's own; null when it has none. */
  own(scope: Scope): Promise<Policy | null>;
  /** The one in force: its own or the nearest above. */
  effective(scope: Scope): Promise<Policy>;
  /** Null takes its own away. */
  set(scope: Scope, policy: Policy | null): Promise<void>;
}
