import { describe, expect, it } from 'vitest';
import { makeLink, makeNoteId, may8 } from '../../test/builders.ts';
import type { Change } from '../memory/change.ts';
import type { Link } from '../memory/link.ts';
import { linkUpkeep } from './link-upkeep.ts';

const days = 86_400_000;
const usedTimes = (uses: number) => ({ uses, lastUsedAt: may8 });

function upkeep(link: Link, uses: readonly [number, number], now = may8, isUseReported = true): readonly Change[] {
  const retention = new Map([
    [link.from, usedTimes(uses[0])],
    [link.to, usedTimes(uses[1])],
  ]);
  return linkUpkeep({ links: [link], retention, isUseReported, now });
}

describe('linkUpkeep', () => {
  const link = makeLink(makeNoteId(), makeNoteId(), { weight: 0.3 });

  it('raises the weight of a link between used notes by the less used of the two, and never lowers it', () => {
    expect(upkeep(link, [6, 9])).toEqual([{ kind: 'link-set', link: { ...link, weight: 0.75 } }]);
    expect(upkeep(link, [6, 0])).toEqual([]);
    expect(upkeep({ ...link, weight: 0.8 }, [6, 9])).toEqual([]);
  });

  it('changes nothing when it is run again', () => {
    const [change] = upkeep(link, [3, 3]);
    expect(change).toMatchObject({ kind: 'link-set', link: { id: link.id, weight: 0.6 } });
    if (change?.kind === 'link-set') expect(upkeep(change.link, [3, 3])).toEqual([]);
  });

  it('takes away a link whose ends nobody used for ninety days, where uses are reported', () => {
    expect(upkeep(link, [0, 0], may8 + 90 * days)).toEqual([]);
    expect(upkeep(link, [0, 0], may8 + 91 * days)).toEqual([{ kind: 'link-removed', linkId: link.id }]);
    expect(upkeep(link, [0, 0], may8 + 91 * days, false)).toEqual([]);
    expect(upkeep(link, [1, 0], may8 + 91 * days)).toEqual([]);
  });

  it('keeps what states something, used or not', () => {
    expect(upkeep({ ...link, type: 'supports' }, [0, 0], may8 + 400 * days)).toEqual([]);
  });
});
