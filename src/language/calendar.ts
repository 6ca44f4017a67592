/** Half-open: from `from` up to, not including, `until`. Milliseconds since 1970, UTC. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

export type Unit = 'day' | 'week' | 'weekend' | 'month' | 'quarter' | 'season' | 'year' | 'decade';

export const dayMs = 86_400_000;

/** Month 0 is January; months and days beyond their range go on into the next or the one before. */
export function utc(year: number, month = 0, day = 1): number {
  // Date.UTC would take the years 0 to 99 for 19xx.
  return new Date(0).setUTCFullYear(year, month, day);
}

export function yearOf(at: number): number {
  return new Date(at).getUTCFullYear();
}

export function monthOf(at: number): number {
  return new Date(at).getUTCMonth();
}

/** Whether there is such a day, in years people write of. */
export function isDate(year: number, month: number, day: number): boolean {
  if (!isYear(year) || month < 0 || month > 11 || day < 1) return false;
  return monthOf(utc(year, month, day)) === month;
}

/** Four digits; a smaller number is a time of day or a count. */
export function isYear(year: number): boolean {
  return Number.isInteger(year) && year >= 1_000 && year <= 2_999;
}

/** The calendar's unit in which a time lies, moved by so many of them; weeks begin on Monday (ISO 8601). */
export function unitAround(at: number, unit: Unit, moved = 0): Interval {
  const day = Math.floor(at / dayMs) * dayMs;
  const year = yearOf(at);
  const month = monthOf(at);
  switch (unit) {
    case 'day':
      return { from: day + moved * dayMs, until: day + (moved + 1) * dayMs };
    case 'week': {
      const monday = day - ((weekdayOf(at) + 6) % 7) * dayMs + moved * 7 * dayMs;
      return { from: monday, until: monday + 7 * dayMs };
    }
    case 'weekend': {
      const { until } = unitAround(at, 'week', moved);
      return { from: until - 2 * dayMs, until };
    }
    case 'month':
      return { from: utc(year, month + moved), until: utc(year, month + moved + 1) };
    case 'quarter': {
      const first = month - (month % 3) + 3 * moved;
      return { from: utc(year, first), until: utc(year, first + 3) };
    }
    case 'season': {
      // Meteorological seasons of the northern half: winter begins in December.
      const first = month - (month % 3) + (month % 3 === 2 ? 2 : -1) + 3 * moved;
      return { from: utc(year, first), until: utc(year, first + 3) };
    }
    case 'year':
      return { from: utc(year + moved), until: utc(year + moved + 1) };
    case 'decade': {
      const first = year - (year % 10) + 10 * moved;
      return { from: utc(first), until: utc(first + 10) };
    }
  }
}

/** 0 is Sunday. */
export function weekdayOf(at: number): number {
  return new Date(at).getUTCDay();
}

/** The same time so many units later or earlier; the day of month is held to the month's last. */
export function shifted(at: number, unit: Unit, count: number): number {
  if (unit === 'day') return at + count * dayMs;
  if (unit === 'week' || unit === 'weekend') return at + count * 7 * dayMs;
  const months = { month: 1, quarter: 3, season: 3, year: 12, decade: 120 }[unit] * count;
  const whole = Math.round(months);
  const date = new Date(at);
  const last = new Date(utc(date.getUTCFullYear(), date.getUTCMonth() + whole + 1, 0)).getUTCDate();
  return date.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + whole, Math.min(date.getUTCDate(), last));
}

/**
 * So many units away, as roughly as people say it: the day for days, otherwise half a unit to both sides, in whole
 * days. "Two months ago" is not said of the same day of the month.
 */
export function about(at: number, unit: Unit, count: number): Interval {
  const middle = unitAround(shifted(at, unit, count), 'day');
  if (unit === 'day') return middle;
  const half = Math.floor((halfDays[unit] ?? 0) * (Number.isInteger(count) ? 1 : 0.5)) * dayMs;
  return { from: middle.from - half, until: middle.until + half };
}

const halfDays: Partial<Record<Unit, number>> = {
  week: 3,
  weekend: 3,
  month: 15,
  quarter: 45,
  year: 182,
  decade: 1_826,
};
