import { stemmer } from '@orama/stemmers/english';
import { isStopWord } from '../language/stop-words.ts';
import type { Analyzer, AnalyzerInput } from '../memory/analyzer.ts';
import type { NoteKeys } from '../memory/note.ts';
import { foldedText } from './fold.ts';
import { eachToken } from './tokens.ts';

/**
 * English words by Porter's stemmer (Porter 1980), all other scripts by their words as they are, scripts without
 * spaces by dictionary and single Han characters. Any change to what comes out needs a new id.
 */
const analyzerId = 'words-en-1';

/** A passage is closed at the end of the first sentence that brings it to this many words. */
const passageWords = 60;
/** A text up to this long is one passage, and no passage is longer. */
const passageWordsMax = 80;
/** A rest shorter than this joins the passage before it, if that stays within one and a half passages. */
const restWordsMin = 20;

/** Stems remembered; a language's everyday words are far fewer. */
const stemsRemembered = 20_000;

const months = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
] as const;

export function newAnalyzer(): Analyzer {
  const stemOf = newStemmer();

  return {
    id: analyzerId,
    keys,
    stems: (text) => stemsOf([text]).flat(),
    words,
  };

  function keys(input: AnalyzerInput): NoteKeys {
    const folded = foldedText(input.text);
    const { passages, words } = split(folded);
    return {
      analyzer: analyzerId,
      passages,
      context: contextStems(input),
      words,
      question: asksSomething.test(folded),
    };
  }

  function words(text: string): readonly string[] {
    const found: string[] = [];
    eachToken(foldedText(text), (token, extra) => {
      if (!extra) found.push(token);
    });
    return found;
  }

  /** The stems of each text; stop words are kept when no other word is left anywhere. */
  function stemsOf(texts: readonly string[]): string[][] {
    const kept: string[][] = [];
    const all: string[][] = [];
    for (const text of texts) {
      const keptHere: string[] = [];
      const allHere: string[] = [];
      eachToken(foldedText(text), (token) => {
        allHere.push(token);
        if (!isStopWord(token)) keptHere.push(stemOf(token));
      });
      kept.push(keptHere);
      all.push(allHere);
    }
    return kept.some((stems) => stems.length > 0) ? kept : all.map((tokens) => tokens.map(stemOf));
  }

  function split(folded: string): { passages: string[][]; words: number } {
    const passages: Passage[] = [];
    let open = newPassage();
    let words = 0;
    const close = (): void => {
      if (open.words > 0) passages.push(open);
      open = newPassage();
    };
    for (const sentence of sentences(folded)) {
      const tokens: string[] = [];
      const extras: boolean[] = [];
      eachToken(sentence, (token, extra) => {
        tokens.push(token);
        extras.push(extra);
      });
      const size = extras.length - extras.filter(Boolean).length;
      words += size;
      if (open.words + size > passageWordsMax) close();
      for (let index = 0; index < tokens.length; index += 1) {
        // A sentence longer than a passage is cut: a log or a list may have no sentence end at all.
        if (!extras[index] && open.words === passageWordsMax) close();
        open.tokens.push(tokens[index]!);
        if (!extras[index]) open.words += 1;
      }
      if (open.words >= passageWords) close();
    }
    close();
    if (words <= passageWordsMax) return { passages: stemmed([passages.flatMap(({ tokens }) => tokens)]), words };
    const last = passages.at(-1);
    const before = passages.at(-2);
    if (last !== undefined && before !== undefined && last.words < restWordsMin) {
      // Appended in place of pushed: a spread of a long list would overflow the stack.
      for (const token of last.tokens) before.tokens.push(token);
      passages.pop();
    }
    return { passages: stemmed(passages.map(({ tokens }) => tokens)), words };
  }

  function stemmed(passages: readonly (readonly string[])[]): string[][] {
    const kept = passages.map((tokens) => tokens.filter((token) => !isStopWord(token)).map(stemOf));
    const telling = kept.filter((stems) => stems.length > 0);
    if (telling.length > 0) return telling;
    return passages.length > 0 ? passages.map((tokens) => tokens.map(stemOf)) : [[]];
  }

  function contextStems(input: AnalyzerInput): string[] {
    const found: string[] = [];
    if (input.eventAt !== null) {
      const date = new Date(input.eventAt);
      found.push(String(date.getUTCDate()));
      found.push(stemOf(months[date.getUTCMonth()] ?? ''));
      found.push(String(date.getUTCFullYear()));
    }
    for (const text of [input.place, input.context]) {
      if (text !== null) for (const stem of stemsOf([text]).flat()) found.push(stem);
    }
    return found;
  }
}

interface Passage {
  readonly tokens: string[];
  words: number;
}

function newPassage(): Passage {
  return { tokens: [], words: 0 };
}

/** A question mark that ends something; one inside an address does not. */
const asksSomething = /[?\u061f\u055e\u1367](?=[\s"')\]*!?.\p{Extended_Pictographic}]|$)/u;

/**
 * Where a sentence ends. Looks at a fixed number of characters from every place: a pattern that repeats would
 * take a time quadratic in a row of exclamation marks.
 */
const sentenceEnd = /(?<=[.!?\u0964\u061f]["')\]]?)\s|[\u3002\uff61]|[\n\r\u2028\u2029]/u;

function sentences(folded: string): readonly string[] {
  return folded.split(sentenceEnd);
}

/** Stems are remembered, as a few thousand words are most of what people say. */
function newStemmer(): (token: string) => string {
  const remembered = new Map<string, string>();
  return (token) => {
    // Other scripts, numbers and addresses are what they are; the stemmer's patterns want short words.
    if (!/^[a-z]{3,32}$/.test(token)) return token;
    const known = remembered.get(token);
    if (known !== undefined) return known;
    const stem = stemmer(token);
    if (remembered.size >= stemsRemembered) remembered.clear();
    remembered.set(token, stem);
    return stem;
  };
}
