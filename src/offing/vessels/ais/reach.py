"""Which fixes bear on a picture, from its time and places in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from offing.vessels.ais.model import Reach


def reach_of(at: datetime, window_h: float, places: Sequence[tuple[float, float]]) -> Reach:
    """The reach of a picture taken ``at`` that holds ``places`` (lon, lat), on either side of the antimeridian."""
    first = places[0][0]
    east = [(lon - first + 180.0) % 360.0 - 180.0 for lon, _ in places]
    lats = [lat for _, lat in places]
    box = (first + min(east), min(lats), first + max(east), max(lats))
    return Reach(time=at, window_h=window_h, box=box)
