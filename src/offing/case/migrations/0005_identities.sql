-- What each ship may be, and what AIS says of it.
CREATE TABLE identities (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, sighting TEXT, site TEXT, scene TEXT, detection TEXT,
  time DATETIME, narrowest TEXT, candidates TEXT, none_of_these DOUBLE, vessels TEXT, alike TEXT, tell_apart TEXT,
  compared TEXT, basis TEXT, ais TEXT, ais_mmsi TEXT, ais_name TEXT, ais_probability DOUBLE, ais_residual_m DOUBLE,
  ais_reason TEXT, simulated BOOLEAN);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('identities', 'features', 'identities', 'What each detected ship may be', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('identities', 'geom', 'POLYGON', 4326, 0, 0);
