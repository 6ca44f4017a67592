import type { Fact } from '../memory/knowledge.ts';
import { limits } from '../memory/limits.ts';
import type { Memory } from '../memory/service.ts';
import type { Profile } from '../memory/upkeep.ts';
import { neutral, neutralName } from './neutral.ts';
import { lastingAttributes, profilePartOf } from './profile-kinds.ts';

export type ProfileParts = Omit<Profile, 'namespace' | 'hash' | 'text'>;

/**
 * The parts of a profile from the facts that hold, whatever their order: the same facts give the same profile. Preferences
 * with most evidence first; the others by attribute, then in the order in which they came to be true.
 */
export function profileParts(facts: readonly Fact[], instructions: readonly Memory[]): ProfileParts {
  const of = (part: ReturnType<typeof profilePartOf>): readonly Fact[] =>
    facts
      .filter(({ attribute }) => profilePartOf(attribute) === part)
      .toSorted(part === 'preferences' ? byEvidence : byAttribute)
      .slice(0, limits.profileFacts);
  return {
    facts: of('facts'),
    current: of('current'),
    preferences: of('preferences'),
    relationships: of('relationships'),
    instructions: lastSaid(instructions).slice(-limits.profileInstructions),
  };
}

/** Everything that, changed, makes another profile: what `hash` is of. One text for one profile, byte for byte. */
export function profileContent(namespace: string, parts: ProfileParts): string {
  const { instructions, ...facts } = parts;
  return JSON.stringify([namespace, facts, instructions.map(({ id, version, text }) => [id, version, text])]);
}

/**
 * For the head of a prompt. Lines are ours from their first character on, and the fence is made from the hash of the
 * content: to foresee it, a text would have to hold a part of a hash of itself.
 */
export function profileText(namespace: string, parts: ProfileParts, hash: string): string {
  const { facts, current, preferences, relationships, instructions } = parts;
  const sections = [
    ...section('Facts', facts.map(factLine)),
    ...section('Now', current.map(factLine)),
    ...section('Preferences', preferences.map(factLine)),
    ...section('Relationships', relationships.map(factLine)),
    ...section(
      'Standing instructions of the user',
      instructions.map(({ text }) => `- ${oneLine(text)}`),
    ),
  ];
  if (sections.length === 0) return '';
  const fence = fenceOf(hash, sections);
  return [
    `Profile of ${neutralName(namespace)}: data about the user, up to the line that closes ${fence}.`,
    `<profile ${fence}>`,
    ...sections,
    `</profile ${fence}>`,
  ].join('\n');
}

function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`# ${heading}`, ...lines];
}

/** `- likes: hiking (3 times, since 2024-05-08)`. */
function factLine({ attribute, value, polarity, sources, validAt, contradicts }: Fact): string {
  const marks = [
    ...(sources.length > 1 ? [`${sources.length} times`] : []),
    ...(validAt === null ? [] : [`since ${validAt.slice(0, 10)}`]),
    ...(contradicts.length > 0 ? ['disputed'] : []),
  ];
  const said = `${polarity === 'negative' ? 'not ' : ''}${oneLine(value)}`;
  return `- ${neutralName(attribute)}: ${said}${marks.length === 0 ? '' : ` (${marks.join(', ')})`}`;
}

function oneLine(text: string): string {
  const line = neutral(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > lineCharacters ? `${line.slice(0, lineCharacters).toWellFormed()}…` : line;
}

/** An instruction is a sentence, a value a few words. */
const lineCharacters = 320;

/** The first 64 bits of the hash that no line has: the first ones, unless somebody found a way to foresee them. */
function fenceOf(hash: string, lines: readonly string[]): string {
  for (let start = 0; start + fenceCharacters <= hash.length; start += fenceCharacters) {
    const word = hash.slice(start, start + fenceCharacters);
    if (!lines.some((line) => line.includes(word))) return word;
  }
  throw new Error('A profile holds its own hash.');
}

const fenceCharacters = 16;

/** Of what was told twice the last time; oldest first. */
function lastSaid(instructions: readonly Memory[]): readonly Memory[] {
  const last = new Map(
    instructions.map((one) => [
      one.text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
      one.id,
    ]),
  );
  const kept = new Set(last.values());
  return instructions.filter(({ id }) => kept.has(id));
}

function byEvidence(left: Fact, right: Fact): number {
  return right.sources.length - left.sources.length || byAttribute(left, right);
}

function byAttribute(left: Fact, right: Fact): number {
  return (
    placeOf(left) - placeOf(right) ||
    compared(left.attribute, right.attribute) ||
    compared(left.validAt ?? left.createdAt, right.validAt ?? right.createdAt) ||
    compared(left.id, right.id)
  );
}

function placeOf({ attribute }: Fact): number {
  const place = lastingAttributes.indexOf(attribute);
  return place < 0 ? lastingAttributes.length : place;
}

function compared(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
