import type { AnsweredQuestion } from './evaluate.ts';
import {
  allEvidenceRecall,
  fractionalRecall,
  type LongMemEvalScore,
  longMemEvalSessionScore,
  ndcg,
} from './metrics.ts';
import { areaUnderCurve, bootstrapInterval, mean } from './statistics.ts';

/** Means over questions, as fractions. */
export interface Scores {
  readonly n: number;
  readonly recall_at_5: number;
  readonly recall_at_10: number;
  readonly recall_at_25: number;
  readonly all_at_5: number;
  readonly all_at_10: number;
  readonly all_at_25: number;
  readonly ndcg_at_10: number;
  /** 95 % of bootstrap resamples of the questions have a recall_at_10 between these. */
  readonly recall_at_10_ci95: readonly [number, number];
}

/** A category's scores, under its name, with the benchmark's number for it where it has one. */
export interface CategoryScores extends Scores {
  readonly number?: number;
  /** Where the questions are for updated values. */
  readonly newest_first?: NewestFirstScore;
}

export function scoresOf(rows: readonly AnsweredQuestion[]): Scores {
  const over = (metric: typeof ndcg, k: number) => rows.map(({ ranked, question }) => metric(ranked, question.gold, k));
  const recalls = over(fractionalRecall, 10);
  return {
    n: rows.length,
    recall_at_5: mean(over(fractionalRecall, 5)),
    recall_at_10: mean(recalls),
    recall_at_25: mean(over(fractionalRecall, 25)),
    all_at_5: mean(over(allEvidenceRecall, 5)),
    all_at_10: mean(over(allEvidenceRecall, 10)),
    all_at_25: mean(over(allEvidenceRecall, 25)),
    ndcg_at_10: mean(over(ndcg, 10)),
    recall_at_10_ci95: bootstrapInterval(recalls),
  };
}

/** By category name, in the order of the benchmark's numbers, else of names. */
export function categoryScores(rows: readonly AnsweredQuestion[]): Readonly<Record<string, CategoryScores>> {
  const categories = new Map(rows.map(({ question }) => [question.category.name, question.category]));
  const ordered = [...categories.values()].sort(
    (left, right) => (left.number ?? 0) - (right.number ?? 0) || left.name.localeCompare(right.name, 'en'),
  );
  return Object.fromEntries(
    ordered.map(({ name, number }) => {
      const asked = rows.filter(({ question }) => question.category.name === name);
      const newest = newestFirstScore(asked);
      const scores = { ...scoresOf(asked), ...(newest !== null && { newest_first: newest }) };
      return [name, number === null ? scores : { number, ...scores }];
    }),
  );
}

/** LoCoMo's usual headline leaves category 5 out: those questions were made to have no answer. */
export function scoresOfCategories1To4(rows: readonly AnsweredQuestion[]): Scores {
  return scoresOf(rows.filter(({ question }) => (question.category.number ?? 0) <= 4));
}

/** How well the server's confidence tells questions that have an answer from those that have none. */
export interface AbstentionScores {
  /** .5 is chance. */
  readonly auroc: number;
  readonly answerable: number;
  readonly unanswerable: number;
}

/** Null unless there are questions of both kinds with a confidence. */
export function abstentionScores(rows: readonly AnsweredQuestion[]): AbstentionScores | null {
  const confidences = (isUnanswerable: boolean) =>
    rows
      .filter(({ question }) => (question.isUnanswerable === true) === isUnanswerable)
      .flatMap(({ confidence }) => confidence ?? []);
  const [positives, negatives] = [confidences(false), confidences(true)];
  if (positives.length === 0 || negatives.length === 0) return null;
  const auroc = areaUnderCurve({ positives, negatives });
  return { auroc, answerable: positives.length, unanswerable: negatives.length };
}

/** Of questions for an updated value, how often the new one stands above the old. */
export interface NewestFirstScore {
  /** Of `returned`. */
  readonly share: number;
  /** Where the best of the newest evidence stands above all older evidence. */
  readonly newest_first: number;
  /** Questions with both newest and older evidence among the hits. */
  readonly returned: number;
  readonly n: number;
}

/** Null when there are no such questions. */
export function newestFirstScore(rows: readonly AnsweredQuestion[]): NewestFirstScore | null {
  const asked = rows.filter(({ question }) => question.update !== undefined);
  if (asked.length === 0) return null;
  const places = asked.map(({ question, ranked }) => {
    const best = (ids: readonly string[] = []): number =>
      Math.min(...ids.map((id) => ranked.indexOf(id)).filter((place) => place >= 0));
    return { newest: best(question.update?.newest), older: best(question.update?.older) };
  });
  const returned = places.filter(({ newest, older }) => Number.isFinite(newest) && Number.isFinite(older));
  const first = returned.filter(({ newest, older }) => newest < older).length;
  return {
    share: returned.length === 0 ? 0 : first / returned.length,
    newest_first: first,
    returned: returned.length,
    n: asked.length,
  };
}

/** LongMemEval's printed figures for sessions, under one way of counting questions. */
export interface SessionScores {
  readonly n: number;
  readonly recall_any_at_5: number;
  readonly recall_all_at_5: number;
  readonly ndcg_at_5: number;
  readonly recall_any_at_10: number;
  readonly recall_all_at_10: number;
  readonly ndcg_at_10: number;
}

/**
 * LongMemEval's own session scores, both ways of counting that are in use. Gold is what its code takes for gold:
 * sessions with evidence on the user's side. `convention_419` averages over questions that have such (419 of the full
 * set); `convention_470` over all but abstention, where a question without counts as recall_all 1 and nDCG 0. Its own
 * index holds only user turns; ours holds both sides, as a memory must.
 */
export function longMemEvalSessionScores(rows: readonly AnsweredQuestion[]): {
  readonly convention_419: SessionScores;
  readonly convention_470: SessionScores;
} {
  const withUserSide = rows.filter(({ question }) => (question.goldSessions?.userSide.length ?? 0) > 0);
  return { convention_419: sessionScores(withUserSide), convention_470: sessionScores(rows) };
}

function sessionScores(rows: readonly AnsweredQuestion[]): SessionScores {
  const at5 = rows.map((row) => sessionScore(row, 5));
  const at10 = rows.map((row) => sessionScore(row, 10));
  return {
    n: rows.length,
    recall_any_at_5: mean(at5.map((score) => score.recallAny)),
    recall_all_at_5: mean(at5.map((score) => score.recallAll)),
    ndcg_at_5: mean(at5.map((score) => score.ndcg)),
    recall_any_at_10: mean(at10.map((score) => score.recallAny)),
    recall_all_at_10: mean(at10.map((score) => score.recallAll)),
    ndcg_at_10: mean(at10.map((score) => score.ndcg)),
  };
}

function sessionScore({ conversation, question, ranked }: AnsweredQuestion, k: number): LongMemEvalScore {
  const sessionOf = new Map(
    conversation.sessions.flatMap((session, position) => session.turns.map((turn) => [turn.id, String(position)])),
  );
  const gold = (question.goldSessions?.userSide ?? []).map(String);
  const sessions = [...new Set(ranked)].map((turn) => sessionOf.get(turn) ?? turn);
  return longMemEvalSessionScore(sessions, gold, [...sessionOf.values()], k);
}
