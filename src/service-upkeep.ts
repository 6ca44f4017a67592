import { type AccessLog, baseLevelActivation, recentUses } from './memory/activation.ts';
import { EcphoryError, type Fault } from './memory/errors.ts';
import {
  curveNamed,
  type ForgettingCurve,
  fsrs,
  type Grade,
  heldStability,
  reinforcedMemory,
  replayed,
} from './memory/forgetting.ts';
import type { NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { Note, Retention } from './memory/note.ts';
import type { Policy } from './memory/policy.ts';
import { parseNamespace, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { NoteUse } from './memory/store.ts';
import { formatTime } from './memory/time.ts';
import type { FeedbackInput, FeedbackItem, FeedbackResult, PolicyInput, RetentionView } from './memory/upkeep.ts';
import { loadMemory, notThere, type ServiceParts } from './service-parts.ts';

type Upkeep = Pick<MemoryService, 'feedback' | 'retention' | 'policy' | 'setPolicy'>;

/** Uses, the curves they make, and how a namespace forgets. */
export function newUpkeep(parts: Pick<ServiceParts, 'store' | 'curve' | 'clock'>): (tenant: Tenant) => Upkeep {
  const { store, curve, clock } = parts;

  return (tenant) => ({
    feedback: (input) => feedback(tenant, input),
    retention: (id) => retention(tenant, id),
    policy: (namespace) => store.policies.effective({ tenant, namespace: parseNamespace(namespace) }),
    setPolicy: (input) => setPolicy(tenant, input),
  });

  /** Several items of one memory are several uses, in their order. */
  async function feedback(tenant: Tenant, { memories }: FeedbackInput): Promise<FeedbackResult> {
    if (memories.length === 0 || memories.length > limits.itemsPerBatch) {
      throw new EcphoryError('invalid', `Feedback is on 1 to ${limits.itemsPerBatch} memories.`, {
        pointer: '/memories',
      });
    }
    const at = clock();
    const found = await store.notes(tenant, [...new Set(memories.map(({ id }) => id as NoteId))]);
    const notes = new Map<string, Note>(found.map(({ note }) => [note.id, note]));
    if (memories.some(({ id }) => !notes.has(id))) throw notThere('memory');
    const retentions = new Map<string, Retention>();
    for (const { id, kind } of memories) {
      const note = notes.get(id);
      if (note === undefined) continue;
      const before = { retention: retentions.get(id) ?? note.retention, importance: importanceOf(note) };
      const after = reinforcedMemory(curve, before, at, gradeOf[kind]);
      retentions.set(id, after);
      const use = { at, grade: gradeOf[kind] };
      await store.apply(note.scope, [{ kind: 'note-used', noteId: note.id, retention: after, use }]);
    }
    return {
      memories: memories.map(({ id }) => ({
        id,
        stabilityDays: retentions.get(id)?.stability ?? 0,
        // It was used this moment.
        retrievability: 1,
      })),
    };
  }

  async function retention(tenant: Tenant, id: string): Promise<RetentionView> {
    const { note } = await loadMemory(store, tenant, id);
    const [uses, policy] = await Promise.all([store.uses(tenant, [note.id]), store.policies.effective(note.scope)]);
    return retentionView(note, { uses: uses.get(note.id) ?? [], policy, now: clock() });
  }

  async function setPolicy(tenant: Tenant, { namespace, ...given }: PolicyInput): Promise<Policy> {
    const scope: Scope = { tenant, namespace: parseNamespace(namespace) };
    const policy: Policy = { ...(await store.policies.effective(scope)), ...given };
    checkPolicy(policy);
    await store.policies.set(scope, policy);
    return policy;
  }
}

const gradeOf: Readonly<Record<FeedbackItem['kind'], Grade>> = { used: 'good', confirmed: 'easy', corrected: 'again' };

function importanceOf({ derived, importance }: Note): number {
  return derived?.importance ?? importance;
}

interface RetentionParts {
  /** Newest first. */
  readonly uses: readonly NoteUse[];
  readonly policy: Policy;
  readonly now: number;
}

/** Pure. */
export function retentionView(note: Note, { uses, policy, now }: RetentionParts): RetentionView {
  const curve = curveNamed(policy.curve);
  const oldestFirst = uses.toReversed();
  const held = heldUnder(curve ?? fsrs, note, oldestFirst);
  const { stability, difficulty, lastUsedAt } = held;
  const at = (days: number): number => (curve === null ? 1 : curve.retrievability(Math.max(0, days), stability));
  const days = forecastDays(curve, stability, policy);
  return {
    id: note.id,
    curve: policy.curve,
    stabilityDays: stability,
    difficulty,
    retrievability: at((now - lastUsedAt) / dayMs),
    activation: baseLevelActivation(accessLogOf(note, uses), now),
    isPinned: note.isPinned,
    expiresAt: note.expiresAt === null ? null : formatTime(note.expiresAt),
    reviews: reviewsOf(curve ?? fsrs, note, held, oldestFirst),
    forecast: Array.from({ length: forecastPoints }, (_, index) => {
      const elapsed = (days * index) / (forecastPoints - 1);
      return { at: formatTime(lastUsedAt + elapsed * dayMs), retrievability: at(elapsed) };
    }),
    archivedFrom: archivedFrom(note, held, curve, policy),
  };
}

/** What was stored is FSRS's; another curve reads the log. */
function heldUnder(curve: ForgettingCurve, note: Note, uses: readonly NoteUse[]): Retention {
  const { retention } = note;
  if (curve !== fsrs) {
    const unseen = Array.from({ length: Math.max(0, retention.uses - uses.length) }, () => firstUse(note));
    return replayed(curve, { at: note.createdAt, importance: importanceOf(note) }, [...unseen, ...uses]);
  }
  const { stability, uses: count } = retention;
  return { ...retention, stability: heldStability({ stability, isUsed: count > 0 }, importanceOf(note)) };
}

function firstUse({ createdAt }: Note): NoteUse {
  return { at: createdAt, grade: 'good' };
}

function accessLogOf(note: Note, uses: readonly NoteUse[]): AccessLog {
  const count = note.retention.uses + 1;
  const recent = uses.map(({ at }) => at);
  // The making is the oldest use, and in the log while there is room.
  return {
    firstAt: note.createdAt,
    count,
    recent: recent.length < count ? [...recent, note.createdAt].slice(0, recentUses) : recent,
  };
}

/** Stabilities only where the log goes back to the making: what came before a use cannot be made up. */
function reviewsOf(
  curve: ForgettingCurve,
  note: Note,
  held: Retention,
  uses: readonly NoteUse[],
): RetentionView['reviews'] {
  const isWhole = note.retention.uses === uses.length;
  const after = (count: number, grade: Grade): number =>
    replayed(curve, { at: note.createdAt, importance: importanceOf(note), grade }, uses.slice(0, count)).stability;
  // How it was made is not kept, but its stability tells: "remember this" starts as easy.
  const away = (grade: Grade): number => Math.abs(after(uses.length, grade) - held.stability);
  const grade = isWhole && away('easy') < away('good') ? 'easy' : 'good';
  const stabilityAfter = (count: number): number | null => (isWhole ? after(count, grade) : null);
  const made = { at: formatTime(note.createdAt), grade, stabilityDays: stabilityAfter(0) } as const;
  const later = uses.map((use, index) => ({
    at: formatTime(use.at),
    grade: use.grade,
    stabilityDays: stabilityAfter(index + 1),
  }));
  return [made, ...later];
}

const forecastPoints = 33;

/** Until it falls well below where it would be archived, a month at least and ten years at most. */
function forecastDays(curve: ForgettingCurve | null, stability: number, { retrievabilityMin }: Policy): number {
  if (curve === null) return 365;
  const until = curve.interval(Math.max(0.05, retrievabilityMin * 0.8), stability);
  return Math.min(3_650, Math.max(30, until));
}

function archivedFrom(note: Note, held: Retention, curve: ForgettingCurve | null, policy: Policy): string | null {
  if (note.isPinned || note.state !== 'active') return null;
  const times: number[] = [];
  if (note.expiresAt !== null) times.push(note.expiresAt);
  if (policy.isForgetting && curve !== null && policy.retrievabilityMin > 0) {
    const faintAfter = curve.interval(policy.retrievabilityMin, held.stability);
    times.push(held.lastUsedAt + Math.max(policy.recentDays, faintAfter) * dayMs);
  }
  const first = Math.min(...times);
  return first <= maxTime ? formatTime(first) : null;
}

const dayMs = 86_400_000;
/** Later than this is never. */
const maxTime = Date.UTC(limits.yearMax, 0, 1);

function checkPolicy(policy: Policy): void {
  const faults: Fault[] = [];
  const { retrievabilityMin, capacity, placeMin, recentDays, keptDays } = policy;
  if (!(retrievabilityMin >= 0 && retrievabilityMin < 1)) {
    faults.push({ pointer: '/retrievability_min', message: 'It is a probability from 0 to below 1.' });
  }
  if (capacity !== null && !(Number.isSafeInteger(capacity) && capacity >= 1)) {
    faults.push({ pointer: '/capacity', message: 'It is a whole number from 1, or null for no bound.' });
  }
  if (!(Number.isSafeInteger(placeMin) && placeMin >= 0)) {
    faults.push({ pointer: '/place_min', message: 'It is a whole number from 0.' });
  }
  if (!(recentDays >= 0 && recentDays <= daysMax)) {
    faults.push({ pointer: '/recent_days', message: `It is 0 to ${daysMax} days.` });
  }
  if (keptDays !== null && !(keptDays > 0 && keptDays <= daysMax)) {
    faults.push({ pointer: '/kept_days', message: `It is over 0 and up to ${daysMax} days, or null for ever.` });
  }
  const [first] = faults;
  if (first !== undefined) throw new EcphoryError('invalid', first.message, { faults });
}

/** As long as a stability may be: a hundred years. */
const daysMax = 36_500;
