/**
 * BM25 in memory (Robertson and Zaragoza 2009), as a yardstick beside our own figures.
 *
 *   score(q, d) = sum over terms of idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * |d| / averageLength))
 *
 * Two of them: what papers call BM25 (`rank_bm25.BM25Okapi` over `text.split(" ")`: case, punctuation and inflection
 * all keep words apart), and what a search engine would do. Cost: one pass over the postings of the query's terms.
 */
export interface Bm25Options {
  readonly tokens: (text: string) => readonly string[];
  readonly k1: number;
  readonly b: number;
  readonly idf: (input: IdfInput) => Float64Array;
}

export interface IdfInput {
  /** How many documents hold each term. */
  readonly documentFrequencies: readonly number[];
  readonly documents: number;
}

export interface Bm25 {
  /** Positions of documents, best first, ties by position; those that share no word with the query are left out. */
  readonly search: (query: string, limit: number) => readonly number[];
}

export function newBm25(documents: readonly string[], options: Bm25Options): Bm25 {
  const { k1, b } = options;
  const terms = new Map<string, number>();
  const postings: { readonly document: number; readonly frequency: number }[][] = [];
  const lengths = documents.map((text, document) => {
    const tokens = options.tokens(text);
    for (const [token, frequency] of frequencies(tokens)) {
      const term = terms.get(token) ?? terms.size;
      terms.set(token, term);
      postings[term] ??= [];
      postings[term].push({ document, frequency });
    }
    return tokens.length;
  });
  const averageLength = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, lengths.length);
  const idf = options.idf({ documentFrequencies: postings.map((list) => list.length), documents: documents.length });

  return {
    search(query, limit) {
      const scores = new Map<number, number>();
      // A word said twice in the query counts twice, as in rank_bm25.
      for (const token of options.tokens(query)) {
        const term = terms.get(token);
        if (term === undefined) continue;
        for (const { document, frequency } of postings[term]!) {
          const norm = frequency + k1 * (1 - b + (b * lengths[document]!) / averageLength);
          const gain = (idf[term]! * frequency * (k1 + 1)) / norm;
          scores.set(document, (scores.get(document) ?? 0) + gain);
        }
      }
      return [...scores]
        .sort(([left, leftScore], [right, rightScore]) => rightScore - leftScore || left - right)
        .slice(0, limit)
        .map(([document]) => document);
    },
  };
}

/**
 * rank_bm25's: log((N - n + .5) / (n + .5)), which is negative for a word in more than half of the documents; those get
 * .25 times the mean instead.
 */
export function okapiIdf({ documentFrequencies, documents }: IdfInput): Float64Array {
  const idf = Float64Array.from(documentFrequencies, (n) => Math.log(documents - n + 0.5) - Math.log(n + 0.5));
  const mean = idf.reduce((sum, value) => sum + value, 0) / Math.max(1, idf.length);
  return idf.map((value) => (value < 0 ? 0.25 * mean : value));
}

/** Lucene's: log(1 + (N - n + .5) / (n + .5)), never negative. */
export function luceneIdf({ documentFrequencies, documents }: IdfInput): Float64Array {
  return Float64Array.from(documentFrequencies, (n) => Math.log(1 + (documents - n + 0.5) / (n + 0.5)));
}

function frequencies(tokens: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
