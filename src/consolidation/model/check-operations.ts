import { attributeNamed } from '../../language/attributes.ts';
import type { NoteId } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { ClaimProposal, EvolutionProposal, LinkProposal, Proposals } from '../plan.ts';
import { checkClaim, type TimesOf } from './check-claim.ts';
import type { Operation, OperationOf } from './construct-answer.ts';
import { capitalisedIn, type Grounds, groundsOf, ungrounded } from './grounds.ts';
import { constructSources, sourcesOf } from './note-sources.ts';
import { fieldProblem } from './plain-field.ts';
import type { ShownNote } from './shown-notes.ts';

/** Why something of an answer was not taken. Quotes nothing of it, so that it may be logged. */
export interface Refusal {
  /** Place in the answer, counted from 0. */
  readonly operation: number;
  readonly op: Operation['op'] | 'unknown';
  readonly reason: string;
}

export interface Checked {
  readonly proposals: Proposals;
  readonly refusals: readonly Refusal[];
}

export interface CheckInput {
  /** As they came; null for one that is no known operation. */
  readonly operations: readonly (Operation | null)[];
  readonly shown: readonly ShownNote[];
  /** For `Derived.by`. */
  readonly by: string;
  readonly timesOf: TimesOf;
}

/**
 * What of a model's operations may happen. Handles must be shown ones; only new notes are constructed and claimed from, only
 * notes from before that were constructed earlier are evolved, at most a fifth of those shown (one may always be); every link has
 * a new note at an end; nothing but a plain `related` link joins two trust levels; and every text must be plain
 * (`plain-field.ts`) and hold no name, number, date or address that the notes it rests on do not (`grounds.ts`). A list loses
 * the items that fail, an operation that has nothing left falls. The first of two operations on one thing counts.
 *
 * Pure.
 */
export function checkOperations({ operations, shown, by, timesOf }: CheckInput): Checked {
  const byHandle = new Map(shown.map((note) => [note.handle, note]));
  const names = capitalisedIn(shown.flatMap(sourcesOf));
  const evolvedMax = Math.max(1, Math.floor(shown.length * limits.modelEvolvedShare));
  const notes = new Map<NoteId, Constructed>();
  const links = new Map<string, LinkProposal>();
  const evolutions = new Map<NoteId, EvolutionProposal>();
  const claims: ClaimProposal[] = [];
  const refusals: Refusal[] = [];

  operations.forEach((operation, index) => {
    const refuse = (reason: string): void => {
      refusals.push({ operation: index, op: operation?.op ?? 'unknown', reason });
    };
    const isOver = index >= limits.modelOperations;
    const reason = isOver ? `over ${limits.modelOperations} operations` : decide(operation, refuse);
    if (reason !== null) refuse(reason);
  });
  return {
    proposals: { by, notes, links: [...links.values()], evolutions: [...evolutions.values()], claims },
    refusals,
  };

  /** @returns why it falls as a whole, or null; what falls of it is told to `refuse`. */
  function decide(operation: Operation | null, refuse: Refuse): string | null {
    switch (operation?.op) {
      case undefined:
        return 'no known operation';
      case 'construct':
        return construct(operation, refuse);
      case 'link':
        return link(operation, refuse);
      case 'evolve':
        return evolve(operation, refuse);
      case 'claim':
        return claim(operation);
    }
  }

  function construct(given: OperationOf<'construct'>, refuse: Refuse): string | null {
    const target = byHandle.get(given.handle);
    if (target === undefined) return 'handle not shown';
    if (!target.isNew) return 'not a new note';
    const { id, importance } = target.stored.note;
    if (notes.has(id)) return 'constructed twice';
    const field = newFieldCheck(groundsOf(constructSources(target, shown)), names, refuse);
    const keywords = field.terms(given.keywords, limits.modelKeywords, 'keyword');
    const tags = field.terms(given.tags, limits.modelTags, 'tag');
    const context = field.line(given.context, limits.modelContextCharacters, 'context');
    if (keywords.length === 0 && tags.length === 0 && context === null) return 'nothing left';
    const isShare = given.importance >= 0 && given.importance <= 1;
    if (!isShare) refuse('importance outside 0 to 1');
    const before = shown.find(({ stored }) => stored.note.id === target.turnBefore);
    const basis = basisOf(target, before === undefined ? [target] : [target, before]);
    notes.set(id, { keywords, tags, context, importance: isShare ? given.importance : importance, basis });
    return null;
  }

  function link({ from: fromHandle, to: toHandle, type, reason }: OperationOf<'link'>, refuse: Refuse): string | null {
    const ends = [byHandle.get(fromHandle), byHandle.get(toHandle)].filter((end) => end !== undefined);
    // From the note that came last to the earlier one: none of the types has a direction that would be lost.
    const [from, to] = ends.toSorted((a, b) => lateness(b) - lateness(a));
    if (from === undefined || to === undefined) return 'handle not shown';
    if (from === to) return 'link to itself';
    if (!from.isNew) return 'no new note at either end';
    if (type !== 'related' && !isOneTrust(from, to)) return 'across trust levels';
    // Two notes cannot both support and contradict each other.
    const key = `${from.handle} ${to.handle} ${type === 'related'}`;
    if (links.has(key)) return 'linked twice';
    const field = newFieldCheck(groundsOf([...sourcesOf(from), ...sourcesOf(to)]), names, refuse);
    const why = field.line(reason, limits.modelReasonCharacters, 'reason');
    if (why === null) return 'no reason left';
    links.set(key, { from: from.stored.note.id, to: to.stored.note.id, type, reason: why });
    return null;
  }

  /** New notes stand first among the shown ones, in the order in which they were added. */
  function lateness(note: ShownNote): number {
    return note.isNew ? shown.indexOf(note) : -1;
  }

  function evolve(given: OperationOf<'evolve'>, refuse: Refuse): string | null {
    const target = byHandle.get(given.handle);
    const because = byHandle.get(given.because);
    if (target === undefined || because === undefined) return 'handle not shown';
    const { note } = target.stored;
    if (target.isNew || note.derived === null) return 'not a note from before';
    if (!because.isNew) return 'not because of a new note';
    if (!isOneTrust(target, because)) return 'across trust levels';
    if (evolutions.has(note.id)) return 'evolved twice';
    if (evolutions.size >= evolvedMax) return `over ${evolvedMax} evolved notes`;
    const field = newFieldCheck(groundsOf([...sourcesOf(target), ...sourcesOf(because)]), names, refuse);
    const context = given.context === null ? null : field.line(given.context, limits.modelContextCharacters, 'context');
    const tags = field.terms(given.tags ?? [], limits.modelTags, 'tag');
    const keywords = field.terms(given.keywords ?? [], limits.modelKeywords, 'keyword');
    // An empty list would take away what is there, which no operation may.
    if (context === null && tags.length === 0 && keywords.length === 0) return 'nothing left';
    evolutions.set(note.id, {
      noteId: note.id,
      because: because.stored.note.id,
      basis: basisOf(target, [target, because]),
      ...(context !== null && { context }),
      ...(tags.length > 0 && { tags }),
      ...(keywords.length > 0 && { keywords }),
    });
    return null;
  }

  /**
   * A model may say in its words what any of the shown notes says, and what was derived of those that its words rest on. What
   * is nearest stands first: of forms made from forms there is no end.
   */
  function basisOf(target: ShownNote, grounds: readonly ShownNote[]): readonly NoteId[] {
    const ids = new Set(shown.map(({ stored }) => stored.note.id));
    for (const { stored } of grounds) for (const id of stored.note.derived?.basis ?? []) ids.add(id);
    ids.delete(target.stored.note.id);
    return [...ids].slice(0, limits.derivedBasisNotes);
  }

  function claim(given: OperationOf<'claim'>): string | null {
    const target = byHandle.get(given.handle);
    if (target === undefined) return 'handle not shown';
    if (!target.isNew) return 'not a new note';
    const checked = checkClaim(given, target, timesOf);
    if (checked.kind === 'refused') return checked.reason;
    const { name, isSingle } = attributeNamed(checked.attribute);
    const { subject, value, validAt } = checked;
    claims.push({
      noteId: target.stored.note.id,
      claim: { subject, attribute: name, value, polarity: given.polarity, isSingle },
      validAt,
    });
    return null;
  }
}

type Constructed = Proposals['notes'] extends ReadonlyMap<NoteId, infer Fields> ? Fields : never;
type Refuse = (reason: string) => void;

interface FieldCheck {
  line(text: string, charactersMax: number, what: string): string | null;
  /** Those that pass, once each, at most `max`. */
  terms(given: readonly string[], max: number, what: string): readonly string[];
}

function newFieldCheck(grounds: Grounds, names: ReadonlySet<string>, refuse: Refuse): FieldCheck {
  const line = (text: string, charactersMax: number, what: string): string | null => {
    const trimmed = text.trim();
    // Nothing written is nothing wrong.
    if (trimmed === '') return null;
    const problem = fieldProblem(trimmed, charactersMax) ?? ungrounded(trimmed, grounds, names);
    if (problem === null) return trimmed;
    refuse(`${what}: ${problem}`);
    return null;
  };
  return {
    line,
    terms(given, max, what) {
      const kept = new Map<string, string>();
      for (const term of given.slice(0, max)) {
        const checked = line(term, limits.modelTermCharacters, what);
        if (checked !== null && !kept.has(checked.toLowerCase())) kept.set(checked.toLowerCase(), checked);
      }
      if (given.length > max) refuse(`over ${max} ${what}s`);
      return [...kept.values()];
    },
  };
}

function isOneTrust(a: ShownNote, b: ShownNote): boolean {
  return a.stored.note.trust === b.stored.note.trust;
}
