"""Adds velocities to the ships of a Sentinel-2 picture that were certainly moving."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.imagery.picture import Picture
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Measurement, OrientedBox, Velocity
from offing.vessels.velocity.delays import tracked_bands
from offing.vessels.velocity.strips import across_track_m, order_probability
from offing.vessels.velocity.watching import Moving, Watch

ALIGNED_DEG = 30.0
"""A course further off the axis than this says nothing of the bow."""


def with_velocities(found: DetectionSet, picture: Picture) -> DetectionSet:
    """``found`` with a velocity for each ship whose interval leaves out rest, and a note on how many were tried.

    Only pictures known to be of Sentinel-2 with green, near infrared and one more of their bands; other pictures, and
    those of unknown pixel size, get a note that says so.
    """
    bands = tracked_bands(picture)
    if not bands:
        return _noted(found, "no velocities: they need B03, B08 and a third visible or red-edge band of Sentinel-2")
    if picture.gsd_m is None:
        return _noted(found, "no velocities: the pixel size is unknown")
    watch = Watch(found.detections, picture, bands)
    outcomes: Counter[str] = Counter()
    moving: dict[int, Moving] = {}
    for index in range(len(found.detections)):
        seen = watch.seen(index)
        if isinstance(seen, str):
            outcomes[seen] += 1
        elif seen.moves:
            moving[index] = watch.moving(index, seen)
        else:
            outcomes["still"] += 1
    ships = list(found.detections)
    for (index, one), order in zip(moving.items(), _orders(moving, ships, picture), strict=True):
        ships[index] = _moved(ships[index], one, float(order), ", ".join(bands))
    note = _note(len(moving), outcomes)
    return _noted(msgspec.structs.replace(found, detections=tuple(ships)), note)


def _noted(found: DetectionSet, note: str) -> DetectionSet:
    return msgspec.structs.replace(found, notes=(*found.notes, note))


def _note(moving: int, outcomes: Counter[str]) -> str:
    tried = moving + outcomes["still"]
    left = ", ".join(f"{n} {why}" for why, n in sorted(outcomes.items()) if why != "still")
    ships = "1 ship" if tried == 1 else f"{tried} ships"
    return f"velocities by band delays: {ships} tried, {moving} certainly moving" + (
        f"; not tried: {left}" if left else ""
    )


def _orders(moving: dict[int, Moving], ships: Sequence[Detection], picture: Picture) -> NDArray[np.float64]:
    """(n,) P(the handbook's order of the bands) for each moving ship."""
    if not moving:
        return np.empty(0)
    boxes = [ships[i].box for i in moving]
    if picture.transform is not None:
        across = across_track_m(*picture.lonlat([b.col for b in boxes], [b.row for b in boxes]))
    else:
        across = np.array([b.col * picture.metres_per_pixel_at(b.col, b.row)[0] for b in boxes])
    return order_probability(across, np.array([m.forward for m in moving.values()]))


def _moved(ship: Detection, one: Moving, order: float, bands: str) -> Detection:
    """``ship`` with its velocity; its bow points where it goes, as far as that is known."""
    course = one.course if order >= 0.5 else one.course.reversed()
    sure = max(order, 1 - order)
    registered = f"registered on {one.tiles} patches of land" if one.tiles else "registration as declared"
    velocity = Velocity(
        speed_kn=course.speed_kn,
        speed_kn_90=course.speed_kn_90,
        course_deg=course.course_deg,
        course_deg_90=course.course_deg_90,
        course_probability=sure,
        basis=f"delays of {bands}; {registered}",
    )
    box, measurement = _bow(ship.box, ship.measurement, course.course_deg, sure)
    return msgspec.structs.replace(ship, velocity=velocity, box=box, measurement=measurement)


def _bow(box: OrientedBox, measured: Measurement, course: float, sure: float) -> tuple[OrientedBox, Measurement]:
    """The bow's end by the course, where the axis agrees with it; ``sure`` has weighed what was known of the bow."""
    off = abs((course - measured.heading_deg + 180.0) % 360.0 - 180.0)
    if min(off, 180.0 - off) > ALIGNED_DEG or sure <= 0.5:
        return box, measured
    if off < 90.0:
        return box, msgspec.structs.replace(measured, bow_probability=sure)
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    turned = OrientedBox(col=box.col, row=box.row, length_px=(-lc, -lr), beam_px=(-bc, -br))
    heading = (measured.heading_deg + 180.0) % 360.0
    return turned, msgspec.structs.replace(measured, heading_deg=heading, bow_probability=sure)
