import { factChanges, factClaim } from './consolidation/fact-changes.ts';
import { checkedCount, checkFact, checkTerms, requireTime } from './encoding/check-input.ts';
import { factOf } from './encoding/view.ts';
import type { CarryOutOnce, ReceiptOf } from './idempotency.ts';
import { attributeNamed } from './language/attributes.ts';
import { type Claim, claimKey } from './memory/claim.ts';
import type { Filter } from './memory/filter.ts';
import type { NoteId } from './memory/ids.ts';
import type { ChangesInput, Fact, FactChange, FactInput, FactOutcome, FactsInput } from './memory/knowledge.ts';
import { limits } from './memory/limits.ts';
import type { Note, NoteState } from './memory/note.ts';
import { embeddingText } from './memory/note-text.ts';
import { parseNamespace, parseReadScope, type ReadScope, readScope, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { ClaimQuery, Store, StoredNote } from './memory/store.ts';
import { type EmbedPassages, loadMemory, type ServiceParts } from './service-parts.ts';
import { newTurns } from './turns.ts';

export interface FactsParts extends Pick<ServiceParts, 'store' | 'analyzer' | 'embedder' | 'curve' | 'ids' | 'clock'> {
  readonly embed: EmbedPassages;
  readonly once: CarryOutOnce;
}

/** What a repeat is told: no word of the fact, which may be erased by then. */
interface SettledFact {
  readonly outcome: FactOutcome['outcome'];
  readonly factId: NoteId;
  readonly others: readonly NoteId[];
}

/** Facts: one in, settled against those that are held; and what is held of whom, since when. */
export function newFacts(parts: FactsParts): (tenant: Tenant) => Pick<MemoryService, 'addFact' | 'facts' | 'changes'> {
  const { store, embedder } = parts;
  /** Two facts about one thing are settled one after the other: each must see what the other came to. */
  const inTurn = newTurns();

  return (tenant) => ({
    async addFact(input, options) {
      checkFact(input);
      const scope: Scope = { tenant, namespace: parseNamespace(input.namespace) };
      const { outcome, factId, others } = await once(input, options, scope);
      const stored = await loadMemory(store, tenant, factId);
      const [fact] = await factsOf(store, tenant, [stored]);
      return { outcome, fact: fact ?? factOf(stored), others };
    },
    facts: (input) => facts(tenant, input),
    changes: (input) => changes(tenant, input),
  });

  async function once(
    input: FactInput,
    options: Parameters<MemoryService['addFact']>[1],
    scope: Scope,
  ): Promise<SettledFact> {
    const { tenant } = scope;
    return parts.once({ tenant, route: 'fact', input, options }, (receiptOf: ReceiptOf<SettledFact>) =>
      inTurn(`${tenant}\n${scope.namespace}`, () => settle(scope, input, receiptOf)),
    );
  }

  async function settle(scope: Scope, input: FactInput, receiptOf: ReceiptOf<SettledFact>): Promise<SettledFact> {
    const claim = factClaim(input);
    const existing = await store.claims(readScope(scope), {
      ...topicOf(claim),
      // Where values stand beside each other, the others do not matter, and there may be many.
      ...(!claim.isSingle && { values: [claimKey(claim.value)] }),
      limit: limits.factsRead,
    });
    const ids = existing.map(({ note }) => note.id);
    const links = ids.length === 0 ? [] : await store.links(scope.tenant, ids);
    const now = parts.clock();
    const planned = factChanges({ scope, input, existing, links, parts: { ...parts, now } });
    const { outcome, factId, others } = planned;
    const settled: SettledFact = { outcome, factId, others };
    const receipt = receiptOf?.(settled);
    await store.apply(scope, planned.changes, receipt === undefined ? {} : { receipt });
    const added = planned.changes.flatMap((change) => (change.kind === 'note-added' ? [change.note] : []));
    await embedAdded(scope, added);
    return settled;
  }

  /** In a step of its own: a slow embedder must not hold up the next fact. What fails here the backfill makes up for. */
  async function embedAdded(scope: Scope, notes: readonly Note[]): Promise<void> {
    const vectors = await parts.embed(notes.map((note) => embeddingText(note, null)));
    if (embedder === null || vectors === null) return;
    const changes = notes.flatMap(({ id, version, derivation }, index) => {
      const vector = vectors[index];
      if (vector === undefined) return [];
      return [{ kind: 'note-embedded' as const, noteId: id, version, derivation, embedder: embedder.id, vector }];
    });
    await store.apply(scope, changes);
  }

  async function facts(tenant: Tenant, input: FactsInput): Promise<readonly Fact[]> {
    const read = parseReadScope(tenant, input.namespace);
    const limit = checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit });
    const asOf = input.asOf === undefined ? null : requireTime(input.asOf, '/as_of');
    checkTerms({ subject: input.subject, attribute: input.attribute });
    const isPast = input.includeSuperseded === true;
    const found = await claims(read, input, isPast || asOf !== null ? ['active', 'invalidated'] : ['active']);
    const at = asOf ?? parts.clock();
    const held = found.filter(({ note }) => (isPast && asOf === null) || heldAt(note, at));
    return factsOf(store, tenant, held.toSorted(byBeginning).slice(-limit));
  }

  async function changes(tenant: Tenant, input: ChangesInput): Promise<readonly FactChange[]> {
    const read = parseReadScope(tenant, input.namespace);
    checkTerms({ subject: input.subject, attribute: input.attribute });
    const found = await claims(read, input, ['active', 'invalidated']);
    const told = await factsOf(store, tenant, found.toSorted(byBeginning));
    const before = new Map(told.flatMap((fact) => (fact.supersededBy === null ? [] : [[fact.supersededBy, fact.id]])));
    return told
      .flatMap((fact): FactChange[] => {
        const began: FactChange = {
          at: fact.validAt ?? fact.createdAt,
          kind: 'began',
          fact,
          other: before.get(fact.id) ?? null,
        };
        if (fact.invalidAt === null) return [began];
        return [began, { at: fact.invalidAt, kind: 'ended', fact, other: fact.supersededBy }];
      })
      .toSorted(byTime);
  }

  /** Where there are too many to read all of them, the newest. */
  async function claims(
    read: ReadScope,
    asked: Pick<FactsInput, 'subject' | 'attribute'>,
    states: readonly NoteState[],
  ): Promise<readonly StoredNote[]> {
    const topic = topicOf(asked);
    const found = await store.claims(read, { ...topic, states, limit: limits.factsRead });
    if (found.length < limits.factsRead) return found;
    const page = await store.list(read, { limit: limits.factsRead, cursor: null, filter: isSemantic, states });
    return page.data.filter(({ note: { claim } }) => claim !== null && isAbout(claim, topic)).toReversed();
  }
}

const isSemantic: Filter = {
  kind: 'compare',
  field: { kind: 'field', name: 'kind' },
  comparison: 'eq',
  value: 'semantic',
};

function isAbout({ subject, attribute }: Claim, { subjects, attributes }: Pick<ClaimQuery, 'subjects' | 'attributes'>) {
  const isSubject = subjects === undefined || subjects.includes(claimKey(subject));
  return isSubject && (attributes === undefined || attributes.includes(claimKey(attribute)));
}

/** Current facts about a subject as callers see them, in the order in which they came to be true. */
export async function currentFacts(
  store: Store,
  scope: Scope,
  about: { readonly subject: string; readonly at: number },
): Promise<readonly Fact[]> {
  const subject = claimKey(about.subject);
  if (subject === '') return [];
  const found = await store.claims(readScope(scope), { subjects: [subject], limit: limits.pageLimit });
  const held = found.filter(({ note }) => heldAt(note, about.at));
  return factsOf(store, scope.tenant, held.toSorted(byBeginning));
}

/** With those that say otherwise, as far as neither has been replaced since. Two reads for all of them. */
export async function factsOf(store: Store, tenant: Tenant, found: readonly StoredNote[]): Promise<readonly Fact[]> {
  if (found.length === 0) return [];
  const links = (
    await store.links(
      tenant,
      found.map(({ note }) => note.id),
    )
  ).filter(({ type }) => type === 'contradicts');
  const ends = [...new Set(links.flatMap(({ from, to }) => [from, to]))];
  const open = new Set(
    (ends.length === 0 ? [] : await store.notes(tenant, ends))
      .filter(({ note }) => note.state === 'active' && note.supersededBy === null)
      .map(({ note }) => note.id),
  );
  return found.map((stored) => {
    const { id } = stored.note;
    const others = links.flatMap(({ from, to }) => (from === id ? [to] : to === id ? [from] : []));
    const contradicts = open.has(id) ? [...new Set(others)].filter((other) => open.has(other)) : [];
    return factOf(stored, contradicts);
  });
}

/** Known attributes are held under one name whatever words are used. */
function topicOf({ subject, attribute }: Pick<FactsInput, 'subject' | 'attribute'>): Omit<ClaimQuery, 'limit'> {
  return {
    ...(subject !== undefined && { subjects: [claimKey(subject)] }),
    ...(attribute !== undefined && {
      attributes: [...new Set([claimKey(attribute), claimKey(attributeNamed(attribute).name)])],
    }),
  };
}

/** True in the world then, as far as is known now. */
export function heldAt({ validAt, invalidAt, supersededBy, state }: Note, at: number): boolean {
  if (invalidAt === null && (supersededBy !== null || state !== 'active')) return false;
  return (validAt === null || validAt <= at) && (invalidAt === null || at < invalidAt);
}

function byBeginning({ note: left }: StoredNote, { note: right }: StoredNote): number {
  return (left.validAt ?? left.createdAt) - (right.validAt ?? right.createdAt) || left.createdAt - right.createdAt;
}

/** What ended stands before what began at the same moment. */
function byTime(left: FactChange, right: FactChange): number {
  if (left.at !== right.at) return left.at < right.at ? -1 : 1;
  return Number(left.kind === 'began') - Number(right.kind === 'began');
}
