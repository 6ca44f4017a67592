import { type Claim, claimKey, topicKey } from '../memory/claim.ts';
import type { Trust } from '../memory/episode.ts';

/**
 * The one supersession function. What holds of a topic is a function of everything that was ever said of it, whatever the order in
 * which it came: statements are put in the order of their valid time and walked through, and what the walk says is
 * compared with what is stored. A statement that comes late, and one whose successor was erased, find their place that way.
 *
 * - The same said again corroborates. Another value of a single-valued topic supersedes, from its own valid time on. A denial ends
 *   the value that it denies.
 * - At equal times a correction wins, then whichever came later in the same series (one session, or one numbered list). What is
 *   left is a dispute: both are kept and contradict each other.
 * - Lower trust never supersedes higher: it disputes.
 *
 * Cost: O(n log n) of the statements of one timeline.
 */
export function timeline(statements: readonly Statement[]): readonly Run[] {
  const runs: OpenRun[] = [];
  const ordered = [...statements].sort(inOrder);
  for (let first = 0; first < ordered.length; ) {
    let after = first + 1;
    while (after < ordered.length && ordered[after]!.at === ordered[first]!.at) after += 1;
    takeMoment(runs, ordered.slice(first, after));
    first = after;
  }
  return runs;
}

/** Something said of a topic, once. */
export interface Statement {
  /** Of one place in one source; the same when it is read again. */
  readonly id: string;
  readonly claim: Claim;
  /** Since when it holds by what is said, milliseconds since 1970. */
  readonly at: number;
  /** Until when, if whoever gave it said so. */
  readonly until: number | null;
  /** Within which `sequence` says what came later; null for a statement by itself. */
  readonly series: string | null;
  /** Sorts as text. */
  readonly sequence: string;
  readonly isCorrection: boolean;
  readonly trust: Trust;
  /** Given as a fact by a caller, not found in what was said. */
  readonly isGiven: boolean;
}

/** A span over which one value held, or was denied. */
export interface Run {
  /** In order; at least one. */
  readonly statements: readonly Statement[];
  readonly from: number;
  readonly until: number | null;
  /** What took its place. */
  readonly closedBy: Run | null;
  /** Runs that say otherwise of the same time, when nothing decides; also when a later one has ended the dispute. */
  readonly disputes: ReadonlySet<Run>;
}

/** Statements of one key are walked through together: of one topic, or when it may have several values, of one value of it. */
export function timelineKey(claim: Claim): string {
  return claim.isSingle ? topicKey(claim) : `${topicKey(claim)}\n${claimKey(claim.value)}`;
}

interface OpenRun extends Run {
  readonly statements: Statement[];
  until: number | null;
  closedBy: Run | null;
  readonly disputes: Set<OpenRun>;
}

/** Everything that is said of one moment. */
function takeMoment(runs: OpenRun[], statements: readonly Statement[]): void {
  const denials = statements.filter(({ claim }) => claim.polarity === 'negative');
  const assertions = statements.filter(({ claim }) => claim.polarity === 'positive');
  for (const denial of denials) {
    if (!assertions.some((other) => sameValue(other, denial) && isLater(other, denial))) deny(runs, denial);
    else closedAtOnce(runs, denial);
  }
  const standing = assertions.filter((one) => !denials.some((other) => sameValue(other, one) && isLater(other, one)));
  const winners = standing.filter((one) => !standing.some((other) => !sameValue(other, one) && isLater(other, one)));
  assert(runs, winners);
  for (const one of assertions) {
    if (!winners.includes(one)) lose(runs, one, winners);
  }
}

function assert(runs: OpenRun[], winners: readonly Statement[]): void {
  const earlier = runs.filter(isOpen);
  const taken = new Set<OpenRun>();
  for (const one of winners) {
    const same = runs.find((run) => isOpen(run) && says(run, one));
    if (same !== undefined) same.statements.push(one);
    const run = same ?? begin(runs, one);
    taken.add(run);
  }
  for (const run of taken) {
    for (const other of earlier) {
      if (taken.has(other)) continue;
      const isOther = isPositive(run) && isPositive(other) ? true : valueIn(run) === valueIn(other);
      if (!isOther) continue;
      const wasSaidBefore =
        other.from < run.statements.at(-1)!.at || isLater(run.statements.at(-1)!, other.statements.at(-1)!);
      const isSameValue = isPositive(other) && valueIn(run) === valueIn(other);
      if (isSameValue || (wasSaidBefore && trustOf(run) >= trustOf(other)))
        close(other, run, run.statements.at(-1)!.at);
      else dispute(run, other);
    }
  }
  const values = [...taken].filter(isOpen);
  for (const [index, run] of values.entries()) {
    for (const other of values.slice(index + 1)) {
      if (valueIn(run) !== valueIn(other)) dispute(run, other);
      // Said twice in one moment, with more and with less trust: the one that weighs more stands for both.
      else if (weighsMore(run, other)) close(other, run, winners[0]?.at ?? other.from);
      else close(run, other, winners[0]?.at ?? run.from);
    }
  }
}

function weighsMore(run: Run, other: Run): boolean {
  const [one, another] = [run.statements[0], other.statements[0]];
  return (
    trustOf(run) > trustOf(other) || (trustOf(run) === trustOf(other) && one?.isGiven === true && !another?.isGiven)
  );
}

function deny(runs: OpenRun[], denial: Statement): void {
  const earlier = runs.filter((run) => isOpen(run) && isPositive(run) && valueIn(run) === claimKey(denial.claim.value));
  const same = runs.find((run) => isOpen(run) && !isPositive(run) && says(run, denial));
  if (same !== undefined) same.statements.push(denial);
  const run = same ?? begin(runs, denial);
  for (const other of earlier) {
    if (trustOf(run) >= trustOf(other)) close(other, run, denial.at);
    else dispute(run, other);
  }
}

/** Said and taken back in one breath. */
function closedAtOnce(runs: OpenRun[], one: Statement): OpenRun {
  const run = begin(runs, one);
  run.until = one.at;
  return run;
}

function lose(runs: OpenRun[], one: Statement, winners: readonly Statement[]): void {
  const same = runs.find((run) => isOpen(run) && says(run, one));
  if (same !== undefined && winners.length > 0) {
    same.statements.push(one);
    return;
  }
  const run = closedAtOnce(runs, one);
  run.closedBy = runs.find((other) => winners[0] !== undefined && other.statements.includes(winners[0])) ?? null;
}

function begin(runs: OpenRun[], one: Statement): OpenRun {
  const run: OpenRun = { statements: [one], from: one.at, until: one.until, closedBy: null, disputes: new Set() };
  runs.push(run);
  return run;
}

function close(run: OpenRun, by: OpenRun, at: number): void {
  run.until = run.until === null ? at : Math.min(run.until, at);
  run.closedBy = by;
}

function dispute(run: OpenRun, other: OpenRun): void {
  run.disputes.add(other);
  other.disputes.add(run);
}

function isOpen(run: OpenRun): boolean {
  return run.closedBy === null && (run.until === null || run.until > run.from);
}

function isPositive({ statements: [first] }: Run): boolean {
  return first?.claim.polarity === 'positive';
}

function valueIn({ statements: [first] }: Run): string {
  return claimKey(first?.claim.value ?? '');
}

function trustOf({ statements: [first] }: Run): Trust {
  return first?.trust ?? 0;
}

/** Whether a statement says again what a run says. More trust, or a fact that someone gave, stands by itself. */
function says(run: Run, one: Statement): boolean {
  const [first] = run.statements;
  if (first === undefined || first.claim.polarity !== one.claim.polarity || !sameValue(first, one)) return false;
  return first.trust >= one.trust && (first.isGiven || !one.isGiven);
}

function sameValue(one: Statement, other: Statement): boolean {
  return claimKey(one.claim.value) === claimKey(other.claim.value);
}

/** Of two statements of the same moment: whether the first takes the place of the second. */
function isLater(one: Statement, other: Statement): boolean {
  if (one.trust < other.trust) return false;
  if (one.series !== null && one.series === other.series) return one.sequence > other.sequence;
  return one.isCorrection && !other.isCorrection;
}

function inOrder(one: Statement, other: Statement): number {
  return (
    one.at - other.at || other.trust - one.trust || compare(one.sequence, other.sequence) || compare(one.id, other.id)
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
