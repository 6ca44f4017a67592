import { describe, expect, it } from 'vitest';
import { benchText } from './command.ts';
import { addBodies, batchBody, noteItems, searchBodies } from './load.ts';
import { emptyRow } from './measures.ts';
import { newLanguage, newTextSource } from './text.ts';

describe('bodies', () => {
  const source = newTextSource(newLanguage(), 1);

  it('are requests as the service takes them', () => {
    expect(JSON.parse(addBodies('a/b', source, 2)[1]!.toString())).toEqual({
      namespace: 'a/b',
      session_id: 'session-0',
      text: expect.any(String),
      name: 'Boris',
      timestamp: '2024-01-01T00:01:00.000Z',
    });
    expect(JSON.parse(batchBody(noteItems('a', source, 3)).toString()).items).toHaveLength(3);
    expect(JSON.parse(searchBodies('a', source, 1)[0]!.toString())).toEqual({
      namespace: 'a',
      query: expect.any(String),
      limit: 10,
    });
  });
});

describe('benchText', () => {
  it('prints what was not measured as a dash', () => {
    const text = benchText({
      rows: [{ ...emptyRow, case: 'one scope', notes: 1_000, search_p50_ms: 1.5 }],
      ratios: {
        search_p50_100k_over_10k: 2.5,
        adds_32_clients_durable_over_unsynced: null,
        search_p50_1000_scopes_over_1: null,
      },
      batch_notes_per_s: null,
      rss_mb_100k: null,
      rss_mb_100k_restarted: null,
      peak_rss_mb_100k: null,
      adds_per_fdatasync: null,
      cold_search_ms: { at_1k: null, at_10k: null },
      turns: null,
      notes: null,
      seconds: null,
      consolidation_seconds: null,
      nightly_seconds: null,
      nightly: {},
      write_p50_ratio_busy_worker: 1.1,
      worker_busy_share: null,
      config: { machine: 'm', node: 'v20' },
    });
    expect(text).toMatch(/^one scope +1000 +1 +- +- +- +- +1\.50 +- +-$/m);
    expect(text).toMatch(/^search p50, 100k over 10k notes +2\.50 +<= 4$/m);
    expect(text).toMatch(/^add p50, beside a busy worker over without +1\.10 +<= 1\.2$/m);
    expect(text).toMatch(/^notes\/s in batches of 100 +- +>= 2000$/m);
  });
});
