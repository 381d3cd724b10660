"""Whether AIS was received at a place and time: as somebody declares, or as the tracks themselves show.

Nothing is assumed: where neither tells, a ship without AIS is *not searched*, never dark.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from offing.errors import AisError, TimeError
from offing.geo import LonLat, distance_m
from offing.quantities import Probability
from offing.timespan import parse_instant
from offing.vessels.ais.model import Assumptions, Coverage, Expected

_MOST_BYTES = 100_000_000
_FIX = "give a GeoJSON FeatureCollection of polygons in lon, lat, with from, to and, where known, reception (0 to 1)"


class _Properties(msgspec.Struct, rename={"start": "from", "end": "to"}):
    start: str | None = None
    end: str | None = None
    reception: float | None = None
    source: str | None = None


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any


class _Feature(msgspec.Struct):
    geometry: _Geometry
    properties: _Properties | None = None


class _Document(msgspec.Struct):
    type: str
    features: list[_Feature]


def read_coverage(path: Path) -> tuple[Coverage, ...]:
    """The areas and times of a GeoJSON file, in its order. Raises AisError that names the feature that is wrong."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise AisError("the file is larger than 100 MB", where=str(path), fix="simplify its polygons")
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except FileNotFoundError:
        raise AisError("there is no such file", where=str(path), fix="check the name") from None
    except OSError as error:
        raise AisError(f"cannot be read: {error.strerror or error}", where=str(path)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise AisError(f"is no coverage: {error}", where=str(path), fix=_FIX) from None
    if document.type != "FeatureCollection" or not document.features:
        raise AisError("holds no areas", where=str(path), fix=_FIX)
    return tuple(c for n, f in enumerate(document.features, 1) for c in _coverages(f, f"{path}, feature {n}"))


def _coverages(feature: _Feature, where: str) -> list[Coverage]:
    p = feature.properties or _Properties()
    start, end = _time(p.start, where), _time(p.end, where)
    if start is not None and end is not None and end < start:
        raise AisError("its time ends before it begins", where=where, fix="exchange from and to")
    if p.reception is not None and not 0.0 <= p.reception <= 1.0:
        raise AisError(f"reception {p.reception:g} is no probability", where=where, fix="write 0 to 1")
    kind = feature.geometry.type
    form = {"Polygon": list[list[tuple[float, float]]], "MultiPolygon": list[list[list[tuple[float, float]]]]}.get(kind)
    if form is None:
        raise AisError(f"a {kind[:30]} is no area", where=where, fix=_FIX)
    try:
        given = msgspec.convert(feature.geometry.coordinates, form)
    except (msgspec.ValidationError, RecursionError):
        raise AisError("its corners are not pairs of numbers", where=where, fix=_FIX) from None
    polygons: list[list[list[tuple[float, float]]]] = [given] if kind == "Polygon" else given
    for ring in (r for polygon in polygons for r in polygon):
        _check(ring, where)
    if not polygons or not all(polygons):
        raise AisError("an area without corners", where=where, fix=_FIX)
    return [
        Coverage(
            rings=tuple(tuple(r) for r in polygon), start=start, end=end, reception=p.reception,
            source=p.source or "declared",
        )
        for polygon in polygons
    ]  # fmt: skip


def _check(ring: Sequence[tuple[float, float]], where: str) -> None:
    if len(ring) < 4:
        raise AisError("a ring with fewer than three corners", where=where, fix=_FIX)
    if not all(-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0 for x, y in ring):
        raise AisError("corners that are no longitude and latitude", where=where, fix="write [longitude, latitude]")


def _time(text: str | None, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)[0].astimezone(UTC)
    except TimeError as error:
        raise AisError(error.what, where=where, fix="write the time as 2024-10-17T01:30:00Z") from None


def reception_at(
    place: LonLat, time: datetime, coverage: Sequence[Coverage], present: Sequence[Expected], assumed: Assumptions
) -> tuple[Probability | None, bool, str]:
    """(chance that a ship that sends is received, whether silence means something, why).

    Declared areas come first. Else the ships that the tracks place within ``reception_km`` by fixes before and after
    the time are counted: how many of them were heard within ``reception_min`` of it (Jeffreys 90 % interval). Ships
    that were never heard are not among them, so it holds for ships like those that were.
    """
    for area in coverage:
        if _holds(area, place, time):
            if area.reception is None:
                return None, True, f"AIS was received there: {area.source}"
            value = area.reception
            stated = Probability(value=value, low=value, high=value, basis=area.source)
            enough = value >= assumed.least_reception
            return stated, enough, f"reception {value:.2f} there: {area.source}"
    near = [e for e in present if e.before_s is not None and e.after_s is not None]
    near = [e for e in near if _bracketed(e, assumed) and distance_m(place, e.place) <= assumed.reception_km * 1000.0]
    if not near:
        return None, False, "no coverage is declared, and no other ship there was heard before and after"
    heard = sum(min(e.before_s or 0.0, e.after_s or 0.0) <= assumed.reception_min * 60.0 for e in near)
    found = jeffreys(
        heard, len(near), f"{heard} of {len(near)} ships within {assumed.reception_km:g} km heard within "
        f"{assumed.reception_min:g} min",
    )  # fmt: skip
    return found, found.low >= assumed.least_reception, found.basis


def _bracketed(at: Expected, assumed: Assumptions) -> bool:
    longest = assumed.most_dead_h * 3600.0
    return (at.before_s or 0.0) <= longest and (at.after_s or 0.0) <= longest


def jeffreys(k: int, n: int, basis: str) -> Probability:
    """A chance of which ``k`` of ``n`` came true, with its 90 % interval (Brown, Cai and DasGupta 2001)."""
    from scipy.special import betaincinv

    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, 0.05))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 0.95))
    value = min(max((k + 0.5) / (n + 1.0), low), high)
    return Probability(value=value, low=low, high=high, basis=basis)


def _holds(area: Coverage, place: LonLat, time: datetime) -> bool:
    timely = (area.start is None or area.start <= time) and (area.end is None or time < area.end)
    return timely and bool(area.rings) and inside(area.rings, place.lon, place.lat)


def inside(rings: Sequence[Sequence[tuple[float, float]]], lon: float, lat: float) -> bool:
    """Whether a place lies within the first ring and in none of the others (even-odd rule)."""
    return sum(_winds(ring, lon, lat) for ring in rings) % 2 == 1


def _winds(ring: Sequence[tuple[float, float]], lon: float, lat: float) -> int:
    odd = 0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y0 > lat) != (y1 > lat) and lon < x0 + (lat - y0) / (y1 - y0) * (x1 - x0):
            odd ^= 1
    return odd


def nearest_s(at: Expected) -> float:
    """Seconds to the nearest fix."""
    return min(s for s in (at.before_s, at.after_s, math.inf) if s is not None)
