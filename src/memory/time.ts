import { limits } from './limits.ts';

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?)?$/;

/**
 * Milliseconds since 1970 of an ISO 8601 date or time (RFC 3339 with the seconds and zone optional), or null
 * when it is not one: no such day, hour 24, a year out of `limits`. Without a zone it is UTC, because a
 * server's own zone must never change what is remembered.
 */
export function parseTime(value: string): number | null {
  const match = pattern.exec(value);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, sign, zoneHour, zoneMinute] = match;
  const parts = [year, month, day, hour, minute, second].map((part) => Number(part ?? 0));
  const [y, m, d, h, min, s] = parts as [number, number, number, number, number, number];
  if (y < limits.yearMin || y > limits.yearMax) return null;
  if (h > 23 || min > 59 || s > 59) return null;
  const ms = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  // Two-digit years would otherwise be taken for 19xx.
  const date = new Date(0);
  date.setUTCFullYear(y, m - 1, d);
  date.setUTCHours(h, min, s, ms);
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return null;
  const zoneHours = Number(zoneHour ?? 0);
  const zoneMinutes = Number(zoneMinute ?? 0);
  if (zoneHours > 23 || zoneMinutes > 59) return null;
  const offsetMs = (zoneHours * 60 + zoneMinutes) * 60_000;
  return date.getTime() - (sign === '-' ? -offsetMs : offsetMs);
}

/** ISO 8601 in UTC with milliseconds. */
export function formatTime(at: number): string {
  return new Date(at).toISOString();
}
