import { about, type Interval, isDate, shifted, type Unit, unitAround, weekdayOf } from './calendar.ts';
import { dated, dayAlone, fullYear, partOf } from './time-meanings.ts';
import { monthNames, type TimePhrase, timePhrases, withoutOverlaps } from './time-phrases.ts';

/** What a cue says of time. Half-open, milliseconds since 1970, UTC. */
export type TimeExpression =
  | {
      readonly kind: 'interval';
      /** As it stands in the cue. */
      readonly text: string;
      /** Null: open to this side, as in "before May 2023". */
      readonly from: number | null;
      readonly until: number | null;
      /** "Last week", "yesterday": counted from when it was asked, which may not be what was meant. */
      readonly isRelative: boolean;
    }
  /** A time that only memory can tell: "before the wedding". */
  | { readonly kind: 'unresolved'; readonly text: string; readonly relation: TimeRelation };

export type TimeRelation = 'before' | 'after' | 'during';

export interface TimeReader {
  /** In the order of the cue. `queryAt` is what "last week" is relative to. */
  read(cue: string, queryAt: number): readonly TimeExpression[];
}

/**
 * Time expressions to intervals. English, UTC, weeks from Monday, numeric dates month first where both are possible.
 * A time without a year is the latest that has begun, because memory looks back. Where a cue also names a day with
 * its year, "last Friday" is relative to that day.
 *
 * Dates of one day come from chrono-node, loaded here and not at import; months, years, seasons, weeks and spans are
 * read by `time-phrases.ts`, because chrono gives the first day of a month for the month, takes "from 3 to 5 June" for
 * 3 to 5 o'clock, and "may" and "second" for times. What chrono says is only used where day and month were
 * written, and there is such a day.
 */
export async function newTimeReader(): Promise<TimeReader> {
  const { casual } = await import('chrono-node/en');
  return {
    read(cue, queryAt) {
      const text = cue.slice(0, cueCharacters);
      if (!mayTellTime.test(text)) return [];
      const own = timePhrases(text);
      const phrases = withoutOverlaps([...own, ...datesIn(text, own)]);
      const reference = referenceOf(phrases, queryAt);
      const intervals = joined(text, phrases, reference);
      const all = [...intervals, ...unresolvedIn(text, intervals)].sort((a, b) => a.start - b.start);
      return all.map(({ expression }) => expression);
    },
  };

  function datesIn(text: string, own: readonly TimePhrase[]): readonly TimePhrase[] {
    if (!mayHoldDate.test(text)) return [];
    // Dates are read one by one: chrono joins them over the words of a span, and with weekdays, not always well.
    let apart = text.replace(spanWords, (words) => ';'.padEnd(words.length));
    for (const { start, end, isRelative } of own) {
      if (isRelative) apart = apart.slice(0, start) + ';'.padEnd(end - start) + apart.slice(end);
    }
    return casual.parse(apart, { instant: leapDay, timezone: 0 }).flatMap(({ text: found, index, start }) => {
      if (!start.isCertain('day') || !start.isCertain('month')) return [];
      const written = found.replace(
        /,?(?: at \d{1,2}(?::\d{2})*| \d{1,2}(?::\d{2})+| \d{1,2}(?= ?[ap]\.?m)) ?(?:[ap]\.?m\.?)?$/i,
        '',
      );
      const after = text.slice(index + found.length);
      if (start.isCertain('hour') && !/[ap]\.?m\b|:/i.test(found)) return [];
      if (!isWrittenDate(written, after)) return [];
      const [month, day] = [(start.get('month') ?? 0) - 1, start.get('day') ?? 0];
      const short = /^,? ?['\u2019](\d{2})\b/.exec(after);
      if (short !== null) return phraseAt(index, found + short[0], dated(fullYear(Number(short[1])), month, day));
      if (!start.isCertain('year')) return phraseAt(index, found, dayAlone(month, day));
      const year = start.get('year') ?? 0;
      const twoDigits = /(?:^|\D)(\d{2})$/.exec(written)?.[1];
      const isShort = twoDigits !== undefined && !/\d{4}/.test(written) && year % 100 === Number(twoDigits);
      return phraseAt(
        index,
        found,
        isDate(year, month, day) ? dated(isShort ? fullYear(year % 100) : year, month, day) : null,
      );
    });
  }
}

/** Whether a cue may hold a time at all: without it, no reader is needed. Cheap, and true too often. */
export function mayHoldTime(cue: string): boolean {
  return mayTellTime.test(cue.slice(0, cueCharacters));
}

/** A cue this long is a document; its own times are not what is asked. */
const cueCharacters = 2_000;

/** Years are filled in here and not by chrono, but 29 February must be a day for it. */
const leapDay = new Date(Date.UTC(2024, 1, 29));

const mayTellTime =
  /\d|\b(?:day|week|weekend|month|quarter|year|decade|today|yesterday|tomorrow|tonight|night|morning|afternoon|evening|spring|summer|autumn|fall|winter|before|after|since|until|till|during|when|while|following)s?\b|day\b|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b/i;

const mayHoldDate = new RegExp(`\\d[/.]\\d{1,2}[/.]\\d|\\b(?:${monthNames})\\b`, 'i');

const spanWords =
  / (?:to|until|till|through|thru|before|after) |\b(?:from|between) | [-\u2013\u2014] | and (?=\d|the \d)/gi;

/** A month by name or three numbers with a year; "24/7", "1/2 cup" and "may 5 people come" are none. */
function isWrittenDate(text: string, after: string): boolean {
  if (/^\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})$|^\d{4}[/.-]\d{1,2}[/.-]\d{1,2}$|^\d{1,2}\.\d{1,2}\.\d{4}$/.test(text))
    return true;
  if (!new RegExp(`\\b(?:${monthNames})\\b`, 'i').test(text)) return false;
  const isDoubtful = /^(?:may|march|mar) \d+$/.test(text);
  return !isDoubtful || /^\s*(?:$|[,.?!;)]|(?:in|at|on|and|or|to|with|for)\b)/.test(after);
}

function phraseAt(start: number, text: string, meaning: ReturnType<typeof dated>): readonly TimePhrase[] {
  return meaning === null ? [] : [{ text, start, end: start + text.length, ...meaning }];
}

/** The one day that a cue names with its year is when what it asks of was said. */
function referenceOf(phrases: readonly TimePhrase[], queryAt: number): number {
  const days = phrases.filter(({ unit, year }) => unit === 'day' && year !== null);
  const [day] = days;
  return day !== undefined && days.length === 1 ? day.interval(queryAt, null).from : queryAt;
}

type Bounds = Pick<Extract<TimeExpression, { kind: 'interval' }>, 'from' | 'until' | 'isRelative'>;

interface Placed {
  readonly start: number;
  readonly end: number;
  readonly expression: TimeExpression;
}

/** Puts spans together and widens or narrows each phrase by the words before it. */
function joined(cue: string, phrases: readonly TimePhrase[], reference: number): readonly Placed[] {
  const placed: Placed[] = [];
  for (let index = 0; index < phrases.length; index += 1) {
    const phrase = phrases[index]!;
    const other = phrases[index + 1];
    const head = cue.slice(0, phrase.start);
    const between = other === undefined ? '' : cue.slice(phrase.end, other.start);
    const isSpan =
      other !== undefined &&
      (/^ ?(?:to|until|till|through|thru|-|\u2013|\u2014) ?(?:the )?$/i.test(between) ||
        (/^ and (?:the )?$/i.test(between) && /\bbetween (?:the )?$/i.test(head)));
    if (isSpan) {
      const last = other.interval(reference, null);
      const first = phrase.interval(reference, phrase.year ?? other.year);
      // "From November to February 2024" began the year before.
      const from = first.from <= last.from ? first.from : phrase.interval(reference, (other.year ?? 0) - 1).from;
      if (from < last.until) {
        const isRelative = phrase.isRelative || other.isRelative;
        placed.push(placedAt(cue, phrase.start, other.end, { from, until: last.until, isRelative }));
        index += 1;
        continue;
      }
    }
    placed.push(modified(cue, phrase, head, reference));
  }
  // "The Sunday before 25 October" is one time, not two.
  return placed.filter(
    (one) => !placed.some((other) => other !== one && other.start <= one.start && other.end >= one.end),
  );
}

function modified(cue: string, phrase: TimePhrase, head: string, reference: number): Placed {
  const interval = phrase.interval(reference, phrase.year);
  const { end, isRelative } = phrase;
  const part = partWords.exec(head);
  if (part !== null && phrase.unit !== 'day') {
    const rest = head.slice(0, part.index);
    return opened(cue, rest, part.index, end, { ...partOf(interval, part[1]), isRelative });
  }
  const week = /\b(?:the )?(week|weekend) of (?:the )?$/i.exec(head);
  if (week !== null && phrase.unit === 'day') {
    const unit: Unit = /end/i.test(week[1] ?? '') ? 'weekend' : 'week';
    return placedAt(cue, week.index, end, { ...unitAround(interval.from, unit), isRelative });
  }
  const distance = distanceWords.exec(head);
  if (distance !== null) {
    const [, number, unit = 'day', side = ''] = distance;
    const away = atDistance(interval, number, unit.toLowerCase(), /before|prior/i.test(side));
    return placedAt(cue, distance.index, end, { ...away, isRelative });
  }
  return opened(cue, head, phrase.start, end, { ...interval, isRelative });
}

const partWords =
  /\b(?:the )?(early|mid|late|(?:very )?(?:beginning|start|middle|end|first half|second half|last half) of)[ -](?:the )?$/i;

/** "Two weeks before 11 August", "the week after", "the Sunday before". */
const distanceWords =
  /\b(?:(\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|(?:a )?couple of|(?:a )?few) |the |last )?(days?|weeks?|weekends?|months?|years?|sunday|monday|tuesday|wednesday|thursday|friday|saturday) (before|prior to|after|following) (?:the )?$/i;

const numbers = ['', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function atDistance(interval: Interval, number: string | undefined, name: string, isBefore: boolean): Interval {
  const edge = isBefore ? interval.from : interval.until;
  const sign = isBefore ? -1 : 1;
  const weekday = weekdays.indexOf(name);
  if (weekday >= 0) {
    const since = (weekdayOf(interval.from) - weekday + 7) % 7;
    const days = isBefore ? -(since || 7) : (7 - since) % 7 || 7;
    return unitAround(interval.from, 'day', days);
  }
  const unit: Unit = units.find((one) => name.startsWith(one)) ?? 'day';
  if (number !== undefined && !/^an?$/i.test(number)) {
    const word = number.toLowerCase();
    const count = /couple/.test(word)
      ? 2
      : /few/.test(word)
        ? 3
        : numbers.includes(word)
          ? numbers.indexOf(word)
          : Number(word);
    return about(interval.from, unit, sign * count);
  }
  if (unit === 'weekend') {
    const weekend = unitAround(interval.from, 'weekend', isBefore ? -1 : 0);
    return !isBefore && weekend.from < interval.until ? unitAround(interval.from, 'weekend', 1) : weekend;
  }
  const other = shifted(edge, unit, sign);
  return isBefore ? { from: other, until: edge } : { from: edge, until: other };
}

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const units: readonly Unit[] = ['weekend', 'day', 'week', 'month', 'year'];

/** "Before", "since" and "until" leave one side open. */
function opened(
  cue: string,
  head: string,
  start: number,
  end: number,
  { from, until, isRelative }: Interval & Pick<Bounds, 'isRelative'>,
): Placed {
  const word = /\b(before|prior to|until|till|up to|by|after|since|following|from)(?: (?:the|about|around))? $/i.exec(
    head,
  );
  if (word === null) return placedAt(cue, start, end, { from, until, isRelative });
  const begin = word.index;
  switch (word[1]?.toLowerCase()) {
    case 'before':
    case 'prior to':
      return placedAt(cue, begin, end, { from: null, until: from, isRelative });
    case 'until':
    case 'till':
    case 'up to':
    case 'by':
      return placedAt(cue, begin, end, { from: null, until, isRelative });
    case 'after':
    case 'following':
      return placedAt(cue, begin, end, { from: until, until: null, isRelative });
    case 'since':
      return placedAt(cue, begin, end, { from, until: null, isRelative });
    default: {
      const isOnward = /^ (?:on|onwards?|forward)\b/i.test(cue.slice(end));
      return placedAt(cue, isOnward ? begin : start, end, { from, until: isOnward ? null : until, isRelative });
    }
  }
}

function placedAt(cue: string, start: number, end: number, { from, until, isRelative }: Bounds): Placed {
  return { start, end, expression: { kind: 'interval', text: cue.slice(start, end), from, until, isRelative } };
}

/** Times told by what happened then. One that holds a date of its own is told by that. */
function unresolvedIn(cue: string, intervals: readonly Placed[]): readonly Placed[] {
  const found: Placed[] = [];
  for (const match of cue.matchAll(gap)) {
    const [whole, word = '', what = ''] = match;
    const start = match.index;
    const end = start + whole.trimEnd().length;
    if (intervals.some((placed) => placed.start < end && placed.end > start)) continue;
    if (/^(?:when|while|during|as)$/i.test(word) && isQuestionWord(cue.slice(0, start), word)) continue;
    if (/^(?:that|this|it|which|then)$/i.test(what.trim())) continue;
    const relation: TimeRelation = /^(?:before|until|till|prior to|leading up to)$/i.test(word)
      ? 'before'
      : /^(?:after|since|following)$/i.test(word)
        ? 'after'
        : 'during';
    found.push({ start, end, expression: { kind: 'unresolved', text: cue.slice(start, end), relation } });
  }
  return found;
}

const gap =
  /\b([Bb]efore|[Aa]fter|[Ss]ince|[Uu]ntil|till|[Pp]rior to|[Ll]eading up to|[Ff]ollowing|[Dd]uring|[Ww]hile|[Ww]hen|[Aa]t the time of) ((?:the|my|our|his|her|their|your|its|that|this|an?|I|i|we|he|she|they|you|[A-Z][\p{L}']+|[a-z]+ing)\b(?: (?!(?:before|after|since|until|when|while|did)\b)[\p{L}\p{N}'\u2019-]+){0,8})/gu;

/** "When did ...?", "tell me when I ...": the time is what is asked. */
function isQuestionWord(head: string, word: string): boolean {
  return /^when$/i.test(word) && /(?:^|[.?!,;] |\b(?:know|remember|recall|tell me|about|of|say|said) )$/i.test(head);
}
