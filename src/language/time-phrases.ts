import { type Interval, isYear, unitAround, utc } from './calendar.ts';
import {
  asUnit,
  away,
  counts,
  dated,
  daysOf,
  fullYear,
  latestYear,
  monthAlone,
  monthNumber,
  named,
  nearDay,
  numberOf,
  partOf,
  relative,
  seasonOf,
  type TimeMeaning,
  upToNow,
  weekdayAlone,
  weekdayNames,
  weekOf,
  yearless,
} from './time-meanings.ts';

/** A time expression where it stands in a cue. */
export interface TimePhrase extends TimeMeaning {
  readonly text: string;
  /** UTF-16 units of the cue. */
  readonly start: number;
  readonly end: number;
}

/**
 * The time expressions that a general date parser takes for something else or not whole: months, years, seasons,
 * weeks, weekends, weekdays, spans. Longest first, none inside another. English.
 */
export function timePhrases(cue: string): readonly TimePhrase[] {
  const found: TimePhrase[] = [];
  for (const { pattern, read } of phrases) {
    for (const match of cue.matchAll(pattern)) {
      const phrase = read(match);
      if (phrase === null) continue;
      const start = match.index + (match[0].length - match[0].trimStart().length);
      const text = match[0].trim();
      found.push({ text, start, end: start + text.length, ...phrase });
    }
  }
  return withoutOverlaps(found);
}

/** Earlier ones and longer ones first; what overlaps one that stands is dropped. */
export function withoutOverlaps(found: readonly TimePhrase[]): readonly TimePhrase[] {
  const standing: TimePhrase[] = [];
  for (const phrase of [...found].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
    if (standing.every(({ start, end }) => phrase.end <= start || phrase.start >= end)) standing.push(phrase);
  }
  return standing.sort((a, b) => a.start - b.start);
}

export const monthNames =
  'january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec';
/** Months that are everyday words or names when written small. */
const doubtfulMonth = /^(?:may|march|mar)$/;

interface Phrase {
  readonly pattern: RegExp;
  readonly read: (match: RegExpExecArray | RegExpMatchArray) => TimeMeaning | null;
}

const units = 'day|week|weekend|month|quarter|year|decade';
const count = `(\\d{1,4}(?:\\.5)?|${Object.keys(counts).join('|')})`;
const some = `(?:about |around |roughly |almost |nearly |over )?(?:a (?=couple|few|half))?${count}(?: an?(?= (?:${units})))?(?: of)?`;
const dayPart = '(?: (morning|afternoon|evening|night))?';

const phrases: readonly Phrase[] = [
  {
    pattern: /\b(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\d-])/g,
    read: ([, year, month, day]) => dated(Number(year), Number(month) - 1, day === undefined ? null : Number(day)),
  },
  // "3 to 5 June", "3-5 June 2023", "June 3 to 5, 2023": a parser of dates sees times of day here.
  {
    pattern: new RegExp(
      `\\b(\\d{1,2})(?:st|nd|rd|th)? ?(?:to|-|\u2013|until|till|through|and) ?(?:the )?(\\d{1,2})(?:st|nd|rd|th)? (?:of )?(${monthNames})\\b\\.?(?:,? (\\d{4}))?(?!\\d)`,
      'gi',
    ),
    read: ([, first, last, month, year]) => daysOf(month, Number(first), Number(last), year),
  },
  {
    pattern: new RegExp(
      `\\b(${monthNames})\\.? (\\d{1,2})(?:st|nd|rd|th)? ?(?:to|-|\u2013|until|till|through|and) ?(?:the )?(\\d{1,2})(?:st|nd|rd|th)?(?![\\d:/])(?:,? (\\d{4}))?\\b`,
      'gi',
    ),
    read: ([, month, first, last, year]) => daysOf(month, Number(first), Number(last), year),
  },
  // "May 2023", "May of '23".
  {
    pattern: new RegExp(
      `(?<!\\d(?:st|nd|rd|th)?(?: of)? ?)\\b(${monthNames})\\b\\.?(?: of|,)? (?:(\\d{4})|['\u2019](\\d{2}))(?!\\d)`,
      'gi',
    ),
    read: ([, month, year, short]) => {
      const full = year === undefined ? fullYear(Number(short)) : Number(year);
      return isYear(full) ? named('month', full, (named) => unitAround(utc(named, monthNumber(month)), 'month')) : null;
    },
  },
  // "in May", "last May": a month without a year needs a word before it that only goes with times.
  {
    pattern: new RegExp(
      `(?<=\\b(?:in|during|since|until|till|throughout|by|around|(?:beginning|start|middle|end|half|rest|month|week|weekend|early|mid|late)(?: of)?|early|mid|late)[ -])(${monthNames})\\b(?!\\.? ?\\d|['\u2019-]\\w)`,
      'gi',
    ),
    read: ([, month]) => monthAlone(month, 'recent'),
  },
  {
    pattern: new RegExp(`\\b(last|this|next|this past|past|coming) (${monthNames})\\b(?! ?\\d|['\u2019-]\\w)`, 'gi'),
    read: ([, which = '', month = '']) => {
      if (/^this$/i.test(which) && doubtfulMonth.test(month)) return null;
      return monthAlone(month, /next|coming/i.test(which) ? 'next' : /^this$/i.test(which) ? 'current' : 'finished');
    },
  },
  {
    pattern: new RegExp(`(?<=\\b(?:before|after|from|between) )(${monthNames})\\b(?! ?\\d|['\u2019-]\\w)`, 'g'),
    read: ([, month = '']) => (doubtfulMonth.test(month) ? null : monthAlone(month, 'recent')),
  },
  {
    pattern: new RegExp(
      `(?<=\\b(?:before|after|since) )(${monthNames.replace(/\w+/g, (name) => name[0]!.toUpperCase() + name.slice(1))})(?= ?(?:[,.?!;]|$))`,
      'g',
    ),
    read: ([, month]) => monthAlone(month, 'recent'),
  },
  {
    pattern: new RegExp(
      `\\b(first|second|third|fourth|last) (week|weekend|day) (?:of|in) (${monthNames})\\b(?:,? (?:of )?(\\d{4}))?`,
      'gi',
    ),
    read: ([, which = '', unit = '', month, year]) => {
      const whole = (named: number): Interval =>
        weekOf(utc(named, monthNumber(month)), which.toLowerCase(), asUnit(unit));
      if (year !== undefined) return isYear(Number(year)) ? named('week', Number(year), whole) : null;
      return yearless('week', (reference) => whole(latestYear(reference, (candidate) => whole(candidate).from)), whole);
    },
  },
  // "from May to July", "between March and May 2023".
  {
    pattern: new RegExp(
      `(?<=\\b(?:from|between) )(${monthNames}) (?:to|and|until|till|through) (${monthNames})\\b(?! ?\\d{1,2}\\b)(?:,? (?:of )?(\\d{4}))?`,
      'gi',
    ),
    read: ([, first, last, year]) => {
      const [from, until] = [monthNumber(first), monthNumber(last)];
      const whole = (endYear: number): Interval => ({
        from: utc(from > until ? endYear - 1 : endYear, from),
        until: utc(endYear, until + 1),
      });
      if (year !== undefined) return isYear(Number(year)) ? named('month', Number(year), whole) : null;
      return yearless(
        'month',
        (reference) => whole(latestYear(reference, (candidate) => whole(candidate).from)),
        whole,
      );
    },
  },
  // Years: with a word before them, or set apart; "2019 people" and "$2000" are counts.
  {
    pattern:
      /(?<=\b(?:in|during|since|until|till|before|after|by|of|from|between|and|to|through|throughout|around|year|early|mid|late|the|my|our)[ -])(?:the year )?((?:19|20)\d{2})(?![\d,.:/-]*\d|%| (?:people|users|words|steps|dollars|euros|pounds|miles|km|calories|times|items|points|pages|meters|metres))\b(?!-)/gi,
    read: ([, year]) => named('year', Number(year), (named) => unitAround(utc(named), 'year')),
  },
  {
    pattern: /(?<=\b(?:in|of|since|before|after|during) )['\u2019](\d{2})\b(?!s)/gi,
    read: ([, short]) => named('year', fullYear(Number(short)), (named) => unitAround(utc(named), 'year')),
  },
  {
    pattern: /\b(?:the )?(?:(early|mid|late)[ -])?(?:((?:19|20)\d)0s|['\u2019]?([2-9])0s)\b/gi,
    read: ([, part, full, short]) => {
      const first = full === undefined ? 1900 + Number(short) * 10 : Number(full) * 10;
      return named('decade', first, (named) => partOf(unitAround(utc(named), 'decade'), part));
    },
  },
  // Seasons; `fall` and `spring` are also verbs, and need more than a bare word.
  {
    pattern:
      /(?:\b(last|this|next|this past|past) |(?<=\b(?:in|during|over|since|until|before|after|by|from|early|mid|late|the|of)[ -]))(spring|summer|autumn|fall|winter)(?: (?:of )?((?:19|20)\d{2}))?\b(?! (?:apart|asleep|behind|in love|break|camp|cleaning|roll|olympics|school|job|house|coat))/gi,
    read: ([, which, season, year]) => seasonOf(season, which, year),
  },
  {
    pattern: /\b(spring|summer|autumn|fall|winter) (?:of )?((?:19|20)\d{2})\b/gi,
    read: ([, season, year]) => seasonOf(season, undefined, year),
  },
  // Days.
  {
    pattern: new RegExp(
      `\\b(?:the )?(day before yesterday|day after tomorrow|yesterday|today|tomorrow|tonight|last night|this (?:morning|afternoon|evening))${dayPart}\\b`,
      'gi',
    ),
    read: ([, day = '', part]) => nearDay(day.toLowerCase(), part),
  },
  {
    pattern: new RegExp(
      `(?:\\b(last|next|this|this past|this coming|past|coming) |(?<=\\b(?:on|since|by|until|before|after) (?:the )?))(${weekdayNames})${dayPart}\\b(?!s)`,
      'gi',
    ),
    read: ([, which, weekday, part]) => weekdayAlone(weekday, which, part),
  },
  // Calendar units.
  {
    pattern:
      /\b(?:(last|previous|this|current|next|following|coming|upcoming)|earlier this|later this) (day|week|weekend|month|quarter|year|decade)\b(?!['\u2019-]\w)/gi,
    read: ([, which = 'this', unit]) => {
      const moved = /last|previous/i.test(which) ? -1 : /this|current/i.test(which) ? 0 : 1;
      return relative(asUnit(unit), (reference) => unitAround(reference, asUnit(unit), moved));
    },
  },
  {
    pattern: /\bthe (week|weekend|month|year) before last\b/gi,
    read: ([, unit]) => relative(asUnit(unit), (reference) => unitAround(reference, asUnit(unit), -2)),
  },
  // Spans up to now: "the past week", "in the last two months".
  {
    pattern: new RegExp(`\\b(?:the |this )?(?:last|past|previous) ${count}(?: of)? (${units})s?\\b`, 'gi'),
    read: ([, number, unit]) => upToNow(unit, numberOf(number)),
  },
  { pattern: new RegExp(`\\b(?:the|this) past (${units})\\b`, 'gi'), read: ([, unit]) => upToNow(unit, 1) },
  // Distances.
  {
    pattern: new RegExp(`\\b${some}(?: and a half)? (${units})s?(?: and a half)? ago\\b`, 'gi'),
    read: ([all = '', number, unit]) => away(unit, -(numberOf(number) + (/and a half/i.test(all) ? 0.5 : 0))),
  },
  {
    pattern: new RegExp(`\\b${some} (${units})s? from (?:now|today)\\b`, 'gi'),
    read: ([, number, unit]) => away(unit, numberOf(number)),
  },
];
