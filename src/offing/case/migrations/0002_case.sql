-- What is kept as it was made (scenes, imports, statements), and the current results taken from it.
CREATE TABLE ledger_lines (
  seq INTEGER PRIMARY KEY,   -- as in ledger.jsonl
  line TEXT NOT NULL         -- the whole line, without its line break
) STRICT;
CREATE TABLE scenes (
  id TEXT PRIMARY KEY,
  record TEXT NOT NULL,      -- JSON of the record
  sha256 TEXT NOT NULL       -- of the record
) STRICT;
CREATE TABLE imports (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,        -- of the file as given
  sha256 TEXT NOT NULL,      -- of the file
  imported TEXT NOT NULL,    -- UTC
  looks_sha256 TEXT NOT NULL -- of the looks, one JSON a line
) STRICT;
CREATE TABLE import_looks (
  import INTEGER NOT NULL REFERENCES imports(number),
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (import, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE statements (
  key TEXT PRIMARY KEY,      -- hash of step, inputs, parameters and version
  step TEXT NOT NULL,
  inputs TEXT NOT NULL,      -- JSON
  parameters TEXT NOT NULL,  -- JSON
  version TEXT NOT NULL,
  created TEXT NOT NULL,     -- UTC
  result TEXT NOT NULL,      -- JSON
  sha256 TEXT NOT NULL       -- of all the rest
) STRICT;
CREATE INDEX statements_by_step ON statements (step);
-- Statements, scenes and imports are never altered; a newer one stands beside them.
CREATE TRIGGER statements_stay BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'statements are immutable'); END;
CREATE TRIGGER scenes_stay BEFORE UPDATE ON scenes BEGIN SELECT RAISE(ABORT, 'scenes are immutable'); END;
CREATE TRIGGER imports_stay BEFORE UPDATE ON imports BEGIN SELECT RAISE(ABORT, 'imports are immutable'); END;
CREATE TRIGGER import_looks_stay BEFORE UPDATE ON import_looks BEGIN SELECT RAISE(ABORT, 'imports are immutable'); END;

-- The current results as exact records; the layers below show the same to a map.
CREATE TABLE results (
  kind TEXT NOT NULL,        -- look, detection, sighting, port_call, verdict, lift
  position INTEGER NOT NULL, -- order
  site TEXT,
  scene TEXT,
  record TEXT NOT NULL,
  PRIMARY KEY (kind, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;
