import { type AccessLog, recentUses } from '../memory/activation.ts';
import type { NoteUse } from '../memory/store.ts';

/** The log after one more use: newest first, of one time the later written first, at most `recentUses`. */
export function withUse(log: readonly NoteUse[], use: NoteUse): readonly NoteUse[] {
  return [use, ...log].sort((left, right) => right.at - left.at).slice(0, recentUses);
}

/** The making is the first access and stands last while there is room; null for a note that was never used since. */
export function accessLogOf(createdAt: number, uses: number, log: readonly NoteUse[]): AccessLog | null {
  const oldest = log.at(-1);
  if (oldest === undefined) return null;
  return {
    firstAt: Math.min(createdAt, oldest.at),
    count: Math.max(uses, log.length) + 1,
    recent: [...log.map(({ at }) => at), createdAt].sort((left, right) => right - left).slice(0, recentUses),
  };
}
