"""The same ship in two pictures: a likelihood ratio with its factors."""
