import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { type ConfidenceFeatures, confidenceFeatureNames, confidenceFeatures } from '../../src/retrieval/confidence.ts';
import { analyseCue } from '../../src/retrieval/cue.ts';
import { loadBeam } from '../datasets/beam.ts';
import { type Conversation, readJson } from '../datasets/dataset.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { areaUnderCurve } from '../statistics.ts';
import { conversationMemory } from './conversation-memory.ts';

/**
 * Fits the weights of `src/retrieval/confidence.ts` and says how good they are:
 *
 *   node dist/eval/train/fit-confidence.js locomo-dev.json beam/100K beam/500K
 *
 * Answerable are LoCoMo's categories 1 to 4 and all abilities of BEAM but abstention; the rest is not. Logistic
 * regression by gradient descent with L2, classes and data sets weighted alike, so that .5 means that the evidence
 * speaks neither way. Figures are of conversations left out.
 */
async function main([locomo, ...beams]: readonly string[]): Promise<void> {
  if (locomo === undefined) throw new Error('Say where LoCoMo is, then folders of BEAM.');
  const rows = rowsOf('locomo', (await loadLocomo(locomo)).conversations.map(withAdversarial));
  for (const folder of beams) rows.push(...rowsOf('beam', await withAbstention(folder)));
  const sets = [...new Set(rows.map(({ set }) => set))];

  const left = new Map<Row, number>();
  for (const conversation of new Set(rows.map((row) => row.conversation))) {
    const weights = fitted(rows.filter((row) => row.conversation !== conversation));
    for (const row of rows) if (row.conversation === conversation) left.set(row, scoreOf(weights, row));
  }
  const lines = sets.map((set) => {
    const of = (isAnswerable: boolean): number[] =>
      rows.filter((row) => row.set === set && row.isAnswerable === isAnswerable).map((row) => left.get(row) ?? 0);
    const [yes, no] = [of(true), of(false)];
    const alone = confidenceFeatureNames.map((name) => {
      const values = (isAnswerable: boolean): number[] =>
        rows.filter((row) => row.set === set && row.isAnswerable === isAnswerable).map((row) => row.features[name]);
      return `${name} ${areaUnderCurve({ positives: values(true), negatives: values(false) }).toFixed(3)}`;
    });
    return `${set}: AUROC ${areaUnderCurve({ positives: yes, negatives: no }).toFixed(3)}, ${yes.length} answerable, ${no.length} not; alone: ${alone.join(', ')}`;
  });
  const weights = fitted(rows);
  const shown = Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, Number(weight.toFixed(2))]));
  process.stdout.write(`${lines.join('\n')}\n${JSON.stringify(shown)}\n`);
}

interface Row {
  readonly set: string;
  readonly conversation: string;
  readonly isAnswerable: boolean;
  readonly features: ConfidenceFeatures;
}

interface Asked {
  readonly conversation: Conversation;
  readonly questions: readonly { readonly text: string; readonly isAnswerable: boolean }[];
}

function withAdversarial(conversation: Conversation): Asked {
  const questions = conversation.questions.map(({ text, category }) => ({ text, isAnswerable: category.number !== 5 }));
  return { conversation, questions };
}

const abstentionSchema = z.object({ abstention: z.array(z.object({ question: z.string() })) });

/** The loader leaves abstention questions out, as they have no evidence. */
async function withAbstention(folder: string): Promise<readonly Asked[]> {
  const { conversations } = await loadBeam(folder);
  return Promise.all(
    conversations.map(async (conversation) => {
      const path = join(folder, conversation.id, 'probing_questions.json');
      const { abstention } = await readJson(path, abstentionSchema);
      const questions = [
        ...conversation.questions.map(({ text }) => ({ text, isAnswerable: true })),
        ...abstention.map(({ question }) => ({ text: question, isAnswerable: false })),
      ];
      return { conversation: { ...conversation, id: join(folder, conversation.id) }, questions };
    }),
  );
}

function rowsOf(set: string, asked: readonly Asked[]): Row[] {
  const analyzer = newAnalyzer();
  return asked.flatMap(({ conversation, questions }) => {
    const { set: memory } = conversationMemory(conversation, analyzer);
    const eligible = new Uint8Array(memory.size).fill(1);
    return questions.flatMap(({ text, isAnswerable }): Row[] => {
      const cue = analyseCue(text, analyzer, memory);
      const features = confidenceFeatures({ set: memory, cue, text, analyzer, eligible });
      return features === null ? [] : [{ set, conversation: conversation.id, isAnswerable, features }];
    });
  });
}

type Weights = Record<(typeof confidenceFeatureNames)[number] | 'bias', number>;

const steps = 3_000;
const rate = 2;
const penalty = 0.001;

/** Every data set, and in it both kinds of question, weigh alike. Weights below 0 are held at 0: none has a reason. */
function fitted(rows: readonly Row[]): Weights {
  const groups = new Map<string, number>();
  const groupOf = ({ set, isAnswerable }: Row): string => `${set} ${isAnswerable}`;
  for (const row of rows) groups.set(groupOf(row), (groups.get(groupOf(row)) ?? 0) + 1);
  const weights: Weights = { bias: 0, coverage: 0, together: 0, support: 0, said: 0 };
  for (let step = 0; step < steps; step += 1) {
    const gradient: Weights = { bias: 0, coverage: 0, together: 0, support: 0, said: 0 };
    for (const row of rows) {
      const weight = 1 / (groups.size * (groups.get(groupOf(row)) ?? 1));
      const error = (1 / (1 + Math.exp(-scoreOf(weights, row))) - (row.isAnswerable ? 1 : 0)) * weight;
      gradient.bias += error;
      for (const name of confidenceFeatureNames) gradient[name] += error * row.features[name];
    }
    weights.bias -= rate * gradient.bias;
    for (const name of confidenceFeatureNames) {
      weights[name] = Math.max(0, weights[name] - rate * (gradient[name] + penalty * weights[name]));
    }
  }
  return weights;
}

function scoreOf(weights: Weights, { features }: Row): number {
  return confidenceFeatureNames.reduce((sum, name) => sum + weights[name] * features[name], weights.bias);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.slice(2));
}
