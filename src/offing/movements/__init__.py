"""How ships moved: presence over time, port calls, passages and lifts. Pure: no files, no network, no clock."""
