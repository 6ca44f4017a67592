CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at REAL NOT NULL) STRICT;

CREATE TABLE properties (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  UNIQUE (tenant, namespace)
) STRICT;

CREATE TABLE episodes (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  session_id TEXT,
  role TEXT,
  speaker TEXT,
  event_at REAL NOT NULL,
  recorded_at REAL NOT NULL,
  place TEXT,
  origin TEXT NOT NULL,
  trust INTEGER NOT NULL,
  metadata TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE TABLE notes (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  -- The one episode that an episodic note rests on; NULL for the other kinds, whose sources are in note_sources.
  episode INTEGER REFERENCES episodes (position),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  trust INTEGER NOT NULL,
  importance REAL NOT NULL,
  stability REAL NOT NULL,
  difficulty REAL NOT NULL,
  last_used_at REAL NOT NULL,
  uses INTEGER NOT NULL,
  created_at REAL NOT NULL,
  revised_at REAL NOT NULL,
  valid_at REAL,
  invalid_at REAL,
  expired_at REAL,
  superseded_by INTEGER REFERENCES notes (position) ON DELETE SET NULL,
  keys TEXT NOT NULL,
  origin TEXT NOT NULL,
  state_reason TEXT,
  -- What made the present version.
  cause TEXT NOT NULL,
  tags TEXT NOT NULL,
  metadata TEXT NOT NULL,
  -- NULL while it is the episode's text word for word, which is nearly always: the text is kept once.
  text TEXT
, derived TEXT, derivation INTEGER NOT NULL DEFAULT 0, formed_at REAL, is_pinned INTEGER NOT NULL DEFAULT 0, expires_at REAL, use_log TEXT, is_taken_back INTEGER NOT NULL DEFAULT 0, summary TEXT, summary_level INTEGER, summary_key TEXT) STRICT;

CREATE INDEX notes_newest_first ON notes (scope_id, created_at, id);

CREATE INDEX notes_by_episode ON notes (episode) WHERE episode IS NOT NULL;

CREATE INDEX notes_by_successor ON notes (superseded_by) WHERE superseded_by IS NOT NULL;

CREATE TABLE note_sources (
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  episode INTEGER NOT NULL REFERENCES episodes (position),
  PRIMARY KEY (note, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_sources_by_episode ON note_sources (episode);

CREATE TABLE links (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  from_note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  to_note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  type TEXT NOT NULL,
  weight REAL NOT NULL,
  reason TEXT,
  created_at REAL NOT NULL,
  UNIQUE (from_note, to_note, type)
) STRICT;

CREATE INDEX links_by_target ON links (to_note);

CREATE TABLE mentions (
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  entity_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL
, name_key TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX mentions_by_note ON mentions (note);

CREATE TABLE feed (
  sequence INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  kind TEXT NOT NULL,
  at REAL NOT NULL,
  note_id TEXT,
  episode_id TEXT,
  link_id TEXT
, detail TEXT) STRICT;

CREATE INDEX feed_by_scope ON feed (scope_id);

CREATE INDEX feed_erasures ON feed (scope_id) WHERE kind = 'erased';

CREATE TABLE cursors (
  name TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE receipts (
  tenant TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  answer TEXT NOT NULL,
  expires_at REAL NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_by_expiry ON receipts (expires_at);

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  created_at REAL NOT NULL,
  expires_at REAL,
  revoked_at REAL
, scopes TEXT NOT NULL DEFAULT '["read","write","admin","erase"]', namespaces TEXT) STRICT;

CREATE TABLE embedders (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL
) STRICT;

CREATE TABLE vectors (
  sequence INTEGER PRIMARY KEY,
  embedder INTEGER NOT NULL REFERENCES embedders (id),
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  vector BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX vectors_by_note ON vectors (note, embedder);

CREATE INDEX vectors_by_scope ON vectors (embedder, scope_id);

CREATE INDEX notes_by_scope ON notes (scope_id) WHERE origin <> 'derived';

CREATE INDEX notes_orphaned ON notes (scope_id) WHERE expired_at IS NOT NULL AND superseded_by IS NULL;

CREATE TABLE "note_versions" (
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  derivation INTEGER NOT NULL,
  at REAL NOT NULL,
  cause TEXT NOT NULL,
  tags TEXT NOT NULL,
  derived TEXT,
  metadata TEXT NOT NULL,
  -- NULL for the text of the note's episode word for word.
  text TEXT
) STRICT;

CREATE UNIQUE INDEX note_versions_by_form ON note_versions (note, version, derivation);

CREATE TABLE claims (
  note INTEGER PRIMARY KEY REFERENCES notes (position) ON DELETE CASCADE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  subject TEXT NOT NULL,
  attribute TEXT NOT NULL,
  value TEXT NOT NULL,
  polarity TEXT NOT NULL,
  is_single INTEGER NOT NULL,
  subject_key TEXT NOT NULL,
  attribute_key TEXT NOT NULL,
  value_key TEXT NOT NULL
) STRICT;

CREATE INDEX claims_by_subject ON claims (scope_id, subject_key, attribute_key);

CREATE INDEX claims_by_value ON claims (scope_id, value_key);

CREATE INDEX claims_by_attribute ON claims (scope_id, attribute_key);

CREATE INDEX mentions_by_entity ON mentions (entity_id, note);

CREATE INDEX mentions_by_scope ON mentions (scope_id, entity_id, note, name_key);

CREATE TABLE jobs (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  passes TEXT NOT NULL,
  origin TEXT NOT NULL,
  is_dry_run INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  run_after REAL NOT NULL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL,
  done REAL NOT NULL,
  total REAL NOT NULL,
  result TEXT,
  error TEXT,
  -- Rises with every lease.
  token INTEGER NOT NULL,
  lease_until REAL
) STRICT;

CREATE INDEX jobs_newest_first ON jobs (scope_id, created_at, id);

CREATE INDEX jobs_queued ON jobs (scope_id, run_after, id) WHERE state = 'queued';

CREATE UNIQUE INDEX jobs_running ON jobs (scope_id) WHERE state = 'running';

CREATE INDEX jobs_by_state ON jobs (state);

CREATE TABLE job_turns (
  tenant TEXT PRIMARY KEY,
  turn INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  job_id TEXT NOT NULL,
  state TEXT NOT NULL,
  started_at REAL NOT NULL,
  finished_at REAL,
  summary TEXT
) STRICT;

CREATE INDEX runs_newest_first ON runs (scope_id, started_at, id);

CREATE TABLE run_effects (
  position INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (position) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  -- The note, or where a link leads from.
  note INTEGER REFERENCES notes (position) ON DELETE CASCADE,
  to_note INTEGER REFERENCES notes (position) ON DELETE CASCADE,
  link_type TEXT,
  episode INTEGER REFERENCES episodes (position) ON DELETE CASCADE,
  before TEXT,
  after TEXT NOT NULL
) STRICT;

CREATE INDEX run_effects_by_run ON run_effects (run);

CREATE INDEX run_effects_by_note ON run_effects (note, run) WHERE note IS NOT NULL;

CREATE INDEX run_effects_by_target ON run_effects (to_note) WHERE to_note IS NOT NULL;

CREATE INDEX run_effects_by_episode ON run_effects (episode, run) WHERE episode IS NOT NULL;

CREATE TABLE model_records (
  position INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (position) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  model TEXT NOT NULL,
  answer TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  at REAL NOT NULL
) STRICT;

CREATE UNIQUE INDEX model_records_by_run ON model_records (run, ordinal);

CREATE INDEX model_records_by_time ON model_records (at);

CREATE TABLE model_record_notes (
  record INTEGER NOT NULL REFERENCES model_records (position) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  PRIMARY KEY (record, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_record_notes_by_note ON model_record_notes (note);

CREATE INDEX notes_underived ON notes (scope_id, is_taken_back)
  WHERE derived IS NULL AND state = 'active' AND origin <> 'derived';

CREATE INDEX notes_expiring ON notes (expires_at, id)
  WHERE expires_at IS NOT NULL AND state = 'active' AND is_pinned = 0;

CREATE INDEX notes_summaries ON notes (scope_id, summary_level, summary_key, id)
  WHERE summary_level IS NOT NULL AND state = 'active';

CREATE INDEX notes_by_state ON notes (scope_id, state, kind, origin);

CREATE INDEX notes_derived ON notes (scope_id, created_at) WHERE origin = 'derived';

CREATE INDEX notes_pinned ON notes (scope_id) WHERE is_pinned = 1 AND state = 'active' AND origin <> 'derived';

CREATE INDEX notes_used ON notes (scope_id) WHERE uses > 0 AND state = 'active' AND origin <> 'derived';

CREATE INDEX notes_lapsed ON notes (scope_id, state)
  WHERE kind = 'semantic' AND (state <> 'active' OR expired_at IS NOT NULL);

CREATE INDEX links_by_scope ON links (scope_id);

CREATE INDEX links_contradicting ON links (scope_id, from_note, to_note) WHERE type = 'contradicts';

CREATE TABLE note_basis (
  other INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  PRIMARY KEY (other, note)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_basis_by_note ON note_basis (note);

CREATE TABLE policies (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  policy TEXT NOT NULL,
  PRIMARY KEY (tenant, namespace)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  tenant TEXT NOT NULL,
  number INTEGER NOT NULL,
  at REAL NOT NULL,
  key_id TEXT NOT NULL,
  method TEXT NOT NULL,
  route TEXT NOT NULL,
  status INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  namespaces TEXT NOT NULL,
  memories INTEGER NOT NULL,
  memory_ids TEXT NOT NULL,
  PRIMARY KEY (tenant, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhooks (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  subtree INTEGER NOT NULL,
  url TEXT NOT NULL,
  -- JSON; NULL for all.
  types TEXT,
  description TEXT,
  -- JSON, readable: signing needs it.
  secrets TEXT NOT NULL,
  is_enabled INTEGER NOT NULL,
  disabled_reason TEXT,
  -- The last sequence of the feed that was turned into deliveries.
  cursor INTEGER NOT NULL,
  failing_since REAL,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL
) STRICT;

CREATE INDEX webhooks_by_tenant ON webhooks (tenant);

CREATE TABLE webhook_deliveries (
  position INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  webhook INTEGER NOT NULL REFERENCES webhooks (position) ON DELETE CASCADE,
  -- JSON: ids, never a text.
  event TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_at REAL,
  status INTEGER,
  error TEXT,
  created_at REAL NOT NULL,
  updated_at REAL NOT NULL
) STRICT;

CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook, state, next_at, id);

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE state = 'pending';

CREATE INDEX notes_derived_in_order ON notes (scope_id) WHERE origin = 'derived';
