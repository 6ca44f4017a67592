import { claimKey } from '../memory/claim.ts';

/** The part of a profile in which a fact stands. */
export type ProfilePart = 'facts' | 'current' | 'preferences' | 'relationships';

/** What an attribute says of a person; one that is in no table may change soon: plans, quantities, whereabouts. */
export function profilePartOf(attribute: string): ProfilePart {
  const key = claimKey(attribute);
  if (lasting.has(key)) return 'facts';
  if (
    persons.has(key) ||
    /^(?:ex )?(?:step|grand|half )?-?(?:mother|father|son|daughter|sister|brother|child|parent)s?(?: in law)?$/u.test(
      key,
    )
  )
    return 'relationships';
  return tastes.has(key) || /^(?:favou?rite|preferred|dislikes?d?|likes?) /u.test(key) ? 'preferences' : 'current';
}

/** Lasting ones in the order in which a person would be introduced; of the others none is known beforehand. */
export const lastingAttributes: readonly string[] = [
  'name',
  'nickname',
  'pronouns',
  'gender',
  'birthday',
  'age',
  'birthplace',
  'hometown',
  'country of origin',
  'citizenship',
  'occupation',
  'employer',
  'position',
  'education',
  'major',
  'religion',
  'language',
  'health condition',
  'allergy',
  'diet',
  'sport',
  'instrument',
  'team',
  'email',
  'phone number',
];

const lasting: ReadonlySet<string> = new Set(lastingAttributes);
const persons: ReadonlySet<string> = new Set([
  ...['spouse', 'fiance', 'partner', 'ex partner', 'child', 'sibling', 'parent', 'boss', 'mentor', 'best friend'],
  ...['friend', 'roommate', 'colleague', 'neighbour', 'relationship status', 'marital status', 'pet', 'cat', 'dog'],
  ...['cousin', 'aunt', 'uncle', 'niece', 'nephew', 'grandma', 'grandpa'],
]);
const tastes: ReadonlySet<string> = new Set(['likes', 'dislikes', 'hobby', 'preference', 'interest', 'style']);
