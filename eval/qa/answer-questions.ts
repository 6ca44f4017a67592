import { createHash } from 'node:crypto';
import type { TokenCounter } from '../../src/memory/tokens.ts';
import type { Conversation, Dataset, Question } from '../datasets/dataset.ts';
import { addConversations, type SearchBody, searchBody } from '../evaluate.ts';
import type { Progress } from '../progress.ts';
import type { ServerClient } from '../server/client.ts';
import { type Chat, HopelessError } from './chat.ts';
import { newEvidenceReader } from './evidence.ts';
import type { Journal, JournalAnswer } from './journal.ts';
import type { Judge } from './judge.ts';
import { answerIn, type Reading, readerPrompt } from './reader-prompt.ts';

export interface QaInput {
  readonly dataset: Dataset;
  readonly reader: Chat;
  readonly judge: Judge;
  readonly journal: Journal;
  readonly counter: TokenCounter;
  readonly settings: QaSettings;
  /** Called only when there is a question left to answer. */
  readonly openServer: () => Promise<{ readonly client: ServerClient; readonly close: () => Promise<void> }>;
  readonly progress: Progress;
}

/** What an answer depends on beside the question and what the server returns. */
export interface QaSettings {
  readonly reading: Reading;
  readonly readerTokensMax: number;
  readonly contextTokens: number;
  readonly concurrency: number;
  /** Names reader, judge and all of the above: answers of other settings are not taken from the journal. */
  readonly names: Readonly<Record<string, unknown>>;
  /** Answers every question again. What was asked of the models before in the same words is still not paid twice. */
  readonly again: boolean;
}

export interface QaResult {
  readonly answered: readonly { readonly question: Question; readonly answer: JournalAnswer }[];
  readonly failed: readonly { readonly question: Question; readonly reason: string }[];
}

/** Answers and judges every question that the journal has no answer to. @throws HopelessError at a wrong key or model. */
export async function answerQuestions(input: QaInput): Promise<QaResult> {
  const { dataset, journal, settings } = input;
  const hash = createHash('sha256').update(JSON.stringify(settings.names)).digest('hex').slice(0, 16);
  const isOpen = ({ id }: Question): boolean => settings.again || journal.answer(id, hash) === null;
  const conversations = dataset.conversations.flatMap((conversation): Conversation[] => {
    const questions = conversation.questions.filter(isOpen);
    return questions.length === 0 ? [] : [{ ...conversation, questions }];
  });
  const failed = conversations.length === 0 ? [] : await answerOpen(input, { ...dataset, conversations }, hash);
  const questions = dataset.conversations.flatMap((conversation) => conversation.questions);
  const withoutAnswer = new Set(failed.map(({ question }) => question.id));
  const answered = questions.flatMap((question) => {
    const answer = withoutAnswer.has(question.id) ? null : journal.answer(question.id, hash);
    return answer === null ? [] : [{ question, answer }];
  });
  return { answered, failed };
}

async function answerOpen(input: QaInput, open: Dataset, settingsHash: string): Promise<QaResult['failed']> {
  const { reader, judge, journal, counter, settings, progress } = input;
  const server = await input.openServer();
  const failed: { question: Question; reason: string }[] = [];
  try {
    await addConversations(open, server.client, progress);
    const evidenceFor = newEvidenceReader(server.client, settings.contextTokens, counter);
    const jobs = open.conversations.flatMap((conversation, position) =>
      conversation.questions.map((question) => ({ question, position })),
    );
    progress.start('Answering questions', jobs.length);
    await inParallel(jobs, settings.concurrency, async ({ question, position }) => {
      try {
        await journal.keepAnswer(await answerOne(question, searchBody(open, position, question)));
      } catch (error) {
        if (error instanceof HopelessError) throw error;
        failed.push({ question, reason: error instanceof Error ? error.message : String(error) });
      }
      progress.advance();
    });
    progress.finish();

    async function answerOne(question: Question, asked: SearchBody): Promise<JournalAnswer> {
      const evidence = await evidenceFor(asked);
      const how = { dataset: open.name, question, reading: settings.reading };
      const messages = readerPrompt({ ...how, evidence });
      const reply = await reader.complete({ messages, tokensMax: settings.readerTokensMax });
      const answer = answerIn(reply.text, how);
      const judgement = await judge.judge(question, answer);
      return {
        kind: 'answer',
        question: question.id,
        settings: settingsHash,
        answer,
        score: judgement.score,
        unreadable: judgement.unreadable,
        evidenceTokens: evidence.tokens,
        readerTokensIn: reply.tokensIn,
        readerTokensOut: reply.tokensOut,
        judgeTokensIn: judgement.tokensIn,
        judgeTokensOut: judgement.tokensOut,
      };
    }
  } finally {
    await server.close();
  }
  return failed;
}

/** Runs `act` on every item, at most `concurrency` at a time. The first rejection stops what has not begun. */
export async function inParallel<Item>(
  items: readonly Item[],
  concurrency: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  let isStopped = false;
  const workers = Array.from({ length: Math.min(concurrency, items.length) }, async () => {
    while (!isStopped && next < items.length) {
      const item = items[next]!;
      next += 1;
      try {
        await act(item);
      } catch (error) {
        isStopped = true;
        throw error;
      }
    }
  });
  const ended = await Promise.allSettled(workers);
  for (const worker of ended) if (worker.status === 'rejected') throw worker.reason;
}
