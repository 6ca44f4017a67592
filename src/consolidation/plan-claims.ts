import type { Change } from '../memory/change.ts';
import { type Claim, claimKey } from '../memory/claim.ts';
import type { EventTime } from '../memory/derived.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import type { Note } from '../memory/note.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { StoredNote } from '../memory/store.ts';
import { type Said, saidBy, settled, type Timeline } from './claim-changes.ts';
import { type ExtractedClaim, extractClaims } from './extract-claims.ts';
import type { Batch, ClaimProposal, PassParts, PlanPass } from './plan.ts';
import { timelineKey } from './settle-claims.ts';

/**
 * The claims of the notes that are due, settled into what is held already. Claims become semantic notes of origin `derived`
 * with the trust of their source: keys over what was said, never instead of it.
 */
export const planClaims: PlanPass = async (batch, parts) => {
  const timelines = newTimelines(batch.scope, parts, batch.now);
  const changes: Change[] = [];
  const times = timesPlanned(batch.planned);
  for (const due of batch.due) {
    // It may have been given while claims of the same thing were settled without it.
    if (due.note.claim !== null) changes.push(...(await timelines.settleAgain(due.note.claim)));
    if (due.episode === null || due.note.kind !== 'episodic') continue;
    const before = parts.view.turnBefore(due.note.id);
    const turnBefore = before === null ? null : await noteBefore(before, batch, parts);
    const found = extractClaims(due, { times: times.get(due.note.id) ?? due.note.derived?.times ?? [], turnBefore });
    const proposed = (batch.proposals?.claims ?? []).filter(({ noteId }) => noteId === due.note.id);
    const said = saidIn(due, [...found, ...proposed.map((one) => asExtracted(one, due, found.length))]);
    if (due.note.version > 1 || due.note.derivation > 0) {
      changes.push(...(await timelines.withdraw(due, new Set(said.map(({ id }) => id)))));
    }
    changes.push(...(await timelines.take(said)));
  }
  return changes;
};

/** Claims whose successor is gone may hold after all: what was said of their topics is settled again. */
export async function resettleOrphans(
  scope: Scope,
  parts: Pick<PassParts, 'store' | 'analyzer' | 'ids' | 'curve'>,
  now: number,
): Promise<readonly Change[]> {
  const orphans = await parts.store.claims(readScope(scope), { isOrphaned: true, limit: limits.claimsPerTopic });
  const timelines = newTimelines(scope, parts, now);
  const changes: Change[] = [];
  for (const claim of new Map(
    orphans.flatMap(({ note: { claim } }) => (claim === null ? [] : [[timelineKey(claim), claim] as const])),
  ).values()) {
    changes.push(...(await timelines.settleAgain(claim)));
  }
  return changes;
}

export function newTimelines(
  scope: Scope,
  parts: Pick<PassParts, 'store' | 'analyzer' | 'ids' | 'curve'>,
  now: number,
) {
  const known = new Map<string, Timeline>();

  return {
    async take(said: readonly Said[]): Promise<readonly Change[]> {
      const byTimeline = new Map<string, Said[]>();
      for (const one of said) {
        const key = timelineKey(one.claim);
        byTimeline.set(key, [...(byTimeline.get(key) ?? []), one]);
      }
      await readAhead([...byTimeline.values()].flatMap(([first]) => first?.claim ?? []));
      const changes: Change[] = [];
      for (const statements of byTimeline.values()) {
        const [first] = statements;
        if (first !== undefined) changes.push(...(await settle(first.claim, statements)));
      }
      return changes;
    },
    settleAgain: (claim: Claim) => settle(claim, []),
    settle: (claim: Claim, said: readonly Said[]) => settle(claim, said),
    timelineOf,
    /** Takes back what the episode of a note said and, by its text as it is now, no longer says. */
    async withdraw({ note }: StoredNote, still: ReadonlySet<string>): Promise<readonly Change[]> {
      const derived = await parts.store.derivedFrom(scope.tenant, note.sources);
      const claims = new Map<string, Claim>();
      const gone = new Set<string>();
      for (const { note: other } of derived) {
        if (other.claim === null || other.state !== 'active') continue;
        for (const { id, episodeId } of saidBy(other)) {
          if (episodeId === null || !note.sources.includes(episodeId) || still.has(id)) continue;
          gone.add(id);
          claims.set(timelineKey(other.claim), other.claim);
        }
      }
      const changes: Change[] = [];
      for (const claim of claims.values()) changes.push(...(await settle(claim, [], gone)));
      return changes;
    },
  };

  /** Reads many timelines at once: a note of a list has dozens. What does not come whole is read by itself later. */
  async function readAhead(claims: readonly Claim[]): Promise<void> {
    const unread = claims.filter((claim) => !known.has(timelineKey(claim)));
    for (const isSingle of [true, false]) {
      const wanted = unread.filter((claim) => claim.isSingle === isSingle);
      if (wanted.length < 2) continue;
      const keysOf = (part: (claim: Claim) => string) => [...new Set(wanted.map((claim) => claimKey(part(claim))))];
      const stored = await parts.store.claims(readScope(scope), {
        subjects: keysOf(({ subject }) => subject),
        attributes: keysOf(({ attribute }) => attribute),
        ...(!isSingle && { values: keysOf(({ value }) => value) }),
        limit: limits.claimsReadAhead,
      });
      if (stored.length >= limits.claimsReadAhead) continue;
      const byTimeline = new Map<string, Note[]>(wanted.map((claim) => [timelineKey(claim), []]));
      for (const { note } of stored) if (note.claim !== null) byTimeline.get(timelineKey(note.claim))?.push(note);
      const several = [...byTimeline.values()].filter((notes) => notes.length > 1).flat();
      const links =
        several.length === 0
          ? []
          : await parts.store.links(
              scope.tenant,
              several.map(({ id }) => id),
            );
      for (const [key, notes] of byTimeline) known.set(key, timelineWith(notes, links));
    }
  }

  function timelineWith(notes: readonly Note[], links: readonly Link[]): Timeline {
    const ids = new Set(notes.map(({ id }) => id));
    const among = links.filter(({ type, from, to }) => type === 'contradicts' && ids.has(from) && ids.has(to));
    return { scope, notes, links: notes.length < 2 ? [] : among };
  }

  async function settle(
    claim: Claim,
    said: readonly Said[],
    withdrawn?: ReadonlySet<string>,
  ): Promise<readonly Change[]> {
    const existing = await timelineOf(claim);
    const { changes, notes, links } = settled({ ...existing, ...(withdrawn && { withdrawn }) }, said, parts, now);
    known.set(timelineKey(claim), { scope, notes, links });
    return changes;
  }

  async function timelineOf(claim: Claim): Promise<Timeline> {
    const key = timelineKey(claim);
    const before = known.get(key);
    if (before !== undefined) return before;
    const stored = await parts.store.claims(readScope(scope), {
      subjects: [claimKey(claim.subject)],
      attributes: [claimKey(claim.attribute)],
      ...(!claim.isSingle && { values: [claimKey(claim.value)] }),
      limit: limits.claimsPerTopic,
    });
    const notes = stored
      .map(({ note }) => note)
      .filter((note) => note.claim !== null && timelineKey(note.claim) === key);
    const links =
      notes.length < 2
        ? []
        : await parts.store.links(
            scope.tenant,
            notes.map(({ id }) => id),
          );
    const timeline = timelineWith(notes, links);
    known.set(key, timeline);
    return timeline;
  }
}

/** Times that the notes pass has just planned. */
function timesPlanned(planned: readonly Change[]): ReadonlyMap<NoteId, readonly EventTime[]> {
  const times = new Map<NoteId, readonly EventTime[]>();
  for (const change of planned) if (change.kind === 'note-derived') times.set(change.noteId, change.derived.times);
  return times;
}

async function noteBefore(id: NoteId, { due, scope }: Batch, { store }: PassParts): Promise<StoredNote | null> {
  return due.find(({ note }) => note.id === id) ?? (await store.note(scope.tenant, id));
}

function asExtracted({ claim, validAt }: ClaimProposal, { episode, note }: StoredNote, after: number): ExtractedClaim {
  const at = validAt ?? episode?.eventAt ?? note.createdAt;
  return { ...claim, validAt: at, isCorrection: false, serial: null, position: after };
}

/** Each claim once: the later of two that say the same in one text. */
function saidIn({ note, episode }: StoredNote, found: readonly ExtractedClaim[]): readonly Said[] {
  if (episode === null) return [];
  const said = new Map<string, Said>();
  for (const { validAt, isCorrection, serial, position, ...claim } of found) {
    const id = `${episode.id}#${fingerprint(`${timelineKey(claim)}\n${claimKey(claim.value)}\n${claim.polarity}`)}`;
    said.delete(id);
    said.set(id, {
      id,
      claim,
      at: validAt,
      until: null,
      series: serial !== null ? 'numbered' : `session ${episode.sessionId ?? episode.id}`,
      sequence: serial === null ? `${episode.id} ${padded(position)}` : padded(serial),
      isCorrection,
      trust: note.trust,
      isGiven: false,
      episodeId: episode.id,
    });
  }
  return [...said.values()];
}

function padded(count: number): string {
  return String(count).padStart(9, '0');
}

/** Fowler, Noll and Vo's hash, over UTF-16 units, twice with different starts. */
function fingerprint(text: string): string {
  return [0x811c_9dc5, 0x1234_5678]
    .map((start) => {
      let hash = start;
      for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
      return (hash >>> 0).toString(16).padStart(8, '0');
    })
    .join('');
}
