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
  /** One context, tokens: what a prompt can spare, and counted in some 40 ms. */
  contextTokens: 32_000,
  contextTokensDefault: 2_000,
  /** Less holds the frame and hardly a memory. */
  contextTokensMin: 100,
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
  /** Notes embedded and stored at a time when vectors are made up for. */
  backfillNotes: 64,
  vectorDimensions: 4_096,
  /** Tries of one embedder call, inside the caller's deadline: the fourth rarely helps where three did not. */
  embedderTriesMax: 4,
  /** Back-off before the second try, milliseconds; doubles each time, jittered, up to the maximum. */
  embedderBackoffMs: 200,
  embedderBackoffMsMax: 5_000,
  /** One text sent to an embedding endpoint, UTF-16 units: the common models refuse more than 8,192 tokens. */
  embeddedCharacters: 8_000,
  /** First hits of a ranking that a reranker reads: each is a run of a whole model, on the event loop. */
  rerankNotes: 40,
  /** A search waits this long for its reranker, then answers in the order it has, milliseconds. */
  rerankDeadlineMs: 2_000,
  /** Tokens of cue and text together that a cross-encoder reads; the common ones were trained with 512. */
  rerankedTokens: 512,
  /** What of a cue goes into them, UTF-16 units: in any script some of the tokens are left for the text. */
  rerankedCueCharacters: 400,
  /** What of a text is taken apart for them, UTF-16 units: 512 tokens of English are some 2,500. */
  rerankedCharacters: 4_000,
  /** Tokens of one text that a static model averages, as Model2Vec does. */
  staticTokens: 512,
  /** A model's weights, bytes: half a million tokens of 512 float32 dimensions are 1 GB. */
  modelFileBytes: 2_147_483_648,
  /** A model's tokenizer.json, bytes: half a million tokens are about 20 MB. */
  tokenizerFileBytes: 67_108_864,
  /** The JSON at the head of a safetensors file, bytes: a static model names at most three tensors. */
  safetensorsHeaderBytes: 1_048_576,
  /** All working sets of the process together, bytes; the least recently used is dropped first. */
  workingSetBytes: 268_435_456,
  /** A scope with this many notes saves a snapshot of its working set; below, a rebuild is as fast. */
  snapshotNotes: 500,
  /** Vectors in one scope from which an approximate index pays. */
  approximateVectors: 5_000,
  /** All approximate indexes in memory together, bytes: 300,000 vectors of 384. The least recently used goes first. */
  vectorIndexBytes: 536_870_912,
  /** Vectors newer than an index are searched one by one until there are this many, or 5 % of it: about 1 ms. */
  vectorTailVectors: 2_000,
  /** Such vectors of one scope in memory, bytes; with more of them the store answers until the next index is there. */
  vectorTailBytes: 33_554_432,
  /** Vectors read at once, so that neither the server nor its child is held for more than about 5 ms. */
  vectorPage: 256,
  /** Indexes waiting to be built; a scope beyond them is built after a later search. */
  vectorBuildsQueued: 64,
  /** One build, milliseconds: 100,000 vectors of 384 take about 40 s of one core. A hung child is ended. */
  vectorBuildMs: 1_800_000,
  /** The pause after a first failed build, milliseconds; doubled each time. */
  vectorBuildBackoffMs: 1_000,
  vectorBuildBackoffMaxMs: 300_000,
  /** A manifest of an index, bytes; it is read before it can be checked. */
  vectorManifestBytes: 65_536,
  /** How often indexes are looked through for what was erased since, milliseconds: a search looks at once. */
  vectorSweepMs: 1_000,
  /** SQLite waits this long for a lock before it gives up, milliseconds: longer blocks the event loop. */
  busyTimeoutMs: 250,
  /** The write-ahead log keeps this much room after a burst, bytes. */
  journalKeptBytes: 67_108_864,
  /** Prepared statements kept for filters of different shapes. */
  filterStatements: 64,
  /** Hits of one exact vector search: sqlite-vec answers no more. */
  exactVectorHits: 4_096,
  /** Receipts that ran out are removed with a write that keeps a new one, at most this many at a time. */
  receiptsPurged: 64,
  /** The log is emptied after an erasure; while another reader holds it, tried again after this, milliseconds. */
  erasureRetryMs: 25,
  /** After this many tries an erasure is acknowledged with bytes of it still in the files, and a notice. */
  erasureTries: 40,
  /** Part of the file that is scrubbed after an erasure in one turn of the event loop, bytes: about 5 ms. */
  scrubSliceBytes: 8_388_608,
  /** A drain on SIGTERM, milliseconds. */
  drainMs: 10_000,
  /** Headers must have come by then, milliseconds: a thousand idle half-requests cost nothing after it. */
  headersTimeoutMs: 10_000,
  /** A whole request must have come by then, milliseconds. */
  requestTimeoutMs: 30_000,
  /** A connection may idle between requests, milliseconds. */
  keepAliveTimeoutMs: 5_000,
  /** How often connections over their time are looked for, milliseconds. */
  connectionsCheckMs: 2_000,
  /** All headers of one request, bytes; a list filter travels in them. */
  headerBytes: 16_384,
  /** Connections at once; more are refused before they cost memory. */
  connections: 10_000,
  /** After an answer to a request whose body was not read, the socket stays half open so that the answer arrives. */
  lingerMs: 500,
  /** A caller's `X-Request-Id`, characters. */
  requestIdCharacters: 64,
  /** Faults named in one problem: a hostile body must not be answered with megabytes. */
  faultsPerProblem: 50,
  /** An API key's record is trusted this long, milliseconds: a revoked key works less than a second longer. */
  keyCacheMs: 900,
  /** Key records kept for that time. */
  keyCacheEntries: 1_000,
  /** The store answers a readiness probe within this, milliseconds, or counts as not ready. */
  healthDeadlineMs: 1_000,
  /** The client gives up on one request, milliseconds; longer than the server's own limits. */
  clientTimeoutMs: 60_000,
  /** The client tries again this often when that is safe. */
  clientRetries: 3,
  /** The client's first pause before another try, milliseconds; doubled each time, with jitter. */
  clientBackoffMs: 100,
  /** The client's longest pause, also when a server asks for more, milliseconds. */
  clientBackoffMaxMs: 5_000,
} as const;
