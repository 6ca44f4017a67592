import { describe, expect, it } from 'vitest';
import { newEventTimes } from './event-times.ts';

const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date);

describe('newEventTimes', () => {
  it('counts yesterday from when it was said', async () => {
    const times = await newEventTimes();
    expect(times('I ran a race yesterday.', day(2023, 5, 8) + 50_000_000)).toEqual([
      { text: 'yesterday', from: day(2023, 5, 7), until: day(2023, 5, 8) },
    ]);
  });

  it('gives times in reading order, and none for a text without one', async () => {
    const times = await newEventTimes();
    const found = times('In May 2022 we met, and on 3 June 2023 we married.', day(2024, 1, 1));
    expect(found.map(({ from }) => from)).toEqual([day(2022, 5, 1), day(2023, 6, 3)]);
    expect(times('Nothing of the kind.', day(2024, 1, 1))).toEqual([]);
  });

  it('leaves out spans that are open to one side', async () => {
    const times = await newEventTimes();
    expect(times('I lived there before 2020.', day(2024, 1, 1))).toEqual([]);
  });
});
