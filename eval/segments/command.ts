import { Command } from 'commander';
import { proposedStartsOf, segmentStarts } from '../../src/consolidation/segments.ts';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { loadBeam } from '../datasets/beam.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { table } from '../table.ts';
import { type BoundaryScore, boundaryScore, f1, summed } from './boundary-score.ts';
import { piecesOf } from './pieces.ts';
import { newStream, type Stream, streamKinds } from './streams.ts';

interface SegmentsOptions {
  readonly json?: true;
  readonly streams: number;
  readonly seed: number;
  readonly locomo?: string;
  readonly beam?: string;
}

/** Turns that a boundary may be off. */
const tolerance = 1;

/** `npm run eval -- segments`: where topics change, found by words alone. */
export function newSegmentsCommand(): Command {
  return new Command('segments')
    .description('Boundaries of topics in streams that join several, within one turn.')
    .option('--json', 'print one JSON object alone on stdout')
    .option('--streams <count>', 'of each kind', Number, 20)
    .option('--seed <number>', 'another one makes other streams', Number, 1)
    .option(
      '--locomo <file>',
      'also pieces of sessions of different conversations, joined: locomo10.json or a part of it',
    )
    .option('--beam <directory>', 'also such pieces of BEAM: a folder with chat.json, or with such folders below it')
    .addHelpText(
      'after',
      `
f1_within_1 is over all generated streams together. Neither speakers nor, but for one kind, pauses give a boundary away.
The streams of one topic have none to find: "found" says how many were.

Example:
  npm run --silent eval -- segments --json`,
    )
    .action(async (options: SegmentsOptions) => {
      const report = await measured(options);
      process.stdout.write(`${options.json ? JSON.stringify(report) : segmentsText(report)}\n`);
    });
}

interface SegmentsReport {
  readonly f1_within_1: number;
  readonly kinds: readonly KindRow[];
}

interface KindRow {
  readonly kind: string;
  readonly streams: number;
  readonly turns: number;
  readonly boundaries: number;
  readonly found: number;
  /** By surprise alone, before refinement. */
  readonly f1_proposed: number;
  readonly f1_within_1: number;
  readonly precision: number;
  readonly recall: number;
}

async function measured({ streams, seed, locomo, beam }: SegmentsOptions): Promise<SegmentsReport> {
  const generated = streamKinds.map((kind) => ({
    kind,
    streams: Array.from({ length: streams }, (_, index) => newStream(kind, seed + index)),
  }));
  const scored = generated.map(({ kind, streams: own }) => scoredKind(kind, own));
  const single = generated.flatMap(({ streams: own }) => own.slice(0, 2).flatMap(topicsAlone));
  const others = [scoredKind('one topic', single)];
  if (locomo !== undefined) others.push(scoredKind('LoCoMo', piecesOf(await loadLocomo(locomo), streams, seed)));
  if (beam !== undefined) others.push(scoredKind('BEAM', piecesOf(await loadBeam(beam), streams, seed)));
  return {
    f1_within_1: rounded(f1(summed(scored.map(({ score }) => score)))),
    kinds: [...scored, ...others].map(({ row }) => row),
  };
}

function scoredKind(
  kind: string,
  streams: readonly Stream[],
): { readonly score: BoundaryScore; readonly row: KindRow } {
  const analyzer = newAnalyzer();
  const scores: BoundaryScore[] = [];
  const proposals: BoundaryScore[] = [];
  for (const { turns, boundaries } of streams) {
    const read = turns.map(({ text, at }) => ({ stems: analyzer.stems(text), vector: null, at }));
    scores.push(boundaryScore(segmentStarts(read).slice(1), boundaries, tolerance));
    proposals.push(boundaryScore(proposedStartsOf(read).slice(1), boundaries, tolerance));
  }
  const score = summed(scores);
  return {
    score,
    row: {
      kind,
      streams: streams.length,
      turns: streams.reduce((sum, { turns }) => sum + turns.length, 0),
      boundaries: score.given,
      found: score.found,
      f1_proposed: rounded(f1(summed(proposals))),
      f1_within_1: rounded(f1(score)),
      precision: rounded(score.matched / Math.max(1, score.found)),
      recall: rounded(score.matched / Math.max(1, score.given)),
    },
  };
}

/** The same turns, one topic at a time. */
function topicsAlone({ turns, boundaries }: Stream): readonly Stream[] {
  return [0, ...boundaries].map((from, index) => ({
    turns: turns.slice(from, boundaries[index] ?? turns.length),
    boundaries: [],
  }));
}

function segmentsText({ f1_within_1, kinds }: SegmentsReport): string {
  return [
    `F1 within one turn, generated streams: ${f1_within_1}`,
    '',
    table(
      ['kind', 'streams', 'turns', 'boundaries', 'found', 'F1 proposed', 'F1', 'precision', 'recall'],
      kinds.map((row) => Object.values(row).map(String)),
    ),
  ].join('\n');
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
