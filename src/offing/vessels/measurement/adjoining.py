"""Ships that lie against each other: which measurements a neighbour may have spoilt."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from offing.imagery.reading import Picture
from offing.vessels.model import Detection

GAP_PX = 1.0
"""Hulls closer than this touch, as far as pixels tell."""
SHARED = 0.25
"""Share of the smaller of two boxes within the other from which they may be one ship, or one of them two."""


def adjoining(detections: Sequence[Detection], picture: Picture) -> tuple[Detection, ...]:
    """The same, flagged ``touching`` where another ship lies against the hull, ``merged`` where two boxes share much.

    A ``touching`` ship's beam, or its length where the other lies at an end, is less sure than it says.
    """
    wide, high = picture.gsd_m or (1.0, 1.0)
    scale = np.array([wide, high]) / math.sqrt(wide * high)
    rings = [np.array(d.box.corners()) * scale for d in detections]
    centre = np.array([r.mean(axis=0) for r in rings]).reshape(-1, 2)
    radius = np.array([np.hypot(*(r[0] - r.mean(axis=0))) for r in rings])
    flags = [set(d.flags) for d in detections]
    for i in range(len(rings)):
        near = np.hypot(*(centre[i + 1 :] - centre[i]).T) < radius[i + 1 :] + radius[i] + GAP_PX
        for j in (np.flatnonzero(near) + i + 1).tolist():
            flag = _between(rings[i], rings[j])
            if flag:
                flags[i].add(flag)
                flags[j].add(flag)
    return tuple(
        d if f == set(d.flags) else msgspec.structs.replace(d, flags=tuple(sorted(f)))
        for d, f in zip(detections, flags, strict=True)
    )


def _between(one: np.ndarray, other: np.ndarray) -> str | None:
    from shapely import Polygon

    a, b = Polygon(one), Polygon(other)
    shared = a.intersection(b).area
    if shared >= SHARED * min(a.area, b.area):
        return "merged"
    return "touching" if a.distance(b) < GAP_PX else None
