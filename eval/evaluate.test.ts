import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset, Turn } from './datasets/dataset.ts';
import { limitQuestions } from './datasets/dataset.ts';
import { evaluate } from './evaluate.ts';
import { lineProgress } from './progress.ts';
import { reportOf, reportText } from './report.ts';
import { newServerClient, type ServerClient } from './server/client.ts';

/** Answers as the service does: numbers what it gets, and finds the memories that share a word with the query. */
function newStub(): { readonly server: Server; readonly bodies: unknown[] } {
  const bodies: unknown[] = [];
  const stored: { readonly id: string; readonly namespace: string; readonly content: string }[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    if (request.url === '/v1/consolidations') {
      response.writeHead(404).end();
      return;
    }
    bodies.push(body);
    if (request.url === '/v1/memories') {
      const added = body.messages.map(({ content }: { content: string }) => {
        stored.push({ id: `note_${stored.length}`, namespace: body.namespace, content });
        return { id: stored.at(-1)?.id, episode_id: 'e' };
      });
      response.end(JSON.stringify({ memories: added, embedding: 'pending' }));
      return;
    }
    const words: string[] = body.query.split(' ');
    const hits = stored
      .filter(({ namespace, content }) => namespace === body.namespace && words.some((word) => content.includes(word)))
      .map(({ id }) => ({ score: 1, memory: { id } }));
    response.end(
      JSON.stringify({
        hits: [{ memory: { id: 'note_derived' } }, ...hits],
        confidence: 0.5,
        degraded: ['vectors: off'],
      }),
    );
  });
  return { server, bodies };
}

const turn = (id: string, content: string): Turn => ({
  id,
  text: content,
  speaker: 'Ann',
  role: null,
  timestamp: null,
});

const question = (id: string, words: string, gold: readonly string[], name: string, number: number) => ({
  id,
  text: words,
  category: { name, number },
  gold,
  answer: 'gold answer',
  askedAt: '2024-01-01T00:00:00.000Z',
});

const dataset: Dataset = {
  name: 'locomo',
  skipped: { 'no evidence given': 2 },
  repaired: {},
  conversations: [
    {
      id: 'gold-1',
      sessions: [{ isDialogue: true, turns: [turn('D1:1', 'red cat'), turn('D1:2', 'blue dog')] }],
      questions: [
        question('gold-1/0', 'cat', ['D1:1'], 'single_hop', 4),
        question('gold-1/1', 'cat dog', ['D1:1', 'D1:2'], 'multi_hop', 1),
      ],
    },
    {
      id: 'gold-2',
      sessions: [{ isDialogue: true, turns: [turn('D1:1', 'green cat')] }],
      questions: [question('gold-2/0', 'horse', ['D1:1'], 'adversarial', 5)],
    },
  ],
};

const stub = newStub();
let client: ServerClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => stub.server.listen(0, '127.0.0.1', resolve));
  const { port } = stub.server.address() as AddressInfo;
  client = newServerClient({ url: `http://127.0.0.1:${port}`, apiKey: 'k' });
});
afterAll(() => {
  client.close();
  stub.server.close();
});

describe('evaluate', () => {
  it('maps answers back to turns of the same conversation, lets strangers take a place, and sends no gold', async () => {
    const lines: string[] = [];
    const progress = lineProgress({ write: (line) => lines.push(line) });
    const evaluation = await evaluate(dataset, client, progress);

    expect(evaluation.rows.map(({ ranked }) => ranked)).toEqual([
      ['?note_derived', 'D1:1'],
      ['?note_derived', 'D1:1', 'D1:2'],
      ['?note_derived'],
    ]);
    expect(evaluation).toMatchObject({ memories: 3, degraded: { 'embedding pending at add': 2, 'vectors: off': 3 } });
    expect([evaluation.addMs.length, evaluation.searchMs.length]).toEqual([2, 3]);
    const sent = JSON.stringify(stub.bodies);
    expect(sent).not.toMatch(/gold|D1:1|reinforce/);
    expect(stub.bodies.at(-1)).toEqual({
      namespace: 'eval/locomo/2',
      query: 'horse',
      limit: 50,
      query_timestamp: '2024-01-01T00:00:00.000Z',
    });
    expect(lines.join('')).toMatch(/Adding turns: 3\n.*Asking questions: 3\n/s);

    const report = reportOf({
      dataset,
      evaluation,
      baselines: new Map([['nothing', evaluation.rows.map((row) => ({ ...row, ranked: [] }))]]),
      config: {},
      rssMb: 100,
      diskMb: 2,
      withoutEvidence: evaluation.rows.slice(0, 1).map((row) => ({
        ...row,
        question: { ...row.question, gold: [], isUnanswerable: true as const },
        confidence: 0.2,
      })),
    });
    expect(report).toMatchObject({
      dataset: 'locomo',
      n: 3,
      skipped: { 'no evidence given': 2 },
      // The first of five places went to the stranger: recall 1, 1 and 0.
      overall: { n: 3, recall_at_5: 2 / 3, all_at_10: 2 / 3 },
      overall_1_to_4: { n: 2, recall_at_5: 1 },
      categories: {
        multi_hop: { number: 1, n: 1, recall_at_25: 1 },
        single_hop: { number: 4, n: 1, ndcg_at_10: 1 / Math.log2(3) },
        adversarial: { number: 5, n: 1, recall_at_5: 0 },
      },
      abstention: { auroc: 1, answerable: 3, unanswerable: 1 },
      rss_mb: 100,
      disk_mb: 2,
      baselines: { nothing: { overall: { recall_at_10: 0 } } },
    });
    expect(Object.keys(report.categories)).toEqual(['multi_hop', 'single_hop', 'adversarial']);
    expect(reportText(report)).toContain('skipped: 2 no evidence given');
    expect(reportText(report)).toMatch(/^1 multi_hop +1 +1\.000/m);
  });
});

describe('limitQuestions', () => {
  it('keeps the first questions, the conversations they need, and says what was left out', () => {
    const limited = limitQuestions(dataset, 1);
    expect(limited.conversations.map(({ questions }) => questions.map(({ id }) => id))).toEqual([['gold-1/0']]);
    expect(limited.skipped).toEqual({ 'no evidence given': 2, 'over the limit asked for': 2 });
    expect(limitQuestions(dataset, 99).skipped).toEqual(dataset.skipped);
  });
});
