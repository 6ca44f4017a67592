import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import { type Tense, tenseOf } from './tense.ts';
import type { WorkingSet } from './working-set.ts';

/** What a question is made of, once it has met the memory that it is asked of. */
export interface Cue {
  readonly terms: readonly CueTerm[];
  /** Σ weight · idf over all terms, those included that no note has. Above 0, unless there are no terms. */
  readonly mass: number;
  /** Numbers of the speakers named in it, when some but not all of a scope's speakers are. */
  readonly speakers: ReadonlySet<number>;
  readonly asks: CueKinds;
  /** Whether it asks about what was or what is. */
  readonly tense: Tense;
}

export interface CueTerm {
  readonly stem: string;
  /** -1 when no note has it. */
  readonly term: number;
  /** 1 for a word of content, less for one that says only how the answer should look. */
  readonly weight: number;
  readonly idf: number;
  /** Live notes that have it. */
  readonly having: number;
}

/** What is asked for: different kinds want different evidence. */
export interface CueKinds {
  /** What the assistant said earlier: "what did you recommend?" */
  readonly assistant: boolean;
  /** Help or advice, for which wishes and standing instructions count: "how should I structure my letter?" */
  readonly advice: boolean;
  /** The order in which things came up. */
  readonly order: boolean;
  /** A summary of how something went. */
  readonly summary: boolean;
  /** Several things said at several times: "what books has she read?", "how many ...?" */
  readonly several: boolean;
  /** One value of which the newest counts: "what is the deadline?", "how many cards are there?" */
  readonly value: boolean;
}

/** Pure: the same cue of the same working set is the same. Only ever words: nothing in a cue is syntax. */
export function analyseCue(text: string, analyzer: Analyzer, set: WorkingSet): Cue {
  const named = namedSpeakers(new Set(analyzer.words(text)), set);
  const nameStems = new Set([...named].flatMap((speaker) => analyzer.stems(set.speakers.nameOf(speaker))));
  const terms: CueTerm[] = [];
  for (const stem of new Set(analyzer.stems(text))) {
    const term = set.termId(stem);
    const having = term < 0 ? 0 : notesHaving(set, term);
    const idf = inverseFrequency(set.liveNotes, having);
    // Whose memory it is is a signal of its own; the name as a word finds mostly greetings.
    const weight = nameStems.has(stem) ? nameWeight : formStems.has(stem) ? formWeight : 1;
    terms.push({ stem, term, weight, idf, having });
  }
  const kept = rarest(terms);
  return {
    terms: kept,
    mass: kept.reduce((sum, { weight, idf }) => sum + weight * idf, 0),
    speakers: named,
    asks: kindsOf(text.slice(0, formCharacters)),
    tense: tenseOf(text),
  };
}

/** ln(1 + (N - n + .5) / (n + .5)): Robertson and Spärck Jones' weight, kept above 0 as Lucene does. */
export function inverseFrequency(notes: number, having: number): number {
  return Math.log(1 + (Math.max(0, notes - having) + 0.5) / (having + 0.5));
}

function notesHaving(set: WorkingSet, term: number): number {
  return Math.min(set.liveNotes, set.text.noteFrequency(term) + set.context.noteFrequency(term));
}

/** A speaker's name finds greetings more than statements; words of form find requests that look like this one. */
const nameWeight = 0.3;
const formWeight = 0.3;

/** A cue this long is a document: where in it the question stands is unknown, so its form is looked for in front. */
const formCharacters = 4_096;

/** Words that say what the answer should look like and not what it is about, as the analyser stems them. */
const formStems: ReadonlySet<string> = new Set(
  `list order brought bring walk aspect mention item summari summary overview comprehens convers discuss session
  throughout across chat differ complet clear detail kind type provid give tell show explain could would help suggest
  recommend messag ask request told said sai say talk sequenc chronolog topic thing pleas advic total mani much like want
  get go need us make`.split(/\s+/),
);

function kindsOf(text: string): CueKinds {
  return {
    assistant: assistantPattern.test(text),
    advice: advicePattern.test(text),
    order: orderPattern.test(text),
    summary: summaryPattern.test(text),
    several: severalPattern.test(text),
    value: valuePattern.test(text) && !spanPattern.test(text),
  };
}

const assistantPattern =
  /\b(?:did|have|had|were|was) you\b|\byou (?:had |have |previously |just |also )?(?:recommended|suggested|told|said|mentioned|gave|provided|listed|explained|advised|described|proposed|shared|wrote|made|created|helped)\b|\byour (?:suggestion|recommendation|advice|answer|response|list|explanation)s?\b/i;

const advicePattern =
  /\b(?:can|could|would|will) you\b|\bplease\b|\bhow (?:do|can|should|would|could|might) (?:i|we|you)\b|\bwhat (?:are|should|steps|would|is the best|kind)|\bshould i\b|\bhelp me\b|\btips\b|\badvice\b|^how do\b|^(?:i'm|i am|i want|i need|i'd)\b/i;

const orderPattern = /\b(?:the|what|which) (?:order|sequence)\b|\bin order\b(?! to\b)|\bchronological/i;

const summaryPattern = /\bsummar(?:y|ies|i[sz]e)\b|\boverview of\b|\brecap\b/i;

/** A bounded number of words may stand between the question word and "has", so that no text makes it slow. */
const severalPattern = /\bhow (?:many|often)\b|\b(?:what|which|where|who|whom)\b(?: [\w'-]{1,40}){0,5} (?:has|have)\b/i;

const valuePattern =
  /^(?:[^?]{0,80}[,;:] )?(?:(?:do you (?:know|remember)|can you (?:tell me|remind me)|remind me|tell me)\b.{0,20})?(?:what(?:'s| is| are)\b|how (?:many|much|long|old|far|big|large|high)\b|when (?:is|are|do|does|will)\b|where (?:is|are|do|does)\b|who (?:is|are)\b|(?:what|which) (?:[\w'-]{1,40} ){1,4}(?:is|are|do|does|has|have|am|will)\b)/i;

/** Asks about a course of things or several together: every value on the way counts. */
const spanPattern =
  /\b(?:between|from .{1,80} (?:to|until|till)|since|altogether|in all|combined|overall|across|different|over (?:the|time)|sum|average of|compare|difference|ever|never|should|could|would|can|suggest|recommend)\b|\bhow (?:many|long|much) .{0,80}\b(?:days|weeks|months|years)\b.{0,80}\b(?:after|before|until|ago)\b/i;

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
  return terms
    .filter(({ term }) => term >= 0)
    .sort((a, b) => b.idf * b.weight - a.idf * a.weight || (a.stem < b.stem ? -1 : 1))
    .slice(0, limits.queryTerms);
}
