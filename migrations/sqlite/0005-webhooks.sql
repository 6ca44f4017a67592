-- Who is told of events, and how that went.

-- Which way an entry went, such as the state that was set. Never content.
ALTER TABLE feed ADD COLUMN detail TEXT;

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

-- The order of adding, as exports read it; the other notes have theirs in notes_by_scope.
CREATE INDEX notes_derived_in_order ON notes (scope_id) WHERE origin = 'derived';
