import type { AttributeRow } from './attribute-table.ts';

/** Of the table of attributes: people whom one knows, beside the nearest family. */
export const kinRows: readonly AttributeRow[] = [
  { name: 'friend', isMultiple: true, nouns: 'friends?|buddy|pal' },
  { name: 'cousin', isMultiple: true, nouns: 'cousins?' },
  { name: 'aunt', isMultiple: true, nouns: 'aunts?|auntie' },
  { name: 'uncle', isMultiple: true, nouns: 'uncles?' },
  { name: 'niece', isMultiple: true, nouns: 'nieces?' },
  { name: 'nephew', isMultiple: true, nouns: 'nephews?' },
  { name: 'grandmother', isMultiple: true, nouns: 'grandmother|grandma|granny|nana' },
  { name: 'grandfather', isMultiple: true, nouns: 'grandfather|grandpa|granddad' },
  { name: 'colleague', isMultiple: true, nouns: 'colleagues?|co-?workers?|teammates?' },
  { name: 'neighbour', isMultiple: true, nouns: 'neighbou?rs?' },
  { name: 'therapist', nouns: 'therapist|counsell?or' },
];
