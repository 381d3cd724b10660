"""Length, beam and direction of a detected ship on the ground, with intervals that say what the pixels leave open.

What a picture shows is the ship widened by the point spread and cut at some level, on a lattice of pixels. The beam
is freed of the point spread in quadrature (second moments add). Radar also lights what lies beside the hull (side
lobes, the cut far above the sea): that excess was measured on Sentinel-1 ships of known size and is taken off. The
interval joins pixel lattice, the place of the cut, the excess' uncertainty and a relative part for what no outline
tells.
"""

from __future__ import annotations

import math

from offing.geo import geod
from offing.imagery.model import SensorKind
from offing.imagery.reading import Picture
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.model import Measurement, OrientedBox

Z90 = 1.6448536269514722
LATTICE_SD_PX = 1 / math.sqrt(12)
"""Standard deviation of an edge that is only known to lie within one pixel."""


class Spread(Record, frozen=True):
    """What a kind of sensor adds to the size of things."""

    psf_px: float
    """Standard deviation of the point spread in pixels, as far as it is usual for pictures sampled as they are sold."""
    relative_length: float
    """Standard deviation of length over true length that outlines leave: side lobes, wakes, dark bows."""
    relative_beam: float
    excess_length_px: float = 0.0
    """By how much the outline is too long, pixels."""
    excess_beam_px: float = 0.0
    """By how much the outline is too wide, pixels."""
    excess_sd_px: float = 0.0
    """Standard deviation of either, pixels."""


FINE_M, FINE_LENGTH = 7.0, 0.06
"""Optical pixels finer than this, and the relative spread of boxes' lengths in them: the least at which nine in ten of
276 warships, each place searched by a network that had not seen it, lie inside (``design/fit_optical_size.py``,
sub-metre; carried over to 3–5 m). It holds only where the pixels do not tell more than the box."""

SPREADS: dict[SensorKind, Spread] = {
    "sar": Spread(
        psf_px=0.8,
        relative_length=0.18,
        relative_beam=0.0,
        excess_length_px=1.5,
        excess_beam_px=0.2,
        excess_sd_px=1.1,
    ),
    "multispectral": Spread(psf_px=0.5, relative_length=0.16, relative_beam=0.20),
    "rgb": Spread(psf_px=0.5, relative_length=0.16, relative_beam=0.20),
    "panchromatic": Spread(psf_px=0.5, relative_length=0.16, relative_beam=0.20),
}
"""Radar: measured on ground-range Sentinel-1 at 10 m (``offing bench ship-chips``) and carried over to other pixels,
because it is the box on the lattice that is too large. Optical: the least spread of boxes' lengths at which nine in ten
of 94 ships in six ports lie inside, each port searched by a network that had not seen it; beams are declared. They are
what is left where pixels tell no more than the box (``optical_size``)."""


def measure(box: OrientedBox, picture: Picture, edge_px: float = 1.0, bow: float = 0.5) -> Measurement:
    """Size and direction of ``box``, a rectangle in pixels of ``picture`` with its bow-side end where ``length_px``
    points.

    ``edge_px``: how far the outline moves, in pixels, between two neighbouring levels of the cut. ``bow``: P(the bow
    lies where ``length_px`` points), 0.5–1; where it is 0.5 the heading is the axis. Lengths are None where the pixel
    size is unknown; directions count from true north, or from the picture's up where it has no georeference.
    """
    across, along = _ground(box, picture)
    axis = along[1] % 180.0
    heading = along[1] if bow > 0.5 else axis
    length, beam = along[0], across[0]
    if length is None or beam is None:
        return Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None,
            axis_deg=axis, heading_deg=heading, bow_probability=bow,
        )  # fmt: skip
    spread = SPREADS[picture.sensor]
    pixel = length / max(2 * math.hypot(*box.length_px), 1e-9)
    blur = spread.psf_px * pixel
    # 12 σ² is what the point spread adds to the squared width of a rectangle with the same second moments.
    narrowed = math.sqrt(max(beam * beam - 12 * blur * blur, (0.5 * pixel) ** 2))
    length_m = max(length - spread.excess_length_px * pixel, 0.5 * pixel)
    beam_m = min(max(narrowed - spread.excess_beam_px * pixel, 0.5 * pixel), length_m)
    fine = picture.sensor != "sar" and pixel < FINE_M
    relative = min(spread.relative_length, FINE_LENGTH) if fine else spread.relative_length
    edge = math.hypot(LATTICE_SD_PX, 0.5 * edge_px) * pixel * math.sqrt(2)
    rest = spread.excess_sd_px * pixel if spread.excess_sd_px else math.hypot(edge, blur)
    return Measurement(
        length_m=length_m,
        length_m_90=_interval(length_m, math.hypot(rest, relative * length_m)),
        beam_m=beam_m,
        beam_m_90=_interval(beam_m, math.hypot(rest, spread.relative_beam * beam_m)),
        axis_deg=axis,
        heading_deg=heading,
        bow_probability=bow,
    )


def stated(box: OrientedBox, picture: Picture, bow: float, length_sd_m: float, beam_sd_m: float) -> Measurement:
    """Size and direction of a ``box`` that is the hull itself, whose sizes are known to standard deviations in metres.

    ``bow`` and directions as in ``measure``; lengths are None where the pixel size is unknown.
    """
    across, along = _ground(box, picture)
    length, beam = along[0], across[0]
    axis = along[1] % 180.0
    known = length is not None and beam is not None
    return Measurement(
        length_m=length if known else None,
        length_m_90=_interval(length, length_sd_m) if length is not None and known else None,
        beam_m=beam if known else None,
        beam_m_90=_interval(beam, beam_sd_m) if beam is not None and known else None,
        axis_deg=axis,
        heading_deg=along[1] if bow > 0.5 else axis,
        bow_probability=bow,
    )


def direction_deg(box: OrientedBox, picture: Picture) -> float:
    """Where ``length_px`` points, 0–360 clockwise from true north, or from the picture's up without georeference."""
    return _vector(box, box.length_px, picture)[1]


def ground_m(box: OrientedBox, half: tuple[float, float], picture: Picture) -> float | None:
    """Ground metres of twice the vector ``half`` (dcol, drow) about the middle of ``box``; None: pixel size unknown."""
    return _vector(box, half, picture)[0]


def _interval(value: float, sd: float) -> Interval:
    """90 %, never below nothing."""
    return Interval(low=max(0.0, value - Z90 * sd), high=value + Z90 * sd)


def _ground(box: OrientedBox, picture: Picture) -> tuple[tuple[float | None, float], tuple[float | None, float]]:
    """((metres, direction) of the beam, (metres, direction) of the length); metres None where the pixel size is
    unknown.
    """
    return _vector(box, box.beam_px, picture), _vector(box, box.length_px, picture)


def _vector(box: OrientedBox, half: tuple[float, float], picture: Picture) -> tuple[float | None, float]:
    dc, dr = half
    if picture.transform is not None:
        lons, lats = picture.lonlat([box.col - dc, box.col + dc], [box.row - dr, box.row + dr])
        azimuth, _, metres = geod().inv(lons[0], lats[0], lons[1], lats[1])
        return float(metres), float(azimuth) % 360.0
    gsd = picture.gsd_m
    wide, high = gsd or (1.0, 1.0)
    metres = 2 * math.hypot(dc * wide, dr * high)
    return (metres if gsd else None), math.degrees(math.atan2(dc * wide, -dr * high)) % 360.0
