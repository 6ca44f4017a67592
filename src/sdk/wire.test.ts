import { describe, expect, test } from 'vitest';
import { fromWire, toWire } from './wire.ts';

describe('names on the wire', () => {
  test('fields of the interface are renamed at every level and come back the same', () => {
    const page = {
      data: [
        { id: 'note_1', sessionId: 's', validAt: null, createdAt: '2024-01-01T00:00:00.000Z', tags: ['sessionId'] },
      ],
      nextCursor: 'c',
    };
    expect(toWire(page)).toEqual({
      data: [
        { id: 'note_1', session_id: 's', valid_at: null, created_at: '2024-01-01T00:00:00.000Z', tags: ['sessionId'] },
      ],
      next_cursor: 'c',
    });
    expect(fromWire(toWire(page))).toEqual(page);
  });

  test('what a caller named keeps its name', () => {
    const own = { metadata: { sessionId: { asOf: 1 } }, filter: { session_id: 'x', $or: [{ createdAt: 1 }] } };
    expect(toWire(own)).toEqual(own);
    expect(fromWire(own)).toEqual(own);
  });

  test('a name that no field has is left alone', () => {
    expect(toWire({ toString: 1, channels: [{ rank: 1 }] })).toEqual({ toString: 1, channels: [{ rank: 1 }] });
  });
});
