"""How much better a track explains a detection than something that sends nothing does, by place, size and direction."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.geo import KNOT_M_S
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.ais.model import Assumptions, Expected, Factor, RadarView, Static
from offing.vessels.ais.views import displacement
from offing.vessels.model import Detection

F64 = NDArray[np.float64]
LATE, LATE_S = 0.03, 300.0
"""Share of fixes whose time is minutes off, and its standard deviation: receivers' clocks."""
WRONG_LENGTH, WRONG_AXIS = 0.08, 0.15
"""Share of lengths that were typed in wrongly or measured on something else; of axes that are not the hull's."""
SAID_SD, BEAM_SD = 0.03, 0.05
"""Standard deviation of the logarithm of a length and a beam as ships say them."""
SLENDER, SLENDER_SD = 6.5, 0.25
"""Length over beam of ships, and the standard deviation of its logarithm."""
USUAL_LOG_M, USUAL_SD, USUAL_WEIGHT = math.log(100.0), 0.7, 5.0
"""Lengths of ships before a picture's own are known: mean and standard deviation of the logarithm, and how many ships
that is worth."""
TURNING_H = 1.0
"""Hours to the nearest fix over which a heading under way stops telling the axis."""
FASTEST_KN = 25.0
_Z90 = 1.6449


class Spread(Record, frozen=True):
    """Lengths of what is in the picture, as logarithms."""

    mean: float
    sd: float


def lengths_of(detections: Sequence[Detection]) -> Spread:
    """The lengths to be expected of something that is in no track: as those of the picture's own detections."""
    logs = [math.log(d.measurement.length_m) for d in detections if d.measurement.length_m and not _unsized(d)]
    n = len(logs) + USUAL_WEIGHT
    mean = (sum(logs) + USUAL_WEIGHT * USUAL_LOG_M) / n
    square = sum((v - mean) ** 2 for v in logs) + USUAL_WEIGHT * (USUAL_SD**2 + (USUAL_LOG_M - mean) ** 2)
    return Spread(mean=mean, sd=max(0.3, math.sqrt(square / n)))


def log_density(places: F64, sizes: F64, at: Expected, view: RadarView | None, assumed: Assumptions) -> F64:
    """(n,) logarithm of the density, per m², of showing the ship at (n, 2) ``places`` in metres from her anchor.

    ``sizes``: lengths of the detections in metres, whose middles are told less well the longer they are.
    """
    shift = np.zeros((2, 2)) if view is None else displacement(view, at.place)
    both = np.hstack([np.eye(2), shift])
    own = assumed.own_place_m**2 + (0.08 * sizes) ** 2
    found = []
    for part in at.parts:
        velocity = np.array([part.east_m_s, part.north_m_s])
        middle = both @ np.array([part.east_m, part.north_m, *velocity])
        spread = both @ np.array(part.covariance) @ both.T + _view_error(shift, velocity, view)
        for share, seconds in ((1.0 - LATE, assumed.picture_time_s), (LATE, LATE_S)):
            late = spread + np.outer(velocity, velocity) * seconds**2
            found.append(math.log(part.weight * share) + _log_normal(places - middle, late, own))
    return np.asarray(np.logaddexp.reduce(found, axis=0))


def _view_error(shift: F64, velocity: F64, view: RadarView | None) -> F64:
    """Covariance of the displacement by what is not known of the radar's geometry."""
    if view is None:
        return np.zeros((2, 2))
    heading = math.radians(view.heading_deg)
    along, right = np.array([math.sin(heading), math.cos(heading)]), np.array([math.cos(heading), -math.sin(heading)])
    moved = float(np.hypot(*(shift @ velocity)))
    sideways = moved * math.radians(view.heading_error_deg)
    # The flight's direction also decides how much of the speed lies across it.
    seconds = float(np.linalg.norm(shift))
    lengthways = math.hypot(
        view.seconds_error * float(velocity @ right),
        seconds * float(velocity @ along) * math.radians(view.heading_error_deg),
    )
    return lengthways**2 * np.outer(along, along) + sideways**2 * np.outer(right, right)


def _log_normal(away: F64, spread: F64, own: F64) -> F64:
    """Of (n, 2) differences, each with the covariance ``spread + own[i]·I``."""
    a, b, c = spread[0, 0] + own, spread[0, 1], spread[1, 1] + own
    determinant = a * c - b * b
    square = (c * away[:, 0] ** 2 - 2.0 * b * away[:, 0] * away[:, 1] + a * away[:, 1] ** 2) / determinant
    found: F64 = -0.5 * square - 0.5 * np.log(determinant) - math.log(2.0 * math.pi)
    return found


def shown_at(at: Expected, view: RadarView | None) -> tuple[F64, F64]:
    """(mean true place, mean place where the radar shows her), metres from the anchor."""
    weight = np.array([p.weight for p in at.parts])
    means = np.array([[p.east_m, p.north_m, p.east_m_s, p.north_m_s] for p in at.parts])
    mean = weight @ means / weight.sum()
    shift = np.zeros((2, 2)) if view is None else displacement(view, at.place)
    return mean[:2], mean[:2] + shift @ mean[2:]


def ship_factors(detection: Detection, static: Static, at: Expected, usual: Spread) -> tuple[Factor, ...]:
    """What size, direction and speed say of the pair; nothing where either is not known."""
    found = (
        _length(detection, static, usual),
        _beam(detection, static),
        _axis(detection, at),
        _velocity(detection, at),
    )
    return tuple(f for f in found if f is not None)


def _unsized(detection: Detection) -> bool:
    return bool({"clipped", "merged", "large"} & set(detection.flags))


def _log_sd(interval: Interval) -> float:
    return max(0.03, math.log(max(interval.high, 1.0) / max(interval.low, 1.0)) / (2.0 * _Z90))


def _length(detection: Detection, static: Static, usual: Spread) -> Factor | None:
    length, interval = detection.measurement.length_m, detection.measurement.length_m_90
    if not length or interval is None or not static.length_m or _unsized(detection):
        return None
    sd, off = _log_sd(interval), math.log(length)
    other = _normal(off - usual.mean, math.hypot(usual.sd, sd))
    hers = (1.0 - WRONG_LENGTH) * _normal(
        off - math.log(static.length_m), math.hypot(sd, SAID_SD)
    ) + WRONG_LENGTH * other
    return Factor(
        name="length", log_ratio=_ratio(hers, other), note=f"{length:.0f} m measured, {static.length_m:g} m said"
    )


def _beam(detection: Detection, static: Static) -> Factor | None:
    length, beam, interval = (
        detection.measurement.length_m, detection.measurement.beam_m, detection.measurement.beam_m_90,
    )  # fmt: skip
    if not length or not beam or interval is None or not static.beam_m or _unsized(detection):
        return None
    sd, off = _log_sd(interval), math.log(beam)
    other = _normal(off - math.log(length / SLENDER), math.hypot(SLENDER_SD, sd))
    hers = (1.0 - WRONG_LENGTH) * _normal(off - math.log(static.beam_m), math.hypot(sd, BEAM_SD)) + WRONG_LENGTH * other
    return Factor(name="beam", log_ratio=_ratio(hers, other), note=f"{beam:.0f} m measured, {static.beam_m:g} m said")


def _axis(detection: Detection, at: Expected) -> Factor | None:
    near_s = min(s for s in (at.before_s, at.after_s, math.inf) if s is not None)
    bow = at.heading_deg
    if bow is None and at.speed_kn >= 3.0 and near_s <= 1200.0:
        bow = at.course_deg
    if bow is None or detection.ring is None:
        return None
    off = abs((detection.measurement.axis_deg - bow + 90.0) % 180.0 - 90.0)
    sd = min(25.0, max(5.0, 600.0 / (detection.measurement.length_m or 60.0)))
    resting = sum(p.weight for p in at.parts if p.name == "at rest")
    kept = (1.0 - WRONG_AXIS) * (resting + (1.0 - resting) * math.exp(-near_s / 3600.0 / TURNING_H))
    other = 1.0 / 180.0
    return Factor(
        name="axis", log_ratio=_ratio(kept * _normal(off, sd) + (1.0 - kept) * other, other),
        note=f"{off:.0f}° apart",
    )  # fmt: skip


def _velocity(detection: Detection, at: Expected) -> Factor | None:
    """Of pictures whose bands tell how ships moved."""
    seen = detection.velocity
    if seen is None or at.speed_kn < 0.5:
        return None
    spread = sum(p.weight * p.covariance[2][2] for p in at.parts) / KNOT_M_S**2
    sd = math.hypot((seen.speed_kn_90.high - seen.speed_kn_90.low) / (2.0 * _Z90), 0.5)
    across = max(seen.speed_kn * math.radians(seen.course_deg_90.high - seen.course_deg_90.low) / (2.0 * _Z90), 0.5)
    hers = 0.1 / (math.pi * FASTEST_KN**2)
    forth = seen.course_probability
    for course, chance in ((seen.course_deg, forth), (seen.course_deg + 180.0, 1.0 - forth)):
        turned = math.radians(at.course_deg - course)
        along, aside = at.speed_kn * math.cos(turned) - seen.speed_kn, at.speed_kn * math.sin(turned)
        hers += 0.9 * chance * _normal(along, math.sqrt(sd**2 + spread)) * _normal(aside, math.sqrt(across**2 + spread))
    return Factor(
        name="velocity",
        log_ratio=_ratio(hers, 1.0 / (math.pi * FASTEST_KN**2)),
        note=f"seen {seen.speed_kn:.0f} kn on {seen.course_deg:.0f}°, sent {at.speed_kn:.0f} on {at.course_deg:.0f}°",
    )


def _normal(off: float, sd: float) -> float:
    return math.exp(-0.5 * (off / sd) ** 2) / (sd * math.sqrt(2.0 * math.pi))


def _ratio(hers: float, other: float) -> float:
    return math.log(max(hers, 1e-300) / max(other, 1e-300))
