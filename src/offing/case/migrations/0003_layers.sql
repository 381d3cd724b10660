-- The layers that QGIS and other readers open. Column types are GeoPackage's, so these are not STRICT.
CREATE TABLE sites (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, id TEXT, name TEXT, role TEXT, aka TEXT,
  radius_m DOUBLE, timezone TEXT, simulated BOOLEAN, note TEXT);
CREATE TABLE berths (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, id TEXT, site TEXT, name TEXT);
CREATE TABLE footprints (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, id TEXT, time DATETIME, sensor TEXT, platform TEXT,
  gsd_m DOUBLE, sites TEXT, path TEXT, original TEXT, sha256 TEXT, licence TEXT, credit TEXT, simulated BOOLEAN);
CREATE TABLE looks (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, id TEXT, site TEXT, time DATETIME, sensor TEXT,
  status TEXT, usable DOUBLE, reason TEXT, p_detect DOUBLE, p_false DOUBLE, p_basis TEXT, seen TEXT, classes TEXT,
  vessels TEXT, activity TEXT, source TEXT, scene TEXT, sun_elevation_deg DOUBLE, simulated BOOLEAN, note TEXT);
CREATE TABLE detections (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, scene TEXT, id TEXT, image TEXT, time DATETIME,
  score DOUBLE, score_low DOUBLE, score_high DOUBLE, length_m DOUBLE, length_low_m DOUBLE, length_high_m DOUBLE,
  beam_m DOUBLE, beam_low_m DOUBLE, beam_high_m DOUBLE, axis_deg DOUBLE, heading_deg DOUBLE, bow_probability DOUBLE,
  flags TEXT, simulated BOOLEAN);
CREATE TABLE sightings (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, id TEXT, site TEXT, scene TEXT, detection TEXT,
  time DATETIME, named TEXT, candidates TEXT, none_of_these DOUBLE, basis TEXT, simulated BOOLEAN);
CREATE TABLE port_calls (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, site TEXT, vessel_class TEXT, vessel TEXT,
  arrived_after DATETIME, arrived_before DATETIME, departed_after DATETIME, departed_before DATETIME, looks TEXT,
  simulated BOOLEAN);
CREATE TABLE verdicts (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, claim TEXT, element TEXT, statement TEXT, verdict TEXT,
  likelihood_ratio DOUBLE, likelihood_ratio_low DOUBLE, likelihood_ratio_high DOUBLE, probability DOUBLE,
  probability_low DOUBLE, probability_high DOUBLE, prior DOUBLE, power DOUBLE, word TEXT, strength TEXT,
  confidence TEXT, confidence_reasons TEXT, origins INTEGER, evidence TEXT, reasons TEXT, simulated BOOLEAN);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('sites', 'features', 'sites', 'Ports, anchorages and beaches of the case', 4326),
  ('berths', 'features', 'berths', 'Where ships lie, as drawn by the analyst', 4326),
  ('footprints', 'features', 'footprints', 'Outlines of the pictures', 4326),
  ('looks', 'features', 'looks', 'Every look, also the empty and unusable ones', 4326),
  ('detections', 'features', 'detections', 'Vessel candidates measured in pictures', 4326),
  ('sightings', 'features', 'sightings', 'Detections attributed to classes and vessels', 4326),
  ('port_calls', 'features', 'port_calls', 'Stays with their four bounds', 4326),
  ('verdicts', 'attributes', 'verdicts', 'A verdict for each claim element', NULL);
INSERT INTO gpkg_geometry_columns VALUES
  ('sites', 'geom', 'POINT', 4326, 0, 0),
  ('berths', 'geom', 'POLYGON', 4326, 0, 0),
  ('footprints', 'geom', 'POLYGON', 4326, 0, 0),
  ('looks', 'geom', 'POINT', 4326, 0, 0),
  ('detections', 'geom', 'POLYGON', 4326, 0, 0),
  ('sightings', 'geom', 'POINT', 4326, 0, 0),
  ('port_calls', 'geom', 'POINT', 4326, 0, 0);
