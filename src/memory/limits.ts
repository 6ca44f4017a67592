/**
 * Every bound of Ecphory, with its unit and its reason. A bound that is not here does not exist.
 */
export const limits = {
  /** One request body, bytes. A long agent transcript fits; a 1 MB JSON parses in about 10 ms. */
  bodyBytes: 1_048_576,
  /** One batch body, bytes: 100 notes of 64 KiB would be over it, 100 of ordinary size are far below. */
  batchBodyBytes: 10_485_760,
  /** JSON nesting, levels: 1 MB of brackets blocks the event loop for .9 s otherwise. */
  jsonDepth: 32,
  /** One text, UTF-16 units. Longer documents are to be split by the caller, who knows where. */
  textCharacters: 65_536,
  /** Messages in one add. */
  messagesPerAdd: 500,
  /** Items in one batch. */
  itemsPerBatch: 1_000,
  /** A search cue, UTF-16 units: 20,000 words must be answered, more is a document. */
  queryCharacters: 262_144,
  /** Distinct terms of a cue that are scored; the rarest are kept. Keeps a pasted page within 1 s. */
  queryTerms: 256,
  /** Hits of one search. */
  searchLimit: 200,
  searchLimitDefault: 10,
  /** Page of a listing. */
  pageLimit: 200,
  pageLimitDefault: 50,
  namespaceCharacters: 512,
  namespaceLabels: 8,
  namespaceLabelCharacters: 128,
  /** Names of speakers, sessions, places, UTF-16 units. */
  nameCharacters: 256,
  tagsPerNote: 64,
  tagCharacters: 128,
  /** One metadata object as JSON, bytes. It is for filters, not for documents. */
  metadataBytes: 16_384,
  metadataKeyCharacters: 128,
  filterDepth: 5,
  filterClauses: 50,
  idempotencyKeyCharacters: 255,
  /** How long a finished request's answer is replayed, milliseconds (Stripe keeps at least 24 h). */
  idempotencyKeptMs: 86_400_000,
  /** Dates outside these years are typing errors. */
  yearMin: 1,
  yearMax: 9999,
  /** Group commit: calls that arrive while the last group's callers come back share one fsync. */
  groupCommitWaitMs: 5,
  /** Changes in one transaction; more would hold the event loop for over 50 ms. */
  groupCommitChanges: 512,
  /** A write waits this long for its embedding, then is stored without, milliseconds. */
  embeddingDeadlineMs: 2_000,
  /** One call of an embedding endpoint, milliseconds, when nobody is waiting. */
  embedderTimeoutMs: 30_000,
  vectorDimensions: 4_096,
  /** All working sets of the process together, bytes; the least recently used is dropped first. */
  workingSetBytes: 268_435_456,
  /** A scope with this many notes saves a snapshot of its working set; below, a rebuild is as fast. */
  snapshotNotes: 20_000,
  /** Vectors in one scope from which an approximate index pays. */
  approximateVectors: 5_000,
  /** SQLite waits this long for a lock before it gives up, milliseconds: longer blocks the event loop. */
  busyTimeoutMs: 250,
  /** A drain on SIGTERM, milliseconds. */
  drainMs: 10_000,
} as const;
