"""How long, how broad and how directed a ship is, with intervals: from its box, then from its pixels."""

from offing.vessels.measurement.box import SPREADS, Z90, Spread, direction_deg, measure

__all__ = ["SPREADS", "Z90", "Spread", "direction_deg", "measure"]
