"""When which satellite could have looked at a place: orbits, swaths and the passes that follow from them."""
