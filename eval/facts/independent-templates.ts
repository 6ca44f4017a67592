import type { WordedRelation } from './natural-set.ts';
import type { Wordings } from './natural-templates.ts';

const none: Wordings = { first: [], changed: [] };
const cars = ['Corolla', 'Fiesta', 'Octavia', 'Outback', 'Model 3', 'Punto', 'Leaf', 'Golf'];
const trades = ['nurse', 'carpenter', 'paralegal', 'chef', 'pharmacist', 'plumber', 'librarian', 'translator'];
const counts = ['8,500', '12,000', '9,250', '7,400', '10,600', '6,300', '11,150', '13,900'];
const days = ['March 3', 'April 12', 'May 27', 'June 9', 'July 21', 'August 2', 'October 14', 'November 30'];
const sides = ['Arsenal', 'Juventus', 'Ajax', 'Benfica', 'Celtic', 'Lazio', 'Villarreal', 'Porto'];
const dogs = ['Biscuit', 'Pepper', 'Waffles', 'Moose', 'Clover', 'Ziggy', 'Olive', 'Tank'];

/**
 * A third group of wordings, written down before the rules that read chat were made general, and left alone since: what friends
 * and colleagues write to each other, with asides, hedged openings, tenses and word orders of all kinds.
 */
export const independentRelations: readonly WordedRelation[] = [
  {
    name: 'residence',
    to: 'city',
    own: {
      first: [
        ({ v }) => `It's been four years since I moved to ${v} and I still get lost.`,
        ({ v }) => `I've been living in ${v} since the spring.`,
        ({ v }) => `We bought a little house in ${v}, where we live with too many plants.`,
      ],
      changed: [
        ({ v }) => `So, as of last week I'm officially living in ${v}.`,
        ({ v, w }) => `We ended up leaving ${w} and relocating to ${v}.`,
        ({ v }) => `I moved back to ${v} after all that.`,
      ],
    },
    others: (s) => ({
      first: [
        ({ v }) => `My old classmate ${s}, who lives in ${v}, sent me a postcard.`,
        ({ v }) => `${s} has been living in ${v} for ages.`,
      ],
      changed: [
        ({ v }) => `Did I mention that ${s} just moved over to ${v}?`,
        ({ v }) => `${s} finally settled down in ${v}, boxes and all.`,
        ({ v }) => `I heard the good news, and yes, ${s} is living in ${v} these days.`,
      ],
    }),
    asks: (s) => (s === null ? 'Where do I live now?' : `Where does ${s} live now?`),
    phrase: null,
  },
  {
    name: 'employer',
    to: 'company',
    own: {
      first: [
        ({ v }) => `Work is busy, I've been with ${v} for two years.`,
        ({ v }) => `Since I joined ${v} I've hardly had a free evening.`,
      ],
      changed: [
        ({ v }) => `Big news, I got hired by ${v}!`,
        ({ v, w }) => `I left ${w} for ${v} and I don't regret it.`,
        ({ v }) => `I've just accepted an offer from ${v}, so I start there on Monday.`,
        ({ v }) => `My first week working for ${v} was exhausting but fun.`,
      ],
    },
    others: (s) => ({
      first: [
        ({ v }) => `${s} got a job at ${v} straight out of college.`,
        ({ v }) => `${s}, an engineer at ${v}, explained it to me.`,
      ],
      changed: [
        ({ v }) => `${s} has started working at ${v} this month.`,
        ({ v, w }) => `${s} quit ${w} and joined ${v}.`,
        ({ v }) => `Apparently everybody knew it but me: ${s} works for ${v} now.`,
      ],
    }),
    asks: (s) => (s === null ? 'Which company do I work for?' : `Which company does ${s} work for?`),
    phrase: (s) => (s === null ? 'my employer' : `the employer of ${s}`),
  },
  {
    name: 'headquarters',
    to: 'city',
    own: none,
    others: (s) => ({
      first: [({ v }) => `${s} is headquartered in ${v}, right by the river.`],
      changed: [
        ({ v, w }) => `${s} moved its headquarters from ${w} to ${v}.`,
        ({ v }) => `${s} has relocated its head office to ${v}.`,
      ],
    }),
    asks: (s) => `Where is the headquarters of ${s ?? 'it'}?`,
    phrase: null,
  },
  {
    name: 'spouse',
    to: 'person',
    own: {
      first: [({ v }) => `My husband, ${v}, burned the rice again.`, ({ v }) => `${v} and I got married in June.`],
      changed: [({ v }) => `I'm married to ${v} now, second time lucky.`, ({ v }) => `I tied the knot with ${v}!`],
    },
    others: (s) => ({
      first: [({ v }) => `${s} and ${v} got married at the town hall.`, ({ v }) => `${s}'s wife, ${v}, sings.`],
      changed: [
        ({ v }) => `${s} has since remarried, to ${v}.`,
        ({ v }) => `${s} got married to ${v} over the weekend.`,
      ],
    }),
    asks: (s) => `Who is ${s ?? 'I'} married to?`,
    phrase: (s) => `the spouse of ${s ?? 'me'}`,
  },
  {
    name: 'boss',
    to: 'person',
    own: {
      first: [
        ({ v }) => `My boss, ${v}, wants the slides by noon.`,
        ({ v }) => `I report to ${v}, who is very patient.`,
      ],
      changed: [({ v }) => `I've got a new manager called ${v}.`, ({ v }) => `${v} took over as my boss.`],
    },
    others: (s) => ({
      first: [({ v }) => `${s}'s manager is ${v}.`],
      changed: [({ v }) => `These days ${s} reports to ${v}.`],
    }),
    asks: (s) => (s === null ? 'Who is my boss?' : `Who is ${s}'s boss?`),
    phrase: (s) => (s === null ? 'my boss' : `${s}'s boss`),
  },
  {
    name: 'car',
    to: cars,
    own: {
      first: [({ v }) => `I drive a ${v}, it gets me around.`, ({ v }) => `My car is a ${v} with a dented door.`],
      changed: [
        ({ v, w }) => `I traded in my ${w} for a ${v}.`,
        ({ v }) => `We bought a ${v}, so that's the car I drive now, a ${v}.`,
      ],
    },
    others: (s) => ({
      first: [({ v }) => `${s} drives a ${v}.`],
      changed: [({ v }) => `${s} is driving a ${v} now.`],
    }),
    asks: (s) => `What car ${s === null ? 'do I' : `does ${s}`} drive?`,
    phrase: null,
  },
  {
    name: 'occupation',
    to: trades,
    own: {
      first: [({ v }) => `I work as a ${v}, so weekends are not mine.`, ({ v }) => `As you know I'm a ${v} by trade.`],
      changed: [({ v }) => `I retrained and became a ${v}.`, ({ v }) => `I've been working as a ${v} since January.`],
    },
    others: (s) => ({
      first: [({ v }) => `${s} is a ${v} at the clinic.`, ({ v }) => `${s} makes a living as a ${v}.`],
      changed: [({ v }) => `${s} recently became a ${v}.`, ({ v }) => `${s} now works as a ${v}.`],
    }),
    asks: (s) => `What is ${s === null ? 'my' : `${s}'s`} occupation?`,
    phrase: null,
  },
  {
    name: 'daily step goal',
    to: counts,
    own: {
      first: [({ v }) => `My daily step goal is ${v}.`, ({ v }) => `I set my daily step goal at ${v} steps.`],
      changed: [
        ({ v }) => `I raised my daily step goal to ${v}.`,
        ({ v, w }) => `My daily step goal went from ${w} to ${v}.`,
        ({ v }) => `My daily step goal has been bumped up to ${v}.`,
      ],
    },
    others: () => none,
    asks: () => 'What is my daily step goal?',
    phrase: null,
  },
  {
    name: 'thesis deadline',
    to: days,
    own: {
      first: [({ v }) => `My thesis deadline is ${v}, no pressure.`],
      changed: [
        ({ v }) => `My thesis deadline got pushed back to ${v}.`,
        ({ v }) => `They extended my thesis deadline to ${v}.`,
        ({ v }) => `My thesis deadline has been moved to ${v}.`,
      ],
    },
    others: () => none,
    asks: () => 'When is my thesis deadline?',
    phrase: null,
  },
  {
    name: 'favourite team',
    to: sides,
    own: {
      first: [({ v }) => `My favorite team is ${v}.`, ({ v }) => `${v} is my favourite team.`],
      changed: [({ v }) => `My favourite team these days is ${v}.`, ({ v }) => `I root for ${v} now.`],
    },
    others: (s) => ({
      first: [({ v }) => `${s}'s favourite team is ${v}.`, ({ v }) => `${s} supports ${v}, poor thing.`],
      changed: [({ v }) => `${s} roots for ${v} now.`],
    }),
    asks: (s) => `What is ${s === null ? 'my' : `${s}'s`} favourite team?`,
    phrase: null,
  },
  {
    name: 'dog',
    to: dogs,
    own: none,
    others: (s) => ({
      first: [
        ({ v }) => `${s} adopted a puppy named ${v}.`,
        ({ v }) => `${s}'s dog is called ${v}.`,
        ({ v }) => `${s} has a dog, ${v}, who steals socks.`,
      ],
      changed: [],
    }),
    asks: (s) => `What is the name of ${s ?? 'my'}'s dog?`,
    phrase: null,
  },
];
