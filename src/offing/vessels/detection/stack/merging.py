"""The detector's finds and those of the comparison as one list: one detection a ship."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.vessels.model import Detection, OrientedBox

if TYPE_CHECKING:
    from shapely import Polygon

SAME_IOU = 0.25
"""Overlap (intersection over union) from which two boxes are the same ship, and the detector's is kept."""
STANDING = frozenset({"land", "structure", "nodata-edge", "fixed"})
"""What a detection is dismissed as and what cannot have come since the other looks."""
INSIDE = 0.5
"""Share of a box inside another from which it is a part of it."""


def merged(found: Sequence[Detection], compared: Sequence[Detection]) -> list[Detection]:
    """``found`` with what only the comparison found; of two boxes of one ship the detector's, at the higher score.

    A find that is only a part of a ship that the comparison shows whole goes, unless it is the surer.
    """
    own = list(found)
    shapes = [polygon(d.box) for d in own]
    added: list[Detection] = []
    gone: set[int] = set()
    for candidate in compared:
        outline = polygon(candidate.box)
        shares = [outline.intersection(s).area if outline.intersects(s) else 0.0 for s in shapes]
        touching = [i for i, share in enumerate(shares) if share > 0.0 and i not in gone]
        same = [i for i in touching if shares[i] / (outline.area + shapes[i].area - shares[i]) >= SAME_IOU]
        parts = [i for i in touching if shares[i] >= INSIDE * shapes[i].area]
        whole = [i for i in touching if shares[i] >= INSIDE * outline.area]
        if same or whole:
            best = max(same or whole, key=lambda i: shares[i])
            own[best] = _surer(own[best], candidate)
        elif parts and any(own[i].score.value > candidate.score.value for i in parts):
            best = max(parts, key=lambda i: own[i].score.value)
            own[best] = _surer(own[best], candidate)
        else:
            gone.update(parts)
            added.append(candidate)
    return [d for i, d in enumerate(own) if i not in gone] + added


def reconciled(
    compared: Sequence[Detection], dismissed: Sequence[Detection]
) -> tuple[list[Detection], tuple[Detection, ...]]:
    """(what stays of ``compared``, what stays of ``dismissed``) where both say something of one place.

    What came since is neither land nor built, so it is no longer dismissed as that; a ghost or interference comes and
    goes, so it stays dismissed.
    """
    coming, ghosts = list(compared), [d for d in dismissed if not STANDING & set(d.flags)]
    coming = [c for c in coming if not any(same(c, g) for g in ghosts)]
    still = tuple(d for d in dismissed if not (STANDING & set(d.flags) and any(same(c, d) for c in coming)))
    return coming, still


def same(one: Detection, other: Detection) -> bool:
    """Whether two boxes show the same thing: they overlap well, or one lies for the greater part in the other."""
    a, b = polygon(one.box), polygon(other.box)
    common = a.intersection(b).area
    return bool(common >= SAME_IOU * (a.area + b.area - common) or common >= INSIDE * min(a.area, b.area))


def numbered(detections: Sequence[Detection], taken: Sequence[str]) -> tuple[Detection, ...]:
    """In order of falling score; those without an id get the numbers after the ``taken`` ones, which reasons name."""
    first = 1 + max((int(i) for i in taken if i.isdigit()), default=0)
    ordered = sorted(detections, key=lambda d: (-d.score.value, d.box.row, d.box.col))
    fresh = {id(d): f"{n:04d}" for n, d in enumerate((d for d in ordered if not d.id), start=first)}
    return tuple(msgspec.structs.replace(d, id=fresh[id(d)]) if not d.id else d for d in ordered)


def in_berth(box: OrientedBox, shapes: Sequence[NDArray[np.float64]]) -> bool:
    """Whether at least half of a box lies in a berth that a person drew: ``shapes``, (n, 2) col, row each."""
    from shapely import Polygon, union_all

    if not shapes:
        return False
    outline = polygon(box)
    return bool(outline.intersection(union_all([Polygon(s) for s in shapes])).area >= 0.5 * outline.area)


def flagged(detection: Detection, flag: str, *reasons: str) -> Detection:
    """With one more flag, and the reasons why it is kept out of the ships."""
    return msgspec.structs.replace(
        detection, flags=tuple(sorted({*detection.flags, flag})), reasons=(*detection.reasons, *reasons)
    )


def polygon(box: OrientedBox) -> Polygon:
    """The box in pixels; a box without area gets a thousandth of a pixel."""
    from shapely import Polygon

    corners = np.array(box.corners())
    shape = Polygon(corners)
    return shape if shape.area > 0.0 else Polygon(corners).buffer(1e-3)


def _surer(kept: Detection, other: Detection) -> Detection:
    """``kept`` with the flags of both and the higher score."""
    flags = tuple(sorted({*kept.flags, *other.flags}))
    score = max(kept.score, other.score, key=lambda p: p.value)
    return msgspec.structs.replace(kept, flags=flags, score=score)
