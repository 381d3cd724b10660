-- The verdict on each claim as a whole, beside those on its elements.
CREATE TABLE claim_verdicts (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, claim TEXT, element TEXT, statement TEXT, verdict TEXT,
  likelihood_ratio DOUBLE, likelihood_ratio_low DOUBLE, likelihood_ratio_high DOUBLE, probability DOUBLE,
  probability_low DOUBLE, probability_high DOUBLE, prior DOUBLE, power DOUBLE, word TEXT, strength TEXT,
  confidence TEXT, confidence_reasons TEXT, origins INTEGER, evidence TEXT, reasons TEXT, simulated BOOLEAN,
  levels TEXT, carried_by TEXT, missed TEXT, unseen TEXT);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) VALUES
  ('claim_verdicts', 'attributes', 'claim_verdicts', 'A verdict for each claim as a whole', NULL);
