import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Episode, Metadata, Origin, Role, Trust } from '../memory/episode.ts';
import { type ForgettingCurve, initialRetention } from '../memory/forgetting.ts';
import type { EpisodeId, IdSource, NoteId } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import { embeddingText, keyInput } from '../memory/note-text.ts';
import type { Scope } from '../memory/scope.ts';
import type { AddInput, MessageInput } from '../memory/service.ts';
import { requireTime } from './check-input.ts';

export interface RememberParts {
  readonly analyzer: Analyzer;
  readonly curve: ForgettingCurve;
  readonly ids: IdSource;
  readonly now: number;
}

/** What an add comes to: the changes to apply, and per message its ids and the text to embed. */
export interface Remembered {
  readonly changes: readonly Change[];
  readonly items: readonly RememberedItem[];
}

export interface RememberedItem {
  readonly noteId: NoteId;
  readonly episodeId: EpisodeId;
  readonly embeddingText: string;
}

const ordinaryImportance = 0.5;

/** Each message becomes one episode, verbatim, and the episodic note over it. Pure; `input` has been checked. */
export function remember(scope: Scope, input: AddInput, parts: RememberParts): Remembered {
  const changes: Change[] = [];
  const items: RememberedItem[] = [];
  for (const message of messagesOf(input)) {
    const episode = newEpisode(scope, input, message, parts);
    const note = newEpisodicNote(episode, input, parts);
    const keys = parts.analyzer.keys(keyInput(note, episode));
    changes.push({ kind: 'episode-added', episode }, { kind: 'note-added', note, keys });
    items.push({ noteId: note.id, episodeId: episode.id, embeddingText: embeddingText(note, episode) });
  }
  return { changes, items };
}

function messagesOf(input: AddInput): readonly MessageInput[] {
  return 'messages' in input ? input.messages : [{ ...input, content: input.text, metadata: {} }];
}

function newEpisode(scope: Scope, input: AddInput, message: MessageInput, parts: RememberParts): Episode {
  const role = message.role ?? null;
  const origin = message.origin ?? originOf(role);
  return {
    id: parts.ids.episodeId(),
    scope,
    sessionId: input.sessionId ?? null,
    role,
    speaker: message.name ?? null,
    text: message.content,
    eventAt: message.timestamp === undefined ? parts.now : requireTime(message.timestamp, '/timestamp'),
    recordedAt: parts.now,
    place: message.place ?? null,
    origin,
    trust: trustOf[origin],
    metadata: mergedMetadata(input.metadata, message.metadata),
  };
}

function newEpisodicNote(episode: Episode, input: AddInput, parts: RememberParts): Note {
  return {
    id: parts.ids.noteId(),
    scope: episode.scope,
    kind: 'episodic',
    text: episode.text,
    tags: [...new Set(input.tags ?? [])],
    derived: null,
    derivation: 0,
    claim: null,
    sources: [episode.id],
    version: 1,
    state: 'active',
    stateReason: null,
    origin: episode.origin,
    trust: episode.trust,
    importance: ordinaryImportance,
    retention: initialRetention(parts.curve, parts.now, ordinaryImportance),
    validAt: null,
    invalidAt: null,
    createdAt: parts.now,
    revisedAt: parts.now,
    expiredAt: null,
    supersededBy: null,
    metadata: episode.metadata,
  };
}

function originOf(role: Role | null): Exclude<Origin, 'derived'> {
  if (role === 'assistant') return 'agent';
  return role === 'tool' ? 'tool' : 'user';
}

/** What a door is trusted with until someone confirms: text from tools and the web may be planted. */
const trustOf: Readonly<Record<Origin, Trust>> = { user: 2, agent: 1, import: 1, derived: 1, tool: 0, web: 0 };

/** A message's own fields win over those of the whole add. */
function mergedMetadata(shared: Metadata | undefined, own: Metadata | undefined): Metadata {
  return { ...shared, ...own };
}
