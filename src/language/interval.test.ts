import { beforeAll, describe, expect, it } from 'vitest';
import { newTimeReader, type TimeReader } from './interval.ts';

/** A Wednesday. */
const queryAt = Date.UTC(2024, 4, 8, 13, 56);

let reader: TimeReader;

beforeAll(async () => {
  reader = await newTimeReader();
});

/** `2023-05-01..2023-06-01`, with the hour where it is not midnight and nothing for an open side. */
function read(cue: string, at: number = queryAt): readonly string[] {
  return reader.read(cue, at).map((found) => {
    if (found.kind === 'unresolved') return `${found.relation}: ${found.text}`;
    return `${shown(found.from)}..${shown(found.until)}`;
  });
}

function shown(time: number | null): string {
  if (time === null) return '';
  return new Date(time).toISOString().replace('T00:00:00.000Z', '').replace(':00:00.000Z', '');
}

describe('a time expression', () => {
  it.each<[string, string]>([
    // Whole months, years, decades.
    ['What happened in May 2023?', '2023-05-01..2023-06-01'],
    ['the trip of sept. 2022', '2022-09-01..2022-10-01'],
    ["we met in May '23", '2023-05-01..2023-06-01'],
    ["born in Dec '98", '1998-12-01..1999-01-01'],
    ['what did I do in May?', '2024-05-01..2024-06-01'],
    ['what did I do in march', '2024-03-01..2024-04-01'],
    ['what did I do in September?', '2023-09-01..2023-10-01'],
    ['the concert last May', '2023-05-01..2023-06-01'],
    ['the concert last April', '2024-04-01..2024-05-01'],
    ['my plans for next June', '2024-06-01..2024-07-01'],
    ['my plans for this December', '2024-12-01..2025-01-01'],
    ['Where was I in 2019?', '2019-01-01..2020-01-01'],
    ['the 2021 conference in Rome', '2021-01-01..2022-01-01'],
    ['music of the 1990s', '1990-01-01..2000-01-01'],
    ['in the late 80s', '1986-09-01 08..1990-01-01'],
    ['goals for 2023-11', '2023-11-01..2023-12-01'],
    // Days.
    ['on May 7th, 2023', '2023-05-07..2023-05-08'],
    ['on 7 May 2023', '2023-05-07..2023-05-08'],
    ['on 3 June, 2023', '2023-06-03..2023-06-04'],
    ['the second of March 2023', '2023-03-02..2023-03-03'],
    ['on the 5th of February', '2024-02-05..2024-02-06'],
    ['on 10 November', '2023-11-10..2023-11-11'],
    ['on 2023-05-07', '2023-05-07..2023-05-08'],
    ['at 2023-05-07T10:30:00Z', '2023-05-07..2023-05-08'],
    ['on 5/7/2023', '2023-05-07..2023-05-08'],
    ['on 13/7/2023', '2023-07-13..2023-07-14'],
    ['on 5/7/23', '2023-05-07..2023-05-08'],
    ['on 5/7/98', '1998-05-07..1998-05-08'],
    ["on 7 May '23", '2023-05-07..2023-05-08'],
    ['on 29 February', '2024-02-29..2024-03-01'],
    ['on May 7, 2023 at 3pm', '2023-05-07..2023-05-08'],
    // Spans.
    ['from 3 to 5 June', '2023-06-03..2023-06-06'],
    ['between 3 and 5 June 2022', '2022-06-03..2022-06-06'],
    ['3-5 June 2022', '2022-06-03..2022-06-06'],
    ['June 3 to 5, 2022', '2022-06-03..2022-06-06'],
    ['from 3 June to 5 July 2022', '2022-06-03..2022-07-06'],
    ['between 3 June and 5 July 2022', '2022-06-03..2022-07-06'],
    ['June 3, 2022 - July 5, 2022', '2022-06-03..2022-07-06'],
    ['from May to July 2023', '2023-05-01..2023-08-01'],
    ['between November and February', '2023-11-01..2024-03-01'],
    ['between May 2022 and March 2023', '2022-05-01..2023-04-01'],
    ['from 2019 to 2021', '2019-01-01..2022-01-01'],
    ['between 2019 and 2021', '2019-01-01..2022-01-01'],
    // Relative to the question.
    ['what did I eat yesterday?', '2024-05-07..2024-05-08'],
    ['what did I eat yesterday morning?', '2024-05-07T05..2024-05-07T12'],
    ['where were we last night', '2024-05-07T18..2024-05-08T06'],
    ['the day before yesterday', '2024-05-06..2024-05-07'],
    ['plans for tomorrow', '2024-05-09..2024-05-10'],
    ['what did we discuss last week?', '2024-04-29..2024-05-06'],
    ['what happened this week', '2024-05-06..2024-05-13'],
    ['the meeting next week', '2024-05-13..2024-05-20'],
    ['the week before last', '2024-04-22..2024-04-29'],
    ['last weekend', '2024-05-04..2024-05-06'],
    ['this weekend', '2024-05-11..2024-05-13'],
    ['last month', '2024-04-01..2024-05-01'],
    ['last year', '2023-01-01..2024-01-01'],
    ['last quarter', '2024-01-01..2024-04-01'],
    ['last Friday', '2024-05-03..2024-05-04'],
    ['last Wednesday', '2024-05-01..2024-05-02'],
    ['what did I do on Monday', '2024-05-06..2024-05-07'],
    ['on Sunday evening', '2024-05-05T17..2024-05-06'],
    ['next Friday', '2024-05-10..2024-05-11'],
    ['this Sunday', '2024-05-12..2024-05-13'],
    ['three days ago', '2024-05-05..2024-05-06'],
    ['a week ago', '2024-04-28..2024-05-05'],
    ['two months ago', '2024-02-22..2024-03-24'],
    ['a couple of weeks ago', '2024-04-21..2024-04-28'],
    ['4 years ago', '2019-11-08..2020-11-07'],
    ['half a year ago', '2023-08-09..2024-02-08'],
    ['in the past week', '2024-05-01..2024-05-09'],
    ['in the last three months', '2024-02-08..2024-05-09'],
    ['over the past 10 days', '2024-04-28..2024-05-09'],
    // Seasons.
    ['in summer 2021', '2021-06-01..2021-09-01'],
    ['in the fall of 2022', '2022-09-01..2022-12-01'],
    ['last summer', '2023-06-01..2023-09-01'],
    ['last spring', '2023-03-01..2023-06-01'],
    ['this spring', '2024-03-01..2024-06-01'],
    ['over the winter', '2023-12-01..2024-03-01'],
    ['winter of 2022', '2022-12-01..2023-03-01'],
    // Parts and distances.
    ['early May 2023', '2023-05-01..2023-05-11 08'],
    ['in the beginning of November 2022', '2022-11-01..2022-11-11'],
    ['the first half of September 2022', '2022-09-01..2022-09-16'],
    ['the last week of May 2023', '2023-05-25..2023-06-01'],
    ['the week of June 7, 2023', '2023-06-05..2023-06-12'],
    ['two weeks before August 11, 2023', '2023-07-25..2023-08-01'],
    ['the week before August 3, 2023', '2023-07-27..2023-08-03'],
    ['on the Sunday before October 25, 2022', '2022-10-23..2022-10-24'],
    ['last weekend before April 10, 2023', '2023-04-08..2023-04-10'],
    ['the day after 5 June 2023', '2023-06-06..2023-06-07'],
    // Open to one side.
    ['before May 2023', '..2023-05-01'],
    ['since March', '2024-03-01..'],
    ['since 2020', '2020-01-01..'],
    ['after June 5, 2023', '2023-06-06..'],
    ['until last Friday', '..2024-05-04'],
    ['by July 10, 2022', '..2022-07-11'],
    ['from 5 June 2023 onwards', '2023-06-05..'],
  ])('is read: %s', (cue, expected) => {
    expect(read(cue)).toEqual([expected.replace(/(\d{2}) (\d{2})(?=\.\.|$)/g, '$1T$2')]);
  });

  it.each([
    'may I ask you something?',
    'You may 5 times out of ten be right.',
    'they march through the city every day',
    'wait a second, what was the second thing?',
    'sitting in the sun with a book',
    'this may be wrong',
    'she won 24/7 support and 1/2 of the prize',
    'version 1.2.3 of the app, port 8080',
    'I paid $2000 for 2019 people',
    'on 31 June 2023 and Feb 30, 2023',
    'the mattress springs fall apart',
    'June and April came along',
    'the ratio was 3 to 5',
    'I saw 12 monkeys',
    'call me at 3',
    '',
  ])('is not seen in: %s', (cue) => {
    expect(read(cue)).toEqual([]);
  });

  it.each<[string, string]>([
    ['What did I plan before the wedding?', 'before: before the wedding'],
    ['Where did I live after I moved out of Berlin?', 'after: after I moved out of Berlin'],
    ['What has changed since our trip to Rome, roughly?', 'after: since our trip to Rome'],
    ['What did we eat during the conference?', 'during: during the conference'],
    ['Who helped me when I was ill?', 'during: when I was ill'],
    ['What did Jean go through before meeting Maria?', 'before: before meeting Maria'],
  ])('that only memory can tell is named: %s', (cue, expected) => {
    expect(read(cue)).toEqual([expected]);
  });

  it('is not seen in the question word', () => {
    expect(read('When did I move to Berlin?')).toEqual([]);
    expect(read('Do you remember when I moved?')).toEqual([]);
  });

  it('is relative to the day that a cue names with its year', () => {
    expect(read('What did Joanna finish last Friday on 23 January, 2022?')).toEqual([
      '2022-01-21..2022-01-22',
      '2022-01-23..2022-01-24',
    ]);
  });

  it('is one of several, each by itself', () => {
    expect(read('Was it in May 2023 or in June 2023?')).toEqual(['2023-05-01..2023-06-01', '2023-06-01..2023-07-01']);
  });

  it('is the same in every time zone, also around midnight and the turn of the year', () => {
    const newYear = Date.UTC(2024, 0, 1, 0, 30);
    expect(read('yesterday', newYear)).toEqual(['2023-12-31..2024-01-01']);
    expect(read('on 31 December', newYear)).toEqual(['2023-12-31..2024-01-01']);
    expect(read('last week', newYear)).toEqual(['2023-12-25..2024-01-01']);
    expect(read('last weekend', Date.UTC(2024, 4, 12))).toEqual(['2024-05-04..2024-05-06']);
    expect(read('a month ago', Date.UTC(2024, 2, 31))).toEqual(['2024-02-14..2024-03-16']);
  });

  it('is always a whole interval that begins before it ends', () => {
    const times = [
      'May',
      '3 June 2023',
      'last week',
      '2021',
      'summer',
      'two years ago',
      'Friday',
      'in the 90s',
      'yesterday',
    ];
    const words = ['before', 'after', 'from', 'to', 'between', 'and', 'since', 'the week of', 'early', 'in', 'last'];
    let state = 7;
    const pick = <Item>(items: readonly Item[]): Item => {
      state = (state * 48_271) % 2_147_483_647;
      return items[state % items.length]!;
    };
    for (let round = 0; round < 2_000; round += 1) {
      const cue = Array.from({ length: 6 }, (_, index) => pick(index % 2 === 0 ? words : times)).join(' ');
      for (const found of reader.read(cue, queryAt)) {
        if (found.kind !== 'interval') continue;
        expect(cue).toContain(found.text);
        if (found.from !== null && found.until !== null) expect(found.from, cue).toBeLessThan(found.until);
      }
    }
  });

  it('is looked for in no time, however the cue is made', () => {
    const before = performance.now();
    for (const piece of ['1 ', 'may ', 'from 3 to ', 'before the ', 'a week ', '12/12/', '2023-', 'last ', ' ']) {
      reader.read(piece.repeat(Math.ceil(250_000 / piece.length)), queryAt);
    }
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
