-- What a key may do and where. Keys from before could do everything, and still can.
ALTER TABLE api_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '["read","write","admin","erase"]';
-- JSON; NULL for every namespace of the tenant.
ALTER TABLE api_keys ADD COLUMN namespaces TEXT;

-- Who read and wrote what. Ids and names of namespaces, never a text. Numbered within the tenant, so that no tenant's
-- requests push out another's entries.
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
