/**
 * The one place where names change between the wire (snake_case) and the interface (camelCase). Only the
 * fields in this table are renamed; what a caller named (`metadata`, `filter`) is passed on untouched.
 * Error pointers need no table: every pointer of the house is already in the words of the wire.
 */
const wireNames = {
  sessionId: 'session_id',
  episodeId: 'episode_id',
  validAt: 'valid_at',
  invalidAt: 'invalid_at',
  expiresAt: 'expires_at',
  createdAt: 'created_at',
  revisedAt: 'revised_at',
  supersededBy: 'superseded_by',
  asOf: 'as_of',
  queryTimestamp: 'query_timestamp',
  includeArchived: 'include_archived',
  includeSources: 'include_sources',
  maxTokens: 'max_tokens',
  isCut: 'is_cut',
  isNeeded: 'is_needed',
  memoryId: 'memory_id',
  elapsedMs: 'elapsed_ms',
  isSingle: 'is_single',
  includeSuperseded: 'include_superseded',
  linkId: 'link_id',
  mentionedIn: 'mentioned_in',
  isTruncated: 'is_truncated',
  dryRun: 'dry_run',
  operationId: 'operation_id',
  runId: 'run_id',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  updatedAt: 'updated_at',
  nextTryAt: 'next_try_at',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  stabilityDays: 'stability_days',
  isPinned: 'is_pinned',
  archivedFrom: 'archived_from',
  neverUsed: 'never_used',
  isForgetting: 'is_forgetting',
  retrievabilityMin: 'retrievability_min',
  placeMin: 'place_min',
  recentDays: 'recent_days',
  keptDays: 'kept_days',
  keyId: 'key_id',
  revokedAt: 'revoked_at',
  expiresInSeconds: 'expires_in_seconds',
  overlapSeconds: 'overlap_seconds',
  memoryIds: 'memory_ids',
  disabledReason: 'disabled_reason',
  failingSince: 'failing_since',
  webhookId: 'webhook_id',
  nextCursor: 'next_cursor',
  hasMore: 'has_more',
  requestId: 'request_id',
} as const;

const toWireNames: ReadonlyMap<string, string> = new Map(Object.entries(wireNames));
const fromWireNames: ReadonlyMap<string, string> = new Map(
  Object.entries(wireNames).map(([name, wireName]) => [wireName, name]),
);

/** Fields whose keys belong to the caller. */
const callersOwn: ReadonlySet<string> = new Set(['metadata', 'filter']);

/** camelCase to snake_case, ready for `JSON.stringify`. */
export function toWire(value: unknown): unknown {
  return renamed(value, toWireNames);
}

/** snake_case to camelCase. */
export function fromWire(value: unknown): unknown {
  return renamed(value, fromWireNames);
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    // Lists of texts (tags, keywords, stems) are the common case and hold nothing to rename.
    return typeof value[0] === 'string' ? value : value.map((item) => renamed(item, names));
  }
  const result: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    result[names.get(name) ?? name] = callersOwn.has(name) ? field : renamed(field, names);
  }
  return result;
}
