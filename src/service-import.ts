import { type DerivedFields, type EpisodeFields, exportVersion, type LineOf, readLine } from './export-line.ts';
import { reaches } from './memory/access.ts';
import type { Change } from './memory/change.ts';
import type { Derived } from './memory/derived.ts';
import type { Entity } from './memory/entity.ts';
import type { Episode } from './memory/episode.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import type { ExportLines, ImportOptions, ImportResult } from './memory/exchange.ts';
import type { EntityId, EpisodeId, LinkId, NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import type { Note, NoteVersion } from './memory/note.ts';
import { keyInput } from './memory/note-text.ts';
import { parseNamespace, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { ServiceParts } from './service-parts.ts';

export interface ImportParts extends Pick<ServiceParts, 'store' | 'analyzer'> {
  /** There may be vectors to make. */
  readonly onImported: () => void;
}

interface Pending {
  readonly at: number;
  readonly line: LineOf<'note' | 'past' | 'link'>;
}

/**
 * The lines of an export back into memory, as they were: ids, times, versions and all. What is there already stays as it is, so
 * an import that was cut off is simply made again. Some lines at a time, each time all of them or none.
 */
export function newImporting(parts: ImportParts): (tenant: Tenant) => Pick<MemoryService, 'import'> {
  const { store, analyzer } = parts;

  return (tenant) => ({
    import: (lines, options) => imported(tenant, lines, options),
  });

  async function imported(tenant: Tenant, lines: ExportLines, { within = null }: ImportOptions = {}) {
    const namespaces = new Set<string>();
    const sums = { memories: 0, skipped: 0, links: 0 };
    let scope: Scope | null = null;
    let hasHeader = false;
    let pending: Pending[] = [];
    let characters = 0;
    let number = 0;

    for await (const json of lines) {
      number += 1;
      if (json.trim() === '') continue;
      const at = `/lines/${number}`;
      const line = readLine(json, at);
      if (line.type !== pending[0]?.line.type) await flush();
      if (!hasHeader && line.type !== 'header') throw misplaced('An export begins with its header.', at);
      switch (line.type) {
        case 'header':
          if (line.version !== exportVersion) {
            throw misplaced(
              `This is version ${line.version} of the format; version ${exportVersion} is read here.`,
              at,
            );
          }
          hasHeader = true;
          break;
        case 'namespace': {
          const namespace = parseNamespace(line.namespace, `${at}/namespace`);
          if (!reaches(within === null ? null : within.map((one) => parseNamespace(one)), namespace)) {
            throw new EcphoryError('forbidden', 'This API key was not given this namespace.', { pointer: at });
          }
          scope = { tenant, namespace };
          namespaces.add(namespace);
          break;
        }
        case 'policy':
          await setPolicy(inNamespace(scope, at), line);
          break;
        case 'end':
          break;
        default:
          inNamespace(scope, at);
          pending.push({ at: number, line });
          characters += json.length;
          if (pending.length >= limits.exportNotes || characters >= limits.exportCharacters) await flush();
      }
    }
    await flush();
    if (!hasHeader) throw misplaced('An export begins with its header.', '/lines/1');
    if (sums.memories > 0) parts.onImported();
    return { namespaces: [...namespaces], ...sums } satisfies ImportResult;

    async function flush(): Promise<void> {
      const batch = pending;
      const [first] = batch;
      if (first === undefined || scope === null) return;
      pending = [];
      characters = 0;
      try {
        await take(scope, batch);
      } catch (error) {
        throw placed(error, first.at, batch.at(-1)?.at ?? first.at);
      }
      await turn();
    }

    async function take(into: Scope, batch: readonly Pending[]): Promise<void> {
      const notes = batch.flatMap(({ line }) => (line.type === 'note' ? [line] : []));
      const pasts = batch.flatMap(({ line }) => (line.type === 'past' ? [line] : []));
      const links = batch.flatMap(({ line }) => (line.type === 'link' ? [line] : []));
      const added = await addNotes(into, notes);
      sums.memories += added;
      sums.skipped += notes.length - added;
      await setPasts(into, pasts);
      sums.links += await setLinks(into, links);
    }
  }

  async function setPolicy(scope: Scope, { policy }: LineOf<'policy'>): Promise<void> {
    if ((await store.policies.own(scope)) !== null) return;
    await store.policies.set(scope, {
      curve: policy.curve,
      isForgetting: policy.is_forgetting,
      retrievabilityMin: policy.retrievability_min,
      capacity: policy.capacity,
      placeMin: policy.place_min,
      recentDays: policy.recent_days,
      keptDays: policy.kept_days,
    });
  }

  async function addNotes(scope: Scope, lines: readonly LineOf<'note'>[]): Promise<number> {
    const present = await presentOf(
      scope,
      lines.map(({ id }) => id),
    );
    const missing = lines.filter(({ id }) => !present.has(id));
    await store.apply(
      scope,
      missing.flatMap((line) => noteChanges(scope, line)),
    );
    return missing.length;
  }

  function noteChanges(scope: Scope, line: LineOf<'note'>): readonly Change[] {
    const note = noteOf(scope, line);
    const episode = line.episode === null ? null : episodeOf(scope, line.episode);
    const episodes = [
      ...(episode === null ? [] : [episode]),
      ...line.loose_episodes.map((one) => episodeOf(scope, one)),
    ];
    const mentions = line.mentions.map(({ id, kind, name, start, end }) => {
      const entity: Entity = { id: id as EntityId, scope, kind, name };
      return { entity, start, end };
    });
    return [
      ...episodes.map((one): Change => ({ kind: 'episode-added', episode: one })),
      { kind: 'note-added', note, keys: analyzer.keys(keyInput(note, episode)), isAwaitingPast: true },
      ...(mentions.length === 0 ? [] : [{ kind: 'entities-set', noteId: note.id, mentions } as const]),
    ];
  }

  async function setPasts(scope: Scope, lines: readonly LineOf<'past'>[]): Promise<void> {
    const present = await presentOf(
      scope,
      lines.map(({ id }) => id),
    );
    const changes = lines.flatMap((line): Change[] => {
      const stored = present.get(line.id);
      // Erased since it came in.
      if (stored === undefined) return [];
      const { note, episode } = stored;
      const derived = derivedOf(line.derived);
      const now: NoteVersion = {
        version: note.version,
        derivation: note.derivation,
        text: note.text,
        tags: note.tags,
        derived,
        metadata: note.metadata,
        at: line.present.at,
        cause: line.present.cause,
      };
      const past = {
        sources: note.kind === 'episodic' ? note.sources : (line.sources as EpisodeId[]),
        derived,
        supersededBy: line.superseded_by as NoteId | null,
        versions: [...line.versions.map((form) => ({ ...form, derived: derivedOf(form.derived) })), now],
        uses: line.uses,
        isTakenBack: line.is_taken_back,
      };
      const keys = analyzer.keys(keyInput({ text: note.text, derived }, episode));
      return [{ kind: 'note-past-set', noteId: note.id, past, keys }];
    });
    await store.apply(scope, changes);
  }

  /** Of two notes that are both there, and not linked like this yet. */
  async function setLinks(scope: Scope, lines: readonly LineOf<'link'>[]): Promise<number> {
    if (lines.length === 0) return 0;
    const present = await presentOf(
      scope,
      lines.flatMap(({ from, to }) => [from, to]),
    );
    const found = await store.links(
      scope.tenant,
      lines.map(({ from }) => from as NoteId),
    );
    const linked = new Set(found.map(({ from, to, type }) => `${from} ${to} ${type}`));
    const missing = lines.filter(
      ({ from, to, relation }) => present.has(from) && present.has(to) && !linked.has(`${from} ${to} ${relation}`),
    );
    await store.apply(
      scope,
      missing.map(({ id, from, to, relation, weight, reason, created_at }): Change => {
        const ends = { from: from as NoteId, to: to as NoteId, type: relation };
        return { kind: 'link-set', link: { id: id as LinkId, scope, ...ends, weight, reason, createdAt: created_at } };
      }),
    );
    return missing.length;
  }

  /** @throws EcphoryError `conflict` for what is in another namespace: an id is one memory's. */
  async function presentOf(scope: Scope, ids: readonly string[]) {
    const found = ids.length === 0 ? [] : await store.notes(scope.tenant, [...new Set(ids)] as NoteId[]);
    const elsewhere = found.find(({ note }) => note.scope.namespace !== scope.namespace);
    if (elsewhere !== undefined) {
      throw new EcphoryError('conflict', `${elsewhere.note.id} is already there in another namespace.`);
    }
    return new Map<string, (typeof found)[number]>(found.map((stored) => [stored.note.id, stored]));
  }
}

/** Without what refers to other notes: that follows in its past. */
function noteOf(scope: Scope, line: LineOf<'note'>): Note {
  const { claim, summary, retention, episode } = line;
  if ((line.kind === 'episodic') !== (episode !== null)) {
    throw new EcphoryError(
      'invalid',
      `Note ${line.id} is ${line.kind}: episodic notes, and no others, have an episode.`,
    );
  }
  return {
    id: line.id as NoteId,
    scope,
    kind: line.kind,
    text: line.text,
    tags: line.tags,
    derived: null,
    derivation: line.derivation,
    claim: claim === null ? null : { ...claimWords(claim), isSingle: claim.is_single },
    summary:
      summary === null
        ? null
        : {
            level: summary.level,
            key: summary.key,
            from: summary.from,
            until: summary.until,
            sentences: summary.sentences.map(({ text, episodes }) => ({ text, episodes: episodes as EpisodeId[] })),
            sourceHash: summary.source_hash,
            by: summary.by,
          },
    sources: episode === null ? [] : [episode.id as EpisodeId],
    version: line.version,
    state: line.state,
    stateReason: line.state_reason,
    isPinned: line.is_pinned,
    expiresAt: line.expires_at,
    origin: line.origin,
    trust: line.trust,
    importance: line.importance,
    retention: {
      stability: retention.stability,
      difficulty: retention.difficulty,
      lastUsedAt: retention.last_used_at,
      uses: retention.uses,
    },
    validAt: line.valid_at,
    invalidAt: line.invalid_at,
    createdAt: line.created_at,
    revisedAt: line.revised_at,
    expiredAt: line.expired_at,
    supersededBy: null,
    metadata: line.metadata,
  };
}

function claimWords({ subject, attribute, value, polarity }: NonNullable<LineOf<'note'>['claim']>) {
  return { subject, attribute, value, polarity };
}

function episodeOf(scope: Scope, fields: EpisodeFields): Episode {
  return {
    id: fields.id as EpisodeId,
    scope,
    sessionId: fields.session_id,
    role: fields.role,
    speaker: fields.speaker,
    text: fields.text,
    eventAt: fields.event_at,
    recordedAt: fields.recorded_at,
    place: fields.place,
    origin: fields.origin,
    trust: fields.trust,
    metadata: fields.metadata,
  };
}

function derivedOf(fields: DerivedFields | null): Derived | null {
  return fields === null ? null : { ...fields, basis: fields.basis as NoteId[] };
}

function inNamespace(scope: Scope | null, at: string): Scope {
  if (scope === null) throw misplaced('A line of type "namespace" comes first.', at);
  return scope;
}

function misplaced(message: string, pointer: string): EcphoryError {
  return new EcphoryError('invalid', message, { pointer });
}

/** What the store says of a batch, with the lines that are meant. */
function placed(error: unknown, first: number, last: number): unknown {
  if (!isEcphoryError(error) || (error.code !== 'not_found' && error.code !== 'conflict' && error.code !== 'invalid')) {
    return error;
  }
  const message = `Lines ${first} to ${last} were not taken: ${error.message} What came before them was.`;
  const code = error.code === 'conflict' ? 'conflict' : 'invalid';
  return new EcphoryError(code, message, { pointer: `/lines/${first}`, cause: error });
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
