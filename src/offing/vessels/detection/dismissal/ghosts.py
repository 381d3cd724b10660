"""Where the azimuth ambiguities of a thing lie, and how bright they are."""

from __future__ import annotations

import math
from collections.abc import Iterator

from offing.imagery.radar_geometry import RadarGeometry
from offing.quantities import Interval
from offing.records import Record

SUPPRESSION_DB = {1: (30.0, 6.0), 2: (36.0, 7.0), 3: (40.0, 7.0)}
"""Order → mean and standard deviation of how much fainter a ghost's peak is than its source's."""
TURN_DEG_M = 0.5 / 125e3
"""By how much the flight's direction in map pixels turns, a metre from the geometry's anchor: a degree over a scene."""
SCALE_ERROR = 0.005
"""Relative error of an annotated offset: of the satellite's speed, the range, and the pixel size on the ground."""
STEERING = 3.0
"""2·(Doppler of the steered beam) / PRF at the ends of a burst: in TOPS it moves ghosts in range, either way."""


class Window(Record, frozen=True):
    """Where a ghost lies from its source, in metres along the flight and away from the radar."""

    order: int
    """−3 to 3, positive along the flight."""
    along_m: tuple[float, float]
    across_m: tuple[float, float]
    weight: float
    """P(this is the window), where the sub-swath is open."""

    @property
    def area_m2(self) -> float:
        """Its area."""
        return (self.along_m[1] - self.along_m[0]) * (self.across_m[1] - self.across_m[0])


def windows(radar: RadarGeometry, col: float, row: float, slack_m: float) -> Iterator[Window]:
    """Where the ghosts of a source near a pixel lie, seen from the source."""
    for order in SUPPRESSION_DB:
        offsets = radar.ambiguity_offsets_m(col, row, order)
        for offset in offsets:
            yield from _both_sides(radar, col, row, order, offset, slack_m, 1.0 / len(offsets))


def _both_sides(
    radar: RadarGeometry, col: float, row: float, order: int, offset: Interval, slack_m: float, weight: float
) -> Iterator[Window]:
    """The range history of a place ``offset`` away differs by ``further`` metres (order² of the first's); in TOPS the
    Doppler of the steered beam adds to that, either way, as it moves from one end of the burst to the other.
    """
    sine = math.sin(math.radians(radar.incidence_deg(col, row).low))
    first = (offset.high / order) ** 2 / (2.0 * radar.slant_range_m(col, row).low * sine)
    from_anchor = math.dist((col, row), radar.anchor_px) * max(radar.azimuth_spacing_m, radar.range_spacing_m)
    turned = radar.heading_error_deg + TURN_DEG_M * from_anchor
    turn = offset.high * math.sin(math.radians(turned)) + slack_m
    across = (first * (order**2 - STEERING * order) - turn, first * (order**2 + STEERING * order) + turn)
    along = (offset.low * (1 - SCALE_ERROR) - slack_m, offset.high * (1 + SCALE_ERROR) + slack_m)
    yield Window(order=order, along_m=along, across_m=across, weight=weight)
    yield Window(order=-order, along_m=(-along[1], -along[0]), across_m=across, weight=weight)


def fainter(brighter_db: float, order: int) -> float:
    """Probability density, a decibel, that a ghost of that order is fainter than its source by so much."""
    mean, spread = SUPPRESSION_DB[order]
    z = (brighter_db - mean) / spread
    return math.exp(-0.5 * z * z) / (spread * math.sqrt(2.0 * math.pi))
