import {
  about,
  dayMs,
  type Interval,
  isDate,
  isYear,
  monthOf,
  shifted,
  type Unit,
  unitAround,
  utc,
  weekdayOf,
  yearOf,
} from './calendar.ts';

/** What a time expression says, before it is known what year or day it is relative to. */
export interface TimeMeaning {
  /** How exact it is; the whole of it is meant. */
  readonly unit: Unit;
  /** True when it says nothing by itself: "last week", "in May". */
  readonly isRelative: boolean;
  /** The year of a named time, null when it names none. */
  readonly year: number | null;
  /** `year` fills in for one that is not named: "from May to July 2023". */
  readonly interval: (reference: number, year: number | null) => Interval;
}

export const weekdayNames = 'sunday|monday|tuesday|wednesday|thursday|friday|saturday';
export const counts: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  couple: 2,
  three: 3,
  few: 3,
  four: 4,
  several: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  half: 0.5,
};

/** Weeks of a month are its days 1 to 7, 8 to 14, and so on; the last are its last seven days. */
export function weekOf(month: number, which: string, unit: Unit): Interval {
  const { from, until } = unitAround(month, 'month');
  const number = ['first', 'second', 'third', 'fourth'].indexOf(which);
  if (unit === 'day') return number < 0 ? { from: until - dayMs, until } : unitAround(from, 'day', number);
  const week =
    number < 0
      ? { from: until - 7 * dayMs, until }
      : { from: from + 7 * number * dayMs, until: from + 7 * (number + 1) * dayMs };
  if (unit === 'week') return week;
  const saturday = week.from + ((6 - weekdayOf(week.from) + 7) % 7) * dayMs;
  return { from: saturday, until: saturday + 2 * dayMs };
}

/** A date as read elsewhere. Null when there is no such day. */
export function dated(year: number, month: number, day: number | null): TimeMeaning | null {
  if (!isDate(year, month, day ?? 1)) return null;
  return named(day === null ? 'month' : 'day', year, (named) =>
    unitAround(utc(named, month, day ?? 1), day === null ? 'month' : 'day'),
  );
}

/** A day of the year, of the year that makes it the latest that has begun. */
export function dayAlone(month: number, day: number): TimeMeaning | null {
  // 2024 has a 29 February.
  if (!isDate(2024, month, day)) return null;
  const whole = (year: number): Interval => unitAround(utc(year, month, day), 'day');
  return yearless(
    'day',
    (reference) =>
      whole(latestYear(reference, (year) => (isDate(year, month, day) ? utc(year, month, day) : Number.NaN))),
    whole,
  );
}

export function daysOf(
  month: string | undefined,
  first: number,
  last: number,
  year: string | undefined,
): TimeMeaning | null {
  const number = monthNumber(month);
  if (last < first || !isDate(2024, number, first) || !isDate(2024, number, last)) return null;
  const whole = (named: number): Interval => ({ from: utc(named, number, first), until: utc(named, number, last + 1) });
  if (year !== undefined) return isYear(Number(year)) ? named('day', Number(year), whole) : null;
  return yearless(
    'day',
    (reference) => whole(latestYear(reference, (candidate) => utc(candidate, number, first))),
    whole,
  );
}

export function monthAlone(month: string | undefined, which: 'recent' | 'finished' | 'current' | 'next'): TimeMeaning {
  const number = monthNumber(month);
  const whole = (year: number): Interval => unitAround(utc(year, number), 'month');
  return yearless(
    'month',
    (reference) => {
      const year = yearOf(reference);
      if (which === 'current') return whole(year);
      if (which === 'next') return whole(number > monthOf(reference) ? year : year + 1);
      if (which === 'finished') return whole(number < monthOf(reference) ? year : year - 1);
      return whole(latestYear(reference, (candidate) => utc(candidate, number)));
    },
    whole,
  );
}

export function seasonOf(
  season: string | undefined,
  which: string | undefined,
  year: string | undefined,
): TimeMeaning | null {
  // The first month; a winter is of the year in which it begins.
  const first = { spring: 2, summer: 5, autumn: 8, fall: 8, winter: 11 }[(season ?? '').toLowerCase()] ?? 0;
  const whole = (named: number): Interval => ({ from: utc(named, first), until: utc(named, first + 3) });
  if (year !== undefined) return named('season', Number(year), whole);
  return yearless(
    'season',
    (reference) => {
      const latest = latestYear(reference, (candidate) => utc(candidate, first));
      if (which !== undefined && /next/i.test(which)) return whole(latest + 1);
      if (which !== undefined && /^this$/i.test(which))
        return whole(reference < whole(latest).until ? latest : latest + 1);
      if (which !== undefined) return whole(reference < whole(latest).until ? latest - 1 : latest);
      return whole(latest);
    },
    whole,
  );
}

export function nearDay(day: string, part: string | undefined): TimeMeaning {
  const moved =
    { 'day before yesterday': -2, yesterday: -1, 'last night': -1, tomorrow: 1, 'day after tomorrow': 2 }[day] ?? 0;
  const named = day === 'last night' || day === 'tonight' ? 'night' : (part ?? /^this (\w+)$/.exec(day)?.[1]);
  return relative('day', (reference) => partOfDay(unitAround(reference, 'day', moved), named));
}

export function weekdayAlone(
  weekday: string | undefined,
  which: string | undefined,
  part: string | undefined,
): TimeMeaning {
  const number = weekdayNames.split('|').indexOf((weekday ?? '').toLowerCase());
  return relative('day', (reference) => {
    const since = (weekdayOf(reference) - number + 7) % 7;
    if (which !== undefined && /next|coming/i.test(which))
      return partOfDay(unitAround(reference, 'day', 7 - since), part);
    // "Last Friday" on a Friday is a week ago; "on Friday" may be today.
    const back = which !== undefined && /last|past/i.test(which) && since === 0 ? 7 : since;
    if (which !== undefined && /^this$/i.test(which)) {
      const monday = unitAround(reference, 'week').from;
      return partOfDay(unitAround(monday + ((number + 6) % 7) * dayMs, 'day'), part);
    }
    return partOfDay(unitAround(reference, 'day', -back), part);
  });
}

export function upToNow(unit: string | undefined, number: number): TimeMeaning {
  const named = asUnit(unit);
  return relative(named, (reference) => ({
    from: unitAround(shifted(reference, named, -number), 'day').from,
    until: unitAround(reference, 'day').until,
  }));
}

export function away(unit: string | undefined, number: number): TimeMeaning {
  const named = asUnit(unit);
  return relative(named, (reference) => about(reference, named, number));
}

const dayHours: Readonly<Record<string, readonly [number, number]>> = {
  morning: [5, 12],
  afternoon: [12, 18],
  evening: [17, 24],
  night: [18, 30],
};

function partOfDay(day: Interval, part: string | undefined): Interval {
  const hours = dayHours[(part ?? '').toLowerCase()];
  if (hours === undefined) return day;
  return { from: day.from + hours[0] * 3_600_000, until: day.from + hours[1] * 3_600_000 };
}

/** "Early" and "the beginning of" are the first third, "the first half of" is half. */
export function partOf({ from, until }: Interval, part: string | undefined): Interval {
  if (part === undefined) return { from, until };
  const third = (until - from) / 3;
  const half = (until - from) / 2;
  if (/first half/i.test(part)) return { from, until: from + half };
  if (/second half|last half/i.test(part)) return { from: from + half, until };
  if (/early|beginning|start/i.test(part)) return { from, until: from + third };
  if (/late|end/i.test(part)) return { from: until - third, until };
  return { from: from + third, until: until - third };
}

export function named(unit: Unit, year: number, whole: (year: number) => Interval): TimeMeaning {
  return { unit, isRelative: false, year, interval: () => whole(year) };
}

export function yearless(
  unit: Unit,
  guess: (reference: number) => Interval,
  whole: (year: number) => Interval,
): TimeMeaning {
  return {
    unit,
    isRelative: true,
    year: null,
    interval: (reference, year) => (year === null ? guess(reference) : whole(year)),
  };
}

export function relative(unit: Unit, interval: (reference: number) => Interval): TimeMeaning {
  return { unit, isRelative: true, year: null, interval };
}

/** The last year in which it began by then: memory looks back. */
export function latestYear(reference: number, beginning: (year: number) => number): number {
  const year = yearOf(reference);
  for (let candidate = year; candidate > year - 9; candidate -= 1)
    if (beginning(candidate) <= reference) return candidate;
  return year;
}

/** '23 is 2023, '98 is 1998: nobody's memory reaches thirty years ahead. */
export function fullYear(short: number): number {
  return short < 50 ? 2000 + short : 1900 + short;
}

export function monthNumber(name: string | undefined): number {
  return months.indexOf((name ?? '').toLowerCase().slice(0, 3));
}

export const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

export function numberOf(word: string | undefined): number {
  const small = (word ?? '').toLowerCase();
  return counts[small] ?? Number(small);
}

export function asUnit(name: string | undefined): Unit {
  const units: readonly Unit[] = ['day', 'week', 'weekend', 'month', 'quarter', 'year', 'decade'];
  return units.find((unit) => unit === (name ?? '').toLowerCase()) ?? 'day';
}
