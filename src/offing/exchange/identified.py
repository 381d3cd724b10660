"""Identifications as properties of the GeoJSON features that they belong to, and as rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from offing.errors import OffingError
from offing.vessels.identification.model import Factor, Identification

SHOWN = 12
"""Candidates that are written out; the others are summed up."""
LEAST = 0.001
"""A candidate below this is not written out."""


def with_identifications(path: Path, found: Mapping[tuple[str, str], Identification]) -> bytes:
    """The GeoJSON of ``path`` with ``identification`` among the properties of those in ``found``, by (image, id).

    Everything else stays as it is. Raises OffingError where the file changed meanwhile into something else.
    """
    try:
        document = msgspec.json.decode(path.read_bytes())
        for feature in document["features"]:
            properties = feature["properties"]
            one = found.get((properties["image"], properties["id"]))
            if one is not None:
                properties["identification"] = as_properties(one)
    except (msgspec.MsgspecError, KeyError, TypeError, OSError) as error:
        raise OffingError(f"cannot be read again: {error}", where=str(path), fix="run it again") from None
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def as_properties(one: Identification) -> dict[str, Any]:
    """An identification in plain JSON, numbers rounded; likelihood ratios are against none of these."""
    listed = [c for c in one.candidates[:SHOWN] if c.probability >= LEAST]
    ids = [c.vessel_class for c in listed]
    rest = 1.0 - one.none_of_these - sum(c.probability for c in listed)
    return {
        "named": one.narrowest,
        "candidates": [
            {
                "class": c.vessel_class,
                "probability": _p(c.probability),
                "prior": _p(one.prior.get(c.vessel_class, 0.0)),
                "likelihood_ratio": ratio(sum(f.log_ratios[c.vessel_class] for f in one.factors)),
            }
            for c in listed
        ],
        "other_classes": _p(max(rest, 0.0)),
        "none_of_these": _p(one.none_of_these),
        "vessels": [{"vessel": c.vessel, "class": c.vessel_class, "probability": _p(c.probability)} for c in one.named],
        "cannot_be_told_apart": [
            {
                "members": list(a.members),
                "what": "vessels" if a.named else "classes",
                "greatest_likelihood_ratio": round(a.greatest_ratio, 2),
                "would_tell": list(a.tell_apart),
            }
            for a in one.alike
        ],
        "factors": [_factor(f, ids) for f in one.factors],
        "prior_basis": one.prior_basis,
        "basis": one.basis,
        **({"simulated": True} if one.simulated else {}),
    }


def rows(found: Sequence[Identification]) -> list[dict[str, Any]]:
    """One row a candidate, the likeliest first, and one for none of these: for tables and CSV."""
    return [row for one in found for row in _rows(one)]


def _rows(one: Identification) -> list[dict[str, Any]]:
    head = {"image": one.image, "id": one.detection, "named": one.narrowest}
    groups = {m: a for a in reversed(one.alike) for m in a.members}
    listed: list[dict[str, Any]] = []
    for c in [c for c in one.candidates[:SHOWN] if c.probability >= LEAST]:
        group = groups.get(c.vessel_class)
        listed.append(
            {
                **head,
                "candidate": c.vessel_class,
                "probability": _p(c.probability),
                "prior": _p(one.prior.get(c.vessel_class, 0.0)),
                "likelihood_ratio": ratio(sum(f.log_ratios[c.vessel_class] for f in one.factors)),
                "parts": "; ".join(f"{f.name} × {ratio(f.log_ratios[c.vessel_class]):.3g}" for f in one.factors),
                "not_told_from": " ".join(m for m in group.members if m != c.vessel_class) if group else "",
            }
        )
    for v in (v for v in one.named if v.probability >= LEAST):
        group = groups.get(v.vessel or "")
        listed.append(
            {
                **head,
                "candidate": f"vessel {v.vessel}",
                "probability": _p(v.probability),
                "not_told_from": " ".join(m for m in group.members if m != v.vessel) if group else "",
            }
        )
    none = {**head, "candidate": "none of these", "probability": _p(one.none_of_these), "likelihood_ratio": 1.0}
    return [*listed, {**none, "prior": _p(one.prior.get("unknown", 0.0))}]


def ratio(log_ratio: float) -> float:
    """A likelihood ratio to three figures, within 1e-9 and 1e9."""
    return float(f"{math.exp(min(max(log_ratio, -20.7), 20.7)):.3g}")


def _factor(factor: Factor, ids: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": factor.name,
        "compared": factor.compared,
        "likelihood_ratios": {c: ratio(factor.log_ratios[c]) for c in ids},
    }
    if factor.evidence:
        made["along_the_hull"] = {
            c: [
                {
                    "part": e.name,
                    "from": round(e.start, 3),
                    "to": round(e.end, 3),
                    "likelihood_ratio": ratio(e.log_ratio),
                }
                for e in evidence
            ]
            for c, evidence in factor.evidence.items()
            if c in ids
        }
    if factor.by:
        made["by"] = factor.by
    if factor.note:
        made["note"] = factor.note
    return made


def _p(value: float) -> float:
    return round(value, 4)
