import { seededRandom } from '../statistics.ts';

/** Made-up conversations that behave like real ones where an index is concerned, the same for the same seed. */
export interface TextSource {
  /** The next note of this conversation: what one person says, 8 to 40 words, most of them on the session's topic. */
  readonly note: () => GeneratedNote;
  /** 3 to 8 words, most of them on the topic of some session, such as a person would ask. */
  readonly query: () => string;
}

export interface GeneratedNote {
  readonly text: string;
  readonly speaker: string;
  /** ISO 8601. Notes are a minute apart, sessions a day. */
  readonly timestamp: string;
  /** Ordinal of the session. */
  readonly session: number;
}

const vocabularySize = 30_000;
const topicCount = 400;
const wordsPerTopic = 80;
const notesPerSession = 20;

/** Words that carry nothing, in the ranks that such words have in English. */
const functionWords =
  'the of and to a in is it you that he was for on are with as i his they be at one have this'.split(' ');

/** The language that all conversations of a benchmark share. Making one takes about 20 ms. */
export interface Language {
  readonly words: readonly string[];
  readonly topics: readonly (readonly string[])[];
  /** Running sums of 1 / rank, for drawing by Zipf's law. */
  readonly cumulative: Float64Array;
}

export function newLanguage(seed = 1): Language {
  const random = seededRandom(seed);
  const words = new Set<string>(functionWords);
  while (words.size < vocabularySize) words.add(newWord(random));
  const list = [...words];
  const topics = Array.from({ length: topicCount }, () =>
    Array.from({ length: wordsPerTopic }, () => {
      const position = functionWords.length + Math.floor(random() * (list.length - functionWords.length));
      return list[position]!;
    }),
  );
  const cumulative = new Float64Array(list.length);
  let sum = 0;
  for (let rank = 1; rank <= list.length; rank += 1) {
    sum += 1 / rank;
    cumulative[rank - 1] = sum;
  }
  return { words: list, topics, cumulative };
}

export function newTextSource(language: Language, seed: number): TextSource {
  const random = seededRandom(seed);
  let written = 0;
  let topic = pick(language.topics);

  return {
    note() {
      const session = Math.floor(written / notesPerSession);
      if (written % notesPerSession === 0) topic = pick(language.topics);
      const length = 8 + Math.floor(random() * 33);
      const at = Date.UTC(2024, 0, 1) + session * 86_400_000 + (written % notesPerSession) * 60_000;
      const speaker = written % 2 === 0 ? 'Alma' : 'Boris';
      written += 1;
      return { text: sentence(length, 0.45), speaker, timestamp: new Date(at).toISOString(), session };
    },
    query() {
      topic = pick(language.topics);
      return sentence(3 + Math.floor(random() * 6), 0.7);
    },
  };

  function sentence(length: number, onTopic: number): string {
    return Array.from({ length }, () => (random() < onTopic ? topicWord() : anyWord())).join(' ');
  }

  /** The first words of a topic are its commonest. */
  function topicWord(): string {
    return topic[Math.floor(random() * random() * topic.length)]!;
  }

  function anyWord(): string {
    const { cumulative, words } = language;
    const target = random() * cumulative[cumulative.length - 1]!;
    let low = 0;
    let high = cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return words[low]!;
  }

  function pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(random() * items.length)]!;
  }
}

/** Two to four syllables. */
function newWord(random: () => number): string {
  const onsets = 'b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl pr sh sl st th tr'.split(' ');
  const vowels = 'a e i o u ai ea ee oa ou'.split(' ');
  const codas = ['', '', '', 'n', 'r', 's', 't', 'l', 'm', 'nd', 'st'];
  const draw = (items: readonly string[]) => items[Math.floor(random() * items.length)]!;
  const syllables = 2 + Math.floor(random() * 3);
  return Array.from({ length: syllables }, () => draw(onsets) + draw(vowels) + draw(codas)).join('');
}
