import { z } from 'zod';
import type { Conversation, Dataset } from './datasets/dataset.ts';
import { type AnsweredQuestion, searchBody } from './evaluate.ts';
import { fractionalRecall } from './metrics.ts';
import type { Progress } from './progress.ts';
import type { ServerClient } from './server/client.ts';

/** A question that found none of its evidence among the first ten, with what it found in its place. */
export interface HardQuestion {
  readonly id: string;
  readonly evidence: readonly { readonly turn: string; readonly text: string }[];
  /** Best first. `why` is a line a signal, the weightiest first. */
  readonly returned: readonly {
    readonly turn: string;
    readonly text: string;
    readonly score: number;
    readonly why: readonly string[];
  }[];
}

const explainedSchema = z.object({
  hits: z.array(
    z.object({
      score: z.number(),
      memory: z.object({ text: z.string() }),
      explanation: z
        .object({
          channels: z.array(z.object({ channel: z.string(), contribution: z.number(), detail: z.string() })),
          steps: z.array(z.object({ step: z.string(), factor: z.number(), detail: z.string() })),
        })
        .optional(),
    }),
  ),
});

/** Asks the questions with recall@10 = 0 once more, with explanations: a second time, so that no timing pays for it. */
export async function explainHardQuestions(
  dataset: Dataset,
  rows: readonly AnsweredQuestion[],
  client: ServerClient,
  progress: Progress,
): Promise<ReadonlyMap<string, HardQuestion>> {
  const hard = rows.filter(({ ranked, question }) => fractionalRecall(ranked, question.gold, hitsShown) === 0);
  const positions = new Map(dataset.conversations.map((conversation, position) => [conversation, position]));
  const explained = new Map<string, HardQuestion>();
  progress.start('Asking why', hard.length);
  for (const { conversation, question, ranked } of hard) {
    const position = positions.get(conversation) ?? 0;
    const body = { ...searchBody(dataset, position, question), limit: hitsShown, explain: true };
    const { hits } = explainedSchema.parse((await client.post('/v1/search', body)).body);
    explained.set(question.id, {
      id: question.id,
      evidence: evidenceOf(conversation, question.gold),
      returned: hits.map(({ score, memory, explanation }, index) => ({
        turn: ranked[index] ?? '?',
        text: excerpt(memory.text),
        score,
        why: [
          ...[...(explanation?.channels ?? [])]
            .sort((left, right) => right.contribution - left.contribution)
            .slice(0, signalsShown)
            .map(({ channel, contribution, detail }) => `${channel} ${contribution.toFixed(2)}: ${detail}`),
          ...(explanation?.steps ?? []).map(({ step, factor, detail }) => `${step} × ${factor.toFixed(2)}: ${detail}`),
        ],
      })),
    });
    progress.advance();
  }
  progress.finish();
  return explained;
}

const hitsShown = 10;
const signalsShown = 4;
const charactersShown = 400;

function evidenceOf(conversation: Conversation, gold: readonly string[]): HardQuestion['evidence'] {
  const turns = conversation.sessions.flatMap((session) => session.turns);
  return turns.filter(({ id }) => gold.includes(id)).map(({ id, text }) => ({ turn: id, text: excerpt(text) }));
}

function excerpt(text: string): string {
  return text.length <= charactersShown ? text : `${text.slice(0, charactersShown).toWellFormed()}…`;
}
