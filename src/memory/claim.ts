export const polarities = ['positive', 'negative'] as const;
export type Polarity = (typeof polarities)[number];

/**
 * The structured core of a semantic note: `subject`'s `attribute` is (or is not) `value`. Spelt as people do; looked up by
 * `claimKey`. The speaker of a first-person statement is the subject `user` when nobody named them.
 */
export interface Claim {
  readonly subject: string;
  /** A name from `language/attributes.ts` such as `residence`, or the words of the text such as `capital`. */
  readonly attribute: string;
  readonly value: string;
  readonly polarity: Polarity;
  /**
   * Whether at most one value holds at a time: a later one then supersedes it. Otherwise values stand beside each other until
   * one is denied.
   */
  readonly isSingle: boolean;
}

/**
 * What two spellings of one subject, attribute or value share: Unicode form NFKC, lower case, marks dropped, letters and
 * digits only, no leading article, no possessive. Empty for signs alone.
 */
export function claimKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/['\u2019]s(?=\s|$)/gu, '')
    .replace(/[^\p{L}\p{N}.+#&%$\u20ac]+/gu, ' ')
    .replace(/(?<!\d)\.|\.(?!\d)/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^(?:the|an?) (?=.)/u, '');
}

/** What supersession is decided within: claims of one key speak of the same thing. */
export function topicKey({ subject, attribute }: Pick<Claim, 'subject' | 'attribute'>): string {
  return `${claimKey(subject)}\n${claimKey(attribute)}`;
}
