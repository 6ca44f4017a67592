import { EcphoryError } from '../memory/errors.ts';
import type { Fact } from '../memory/knowledge.ts';
import type { NoteVersion } from '../memory/note.ts';
import type { Memory, MemoryVersion } from '../memory/service.ts';
import type { StoredNote } from '../memory/store.ts';
import { formatTime } from '../memory/time.ts';

/** A stored note as callers see it. */
export function memoryOf({ note, episode }: StoredNote): Memory {
  return {
    id: note.id,
    namespace: note.scope.namespace,
    kind: note.kind,
    text: note.text,
    keywords: note.derived?.keywords ?? [],
    tags: allTags(note),
    context: note.derived?.context ?? null,
    state: note.state,
    pinned: note.isPinned,
    expiresAt: timeOrNull(note.expiresAt),
    version: note.version,
    sessionId: episode?.sessionId ?? null,
    role: episode?.role ?? null,
    name: episode?.speaker ?? null,
    timestamp: timeOrNull(episode?.eventAt ?? null),
    place: episode?.place ?? null,
    origin: note.origin,
    trust: note.trust,
    validAt: timeOrNull(note.validAt),
    invalidAt: timeOrNull(note.invalidAt),
    createdAt: formatTime(note.createdAt),
    revisedAt: formatTime(note.revisedAt),
    supersededBy: note.supersededBy,
    sources: note.sources,
    metadata: note.metadata,
  };
}

/** A note with a claim as callers see it. `contradicts` are the ids of those that say otherwise of the same time. */
export function factOf({ note }: StoredNote, contradicts: readonly string[] = []): Fact {
  const { claim } = note;
  if (claim === null) throw new EcphoryError('internal', 'A fact was expected and a note without a claim came.');
  return {
    id: note.id,
    namespace: note.scope.namespace,
    subject: claim.subject,
    attribute: claim.attribute,
    value: claim.value,
    polarity: claim.polarity,
    isSingle: claim.isSingle,
    text: note.text,
    state: note.state,
    trust: note.trust,
    origin: note.origin,
    validAt: timeOrNull(note.validAt),
    invalidAt: timeOrNull(note.invalidAt),
    createdAt: formatTime(note.createdAt),
    supersededBy: note.supersededBy,
    sources: note.sources,
    contradicts,
  };
}

export function versionOf(version: NoteVersion): MemoryVersion {
  const { version: number, derivation, text, metadata, cause, derived } = version;
  return {
    version: number,
    derivation,
    text,
    tags: allTags(version),
    keywords: derived?.keywords ?? [],
    context: derived?.context ?? null,
    metadata,
    at: formatTime(version.at),
    cause,
  };
}

/** The caller's, then those that a pass found. */
function allTags({ tags, derived }: Pick<NoteVersion, 'tags' | 'derived'>): readonly string[] {
  return derived === null || derived.tags.length === 0 ? tags : [...new Set([...tags, ...derived.tags])];
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}
