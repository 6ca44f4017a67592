import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Derived } from '../memory/derived.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import { embeddingText, keyInput } from '../memory/note-text.ts';
import type { StoredNote } from '../memory/store.ts';
import { contextLine, cut, topicOf, topicTurns } from './context-line.ts';
import { type EventTimes, newEventTimes } from './event-times.ts';
import { findEntities } from './find-entities.ts';
import { importanceOf } from './importance.ts';
import { keywordsOf, type StemStatistics } from './keywords.ts';
import type { Batch, PassParts, PlanPass, Proposals, ScopeView } from './plan.ts';
import { tagsOf } from './tags.ts';

/** Whose words they are when no model was asked. Any change to what the rules make needs a new name. */
export const rulesName = 'rules-1';

/**
 * Note construction (A-MEM, arXiv 2502.12110, section 3.1), without a model unless one has proposed something: keywords, tags, a context
 * line, importance and times of every due note, and the entities that it mentions.
 */
export const planNotes: PlanPass = async (batch, parts) => {
  const times = await newEventTimes();
  const before = await turnsBefore(batch, parts);
  const keywords = new Map<NoteId, readonly string[]>();
  const changes: Change[] = [];
  for (const stored of batch.due) {
    const { note, episode } = stored;
    const turns = turnsOf(note.id, parts.view).flatMap((id) => before.get(id) ?? []);
    const derived = derivedOf(stored, {
      times,
      view: parts.view,
      analyzer: parts.analyzer,
      proposals: batch.proposals,
      turns,
      keywordsOf: (turn) => {
        const known = keywords.get(turn.note.id) ?? ruledKeywords(turn, parts.view, parts.analyzer);
        keywords.set(turn.note.id, known);
        return known;
      },
    });
    changes.push(
      {
        kind: 'note-derived',
        noteId: note.id,
        expectedVersion: note.version,
        expectedDerivation: note.derivation,
        derived,
        keys: parts.analyzer.keys(keyInput({ text: note.text, derived }, episode)),
        isEmbeddedAnew: embeddingText(note, episode) !== embeddingText({ text: note.text, derived }, episode),
        cause: note.derivation === 0 ? 'notes: looked at for the first time' : 'notes: looked at again',
        at: batch.now,
      },
      { kind: 'entities-set', noteId: note.id, mentions: findEntities(note, parts.view, parts.ids.entityId) },
    );
  }
  return changes;
};

interface DerivedParts {
  readonly times: EventTimes;
  readonly view: ScopeView;
  readonly analyzer: Analyzer;
  readonly proposals: Proposals | null;
  /** The turns before it in its session, nearest first. */
  readonly turns: readonly StoredNote[];
  /** What rules make of a turn. */
  readonly keywordsOf: (turn: StoredNote) => readonly string[];
}

function derivedOf(stored: StoredNote, parts: DerivedParts): Derived {
  const { note, episode } = stored;
  const { view, analyzer } = parts;
  const saidAt = episode?.eventAt ?? note.validAt ?? note.createdAt;
  const times = parts.times(note.text, saidAt);
  const proposed = parts.proposals?.notes.get(note.id);
  if (proposed !== undefined && parts.proposals !== null) {
    const { keywords, tags, context, importance, basis } = proposed;
    return { keywords, tags, context, importance, times, basis, by: parts.proposals.by };
  }
  const statistics = statisticsBefore(note.id, view);
  const stems = analyzer.stems(note.text);
  const keywords = parts.keywordsOf(stored);
  const [previous] = parts.turns;
  const topic = topicOf(parts.turns.map(parts.keywordsOf), keywords);
  const isQuestion = /\?\s*$/.test(note.text) && !/[.!]\s/.test(note.text);
  return {
    keywords,
    tags: tagsOf(stems, statistics, analyzer),
    context: contextLine({
      speaker: episode?.speaker ?? null,
      at: episode?.eventAt ?? null,
      place: episode?.place ?? null,
      topic,
      previous:
        previous === undefined ? null : { speaker: previous.episode?.speaker ?? null, text: previous.note.text },
    }),
    importance: importanceOf(
      {
        text: note.text,
        stems,
        isNaming: view.namesOf(note.id).some(({ kind }) => kind !== 'phrase'),
        isDated: times.length > 0,
        isQuestion,
      },
      statistics,
    ),
    times,
    // The context line quotes the turn before and has keywords of those that share its topic.
    basis: parts.turns
      .filter((turn) => turn === previous || parts.keywordsOf(turn).some((word) => topic.includes(word)))
      .map((turn) => turn.note.id),
    by: rulesName,
  };
}

function ruledKeywords({ note }: StoredNote, view: ScopeView, analyzer: Analyzer): readonly string[] {
  return keywordsOf(note.text, statisticsBefore(note.id, view), analyzer).map((word) =>
    cut(word, limits.derivedWordCharacters),
  );
}

/** Of the notes before it: later ones must not change what was made of it. */
function statisticsBefore(id: NoteId, view: ScopeView): StemStatistics {
  return { notes: view.sizeBefore(id), having: (stem) => view.noteFrequency(stem, id) };
}

/** The turns before it, nearest first. */
function turnsOf(id: NoteId, view: ScopeView): readonly NoteId[] {
  const turns: NoteId[] = [];
  for (let at = view.turnBefore(id); at !== null && turns.length < topicTurns; at = view.turnBefore(at)) turns.push(at);
  return turns;
}

/** All of them at once; one that is gone meanwhile is missing. */
async function turnsBefore(batch: Batch, { store, view }: PassParts): Promise<ReadonlyMap<NoteId, StoredNote>> {
  const ids = new Set(batch.due.flatMap(({ note }) => turnsOf(note.id, view)));
  const stored = await store.notes(batch.scope.tenant, [...ids]);
  return new Map(stored.filter(({ note }) => note.state === 'active').map((one) => [one.note.id, one]));
}
