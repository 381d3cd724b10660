"""What plain matching does: the nearest track, places by straight lines between fixes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.ais_worlds import World
from offing.vessels.ais.model import RadarView, Track
from offing.vessels.ais.plane import middle_of, to_metres
from offing.vessels.ais.scene import centre_of
from offing.vessels.ais.views import displacement

F64 = NDArray[np.float64]
REACH_M = 1000.0


def nearest(made: World) -> list[str | None]:
    """Detection → the nearest track within 1 km, each for itself."""
    away, keys = _distances(made, ())
    found: list[str | None] = []
    for row in away:
        best = int(row.argmin())
        found.append(keys[best] if row[best] <= REACH_M else None)
    return found


def hungarian(made: World, views: Sequence[RadarView]) -> list[str | None]:
    """Detection → track within 1 km, one to one by the least sum of distances, after the radar's displacement."""
    from scipy.optimize import linear_sum_assignment

    away, keys = _distances(made, views)
    found: list[str | None] = [None] * len(away)
    for i, j in zip(*linear_sum_assignment(np.minimum(away, REACH_M)), strict=True):
        if away[i, j] < REACH_M:
            found[i] = keys[j]
    return found


def _distances(made: World, views: Sequence[RadarView]) -> tuple[F64, list[str]]:
    """(metres from every detection to every track, the tracks' keys)."""
    anchor = middle_of(made.footprint[:-1])
    centres = [centre_of(d) for d in made.detections]
    seen = to_metres(anchor, [c.lon for c in centres], [c.lat for c in centres])
    places = []
    for track in made.tracks:
        place, velocity = _straight(track, made)
        metres = to_metres(anchor, *place)[0]
        places.append(metres + (displacement(views[0], anchor) @ velocity if views else 0.0))
    away = np.hypot(*(seen[:, None, :] - np.array(places)[None, :, :]).transpose(2, 0, 1))
    return away, [t.key for t in made.tracks]


def _straight(track: Track, made: World) -> tuple[tuple[float, float], F64]:
    """((lon, lat) on a straight line between the fixes, velocity by them or by the last one)."""
    at = np.array([(f.time - made.time).total_seconds() for f in track.fixes])
    lon, lat = np.array([f.lon for f in track.fixes]), np.array([f.lat for f in track.fixes])
    k = int(np.clip(np.searchsorted(at, 0.0), 1, len(at) - 1))
    metres = to_metres(middle_of([(lon[k], lat[k])]), lon[k - 1 : k + 1], lat[k - 1 : k + 1])
    velocity = (metres[1] - metres[0]) / max(at[k] - at[k - 1], 1.0)
    return (float(np.interp(0.0, at, lon)), float(np.interp(0.0, at, lat))), velocity
