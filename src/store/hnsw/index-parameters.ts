/**
 * How the graphs are made and searched (Malkov and Yashunin 2018, "Efficient and robust approximate nearest
 * neighbor search using hierarchical navigable small world graphs").
 *
 * Set by measuring 100,000 vectors of 384 dimensions in 400 clusters of 20 groups, 100 queries, one core:
 *
 *   m 16, efConstruction 100   33 s to build   recall@10 .955 at ef 100, .996 at ef 200   .39 ms a query
 *   m 16, efConstruction 200   69 s            .989, 1.000                                .61 ms
 *   m 24, efConstruction 100   36 s            .976, .978                                 .46 ms
 *
 * (recall and time of the second and third line at ef 100 and 200 too). Recall of the 50 nearest is the same as of the
 * 10 nearest, so what is missed seems to be missed whole: the search never enters the right cluster, and a larger ef
 * helps. As it is now (m 16, 100, ef 256), through the whole search: .996 of the 10, 50 and 200 nearest. At 40,000
 * vectors each of the three reaches 1.000 with ef 100.
 */
export const indexParameters = {
  space: 'cosine',
  /** Links of a point on each layer above the lowest, which has twice as many. */
  m: 16,
  /** Candidates looked at when a point is linked. */
  efConstruction: 100,
  /** Candidates looked at by a search, at least. */
  efSearch: 256,
  /** The same vectors in the same order make the same graph. */
  seed: 100,
  /** Labels that stand for no note any more, as a share: above it the graph is built anew rather than added to. */
  emptyLabelsMax: 0.2,
  /** Vectors newer than the index, as a share of it, from which the next one is built. */
  tailShareMax: 0.05,
} as const;
