"""What ``offing ais`` prints: a row a detection, then a row a ship that was not detected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from offing.geo import LonLat
    from offing.vessels.ais.model import AisMatch, Matching, Reading, Unseen

COLUMNS = (
    "detection", "outcome", "mmsi", "name", "probability", "nobody", "residual_m", "residual_corrected_m", "error_m",
    "gap_h", "reception", "lon", "lat", "image", "reason",
)  # fmt: skip
SHOWN = tuple(c for c in COLUMNS if c not in ("error_m", "reception", "lon", "lat", "image"))
"""Columns of the table for people."""


def document(found: Sequence[tuple[str, Matching, Reading]]) -> dict[str, Any]:
    """Everything, for JSON: (image, what was matched, what was read) of each picture."""
    return {
        "ais": [
            {"image": image, "matching": matching, "positions": r.rows, "used": r.kept, "left_out": dict(r.skipped)}
            for image, matching, r in found
        ]
    }


def rows_of(found: Sequence[tuple[str, Matching, Reading]]) -> list[dict[str, Any]]:
    """Rows with ``COLUMNS``; ``lon`` and ``lat`` are the ship's true place."""
    rows: list[dict[str, Any]] = []
    for image, matching, _ in found:
        rows += [_matched(m) | {"image": image} for m in matching.matches]
        rows += [_unseen(u) | {"image": image} for u in matching.unseen]
    return rows


def _matched(m: AisMatch) -> dict[str, Any]:
    return {
        "detection": m.detection,
        "outcome": m.outcome,
        "mmsi": m.mmsi or m.key,
        "name": m.name,
        "probability": _short(m.probability.value if m.probability else None, 3),
        "nobody": _short(m.nobody, 3),
        "residual_m": _short(m.residual_m, 0),
        "residual_corrected_m": _short(m.residual_corrected_m, 0),
        "error_m": _short(m.error_m, 0),
        "gap_h": _short(m.gap_s / 3600.0 if m.gap_s is not None else None, 2),
        "reception": _short(m.reception.value if m.reception else None, 3),
        "reason": m.reason,
        **_place(m.place),
    }


def _unseen(u: Unseen) -> dict[str, Any]:
    return {
        "outcome": "not detected",
        "mmsi": u.mmsi or u.key,
        "name": u.name,
        "probability": _short(u.undetected, 3),
        "error_m": _short(u.error_m, 0),
        "gap_h": _short(u.gap_s / 3600.0, 2),
        "reason": u.reason,
        **_place(u.place),
    }


def _place(place: LonLat | None) -> dict[str, float | None]:
    return {"lon": _short(place.lon, 5), "lat": _short(place.lat, 5)} if place else {"lon": None, "lat": None}


def _short(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
