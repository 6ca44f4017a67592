import { createHash } from 'node:crypto';
import { sentencesOf } from '../language/sentences.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Trust } from '../memory/episode.ts';
import { type ForgettingCurve, initialRetention } from '../memory/forgetting.ts';
import type { IdSource } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Note } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import type { StoredNote } from '../memory/store.ts';
import type { Summary, SummaryLevel, SummarySentence } from '../memory/summary.ts';
import { type CandidateSentence, extractedSentences } from './extract-sentences.ts';

/** What a summary is to be of. */
export interface SummaryTopic {
  readonly level: Exclude<SummaryLevel, 'profile'>;
  readonly key: string;
  /** In the order in which they happened; each with its episode. */
  readonly turns: readonly StoredNote[];
}

/** Sentences with what they rest on, and whose words they are. */
export interface SummaryText {
  readonly sentences: readonly SummarySentence[];
  readonly by: string;
}

export const summaryRules = 'rules-1';

/** Changes when one of them is revised, comes or goes. Of ids and versions alone, in order. */
export function summaryHash(notes: readonly Pick<Note, 'id' | 'version'>[]): string {
  const hash = createHash('sha256');
  for (const { id, version } of notes) hash.update(`${id} ${version}\n`);
  return hash.digest('hex');
}

/** Sentences of the turns, word for word as the episodes have them. Null when none says enough. */
export function extractedSummary({ level, turns }: SummaryTopic, analyzer: Analyzer): SummaryText | null {
  const candidates = turns.flatMap(({ note, episode }) =>
    episode === null ? [] : candidatesOf(note, episode.text, analyzer).map((sentence) => ({ ...sentence, episode })),
  );
  const count = level === 'segment' ? limits.summarySegmentSentences : limits.summarySentences;
  const chosen = extractedSentences(candidates, count).map((index) => candidates[index]!);
  if (chosen.length === 0) return null;
  return { sentences: chosen.map(({ text, episode }) => ({ text, episodes: [episode.id] })), by: summaryRules };
}

/** Of a note that was corrected, only what stands in its episode too: nothing is shown that the caller took back. */
function candidatesOf(note: Note, said: string, analyzer: Analyzer): readonly CandidateSentence[] {
  return sentencesOf(note.text).flatMap(({ text, isQuestion }) => {
    if (text.length > limits.summarySentenceCharacters || !said.includes(text)) return [];
    return [{ text, isQuestion, stems: analyzer.stems(text) }];
  });
}

export interface SummaryNoteParts {
  readonly scope: Scope;
  readonly analyzer: Analyzer;
  readonly ids: Pick<IdSource, 'noteId'>;
  readonly curve: ForgettingCurve;
  readonly now: number;
}

/** Rests on every turn, so that it goes when one of them is erased; as trusted as the least of them. */
export function summaryAdded(topic: SummaryTopic, { sentences, by }: SummaryText, parts: SummaryNoteParts): Change {
  const { analyzer, curve, ids, now, scope } = parts;
  const text = sentences.map((sentence) => sentence.text).join('\n');
  const times = topic.turns.map(({ note, episode }) => episode?.eventAt ?? note.createdAt);
  const summary: Summary = {
    level: topic.level,
    key: topic.key,
    from: Math.min(...times),
    until: Math.max(...times),
    sentences,
    sourceHash: summaryHash(topic.turns.map(({ note }) => note)),
    by,
  };
  const note: Note = {
    id: ids.noteId(),
    scope,
    kind: 'summary',
    text,
    tags: [],
    derived: null,
    derivation: 0,
    claim: null,
    summary,
    sources: [...new Set(topic.turns.flatMap((turn) => turn.note.sources))],
    version: 1,
    state: 'active',
    stateReason: null,
    isPinned: false,
    expiresAt: null,
    origin: 'derived',
    trust: topic.turns.reduce<Trust>((least, turn) => (turn.note.trust < least ? turn.note.trust : least), 3),
    importance: ordinaryImportance,
    retention: initialRetention(curve, now, ordinaryImportance),
    validAt: summary.from,
    invalidAt: null,
    createdAt: now,
    revisedAt: now,
    expiredAt: null,
    supersededBy: null,
    metadata: {},
  };
  return { kind: 'note-added', note, keys: analyzer.keys({ text, context: null, place: null, eventAt: null }) };
}

const ordinaryImportance = 0.5;
