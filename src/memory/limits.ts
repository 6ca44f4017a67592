/**
 * Every bound of Ecphory, with its unit and its reason. A bound that is not here, or in what is
 * included here, does not exist.
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
  /** Memories that a page of mem0's is counted and walked over, 200 at a time: beyond, its count is a lower bound. */
  mem0Counted: 10_000,
  /** Memories that mem0's deleteAll erases side by side, in one commit. */
  mem0Erased: 128,
  /** A page of mem0's when nobody says how long. */
  mem0PageDefault: 100,
  /** A file that is imported, bytes: it is read as one text, and V8 holds no longer one than 512 Mi units. */
  importFileBytes: 500_000_000,
  /** Units of an import looked up and stored side by side: their keys fit into one filter. */
  importGroup: 32,
  /** Text of one add of an import, UTF-16 units: a body of 1 MB holds it in any script. */
  importCharacters: 200_000,
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
  /** A key of a LangGraph store's item, UTF-16 units: it travels, percent-encoded, in the filter of a listing. */
  storeKeyCharacters: 512,
  /** What of a large value one part holds, UTF-16 units: at 3 bytes each it is within `metadataBytes`. */
  storePartCharacters: 5_000,
  /** Parts of one value: a million characters of JSON, and their ids still fit beside its key. */
  storeValueParts: 200,
  /** Puts and deletes of one batch that are under way together: enough to share a group commit. */
  storeWritesAtOnce: 16,
  /** Tries of a put whose item is deleted by someone else meanwhile, and of a read of a value replaced meanwhile. */
  storeTries: 5,
  /** An agent waits this long for what it remembers, then goes on without, milliseconds. */
  agentRecallMs: 2_000,
  /** What was recalled for runs of agents under way; the oldest goes first, and is recalled again when needed. */
  agentRecallsKept: 1_000,
  /** Turns of agents waiting to be remembered; a turn beyond them is given up, and that is told. */
  agentTurnsQueued: 1_000,
  /** Of each part of a profile, facts at most: a prompt's head is read with every question. */
  profileFacts: 40,
  profileInstructions: 40,
  /** Events of a timeline by default and at most. */
  timelineLimitDefault: 50,
  timelineLimit: 500,
  /** Notes read to find standing instructions in them: nobody gives more, and a read of them is a millisecond or two. */
  standingRead: 256,
  /** Path of a file of Anthropic's memory tool, UTF-16 units: it travels, percent-encoded, in the filter of a listing. */
  memoryFilePathCharacters: 512,
  /** One such file, UTF-16 units: no model reads more in one view. */
  memoryFileCharacters: 1_000_000,
  /** What of a file one memory holds, UTF-16 units: below `textCharacters`, so that a part may end with its line. */
  memoryFilePartCharacters: 60_000,
  /** Files and directories shown of one directory. */
  memoryFilesShown: 1_000,
  /** Tries of an edit whose file is changed by someone else meanwhile. */
  memoryFileTries: 8,
  /** Tries of a change to the history of a session that others change too, and the longest pause between, milliseconds. */
  sessionTries: 20,
  sessionPauseMs: 25,
  /** What of a large item of a session one memory holds, UTF-16 units, and how many of them: about 1 MB. */
  sessionPartCharacters: 60_000,
  sessionItemParts: 20,
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
  /** Notes that background passes look at in one step: some 160 changes, which one transaction holds well under 50 ms. */
  consolidationNotes: 32,
  /** Changes of one such step; one that plans more is planned again in halves. */
  consolidationChanges: 512,
  /** Notes after which a job made by writes makes room for other scopes: some seconds of work. */
  consolidationNotesPerTurn: 512,
  /** Ids of owed notes that are asked for at once, and the most that a dry run looks at. */
  consolidationIds: 10_000,
  /** A step is planned anew this often when its notes were changed meanwhile; then the job is tried again later. */
  consolidationReplans: 5,
  /** Jobs at once, of different scopes: while one waits for a model, others go on. */
  consolidationLanes: 2,
  /** Pause after a write before its scope is looked at, milliseconds: writes that follow are then seen together. */
  consolidationDelayMs: 250,
  /** Entries of the feed that the dispatcher reads at once. */
  consolidationFeedPage: 1_000,
  /** Scopes whose view is kept between jobs, and the notes in all of them together: some 2 KB each. */
  consolidationViews: 64,
  consolidationViewNotes: 50_000,
  /** Entries of the feed since a view was kept that are read to see whether it still holds; more, and it is built anew. */
  consolidationViewEntries: 5_000,
  /** A job is held this long at a time, milliseconds; a holder that is alive asks for more at a third of it. */
  jobLeaseMs: 60_000,
  /** How far a running job is, is stored at most this often, milliseconds: each time is a commit. */
  jobProgressMs: 1_000,
  /** Tries of a job before it is given up; waiting for a model that does not answer is no reason to. */
  jobTries: 8,
  /** Pause before a job's second try, milliseconds; doubled each time, jittered, up to the maximum. */
  jobBackoffMs: 2_000,
  jobBackoffMaxMs: 300_000,
  /** The first pause before a worker thread that died is started again, milliseconds; doubled each time. */
  workerRestartMs: 1_000,
  workerRestartMaxMs: 300_000,
  /** A worker thread's JavaScript heap, megabytes (2^20 bytes): one that needs more ends, not the server. */
  workerHeapMegabytes: 1_024,
  /** A worker thread finishes its step within this when it is closed, milliseconds; then it is ended. */
  workerDrainMs: 5_000,
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
  /** Keys of one tenant that are in force, so that a program that makes keys cannot fill the store. */
  keysPerTenant: 1_000,
  /** Namespaces that one key is bound to: each is compared with every namespace that a request names. */
  keyNamespaces: 64,
  /** A key that was rotated works beside its successor for this long by default and at most, seconds. */
  keyOverlapSeconds: 86_400,
  keyOverlapSecondsMax: 2_592_000,
  /** Requests of one key in a second unless configured otherwise: more than an agent sends, less than one core serves. */
  requestsPerSecond: 1_000,
  /** A key may save up so many seconds of requests for a burst. */
  requestBurstSeconds: 2,
  /** Keys whose rates are remembered; the one not seen for longest is forgotten, and begins with a full burst. */
  rateLimitedKeys: 10_000,
  /** Namespaces and ids of memories named in one entry of the audit log; how many there were is counted. */
  auditNamespaces: 16,
  auditIds: 16,
  /** Entries of the audit log of one tenant, some 300 bytes each, and for how long, milliseconds (90 days). */
  auditEntries: 100_000,
  auditKeptMs: 7_776_000_000,
  /** Entries wait this long for others before they are written together, milliseconds: a crash loses as much. */
  auditWaitMs: 1_000,
  /** Entries of one transaction: about 5 ms of the event loop. */
  auditBatch: 500,
  /** Entries that wait while the disk does not keep up; beyond them the oldest are given up, and that is counted. */
  auditQueued: 20_000,
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
  /** What a fact says of its subject, UTF-16 units: a value is a few words; a sentence is a memory. */
  factValueCharacters: 1_024,
  /** Claims found in one text: 65,536 characters hold some 1,500 listed facts. */
  claimsPerNote: 2_000,
  /** One value of a claim that rules find, UTF-16 units: a longer one is a sentence. */
  claimValueCharacters: 100,
  /** Words of one sentence that are read for claims: a longer one is a list or a page without full stops. */
  claimSentenceWords: 120,
  /** A longer text is pasted, UTF-16 units: who is named in it may be anyone. */
  claimConversationCharacters: 2_000,
  /** Claims read of one topic; what is said more often than that of one thing decides nothing. */
  claimsPerTopic: 1_000,
  /** Claims read at once for all topics of a note. */
  claimsReadAhead: 2_000,
  /** Statements remembered with a claim, the first and the last half: more of them in between decide nothing. */
  claimStatements: 64,
  /** Facts read for one answer: some 20 ms of the event loop. */
  factsRead: 400,
  /** Links of one memory that are followed or shown, strongest first. */
  linksPerMemory: 50,
  /** Steps from the centre of a graph: three reach most of a namespace. */
  graphHops: 3,
  /** Memories and entities of one graph: more cannot be drawn or read, and each memory costs a read of its mentions. */
  graphNodes: 200,
  graphNodesDefault: 50,
  /** Links and mentions of one graph. */
  graphEdges: 1_000,
  /** Newest memories among which the most linked are looked for when a graph has no centre. */
  graphScanned: 250,
  /** Operations of one tenant that wait at once: one for each of a thousand namespaces. */
  operationsQueued: 1_000,
  /** How often a waiting caller looks at an operation, milliseconds: one read by key. */
  operationPollMs: 250,
  /** Streams of progress open at once in one process: each looks at its operation. */
  progressStreams: 64,
  /** A stream of progress says that it is alive, milliseconds: proxies cut what is silent for 30 s or 60 s. */
  progressKeepAliveMs: 15_000,
  /** A stream of progress ends after this, milliseconds, and the caller comes back: nobody holds one for ever. */
  progressStreamMs: 600_000,
  /** One answer of a language model with all that is around it, bytes: 2,048 tokens are some 10 KB. */
  modelAnswerBytes: 262_144,
  /** One request to a language model, milliseconds: nobody waits for it, and a local model on a CPU takes its time. */
  modelTimeoutMs: 60_000,
  /** Tokens that a language model may answer with. */
  modelAnswerTokens: 2_048,
  /** Tokens of a language model that one tenant may use in a day (UTC) unless configured otherwise. */
  modelTokensPerDay: 2_000_000,
  /** Calls of a language model that may fail in a row before none is made for a while. */
  modelFailures: 5,
  /** That while, milliseconds; doubled each time the probe after it fails, up to the maximum. */
  modelCircuitOpenMs: 5_000,
  modelCircuitOpenMsMax: 300_000,
  /** The longest wait that an endpoint may ask for, milliseconds: one that says "next year" is not believed. */
  modelRetryAfterMsMax: 3_600_000,
  /** New notes that a language model is given at a time: with 10 operations a call there are some for each. */
  modelNotes: 4,
  /** Notes from before that it is shown for each new one, as A-MEM does, and for all of them together. */
  modelNeighboursPerNote: 5,
  modelNeighbours: 12,
  /** What of a note's text it is shown, UTF-16 units. */
  modelNoteCharacters: 2_000,
  /** Operations of one answer that are looked at. */
  modelOperations: 10,
  /** Share of the shown notes whose derived fields one answer may change; one note may always be. */
  modelEvolvedShare: 0.2,
  /** Latest runs of a scope among which earlier tries of a job are looked for, so that no answer is paid for twice. */
  modelRunsLookedAt: 20,
  /** What a model may write, UTF-16 units and items. */
  modelContextCharacters: 300,
  modelReasonCharacters: 200,
  modelKeywords: 8,
  modelTags: 8,
  modelTermCharacters: 64,
  /** Keywords that rules give a note: more than a line of them tells nothing apart. */
  keywordsPerNote: 8,
  /** Tags that rules read out of one text. */
  tagsByRules: 3,
  /** Derived tags of a note, those its neighbours lent it included: A-MEM's notes have up to eight. */
  derivedTagsPerNote: 8,
  /** One derived keyword or tag, UTF-16 units. */
  derivedWordCharacters: 80,
  /** A derived context line, UTF-16 units: a line, not a summary. */
  derivedContextCharacters: 280,
  /** Times read out of one text. */
  timesPerNote: 16,
  /** Mentions kept of one note; a list of a thousand names is a list. */
  mentionsPerNote: 32,
  /** Links made when a note is first looked at: A-MEM's five nearest. */
  linksPerNote: 5,
  /** A link's reason, UTF-16 units. */
  linkReasonCharacters: 240,
  /** Earlier notes that one new note may change. */
  evolvedPerNote: 3,
  /** Postings read to find the notes most like one: some 50 us. The rarest stems come first. */
  neighbourPostings: 2_000,
  /** Notes compared stem by stem with one. */
  neighbourCandidates: 16,
  /** Notes folded into a scope's view in one turn of the event loop: about 10 ms. */
  scopeViewPage: 64,
  /** Entities of a scope that are known by name when its notes are looked at. */
  scopeViewEntities: 100_000,
  /** Rows that the reverting of a run puts back in one transaction: about 20 ms. */
  revertRows: 200,
  /** Notes whose words are in one derived form: beyond them it borrows no more. */
  derivedBasisNotes: 32,
  /** Rows that the merges pass reads in one turn of the event loop: the words of each are hashed, about 10 ms. */
  mergePage: 128,
  /** Earlier notes whose text is compared with one that may be their near-duplicate, the oldest first. */
  mergeCandidates: 8,
  /** Earlier notes that may be near-duplicates by one band of their signatures; of more, the first stand for the rest. */
  mergeBucket: 64,
  /** Changes that a pass over a whole scope applies at once: a write beside it waits for no more than some 10 ms. */
  sleepChanges: 24,
  /** After so long without a new message a conversation counts as ended, and its scope is seen to, milliseconds. */
  sleepIdleMs: 600_000,
  /** A scope that is never idle is seen to after this all the same, milliseconds. */
  sleepIdleMsMax: 7_200_000,
  /** Scopes waiting to become idle; what does not fit is seen to at night. */
  sleepScopes: 10_000,
  /** What one night may take, milliseconds: eight hours. Scopes that it does not come to are the first of the next one. */
  sleepNightMs: 28_800_000,
  /** Latest runs of a scope among which one that was taken back is looked for. */
  sleepRunsLookedAt: 20,
  /** Notes whose time has run out that are asked for before a night, to see which quiet scopes have something to do. */
  sleepExpired: 10_000,
  /** Rows that statistics read in one turn of the event loop, about 10 ms, and how long an answer is given again, milliseconds. */
  statsPage: 128,
  statsKeptMs: 60_000,
  /** Answers to a request for statistics that are kept. */
  statsKept: 100,
  /** Rows that are looked at for one answer: some seconds. */
  statsRows: 200_000,
  /** Rows that the forgetting pass reads in one turn of the event loop: no text is in them, about 10 ms. */
  forgettingPage: 256,
  /** Memories, or versions of one, in one answer of an MCP tool: a model has to read them all. */
  mcpMemories: 50,
  /** Of a listing, when nobody says how many. */
  mcpMemoriesDefault: 20,
  /** What an MCP tool gives of one of many texts, UTF-16 units; `get_memory` gives all of it. */
  mcpTextCharacters: 4_000,
  /** A memory's name in the list of MCP resources, UTF-16 units: a line. */
  mcpNameCharacters: 80,
  /** A session whose last turn was stored so long ago has ended, milliseconds: a pause for thought or for lunch ends none. */
  summaryIdleMs: 1_800_000,
  /** Sessions and days that one run summarises anew; the next goes on. About 10 ms each. */
  summariesPerRun: 1_000,
  /** Of these, what a language model is asked for. */
  summariesByModelPerRun: 16,
  /** Turns of one session or day that a summary is made from; of more, the first so many. */
  summaryTurns: 2_000,
  /** Fewer turns are read as fast as their summary. */
  summaryTurnsMin: 4,
  /** Sentences of the summary of a segment, and of a session or day. */
  summarySegmentSentences: 2,
  summarySentences: 5,
  /** One such sentence, UTF-16 units: longer ones are paragraphs without a full stop. */
  summarySentenceCharacters: 320,
  /** What a language model is given to summarise, UTF-16 units: some 8,000 tokens. More is left to the rules. */
  modelSummaryCharacters: 32_000,
  /** Entries of the feed that are read at once for someone who follows it. */
  eventPage: 200,
  /** How often who follows the feed looks for more, milliseconds: one read of an index. */
  eventPollMs: 250,
  /** Webhooks of one tenant: each is looked after for as long as it lives. */
  webhooksPerTenant: 100,
  webhookUrlCharacters: 2_048,
  webhookDescriptionCharacters: 256,
  /** Deliveries that wait for one webhook; beyond them its place in the feed waits, where nothing is lost. */
  webhookPending: 1_000,
  /** Deliveries that are over and still in the log of one webhook. */
  webhookLog: 1_000,
  /** Requests to webhooks under way at once, and to one of them: one that is slow holds up few. */
  webhookSends: 16,
  webhookSendsEach: 4,
  /** One delivery, milliseconds, and what of an answer is read, bytes: nothing of it is used. */
  webhookTimeoutMs: 15_000,
  webhookAnswerBytes: 16_384,
  /** How often the feed is looked at for webhooks when nothing says that something was written, milliseconds. */
  webhookPollMs: 1_000,
  /** After so long without a single delivery a webhook is disabled, milliseconds: five days, a weekend and its repair. */
  webhookFailingMs: 432_000_000,
  /** A secret that was replaced still signs for this long, milliseconds. */
  webhookSecretOverlapMs: 86_400_000,
  /** Notes read for one turn of an export, or written by one of an import: some 10 ms each. */
  exportNotes: 32,
  /** Text of such a turn of an import, UTF-16 units: it is analysed anew. */
  exportCharacters: 100_000,
  /** One line of an export, bytes: a memory with every form that it ever had. */
  exportLineBytes: 33_554_432,
  /** One import, bytes. A client sends more of them one after the other. */
  exportBodyBytes: 1_073_741_824,
  /** What a client sends at once, bytes: it is through in seconds. */
  exportPartBytes: 4_194_304,
  /** Memories that a delete by filter takes in one turn. */
  deleteSlice: 64,
  /** Ids that it shows of what it would take. */
  deleteSample: 20,
  /** Keys of summaries that are asked for at once. */
  summaryKeysPage: 200,
} as const;
