import type { Analyzer } from '../memory/analyzer.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import type { Explanation } from '../memory/explanation.ts';
import type { Clock, NoteId } from '../memory/ids.ts';
import { forgottenReason } from '../memory/lifecycle.ts';
import { limits } from '../memory/limits.ts';
import type { Recall, Recalled, RecalledFacts, RecalledNote, RecalledSequence, RecallQuery } from '../memory/recall.ts';
import type { GuardedReranker } from '../memory/reranker.ts';
import { covers, type ReadScope } from '../memory/scope.ts';
import type { Store, StoredNote, VectorAnswer, VectorSearch } from '../memory/store.ts';
import { newAsker } from './asker.ts';
import { confidence } from './confidence.ts';
import { analyseCue, type Cue } from './cue.ts';
import { type CueTime, newCueTimes, noTimes } from './cue-time.ts';
import { detailOf } from './detail.ts';
import { newEligibility } from './eligible.ts';
import { explanationOf } from './explain.ts';
import { newFacts } from './facts.ts';
import { folded } from './folded.ts';
import { memoryNeed } from './gate.ts';
import { newKinds } from './kinds.ts';
import { linkedNotes } from './links.ts';
import { newNeighbours } from './neighbours.ts';
import { newestFirst, wantsNewest } from './newest-first.ts';
import type { RankedSlot, Ranking } from './rank.ts';
import { newReranking } from './reranking.ts';
import { rankInRounds } from './rounds.ts';
import { newScratch } from './scratch.ts';
import { type SequenceAnswer, sequenceAnswer } from './sequence.ts';
import { newStanding } from './standing-notes.ts';
import { readSuperseded } from './superseded.ts';
import { tipOfTheTongue } from './tip-of-the-tongue.ts';
import { type SignalWeights, signalWeights, vectorWeights } from './weights.ts';
import type { WorkingSet } from './working-set.ts';
import type { WorkingSets } from './working-sets.ts';

export interface RecallParts {
  readonly store: Pick<Store, 'matching' | 'notes' | 'claims' | 'links'>;
  /** Null: no vectors are searched. */
  readonly vectors: Pick<VectorSearch, 'nearest'> | null;
  readonly embedder: GuardedEmbedder | null;
  /** Null or left out: rankings stay as they are. */
  readonly reranker?: GuardedReranker | null;
  readonly analyzer: Analyzer;
  readonly workingSets: Pick<WorkingSets, 'get'>;
  readonly weights?: SignalWeights;
  readonly clock: Clock;
}

/**
 * With `facts.ts`, `superseded.ts`, `neighbours.ts` and `reranking.ts` the only file of retrieval that awaits: it gathers, pure
 * code ranks, it reads the notes once.
 */
export function newRecall(parts: RecallParts): Recall {
  const { store, analyzer, workingSets, clock } = parts;
  const weights = parts.weights ?? signalWeights;
  const vectorChannel = newVectorChannel(parts, weights.vectors);
  const kinds = newKinds(analyzer);
  const cueTimes = weights.interval === 0 ? null : newCueTimes();
  const scratch = newScratch();
  const eligibleSlots = newEligibility();
  const reranking = newReranking(parts);
  const readFacts = newFacts(store);
  const askerOf = newAsker();

  return {
    search,
    neighbours: newNeighbours(parts),
    standing: newStanding(parts),
    need: async (read, text) => memoryNeed({ text, set: await workingSets.get(read), analyzer }),
  };

  async function search(read: ReadScope, query: RecallQuery): Promise<Recalled> {
    const [times, nearest, passing, set] = await Promise.all([
      cueTimes === null ? noTimes : cueTimes.read(query.text, query.queryAt),
      vectorChannel.isLastResort ? nothingNear : vectorChannel.nearest(read, query),
      query.filter === null ? null : store.matching(read, query.filter),
      workingSets.get(read),
    ]);
    const byWords = await withLinks(read, { query, passing, nearest, times }, set);
    const { text, asOf } = query;
    const facts = await readFacts(read, { text, asOf, now: clock(), times, asker: () => askerOf(set), passing });
    if (byWords.found.length > 0 || !vectorChannel.isLastResort) {
      return recalled(read, { query, ranked: byWords, nearest, facts });
    }
    // No word of the cue is known here. It may be misspelt or in another form: then its letters find it.
    const alike = await vectorChannel.nearest(read, query);
    const byLetters = ranked(await workingSets.get(read), { query, passing, nearest: alike, times });
    return recalled(read, { query, ranked: byLetters, nearest: alike, facts });
  }

  /** Ranked once, and when links count again with what those of the first hits lead to. */
  async function withLinks(read: ReadScope, asked: Asked, set: WorkingSet): Promise<Ranked> {
    const first = ranked(set, asked);
    if (weights.links === 0) return first;
    const linked = await linkedNotes(store, read.tenant, first.found.map(linkSeed));
    return linked.size === 0 ? first : ranked(await workingSets.get(read), { ...asked, linked });
  }

  /** Nothing in it is awaited: the set's arrays hold still. */
  function ranked(set: WorkingSet, { query, passing, nearest, times, linked }: Asked): Ranked {
    const cue = analyseCue(query.text, analyzer, set);
    const { asOf, includeArchived } = query;
    const eligible = eligibleSlots({ set, asOf, now: clock(), includeArchived, passing });
    const input = {
      set,
      cue,
      analyzer,
      kinds,
      eligible,
      similarities: similaritiesOf(set, nearest.hits, eligible),
      linked: linkedSlots(set, linked, eligible),
      times,
      // How it was needed since says nothing of a moment in the past.
      ...(asOf === null && { now: clock() }),
      weights: { ...weights, vectors: vectorChannel.weight },
      limit: reranking.hitsFor(query.limit),
      scratch,
    };
    const ranking = rankInRounds(input, weights.rounds);
    const { text } = query;
    const sure = confidence({ set, cue, text, analyzer, eligible, scratch });
    return {
      cue,
      repeats: ranking.repeats,
      found: ranking.hits.map((hit) => ({
        id: set.idOf(hit.slot),
        score: hit.score,
        explanation: query.explain ? explained(set, cue, ranking, hit) : null,
      })),
      confidence: sure,
      // Of the past, and of what was asked for anyway, there is nothing to offer.
      archived:
        includeArchived || asOf !== null
          ? []
          : tipOfTheTongue({ ...input, text, confidence: sure, now: clock(), passing }),
      sequence: query.answerOrder ? sequenceOf(set, sequenceAnswer(text, { set, analyzer, eligible })) : null,
    };
  }

  async function recalled(read: ReadScope, { query, ranked, nearest, facts }: Answered): Promise<Recalled> {
    const { sequence, cue } = ranked;
    const { hits: found, degraded } = await reranking.rerank(read, query.text, ranked.found);
    const ids = [
      ...found.map(({ id }) => id),
      ...ranked.archived,
      ...(sequence?.episodes ?? []).map(({ noteId }) => noteId),
      ...(facts?.answers ?? []).flatMap(({ path }) => path.map(({ note }) => note.id)),
    ];
    const stored = await store.notes(read.tenant, [...new Set(ids)]);
    // What the store gives is what counts: a note erased meanwhile, or of another scope, is nothing found.
    const held = new Map(stored.filter(({ note }) => covers(read, note.scope)).map((one) => [one.note.id, one]));
    const all = hitsOf(found, held);
    const hits = ranked.repeats ? distinctHits(all, query.limit) : all.slice(0, query.limit);
    return {
      hits: await ordered(read, cue, hits),
      confidence: ranked.confidence,
      sequence: sequence === null ? null : heldSequence(sequence, held),
      facts: facts === null ? null : heldFacts(facts, held),
      archived: forgottenOf(ranked.archived, held),
      degraded: [...nearest.degraded, ...degraded],
    };
  }

  async function ordered(read: ReadScope, cue: Cue, hits: readonly RecalledNote[]): Promise<readonly RecalledNote[]> {
    if (weights.newest === 0 || !wantsNewest(cue)) return hits;
    return newestFirst({ hits, cue, stems: analyzer.stems, superseded: await readSuperseded(store, read, hits) });
  }
}

/** What pure code makes of one moment of the working set. */
interface Ranked extends Pick<Recalled, 'confidence' | 'sequence' | 'archived'> {
  readonly cue: Cue;
  readonly repeats: boolean;
  readonly found: readonly Found[];
}

/** All that an answer is made of. */
interface Answered {
  readonly query: RecallQuery;
  readonly ranked: Ranked;
  readonly nearest: Nearest;
  readonly facts: RecalledFacts | null;
}

interface Found {
  readonly id: NoteId;
  readonly score: number;
  readonly explanation: Explanation | null;
}

interface Nearest {
  readonly hits: VectorAnswer['hits'];
  readonly degraded: readonly string[];
}

/** What is ranked by, all of it gathered. */
interface Asked {
  readonly query: RecallQuery;
  /** What the filter lets pass; null without one. */
  readonly passing: readonly NoteId[] | null;
  readonly nearest: Nearest;
  readonly times: readonly CueTime[];
  /** What links lead to, 0 to 1. */
  readonly linked?: ReadonlyMap<NoteId, number>;
}

interface VectorChannel {
  /** 0 when it is never run. */
  readonly weight: number;
  /** Run only when words find nothing: it knows no more than they do, but forgives a wrong letter. */
  readonly isLastResort: boolean;
  nearest(read: ReadScope, query: RecallQuery): Promise<Nearest>;
}

const nothingNear: Nearest = { hits: [], degraded: [] };

function newVectorChannel({ vectors, embedder }: RecallParts, weight: number): VectorChannel {
  if (vectors === null || embedder === null || weight === 0) {
    return { weight: 0, isLastResort: false, nearest: async () => nothingNear };
  }
  const share = vectorWeights[embedder.class];
  const isLastResort = share === 0;
  return {
    weight: isLastResort ? weight : weight * share,
    isLastResort,
    async nearest(read, query) {
      try {
        // An embedder reads a page at most; what is asked is in the beginning of what is longer.
        const text = query.text.slice(0, limits.textCharacters);
        const [vector] = await embedder.embed([text], 'query', limits.embeddingDeadlineMs);
        if (vector === undefined) return nothingNear;
        const limit = Math.max(vectorHits, 2 * query.limit);
        const answer = await vectors.nearest(read, { embedder: embedder.id, vector, limit });
        const hits = isLastResort ? answer.hits.filter((hit) => hit.similarity >= alikeMin) : answer.hits;
        return { hits, degraded: answer.degraded === null ? [] : [`vectors: ${answer.degraded}`] };
      } catch (error) {
        return { hits: [], degraded: [`vectors: ${error instanceof Error ? error.message : String(error)}`] };
      }
    },
  };
}

/** Below this cosine of letters two short texts share nothing but common syllables. */
const alikeMin = 0.15;
/** Candidates that vectors may bring in by themselves; past these, words decide. */
const vectorHits = 100;

function similaritiesOf(
  set: WorkingSet,
  hits: VectorAnswer['hits'],
  eligible: Uint8Array,
): ReadonlyMap<number, number> {
  const similarities = new Map<number, number>();
  for (const { noteId, similarity } of hits) {
    const slot = set.slotOf(noteId);
    if (slot >= 0 && eligible[slot] === 1) similarities.set(slot, similarity);
  }
  return similarities;
}

/** The first hit is the strongest, the fourth half as strong: their ranks, as their scores lie close together. */
function linkSeed({ id }: Found, index: number): { readonly noteId: NoteId; readonly strength: number } {
  return { noteId: id, strength: 1 / Math.sqrt(1 + index) };
}

function linkedSlots(
  set: WorkingSet,
  linked: ReadonlyMap<NoteId, number> | undefined,
  eligible: Uint8Array,
): ReadonlyMap<number, number> {
  const slots = new Map<number, number>();
  for (const [noteId, near] of linked ?? []) {
    const slot = set.slotOf(noteId);
    if (slot >= 0 && eligible[slot] === 1) slots.set(slot, near);
  }
  return slots;
}

function explained(set: WorkingSet, cue: Cue, ranking: Ranking, hit: RankedSlot): Explanation {
  return explanationOf({
    position: hit.position,
    signals: hit.signals ?? ranking.signals,
    steps: hit.steps,
    score: hit.score,
    detailOf: (name) => detailOf(name, set, cue, hit.slot),
  });
}

function sequenceOf(set: WorkingSet, found: SequenceAnswer | null): RecalledSequence | null {
  if (found === null) return null;
  const { kind, answer, abstained } = found;
  const episodes = found.episodes.map(({ slot, at }) => ({ noteId: set.idOf(slot), at }));
  return answer !== null && typeof answer === 'object'
    ? { kind, episodes, answer: null, elapsedMs: answer.elapsedMs, abstained }
    : { kind, episodes, answer, elapsedMs: null, abstained };
}

function hitsOf(found: readonly Found[], held: ReadonlyMap<NoteId, StoredNote>): readonly RecalledNote[] {
  return found.flatMap(({ id, score, explanation }) => {
    const stored = held.get(id);
    return stored === undefined ? [] : [{ stored, score, explanation }];
  });
}

/** What a person archived, or its time, or another note that says the same, is not on anyone's tongue. */
function forgottenOf(ids: readonly NoteId[], held: ReadonlyMap<NoteId, StoredNote>): readonly NoteId[] {
  return ids.filter((id) => held.get(id)?.note.stateReason?.startsWith(forgottenReason) === true);
}

/** The first `limit` that say different things; what is left of the others is their number. */
function distinctHits(all: readonly RecalledNote[], limit: number): readonly RecalledNote[] {
  const { hits, times } = folded(all);
  return hits.slice(0, limit).map((hit, index) => (times[index] === 1 ? hit : { ...hit, copies: times[index]! - 1 }));
}

/** An answer that rests on what is no longer there is none. */
function heldSequence(sequence: RecalledSequence, held: ReadonlyMap<NoteId, StoredNote>): RecalledSequence {
  return sequence.episodes.every(({ noteId }) => held.has(noteId))
    ? sequence
    : { kind: sequence.kind, episodes: [], answer: null, elapsedMs: null, abstained: 'not_recognised' };
}

/** Of what was erased since it was read nothing is told. */
function heldFacts({ answers }: RecalledFacts, held: ReadonlyMap<NoteId, StoredNote>): RecalledFacts | null {
  const left = answers.filter(({ path }) => path.every(({ note }) => held.has(note.id)));
  return left.length === 0 ? null : { answers: left };
}
