"""Sentinel-1 level-1 GRD products: SAFE folders, COG_SAFE folders, and either of them in a ZIP archive."""
