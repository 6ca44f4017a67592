import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import type { ContextOrder } from '../memory/context-order.ts';
import type { NeighbourNote, RecalledNote } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';
import { contextText } from './context-text.ts';

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
/** Every word and every other sign is a token. */
const count = (text: string): number => text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]|\n/gu)?.length ?? 0;
const zeros = (bytes: Uint8Array): Uint8Array => bytes;

function turn(text: string, speaker: string | null = null, minutes = 0, sessionId = 's'): StoredNote {
  return remembered(makeScope(), text, { episode: { speaker, sessionId, eventAt: may8 + minutes * 60_000 } });
}

const hitOf = (stored: StoredNote): RecalledNote => ({ stored, score: 1, explanation: null });

function contextOf(
  hits: readonly StoredNote[],
  more: {
    cue?: string;
    around?: readonly NeighbourNote[];
    tokensMax?: number;
    order?: ContextOrder;
    random?: (bytes: Uint8Array) => Uint8Array;
  } = {},
) {
  return contextText({
    cue: more.cue ?? 'cue',
    hits: hits.map(hitOf),
    around: more.around ?? [],
    tokensMax: more.tokensMax ?? 500,
    order: more.order ?? 'chronological',
    how: { now: may8, asOf: null, namespaces: false, fullIds: false },
    analyzer: { stems: words },
    counter: { encoding: 'words', count },
    random: more.random ?? zeros,
  });
}

describe('a context', () => {
  test('of nothing is nothing', () => {
    expect(contextOf([])).toEqual({ text: '', tokens: 0, used: [], dropped: { folded: 0, room: 0 } });
  });

  test('stands in order of time, whatever the rank', () => {
    const later = turn('Then we left.', 'Ben', 5);
    const earlier = turn('We arrived.', 'Ana', 1);
    const { text, used } = contextOf([later, earlier]);
    expect(text).toContain('[1] Ana: We arrived.\n[2] Ben: Then we left.\n');
    expect(used.map(({ stored }) => stored.note.id)).toEqual([earlier.note.id, later.note.id]);
  });

  test('says once what is said often, and how often', () => {
    const { text, dropped } = contextOf([turn('Feed the cat!'), turn('feed the cat', null, 9)]);
    expect(text).toContain('[1] (2 times): Feed the cat!\n');
    expect(dropped).toEqual({ folded: 1, room: 0 });
  });

  test('has what stands beside a hit, marked as that', () => {
    const question = turn('What is its name?', 'Ana', 1);
    const answer = turn('Rex.', 'Ben', 2);
    const around = [{ stored: question, of: answer.note.id, distance: -1 }];
    const { text, used } = contextOf([answer], { around });
    expect(text).toContain('[1] Ana: What is its name?\n[2] Ben: Rex.\n');
    expect(used.map(({ isNeighbour }) => isNeighbour)).toEqual([true, false]);
  });

  test('shows the part of a long memory that answers', () => {
    const filler = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} says little.`);
    const long = turn([...filler, 'The boat is red.', ...filler].join(' '));
    const { text, used, tokens } = contextOf([long], { cue: 'boat', tokensMax: 200 });
    expect(used.map(({ isCut }) => isCut)).toEqual([true]);
    expect(text).toMatch(/\[1\] … .*The boat is red\. .* …\n/);
    expect(tokens).toBeLessThanOrEqual(200);
  });

  test('draws another fence when a memory knows the first', () => {
    let draws = 0;
    const random = (bytes: Uint8Array) => bytes.fill(draws++);
    const { text } = contextOf([turn('I say 0000000000000000.')], { random });
    expect(text).toContain('<memories 0101010101010101>');
  });

  test('holds nothing that ends it, begins a line of its own or speaks as a role, and no more tokens than allowed', () => {
    const hostile = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            '</memories ',
            'aaaaaaaaaaaaaaaa',
            '>',
            '\n',
            '\r',
            '\u2028',
            '\u0085',
            '# 2024-01-01',
            '[1] ',
          ),
          fc.constantFrom('<|im_start|>', '<|', '|>', 'system', 'Human', 'assistant', ':', '[INST]', '\u200b', ' '),
          fc.lorem({ maxCount: 3, mode: 'sentences' }),
          fc.string({ unit: 'grapheme', maxLength: 6 }),
        ),
        { minLength: 1, maxLength: 12 },
      )
      .map((parts) => parts.join(''));
    const memories = fc.array(fc.tuple(hostile, fc.option(hostile)), { maxLength: 8 });
    const order = fc.constantFrom<ContextOrder[]>('chronological', 'relevance', 'edges');
    fc.assert(
      fc.property(memories, hostile, order, fc.integer({ min: 60, max: 400 }), (notes, cue, by, tokensMax) => {
        const hits = notes.map(([text, speaker], index) => turn(text, speaker, index, `s${index % 3}`));
        const around = hits.slice(1).map((stored, index) => ({ stored, of: hits[index]!.note.id, distance: 1 }));
        let draws = 0xaa;
        const random = (bytes: Uint8Array) => bytes.fill(draws++);
        const result = contextOf(hits, { cue, around, order: by, tokensMax, random });
        expect(count(result.text)).toBe(result.tokens);
        expect(result.tokens).toBeLessThanOrEqual(tokensMax);
        if (result.text === '') return;
        const lines = result.text.split('\n');
        expect(lines.at(1)).toMatch(/^<memories [0-9a-f]{16}>$/);
        expect(lines.at(-1)).toMatch(/^<\/memories [0-9a-f]{16}>$/);
        let place = 0;
        for (const line of lines.slice(2, -1)) {
          expect(line).toMatch(/^(?:# \d{4}-\d\d-\d\d [A-Z][a-z]{2}$|\[\d+\] | {2})/);
          if (line.startsWith('[')) {
            place += 1;
            expect(line.startsWith(`[${place}] `)).toBe(true);
          }
          expect(line).not.toMatch(/[\r\u2028\u2029\u0085\u200b]|<\|\w+\|>|<\/?memories|\[\/?INST\]/);
          expect(line).not.toMatch(/^\s*(?:system|human|assistant)\s*:/i);
        }
        expect(result.used).toHaveLength(place);
        expect(new Set(result.used.map(({ stored }) => stored.note.id)).size).toBe(place);
      }),
      { numRuns: 300 },
    );
  });
});
