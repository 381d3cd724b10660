"""The tables that lie somewhere, with their geometries in EPSG:4326."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from offing.exchange.identities import identity_table, rows_of
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import (
    Cell,
    Table,
    detection_table,
    dismissed_table,
    look_table,
    port_call_table,
    sighting_table,
    site_table,
)
from offing.exchange.voyages import voyage_table
from offing.records import Record

Ring = tuple[tuple[float, float], ...]
"""Closed ring of (lon, lat), degrees."""


class Shape(Record, frozen=True):
    """A point (a ring of one position), a polygon without holes, or a line."""

    kind: Literal["Point", "Polygon", "LineString"]
    ring: Ring
    """One (lon, lat) for a point; a closed counter-clockwise ring for a polygon; the corners of a line."""


class Layer(Record, frozen=True):
    """A table with one geometry a row; None where the place is unknown."""

    table: Table
    shapes: tuple[Shape | None, ...]


def point(position: tuple[float, float]) -> Shape:
    """A point at (lon, lat)."""
    return Shape(kind="Point", ring=(_rounded(position),))


def polygon(ring: Ring) -> Shape:
    """A polygon whose ring is closed and runs counter-clockwise, as RFC 7946 asks."""
    closed = ring if ring[0] == ring[-1] else (*ring, ring[0])
    twice_area = sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(closed))  # shoelace; positive when clockwise
    return Shape(kind="Polygon", ring=tuple(_rounded(p) for p in (closed[::-1] if twice_area > 0 else closed)))


def line(points: tuple[tuple[float, float], ...]) -> Shape | None:
    """A line through (lon, lat); None for fewer than two."""
    return Shape(kind="LineString", ring=tuple(_rounded(p) for p in points)) if len(points) > 1 else None


def _rounded(position: tuple[float, float]) -> tuple[float, float]:
    """To 1e-7 degrees: about a centimetre."""
    return round(float(position[0]), 7), round(float(position[1]), 7)


def all_layers(case: CaseSnapshot) -> tuple[Layer, ...]:
    """Every layer, in reading order: sites first, then what was seen there, port calls and voyages."""
    at = {s.id: point(s.position) for s in case.definition.sites}
    boxes = {d.id: polygon(d.detection.ring) for d in (*case.detections, *case.dismissed) if d.detection.ring}
    return (
        Layer(table=site_table(case), shapes=tuple(at[s.id] for s in case.definition.sites)),
        Layer(table=_berth_table(case), shapes=tuple(polygon(b.ring) for b in case.berths)),
        Layer(table=look_table(case), shapes=tuple(at.get(k.site) for k in case.looks)),
        Layer(table=detection_table(case), shapes=tuple(boxes.get(d.id) for d in case.detections)),
        Layer(
            table=sighting_table(case),
            shapes=tuple(boxes.get(f"{s.scene}/{s.detection}", boxes.get(s.id)) for s in case.sightings),
        ),
        Layer(table=identity_table(case), shapes=tuple(boxes.get(r.sighting) for r in rows_of(case))),
        Layer(table=dismissed_table(case), shapes=tuple(boxes.get(d.id) for d in case.dismissed)),
        Layer(table=port_call_table(case), shapes=tuple(at.get(c.site) for c in case.port_calls)),
        Layer(table=voyage_table(case), shapes=tuple(line(v.points) for v in case.voyages)),
    )


def _berth_table(case: CaseSnapshot) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple((b.id, b.site, b.name) for b in case.berths)
    return Table(name="berths", columns=("berth", "site", "name"), rows=rows)
