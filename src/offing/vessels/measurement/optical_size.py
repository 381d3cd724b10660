"""Size and direction of ships from the pixels of optical pictures.

Each detection's box is laid over the picture again, in a window along its axis, and a small network says where the hull
begins and ends and how far that is open (``ends``); intervals follow from what such statements were worth on ships of
known size. Where nothing can be told, the box stays as it is with its wide interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from offing.imagery.reading import Picture
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.detection.finds import LARGE_M, NOT_TOLD, bow_first, ring_of
from offing.vessels.detection.kernels import F32
from offing.vessels.detection.optical_channels import bands_of
from offing.vessels.detection.optical_scale import kind_of, sentinel2
from offing.vessels.measurement.adjoining import adjoining
from offing.vessels.measurement.box import stated
from offing.vessels.measurement.ends import Ends, EndsCard, EndsNetwork, ends_card, ends_network
from offing.vessels.measurement.hull_windows import (
    ACROSS,
    ALONG,
    Frame,
    cut_of,
    frame_of,
    sampled_window,
    shown_window,
)
from offing.vessels.model import Detection, Measurement, OrientedBox

COARSEST_M = 15.0
"""The networks know no coarser pixels: boxes of such pictures stay as they are."""
SENTINEL2_GRAIN_M = 8.0
"""Sentinel-2's pixels are 10 m, and show no more where a map projection makes more of them; those that the network
learnt on are as small as this."""
KNOWN = 0.5
"""Share of a window that must have data."""
LIKELY = (0.45, 2.0)
"""Length found over that of the box: what lies beyond is taken for a failure."""
STOUTEST = 0.7
"""Beam over length beyond which what was found is no hull."""
BEYOND_PX = 0.75
"""An end with no data this far beyond it is an end of the data, not of the ship."""
LACKING = 0.03
"""Share of a hull without data from which it is clipped; box and picture may end within a pixel of each other."""
LONGEST_M = 460.0
"""No ship is longer: the upper bound where one is cut off."""


class Sizing(Record, frozen=True, eq=False):
    """What measures: a network and what it is worth."""

    network: EndsNetwork
    card: EndsCard


class _View(Record, frozen=True, eq=False):
    """One ship's window."""

    index: int
    frame: Frame
    shown: F32


def sized(picture: Picture, detections: Sequence[Detection], sizing: Sizing | None = None) -> tuple[Detection, ...]:
    """The detections, measured again, in their order; ``sizing``: offing's own for the picture's kind unless given."""
    if not detections or _too_coarse(picture):
        return tuple(detections)
    kind = kind_of(picture)
    sizing = sizing or Sizing(network=ends_network(kind), card=ends_card(kind))
    made = list(detections)
    views = _views(picture, detections)
    if views:
        seen = sizing.network.seen(np.stack([v.shown for v in views]), [v.frame for v in views])
        for row, view in enumerate(views):
            made[view.index] = _refined(made[view.index], picture, view, seen, row, sizing.card)
    return adjoining(made, picture)


def _too_coarse(picture: Picture) -> bool:
    gsd = picture.gsd_m
    return gsd is not None and math.sqrt(gsd[0] * gsd[1]) > COARSEST_M


def _views(picture: Picture, detections: Sequence[Detection]) -> list[_View]:
    """Windows of those that have one, read in the order in which files store pixels."""
    planes = bands_of(picture.bands, kind_of(picture))
    names = tuple(dict.fromkeys(name for name in planes if name))
    present = tuple(names.index(name) if name else None for name in planes)
    order = sorted(range(len(detections)), key=lambda i: _stored_at(detections[i].box, picture.stored_block))
    made = []
    for index in order:
        frame = _frame(detections[index].box, picture)
        cut = cut_of(frame, picture.width, picture.height)
        shown = shown_window(sampled_window(picture.read(names, cut), cut, frame), present) if cut else None
        if shown is not None and shown[-1].mean() >= KNOWN:
            made.append(_View(index=index, frame=frame, shown=shown))
    return made


def _stored_at(box: OrientedBox, block: tuple[int, int]) -> tuple[int, int]:
    return int(box.row // block[0]), int(box.col // block[1])


def _frame(box: OrientedBox, picture: Picture) -> Frame:
    if picture.gsd_m is None:
        return frame_of(box, (1.0, 1.0))
    col, row = min(max(box.col, 0.0), picture.width), min(max(box.row, 0.0), picture.height)
    grain = SENTINEL2_GRAIN_M if sentinel2(picture) else 0.0
    return frame_of(box, picture.metres_per_pixel_at(col, row), grain)


def _refined(detection: Detection, picture: Picture, view: _View, seen: Ends, row: int, card: EndsCard) -> Detection:
    frame = view.frame
    length, beam = _sizes(frame, seen, row, card)
    cut = _cut_off(view, seen, row)
    if not (LIKELY[0] * frame.length <= length <= LIKELY[1] * frame.length and beam <= STOUTEST * length):
        return detection
    ends, sides, tangent = seen.ends[row], seen.sides[row], float(seen.tangent[row])
    low, high = float(ends.mean()) - length / 2, float(ends.mean()) + length / 2
    low, high = max(low, cut[0]), min(high, cut[1])
    middle = float(sides.mean())
    box = frame.box((low, high), (middle - beam / 2, middle + beam / 2), tangent)
    bow = detection.measurement.bow_probability
    box = box if bow > NOT_TOLD else bow_first(box, picture)
    measurement = stated(
        box,
        picture,
        bow,
        card.length.sd(math.hypot(*seen.ends_sd[row]), frame.grain, length),
        card.beam.sd(math.hypot(*seen.sides_sd[row]), frame.grain, beam),
    )
    ended = math.isfinite(cut[0]) or math.isfinite(cut[1])
    clipped = ended or _lacking(view, (low, high), (middle - beam / 2, middle + beam / 2)) > LACKING
    return msgspec.structs.replace(
        detection,
        box=box,
        ring=ring_of(box, picture),
        measurement=_at_least(measurement) if ended else measurement,
        flags=_flags(detection, measurement, clipped=clipped),
    )


def _sizes(frame: Frame, seen: Ends, row: int, card: EndsCard) -> tuple[float, float]:
    """(length, beam) in ground units, the box's own having its share in them."""
    lean = math.hypot(1.0, float(seen.tangent[row]))
    found = (float(np.ptp(seen.ends[row])) * lean, float(np.ptp(seen.sides[row])) / lean)
    worths, own = (card.length, card.beam), (frame.length, frame.beam)
    length, beam = (
        max((1 - w.of_box) * size + w.of_box * box - w.excess_px * frame.grain, 0.5 * frame.grain)
        for size, box, w in zip(found, own, worths, strict=True)
    )
    return length, min(beam, length)


def _cut_off(view: _View, seen: Ends, row: int) -> tuple[float, float]:
    """(least, greatest) place along the axis that the data allow, infinite at an end that lies within them."""
    frame, known = view.frame, view.shown[-1]
    middle = slice(known.shape[1] // 2 - 3, known.shape[1] // 2 + 3)
    along = (np.arange(ALONG) + 0.5) * frame.step_along - frame.reach
    dark = along[known[:, middle].mean(axis=1) < 0.5]
    centre = float(seen.ends[row].mean())
    after, before = dark[dark > centre], dark[dark < centre]
    reach = BEYOND_PX * frame.grain
    high = float(after.min()) if after.size else math.inf
    low = float(before.max()) if before.size else -math.inf
    return (
        low if low > seen.ends[row][0] - reach else -math.inf,
        high if high < seen.ends[row][1] + reach else math.inf,
    )


def _lacking(view: _View, ends: tuple[float, float], sides: tuple[float, float]) -> float:
    """Share of the hull that has no data."""
    frame = view.frame
    along = (np.arange(ALONG) + 0.5) * frame.step_along - frame.reach
    across = (np.arange(ACROSS) + 0.5) * frame.step_across - frame.side
    inside = view.shown[-1][np.ix_((along > ends[0]) & (along < ends[1]), (across > sides[0]) & (across < sides[1]))]
    return 1.0 - float(inside.mean()) if inside.size else 0.0


def _at_least(measurement: Measurement) -> Measurement:
    """The same of a ship that is cut off: what is seen of its length is the least that it can be."""
    seen = measurement.length_m_90
    if seen is None:
        return measurement
    return msgspec.structs.replace(measurement, length_m_90=Interval(low=seen.low, high=max(seen.high, LONGEST_M)))


def _flags(detection: Detection, measurement: Measurement, *, clipped: bool) -> tuple[str, ...]:
    flags = set(detection.flags) - {"large", "clipped"}
    if clipped:
        flags.add("clipped")
    if measurement.length_m is not None and measurement.length_m > LARGE_M:
        flags.add("large")
    return tuple(sorted(flags))
