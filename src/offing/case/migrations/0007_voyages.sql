-- Which calls one ship may have made in turn; lines along the shortest way by water, not tracks.
CREATE TABLE voyages (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom LINESTRING, voyage TEXT, from_site TEXT, to_site TEXT,
  vessel_class TEXT, vessel TEXT, status TEXT, departed_after DATETIME, departed_before DATETIME,
  arrived_after DATETIME, arrived_before DATETIME, distance_low_nm DOUBLE, distance_high_nm DOUBLE, hours_low DOUBLE,
  hours_high DOUBLE, least_kn DOUBLE, most_kn DOUBLE, fastest_kn DOUBLE, likelihood_ratio DOUBLE,
  likelihood_ratio_low DOUBLE, likelihood_ratio_high DOUBLE, probability DOUBLE, probability_low DOUBLE,
  probability_high DOUBLE, identity TEXT, why TEXT, parts TEXT, alternatives TEXT, basis TEXT, departure TEXT,
  arrival TEXT, simulated BOOLEAN);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('voyages', 'features', 'voyages', 'Calls that one ship may have made in turn', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('voyages', 'geom', 'LINESTRING', 4326, 0, 0);
