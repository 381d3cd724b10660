"""The narrowest class that summed probabilities support."""

from __future__ import annotations

from collections.abc import Mapping

from offing.vessels.classes import UNKNOWN, ClassLibrary

NAMING_THRESHOLD = 0.6
"""A class is named when P(it or a narrower one) reaches this."""


def narrowest(probabilities: Mapping[str, float], library: ClassLibrary) -> str:
    """The narrowest class that reaches ``NAMING_THRESHOLD`` with all it holds, ``unknown`` where only ``any`` does."""
    summed: dict[str, float] = {}
    for class_id, probability in probabilities.items():
        for wider in library.lineage(class_id):
            summed[wider] = summed.get(wider, 0.0) + probability
    able = [c for c, p in summed.items() if p >= NAMING_THRESHOLD and c not in ("any", UNKNOWN)]
    return max(able, key=lambda c: (len(library.lineage(c)), summed[c], c), default=UNKNOWN)
