import { verbFormOf } from '../language/verb-lexicon.ts';

/**
 * Whether what is said depends on the turn before it: "Yes, I would love that", "It is in the drawer", two or three words.
 * Said twice it may mean two things. `words` are those of `statementOf`. English.
 */
export function isBoundToItsTurn(words: readonly string[]): boolean {
  const [first = ''] = words;
  if (words.length < wordsMin || answering.has(first)) return true;
  return pointing.has(first) || words.some((word) => pointingAnywhere.has(word));
}

/**
 * Whether what is said is of the time when it was said: an event that is told ("I had lunch with Ines"), or a moment that is
 * named by where the speaker stands in time ("just", "again"). Said on another day it is another event. English.
 */
export function isBoundToItsMoment(words: readonly string[]): boolean {
  return words.some((word, index) => momentary.has(word) || tellsPast(words, index));
}

const wordsMin = 4;
const answering: ReadonlySet<string> = new Set(
  'yes yeah yep no nope sure maybe perhaps exactly right true agreed great good nice cool wow thanks thank ok sounds'.split(
    ' ',
  ),
);
const pointing: ReadonlySet<string> = new Set(
  'it this that these those he she they him her them there here same both neither its his their'.split(' '),
);
const pointingAnywhere: ReadonlySet<string> = new Set('latter former above below following previous'.split(' '));
const momentary: ReadonlySet<string> = new Set(
  `just again recently lately soon later earlier now currently already still yet today tonight tomorrow yesterday ago
  morning afternoon evening moment finally next last`.split(/\s+/u),
);

function tellsPast(words: readonly string[], index: number): boolean {
  const word = words[index] ?? '';
  if (word === 'was' || word === 'were') return !lasting.has(words[index + 1] ?? '');
  if (!pasts.has(word) && !isPastForm(word)) return false;
  return !words.slice(Math.max(0, index - 3), index).some((before) => auxiliaries.has(before));
}

/** "Put" and "set" may be said of any time. */
function isPastForm(word: string): boolean {
  const form = verbFormOf(word);
  return form?.isPast === true && !form.isBase;
}

/** "Was born", "were named": it happened once, whenever it is told. */
const lasting: ReadonlySet<string> = new Set('born raised named called founded built'.split(' '));
const auxiliaries: ReadonlySet<string> = new Set(
  'am is are be been being have has get gets getting remain remains stay stays'.split(' '),
);
const pasts: ReadonlySet<string> = new Set(
  `had did went came got took made saw ate drank slept woke bought sold told said spoke wrote fell felt lost won paid sent met
  left found gave heard knew thought brought caught drove flew ran rode sang swam threw wore broke chose began built grew held
  kept led lent lit rang rose shook shot sat stood stole stuck taught tore understood hung dug forgot forgave froze`.split(
    /\s+/u,
  ),
);
