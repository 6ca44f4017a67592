import type { Session, Turn } from '../datasets/dataset.ts';
import { newRandom, type Random } from '../facts/random.ts';

export interface ChatterOptions {
  readonly seed: number;
  /** Turns in all. */
  readonly turns: number;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  /** Who talks, in turn: the same people as in the conversation it follows. */
  readonly voices: readonly Pick<Turn, 'speaker' | 'role'>[];
}

/**
 * Months of talk that no question is about: what people say to each other, or to an assistant, day by day. Sessions of 6 to 18
 * turns on one everyday matter each, spread evenly over the time. The same for the same seed.
 *
 * About a fifth says nothing but yes, a fifth asks, a third tells what happened, often with a number, and a quarter is of the
 * kind that a memory is for: what someone owns, plans or likes. A policy cannot tell it by its form alone.
 */
export function chatter(options: ChatterOptions): readonly Session[] {
  const random = newRandom(options.seed);
  const sessions: Turn[][] = [];
  let left = options.turns;
  while (left > 0) {
    const count = Math.min(left, 6 + random.below(13));
    left -= count;
    const matter = random.pick(matters);
    sessions.push(Array.from({ length: count }, (_, index) => turn(sessions.length, index, matter, options, random)));
  }
  const span = options.until - options.from;
  return sessions.map((turns, session) => ({
    isDialogue: true,
    turns: turns.map((one, index) => ({
      ...one,
      timestamp: new Date(options.from + (span * session) / sessions.length + index * 40_000).toISOString(),
    })),
  }));
}

function turn(session: number, index: number, matter: Matter, { voices }: ChatterOptions, random: Random): Turn {
  const voice = voices[index % voices.length] ?? { speaker: null, role: null };
  return { ...voice, id: `chatter-${session}-${index}`, text: sentence(matter, random), timestamp: null };
}

interface Matter {
  readonly things: readonly string[];
  readonly doings: readonly string[];
  readonly qualities: readonly string[];
}

function sentence({ things, doings, qualities }: Matter, random: Random): string {
  const kind = random.below(20);
  const frames = kind < 4 ? nothings : kind < 8 ? askings : kind < 15 ? happenings : lasting;
  const first = random.pick(frames);
  const text = kind >= 8 && random.below(3) === 0 ? `${first} ${random.pick(happenings)}` : first;
  return text.replace(/\{(\w+)\}/g, (_, slot: string) =>
    slot === 'thing'
      ? random.pick(things)
      : slot === 'doing'
        ? random.pick(doings)
        : slot === 'quality'
          ? random.pick(qualities)
          : slot === 'number'
            ? String(2 + random.below(90))
            : slot === 'day'
              ? random.pick(days)
              : slot === 'name'
                ? nameOf(random)
                : slot,
  );
}

const nothings = [
  'Right, makes sense.',
  'Ha, yes.',
  'Oh well, never mind.',
  'True, same here.',
  'Good to know, thanks.',
  'Hm, let me think about the {thing}.',
  'Yes, the {thing} again.',
  'Okay, talk later then.',
];
const askings = [
  'Do you know how to get a {thing} {quality} again?',
  'What does a {thing} cost these days?',
  'Is the {thing} supposed to be that {quality}?',
  'How long does {doing} take you?',
  'Would you bother with {doing} on a {day}?',
  'Which {thing} would you take, the {quality} one?',
];
const happenings = [
  'The {thing} was rather {quality} this morning.',
  'Spent {number} minutes on {doing} and then the {thing} gave up.',
  'There was a {quality} {thing} at number {number} when I came by.',
  'Nobody was at the {thing}, so {doing} took no time.',
  'The {thing} came on {day}, {number} days late.',
  '{name} was there with a {quality} {thing} and we talked a bit.',
  'It turned out that the {thing} only needed {doing}.',
  'They had {number} of them, all {quality}, so I left the {thing} there.',
];
const lasting = [
  'I have a {quality} {thing} now, it was {number} euros.',
  'I am going to try {doing} on {day}.',
  'My {thing} is {quality}, I got it from {name}.',
  'I love {doing}, the {thing} is half the fun.',
  'We plan on {doing} next {day} if the {thing} holds.',
  'I never liked {doing}, a {quality} {thing} puts me off.',
  'I bought the {quality} {thing} after all.',
];
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What sessions are about; words of daily life that benchmarks of personal memory seldom ask for. */
const matters: readonly Matter[] = [
  matter(
    'bus,ticket,timetable,platform,tram,conductor,shelter,seat',
    'waiting,changing lines,standing',
    'late,full,damp,noisy',
  ),
  matter(
    'printer,toner,driver,scanner,tray,cable,spool,plug',
    'restarting,reinstalling,unjamming it',
    'slow,offline,blurry,grey',
  ),
  matter(
    'kettle,toaster,fuse,filter,grill,drawer,hob,tap',
    'descaling,scrubbing,tightening it',
    'leaky,rusty,loud,sticky',
  ),
  matter(
    'hedge,rake,gutter,lawn,shed,hose,compost,wheelbarrow',
    'mowing,raking,trimming',
    'soggy,overgrown,uneven,brown',
  ),
  matter(
    'parcel,courier,label,locker,receipt,counter,stamp,form',
    'queueing,returning it,filling in forms',
    'crumpled,missing,heavy,misprinted',
  ),
  matter(
    'drizzle,fog,frost,gale,umbrella,puddle,thermometer,forecast',
    'scraping ice,drying off,staying in',
    'chilly,muggy,dull,windy',
  ),
  matter(
    'inbox,spreadsheet,agenda,minutes,slide,headset,badge,memo',
    'filing,forwarding,formatting',
    'tedious,unread,outdated,blank',
  ),
  matter(
    'elevator,stairwell,doormat,intercom,radiator,meter,caretaker,bin',
    'airing,sorting rubbish,ringing twice',
    'stuck,squeaky,lukewarm,dusty',
  ),
  matter(
    'lettuce,yoghurt,loaf,checkout,trolley,coupon,tin,shelf',
    'comparing prices,bagging,restocking',
    'stale,discounted,bruised,sold out',
  ),
  matter(
    'tyre,wiper,dashboard,hubcap,clutch,garage,mirror,jack',
    'parking,refuelling,pumping them up',
    'flat,scratched,squealing,foggy',
  ),
  matter('sock,zip,button,hanger,iron,collar,hem,basket', 'ironing,folding,mending', 'creased,faded,shrunk,odd'),
  matter(
    'password,router,update,browser,charger,backup,folder,pop-up',
    'rebooting,syncing,logging in',
    'frozen,expired,laggy,full',
  ),
];

function matter(things: string, doings: string, qualities: string): Matter {
  return { things: things.split(','), doings: doings.split(','), qualities: qualities.split(',') };
}

/** Someone met once: a name of two or three syllables. */
function nameOf(random: Random): string {
  const onsets = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z'];
  const vowels = ['a', 'e', 'i', 'o', 'u'];
  const letters = Array.from({ length: 2 + random.below(2) }, () => random.pick(onsets) + random.pick(vowels)).join('');
  return letters.charAt(0).toUpperCase() + letters.slice(1) + random.pick(['n', 'r', 's', 'l']);
}
