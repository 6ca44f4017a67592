/**
 * Which of the names mean the same, without a model: entry i is the position of the name that stands for name i (itself, when
 * it stands alone). Graphiti's rule (getzep/graphiti, `dedup_helpers.py`): the same after normalising; else, when both say
 * enough to be told apart (`isTelling`), so near that their 3-grams have a Jaccard similarity of .9 or more, looked
 * for among those that share a band of four of 32 MinHash values (Broder 1997; banding: Leskovec et al. 2014, §3.4).
 *
 * Names are taken in the order of their normalised forms and joined to a representative, never to one another's
 * likeness, so that neither the order of the input nor a chain of small changes decides. Cost: O(characters · 32).
 */
export function resolvedEntities(names: readonly string[]): Int32Array {
  // A name of signs alone is itself.
  const forms = names.map((name) => normalisedName(name) || name);
  const order = [...names.keys()].sort(
    (a, b) => compare(forms[a]!, forms[b]!) || compare(names[a]!, names[b]!) || a - b,
  );
  const resolved = new Int32Array(names.length);
  const exact = new Map<string, number>();
  const buckets = new Map<string, number[]>();
  const shinglesOf = new Map<number, ReadonlySet<string>>();
  for (const index of order) {
    const form = forms[index]!;
    const known = exact.get(form);
    const shingles = known === undefined && isTelling(form) ? shinglesIn(form) : null;
    const bands = shingles === null ? [] : bandsOf(minHash(shingles));
    const near = shingles === null ? undefined : nearest(shingles, bands);
    resolved[index] = known ?? near ?? index;
    exact.set(form, resolved[index]!);
    if (shingles === null || near !== undefined) continue;
    shinglesOf.set(index, shingles);
    for (const band of bands) buckets.set(band, [...(buckets.get(band) ?? []), index]);
  }
  return resolved;

  function nearest(shingles: ReadonlySet<string>, bands: readonly string[]): number | undefined {
    let best: number | undefined;
    let bestSimilarity = 0;
    for (const index of new Set(bands.flatMap((band) => buckets.get(band) ?? []))) {
      const similarity = jaccard(shingles, shinglesOf.get(index) ?? new Set());
      const isFirst = similarity === bestSimilarity && best !== undefined && compare(forms[index]!, forms[best]!) < 0;
      if (similarity >= similarityMin && (similarity > bestSimilarity || isFirst)) {
        best = index;
        bestSimilarity = similarity;
      }
    }
    return best;
  }
}

const permutations = 32;
const bandRows = 4;
export const similarityMin = 0.9;
const shingleCharacters = 3;
/** Bits a character: `aaaaaa` and `lol` name nothing. */
const entropyMin = 1.5;
const charactersMin = 6;

/** Lower case, one space between words, nothing but letters, digits and apostrophes. */
export function normalisedName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}']+/gu, ' ')
    .trim();
}

/** Whether a normalised name says enough for likeness to mean anything: long or of several words, and not all one letter. */
export function isTelling(form: string): boolean {
  if (form.length < charactersMin && !form.includes(' ')) return false;
  return entropy(form.replaceAll(' ', '')) >= entropyMin;
}

/** Shannon's, over characters. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts.values()].reduce((sum, count) => sum - (count / total) * Math.log2(count / total), 0);
}

/** 3-grams of the name without its spaces; a name that is shorter is its own. */
export function shinglesIn(form: string): ReadonlySet<string> {
  const text = form.replaceAll(' ', '');
  if (text.length <= shingleCharacters) return new Set([text]);
  const shingles = new Set<string>();
  for (let at = 0; at + shingleCharacters <= text.length; at += 1) shingles.add(text.slice(at, at + shingleCharacters));
  return shingles;
}

/** The least hash of any shingle under each of 32 hash functions: two sets agree in one with their Jaccard similarity's chance. */
export function minHash(shingles: ReadonlySet<string>): Uint32Array {
  const least = new Uint32Array(permutations).fill(0xffff_ffff);
  for (const shingle of shingles) {
    const hash = fnv1a(shingle);
    for (let seed = 0; seed < permutations; seed += 1) {
      const value = mixed(hash ^ Math.imul(seed + 1, 0x9e37_79b9));
      if (value < least[seed]!) least[seed] = value;
    }
  }
  return least;
}

/** Hashes that alike sets are likely to share one of. */
export function bandsOf(signature: Uint32Array): readonly string[] {
  return Array.from({ length: permutations / bandRows }, (_, band) => {
    return `${band}:${signature.subarray(band * bandRows, (band + 1) * bandRows).join()}`;
  });
}

export function jaccard(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let both = 0;
  for (const shingle of one) if (other.has(shingle)) both += 1;
  return both / (one.size + other.size - both);
}

/** Fowler, Noll and Vo's, over UTF-16 units. */
function fnv1a(text: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

/** MurmurHash3's last step (Appleby 2011): every bit depends on every other. */
function mixed(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
