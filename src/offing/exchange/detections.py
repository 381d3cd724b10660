"""Detections as GeoJSON, COCO and CSV: the contract of ``offing detect``.

Pixel coordinates are GDAL's: (0, 0) is the outer corner of the first pixel.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from offing.quantities import Interval
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Velocity

DetectionFormat = Literal["geojson", "coco", "csv"]

CSV_COLUMNS = (
    "image", "id", "score", "score_low", "score_high", "lon", "lat", "col", "row", "length_m", "length_m_low",
    "length_m_high", "beam_m", "beam_m_low", "beam_m_high", "axis_deg", "heading_deg", "bow_probability",
    "time", "flags", "simulated", "speed_kn", "speed_kn_low", "speed_kn_high", "course_deg", "course_deg_low",
    "course_deg_high", "course_probability",
)  # fmt: skip
DISMISSED_COLUMNS = ("dismissed", "reasons")
"""Added to the CSV when what was dismissed is asked for."""
_SHIP_CATEGORY = 1
_FORMULA_STARTS = ("=", "+", "-", "@", " ", "＝", "＋", "－", "＠")


def detections_text(sets: Sequence[DetectionSet], output: DetectionFormat, *, dismissed: bool = False) -> str:
    """The detections of all pictures as one document, ending in a newline.

    With ``dismissed`` also what is named as something else than a vessel, each picture's after its ships, marked
    ``dismissed`` and with its ``reasons`` (in a CSV two more columns).
    """
    if output == "csv":
        return _csv(sets, dismissed)
    document = _geojson(sets, dismissed) if output == "geojson" else _coco(sets, dismissed)
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _listed(owner: DetectionSet, dismissed: bool) -> Iterator[tuple[Detection, bool]]:
    """(detection, whether it is dismissed) of what is to be listed."""
    yield from ((d, False) for d in owner.detections)
    if dismissed:
        yield from ((d, True) for d in owner.dismissed)


def _geojson(sets: Sequence[DetectionSet], dismissed: bool) -> dict[str, Any]:
    """A FeatureCollection; ``"crs": null`` and pixel geometry as soon as one picture has no georeference.

    One document has one coordinate system: mixed pictures are all given in their own pixels then.
    """
    placed = all(s.georeferenced for s in sets)
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if not placed:
        head["crs"] = None
    return {**head, "features": [_feature(d, s, placed, out) for s in sets for d, out in _listed(s, dismissed)]}


def _feature(detection: Detection, owner: DetectionSet, placed: bool, out: bool) -> dict[str, Any]:
    corners = [list(_rounded(c, 2)) for c in detection.box.corners()]
    ring = detection.ring if placed else None
    outline = [*corners, corners[0]] if ring is None else [list(_rounded(p, 7)) for p in ring]
    measured = detection.measurement
    properties: dict[str, Any] = {
        "id": detection.id,
        "score": round(detection.score.value, 4),
        "score_90": [round(detection.score.low, 4), round(detection.score.high, 4)],
        "length_m": _metres(measured.length_m),
        "length_m_90": _bounds(measured.length_m_90),
        "beam_m": _metres(measured.beam_m),
        "beam_m_90": _bounds(measured.beam_m_90),
        "axis_deg": _direction(measured.axis_deg, 180.0),
        "heading_deg": _direction(measured.heading_deg, 360.0),
        "bow_probability": round(measured.bow_probability, 3),
        "pixel_box": corners,
        "image": detection.image,
        "time": _time(detection.time),
        "flags": list(detection.flags),
    }
    if detection.velocity is not None:
        properties |= _velocity(detection.velocity)
    if owner.simulated:
        properties["simulated"] = True
    if out:
        properties |= _marked(detection)
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [outline]}, "properties": properties}


def _velocity(velocity: Velocity) -> dict[str, Any]:
    """Speed and course with their intervals; the interval of the course may begin below 0 or end above 360."""
    course, low, high = _course(velocity)
    return {
        "speed_kn": round(velocity.speed_kn, 1),
        "speed_kn_90": _bounds(velocity.speed_kn_90),
        "course_deg": course,
        "course_deg_90": [low, high],
        "course_probability": round(velocity.course_probability, 3),
        "velocity_basis": velocity.basis,
    }


def _course(velocity: Velocity) -> tuple[float, float, float]:
    """Course in 0–360 and the bounds around it, rounded."""
    course, bounds = _direction(velocity.course_deg, 360.0), velocity.course_deg_90
    whole = 360.0 if velocity.course_deg - course > 180.0 else 0.0  # 359.98 is 0
    return course, round(bounds.low - whole, 1), round(bounds.high - whole, 1)


def _marked(detection: Detection) -> dict[str, Any]:
    return {"dismissed": True, "reasons": list(detection.reasons)}


def _coco(sets: Sequence[DetectionSet], dismissed: bool) -> list[dict[str, Any]]:
    listed = ((d, out) for s in sets for d, out in _listed(s, dismissed))
    return [_coco_result(d) | (_marked(d) if out else {}) for d, out in listed]


def _coco_result(detection: Detection) -> dict[str, Any]:
    corners = detection.box.corners()
    cols, rows = [c for c, _ in corners], [r for _, r in corners]
    box = (min(cols), min(rows), max(cols) - min(cols), max(rows) - min(rows))
    return {
        "image_id": image_id(detection.image),
        "category_id": _SHIP_CATEGORY,
        "bbox": list(_rounded(box, 2)),
        "segmentation": [[round(v, 2) for corner in corners for v in corner]],
        "score": round(detection.score.value, 6),
        **(_velocity(detection.velocity) if detection.velocity else {}),
    }


def image_id(image: str) -> int | str:
    """The number that the stem of a picture's file is, else the file's name: ``000012.jpg`` gives 12, ``a.tif``
    ``a.tif``.
    """
    path = Path(image)
    return int(path.stem) if path.stem.isascii() and path.stem.isdigit() else path.name


def _csv(sets: Sequence[DetectionSet], dismissed: bool) -> str:
    text = io.StringIO()
    columns = (*CSV_COLUMNS, *DISMISSED_COLUMNS) if dismissed else CSV_COLUMNS
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for owner in sets:
        for detection, out in _listed(owner, dismissed):
            marks = {"dismissed": "yes" if out else "no", "reasons": _text("; ".join(detection.reasons))}
            writer.writerow(_row(detection, owner) | _velocity_row(detection.velocity) | marks)
    return text.getvalue()


def _row(detection: Detection, owner: DetectionSet) -> dict[str, Any]:
    measured = detection.measurement
    length, beam = measured.length_m_90, measured.beam_m_90
    lon, lat = _middle(detection)
    return {
        "image": _text(detection.image), "id": detection.id, "score": round(detection.score.value, 4),
        "score_low": round(detection.score.low, 4),
        "score_high": round(detection.score.high, 4), "lon": lon, "lat": lat,
        "col": round(detection.box.col, 2), "row": round(detection.box.row, 2),
        "length_m": _metres(measured.length_m), "length_m_low": _metres(length.low if length else None),
        "length_m_high": _metres(length.high if length else None), "beam_m": _metres(measured.beam_m),
        "beam_m_low": _metres(beam.low if beam else None), "beam_m_high": _metres(beam.high if beam else None),
        "axis_deg": _direction(measured.axis_deg, 180.0), "heading_deg": _direction(measured.heading_deg, 360.0),
        "bow_probability": round(measured.bow_probability, 3), "time": _time(detection.time),
        "flags": _text(" ".join(detection.flags)), "simulated": "yes" if owner.simulated else "no",
    }  # fmt: skip


def _velocity_row(velocity: Velocity | None) -> dict[str, Any]:
    if velocity is None:
        return {}
    speed, (course, low, high) = velocity.speed_kn_90, _course(velocity)
    return {
        "speed_kn": round(velocity.speed_kn, 1), "speed_kn_low": round(speed.low, 1),
        "speed_kn_high": round(speed.high, 1), "course_deg": course, "course_deg_low": low, "course_deg_high": high,
        "course_probability": round(velocity.course_probability, 3),
    }  # fmt: skip


def _text(value: str) -> str:
    """Text on one line that a spreadsheet does not take for a formula."""
    value = "".join(c if c.isprintable() else " " for c in value)
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _middle(detection: Detection) -> tuple[float | None, float | None]:
    if detection.ring is None:
        return None, None
    corners = detection.ring[:-1]
    return tuple(round(sum(p[i] for p in corners) / len(corners), 7) for i in (0, 1))  # type: ignore[return-value]


def _rounded(values: Sequence[float], digits: int) -> tuple[float, ...]:
    return tuple(round(v, digits) for v in values)


def _metres(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _bounds(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [round(interval.low, 1), round(interval.high, 1)]


def _direction(value: float, full: float) -> float:
    """Rounded, and still below the full turn after rounding."""
    return round(value, 1) % full


def _time(value: datetime | None) -> str | None:
    if value is None:
        return None
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
