import type { NoteKeys } from './note.ts';

/**
 * Text to the words that find it: Unicode segmentation, folding, stemming. Notes and cues must go through the
 * same one, so it is injected into both. Deterministic, synchronous, needs no model.
 */
export interface Analyzer {
  /** Changes whenever the output can; keys of another id are made anew when a working set is built. */
  readonly id: string;
  keys(input: AnalyzerInput): NoteKeys;
  /** The stems of a text in reading order, stop words dropped. */
  stems(text: string): readonly string[];
  /** The words of a text in reading order, folded but not stemmed, nothing dropped. */
  words(text: string): readonly string[];
}

export interface AnalyzerInput {
  readonly text: string;
  readonly context: string | null;
  readonly place: string | null;
  /** Milliseconds since 1970; its date becomes words of the key. Null when the note has no event. */
  readonly eventAt: number | null;
}
