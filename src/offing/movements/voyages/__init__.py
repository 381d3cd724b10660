"""Voyages: whether two port calls were made by one ship that sailed from the one to the other."""
