export interface Word {
  /** Without signs around it. */
  readonly bare: string;
  /** As it stands, with them. */
  readonly full: string;
  /** Signs after it. */
  readonly after: string;
}

export function wordsOf(text: string): readonly Word[] {
  return text
    .split(/\s+/u)
    .filter((part) => part !== '')
    .map((full) => {
      const bare = full.replace(/^[("'\u201c\u2018*[_]+/u, '').replace(/[.,;:!?)\]"'\u201d*_\u2026]+$/u, '');
      const after = /[.,;:!?)\u2026]+["'\u201d]*$/u.exec(full)?.[0] ?? '';
      return { bare, full, after };
    });
}

export function textOf(words: readonly Word[]): string {
  return words
    .map(({ full }) => full)
    .join(' ')
    .replaceAll('\u2060', ',')
    .replace(/[\s.,;:!?\u2026]+$/u, '');
}

/** Kept while a sentence is read: it is asked for at every word. */
export function bareOf(words: readonly Word[]): readonly string[] {
  const kept = bareWords.get(words) ?? words.map(({ bare }) => bare);
  bareWords.set(words, kept);
  return kept;
}

const bareWords = new WeakMap<readonly Word[], readonly string[]>();

/** Contractions, curly apostrophes. */
export function writtenOut(text: string): string {
  return text
    .replaceAll('\u2019', "'")
    .replace(/\b(can)'t\b/giu, '$1not')
    .replace(/\bwon't\b/giu, 'will not')
    .replace(/\b(do|does|did|is|are|was|were|have|has|had|would|could|should)n't\b/giu, '$1 not')
    .replace(/\bI'?m(?= )/gu, 'I am')
    .replace(/\b(we|they|you)'re\b/giu, '$1 are')
    .replace(
      /\b(he|she|it|that|there|here|who)'s (?=(?:just |recently |finally |now |since |already )?(?:been|got|moved|taken|started|switched|joined|become|bought|left|accepted)\b)/giu,
      '$1 has ',
    )
    .replace(/\b(he|she|it|that|there|here|who)'s\b/giu, '$1 is')
    .replace(/\b(I|we|they|you)'ve\b/giu, '$1 have')
    .replace(/\b(I|we|he|she|they|you|it)'ll\b/giu, '$1 will')
    .replace(/\b(I|we|he|she|they)'d (?=been\b)/giu, '$1 had ')
    .replace(/\b(I|we|he|she|they|you|it)'d\b/giu, '$1 would')
    .replace(/\bgonna\b/giu, 'going to');
}
