"""How a radar looked: where its azimuth and range lie in the picture, and what follows for what it shows wrongly.

Two things are displaced along azimuth by an amount that only depends on the geometry. The n-th azimuth ambiguity of a
bright target, whose Doppler frequency is off by n times the pulse repetition frequency, lies ``n·λ·R·PRF / (2·V)``
away from it; a target that moves lies ``R·v / V`` away from where it was (Raney 1971; Cumming & Wong 2005, ch. 5).
R is the slant range, V the speed of the satellite over the rotating Earth, v the target's speed towards the radar.
"""

from __future__ import annotations

import math
from typing import Literal

from offing.errors import PictureError
from offing.quantities import Interval
from offing.records import Record

LIGHT_M_S = 299_792_458.0
_COEFFICIENTS_MAX = 6

Passing = Literal["ascending", "descending"]
"""Whether the satellite flew northwards or southwards."""


class SubSwath(Record, frozen=True):
    """A part of the swath that was taken with pulses of its own rate."""

    name: str
    """``IW1`` …"""
    prf_hz: float
    """Pulse repetition frequency, pulses a second."""
    slant_range_m: Interval
    """Nearest and farthest slant range at which it lies, metres; parts that neighbour each other may overlap."""

    def __post_init__(self) -> None:
        if not (100.0 <= self.prf_hz <= 20_000.0 and _ranges(self.slant_range_m)):
            raise PictureError(f"sub-swath {self.name} has a pulse rate or range that no satellite radar has")


class RadarGeometry(Record, frozen=True):
    """How the radar looked. Directions hold at the anchor; over one scene they turn by about a degree."""

    azimuth_px: tuple[float, float]
    """Unit vector (columns, rows) of the flight direction in pixel coordinates."""
    range_px: tuple[float, float]
    """Unit vector (columns, rows) on the ground away from the radar, in pixel coordinates."""
    azimuth_spacing_m: float
    """Ground metres of one pixel's length along ``azimuth_px``."""
    range_spacing_m: float
    """Ground metres of one pixel's length along ``range_px``."""
    anchor_px: tuple[float, float]
    """(col, row) from which ground range is counted."""
    heading_deg: float
    """Flight direction on the ground in the middle of the picture, degrees 0–360 clockwise from true north."""
    heading_error_deg: float
    """Largest error of the directions, degrees; 0 for annotated ones."""
    passing: Passing | None
    """None: not known."""
    wavelength_m: float
    """Of the carrier."""
    velocity_m_s: float
    """Speed of the satellite in the Earth-fixed frame."""
    ground_velocity_m_s: float
    """Speed of the beam's footprint on the ground."""
    incidence_bounds_deg: Interval
    """Least and greatest incidence angle in the picture, from the vertical."""
    slant_range_bounds_m: Interval
    """Least and greatest slant range in the picture, metres."""
    subswaths: tuple[SubSwath, ...]
    """In range order; empty: the pulse rate is not known."""
    basis: str
    """``annotation`` or ``inferred from …``."""
    incidence: tuple[float, ...] = ()
    """Degrees: coefficients of the powers 0, 1, 2 … of the ground range from the anchor in km; empty: only bounds."""
    slant_range: tuple[float, ...] = ()
    """Metres: coefficients of the powers 0, 1, 2 … of the ground range from the anchor in km; empty: only bounds."""

    def __post_init__(self) -> None:
        sound = (
            all(abs(math.hypot(*v) - 1.0) < 1e-6 for v in (self.azimuth_px, self.range_px))
            and abs(self.azimuth_px[0] * self.range_px[1] - self.azimuth_px[1] * self.range_px[0]) > 0.05
            and all(0.01 <= v <= 10_000.0 for v in (self.azimuth_spacing_m, self.range_spacing_m))
            and all(abs(v) < 1e7 for v in self.anchor_px)
            and 0.0 <= self.heading_deg <= 360.0
            and 0.0 <= self.heading_error_deg <= 180.0
            and 0.001 <= self.wavelength_m <= 10.0
            and all(1_000.0 <= v <= 20_000.0 for v in (self.velocity_m_s, self.ground_velocity_m_s))
            and 0.0 < self.incidence_bounds_deg.low <= self.incidence_bounds_deg.high < 90.0
            and _ranges(self.slant_range_bounds_m)
            and all(
                len(p) <= _COEFFICIENTS_MAX and all(map(math.isfinite, p)) for p in (self.incidence, self.slant_range)
            )
        )
        if not sound:
            raise PictureError("its radar geometry is not that of a satellite", fix="get the picture again")

    def incidence_deg(self, col: float, row: float) -> Interval:
        """Incidence angle at a pixel, degrees from the vertical: one value where it is annotated, else bounds."""
        return self._along_range(self.incidence, self.incidence_bounds_deg, col, row)

    def slant_range_m(self, col: float, row: float) -> Interval:
        """Distance from the radar to a pixel, metres: one value where it is annotated, else bounds."""
        return self._along_range(self.slant_range, self.slant_range_bounds_m, col, row)

    def ambiguity_offsets_m(self, col: float, row: float, order: int = 1) -> tuple[Interval, ...]:
        """Distances along azimuth from a target at a pixel to its ambiguity of ``order`` (1, 2 …), on either side.

        Metres on the ground, one interval for every sub-swath that the pixel may lie in; empty when the pulse rate is
        not known. Ambiguities also lie some 10–100 m farther in range, by ``offset² / (2·R·sin(incidence))``.
        """
        reach = self.slant_range_m(col, row)
        factor = abs(order) * self.wavelength_m / (2.0 * self.velocity_m_s)
        found = []
        for swath in self.subswaths:
            low, high = max(reach.low, swath.slant_range_m.low), min(reach.high, swath.slant_range_m.high)
            if low <= high:
                found.append(Interval(low=factor * low * swath.prf_hz, high=factor * high * swath.prf_hz, level=1.0))
        return tuple(found)

    def ambiguity_offset_m(self, col: float, row: float, order: int = 1) -> Interval | None:
        """The hull of ``ambiguity_offsets_m``; None when the pulse rate is not known."""
        found = self.ambiguity_offsets_m(col, row, order)
        if not found:
            return None
        return Interval(low=min(i.low for i in found), high=max(i.high for i in found), level=1.0)

    def azimuth_shift_m(self, col: float, row: float, radial_speed_m_s: float) -> Interval:
        """How far along the flight direction a moving target is displaced, metres; negative is backwards.

        ``radial_speed_m_s`` is its speed along the line of sight, positive *towards* the radar (for a ship: its ground
        speed towards the radar times the sine of the incidence angle). A ship that approaches is shown ahead.
        """
        reach = self.slant_range_m(col, row)
        ends = sorted(r * radial_speed_m_s / self.velocity_m_s for r in (reach.low, reach.high))
        return Interval(low=ends[0], high=ends[1], level=1.0)

    def radial_speed_m_s(self, col: float, row: float, speed_m_s: float, course_deg: float) -> Interval:
        """Speed towards the radar of a ship with a ground speed on a course (degrees from true north)."""
        away = speed_m_s * math.sin(math.radians(course_deg - self.heading_deg))
        towards = -away if self.looks_right else away
        angle = self.incidence_deg(col, row)
        ends = sorted(towards * math.sin(math.radians(a)) for a in (angle.low, angle.high))
        return Interval(low=ends[0], high=ends[1], level=1.0)

    @property
    def looks_right(self) -> bool:
        """Whether the radar looks to the right of its flight; pixel rows run down, so no picture here is mirrored."""
        (ac, ar), (rc, rr) = self.azimuth_px, self.range_px
        return ac * rr - ar * rc > 0.0

    def displaced_px(self, col: float, row: float, azimuth_m: float, range_m: float = 0.0) -> tuple[float, float]:
        """(col, row) of the place that lies so many ground metres along the flight direction and away in range."""
        a, r = azimuth_m / self.azimuth_spacing_m, range_m / self.range_spacing_m
        return (
            col + a * self.azimuth_px[0] + r * self.range_px[0],
            row + a * self.azimuth_px[1] + r * self.range_px[1],
        )

    def ground_range_m(self, col: float, row: float) -> float:
        """Metres on the ground from the anchor's range line to a pixel, positive away from the radar."""
        (ac, ar), (rc, rr) = self.azimuth_px, self.range_px
        dc, dr = col - self.anchor_px[0], row - self.anchor_px[1]
        # The two directions need not be square in pixels: solve d = a·azimuth + r·range for r.
        return (ac * dr - ar * dc) / (ac * rr - ar * rc) * self.range_spacing_m

    def moved(self, cols: float, rows: float, heading_deg: float | None = None) -> RadarGeometry:
        """The same geometry in the pixel coordinates of a window that starts at (``cols``, ``rows``).

        ``heading_deg`` is the flight direction in that window, where it is known.
        """
        import msgspec

        heading = self.heading_deg if heading_deg is None else heading_deg
        anchor = (self.anchor_px[0] - cols, self.anchor_px[1] - rows)
        return msgspec.structs.replace(self, anchor_px=anchor, heading_deg=heading)

    def _along_range(self, powers: tuple[float, ...], bounds: Interval, col: float, row: float) -> Interval:
        if not powers:
            return bounds
        kilometres = self.ground_range_m(col, row) / 1000.0
        value = sum(c * kilometres**n for n, c in enumerate(powers))
        value = min(max(value, bounds.low), bounds.high)
        return Interval(low=value, high=value, level=1.0)


def _ranges(metres: Interval) -> bool:
    return 1e5 <= metres.low <= metres.high <= 1e7
