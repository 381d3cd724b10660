"""Ships of known size beside what was measured of them, by offing and by plain methods, in one picture at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.bench.found import axis_error_deg
from offing.bench.length_methods import PLAIN, Sizes, plain_sizes
from offing.bench.seen_scenes import matches
from offing.imagery.picture import Picture
from offing.quantities import Probability
from offing.records import Record
from offing.vessels.measurement import measure
from offing.vessels.measurement.box import stated
from offing.vessels.measurement.optical_size import Sizing, sized
from offing.vessels.model import Detection, Measurement, OrientedBox

METHODS = ("offing", "network's box", *PLAIN)
NEAR_M = 30.0
WILD = 0.12
"""Share of drawn boxes that are as wrong as the worst detections."""


class Row(Record, frozen=True):
    """One ship; metres, or pixels in pictures whose pixel size is unknown."""

    group: str
    """The port, the place or the scene."""
    length_m: float
    beam_m: float | None
    """None: not known."""
    pixel_m: float
    sizes: dict[str, Sizes]
    """Method → what it measured."""
    length_90: tuple[float, float]
    beam_90: tuple[float, float]
    box_90: tuple[float, float]
    """The interval that the network's box alone has."""
    flags: tuple[str, ...]


def rows_of(
    picture: Picture,
    group: str,
    hulls: Sequence[OrientedBox],
    detections: Sequence[Detection],
    sizing: Sizing | None = None,
    *,
    beams: bool = True,
) -> list[Row]:
    """The detections that are ships of ``hulls``, one to one, before and after they are measured in ``picture``."""
    from shapely import Polygon

    pixel = _pixel_m(picture)
    rings = [Polygon(h.corners()) for h in hulls]
    hit = matches([(d.box.col, d.box.row) for d in detections], rings, NEAR_M / pixel)
    measured = sized(picture, detections, sizing)
    made = []
    for number, found in sorted(hit.items()):
        before, after, truth = detections[found], measured[found], stated(hulls[number], picture, 1.0, 0.0, 0.0)
        if truth.length_m is None or after.measurement.length_m is None:
            continue
        sizes = {"offing": _sizes(after.measurement, truth), "network's box": _sizes(before.measurement, truth)}
        plain = plain_sizes(picture, before.box)
        sizes |= {name: _against(s, hulls[number]) for name, s in plain.items()}
        made.append(
            Row(
                group=group,
                length_m=truth.length_m,
                beam_m=truth.beam_m if beams else None,
                pixel_m=pixel,
                sizes=sizes,
                length_90=_bounds(after.measurement, "length_m_90"),
                beam_90=_bounds(after.measurement, "beam_m_90"),
                box_90=_bounds(before.measurement, "length_m_90"),
                flags=after.flags,
            )
        )
    return made


def drawn_detections(picture: Picture, hulls: Sequence[OrientedBox], rng: np.random.Generator) -> list[Detection]:
    """Boxes as wrong as a detection's may be, for ships whose place is known: what is measured then does not depend
    on what was found.
    """
    return [detection_at(picture, jittered(hull, rng)) for hull in hulls]


def jittered(hull: OrientedBox, rng: np.random.Generator) -> OrientedBox:
    """A box about the hull: place, sizes and axis off by some pixels and some per cent, its ends in either order."""
    half, wide = math.hypot(*hull.length_px), math.hypot(*hull.beam_px)
    wild = float(rng.random() < WILD)
    ahead = np.array(hull.length_px) / half
    abeam = np.array([-ahead[1], ahead[0]])
    along = rng.normal(0, 0.1 * half + 0.5) * (1 + 1.2 * wild)
    across = rng.normal(0, 0.24 * wide + 0.35)
    turn = math.radians(rng.normal(0, 2.5 + 4.5 * wild)) + math.pi * int(rng.integers(2))
    cos, sin = math.cos(turn), math.sin(turn)
    facing = np.array([ahead[0] * cos - ahead[1] * sin, ahead[0] * sin + ahead[1] * cos])
    length = max(half * math.exp(rng.normal(0, 0.11 + 0.19 * wild)) + rng.normal(0, 0.35), 1.0)
    beam = max(wide * math.exp(rng.normal(0, 0.3)) + rng.normal(0, 0.2), 0.4)
    at = np.array([hull.col, hull.row]) + ahead * along + abeam * across
    return OrientedBox(
        col=float(at[0]),
        row=float(at[1]),
        length_px=(float(facing[0] * length), float(facing[1] * length)),
        beam_px=(float(-facing[1] * beam), float(facing[0] * beam)),
    )


def detection_at(picture: Picture, box: OrientedBox) -> Detection:
    """A detection of that box, certain of being a ship and not of its bow."""
    return Detection(
        id="",
        image=picture.name,
        time=picture.time,
        score=Probability(value=1.0, low=1.0, high=1.0, basis="drawn about a ship whose place is known"),
        box=box,
        ring=None,
        measurement=measure(box, picture),
    )


def excess_taken_off(hull: OrientedBox, longer_px: float) -> OrientedBox:
    """The hull in a mask's box that is ``longer_px`` longer."""
    half = math.hypot(*hull.length_px)
    share = max(half - longer_px / 2, 0.5) / half
    return msgspec.structs.replace(hull, length_px=(hull.length_px[0] * share, hull.length_px[1] * share))


def mask_hull(mask: NDArray[np.bool_]) -> OrientedBox:
    """The box around a mask: second moments give its axis, the outermost pixels its ends; the beam is the mask's area
    over its length.
    """
    rows, cols = np.nonzero(mask)
    points = np.stack([cols, rows], axis=1) + 0.5
    off = points - points.mean(axis=0)
    c, r = off.T
    angle = 0.5 * math.atan2(2 * float((c * r).mean()), float((c * c).mean() - (r * r).mean()))
    axis = np.array([math.cos(angle), math.sin(angle)])
    side = np.array([-axis[1], axis[0]])
    along, across = off @ axis, off @ side
    length = float(np.ptp(along) + np.abs(axis).sum())
    beam = len(points) / length
    at = points.mean(axis=0) + axis * (along.max() + along.min()) / 2 + side * (across.max() + across.min()) / 2
    return OrientedBox(
        col=float(at[0]),
        row=float(at[1]),
        length_px=(float(axis[0] * length / 2), float(axis[1] * length / 2)),
        beam_px=(float(side[0] * beam / 2), float(side[1] * beam / 2)),
    )


def _pixel_m(picture: Picture) -> float:
    wide, high = picture.gsd_m or (1.0, 1.0)
    return math.sqrt(wide * high)


def _sizes(measurement: Measurement, truth: Measurement) -> Sizes:
    apart = axis_error_deg(np.array(math.radians(measurement.axis_deg)), np.array(math.radians(truth.axis_deg)))
    return Sizes(
        length_m=measurement.length_m or math.nan, beam_m=measurement.beam_m or math.nan, axis_deg=float(apart)
    )


def _against(sizes: Sizes, hull: OrientedBox) -> Sizes:
    """The same with the angle from the hull's axis in place of the axis."""
    truth = math.atan2(hull.length_px[1], hull.length_px[0])
    apart = axis_error_deg(np.array(math.radians(sizes.axis_deg)), np.array(truth))
    return msgspec.structs.replace(sizes, axis_deg=float(apart))


def _bounds(measurement: Measurement, name: str) -> tuple[float, float]:
    interval = getattr(measurement, name)
    return (interval.low, interval.high) if interval else (math.nan, math.nan)
