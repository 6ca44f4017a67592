import { entitiesOf } from '../language/names.ts';
import { isStopWord } from '../language/stop-words.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import { isFiller } from './fillers.ts';

/** How many notes there were before, and how many of them have a stem. */
export interface StemStatistics {
  readonly notes: number;
  readonly having: (stem: string) => number;
}

/**
 * The words and phrases that tell a text from the others of its scope, in their own spelling, most telling first.
 *
 *   word    (1 + ln tf) · idf,  idf = ln(1 + (n + 1) / (notes with the stem + 1))      tf-idf (Spärck Jones 1972)
 *   phrase  Σ its words' scores / √(their number);  a name's, title's or identifier's times 1.25
 *
 * Phrases are runs of content between stop words and signs, as in RAKE (Rose et al. 2010), but scored by rarity in the scope:
 * RAKE's own score, degree over frequency, is the phrase's length in a text as short as a turn. What everyone says is none: a
 * stem that more than an eighth of fifty or more notes have. A word inside a chosen phrase is not named again.
 * Pure. Cost: O(words).
 */
export function keywordsOf(text: string, statistics: StemStatistics, analyzer: Analyzer): readonly string[] {
  const bounded = text.slice(0, charactersMax);
  const words = wordsIn(bounded, statistics, analyzer);
  const scored = [...phrasesIn(bounded, words), ...words.values()].sort(
    (a, b) => b.score - a.score || a.start - b.start || a.text.length - b.text.length,
  );
  const chosen: string[] = [];
  const taken = new Set<string>();
  for (const { text: spelling, stems } of scored) {
    if (chosen.length === limits.keywordsPerNote) break;
    if (stems.every((stem) => taken.has(stem)) || spelling.length > limits.derivedWordCharacters) continue;
    // A phrase that repeats half of another says little that is new.
    if (stems.length > 1 && stems.filter((stem) => taken.has(stem)).length * 2 >= stems.length) continue;
    for (const stem of stems) taken.add(stem);
    chosen.push(spelling);
  }
  return chosen;
}

/** Characters read; what a longer document is about, it says by then. */
const charactersMax = 8_000;
const everydayShare = 1 / 8;
const everydayNotes = 50;
const nameFactor = 1.25;
const phraseWordsMax = 3;

interface Candidate {
  readonly text: string;
  readonly start: number;
  readonly stems: readonly string[];
  readonly score: number;
}

/** Words of content by stem, spelt as they stand first. */
function wordsIn(text: string, { notes, having }: StemStatistics, analyzer: Analyzer): ReadonlyMap<string, Candidate> {
  const found = new Map<string, { text: string; start: number; count: number }>();
  for (const { 0: word, index } of text.matchAll(wordPattern)) {
    const spelling = word.replace(/['\u2019]s$/, '');
    const bare = spelling.toLowerCase().replaceAll(/['\u2019]/g, '');
    if (bare.length < 3 || /^\d/.test(bare) || isStopWord(bare) || isFiller(bare)) continue;
    const [stem] = analyzer.stems(spelling);
    if (stem === undefined) continue;
    const known = found.get(stem);
    if (known === undefined) found.set(stem, { text: spelling, start: index, count: 1 });
    else known.count += 1;
  }
  const words = new Map<string, Candidate>();
  for (const [stem, { text: spelling, start, count }] of found) {
    const among = having(stem);
    if (notes >= everydayNotes && among > notes * everydayShare) continue;
    const score = (1 + Math.log(count)) * Math.log(1 + (notes + 1) / (among + 1));
    words.set(stem, { text: spelling, start, stems: [stem], score });
  }
  return words;
}

function phrasesIn(text: string, words: ReadonlyMap<string, Candidate>): readonly Candidate[] {
  const byPlace = new Map(Array.from(words.values(), (word) => [word.text.toLowerCase(), word]));
  return entitiesOf(text).flatMap(({ kind, text: spelling, start }) => {
    const parts = spelling.match(wordPattern) ?? [];
    if (parts.length < 2 || parts.length > phraseWordsMax) return [];
    const members = parts.flatMap((part) => byPlace.get(part.toLowerCase().replace(/['\u2019]s$/, '')) ?? []);
    // A phrase is worth naming when all of it tells something; a name also by a part.
    if (members.length === 0 || (kind === 'phrase' && members.length < parts.length)) return [];
    const sum = members.reduce((total, { score }) => total + score, 0);
    const score = (sum / Math.sqrt(members.length)) * (kind === 'phrase' ? 1 : nameFactor);
    return [{ text: spelling, start, stems: [...new Set(members.flatMap(({ stems }) => stems))], score }];
  });
}

const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'\u2019-]*/gu;
