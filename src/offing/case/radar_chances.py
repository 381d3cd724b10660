"""What a radar picture would have shown of a ship of the length sought: told to readers, not used in judging.

A ship that is found need not be named, so this is no ``p_detect``; it says whether "nothing seen" means much.
"""

from __future__ import annotations

from offing.imagery.model import Scene
from offing.looks.radar_seen import p_seen
from offing.quantities import Probability
from offing.records import Record


class RadarChances(Record, frozen=True):
    """P(a ship is found, whatever it is taken for) in one picture."""

    length_m: float
    """Of the ship."""
    gsd_m: float
    """Longer side of the picture's pixels."""
    at_anchor: Probability | None
    """None: not measured for such ships in such pictures."""
    at_quay: Probability | None
    """None: not measured."""
    simulated: bool


def radar_chances(scene: Scene, length_m: float | None) -> RadarChances | None:
    """What is measured of ``scene``; None for other sensors, and where nobody says how long the ship is."""
    if scene.sensor != "sar" or length_m is None:
        return None
    gsd = max(scene.gsd_m)
    at_anchor, at_quay = (p_seen(length_m, gsd, at_quay=quay, simulated=scene.simulated) for quay in (False, True))
    return RadarChances(length_m=length_m, gsd_m=gsd, at_anchor=at_anchor, at_quay=at_quay, simulated=scene.simulated)
