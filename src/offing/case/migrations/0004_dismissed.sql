-- What looks like a vessel and is named as something else: a layer of its own, so that the ships stay the ships.
CREATE TABLE dismissed (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POLYGON, scene TEXT, id TEXT, image TEXT, time DATETIME,
  score DOUBLE, score_low DOUBLE, score_high DOUBLE, length_m DOUBLE, length_low_m DOUBLE, length_high_m DOUBLE,
  beam_m DOUBLE, beam_low_m DOUBLE, beam_high_m DOUBLE, axis_deg DOUBLE, heading_deg DOUBLE, bow_probability DOUBLE,
  flags TEXT, simulated BOOLEAN, reasons TEXT);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('dismissed', 'features', 'dismissed', 'Detections that are named as something else than a vessel', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('dismissed', 'geom', 'POLYGON', 4326, 0, 0);
