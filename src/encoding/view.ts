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
    keywords: note.keywords,
    tags: note.tags,
    context: note.context,
    state: note.state,
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

export function versionOf(version: NoteVersion): MemoryVersion {
  return { ...version, at: formatTime(version.at) };
}

function timeOrNull(at: number | null): string | null {
  return at === null ? null : formatTime(at);
}
