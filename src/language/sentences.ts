/** A sentence of a text. */
export interface Sentence {
  readonly text: string;
  /** The number that a list gives it: "12. Ann lives in Rome."; null outside of lists. */
  readonly serial: number | null;
  readonly isQuestion: boolean;
}

/**
 * The sentences of a text, in order: ended by `.`, `!`, `?` before a space and by line feeds, not after abbreviations and
 * initials. A line of a numbered list is one sentence, without its number. Quotations keep their sentence.
 */
export function sentencesOf(text: string): readonly Sentence[] {
  return text.split(/\n+/u).flatMap((line): readonly Sentence[] => {
    const [, serial, listed] = numbered.exec(line) ?? [];
    if (serial !== undefined && listed !== undefined && listed.length <= listedCharacters) {
      return [{ text: listed.trim(), serial: Number(serial), isQuestion: /\?\s*$/u.test(listed) }];
    }
    return split(line).map((part) => ({ text: part, serial: null, isQuestion: /\?["\u201d')]*$/u.test(part) }));
  });
}

/** "12. ", "12) ", "Fact 12: ", "#12 ", "[12] ". */
const numbered = /^\s*(?:fact\s*)?[[(#]{0,2}(\d{1,6})(?:[\])]?[.:)]|\])\s+(\S.*)$/iu;
/** A longer line is a paragraph. */
const listedCharacters = 400;

function split(line: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of line.matchAll(/[.!?\u2026]+["\u201d')\]]*(?=\s|$)/gu)) {
    const end = match.index + match[0].length;
    if (match[0] === '.' && abbreviated.test(line.slice(start, match.index))) continue;
    parts.push(line.slice(start, end).trim());
    start = end;
  }
  parts.push(line.slice(start).trim());
  return parts.filter((part) => part !== '');
}

const abbreviated = /(?:^|[\s(])(?:mr|mrs|ms|dr|st|prof|jr|sr|vs|no|e\.g|i\.e|a\.m|p\.m|approx|inc|ltd|\p{L})$/iu;
