-- Ships of the claimed kinds at the sites, and what all looks together say of each port call.
CREATE TABLE presence (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, site TEXT, classes TEXT, vessels TEXT, claims TEXT,
  window_start DATETIME, window_end DATETIME, at_least_one DOUBLE, at_least_one_before DOUBLE, calls_mean DOUBLE,
  calls_low INTEGER, calls_high INTEGER, looks INTEGER, undeclared TEXT, traffic TEXT, simulated BOOLEAN);
CREATE TABLE weighed_calls (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, site TEXT, vessel_class TEXT, vessel TEXT, looks TEXT,
  arrived_p05 DATETIME, arrived_p50 DATETIME, arrived_p95 DATETIME, departed_p05 DATETIME, departed_p50 DATETIME,
  departed_p95 DATETIME, look_alike DOUBLE, unweighed TEXT, simulated BOOLEAN);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('presence', 'features', 'presence', 'Ships of the claimed kinds at the sites, in the claimed windows', 4326),
  ('weighed_calls', 'features', 'weighed_calls', 'Port calls as all looks together tell of them', 4326);
INSERT INTO gpkg_geometry_columns VALUES
  ('presence', 'geom', 'POINT', 4326, 0, 0),
  ('weighed_calls', 'geom', 'POINT', 4326, 0, 0);
