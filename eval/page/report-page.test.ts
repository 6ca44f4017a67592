import { describe, expect, it } from 'vitest';
import { html } from './html.ts';
import { reportPage } from './report-page.ts';
import { parseRun, type Run } from './run-file.ts';

const hostile = `</title><script>alert('x')</script><img src=x onerror="y">&\u0000`;

const scores = (recall: number) => ({
  n: 2,
  recall_at_5: recall,
  recall_at_10: recall,
  recall_at_25: recall,
  all_at_10: recall,
  ndcg_at_10: recall,
  recall_at_10_ci95: [recall / 2, recall] as const,
});

const question = (id: string, ranked: readonly string[], more: object = {}) => ({
  id,
  category: 'multi_hop',
  question: `Question ${id}?`,
  gold: ['g'],
  ranked,
  search_ms: 3,
  ...more,
});

const run = (more: object = {}) => ({
  dataset: 'locomo',
  n: 2,
  memories: 10,
  overall: scores(0.5),
  categories: { multi_hop: { number: 1, ...scores(0.5) } },
  latency_ms: { add: { p50: 1, p95: 2, p99: 3 }, search: { p50: 1, p95: 2, p99: 3 } },
  ...more,
});

describe('html', () => {
  it('escapes texts in content and attributes, joins lists, and takes markup as it is', () => {
    const inner = html`<b>${'<&>'}</b>`;
    expect(html`<p title="${'"\''}">${[inner, 'x', 3, null]}</p>`.markup).toBe(
      '<p title="&quot;&#39;"><b>&lt;&amp;&gt;</b>x3</p>',
    );
  });
});

describe('reportPage', () => {
  it('holds nothing of a file as markup, and asks nothing of a network', () => {
    const explained = {
      evidence: [{ turn: hostile, text: hostile }],
      returned: [{ turn: hostile, text: hostile, score: 1, why: [hostile] }],
    };
    const page = reportPage([
      parseRun(
        run({
          dataset: hostile,
          categories: { [hostile]: scores(0.1) },
          config: { [hostile]: hostile },
          questions: [question(hostile, [hostile], { question: hostile, category: hostile, explained })],
        }),
        `/runs/${hostile}.json`,
      ),
    ]);
    expect(page).not.toMatch(/<script|<img/);
    expect(page).not.toContain('\u0000');
    expect(page).not.toMatch(/https?:|src=(?!x)|url\(|@import/);
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('prefers-color-scheme: dark');
  });

  it('draws what a file has: a curve of tokens, slopes of two runs, the hard questions with their reasons', () => {
    const explained = {
      evidence: [{ turn: 'g', text: 'the evidence' }],
      returned: [{ turn: 'a', text: 'the answer', score: 1.5, why: ['words 1.50: has cat'] }],
    };
    const before = parseRun(
      run({ questions: [question('1', ['a'], { explained }), question('2', ['g'])] }),
      'one.json',
    );
    const after = parseRun(
      run({
        by_tokens: { 500: 0.25, 2000: { recall: 0.75 } },
        questions: [question('1', ['g']), question('2', ['g'])],
      }),
      'two.json',
      [before],
    );
    const alone = reportPage([before]);
    expect(alone).toContain('1 of 2 questions found none of their evidence');
    expect(alone).toContain('scored 1.50, most for words 1.50: has cat');
    expect(alone).toContain('not among the first 1');
    expect(alone).not.toContain('From run to run');
    expect(alone).not.toContain('Recall against tokens');
    const both = reportPage([before, after]);
    expect(both).toContain('two finds more evidence for 1, less for 0 and as much for 1: +.500');
    expect(both).toContain('Recall against tokens');
    expect(both).toContain('0 of 2 questions found none');
  });

  it('says what is missing in a file without questions', () => {
    expect(reportPage([parseRun(run(), 'a/x.json')])).toContain('x holds no questions');
  });
});

describe('parseRun', () => {
  it('tells two files of one name apart, and colours runs by their place in their set', () => {
    const runs: Run[] = [];
    for (const path of ['a/run.json', 'b/run.json']) runs.push(parseRun(run(), path, runs));
    runs.push(parseRun(run({ dataset: 'beam' }), 'c.json', runs));
    expect(runs.map(({ name, colour }) => [name, colour])).toEqual([
      ['run', 1],
      ['run (2)', 2],
      ['c', 1],
    ]);
  });

  it('names the file and the place of what is wrong', () => {
    expect(() => parseRun({ ...run(), n: 'many' }, 'bad.json')).toThrow(/bad\.json.*\/n/);
  });
});
