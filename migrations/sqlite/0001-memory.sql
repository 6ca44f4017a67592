-- The first shape of the file. Conventions:
--   * `position` is a row's own number. It never leaves the store, except that a note's says the order of adding.
--   * `id` is the public name, unique over the whole file.
--   * Every row of a tenant reaches its tenant through `scope_id`.
--   * Times are REAL milliseconds since 1970: a JavaScript number goes in and comes out unchanged, and SQLite
--     stores whole ones as integers anyway.
--   * Lists and objects are JSON text.
--   * Columns that ranking reads stand before the long texts, so that reading them does not walk overflow pages.

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

-- AUTOINCREMENT: a position says the order of adding and must not come back when the last note is erased.
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
  keywords TEXT NOT NULL,
  tags TEXT NOT NULL,
  context TEXT,
  metadata TEXT NOT NULL,
  -- NULL while it is the episode's text word for word, which is nearly always: the text is kept once.
  text TEXT
) STRICT;

-- With the position that every index ends with, this is the order that working sets are built in.
CREATE INDEX notes_by_scope ON notes (scope_id);
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

-- Past versions only: the present one is the row in notes.
CREATE TABLE note_versions (
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  at REAL NOT NULL,
  cause TEXT NOT NULL,
  keywords TEXT NOT NULL,
  tags TEXT NOT NULL,
  context TEXT,
  metadata TEXT NOT NULL,
  text TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX note_versions_by_note ON note_versions (note, version);

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

-- An entity is written with each of its mentions: it holds nothing but a kind and a name, and so it goes with the
-- last note that mentions it.
CREATE TABLE mentions (
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  entity_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  start INTEGER NOT NULL,
  "end" INTEGER NOT NULL
) STRICT;

CREATE INDEX mentions_by_note ON mentions (note);
CREATE INDEX mentions_by_entity ON mentions (scope_id, entity_id);

-- References, never content. Rows are never deleted, so that a sequence is never used twice.
CREATE TABLE feed (
  sequence INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  kind TEXT NOT NULL,
  at REAL NOT NULL,
  note_id TEXT,
  episode_id TEXT,
  link_id TEXT
) STRICT;

CREATE INDEX feed_by_scope ON feed (scope_id);
-- An index file older than its scope's last erasure must not be used: asked on every load of one.
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
) STRICT;

CREATE TABLE embedders (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  dimensions INTEGER NOT NULL
) STRICT;

-- The vectors themselves. For each embedder there is also a search table `vec_<id>` over the same vectors, made on
-- first use (src/store/sqlite/vector-tables.ts), which can be thrown away and made again from here.
-- `sequence` is that of the feed's entry that brought the vector.
CREATE TABLE vectors (
  sequence INTEGER PRIMARY KEY,
  embedder INTEGER NOT NULL REFERENCES embedders (id),
  scope_id INTEGER NOT NULL REFERENCES scopes (id),
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  vector BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX vectors_by_note ON vectors (note, embedder);
CREATE INDEX vectors_by_scope ON vectors (embedder, scope_id);
