/**
 * Calls `visit` with each word of a folded text (see `foldedText`), in reading order. `extra` words come on top
 * of the words they are made of, so that things are found however they are written: `wifi` after `wi` and `fi`,
 * an e-mail address after its parts, a Han character after the word it stands in.
 *
 * Every pattern here looks at each character a bounded number of times; 262,144 characters take well under a second.
 */
export function eachToken(folded: string, visit: TokenVisitor): void {
  const pattern = hasUnspaced.test(folded) ? anyRun : spacedRun;
  for (const run of folded.match(pattern) ?? []) {
    const first = run.codePointAt(0) ?? 0;
    if (first < 0x80) compound(run, visit);
    else if (unspacedStart.test(run)) unspaced(run, visit);
    else compound(run, visit);
  }
}

export type TokenVisitor = (token: string, extra: boolean) => void;

/** UTF-16 units of one token; longer ones are keys and hashes, told apart by their beginning. */
const tokenCharacters = 64;
/** Parts of a compound that are also tried as one word: `wi-fi`, `node.js`, `mother-in-law`. */
const joinedPartsMax = 4;

/** Scripts written without spaces: their words are found by dictionary. */
const unspacedClass =
  '\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\u30fc\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}\\p{sc=Tai_Tham}';
const hasUnspaced = new RegExp(`[${unspacedClass}]`, 'u');
const unspacedStart = new RegExp(`^[${unspacedClass}]`, 'u');

const emoji = '\\p{RI}\\p{RI}|\\p{Extended_Pictographic}';
const spacedRun = new RegExp(`${runOf('')}|${emoji}`, 'gu');
const anyRun = new RegExp(`${runOf(`(?![${unspacedClass}])`)}|[${unspacedClass}]+|${emoji}`, 'gu');

/** `.net`, then letters and digits joined by single signs, then the signs of `c++` and `c#`. */
function runOf(guard: string): string {
  const word = `${guard}[\\p{L}\\p{N}](?:${guard}[\\p{L}\\p{N}\\p{M}])*`;
  return `(?:(?<=^|\\s)\\.)?${word}(?:['.@_/:,&-]${word})*(?:(?:\\+\\+?|#)(?![\\p{L}\\p{N}]))?`;
}

/** A run of letters and digits, perhaps joined by signs. */
function compound(run: string, visit: TokenVisitor): void {
  if (simple.test(run)) {
    visit(bounded(run), false);
    return;
  }
  const bare = signed(run, visit);
  if (bare === null) return;
  const parts = bare.split(joints).map(withoutApostrophes);
  if (parts.length === 1) {
    visit(bounded(bare === run ? parts[0]! : bare.replaceAll("'", '')), false);
    return;
  }
  if (thousands.test(bare)) {
    visit(bounded(parts.join('')), false);
    return;
  }
  const isNumber = digits.test(bare);
  if (isNumber && parts.length === 2 && decimalOrTime.test(bare)) {
    visit(bounded(bare), false);
    return;
  }
  for (const part of parts) if (part !== '') visit(bounded(part), false);
  if (isNumber || bare.includes('@')) visit(bounded(bare), true);
  else if (parts.length <= joinedPartsMax && !alternatives.test(bare)) visit(bounded(parts.join('')), true);
}

const simple = /^[\p{L}\p{N}\p{M}]+$/u;
const joints = /[.@_/:,&-]/;
const digits = /^[\p{N}.@_/:,&-]+$/u;
const thousands = /^\d{1,3}(?:,\d{3})+$/;
const decimalOrTime = /^\d+[.:]\d+$/;
/** Signs that set words side by side and do not make one of them. */
const alternatives = /[/:,]/;

/**
 * Deals with the signs around a word: `.net` and `c++` are words of their own, elsewhere the signs are dropped.
 * What is left to look at, or null.
 */
function signed(run: string, visit: TokenVisitor): string | null {
  const dotted = run.startsWith('.');
  const suffix = /[+#]+$/.exec(run)?.[0] ?? '';
  const bare = run.slice(dotted ? 1 : 0, run.length - suffix.length);
  if (suffix !== '' && bare.length <= 3 && simple.test(bare)) {
    visit(bare + suffix, false);
    return null;
  }
  if (dotted && simple.test(bare)) {
    visit(bounded(bare), false);
    visit(bounded(`.${bare}`), true);
    return null;
  }
  return bare;
}

/** `alice's` is alice, `they'll` is they; `o'neil` is oneil, as people type it. */
function withoutApostrophes(part: string): string {
  if (!part.includes("'")) return part;
  return part.replace(/'(?:s|re|ve|ll|d|m)$/, '').replaceAll("'", '');
}

/** Words by dictionary; and every Han character alone, so that any part of a longer word is found. */
function unspaced(run: string, visit: TokenVisitor): void {
  if ([...run.slice(0, 2)].length === 1 && run.length <= 2) {
    visit(run, false);
    return;
  }
  for (let start = 0; start < run.length; ) {
    const end = pieceEnd(run, start);
    for (const { segment } of segmenter().segment(run.slice(start, end))) {
      visit(bounded(segment), false);
      if (segment.length < 2) continue;
      for (const letter of segment) if (letter !== segment && han.test(letter)) visit(letter, true);
    }
    start = end;
  }
}

const han = /^\p{sc=Han}$/u;

/** The dictionary works on pieces of this many characters: its time grows faster than the length. */
const pieceCharacters = 512;

function pieceEnd(run: string, start: number): number {
  const end = Math.min(run.length, start + pieceCharacters);
  const last = run.charCodeAt(end - 1);
  return end < run.length && last >= 0xd800 && last <= 0xdbff ? end + 1 : end;
}

let madeSegmenter: Intl.Segmenter | null = null;

/** Made when first needed: loading its dictionaries takes milliseconds that most people's texts never need. */
function segmenter(): Intl.Segmenter {
  madeSegmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  return madeSegmenter;
}

function bounded(token: string): string {
  if (token.length <= tokenCharacters) return token;
  const last = token.charCodeAt(tokenCharacters - 1);
  return token.slice(0, last >= 0xd800 && last <= 0xdbff ? tokenCharacters - 1 : tokenCharacters);
}
