/** Counts text in the unit that language models bill and are limited by. */
export interface TokenCounter {
  /** Names the vocabulary, for example `o200k_base`. */
  readonly encoding: string;
  /**
   * Tokens of the text by itself; a few too many for what no ordinary text holds, such as a thousand letters in a
   * row. Synchronous, in time linear in the text. What looks like a special token is counted as the text it is.
   */
  count(text: string): number;
}

/** Vocabularies are megabytes: one is loaded when somebody first counts, and once. */
export type LoadTokenCounter = () => Promise<TokenCounter>;
