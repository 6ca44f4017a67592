/**
 * Text in the form in which words are compared: Unicode NFKC, lower case, without the accents of Latin, Greek and
 * Cyrillic letters. Marks of other scripts are vowels and stay. At most four times as long as what came in.
 */
export function foldedText(text: string): string {
  if (isAscii.test(text)) return text.toLowerCase();
  const compatible = withoutMarkPiles(text).normalize('NFKC').toLowerCase();
  const bare = compatible.normalize('NFD').replace(accents, '').normalize('NFC').replace(letters, letterOf);
  // One Arabic ligature (U+FDFA) becomes 18 letters; nobody's text is longer for a good reason.
  return bare.length <= text.length * 4 ? bare : bare.slice(0, text.length * 4).toWellFormed();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
const isAscii = /^[\u0000-\u007f]*$/;
/** Combining accents, and what is never seen: soft hyphens, word joiners, the choosers of an emoji's form. */
const accents = /[\u0300-\u036f]|\u00ad|\u2060|[\ufe0e\ufe0f]/g;

/** Letters that NFKC leaves as they are but people type otherwise, and the apostrophes. */
const letterForms: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ς: 'σ',
  '\u2018': "'",
  '\u2019': "'",
  '\u02bc': "'",
  '\u2010': '-',
  '\u2011': '-',
};
const letters = new RegExp(`[${Object.keys(letterForms).join('')}]`, 'gu');

function letterOf(letter: string): string {
  return letterForms[letter] ?? letter;
}

/**
 * Normalising sorts the marks on one letter, in a time quadratic in their number. Unicode's stream-safe format
 * (UAX #15, section 13) allows 30; more are dropped here.
 */
function withoutMarkPiles(text: string): string {
  return markPile.test(text) ? text.replace(markPileAll, '$1') : text;
}

const markPile = /\p{M}{31}/u;
const markPileAll = /(\p{M}{30})\p{M}+/gu;
