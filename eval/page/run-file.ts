import { basename } from 'node:path';
import { z } from 'zod';
import { checkShape, readJson } from '../datasets/dataset.ts';
import { fractionalRecall } from '../metrics.ts';

const scoresSchema = z.object({
  n: z.number(),
  number: z.number().optional(),
  recall_at_5: z.number(),
  recall_at_10: z.number(),
  recall_at_25: z.number(),
  all_at_10: z.number(),
  ndcg_at_10: z.number(),
  recall_at_10_ci95: z.tuple([z.number(), z.number()]),
});

const percentilesSchema = z.object({ p50: z.number(), p95: z.number(), p99: z.number() });

const questionSchema = z.object({
  id: z.string(),
  category: z.string(),
  question: z.string(),
  gold: z.array(z.string()),
  ranked: z.array(z.string()),
  search_ms: z.number().optional(),
  explained: z
    .object({
      evidence: z.array(z.object({ turn: z.string(), text: z.string() })),
      returned: z.array(z.object({ turn: z.string(), text: z.string(), score: z.number(), why: z.array(z.string()) })),
    })
    .optional(),
});

/** Recall by budget: `{"500": 0.61}`, or an object with `recall` for each. */
const byTokensSchema = z.record(
  z.string().regex(/^\d+$/),
  z.union([z.number(), z.looseObject({ recall: z.number() }).transform(({ recall }) => recall)]),
);

const runSchema = z.object({
  dataset: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
  n: z.number(),
  memories: z.number(),
  overall: scoresSchema,
  overall_1_to_4: scoresSchema.optional(),
  categories: z.record(z.string(), scoresSchema),
  latency_ms: z.object({ add: percentilesSchema, search: percentilesSchema }),
  rss_mb: z.number().nullable().default(null),
  disk_mb: z.number().nullable().default(null),
  skipped: z.record(z.string(), z.number()).default({}),
  degraded: z.record(z.string(), z.number()).default({}),
  by_tokens: byTokensSchema.optional(),
  context: z.looseObject({ by_tokens: byTokensSchema.optional() }).optional(),
  questions: z.array(questionSchema).default([]),
});

export type RunScores = z.infer<typeof scoresSchema>;
export type RunQuestion = z.infer<typeof questionSchema>;

/** One run as `--json` prints it, or with its questions as `--out` writes it. */
export interface Run extends Omit<z.infer<typeof runSchema>, 'by_tokens' | 'context'> {
  /** What it is called on the page. */
  readonly name: string;
  /** Its colour: 1 to 6. */
  readonly colour: number;
  /** Evidence recall by token budget, ascending; empty when it was not measured. */
  readonly byTokens: readonly { readonly tokens: number; readonly recall: number }[];
}

/** In the order given. Two files of one name are told apart by a number. */
export async function readRuns(paths: readonly string[]): Promise<readonly Run[]> {
  const runs: Run[] = [];
  for (const path of paths) runs.push(parseRun(await readJson(path, z.unknown()), path, runs));
  return runs;
}

export function parseRun(json: unknown, path: string, earlier: readonly Run[] = []): Run {
  const { by_tokens, context, ...run } = checkShape(path, json, runSchema);
  const name = basename(path).replace(/\.json$/, '');
  const alike = earlier.filter((other) => other.name === name || other.name.startsWith(`${name} (`)).length;
  const sameSet = earlier.filter(({ dataset }) => dataset === run.dataset).length;
  return {
    ...run,
    name: alike === 0 ? name : `${name} (${alike + 1})`,
    colour: (sameSet % colours) + 1,
    byTokens: Object.entries(by_tokens ?? context?.by_tokens ?? {})
      .map(([tokens, recall]) => ({ tokens: Number(tokens), recall }))
      .sort((left, right) => left.tokens - right.tokens),
  };
}

/** Colours of the page's palette. */
const colours = 6;

export function recallAt10({ ranked, gold }: RunQuestion): number {
  return fractionalRecall(ranked, gold, 10);
}

/** `multi_hop` as people write it, with the benchmark's number. */
export function categoryLabel(name: string, number?: number): string {
  const words = name.replaceAll('_', ' ');
  return number === undefined ? words : `${number} ${words}`;
}
