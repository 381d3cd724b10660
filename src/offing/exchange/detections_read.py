"""Detections read back from the GeoJSON of ``offing detect``, or from anyone's file of that shape."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from offing.errors import OffingError
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.timespan import parse_instant
from offing.vessels.model import Detection, Measurement, OrientedBox

_MOST_BYTES = 300_000_000
_FIX = "give the GeoJSON that offing detect writes"


class DetectionFile(Record, frozen=True):
    """What a file of detections holds."""

    detections: tuple[Detection, ...]
    """In the order of the file; dismissed ones with their reasons."""
    simulated: frozenset[tuple[str, str]]
    """(image, id) of those that come from simulated pictures."""


class _Properties(msgspec.Struct):
    id: str
    image: str
    pixel_box: list[tuple[float, float]]
    axis_deg: float
    score: float = 1.0
    score_90: tuple[float, float] | None = None
    length_m: float | None = None
    length_m_90: tuple[float, float] | None = None
    beam_m: float | None = None
    beam_m_90: tuple[float, float] | None = None
    heading_deg: float | None = None
    bow_probability: float = 0.5
    time: str | None = None
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    simulated: bool = False


class _Geometry(msgspec.Struct):
    type: str
    coordinates: Any


class _Feature(msgspec.Struct):
    properties: _Properties
    geometry: _Geometry | None = None


class _Document(msgspec.Struct):
    type: str
    features: list[_Feature]
    crs: Any = msgspec.UNSET


def read_detections(path: Path) -> DetectionFile:
    """Every detection of a GeoJSON file. Raises OffingError that names the file, and the feature where one is wrong."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise OffingError("the file is larger than 300 MB", where=str(path), fix="split it")
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except FileNotFoundError:
        raise OffingError("there is no such file", where=str(path), fix="check the name") from None
    except IsADirectoryError:
        raise OffingError("is a folder", where=str(path), fix=_FIX) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OffingError(f"is no file of detections: {error}", where=str(path), fix=_FIX) from None
    if document.type != "FeatureCollection":
        raise OffingError(f"is a {document.type[:40]}, no FeatureCollection", where=str(path), fix=_FIX)
    placed = document.crs is not None
    found = tuple(_detection(f, placed, f"{path}, feature {i}") for i, f in enumerate(document.features, start=1))
    simulated = frozenset((f.properties.image, f.properties.id) for f in document.features if f.properties.simulated)
    return DetectionFile(detections=found, simulated=simulated)


def _detection(feature: _Feature, placed: bool, where: str) -> Detection:
    p = feature.properties
    _require(0.0 <= p.score <= 1.0, f"score {p.score:g} is no probability", where)
    _require(0.0 <= p.bow_probability <= 1.0, f"bow_probability {p.bow_probability:g} is no probability", where)
    low, high = p.score_90 or (p.score, p.score)
    try:
        return Detection(
            id=p.id,
            image=p.image,
            time=_time(p.time, where),
            score=Probability(value=p.score, low=min(low, p.score), high=max(high, p.score), basis="as written"),
            box=_box(p.pixel_box, where),
            ring=_ring(feature.geometry, where) if placed else None,
            measurement=_measurement(p, where),
            flags=p.flags,
            reasons=p.reasons,
        )
    except OffingError as error:
        if error.where:
            raise
        raise OffingError(error.what, where=where, fix=_FIX) from None


def _measurement(p: _Properties, where: str) -> Measurement:
    for name, value in (("length_m", p.length_m), ("beam_m", p.beam_m)):
        _require(value is None or 0.0 < value < 1000.0, f"{name} is {value}", where)
    heading = p.axis_deg if p.heading_deg is None else p.heading_deg
    _require(0.0 <= p.axis_deg < 180.0 and 0.0 <= heading < 360.0, f"axis {p.axis_deg:g}, heading {heading:g}", where)
    turned = p.bow_probability < 0.5
    return Measurement(
        length_m=p.length_m,
        length_m_90=_interval(p.length_m_90),
        beam_m=p.beam_m,
        beam_m_90=_interval(p.beam_m_90),
        axis_deg=p.axis_deg,
        heading_deg=(heading + 180.0) % 360.0 if turned else heading,
        bow_probability=1.0 - p.bow_probability if turned else p.bow_probability,
    )


def _box(corners: list[tuple[float, float]], where: str) -> OrientedBox:
    """From the corners in the order of ``OrientedBox.corners``."""
    _require(len(corners) == 4, f"pixel_box has {len(corners)} corners", where)
    _require(all(abs(v) < 1e7 for c in corners for v in c), "pixel_box is not in pixels", where)
    (a, b, c, d) = corners
    length = tuple((a[i] + b[i] - c[i] - d[i]) / 4.0 for i in (0, 1))
    beam = tuple((a[i] + d[i] - b[i] - c[i]) / 4.0 for i in (0, 1))
    middle = tuple(sum(v[i] for v in corners) / 4.0 for i in (0, 1))
    _require(math.hypot(*length) > 0.0 and math.hypot(*beam) > 0.0, "pixel_box has no extent", where)
    return OrientedBox(col=middle[0], row=middle[1], length_px=(length[0], length[1]), beam_px=(beam[0], beam[1]))


def _ring(geometry: _Geometry | None, where: str) -> tuple[tuple[float, float], ...]:
    try:
        if geometry is None or geometry.type != "Polygon":
            raise msgspec.ValidationError("no Polygon")
        rings = msgspec.convert(geometry.coordinates, list[list[tuple[float, float]]])
    except msgspec.ValidationError:
        raise OffingError("the geometry is no Polygon of lon, lat", where=where, fix=_FIX) from None
    _require(bool(rings) and len(rings[0]) >= 4, "the polygon has fewer than three corners", where)
    inside = all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 for lon, lat in rings[0])
    _require(inside, "the polygon is not in degrees of longitude and latitude", where)
    return tuple(rings[0])


def _interval(bounds: tuple[float, float] | None) -> Interval | None:
    return None if bounds is None else Interval(low=bounds[0], high=bounds[1])


def _time(text: str | None, where: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)[0].astimezone(UTC)
    except OffingError as error:
        raise OffingError(error.what, where=where, fix="write the time as 2024-10-17T01:30:00Z") from None


def _require(holds: bool, what: str, where: str) -> None:
    if not holds:
        raise OffingError(what, where=where, fix=_FIX)
