import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import type { WorkingSet } from './working-set.ts';

/** What a question is made of, once it has met the memory that it is asked of. */
export interface Cue {
  readonly terms: readonly CueTerm[];
  /** Σ weight · idf over all terms, those included that no note has. Above 0, unless there are no terms. */
  readonly mass: number;
  /** Numbers of the speakers named in it, when some but not all of a scope's speakers are. */
  readonly speakers: ReadonlySet<number>;
  readonly asks: CueKinds;
}

export interface CueTerm {
  readonly stem: string;
  /** -1 when no note has it. */
  readonly term: number;
  /** 1 for a word of content, less for one that says only how the answer should look. */
  readonly weight: number;
  readonly idf: number;
}

/** What is asked for: different kinds want different evidence. */
export interface CueKinds {
  /** What the assistant said earlier: "what did you recommend?" */
  readonly assistant: boolean;
}

/** Pure: the same cue of the same working set is the same. Only ever words: nothing in a cue is syntax. */
export function analyseCue(text: string, analyzer: Analyzer, set: WorkingSet): Cue {
  const words = new Set(analyzer.words(text));
  const named = namedSpeakers(words, set);
  const nameStems = new Set([...named].flatMap((speaker) => analyzer.stems(set.speakers.nameOf(speaker))));
  const terms: CueTerm[] = [];
  for (const stem of new Set(analyzer.stems(text))) {
    const term = set.termId(stem);
    const idf = inverseFrequency(set.liveNotes, term < 0 ? 0 : frequency(set, term));
    // Whose memory it is is a signal of its own; the name as a word finds mostly greetings.
    const weight = nameStems.has(stem) ? nameWeight : askingStems.has(stem) ? askingWeight : 1;
    terms.push({ stem, term, weight, idf });
  }
  const kept = rarest(terms);
  return {
    terms: kept,
    mass: kept.reduce((sum, { weight, idf }) => sum + weight * idf, 0),
    speakers: named,
    asks: { assistant: assistantAsked.test(text.slice(0, askingCharacters)) },
  };
}

/** ln(1 + (N - n + .5) / (n + .5)), Robertson and Spärck Jones' weight kept above 0 as in Lucene. */
export function inverseFrequency(notes: number, having: number): number {
  return Math.log(1 + (Math.max(0, notes - having) + 0.5) / (having + 0.5));
}

function frequency(set: WorkingSet, term: number): number {
  return Math.min(set.liveNotes, set.text.noteFrequency(term) + set.context.noteFrequency(term));
}

const nameWeight = 0.3;
const askingWeight = 0.3;

/** Where the question stands in a long cue is unknown; its form is looked for in the beginning only. */
const askingCharacters = 4_096;

/** Words that say what the answer should look like and not what it is about, as the analyser stems them. */
const askingStems: ReadonlySet<string> = new Set(
  `list order brought bring walk aspect mention item summari summary overview comprehens convers discuss session
  throughout across chat differ complet clear detail kind type provid give tell show explain could would help suggest
  recommend messag ask request told said sai say talk sequenc chronolog topic thing pleas advic total mani much like want
  get go need us make`.split(/\s+/),
);

const assistantAsked =
  /\b(?:did|have|had|were|was) you\b|\byou (?:had |have |previously |just |also )?(?:recommended|suggested|told|said|mentioned|gave|provided|listed|explained|advised|described|proposed|shared|wrote|made|created|helped)\b|\byour (?:suggestion|recommendation|advice|answer|response|list|explanation)s?\b/i;

/** None when every speaker is named: then the name tells nothing apart. */
function namedSpeakers(words: ReadonlySet<string>, set: WorkingSet): ReadonlySet<number> {
  const named = new Set<number>();
  let speakers = 0;
  for (let speaker = 0; speaker < set.speakers.size; speaker += 1) {
    if (set.speakers.countOf(speaker) === 0) continue;
    speakers += 1;
    if (set.speakers.wordsOf(speaker).some((word) => word.length > 1 && words.has(word))) named.add(speaker);
  }
  return named.size < speakers ? named : new Set();
}

/** A pasted page has thousands of terms: the rarest say most. Equal ones by stem, so that an answer repeats. */
function rarest(terms: readonly CueTerm[]): readonly CueTerm[] {
  if (terms.length <= limits.queryTerms) return terms;
  const known = terms.filter(({ term }) => term >= 0);
  return known
    .sort((a, b) => b.idf * b.weight - a.idf * a.weight || (a.stem < b.stem ? -1 : 1))
    .slice(0, limits.queryTerms);
}
