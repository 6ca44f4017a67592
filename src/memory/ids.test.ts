import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newIdSource } from './ids.ts';

const may8 = Date.UTC(2024, 4, 8, 13, 56);

describe('an id', () => {
  it('says what it is of, in 26 digits of Crockford’s base 32', () => {
    const ids = newIdSource(() => may8);
    expect(ids.noteId()).toMatch(/^note_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(ids.episodeId()).toMatch(/^episode_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(ids.linkId()).toMatch(/^link_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
    expect(ids.entityId()).toMatch(/^entity_[0-7][0-9a-hjkmnp-tv-z]{25}$/);
  });

  it('is a UUID of version 7 and RFC variant that holds its time and a counter', () => {
    const ids = newIdSource(
      () => may8,
      (bytes) => bytes.fill(0xff),
    );
    const [first, second] = [uuidOf(ids.noteId()), uuidOf(ids.noteId())];
    const time = may8.toString(16).padStart(12, '0');
    expect(first).toBe(`${time}7000bfffffffffffffff`);
    expect(second).toBe(`${time}7001bfffffffffffffff`);
  });

  it('is the same for the same clock and the same chance', () => {
    const zeros = (bytes: Uint8Array) => bytes.fill(0);
    expect(newIdSource(() => may8, zeros).noteId()).toBe(newIdSource(() => may8, zeros).noteId());
  });
});

describe('ids of one source', () => {
  it('ascend and are never the same, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 20_000 }), { minLength: 2, maxLength: 200 }), (times) => {
        let at = 0;
        const ids = newIdSource(() => times[at++]!);
        const made = times.map(() => ids.noteId());
        expect([...made].sort()).toEqual(made);
        expect(new Set(made).size).toBe(made.length);
      }),
    );
  });

  it('ascend through more of them than one millisecond holds, on a clock that stands or goes back', () => {
    let now = may8;
    const ids = newIdSource(() => now);
    const made = Array.from({ length: 10_000 }, (_, index) => {
      if (index === 5_000) now = may8 - 3_600_000;
      return ids.noteId();
    });
    expect(made.every((id, index) => index === 0 || made[index - 1]! < id)).toBe(true);
  });

  it('sort by time over the whole range of years', () => {
    const times = [0, 1, 0xffff, 2 ** 32, may8, 253_402_300_799_999, 2 ** 48 - 1];
    const made = times.map((time) => newIdSource(() => time).noteId());
    expect([...made].sort()).toEqual(made);
  });

  it('take a fraction of a millisecond and a time before 1970', () => {
    expect(uuidOf(newIdSource(() => may8 + 0.9).noteId()).slice(0, 12)).toBe(may8.toString(16).padStart(12, '0'));
    expect(uuidOf(newIdSource(() => -1).noteId()).slice(0, 12)).toBe('0'.repeat(12));
  });
});

/** 32 hexadecimal digits, read back independently of how they were written. */
function uuidOf(id: string): string {
  const digits = id.slice(id.indexOf('_') + 1);
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  let value = 0n;
  for (const digit of digits) value = value * 32n + BigInt(alphabet.indexOf(digit));
  return value.toString(16).padStart(32, '0');
}
