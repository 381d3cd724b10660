"""The windows of a picture in which there is something to compare, with what all looks say of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.water import Water, find_water
from offing.records import Record
from offing.sites import Berth
from offing.vessels.detection.cfar import cores
from offing.vessels.detection.kernels import distance_to
from offing.vessels.detection.spacing import spaced
from offing.vessels.detection.stack.aligned import (
    MAX_SHIFT_PX,
    Other,
    common_bands,
    on_reference,
    registered,
    same_scale,
)
from offing.vessels.detection.stack.arrivals import quay_strip
from offing.vessels.detection.stack.background import FEW_LOOKS, Background, background
from offing.vessels.detection.stack.clear import cloudless, told_by
from offing.vessels.model import Detection, OrientedBox

Shape = NDArray[np.float64]
"""(n, 2) col, row: a ring in pixels of the picture."""

BLOCK = 768
"""Side of a tile's core in pixels: a dozen looks of it are some 100 MB."""
MARGIN_M = 500.0
"""Read around a tile: the longest ship, and enough sea and land to judge by."""
BERTH_MARGIN_M = 12.0
"""By how much berths are widened: what a polygon drawn on another picture may be off."""
MOST_LOOKS = 12
MAX_SHIFT_M = 8.0
"""Optical pictures finer than a few metres lie off one another by more pixels than others."""
ONE_PASS = timedelta(hours=1)
"""Pictures nearer in time than this are of one pass and show the same ships."""


class Stack(Record, frozen=True, eq=False):
    """The picture with the others that serve."""

    picture: Picture
    others: tuple[Other, ...]
    bands: tuple[str, ...]
    water: Water
    gsd_m: float


class Tile(Record, frozen=True, eq=False):
    """One window with what all looks say of it."""

    core: tuple[int, int, int, int]
    """Half-open (col0, row0, col1, row1): what lies here counts, the rest is margin."""
    window: Box
    place: Background
    stack: Stack

    def holds(self, box: OrientedBox) -> bool:
        """Whether a box (pixels of the picture) has its centre in the core."""
        col0, row0, col1, row1 = self.core
        return col0 <= box.col < col1 and row0 <= box.row < row1


def stack_of(picture: Picture, others: Sequence[Picture]) -> tuple[Stack | None, str]:
    """The pictures that serve, registered, and what is to be said of them."""
    if picture.transform is None or picture.gsd_m is None:
        return None, "no georeference: not compared with other pictures"
    radar = picture.sensor == "sar"
    serving = _chosen(picture, _one_a_pass(picture, [o for o in others if _serves(picture, o)]))
    bands = common_bands(picture, serving) if serving else ()
    bands = bands if radar else told_by(bands)
    if not bands:
        what, how = ("radar", "polarisation") if radar else ("optical", "bands")
        return None, f"no other {what} picture of the place with such pixels and {how}: not compared"
    water = find_water(picture)
    gsd = math.sqrt(picture.gsd_m[0] * picture.gsd_m[1])
    windows = _registration_windows(picture, water)
    lying = tuple(_registered(picture, o, bands, windows, gsd) for o in serving)
    few = "" if len(lying) >= FEW_LOOKS else ", too few to tell what is always there"
    unsure = sum(not o.shift.measured for o in lying)
    loose = f"; {unsure} of them by georeference alone" if unsure else ""
    note = f"compared with {len(lying)} other look{'s' if len(lying) != 1 else ''} at the place{few}{loose}"
    return Stack(picture=picture, others=lying, bands=bands, water=water, gsd_m=gsd), note


def _serves(picture: Picture, other: Picture) -> bool:
    return (
        other.sensor == picture.sensor
        and other.transform is not None
        and other.simulated == picture.simulated
        and same_scale(picture, other)
        and bool(common_bands(picture, [other]))
        and (picture.sensor == "sar" or other.scale.quantity == picture.scale.quantity)
    )


def _registered(
    picture: Picture, other: Picture, bands: tuple[str, ...], windows: Sequence[Box], gsd_m: float
) -> Other:
    if picture.sensor == "sar":
        return registered(picture, other, bands, windows)
    reflectance = picture.scale.quantity == "reflectance"
    return registered(
        picture,
        other,
        bands,
        windows,
        most_px=max(MAX_SHIFT_PX, MAX_SHIFT_M / gsd_m),
        clear=lambda values: cloudless(values, bands, gsd_m, reflectance=reflectance),
    )


def _chosen(picture: Picture, others: list[Picture]) -> list[Picture]:
    """At most ``MOST_LOOKS``, the nearest first; optical ones some days apart, as they may be taken every day."""
    dated = [o for o in others if o.time is not None]
    if picture.sensor == "sar" or picture.time is None or not dated:
        return others[:MOST_LOOKS]
    kept = spaced(picture.time, [o.time for o in dated if o.time is not None], MOST_LOOKS)
    return ([dated[i] for i in kept] + [o for o in others if o.time is None])[:MOST_LOOKS]


def _one_a_pass(picture: Picture, others: Sequence[Picture]) -> list[Picture]:
    """The nearest in time first, without the pass of ``picture`` itself and one of each other pass: a second file of
    one acquisition is no second look. Pictures without a time come last and are believed to be looks of their own.
    """
    now = picture.time
    dated = [o for o in others if now is not None and o.time is not None]
    dated.sort(key=lambda o: (abs(_seconds(o) - _seconds(picture)), o.name))
    chosen = [picture] if now is not None else []
    for other in dated:
        if all(abs(_seconds(other) - _seconds(c)) > ONE_PASS.total_seconds() for c in chosen):
            chosen.append(other)
    return [c for c in chosen if c is not picture] + [o for o in others if o not in dated]


def _seconds(picture: Picture) -> float:
    assert picture.time is not None
    return picture.time.timestamp()


def _registration_windows(picture: Picture, water: Water, size: int = 512, most: int = 4) -> list[Box]:
    """The windows with most of both land and water: what stays where it is."""
    boxes = list(picture.blocks(size, 0))
    if len(boxes) > 64:
        boxes = boxes[:: len(boxes) // 64]

    def mixed(box: Box) -> float:
        share = float(water.mask(box)[::8, ::8].mean())
        return min(share, 1.0 - share) * box.width * box.height

    return sorted(boxes, key=lambda b: (-mixed(b), b.row0, b.col0))[:most]


def tiles(stack: Stack, shapes: Sequence[Shape], detections: Sequence[Detection]) -> Iterator[Tile]:
    """The windows in which there is something to compare."""
    picture = stack.picture
    margin = math.ceil(MARGIN_M / stack.gsd_m)
    for core in cores(picture.height, picture.width, BLOCK):
        window = Box(
            col0=max(0, core[0] - margin),
            row0=max(0, core[1] - margin),
            col1=min(picture.width, core[2] + margin),
            row1=min(picture.height, core[3] + margin),
        )
        if not _worth(core, stack.water, shapes, detections):
            continue
        now = picture.read(stack.bands, window)
        looks = np.stack([on_reference(picture, o, stack.bands, window) for o in stack.others])
        place = background(now, looks, stack.water.mask(window), stack.gsd_m)
        yield Tile(core=core, window=window, place=place, stack=stack)


def _worth(
    core: tuple[int, int, int, int],
    water: Water,
    shapes: Sequence[Shape],
    detections: Sequence[Detection],
) -> bool:
    """Whether a tile holds a detection, a berth, or a shore where no berths were drawn."""
    col0, row0, col1, row1 = core
    if any(col0 <= d.box.col < col1 and row0 <= d.box.row < row1 for d in detections):
        return True
    if shapes:
        return any(
            s[:, 0].max() >= col0 and s[:, 0].min() < col1 and s[:, 1].max() >= row0 and s[:, 1].min() < row1
            for s in shapes
        )
    wet = water.mask(Box(col0=col0, row0=row0, col1=col1, row1=row1))[::4, ::4]
    return bool(wet.any() and not wet.all())


def along_quay(tile: Tile, shapes: Sequence[Shape]) -> NDArray[np.bool_]:
    """(rows, cols) of the tile's window, True in the berths, along the shore where none were drawn."""
    gsd = tile.stack.gsd_m
    return _berth_mask(tile.window, shapes, gsd) if shapes else quay_strip(tile.place, gsd)


def _berth_mask(window: Box, shapes: Sequence[Shape], gsd_m: float) -> NDArray[np.bool_]:
    """(rows, cols) of the window, True in the berths and up to ``BERTH_MARGIN_M`` around them."""
    import cv2

    mask = np.zeros((window.height, window.width), np.uint8)
    for shape in shapes:
        at = np.clip((shape - (window.col0, window.row0) - 0.5) * 16, -(2**24), 2**24)
        cv2.fillPoly(mask, [np.round(at).astype(np.int32)], (1.0,), shift=4)
    return np.asarray(distance_to(mask > 0) <= BERTH_MARGIN_M / gsd_m) if mask.any() else mask > 0


def pixels_of(berth: Berth, picture: Picture) -> Shape:
    """(n, 2) col, row of a berth's ring."""
    return np.array([picture.pixel(lon, lat) for lon, lat in berth.ring], np.float64)
