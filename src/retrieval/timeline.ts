import { sentencesOf } from '../language/sentences.ts';
import type { StoredNote } from '../memory/store.ts';
import { formatTime } from '../memory/time.ts';
import type { TimelineEvent } from '../memory/upkeep.ts';
import { bodyOf } from './render.ts';

export interface TimelineMaterial {
  /** Best first, or in any order when nothing is asked for: what is beyond the limit comes last. */
  readonly notes: readonly StoredNote[];
  /** Claims that rest on them or are about whom is asked. */
  readonly claims: readonly StoredNote[];
  /** Words of what is asked: of a long text the line that has most of them is told. */
  readonly stems: (text: string) => readonly string[];
  readonly topic: string | null;
  /** Milliseconds since 1970; an event that overlaps them counts, `until` not included. */
  readonly from: number | null;
  readonly until: number | null;
  readonly limit: number;
}

/**
 * What happened, in order: what was said, the times that it speaks of, when facts began and ended. Each is one line, word for
 * word from its memory, and names it. Where there are more than the limit the first notes' events stand. Pure.
 */
export function timeline(material: TimelineMaterial): readonly TimelineEvent[] {
  const { notes, claims, from, until, limit } = material;
  const asked = new Set(material.topic === null ? [] : material.stems(material.topic));
  const heads = sessionHeads(notes);
  const events = [
    ...notes.map((one) => ofNote(one, heads.has(one.note.id) && material.topic === null, (text) => lineOf(text))),
    // A fact's times are said by the notes it rests on, so it never takes the place of one.
    ...claims.map(ofClaim),
  ]
    .map((group) => group.filter((event) => isWithin(event, from, until)))
    .filter((group) => group.length > 0);
  const chosen: Event[] = [];
  for (const group of events) {
    if (chosen.length >= limit) break;
    chosen.push(...group.slice(0, limit - chosen.length));
  }
  return distinct(chosen.toSorted(inOrder)).map(({ at, until: end, kind, text, memoryId }) => ({
    at: formatTime(at),
    until: end === null ? null : formatTime(end),
    kind,
    text,
    memoryId,
  }));

  function lineOf(text: string): string {
    const lines = sentencesOf(bodyOf(text)).map((sentence) => sentence.text);
    let best = lines[0] ?? '';
    let bestShared = 0;
    for (const line of asked.size === 0 ? [] : lines.slice(0, linesLookedAt)) {
      const shared = new Set(material.stems(line).filter((stem) => asked.has(stem))).size;
      if (shared > bestShared) [best, bestShared] = [line, shared];
    }
    return cut(best);
  }
}

interface Event {
  readonly at: number;
  readonly until: number | null;
  readonly kind: TimelineEvent['kind'];
  readonly text: string;
  readonly memoryId: string;
}

const linesLookedAt = 200;
/** One line of a screen or two. */
const lineCharacters = 240;

function cut(line: string): string {
  return line.length > lineCharacters ? `${line.slice(0, lineCharacters).toWellFormed().trimEnd()}…` : line;
}

/** A note that speaks of times is told at each of them; otherwise when it was said. */
function ofNote({ note, episode }: StoredNote, isHead: boolean, lineOf: (text: string) => string): readonly Event[] {
  const saidAt = episode?.eventAt ?? note.validAt ?? note.createdAt;
  const text = lineOf(note.text);
  const said: Event = { at: saidAt, until: null, kind: isHead ? 'session' : 'said', text, memoryId: note.id };
  const times = (note.derived?.times ?? []).map(
    (time): Event => ({
      at: time.from,
      until: time.until,
      kind: 'spoken_of',
      text: cut(sentencesOf(bodyOf(note.text)).find((sentence) => sentence.text.includes(time.text))?.text ?? text),
      memoryId: note.id,
    }),
  );
  return [said, ...times];
}

function ofClaim({ note }: StoredNote): readonly Event[] {
  const text = cut(bodyOf(note.text).replaceAll('\n', ' '));
  const began: Event = {
    at: note.validAt ?? note.createdAt,
    until: note.invalidAt,
    kind: 'fact_began',
    text,
    memoryId: note.id,
  };
  if (note.invalidAt === null) return [began];
  return [began, { at: note.invalidAt, until: null, kind: 'fact_ended', text, memoryId: note.id }];
}

/** The first told note of each session. */
function sessionHeads(notes: readonly StoredNote[]): ReadonlySet<string> {
  const heads = new Map<string, { readonly at: number; readonly id: string }>();
  for (const { note, episode } of notes) {
    if (episode?.sessionId == null) continue;
    const key = `${note.scope.namespace}\n${episode.sessionId}`;
    const held = heads.get(key);
    const isEarlier =
      held === undefined || episode.eventAt < held.at || (episode.eventAt === held.at && note.id < held.id);
    if (isEarlier) heads.set(key, { at: episode.eventAt, id: note.id });
  }
  return new Set([...heads.values()].map(({ id }) => id));
}

function isWithin({ at, until: end }: Event, from: number | null, until: number | null): boolean {
  return (until === null || at < until) && (from === null || at >= from || (end !== null && end > from));
}

/** Ids ascend in the order of making. */
function inOrder(left: Event, right: Event): number {
  return left.at - right.at || (left.memoryId === right.memoryId ? 0 : left.memoryId < right.memoryId ? -1 : 1);
}

/** A time that a note speaks of twice in one line is one event. */
function distinct(events: readonly Event[]): readonly Event[] {
  const seen = new Set<string>();
  return events.filter(({ at, kind, memoryId, text }) => {
    const key = JSON.stringify([at, kind, memoryId, text]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
