"""What a picture would have shown of a ship of the length sought: told to readers, not used in judging.

A ship that is found need not be named, so this is no ``p_detect``; it says whether "nothing seen" means much.
"""

from __future__ import annotations

from offing.imagery.model import Scene, SensorKind
from offing.looks import optical_seen, radar_seen
from offing.looks.declared import OPTICAL
from offing.quantities import Probability
from offing.records import Record


class FoundChances(Record, frozen=True):
    """P(a ship is found, whatever it is taken for) in one picture."""

    sensor: SensorKind
    length_m: float
    """Of the ship."""
    gsd_m: float
    """Longer side of the picture's pixels."""
    at_anchor: Probability | None
    """In open water. None: not measured for such ships in such pictures."""
    at_quay: Probability | None
    """None: not measured."""
    simulated: bool


def found_chances(scene: Scene, length_m: float | None, *, clear: bool) -> FoundChances | None:
    """What is measured of ``scene``; None where nobody says how long the ship is.

    ``clear``: no cloud over the site, which matters to optical pictures; else one may be near the ship.
    """
    if length_m is None or not (scene.sensor == "sar" or scene.sensor in OPTICAL):
        return None
    gsd, edge = max(scene.gsd_m), False if clear else None
    at_anchor, at_quay = (
        radar_seen.p_seen(length_m, gsd, at_quay=quay, simulated=scene.simulated)
        if scene.sensor == "sar"
        else optical_seen.p_seen(length_m, gsd, at_quay=quay, cloud_edge=edge, simulated=scene.simulated)
        for quay in (False, True)
    )
    return FoundChances(
        sensor=scene.sensor,
        length_m=length_m,
        gsd_m=gsd,
        at_anchor=at_anchor,
        at_quay=at_quay,
        simulated=scene.simulated,
    )
