"""How the ships sought can be told apart: by length where that is enough, else by layout."""

from __future__ import annotations

from itertools import combinations

from offing.exchange.snapshot import CaseSnapshot
from offing.report.model import RecognitionRow
from offing.vessels.model import VesselClass

TELLING_M = 5.0
"""Classes whose lengths lie closer than this cannot be told apart by a measured length (its 90 % interval is wider)."""


def recognition_rows(case: CaseSnapshot) -> tuple[RecognitionRow, ...]:
    """The narrow classes that the claims look for, each with those that its length does not separate it from."""
    sought = _sought(case)
    alike: dict[str, list[str]] = {c.id: [] for c in sought}
    for a, b in combinations(sought, 2):
        if _apart_m(a, b) < TELLING_M:
            alike[a.id].append(b.name or b.id)
            alike[b.id].append(a.name or a.id)
    return tuple(
        RecognitionRow(
            name=c.name or c.id,
            length_m=c.length_m,
            beam_m=c.beam_m,
            layout=c.layout,
            same_length_as=tuple(alike[c.id]),
            sources=c.sources,
        )
        for c in sought
    )


def _sought(case: CaseSnapshot) -> list[VesselClass]:
    """Classes with a layout that a claim's carrier names, itself or by a vessel."""
    carriers = [c.elements.carrier for c in case.definition.claims if c.elements.carrier]
    vessels = {v.id: v.vessel_class for v in case.definition.vessels}
    named = {i for k in carriers for i in (*k.classes, *(vessels[v] for v in k.vessels if v in vessels))}
    return [c for c in case.classes if c.id in named and c.length_m and c.layout]


def _apart_m(a: VesselClass, b: VesselClass) -> float:
    """Metres between the nearest lengths of two classes; 0 where they overlap."""
    assert a.length_m is not None
    assert b.length_m is not None
    return max(0.0, a.length_m[0] - b.length_m[1], b.length_m[0] - a.length_m[1])
