import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';

describe('limits', () => {
  it('are positive numbers', () => {
    for (const [name, value] of Object.entries(limits)) {
      expect(Number.isFinite(value) && value > 0, name).toBe(true);
    }
  });

  it('fit into each other', () => {
    expect(limits.searchLimitDefault).toBeLessThanOrEqual(limits.searchLimit);
    expect(limits.pageLimitDefault).toBeLessThanOrEqual(limits.pageLimit);
    expect(limits.bodyBytes).toBeLessThanOrEqual(limits.batchBodyBytes);
    expect(limits.namespaceLabelCharacters).toBeLessThanOrEqual(limits.namespaceCharacters);
    expect(limits.embeddingDeadlineMs).toBeLessThan(limits.embedderTimeoutMs);
    expect(limits.yearMin).toBeLessThan(limits.yearMax);
    // One text of the greatest length fits in a body, whatever its characters: six bytes for \u escapes in JSON.
    expect(limits.textCharacters * 6).toBeLessThan(limits.bodyBytes);
    expect(limits.queryCharacters).toBeLessThan(limits.bodyBytes);
    expect(limits.filterDepth).toBeLessThan(limits.jsonDepth);
  });
});
