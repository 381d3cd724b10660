-- What was asked of catalogues, and what they listed: kept as it was answered, never altered.
CREATE TABLE searches (
  number INTEGER PRIMARY KEY,
  site TEXT NOT NULL,
  record TEXT NOT NULL,      -- JSON of the answer, without its items
  items_sha256 TEXT NOT NULL,-- of the items, one JSON a line
  sha256 TEXT NOT NULL       -- of the record
) STRICT;
CREATE TABLE catalogue_items (
  search INTEGER NOT NULL REFERENCES searches(number), -- the first that listed it like this
  id TEXT NOT NULL,
  sha256 TEXT NOT NULL,      -- of the record
  record TEXT NOT NULL,
  PRIMARY KEY (id, sha256)
) STRICT, WITHOUT ROWID;
CREATE TABLE search_items (
  search INTEGER NOT NULL REFERENCES searches(number),
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (search, position)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER searches_stay BEFORE UPDATE ON searches BEGIN SELECT RAISE(ABORT, 'searches are immutable'); END;
CREATE TRIGGER catalogue_items_stay BEFORE UPDATE ON catalogue_items BEGIN SELECT RAISE(ABORT, 'items are immutable'); END;
CREATE TRIGGER search_items_stay BEFORE UPDATE ON search_items BEGIN SELECT RAISE(ABORT, 'searches are immutable'); END;
