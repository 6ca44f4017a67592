import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { LinkId, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import type { Note } from '../memory/note.ts';
import { cut } from './context-line.ts';
import { type FoundLink, linksOf } from './note-links.ts';
import type { Batch, LinkProposal, PassParts, PlanPass, ScopeView } from './plan.ts';

/**
 * Links from every due note to earlier ones (A-MEM, section 3.2): those that rules find (`note-links.ts`), and those that a
 * model proposed. Both ends are looked up in the store: a link to a note that is gone, of another scope, or out of default
 * recall is not made. Links may join notes of different trust, and a reader sees the trust of both ends.
 *
 * A note whose text was changed keeps the links that its new text would make too, and loses its other `related` ones.
 */
export const planLinks: PlanPass = async (batch, parts) => {
  const { due, scope, now } = batch;
  const proposed = proposalsByNote(batch);
  const found = new Map(due.map(({ note }) => [note.id, linksOf(note.id, parts.view)]));
  const held = await heldNotes(batch, found, proposed, parts);
  const again = due.filter(({ note }) => note.derivation > 0).map(({ note }) => note.id);
  const existing = again.length === 0 ? [] : await parts.store.links(scope.tenant, again);
  const changes: Change[] = [];
  for (const { note } of due) {
    const wanted = wantedLinks(note, {
      found: found.get(note.id) ?? [],
      proposed: proposed.get(note.id) ?? [],
      held,
      view: parts.view,
      analyzer: parts.analyzer,
    });
    const before = new Map(
      existing.filter(({ from }) => from === note.id).map((link) => [`${link.type} ${link.to}`, link]),
    );
    for (const [key, link] of before) {
      if (link.type === 'related' && !wanted.has(key)) changes.push({ kind: 'link-removed', linkId: link.id });
    }
    for (const [key, link] of wanted) {
      if (before.has(key)) continue;
      changes.push({ kind: 'link-set', link: newLink(link, { id: parts.ids.linkId(), from: note.id, scope, now }) });
    }
  }
  return changes;
};

type Wanted = Pick<Link, 'to' | 'type' | 'weight' | 'reason'>;

/** What a model's word is worth: it has read both notes, but nobody has read it. */
const proposedWeight = 0.7;

interface WantedParts {
  readonly found: readonly FoundLink[];
  readonly proposed: readonly LinkProposal[];
  readonly held: ReadonlyMap<NoteId, Note>;
  readonly view: ScopeView;
  readonly analyzer: Analyzer;
}

/** At most one a type and target; a model's reason says more than shared words do. */
function wantedLinks(note: Note, { found, proposed, held, view, analyzer }: WantedParts): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const link of found) {
    const other = held.get(link.to);
    if (other === undefined) continue;
    const reason = reasonOf(link, { note, view, analyzer });
    wanted.set(`related ${link.to}`, { to: link.to, type: 'related', weight: link.weight, reason });
  }
  for (const { to, type, reason } of proposed.slice(0, limits.linksPerNote)) {
    if (to === note.id || !held.has(to)) continue;
    const weight = Math.max(proposedWeight, wanted.get(`${type} ${to}`)?.weight ?? 0);
    wanted.set(`${type} ${to}`, { to, type, weight, reason: cut(reason.trim(), limits.linkReasonCharacters) || null });
  }
  return wanted;
}

const reasonWords = 3;

/** "Both mention Lisbon; both about nurse, job". */
function reasonOf(
  { to, alike, names }: FoundLink,
  { note, view, analyzer }: { readonly note: Note; readonly view: ScopeView; readonly analyzer: Analyzer },
): string {
  const parts: string[] = [];
  if (names.length > 0) parts.push(`both mention ${names.slice(0, reasonWords).join(', ')}`);
  if (alike) {
    const named = new Set(names.flatMap((name) => analyzer.stems(name)));
    const stems = view.sharedStems(note.id, to, 2 * reasonWords).filter((stem) => !named.has(stem));
    const words = stems.slice(0, reasonWords).map((stem) => spelt(stem, note.text, analyzer));
    if (words.length > 0) parts.push(`both about ${words.join(', ')}`);
  }
  return cut(parts.join('; '), limits.linkReasonCharacters);
}

/** The first word of the text that has the stem, as it stands there. */
function spelt(stem: string, text: string, analyzer: Analyzer): string {
  for (const word of text.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*/gu) ?? []) {
    if (analyzer.stems(word)[0] === stem) return word;
  }
  return stem;
}

function newLink(
  { to, type, weight, reason }: Wanted,
  { id, from, scope, now }: Pick<Link, 'from' | 'scope'> & { readonly id: LinkId; readonly now: number },
): Link {
  return { id, scope, from, to, type, weight, reason, createdAt: now };
}

/** A proposal counts with the due note it starts from; one that starts elsewhere came for no reason that can be checked. */
function proposalsByNote({ due, proposals }: Batch): ReadonlyMap<NoteId, readonly LinkProposal[]> {
  const byNote = new Map<NoteId, LinkProposal[]>(due.map(({ note }) => [note.id, []]));
  for (const proposal of proposals?.links ?? []) byNote.get(proposal.from)?.push(proposal);
  return byNote;
}

/** The notes at the other ends that a link may lead to, as they are now. */
async function heldNotes(
  { scope }: Batch,
  found: ReadonlyMap<NoteId, readonly FoundLink[]>,
  proposed: ReadonlyMap<NoteId, readonly LinkProposal[]>,
  { store }: PassParts,
): Promise<ReadonlyMap<NoteId, Note>> {
  const ids = new Set([...found.values(), ...proposed.values()].flatMap((links) => links.map(({ to }) => to)));
  const held = await store.notes(scope.tenant, [...ids]);
  return new Map(
    held
      .filter(({ note }) => note.scope.namespace === scope.namespace && note.state === 'active')
      .filter(({ note }) => note.origin !== 'derived')
      .map(({ note }) => [note.id, note]),
  );
}
