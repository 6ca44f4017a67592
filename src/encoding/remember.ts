import { isInstruction } from '../language/instructions.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Episode, Metadata, Origin, Role, Trust } from '../memory/episode.ts';
import { type ForgettingCurve, initialRetention } from '../memory/forgetting.ts';
import type { EpisodeId, IdSource, NoteId } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import { embeddingText, keyInput } from '../memory/note-text.ts';
import type { Scope } from '../memory/scope.ts';
import type { AddInput, MessageInput } from '../memory/service.ts';
import { isAskedToRemember } from './asked-to-remember.ts';
import { requireTime } from './check-input.ts';

export interface RememberParts {
  readonly analyzer: Analyzer;
  readonly curve: ForgettingCurve;
  readonly ids: IdSource;
  readonly now: number;
  /** Of the namespace's policy: what is not said to be kept otherwise is kept for so many days; null or left out: for ever. */
  readonly keptDays?: number | null;
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
const dayMs = 86_400_000;

/** Each message becomes one episode, verbatim, and the episodic note over it. Pure; `input` has been checked. */
export function remember(scope: Scope, input: AddInput, parts: RememberParts): Remembered {
  const changes: Change[] = [];
  const items: RememberedItem[] = [];
  for (const message of messagesOf(input)) {
    const episode = newEpisode(scope, input, message, parts);
    const note = newEpisodicNote(episode, { input, message }, parts);
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

function newEpisodicNote(
  episode: Episode,
  { input, message }: { readonly input: AddInput; readonly message: MessageInput },
  parts: RememberParts,
): Note {
  // What comes from tools and the web, or from the agent itself, does not say how long it is kept.
  const grade = episode.origin === 'user' && isAskedToRemember(episode.text) ? 'easy' : 'good';
  return {
    id: parts.ids.noteId(),
    scope: episode.scope,
    kind: 'episodic',
    text: episode.text,
    tags: [...new Set(input.tags ?? [])],
    derived: null,
    derivation: 0,
    claim: null,
    summary: null,
    sources: [episode.id],
    version: 1,
    state: 'active',
    stateReason: null,
    isPinned: message.pinned ?? isStanding(episode),
    expiresAt: expiryOf(message, parts),
    origin: episode.origin,
    trust: episode.trust,
    importance: ordinaryImportance,
    retention: initialRetention(parts.curve, parts.now, ordinaryImportance, grade),
    validAt: null,
    invalidAt: null,
    createdAt: parts.now,
    revisedAt: parts.now,
    expiredAt: null,
    supersededBy: null,
    metadata: episode.metadata,
  };
}

function expiryOf({ expiresAt, pinned }: MessageInput, { now, keptDays }: RememberParts): number | null {
  if (expiresAt !== undefined) return requireTime(expiresAt, '/expires_at');
  return pinned === true || keptDays === undefined || keptDays === null ? null : now + keptDays * dayMs;
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

/** A standing instruction of the person holds until it is taken back: nothing archives it. Between people it is talk. */
function isStanding({ origin, role, speaker, text }: Episode): boolean {
  const isTheirs = origin === 'user' && (role === 'user' || (role === null && speaker === null));
  return isTheirs && isInstruction(text);
}
