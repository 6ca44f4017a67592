import {
  bandsOf,
  isTelling,
  jaccard,
  minHash,
  normalisedName,
  shinglesIn,
  similarityMin,
} from '../language/alike-names.ts';

/** Names to keys, one by one: a name gets the key of the first one that was like it. */
export interface AlikeKeys {
  /** The key of a name; a new one is remembered under its own. Empty for signs alone. */
  keyOf(name: string): string;
}

/**
 * `resolvedEntities` for names that come one after another, with its rule: the same after normalising, else 3-grams of a
 * Jaccard similarity of .9 or more among those that share a MinHash band. The first spelling stands for those that follow,
 * and is what others are compared with; numbers in them must be the same; so that no chain of small changes joins what differs.
 * Cost: 32 hashes a 3-gram for a name not met before, one look-up for others.
 */
export function newAlikeKeys(): AlikeKeys {
  const known = new Map<string, string>();
  const buckets = new Map<string, string[]>();
  const shinglesOf = new Map<string, ReadonlySet<string>>();
  return {
    keyOf(name) {
      const form = nameForm(name);
      if (form === '') return '';
      const held = known.get(form);
      if (held !== undefined) return held;
      const key = isTelling(form) ? near(form) : form;
      known.set(form, key);
      return key;
    },
  };

  function near(form: string): string {
    const shingles = shinglesIn(form);
    // Numbers are told apart to the digit: "Room 1444" is not a slip of the pen for "Room 144".
    const digits = form.replaceAll(/\D+/g, ' ').trim();
    const bands = bandsOf(minHash(shingles)).map((band) => `${band} ${digits}`);
    let best: string | null = null;
    let bestSimilarity = 0;
    for (const candidate of new Set(bands.flatMap((band) => buckets.get(band) ?? []))) {
      const similarity = jaccard(shingles, shinglesOf.get(candidate) ?? new Set());
      if (similarity < similarityMin || similarity < bestSimilarity) continue;
      // Of two that are as like, the one that sorts first, so that the order of buckets says nothing.
      if (best !== null && similarity === bestSimilarity && best < candidate) continue;
      best = candidate;
      bestSimilarity = similarity;
    }
    if (best !== null) return best;
    shinglesOf.set(form, shingles);
    for (const band of bands) {
      const bucket = buckets.get(band);
      if (bucket === undefined) buckets.set(band, [form]);
      else if (bucket.length < bucketMax) bucket.push(form);
    }
    return form;
  }
}

/** Names of one band that others are compared with: where there are more, they come from a machine. */
const bucketMax = 32;

/** A name as names are compared: `normalisedName` without a leading article or a possessive. */
export function nameForm(name: string): string {
  return normalisedName(name)
    .replace(/'s$/, '')
    .replace(/^(?:the|an?) (?=.)/, '');
}
