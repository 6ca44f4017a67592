import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { smallDataset } from '../ablation/fixture.ts';
import { openInProcessMemory } from '../ablation/in-process.ts';
import type { Dataset } from '../datasets/dataset.ts';
import type { Progress } from '../progress.ts';
import { RefusedError, type ServerClient } from '../server/client.ts';
import { answerQuestions, inParallel } from './answer-questions.ts';
import { newCachedChat } from './cached-chat.ts';
import { newChat } from './chat.ts';
import { keyFor } from './command.ts';
import { openJournal } from './journal.ts';
import { newJudge } from './judge.ts';
import { qaReportOf, qaReportText } from './qa-report.ts';
import { openScriptedEndpoint, type ScriptedReply, type ScriptedRequest } from './scripted-endpoint.ts';

const progress: Progress = { start: () => undefined, advance: () => undefined, finish: () => undefined };
const counter = { encoding: 'words', count: (text: string) => text.split(/\s+/).length };
const dataset: Dataset = { ...smallDataset(), name: 'longmemeval' };
const questions = dataset.conversations.flatMap((conversation) => conversation.questions);
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ecphory-qa-test-'));
  path = join(directory, 'journal.jsonl');
});
afterEach(() => rm(directory, { recursive: true }));

const isJudging = ({ body }: ScriptedRequest) => (body.messages[0]?.content ?? '').includes('You judge');

/** One run of the command without its command line: the memory in process, the models on a socket. */
async function runWith(script: (request: ScriptedRequest, count: number) => ScriptedReply, more: object = {}) {
  const endpoint = await openScriptedEndpoint(script);
  const journal = await openJournal(path);
  let serversOpened = 0;
  try {
    const chat = (model: string) =>
      newCachedChat(newChat({ url: endpoint.url, model, apiKey: 'k', counter, retries: 2 }), journal);
    const result = await answerQuestions({
      dataset,
      journal,
      counter,
      progress,
      reader: chat('reader'),
      judge: newJudge({ dataset: dataset.name, chat: chat('judge'), tokensMax: 10 }),
      async openServer() {
        serversOpened += 1;
        const memory = await openInProcessMemory({ kind: 'off' });
        return { client: withoutContext(memory.client()), close: memory.close };
      },
      settings: {
        reading: 'plain',
        readerTokensMax: 50,
        contextTokens: 300,
        concurrency: 3,
        // The port is another each time; a user's endpoint stays where it is.
        names: { reader: 'reader' },
        again: false,
        ...more,
      },
    });
    return { result, requests: endpoint.requests, serversOpened };
  } finally {
    await journal.close();
    endpoint.close();
  }
}

/** A server of an earlier version. */
function withoutContext(client: ServerClient): ServerClient {
  return {
    ...client,
    post: (route, body) =>
      route === '/v1/context' ? Promise.reject(new RefusedError(404, 'no such route')) : client.post(route, body),
  };
}

const answering = (request: ScriptedRequest): ScriptedReply => ({ say: isJudging(request) ? 'yes' : 'In Lisbon.' });

describe('answerQuestions', () => {
  it('answers and judges every question from what the server found, and adds up what it cost', async () => {
    const { result, requests } = await runWith(answering);
    expect(result.answered.map(({ question }) => question.id)).toEqual(questions.map(({ id }) => id));
    expect(requests).toHaveLength(2 * questions.length);
    const run = requests.find(
      (request) => !isJudging(request) && JSON.stringify(request.body).includes('How far does'),
    );
    expect(run?.body.messages[1]?.content).toContain('Ben: About ten kilometres');
    const report = qaReportOf(dataset, result, {});
    expect(report).toMatchObject({
      n: 10,
      answered: 10,
      overall: { n: 10, score: 1 },
      task_averaged: 1,
      tokens: { reader: { in: 1_000, out: 70 }, judge: { in: 1_000, out: 70 } },
    });
    expect(report.tokens.evidence_mean).toBeLessThanOrEqual(300);
    expect(qaReportText(report)).toContain('10 of 10 questions answered');
  });

  it('goes on where a killed run stopped, and pays for nothing twice', async () => {
    // The judge's endpoint dies after four verdicts: some answers are complete, some replies are kept without a verdict.
    let verdicts = 0;
    const first = await runWith((request) => {
      if (!isJudging(request)) return { say: 'In Lisbon.' };
      verdicts += 1;
      return verdicts <= 4 ? { say: 'no' } : { status: 400, raw: '{}' };
    });
    expect(first.result.answered).toHaveLength(4);
    expect(first.result.failed).toHaveLength(6);
    // The kill comes in the middle of a line.
    await writeFile(path, `${await readFile(path, 'utf8')}{"kind":"answer","question":"x","sett`);

    const second = await runWith(answering);
    expect(second.result.failed).toEqual([]);
    expect(second.result.answered.map(({ answer }) => answer.score).filter((score) => score === 0)).toHaveLength(4);
    // Another port is another endpoint to the cache, so its own replies are asked for again, but only for what was open.
    expect(second.requests.filter(isJudging)).toHaveLength(6);

    const third = await runWith(() => ({ hangUp: true }));
    expect(third).toMatchObject({ requests: [], serversOpened: 0 });
    expect(third.result.answered).toHaveLength(10);
  });

  it('stops at once when the key is refused', async () => {
    await expect(runWith(() => ({ status: 401, raw: '{}' }))).rejects.toThrow('answered 401');
  });

  it('takes no answers of other settings', async () => {
    await runWith(answering);
    const other = await runWith(answering, { names: { reader: 'another' } });
    expect(other.requests).toHaveLength(20);
  });
});

describe('newCachedChat', () => {
  it('asks the same question once, also after a restart', async () => {
    const endpoint = await openScriptedEndpoint((_, count) => ({ say: `reply ${count}` }));
    const chat = newChat({ url: endpoint.url, model: 'm', apiKey: 'k', counter });
    const ask = (content: string) => ({ messages: [{ role: 'user' as const, content }], tokensMax: 5 });
    for (const _ of [1, 2]) {
      const journal = await openJournal(path);
      const cached = newCachedChat(chat, journal);
      expect((await cached.complete(ask('a'))).text).toBe('reply 1');
      expect((await cached.complete(ask('b'))).text).toBe('reply 2');
      await journal.close();
    }
    expect(endpoint.requests).toHaveLength(2);
    expect(await readFile(path, 'utf8')).not.toContain('"k"');
    endpoint.close();
  });
});

describe('newJudge', () => {
  it('means the points of a rubric and counts what it could not read', async () => {
    const replies = ['1', '0.5', 'perhaps'];
    const endpoint = await openScriptedEndpoint((_, count) => ({ say: replies[count - 1] ?? '0' }));
    const chat = newChat({ url: endpoint.url, model: 'm', apiKey: 'k', counter });
    const [question] = questions;
    if (question === undefined) throw new Error('The fixture has no question.');
    const judgement = await newJudge({ dataset: 'beam', chat, tokensMax: 10 }).judge(
      { ...question, rubric: ['a', 'b', 'c'] },
      'answer',
    );
    expect(judgement).toEqual({ score: 0.5, unreadable: 1, tokensIn: 300, tokensOut: 21 });
    endpoint.close();
  });
});

describe('inParallel', () => {
  it('has at most so many at work, and starts nothing after a failure', async () => {
    let [active, most] = [0, 0];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async () => {
      active += 1;
      most = Math.max(most, active);
      await Promise.resolve();
      active -= 1;
    });
    expect(most).toBe(3);
    const begun: number[] = [];
    const failing = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('two');
      await new Promise((resolve) => setImmediate(resolve));
    });
    await expect(failing).rejects.toThrow('two');
    expect(begun).toEqual([1, 2]);
  });
});

describe('keyFor', () => {
  it('refuses to start without a key, unless the endpoint is near and that is said', () => {
    expect(keyFor('https://api.openai.com/v1', 'KEY', true, { KEY: 's' })).toBe('s');
    expect(() => keyFor('https://api.openai.com/v1', 'KEY', true, {})).toThrow('KEY is not set');
    expect(() => keyFor('http://127.0.0.1:1/v1', 'KEY', true, { KEY: '' })).toThrow('KEY is not set');
    expect(() => keyFor('ftp://x/v1', 'KEY', true, {})).toThrow('neither http nor https');
    for (const url of [
      'http://127.0.0.1:1',
      'http://localhost:1',
      'http://[::1]:1',
      'http://10.0.0.2',
      'http://ollama:1',
    ]) {
      expect(keyFor(url, 'KEY', false, {})).toBeNull();
    }
    for (const url of ['https://api.openai.com/v1', 'http://172.40.0.1', 'http://8.8.8.8']) {
      expect(() => keyFor(url, 'KEY', false, {})).toThrow('--no-key is for an endpoint of this machine');
    }
  });
});
