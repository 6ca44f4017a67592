import { attributeNamed } from '../language/attributes.ts';
import type { Change } from '../memory/change.ts';
import type { Claim } from '../memory/claim.ts';
import type { NoteId } from '../memory/ids.ts';
import type { FactInput, FactOutcome } from '../memory/knowledge.ts';
import type { Link } from '../memory/link.ts';
import type { Note } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import type { StoredNote } from '../memory/store.ts';
import { parseTime } from '../memory/time.ts';
import { givenSeries, type Said, type SettleParts, settled } from './claim-changes.ts';
import { timelineKey } from './settle-claims.ts';

export interface FactChanges {
  readonly changes: readonly Change[];
  readonly outcome: FactOutcome['outcome'];
  /** The note that holds it. */
  readonly factId: NoteId;
  /** Those it superseded or contradicts. */
  readonly others: readonly NoteId[];
}

type Parts = SettleParts & { readonly now: number };

/** The claim that a caller's words mean: under the attribute's one name. */
export function factClaim(input: FactInput): Claim {
  const { name, isSingle } = attributeNamed(input.attribute);
  return {
    subject: input.subject,
    attribute: name,
    value: input.value,
    polarity: input.polarity ?? 'positive',
    isSingle: input.isSingle ?? isSingle,
  };
}

/**
 * A caller's fact, settled against those of its topic by the same function as claims found in conversations. `existing` are the
 * active claims of the topic (subject and attribute of `factClaim(input)`), `links` the links between them.
 */
export function factChanges({
  scope,
  input,
  existing,
  links = [],
  parts,
}: {
  readonly scope: Scope;
  readonly input: FactInput;
  readonly existing: readonly StoredNote[];
  readonly links?: readonly Link[];
  readonly parts: Parts;
}): FactChanges {
  const claim = factClaim(input);
  const key = timelineKey(claim);
  const notes = existing
    .map(({ note }) => note)
    .filter((note) => note.claim !== null && timelineKey(note.claim) === key);
  const held = new Set(notes.map(({ id }) => id));
  const contradictions = links.filter(({ type, from, to }) => type === 'contradicts' && held.has(from) && held.has(to));
  const said = asSaid(claim, input, parts);
  const result = settled({ scope, notes, links: contradictions }, [said], parts, parts.now);
  const factId = result.noteOf.get(said.id) ?? said.givenAs ?? parts.ids.noteId();
  const contradicted = result.links.flatMap(({ from, to }) => (from === factId ? [to] : to === factId ? [from] : []));
  const superseded = result.notes
    .filter(({ id, supersededBy }) => supersededBy === factId && !wasSuperseded(notes, id, factId))
    .map(({ id }) => id);
  const isHeld = held.has(factId);
  const outcome = isHeld
    ? 'corroborated'
    : contradicted.length > 0
      ? 'contradicted'
      : superseded.length > 0
        ? 'superseded'
        : 'added';
  return { changes: result.changes, outcome, factId, others: contradicted.length > 0 ? contradicted : superseded };
}

/** A given fact is one statement, and its id is that of its note. */
function asSaid(claim: Claim, input: FactInput, { ids, now }: Parts): Said {
  const givenAs = ids.noteId();
  const at = input.validAt === undefined ? now : (parseTime(input.validAt) ?? now);
  const trust = 2;
  const given = { until: null, series: givenSeries, isCorrection: false, isGiven: true, episodeId: null };
  return { id: givenAs, givenAs, claim, at, sequence: givenAs, trust, ...given };
}

function wasSuperseded(notes: readonly Note[], id: NoteId, by: NoteId): boolean {
  return notes.some((note) => note.id === id && note.supersededBy === by);
}
