"""A verdict for each claim element, with its strength, gaps and reasons. Pure: no files, network or clock."""
