import type { Change } from '../memory/change.ts';
import type { Derived } from '../memory/derived.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import { embeddingText, keyInput } from '../memory/note-text.ts';
import { lentTags } from './lent-tags.ts';
import { type NoteForm, noteForms } from './note-forms.ts';
import type { Batch, EvolutionProposal, PassParts, PlanPass } from './plan.ts';

/**
 * A new note changes what is known of earlier ones (A-MEM, section 3.3): their derived tags, keywords and context line, never
 * their text, and never across levels of trust: what came in over the web says nothing of what a user said.
 *
 * By rules a note that the new one is linked to takes over the tags that two or more of its neighbours have
 * (`lent-tags.ts`); with a model, what it proposed. At most `limits.evolvedPerNote` notes for a new one. Every change is a new derivation,
 * whose cause names the new note. A note that has nothing to take over is left as it is: a second run plans nothing.
 *
 * New notes are gone through in order, each seeing the links and tags that those before it left.
 */
export const planEvolution: PlanPass = async (batch, parts) => {
  const proposed = proposalsByNote(batch);
  const gathered = await gatheredFor(batch, proposed, parts);
  const { forms, linksOf } = gathered;
  const changes: Change[] = [];
  for (const { note } of batch.due) {
    gathered.addLinksFrom(note.id);
    let left = limits.evolvedPerNote;
    const evolve = (form: NoteForm, derived: Derived, why: string): void => {
      left -= 1;
      changes.push(derivedAnew(form, derived, { batch, parts, cause: `evolution: ${why}, because of ${note.id}` }));
      forms.set(form.stored.note.id, { ...form, derived, derivation: form.derivation + 1 });
    };
    const mayEvolve = (id: NoteId): NoteForm | null => {
      const form = forms.get(id);
      const isOpen = form !== undefined && id !== note.id && form.stored.note.state === 'active';
      return isOpen && form.stored.note.trust === note.trust && left > 0 ? form : null;
    };
    for (const proposal of proposed.get(note.id) ?? []) {
      const form = mayEvolve(proposal.noteId);
      const derived = form === null ? null : proposedForm(form.derived, proposal, batch.proposals?.by ?? '');
      if (form !== null && derived !== null) evolve(form, derived, 'a model saw it in another light');
    }
    for (const { to } of linksOf(note.id).filter(({ from }) => from === note.id)) {
      const form = mayEvolve(to);
      if (form === null) continue;
      const neighbours = linksOf(to)
        .filter(({ weight }) => weight >= closeMin)
        .map((link) => (link.from === to ? link.to : link.from));
      const voters = [...new Set(neighbours)].flatMap((id) => {
        const voter = forms.get(id);
        return voter?.stored.note.trust === form.stored.note.trust ? [voter] : [];
      });
      const lent = lentTags(
        [...form.stored.note.tags, ...form.derived.tags],
        voters.map(({ derived }) => derived.tags),
      );
      const tags = [...form.derived.tags, ...lent].slice(0, limits.derivedTagsPerNote);
      const basis = basisWith(form, voters, lent);
      if (tags.length === form.derived.tags.length || basis.length > limits.derivedBasisNotes) continue;
      evolve(form, { ...form.derived, tags, basis }, 'tags of its neighbours');
    }
  }
  return changes;
};

/** A tag may have been lent to who lends it: those it came from are behind it, too. */
function basisWith(
  { stored, derived }: NoteForm,
  voters: readonly NoteForm[],
  lent: readonly string[],
): readonly NoteId[] {
  const lenders = voters.filter((voter) => voter.derived.tags.some((tag) => lent.includes(tag)));
  const ids = new Set([
    ...derived.basis,
    ...lenders.flatMap((lender) => [lender.stored.note.id, ...lender.derived.basis]),
  ]);
  ids.delete(stored.note.id);
  // The order in which links are read is that of batches.
  return [...ids].sort();
}

/** Neighbours over weaker links share a matter, not a field. */
const closeMin = 0.25;

interface Gathered {
  /** By note; grows newer as the plan goes on. */
  readonly forms: Map<NoteId, NoteForm>;
  /** `related` links from and to a note, those of later notes of the batch not yet. */
  readonly linksOf: (id: NoteId) => readonly Link[];
  /** Takes in what was planned for a note. */
  readonly addLinksFrom: (id: NoteId) => void;
}

/** Everything that votes: the notes that new ones are linked to, what these are linked to, and the proposals' notes. */
async function gatheredFor(
  { due, planned, scope }: Batch,
  proposed: ReadonlyMap<NoteId, readonly EvolutionProposal[]>,
  { store }: PassParts,
): Promise<Gathered> {
  const set = planned.flatMap((change) => (change.kind === 'link-set' && isRelated(change.link) ? [change.link] : []));
  const removed = new Set(planned.flatMap((change) => (change.kind === 'link-removed' ? [change.linkId] : [])));
  const dueIds = due.map(({ note }) => note.id);
  const targets = [...new Set([...dueIds, ...set.map(({ to }) => to)])];
  const stored = (await store.links(scope.tenant, targets)).filter((link) => isRelated(link) && !removed.has(link.id));
  const targetSet = new Set(targets);
  // A new note may be linked to before, when it is looked at again; what those lead to votes too.
  const beyond = new Set(stored.flatMap(({ from, to }) => [from, to]).filter((id) => !targetSet.has(id)));
  const outer = [...beyond].filter((id) => stored.some(({ from, to }) => to === id && dueIds.includes(from)));
  const more = outer.length === 0 ? [] : (await store.links(scope.tenant, outer)).filter(isRelated);
  const proposals = [...proposed.values()].flat().map(({ noteId }) => noteId);
  const ids = new Set([
    ...targets,
    ...beyond,
    ...more.flatMap(({ from, to }) => [from, to]),
    ...set.flatMap(({ from, to }) => [from, to]),
    ...proposals,
  ]);
  const notes = await store.notes(scope.tenant, [...ids]);
  const inScope = notes.filter(({ note }) => note.scope.namespace === scope.namespace && note.origin !== 'derived');
  const links = new Map<NoteId, Link[]>();
  const seen = new Set<string>();
  const put = (link: Link): void => {
    if (seen.has(link.id)) return;
    seen.add(link.id);
    for (const id of [link.from, link.to]) {
      const at = links.get(id);
      if (at === undefined) links.set(id, [link]);
      else at.push(link);
    }
  };
  for (const link of [...stored, ...more]) put(link);
  return {
    forms: noteForms(inScope, planned),
    linksOf: (id) => links.get(id) ?? [],
    addLinksFrom: (id) => set.filter(({ from }) => from === id).forEach(put),
  };
}

function isRelated({ type }: Link): boolean {
  return type === 'related';
}

/** Null when it says nothing that is not said already. */
function proposedForm(derived: Derived, proposal: EvolutionProposal, by: string): Derived | null {
  const { context, tags, keywords, basis } = proposal;
  const form: Derived = {
    ...derived,
    ...(context !== undefined && { context }),
    ...(tags !== undefined && { tags: tags.slice(0, limits.derivedTagsPerNote) }),
    ...(keywords !== undefined && { keywords: keywords.slice(0, limits.keywordsPerNote) }),
    basis: [...new Set([...derived.basis, ...basis])],
  };
  const said = ({ context, tags, keywords }: Derived): string => JSON.stringify([context, tags, keywords]);
  return by === '' || said(form) === said(derived) ? null : { ...form, by };
}

interface AnewParts {
  readonly batch: Batch;
  readonly parts: PassParts;
  readonly cause: string;
}

function derivedAnew({ stored, derived: before, derivation }: NoteForm, derived: Derived, anew: AnewParts): Change {
  const { note, episode } = stored;
  const textOf = (form: Derived): string => embeddingText({ text: note.text, derived: form }, episode);
  return {
    kind: 'note-derived',
    noteId: note.id,
    expectedVersion: note.version,
    expectedDerivation: derivation,
    derived,
    keys: anew.parts.analyzer.keys(keyInput({ text: note.text, derived }, episode)),
    isEmbeddedAnew: textOf(before) !== textOf(derived),
    cause: anew.cause,
    at: anew.batch.now,
  };
}

/** A proposal counts with the due note that gave the occasion. */
function proposalsByNote({ due, proposals }: Batch): ReadonlyMap<NoteId, readonly EvolutionProposal[]> {
  const byNote = new Map<NoteId, EvolutionProposal[]>(due.map(({ note }) => [note.id, []]));
  for (const proposal of proposals?.evolutions ?? []) byNote.get(proposal.because)?.push(proposal);
  return byNote;
}
