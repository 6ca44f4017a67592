import type { LinkId, NoteId } from './ids.ts';
import type { Scope } from './scope.ts';

export const linkTypes = [
  'related',
  'supports',
  'contradicts',
  'supersedes',
  'derived_from',
  'follows',
  'same_as',
] as const;
export type LinkType = (typeof linkTypes)[number];

/** A typed, weighted, sourced relation between two notes of one scope. At most one per (from, to, type). */
export interface Link {
  readonly id: LinkId;
  readonly scope: Scope;
  readonly from: NoteId;
  readonly to: NoteId;
  readonly type: LinkType;
  /** 0 to 1. */
  readonly weight: number;
  /** Why it is there, for people. */
  readonly reason: string | null;
  readonly createdAt: number;
}
