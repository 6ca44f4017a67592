import type { Json, Metadata } from '../memory/episode.ts';
import type { MessageInput } from '../memory/service.ts';

/** What a parser makes of a file: pure, so that the same file always gives the same units in the same order. */
export interface Parsed {
  readonly units: readonly ImportUnit[];
  /** What is in the file and not taken over, and why. */
  readonly skipped: readonly Skipped[];
}

/** Stored together or not at all: a conversation, a part of a long one, or one memory. */
export interface ImportUnit {
  readonly sessionId?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Metadata;
  readonly messages: readonly MessageInput[];
  /** Whose it was where it came from, such as `{user_id: "alice"}`. */
  readonly owner?: Readonly<Record<string, string>>;
  /** Since and until when it is true, ISO 8601; for a unit of one message. */
  readonly validity?: { readonly validAt?: string; readonly invalidAt?: string };
}

export interface Skipped {
  /** A JSON pointer into the file, or `line 12`. */
  readonly at: string;
  readonly why: string;
}

/** @throws EcphoryError `invalid` when the file is not of this format at all */
export type ParseFile = (text: string) => Parsed;

export type JsonObject = { readonly [key: string]: Json };
