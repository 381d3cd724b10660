"""The finds of an optical picture, judged by what the other looks of the place know of the ground under them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.detection.dismissal.ground import cells_at, outline
from offing.vessels.detection.dismissal.model import KINDS
from offing.vessels.detection.kernels import distance_to, labelled
from offing.vessels.detection.model import DetectionSet
from offing.vessels.detection.stack.clear import has_index
from offing.vessels.detection.stack.fixed import ALWAYS_THERE, Likeness, Persistence, likened
from offing.vessels.detection.stack.history import LEAST_CLEAR, Ground, grounds, local
from offing.vessels.detection.stack.merging import flagged, in_berth, numbered
from offing.vessels.detection.stack.tiles import Shape, Stack
from offing.vessels.model import Detection, OrientedBox

Mask = NDArray[np.bool_]

OPTICAL = Likeness(as_bright=(0.35, 0.5), alike=0.55, share=0.8)
"""A factor of 1.4 to 1.65 over the water: sun, haze and parts of a pixel, where the gain over land is made the same.
One look in five may be spoilt by haze or the shadow of a cloud."""
ON_WATER_BEFORE = "on-water-before"
"""Flag of what lies at a berth where most of the other looks show water. The score is not changed by it."""

LAND_M = 60.0
"""What is dismissed as land lies further from any water with its whole outline …"""
PIXELS_OFF = 1.5
"""… and by how many pixels looks may lie off one another."""
AFLOAT = 0.5
"""Least share of the outline that was water before."""
AT_QUAY_M = 60.0
"""How near to land a find lies at the quay, where no berths are drawn."""
LEAST_LAND_M2 = 10_000.0
"""Less in the water is no quay."""
AGREE = 0.7
"""Least share of the picture's own water that the other looks must take for water, or their water is not used."""


class Told(Record, frozen=True):
    """What the other looks say of one find."""

    seen: Persistence | None
    """None: the picture shows a cloud there, or nothing."""
    looks: int
    """Cloudless looks, the median over the outline."""
    afloat: float
    """Share of the outline where most of them show water."""
    inland_m: float
    """Of the outline's nearest point to what is, or may be, water."""
    ashore: bool
    """Whether what most of them show as land lies within ``AT_QUAY_M``."""

    @property
    def on_water(self) -> bool:
        """Whether the place was water, as far as is known."""
        return self.looks >= LEAST_CLEAR and self.afloat >= AFLOAT


def judged_by(found: DetectionSet, stack: Stack, shapes: Sequence[Shape]) -> tuple[DetectionSet, str]:
    """(``found``, cleared by the history of the place, what is to be said of its water).

    ``shapes``: the drawn berths, in pixels. With fewer than four other looks nothing is told. No score is changed.
    """
    if len(stack.others) < LEAST_CLEAR:
        return found, ""
    lost = [d for d in found.dismissed if {*d.flags} & {*KINDS} == {"land"}]
    told, trusted = _told(stack, [*found.detections, *lost])
    reach = LAND_M + PIXELS_OFF * stack.gsd_m if trusted else math.inf
    back = [d for d in lost if told[d.id].on_water]
    said = [_judged(d, told[d.id], shapes, reach) for d in (*found.detections, *(_no_land(d) for d in back))]
    gone = [d for d in found.dismissed if d not in back] + [d for d in said if d.reasons]
    gone.sort(key=lambda d: (-d.score.value, d.id))
    words = "" if trusted else "; what is land is not told by them"
    kept = numbered([d for d in said if not d.reasons], [])
    return msgspec.structs.replace(found, detections=kept, dismissed=tuple(gone)), words


def _judged(d: Detection, told: Told, shapes: Sequence[Shape], reach_m: float) -> Detection:
    """``d`` with the flags and reasons that follow."""
    berthed = in_berth(d.box, shapes)
    if not berthed and told.looks >= LEAST_CLEAR and told.inland_m > reach_m:
        looks = f"most of {told.looks} cloudless other looks, and the picture itself,"
        reason = f"always land: {looks} show no water within {told.inland_m:.0f} m"
        return flagged(d, "land", reason)
    if told.seen is not None and told.seen.fixed and not told.on_water:
        return flagged(d, ALWAYS_THERE) if berthed else flagged(d, "fixed", told.seen.reason())
    at_berth = berthed if shapes else told.ashore
    return flagged(d, ON_WATER_BEFORE) if at_berth and told.on_water else d


def _told(stack: Stack, finds: Sequence[Detection]) -> tuple[dict[str, Told], bool]:
    """(what is said of each find by its id, whether the looks tell land)."""
    told: dict[str, Told] = {}
    times = [o.time for o in stack.others]
    ours = agreed = 0
    for ground, inside in grounds(stack, finds):
        water, land = ground.water, _large(ground.known & ~ground.water, LEAST_LAND_M2 / stack.gsd_m**2)
        # Glint hides water from the index in every look of some ports: the picture's own mask has a say as well.
        inland = _distance(water | ~ground.known | stack.water.mask(ground.window))
        shore = distance_to(land) if land.any() else np.full(land.shape, np.inf, np.float32)
        own = stack.water.mask(ground.window) & ground.known
        ours, agreed = ours + int(own.sum()), agreed + int((own & water).sum())
        for d in inside:
            at = _points(d.box, ground)
            shown, looks = ground.now[d.id], ground.looks[d.id]
            told[d.id] = Told(
                seen=likened(shown, looks, times, stack.picture.time, OPTICAL) if shown is not None else None,
                looks=int(np.median(ground.clear[at])),
                afloat=float(water[at].mean()),
                inland_m=float(inland[at].min()) * stack.gsd_m,
                ashore=float(shore[at].min()) * stack.gsd_m <= AT_QUAY_M,
            )
    return told, has_index(stack.bands) and agreed >= AGREE * max(ours, 1)


def _points(box: OrientedBox, ground: Ground) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(rows, cols) in the window of points all over a box."""
    cols, rows = outline(local(box, ground.window), along=25, across=7)
    return cells_at(cols, rows, 1, (ground.window.height, ground.window.width))


def _distance(mask: Mask) -> NDArray[np.float32]:
    """(rows, cols) pixels to the nearest True one, what lies beyond the window being True."""
    return distance_to(np.pad(mask, 1, constant_values=True))[1:-1, 1:-1]


def _large(mask: Mask, least: float) -> Mask:
    """Patches of so many pixels or more."""
    labels, stats, _ = labelled(mask.astype(np.uint8))
    large = stats[:, 4] >= least
    large[0] = False
    return np.asarray(large[labels])


def _no_land(d: Detection) -> Detection:
    """A find that is no longer dismissed as land."""
    return msgspec.structs.replace(d, flags=tuple(f for f in d.flags if f != "land"), reasons=())
