import { Command } from 'commander';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { hashedEmbedder } from '../../src/models/hashed-embedder.ts';
import { newLanguage, newTextSource } from '../bench/text.ts';
import { mean, median } from '../statistics.ts';
import { fixed, table } from '../table.ts';
import { bestOf, type Cost, newWordIndex } from './word-index.ts';

interface TwoStageOptions {
  readonly json?: true;
  readonly notes: number;
  readonly queries: number;
  readonly seed: number;
}

/** `npm run eval -- two-stage`: sessions first, then their turns, against all turns at once (HCAM, Lampinen et al. 2021). */
export function newTwoStageCommand(): Command {
  return new Command('two-stage')
    .description(
      'What is lost and what is saved when a search ranks sessions first and then the turns of the best alone.',
    )
    .option('--json', 'print one JSON object alone on stdout')
    .option('--notes <count>', 'turns of one namespace', Number, 100_000)
    .option('--queries <count>', 'cues', Number, 100)
    .option('--seed <number>', 'another one makes other conversations', Number, 1)
    .addHelpText(
      'after',
      `
Generated conversations, 20 turns a session; cues are words of an earlier topic. recall: share of the first ten of flat search that
is among the first ten. comparisons: postings, turns and vectors that were looked at, as a share of flat search.

Example:
  npm run --silent eval -- two-stage --notes 20000 --json`,
    )
    .action(async (options: TwoStageOptions) => {
      const rows = await measured(options);
      process.stdout.write(`${options.json ? JSON.stringify({ notes: options.notes, rows }) : rowsText(rows)}\n`);
    });
}

interface TwoStageRow {
  readonly by: 'words' | 'vectors';
  /** Sessions whose turns are ranked, as a share of all; 1 is flat search. */
  readonly sessions: number;
  readonly recall: number;
  readonly comparisons: number;
  readonly p50_ms: number;
}

const shares = [0.01, 0.02, 0.05, 0.1, 0.2] as const;
const hits = 10;

interface Channel {
  readonly by: TwoStageRow['by'];
  flat(cue: number, cost: Cost): readonly number[];
  staged(cue: number, sessions: number, cost: Cost): readonly number[];
}

async function measured({ notes, queries, seed }: TwoStageOptions): Promise<readonly TwoStageRow[]> {
  const source = newTextSource(newLanguage(seed), seed);
  const made = Array.from({ length: notes }, () => source.note());
  const cues = Array.from({ length: queries }, () => source.query());
  const turnsOf: number[][] = [];
  made.forEach(({ session }, turn) => {
    turnsOf[session] = [...(turnsOf[session] ?? []), turn];
  });
  const texts = made.map(({ text }) => text);
  const channels = [wordChannel(texts, cues, turnsOf), await vectorChannel(texts, cues, turnsOf)];
  return channels.flatMap((channel) => rowsOf(channel, queries, turnsOf.length));
}

function rowsOf(channel: Channel, queries: number, sessions: number): readonly TwoStageRow[] {
  const flatCosts: Cost[] = [];
  const flat: (readonly number[])[] = [];
  const flatMs: number[] = [];
  for (let cue = 0; cue < queries; cue += 1) {
    const cost = { comparisons: 0 };
    const startedAt = performance.now();
    flat.push(channel.flat(cue, cost));
    flatMs.push(performance.now() - startedAt);
    flatCosts.push(cost);
  }
  const rows: TwoStageRow[] = [{ by: channel.by, sessions: 1, recall: 1, comparisons: 1, p50_ms: median(flatMs) }];
  for (const share of shares) {
    const recalls: number[] = [];
    const costs: number[] = [];
    const times: number[] = [];
    for (let cue = 0; cue < queries; cue += 1) {
      const cost = { comparisons: 0 };
      const startedAt = performance.now();
      const found = channel.staged(cue, Math.max(1, Math.round(share * sessions)), cost);
      times.push(performance.now() - startedAt);
      const wanted = flat[cue]!;
      if (wanted.length === 0) continue;
      recalls.push(wanted.filter((turn) => found.includes(turn)).length / wanted.length);
      costs.push(cost.comparisons / flatCosts[cue]!.comparisons);
    }
    rows.push({
      by: channel.by,
      sessions: share,
      recall: mean(recalls),
      comparisons: mean(costs),
      p50_ms: median(times),
    });
  }
  return rows;
}

function wordChannel(
  texts: readonly string[],
  cues: readonly string[],
  turnsOf: readonly (readonly number[])[],
): Channel {
  const analyzer = newAnalyzer();
  const numbers = new Map<string, number>();
  const termsOf = (text: string): readonly number[] =>
    analyzer.stems(text).map((stem) => {
      const number = numbers.get(stem) ?? numbers.size;
      numbers.set(stem, number);
      return number;
    });
  const turns = texts.map(termsOf);
  const asked = cues.map((cue) => [...new Set(termsOf(cue))]);
  const turnIndex = newWordIndex(turns);
  const sessionIndex = newWordIndex(turnsOf.map((own) => own.flatMap((turn) => turns[turn]!)));
  return {
    by: 'words',
    flat: (cue, cost) => bestOf(turnIndex.scores(asked[cue]!, cost), hits),
    staged(cue, sessions, cost) {
      const chosen = bestOf(sessionIndex.scores(asked[cue]!, cost), sessions);
      const own = chosen.flatMap((session) => turnsOf[session]!);
      cost.comparisons += own.length;
      return bestOf(
        own.map((turn) => turnIndex.score(turn, asked[cue]!)),
        hits,
        own,
      );
    },
  };
}

async function vectorChannel(
  texts: readonly string[],
  cues: readonly string[],
  turnsOf: readonly (readonly number[])[],
): Promise<Channel> {
  const embedder = hashedEmbedder();
  const { signal } = new AbortController();
  const { dimensions } = embedder;
  const vectors = new Float32Array(texts.length * dimensions);
  for (let start = 0; start < texts.length; start += embedder.batchMax) {
    const made = await embedder.embed(texts.slice(start, start + embedder.batchMax), 'passage', signal);
    made.forEach((vector, index) => {
      vectors.set(vector, (start + index) * dimensions);
    });
  }
  const asked: Float32Array[] = [];
  for (const cue of cues) asked.push((await embedder.embed([cue], 'query', signal))[0]!);
  const centroids = new Float32Array(turnsOf.length * dimensions);
  turnsOf.forEach((own, session) => {
    for (const turn of own) {
      for (let index = 0; index < dimensions; index += 1) {
        centroids[session * dimensions + index]! += vectors[turn * dimensions + index]!;
      }
    }
  });
  const all = texts.map((_, turn) => turn);
  const sessionsAll = turnsOf.map((_, session) => session);
  return {
    by: 'vectors',
    flat: (cue, cost) => nearest(vectors, all, cue, hits, cost),
    staged(cue, sessions, cost) {
      const chosen = nearest(centroids, sessionsAll, cue, sessions, cost);
      return nearest(
        vectors,
        chosen.flatMap((session) => turnsOf[session]!),
        cue,
        hits,
        cost,
      );
    },
  };

  function nearest(
    rows: Float32Array,
    among: readonly number[],
    cue: number,
    limit: number,
    cost: Cost,
  ): readonly number[] {
    const vector = asked[cue]!;
    const scores = new Float64Array(among.length);
    for (let at = 0; at < among.length; at += 1) {
      const from = among[at]! * dimensions;
      let sum = 0;
      for (let index = 0; index < dimensions; index += 1) sum += vector[index]! * rows[from + index]!;
      scores[at] = sum;
    }
    cost.comparisons += among.length;
    return bestOf(scores, limit, among);
  }
}

function rowsText(rows: readonly TwoStageRow[]): string {
  return table(
    ['by', 'sessions', 'recall', 'comparisons', 'p50 ms'],
    rows.map((row) => [
      row.by,
      fixed(row.sessions, 2),
      fixed(row.recall, 3),
      fixed(row.comparisons, 3),
      fixed(row.p50_ms, 2),
    ]),
  );
}
