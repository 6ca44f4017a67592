-- What forgetting, summaries and pinning need.

ALTER TABLE notes ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN expires_at REAL;
-- The last uses, newest first, as JSON pairs of a time and a grade; NULL while it was never used.
ALTER TABLE notes ADD COLUMN use_log TEXT;
-- A run that was reverted had derived it: no pass looks at it by itself until it is revised.
ALTER TABLE notes ADD COLUMN is_taken_back INTEGER NOT NULL DEFAULT 0;
-- Of a summary note, JSON. Its level counts from 0, smallest first.
ALTER TABLE notes ADD COLUMN summary TEXT;
ALTER TABLE notes ADD COLUMN summary_level INTEGER;
ALTER TABLE notes ADD COLUMN summary_key TEXT;

-- A use meant that it helped to answer.
UPDATE notes SET use_log = json_array(json_array(last_used_at, 'good')) WHERE uses > 0;

DROP INDEX notes_underived;
CREATE INDEX notes_underived ON notes (scope_id, is_taken_back)
  WHERE derived IS NULL AND state = 'active' AND origin <> 'derived';
CREATE INDEX notes_expiring ON notes (expires_at, id)
  WHERE expires_at IS NOT NULL AND state = 'active' AND is_pinned = 0;
CREATE INDEX notes_summaries ON notes (scope_id, summary_level, summary_key, id)
  WHERE summary_level IS NOT NULL AND state = 'active';

-- What is counted in a scope.
CREATE INDEX notes_by_state ON notes (scope_id, state, kind, origin);
CREATE INDEX notes_derived ON notes (scope_id, created_at) WHERE origin = 'derived';
CREATE INDEX notes_pinned ON notes (scope_id) WHERE is_pinned = 1 AND state = 'active' AND origin <> 'derived';
CREATE INDEX notes_used ON notes (scope_id) WHERE uses > 0 AND state = 'active' AND origin <> 'derived';
CREATE INDEX notes_lapsed ON notes (scope_id, state)
  WHERE kind = 'semantic' AND (state <> 'active' OR expired_at IS NOT NULL);
CREATE INDEX links_by_scope ON links (scope_id);
CREATE INDEX links_contradicting ON links (scope_id, from_note, to_note) WHERE type = 'contradicts';

-- Notes whose words are, or were once, in what was derived from another one.
CREATE TABLE note_basis (
  other INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  note INTEGER NOT NULL REFERENCES notes (position) ON DELETE CASCADE,
  PRIMARY KEY (other, note)
) STRICT, WITHOUT ROWID;

CREATE INDEX note_basis_by_note ON note_basis (note);

-- What was derived before does not say whose words are in it: it is made anew.
DELETE FROM note_versions WHERE derived IS NOT NULL;
DELETE FROM run_effects WHERE kind = 'note' AND before ->> '$.form.derived' IS NOT NULL;
UPDATE notes SET keys = '[0,0,"",[],[]]' WHERE derived ->> '$.by' LIKE 'model:%';
UPDATE notes SET derived = NULL WHERE derived IS NOT NULL;

-- How a namespace forgets, JSON.
CREATE TABLE policies (
  tenant TEXT NOT NULL,
  namespace TEXT NOT NULL,
  policy TEXT NOT NULL,
  PRIMARY KEY (tenant, namespace)
) STRICT, WITHOUT ROWID;
