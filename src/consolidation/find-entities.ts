import type { Entity, EntityKind, Mention } from '../memory/entity.ts';
import type { EntityId, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { ScopeView, ViewName } from './plan.ts';

/**
 * The entities that a note mentions, and where. Names, quoted titles and identifiers always; a phrase when an earlier note has it,
 * and few do. One that goes by a name alike to a known entity's is that entity (`alike-keys.ts`), so that an id
 * lasts; a new one is kept in the view, whose answers hold for the notes that follow.
 */
export function findEntities(
  note: { readonly id: NoteId; readonly text: string },
  view: ScopeView,
  newId: () => EntityId,
): readonly Mention[] {
  const mentions: Mention[] = [];
  for (const name of view.namesOf(note.id)) {
    if (mentions.length === limits.mentionsPerNote) break;
    if (name.kind === 'phrase' && !isRecurring(name.key, note.id, view)) continue;
    if (name.text.length > limits.nameCharacters) continue;
    const known = view.entity(name.key);
    const entity: Entity = known ?? {
      id: newId(),
      scope: view.scope,
      kind: view.isSpeaker(name.key, note.id) ? 'person' : kindOf(name, note.text),
      name: name.text,
    };
    if (known === null) view.keepEntity(entity);
    mentions.push({ entity, start: name.start, end: name.end });
  }
  return mentions;
}

/** Said before, but by few: what one in thirty notes says is a manner of speaking. */
function isRecurring(key: string, id: NoteId, view: ScopeView): boolean {
  const few = Math.floor(Math.max(phraseNotesMin, view.sizeBefore(id) * phraseShareMax));
  const before = view.naming(key, id, few + 1).length;
  return before > 0 && before <= few;
}

const phraseNotesMin = 3;
const phraseShareMax = 1 / 30;

/** By the name's own words, else by the words before it; a thing where nothing says otherwise. */
function kindOf({ kind, text: name, start }: ViewName, text: string): EntityKind {
  if (kind !== 'name') return 'thing';
  if (organisationWords.test(name)) return 'organisation';
  if (placeWords.test(name)) return 'place';
  const before = text.slice(Math.max(0, start - 40), start);
  if (personTitle.test(name) || personBefore.test(before)) return 'person';
  if (organisationBefore.test(before)) return 'organisation';
  return placeBefore.test(before) ? 'place' : 'thing';
}

const organisationWords =
  /\b(?:Inc|Ltd|LLC|GmbH|AG|Corp|Corporation|Company|Co|University|College|Institute|School|Academy|Hospital|Clinic|Bank|Foundation|Association|Society|Committee|Council|Agency|Ministry|Department|Party|Union|Church|Club|Team|Group|Labs?|Studios?|Records|Press|Airlines?)\b/;
const placeWords =
  /\b(?:City|Town|Village|County|State|Province|Island|Islands|Lake|River|Mount|Mountain|Mountains|Valley|Beach|Bay|Park|Garden|Gardens|Street|Avenue|Road|Square|Bridge|Station|Airport|Harbou?r|Forest|Canyon|Desert|Coast|Republic|Kingdom)\b/;
const personTitle = /^(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Aunt|Uncle|Grandma|Grandpa|Saint)\b/;
const personBefore =
  /\b(?:mr|mrs|ms|dr|prof|my|his|her|their|our) ?(?:\.|friend|sister|brother|mother|father|mom|dad|son|daughter|wife|husband|partner|boss|colleague|neighbou?r|cousin|aunt|uncle|roommate|boyfriend|girlfriend|teacher|doctor|coach|mentor)?,? ?$|\b(?:friend|sister|brother|mother|father|mom|dad|son|daughter|wife|husband|partner|boss|colleague|neighbou?r|cousin|aunt|uncle|roommate|boyfriend|girlfriend|teacher|doctor|coach|mentor|named|name is|I'm|I am|married|hi|hey|hello|thanks|dear),? $/i;
const organisationBefore =
  /\b(?:work(?:s|ed|ing)? (?:at|for)|job at|hired by|employed by|joined|intern(?:ed|ing)? at|stud(?:y|ies|ied|ying) at) $/i;
const placeBefore =
  /\b(?:in|to|from|near|around|visit(?:s|ed|ing)?|across|outside|leaving|left for|toward|towards|live[sd]? in|moved? to) $/i;
