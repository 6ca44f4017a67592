import {
  type DerivedFields,
  type EpisodeFields,
  exportFormat,
  exportVersion,
  type LineOf,
  writeLine,
} from './export-line.ts';
import type { Derived } from './memory/derived.ts';
import type { Episode } from './memory/episode.ts';
import type { NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { Link } from './memory/link.ts';
import { covers, parseReadScope, type ReadScope, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { WholeNote } from './memory/store.ts';
import type { ServiceParts } from './service-parts.ts';

/**
 * Everything of a namespace as lines (see `export-line.ts`), a page at a time. What is written meanwhile may or may not be in
 * it; nothing in it refers to what is not. Holds the ids of what was given, and no more.
 */
export function newExporting(parts: Pick<ServiceParts, 'store'>): (tenant: Tenant) => Pick<MemoryService, 'export'> {
  const { store } = parts;

  return (tenant) => ({
    export: ({ namespace }) => exported(parseReadScope(tenant, namespace)),
  });

  async function* exported(read: ReadScope): AsyncGenerator<string> {
    let count = 0;
    yield writeLine({ type: 'header', format: exportFormat, version: exportVersion });
    for (const scope of await scopesOf(read)) {
      for await (const line of linesOf(scope)) {
        count += 1;
        yield line;
      }
    }
    yield writeLine({ type: 'end', lines: count });
  }

  async function scopesOf(read: ReadScope): Promise<readonly Scope[]> {
    if (!read.subtree) return [{ tenant: read.tenant, namespace: read.namespace }];
    const known = (await store.scopes()).filter((scope) => covers(read, scope));
    return known.toSorted((left, right) => (left.namespace < right.namespace ? -1 : 1));
  }

  async function* linesOf(scope: Scope): AsyncGenerator<string> {
    yield writeLine({ type: 'namespace', namespace: scope.namespace });
    const policy = await store.policies.own(scope);
    if (policy !== null) {
      const { curve, isForgetting, retrievabilityMin, capacity, placeMin, recentDays, keptDays } = policy;
      const fields = { curve, is_forgetting: isForgetting, retrievability_min: retrievabilityMin, capacity };
      const days = { place_min: placeMin, recent_days: recentDays, kept_days: keptDays };
      yield writeLine({ type: 'policy', policy: { ...fields, ...days } });
    }
    /** In the order they were added. */
    const ids = new Set<NoteId>();
    const episodes = new Set<string>();
    let last = 0;
    for await (const whole of wholeNotes(scope, null)) {
      ids.add(whole.note.id);
      if (whole.episode !== null) episodes.add(whole.episode.id);
      for (const episode of whole.looseEpisodes) episodes.add(episode.id);
      last = whole.order;
      yield writeLine(noteLine(whole));
    }
    for await (const whole of wholeNotes(scope, last)) yield writeLine(pastLine(whole, { ids, episodes }));
    yield* linkLines(scope, ids);
  }

  async function* wholeNotes(scope: Scope, until: number | null): AsyncGenerator<WholeNote> {
    for (let after = 0; ; ) {
      const page = await store.wholeNotes(scope, after, limits.exportNotes);
      const last = page.at(-1);
      if (last === undefined) return;
      for (const whole of page) if (until === null || whole.order <= until) yield whole;
      after = last.order;
      if (until !== null && after >= until) return;
      await turn();
    }
  }

  async function* linkLines(scope: Scope, ids: ReadonlySet<NoteId>): AsyncGenerator<string> {
    const all = [...ids];
    for (let start = 0; start < all.length; start += limits.exportNotes) {
      const from = all.slice(start, start + limits.exportNotes);
      const found = await store.links(scope.tenant, from);
      const place = new Map(from.map((id, index) => [id, index]));
      const own = found.filter((link) => place.has(link.from) && ids.has(link.to));
      for (const link of own.toSorted((a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0) || byEnd(a, b))) {
        yield writeLine(linkLine(link));
      }
      await turn();
    }
  }
}

/** Reads of the store end within a turn: without this an export would keep the event loop to itself. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function noteLine({ note, episode, looseEpisodes, mentions }: WholeNote): LineOf<'note'> {
  const { claim, summary, retention } = note;
  return {
    type: 'note',
    id: note.id,
    kind: note.kind,
    text: note.text,
    tags: [...note.tags],
    claim:
      claim === null
        ? null
        : {
            subject: claim.subject,
            attribute: claim.attribute,
            value: claim.value,
            polarity: claim.polarity,
            is_single: claim.isSingle,
          },
    summary:
      summary === null
        ? null
        : {
            level: summary.level,
            key: summary.key,
            from: summary.from,
            until: summary.until,
            sentences: summary.sentences.map(({ text, episodes }) => ({ text, episodes: [...episodes] })),
            source_hash: summary.sourceHash,
            by: summary.by,
          },
    version: note.version,
    derivation: note.derivation,
    state: note.state,
    state_reason: note.stateReason,
    is_pinned: note.isPinned,
    expires_at: note.expiresAt,
    origin: note.origin,
    trust: note.trust,
    importance: note.importance,
    retention: {
      stability: retention.stability,
      difficulty: retention.difficulty,
      last_used_at: retention.lastUsedAt,
      uses: retention.uses,
    },
    valid_at: note.validAt,
    invalid_at: note.invalidAt,
    created_at: note.createdAt,
    revised_at: note.revisedAt,
    expired_at: note.expiredAt,
    metadata: note.metadata,
    episode: episode === null ? null : episodeFields(episode),
    loose_episodes: looseEpisodes.map(episodeFields),
    mentions: mentions.map(({ entity, start, end }) => ({
      id: entity.id,
      kind: entity.kind,
      name: entity.name,
      start,
      end,
    })),
  };
}

function episodeFields(episode: Episode): EpisodeFields {
  return {
    id: episode.id,
    session_id: episode.sessionId,
    role: episode.role,
    speaker: episode.speaker,
    text: episode.text,
    event_at: episode.eventAt,
    recorded_at: episode.recordedAt,
    place: episode.place,
    origin: episode.origin,
    trust: episode.trust,
    metadata: episode.metadata,
  };
}

interface Known {
  readonly ids: ReadonlySet<NoteId>;
  readonly episodes: ReadonlySet<string>;
}

/** What came in while the export went on is left out. */
function pastLine({ note, past }: WholeNote, { ids, episodes }: Known): LineOf<'past'> {
  const { sources, derived, supersededBy, versions, uses, isTakenBack } = past;
  const present = versions.at(-1);
  return {
    type: 'past',
    id: note.id,
    sources: note.kind === 'episodic' ? [] : sources.filter((id) => episodes.has(id)),
    derived: derivedFields(derived, ids),
    superseded_by: supersededBy !== null && ids.has(supersededBy) ? supersededBy : null,
    versions: versions.slice(0, -1).map((form) => ({
      version: form.version,
      derivation: form.derivation,
      text: form.text,
      tags: [...form.tags],
      derived: derivedFields(form.derived, ids),
      metadata: form.metadata,
      at: form.at,
      cause: form.cause,
    })),
    present: { at: present?.at ?? note.revisedAt, cause: present?.cause ?? 'added' },
    uses: uses.map(({ at, grade }) => ({ at, grade })),
    is_taken_back: isTakenBack,
  };
}

function derivedFields(derived: Derived | null, ids: ReadonlySet<NoteId>): DerivedFields | null {
  if (derived === null) return null;
  const { keywords, tags, context, importance, times, basis, by } = derived;
  return {
    keywords: [...keywords],
    tags: [...tags],
    context,
    importance,
    times: times.map(({ text, from, until }) => ({ text, from, until })),
    basis: basis.filter((id) => ids.has(id)),
    by,
  };
}

function linkLine(link: Link): LineOf<'link'> {
  const { id, from, to, type: relation, weight, reason, createdAt } = link;
  return { type: 'link', id, from, to, relation, weight, reason, created_at: createdAt };
}

function byEnd(left: Link, right: Link): number {
  if (left.to !== right.to) return left.to < right.to ? -1 : 1;
  return left.type < right.type ? -1 : 1;
}
