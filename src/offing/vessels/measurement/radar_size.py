"""Size and direction of ships from the pixels of radar pictures.

The pixels under each box are freed of the point spread and traced along the ship's axis (``radar_trace``); a kept model
makes length, beam and their intervals of the trace (``radar_model``). Where the pixel size is unknown, or nothing
stands out of the clutter, the box stays as it is with its wide interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from offing.imagery.reading import Picture
from offing.quantities import Interval
from offing.vessels.detection.finds import LARGE_M, NOT_TOLD, bow_first, ring_of
from offing.vessels.measurement.adjoining import adjoining
from offing.vessels.measurement.box import Z90, ground_m, stated
from offing.vessels.measurement.radar_model import Size, SizeModel, beam_of, kept_sizes, length_of
from offing.vessels.measurement.radar_trace import Trace, trace
from offing.vessels.model import Detection, Measurement, OrientedBox

LONGEST_M = 460.0
"""No ship is longer: the upper bound where one is cut off."""
LIKELY = (0.4, 1.6)
"""Length found over that of the box: beyond, and two pixels off, box and pixels show different things, and the interval
holds both."""
_LIKELY_PX = 2.0
BESIDE_DB, BESIDE_SHARE = 6.0, 0.5
"""Where it is so bright beside a ship, a quay or a neighbour may have been taken for part of her, and the interval
reaches down to this share of the length."""


def sized(picture: Picture, detections: Sequence[Detection], model: SizeModel | None = None) -> tuple[Detection, ...]:
    """The detections, measured again, in their order; ``model``: offing's own unless given."""
    if not detections or picture.gsd_m is None:
        return tuple(detections)
    model = model or kept_sizes().model
    return adjoining([_refined(d, picture, model) for d in detections], picture)


def _refined(detection: Detection, picture: Picture, model: SizeModel) -> Detection:
    pixel_m = pixel_along(detection.box, picture)
    seen = trace(picture, detection.box, pixel_m) if pixel_m else None
    if seen is None or pixel_m is None:
        return detection
    if seen.runs_on:
        return msgspec.structs.replace(detection, flags=tuple(sorted({*detection.flags, "merged"})))
    cut_off = seen.cut_off or "clipped" in detection.flags
    length = length_of(seen, pixel_m, model.length)
    beam = beam_of(seen, pixel_m, length, model.beam, usual=not cut_off)
    bow = detection.measurement.bow_probability
    box = _resized(seen.box, length.value_m / pixel_m, beam.value_m / pixel_m)
    box = box if bow > NOT_TOLD else bow_first(box, picture)
    made = stated(box, picture, bow, _sd(length), _sd(beam))
    made = _widened(made, detection.measurement, seen, pixel_m)
    return msgspec.structs.replace(
        detection,
        box=box,
        ring=ring_of(box, picture),
        measurement=_at_least(made) if cut_off else made,
        flags=_flags(detection, made, seen, cut_off=cut_off),
    )


def pixel_along(box: OrientedBox, picture: Picture) -> float | None:
    """Ground metres of a pixel along the length of ``box``; None where the pixel size is unknown."""
    metres, pixels = ground_m(box, box.length_px, picture), 2 * math.hypot(*box.length_px)
    return metres / pixels if metres and pixels > 0.0 else None


def _sd(size: Size) -> float:
    """The standard deviation whose normal 90 % bounds are those of the interval."""
    return (size.interval.high - size.value_m) / Z90


def _resized(box: OrientedBox, length_px: float, beam_px: float) -> OrientedBox:
    """The same place and axis."""
    half = max(math.hypot(*box.length_px), 1e-9)
    ahead = (box.length_px[0] / half, box.length_px[1] / half)
    return OrientedBox(
        col=box.col,
        row=box.row,
        length_px=(0.5 * length_px * ahead[0], 0.5 * length_px * ahead[1]),
        beam_px=(-0.5 * beam_px * ahead[1], 0.5 * beam_px * ahead[0]),
    )


def _widened(made: Measurement, boxed: Measurement, seen: Trace, pixel_m: float) -> Measurement:
    """The interval of the length made to hold what the box says where the two disagree, and all bodies in line."""
    interval, length = made.length_m_90, made.length_m
    if interval is None or length is None:
        return made
    low, high = interval.low, interval.high
    if seen.beside_db > BESIDE_DB:
        low = min(low, BESIDE_SHARE * length)
    if seen.whole_px > seen.reach_px:
        high = max(high, high + (seen.whole_px - seen.reach_px) * seen.averaged * pixel_m)
    other = boxed.length_m or length
    unlike = not LIKELY[0] * other <= length <= LIKELY[1] * other
    if unlike and abs(length - other) > _LIKELY_PX * pixel_m:
        low, high = min(low, other), max(high, other)
    return msgspec.structs.replace(made, length_m_90=Interval(low=low, high=high))


def _at_least(measurement: Measurement) -> Measurement:
    """The same of a ship that is cut off: what is seen of its length is the least that it can be."""
    seen = measurement.length_m_90
    if seen is None:
        return measurement
    return msgspec.structs.replace(measurement, length_m_90=Interval(low=seen.low, high=max(seen.high, LONGEST_M)))


def _flags(detection: Detection, made: Measurement, seen: Trace, *, cut_off: bool) -> tuple[str, ...]:
    flags = set(detection.flags) - {"large"}
    if cut_off:
        flags.add("clipped")
    if seen.whole_px > seen.reach_px or seen.beside_db > BESIDE_DB:
        flags.add("merged")
    if made.length_m is not None and made.length_m > LARGE_M:
        flags.add("large")
    return tuple(sorted(flags))
