/** A repeatable stream of numbers in [0, 1): mulberry32. */
export function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Vectors as embedders make them: topics within themes, so that a note's neighbours are near (cosine about .75) and
 * the rest is far. Unit length.
 */
export function newClusters(options: {
  readonly dimensions: number;
  readonly seed: number;
  readonly themes?: number;
  readonly topics?: number;
}): () => Float32Array {
  const { dimensions, seed, themes = 10, topics = 60 } = options;
  const random = newRandom(seed);
  const base = near(new Float32Array(dimensions), 1);
  const themeCentres = Array.from({ length: themes }, () => near(base, 1.8));
  const topicCentres = Array.from({ length: topics }, (_, topic) => near(themeCentres[topic % themes]!, 1));
  return () => near(topicCentres[Math.floor(random() * topics)]!, 0.8);

  function near(centre: Float32Array, spread: number): Float32Array {
    const vector = centre.map((value) => value + (spread * gaussian()) / Math.sqrt(dimensions));
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    return vector.map((value) => value / length);
  }

  function gaussian(): number {
    return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
}
