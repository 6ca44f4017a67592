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
];

export interface CalendarTime {
  readonly year: string | undefined;
  /** A full English name, or a number from 1. */
  readonly month: string | undefined;
  readonly day: string | undefined;
  readonly hour?: number;
  readonly minute?: string | undefined;
}

/**
 * A time in UTC, or null when there is no such day. `Date.parse` is not asked: it takes "Maybe" for May and makes
 * 30 February into March.
 */
export function utcDate(time: CalendarTime): Date | null {
  const named = months.indexOf(time.month?.toLowerCase() ?? '');
  const month = named >= 0 ? named : Number(time.month) - 1;
  const date = new Date(Date.UTC(Number(time.year), month, Number(time.day), time.hour ?? 0, Number(time.minute ?? 0)));
  return date.getUTCMonth() === month && date.getUTCDate() === Number(time.day) ? date : null;
}
