import { newLanguage, newTextSource } from '../bench/text.ts';
import { newRandom, type Random } from '../facts/random.ts';
import { type Topic, topics } from './topics.ts';

/** Turns in which several topics follow one another, with nothing but their words to tell them apart. */
export interface Stream {
  readonly turns: readonly StreamTurn[];
  /** Turns with which a topic begins, ascending, without the first. */
  readonly boundaries: readonly number[];
}

export interface StreamTurn {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export const streamKinds = ['made_up_words', 'talk', 'talk_with_digressions', 'talk_with_pauses'] as const;
export type StreamKind = (typeof streamKinds)[number];

const topicsPerStream = 8;
const turnMs = 60_000;
const start = Date.UTC(2024, 0, 1);

export function newStream(kind: StreamKind, seed: number): Stream {
  return kind === 'made_up_words' ? madeUpStream(seed) : talkStream(kind, seed);
}

/** Words of an invented language by Zipf's law, nearly half of them of the topic; 20 turns a topic. */
function madeUpStream(seed: number): Stream {
  const source = newTextSource(newLanguage(seed), seed);
  const turns: StreamTurn[] = [];
  const boundaries: number[] = [];
  let session = 0;
  for (let index = 0; index < topicsPerStream * 20; index += 1) {
    const note = source.note();
    if (note.session !== session) boundaries.push(index);
    session = note.session;
    turns.push({ text: note.text, at: start + index * turnMs });
  }
  return { turns, boundaries };
}

/** Two people about one topic after another, 6 to 24 turns each; one turn in five says nothing of it. */
function talkStream(kind: StreamKind, seed: number): Stream {
  const random = newRandom(seed);
  const chosen = random.shuffled(topics).slice(0, topicsPerStream);
  const turns: StreamTurn[] = [];
  const boundaries: number[] = [];
  let at = start;
  chosen.forEach((topic, index) => {
    if (index > 0) {
      boundaries.push(turns.length);
      // Some pauses fall on a change of topic, as many fall elsewhere.
      if (kind === 'talk_with_pauses' && random.below(2) === 0) at += (1 + random.below(48)) * 60 * turnMs;
    }
    const on = focused(topic, random);
    const length = 6 + random.below(19);
    for (let turn = 0; turn < length; turn += 1) {
      const isDigression = kind === 'talk_with_digressions' && turn > 1 && random.below(10) === 0;
      const about = isDigression ? focused(random.pick(topics), random) : on;
      if (kind === 'talk_with_pauses' && random.below(30) === 0) at += (1 + random.below(12)) * 60 * turnMs;
      // What opens a topic says something of it.
      turns.push({ text: turn > 0 && random.below(5) === 0 ? random.pick(empty) : about(), at });
      at += turnMs;
    }
  });
  return { turns, boundaries };
}

/** Turns about a topic: a few of its words come again and again, as they do when people stay with something. */
function focused(topic: Topic, random: Random): () => string {
  const words = [topic.things, topic.doings, topic.qualities].map((list) => random.shuffled(list));
  const [things, doings, qualities] = words as [string[], string[], string[]];
  const sentence = (): string =>
    [random.pick(openings), random.pick(cores), random.pick(endings)]
      .join('')
      .replaceAll(/THING|DOING|QUALITY/g, (slot) =>
        skewed(slot === 'THING' ? things : slot === 'DOING' ? doings : qualities, random),
      );
  return () => Array.from({ length: 1 + random.below(3) }, sentence).join(' ');
}

/** The first are the commonest. */
function skewed(list: readonly string[], random: Random): string {
  return list[random.below(random.below(list.length) + 1)]!;
}

const openings = [
  '',
  '',
  '',
  '',
  'Honestly, ',
  'To be fair, ',
  'By the way, ',
  'As I said, ',
  'Between us, ',
  'Funny enough, ',
  'Last Tuesday ',
  'This morning ',
  'According to my neighbour, ',
  'On second thoughts, ',
  'If I remember right, ',
  'Believe it or not, ',
  'For once, ',
  'Apart from that, ',
  'After dinner ',
  'Speaking of which, ',
  'Luckily, ',
  'In the end ',
  'Years ago ',
] as const;

const cores = [
  'the THING was more QUALITY than expected',
  'I spent hours on the THING and the THING',
  'the THING needs attention before the THING does',
  'we tried to DOING again',
  'somebody should DOING first',
  'my sister wants to DOING with me',
  'the THING looked rather QUALITY',
  'I still have to DOING',
  'nobody warned me about the THING',
  'it takes patience to DOING',
  'a QUALITY THING costs more than people think',
  'the THING arrived broken',
  'she asked whether the THING is QUALITY',
  'I lost the THING',
  'you would love to DOING',
  'the THING and the THING do not go together',
  'there is no way to DOING without the THING',
  'we argued about the THING',
  'I watched a documentary on the THING',
  'the old THING got replaced',
  'he promised to DOING soon',
  'everything became QUALITY because of the THING',
  'the THING turned out fine',
  'I borrowed a THING from the club',
  'they recommend a QUALITY THING',
] as const;

const endings = [
  '.',
  '.',
  '.',
  '!',
  ', right?',
  ', you know.',
  ', which surprised me.',
  ' and then it started to rain.',
  ', or so it seems.',
  ' for the third time this month.',
  ', but I can live with that.',
  ' thanks to your advice.',
  ', and my brother laughed.',
  ' despite the price.',
  ', what would you do?',
  ' until midnight.',
  ' before work.',
  ', not that it matters.',
  ' without any trouble.',
  ', have you noticed that too?',
  ' and I felt proud.',
  ' in the garage.',
  ' over the holidays.',
] as const;

/** Of no topic. */
const empty = [
  'Oh, that makes sense.',
  'Haha, I know exactly what you mean.',
  'Really? Tell me more.',
  'Thanks, that is really helpful!',
  'Good point, I had not thought of that.',
  'Yes, I think so too.',
  'Hmm, let me think about it.',
  'Wow, congratulations!',
  'No worries, take your time.',
  'Sounds good to me.',
  'Sorry, I was away for a moment. Where were we?',
  'I completely agree with you.',
] as const;
