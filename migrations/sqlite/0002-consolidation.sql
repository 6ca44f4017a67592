-- What consolidation makes of notes, the jobs that do it, and what takes it back.

-- Nothing but tests ever wrote these two: what a pass derives is one JSON object instead.
ALTER TABLE notes DROP COLUMN keywords;
ALTER TABLE notes DROP COLUMN context;
-- NULL until a pass has seen the text as it is.
ALTER TABLE notes ADD COLUMN derived TEXT;
ALTER TABLE notes ADD COLUMN derivation INTEGER NOT NULL DEFAULT 0;
-- When the present form came to be, if that is not when the text was last changed.
ALTER TABLE notes ADD COLUMN formed_at REAL;

-- Notes of origin `derived` are keys over others and in no working set.
DROP INDEX notes_by_scope;
CREATE INDEX notes_by_scope ON notes (scope_id) WHERE origin <> 'derived';
CREATE INDEX notes_underived ON notes (scope_id) WHERE derived IS NULL AND state = 'active' AND origin <> 'derived';
-- Replaced by something that was erased since.
CREATE INDEX notes_orphaned ON notes (scope_id) WHERE expired_at IS NOT NULL AND superseded_by IS NULL;

-- Past forms only: the present one is the row in notes.
CREATE TABLE note_forms (
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

INSERT INTO note_forms (note, version, derivation, at, cause, tags, metadata, text)
SELECT v.note, v.version, 0, v.at, v.cause, v.tags, v.metadata, nullif(v.text, e.text)
FROM note_versions v JOIN notes n ON n.position = v.note LEFT JOIN episodes e ON e.position = n.episode;

DROP TABLE note_versions;
ALTER TABLE note_forms RENAME TO note_versions;
CREATE UNIQUE INDEX note_versions_by_form ON note_versions (note, version, derivation);

-- The core of a semantic note. Keys are folded by `claimKey` (src/memory/claim.ts).
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

-- The entity's name as `claimKey` folds it.
ALTER TABLE mentions ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
DROP INDEX mentions_by_entity;
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
-- Never two jobs of one scope at once.
CREATE UNIQUE INDEX jobs_running ON jobs (scope_id) WHERE state = 'running';
CREATE INDEX jobs_by_state ON jobs (state);

-- Whose turn it is: the tenant that was served longest ago comes first.
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

-- What a run touched: how it was before (JSON; NULL where it was not there) and a mark of how the run left it.
-- Goes with the notes it is about, and with the reverting of the run.
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
