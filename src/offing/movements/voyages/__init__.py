"""Voyages: whether two port calls were made by one ship that sailed from the one to the other."""

from offing.movements.voyages.candidates import Candidates, candidates
from offing.movements.voyages.find import voyages
from offing.movements.voyages.model import Assumed, SameShipRatio, Voyage, Voyages, Way

__all__ = ["Assumed", "Candidates", "SameShipRatio", "Voyage", "Voyages", "Way", "candidates", "voyages"]
