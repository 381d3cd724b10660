"""How often something happened, and whether that changed. Pure: no files, no network, no clock."""
