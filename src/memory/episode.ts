import type { EpisodeId } from './ids.ts';
import type { Scope } from './scope.ts';

/** What any JSON holds. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A caller's own fields, for filters. Never an instruction, never ranked. */
export type Metadata = { readonly [key: string]: Json };

export const roles = ['user', 'assistant', 'system', 'tool'] as const;
export type Role = (typeof roles)[number];

/** Through which door it came in. Set by the server. */
export const origins = ['user', 'agent', 'tool', 'web', 'import', 'derived'] as const;
export type Origin = (typeof origins)[number];

/** 0 untrusted (web, tools), 1 unverified, 2 ordinary, 3 confirmed. A caller may lower it, never raise it. */
export type Trust = 0 | 1 | 2 | 3;

/**
 * What happened, verbatim and immutable: one message, event or observation.
 * `null` means known to be absent.
 */
export interface Episode {
  readonly id: EpisodeId;
  readonly scope: Scope;
  /** The conversation it belongs to, as the caller names it. Never ranked: names can give answers away. */
  readonly sessionId: string | null;
  readonly role: Role | null;
  /** Who said or did it, as the caller names them. */
  readonly speaker: string | null;
  readonly text: string;
  /** When it happened, milliseconds since 1970. */
  readonly eventAt: number;
  /** When it was stored, milliseconds since 1970. */
  readonly recordedAt: number;
  readonly place: string | null;
  readonly origin: Origin;
  readonly trust: Trust;
  readonly metadata: Metadata;
}
