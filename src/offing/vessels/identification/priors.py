"""What a ship may be before anything was compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from offing.errors import CaseFileError
from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.model import Vessel

NONE_SHARE = 0.5
"""P(none of these) where no prior is stated: declared; a library never holds most of what sails."""
DEFAULT_BASIS = (
    "declared, none was stated: 1/2 for none of these, the other half evenly over kinds of ships (cargo, tanker, "
    "warship …) and within a kind evenly over its classes with a length"
)


def default_prior(library: ClassLibrary) -> dict[str, float]:
    """Class id → P, ``unknown`` for none of these; see ``DEFAULT_BASIS``.

    Evenly over the classes themselves, what the library happens to list in detail would count as common.
    """
    kinds: dict[str, list[str]] = {}
    for entry in library:
        if entry.length_m and entry.id != UNKNOWN:
            line = library.lineage(entry.id)
            kinds.setdefault(line[-2] if len(line) > 1 else entry.id, []).append(entry.id)
    shares = {c: (1.0 - NONE_SHARE) / (len(kinds) * len(ids)) for ids in kinds.values() for c in ids}
    return {**shares, UNKNOWN: NONE_SHARE}


def spread_prior(stated: Mapping[str, float], library: ClassLibrary) -> dict[str, float]:
    """Weights by class id as stated, wide ids shared evenly by the classes they stand for; they sum to 1.

    A class that is named for itself gets that on top of its share of a wider one. Raises CaseFileError for ids that
    the library does not have, weights below 0, and nothing above 0.
    """
    weights: dict[str, float] = {}
    for class_id, weight in stated.items():
        if not (math.isfinite(weight) and weight >= 0.0):
            raise CaseFileError(f"the prior of {class_id!r} is {weight:g}", fix="give a number from 0 up")
        library.get(class_id)
        leaves = [UNKNOWN] if class_id in (UNKNOWN, "any") else library.leaves([class_id]) or [class_id]
        for leaf in leaves:
            weights[leaf] = weights.get(leaf, 0.0) + weight / len(leaves)
    return normalised(weights)


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights divided by their sum. Raises CaseFileError where that is no positive number."""
    total = sum(weights.values())
    if not (math.isfinite(total) and total > 0.0):
        raise CaseFileError("the prior gives nothing any chance", fix="give at least one class a number above 0")
    return {c: w / total for c, w in weights.items()}


def vessel_shares(vessels: Iterable[Vessel], library: ClassLibrary) -> dict[str, dict[str, float]]:
    """Class id → vessel id → P(that ship | a ship of the class).

    One in as many ships as the class has had, as far as that is known, else one in one more than are named: there may
    always be a sister that nobody named.
    """
    named: dict[str, list[str]] = {}
    for vessel in vessels:
        library.get(vessel.vessel_class)
        named.setdefault(vessel.vessel_class, []).append(vessel.id)
    return {c: dict.fromkeys(ids, 1.0 / max(library.get(c).built or 0, len(ids) + 1)) for c, ids in named.items()}
