import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ChatReply } from './chat.ts';

const replySchema = z.object({
  kind: z.literal('reply'),
  /** Of the request, see `cached-chat.ts`. */
  hash: z.string(),
  text: z.string(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  isEstimate: z.boolean(),
});

const answerSchema = z.object({
  kind: z.literal('answer'),
  question: z.string(),
  /** Of everything that the answer depends on beside the question. */
  settings: z.string(),
  answer: z.string(),
  /** 0 to 1. */
  score: z.number(),
  /** Judges' replies that were neither of what was asked for. */
  unreadable: z.number(),
  evidenceTokens: z.number(),
  readerTokensIn: z.number(),
  readerTokensOut: z.number(),
  judgeTokensIn: z.number(),
  judgeTokensOut: z.number(),
});

const lineSchema = z.discriminatedUnion('kind', [replySchema, answerSchema]);

export type JournalAnswer = z.infer<typeof answerSchema>;

/**
 * What a run has paid for so far: a file of JSON lines that only grows. Whatever kills the run, the next one takes up where
 * it stopped; a last line that was not finished is passed over.
 */
export interface Journal {
  readonly reply: (hash: string) => ChatReply | null;
  readonly answer: (question: string, settings: string) => JournalAnswer | null;
  readonly keepReply: (hash: string, reply: ChatReply) => Promise<void>;
  readonly keepAnswer: (answer: JournalAnswer) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openJournal(path: string): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const replies = new Map<string, ChatReply>();
  const answers = new Map<string, JournalAnswer>();
  for (const line of text.split('\n')) take(line);
  const file = await open(path, 'a');
  // What was cut off must not take the next line with it.
  if (text !== '' && !text.endsWith('\n')) await file.appendFile('\n');

  return {
    reply: (hash) => replies.get(hash) ?? null,
    answer: (question, settings) => answers.get(answerKey(question, settings)) ?? null,
    keepReply: (hash, reply) => append({ kind: 'reply', hash, ...reply }),
    keepAnswer: append,
    close: () => file.close(),
  };

  async function append(line: z.infer<typeof lineSchema>): Promise<void> {
    const written = JSON.stringify(line);
    await file.appendFile(`${written}\n`);
    take(written);
  }

  function take(text: string): void {
    const line = lineSchema.safeParse(parsed(text)).data;
    if (line?.kind === 'reply') {
      const { kind: _, hash, ...reply } = line;
      replies.set(hash, reply);
    } else if (line?.kind === 'answer') {
      answers.set(answerKey(line.question, line.settings), line);
    }
  }
}

function answerKey(question: string, settings: string): string {
  return `${settings}\n${question}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
