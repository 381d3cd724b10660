"""Makes ``sample_case`` importable from every folder of tests."""
