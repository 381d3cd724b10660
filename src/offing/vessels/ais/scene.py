"""A picture's detections and the ships that the tracks put near it, on one flat map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.errors import NoGeoreferenceError
from offing.geo import LonLat
from offing.records import Record
from offing.vessels.ais.compared import Spread, lengths_of, log_density, ship_factors
from offing.vessels.ais.expected import cloud, expected
from offing.vessels.ais.model import Assumptions, Expected, Factor, RadarView, Track
from offing.vessels.ais.plane import middle_of, to_metres
from offing.vessels.ais.views import displacement
from offing.vessels.model import Detection

F64 = NDArray[np.float64]
NEIGHBOURS = 5
"""Detections from which the density of ships around another is told."""
BEYOND_M = 2000.0
"""How far the area reaches beyond the outermost detections, where the picture's outline is not known."""
LEAST = -9.0
"""Logarithm of the weight below which a pair counts as impossible."""
SMALL_M = 30.0


class Scene(Record, frozen=True):
    """What is compared."""

    detections: tuple[Detection, ...]
    centres: tuple[LonLat, ...]
    anchor: LonLat
    places: F64
    """(detections, 2) metres from the anchor."""
    outline: F64
    """(n, 2) metres: closed ring of the area."""
    known_outline: bool
    """False: drawn around the detections."""
    tracks: tuple[Track, ...]
    at: tuple[Expected, ...]
    """Where each track puts its ship."""
    shown: F64
    """(tracks,): P(she is detected | she was in the area)."""
    crowd: F64
    """(detections,): ships a m² around it, as the other detections show."""
    area_m2: float
    usual: Spread
    untimely: int
    """Tracks without a fix near enough in time."""


def centre_of(detection: Detection) -> LonLat:
    """The middle of a detection. Raises NoGeoreferenceError."""
    if detection.ring is None:
        raise NoGeoreferenceError(
            "its detections have no place on the ground", where=detection.image, fix="georeference the picture first"
        )
    return middle_of(detection.ring[:-1])


def scene(
    detections: Sequence[Detection],
    time: datetime,
    tracks: Sequence[Track],
    footprint: Sequence[tuple[float, float]] | None,
    assumed: Assumptions,
) -> Scene:
    """Everything on one map. Raises NoGeoreferenceError."""
    centres = tuple(centre_of(d) for d in detections)
    anchor = middle_of([*((c.lon, c.lat) for c in centres)] or list(footprint or [(0.0, 0.0)]))
    places = to_metres(anchor, [c.lon for c in centres], [c.lat for c in centres]).reshape(-1, 2)
    outline = to_metres(anchor, *np.transpose(footprint)) if footprint else _around(places)
    placed = [(t, e) for t in tracks if (e := expected(t, time, anchor, assumed)) is not None]
    small = [t.static.class_b or (t.static.length_m or SMALL_M) < SMALL_M for t, _ in placed]
    area = _area(outline)
    return Scene(
        detections=tuple(detections),
        centres=centres,
        anchor=anchor,
        places=places,
        outline=outline,
        known_outline=footprint is not None,
        tracks=tuple(t for t, _ in placed),
        at=tuple(e for _, e in placed),
        shown=np.where(small, assumed.shown_small, assumed.shown_large) if placed else np.zeros(0),
        crowd=_crowd(places, area),
        area_m2=area,
        usual=lengths_of(detections),
        untimely=len(tracks) - len(placed),
    )


def log_ratios(held: Scene, view: RadarView | None, assumed: Assumptions) -> F64:
    """(detections, tracks): logarithm of the weight of each pair times the density of others, per m²; −inf: too far."""
    sizes = np.array([d.measurement.length_m or 0.0 for d in held.detections])
    found = np.full((len(held.detections), len(held.at)), -np.inf)
    if not found.size:
        return found
    # Size and direction change a weight by some e⁵ at most; what place alone makes far rarer is not looked at.
    least = np.log(held.crowd) + LEAST - 5.0
    inside = shares_inside(held, view)
    for n, (track, at) in enumerate(zip(held.tracks, held.at, strict=True)):
        place = log_density(held.places, sizes, at, view, assumed)
        shown = float(held.shown[n])
        gain = math.log(shown) - math.log1p(-shown * float(inside[n]))
        for i in np.flatnonzero(place > least):
            factors = ship_factors(held.detections[i], track.static, at, held.usual)
            found[i, n] = place[i] + gain + sum(f.log_ratio for f in factors)
    return found


def factors_of(
    held: Scene, detection: int, track: int, view: RadarView | None, others_m2: float, assumed: Assumptions
) -> tuple[Factor, ...]:
    """What was compared for one pair, each with its logarithmic likelihood ratio."""
    seen, at = held.detections[detection], held.at[track]
    size = np.array([seen.measurement.length_m or 0.0])
    place = float(log_density(held.places[[detection]], size, at, view, assumed)[0])
    position = Factor(
        name="position",
        log_ratio=place - math.log(others_m2),
        note=f"against {others_m2 * 1e6:.3g} ships without a track a km²",
    )
    return (position, *ship_factors(seen, held.tracks[track].static, at, held.usual))


def _crowd(places: F64, area_m2: float) -> F64:
    """Density around each detection by its nearest neighbours, drawn to the mean of the area by one of it."""
    n = len(places)
    mean = max(n, 1) / area_m2
    if n < 2:
        return np.full(n, mean)
    from scipy.spatial import cKDTree

    k = min(NEIGHBOURS, n - 1)
    away = np.asarray(cKDTree(places).query(places, k + 1)[0]).reshape(n, -1)
    found: F64 = (k + 1.0) / (math.pi * away[:, -1] ** 2 + 1.0 / mean)
    return found


def _around(places: F64) -> F64:
    """A ring around the detections."""
    from shapely import MultiPoint

    hull = MultiPoint(places if len(places) else np.zeros((1, 2))).convex_hull.buffer(BEYOND_M)
    return np.asarray(hull.exterior.coords, float)


def _area(outline: F64) -> float:
    x, y = outline.T
    return max(1.0, abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2.0)


def shares_inside(held: Scene, view: RadarView | None) -> F64:
    """(tracks,): P(the picture's area holds the place where the ship is shown)."""
    from shapely import Polygon, contains_xy, prepare

    area = Polygon(held.outline)
    prepare(area)
    found = []
    for at in held.at:
        points, weights = cloud(at.parts)
        if view is not None:
            velocities = np.array([(p.east_m_s, p.north_m_s) for p in at.parts]) @ displacement(view, at.place).T
            points = points + np.repeat(velocities, len(points) // len(at.parts), axis=0)
        held_in = contains_xy(area, points[:, 0], points[:, 1])
        found.append(min(1.0, float(weights[held_in].sum() / weights.sum())))
    return np.array(found)
