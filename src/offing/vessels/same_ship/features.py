"""Recognition features that a person judged in both pictures.

Features of one class hang together through the class: a ship either is of it or is not. Within that they are taken as
independent, with the chances that the class library states.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from offing.vessels.classes import ClassLibrary
from offing.vessels.identification.factors import feature_of
from offing.vessels.identification.model import Judgement
from offing.vessels.same_ship.traffic import Traffic

BESIDE_PROFILE = 0.5
"""How much of it counts where the profile is compared, too: a person saw the same pixels (declared)."""
_LEAST_SHARE = 0.02

Key = tuple[str, str]
"""(class id, feature id)."""
Chances = list[tuple[float, float]]
"""(P(this judgement | of the class), P(this judgement | not)) of each feature."""


def log_ratio(
    a: Sequence[Judgement], b: Sequence[Judgement], traffic: Traffic, library: ClassLibrary
) -> tuple[float, tuple[str, ...]] | None:
    """(natural logarithm of the likelihood ratio against another of the traffic, features that were judged in both).

    None where no feature is visible in both; the last judgement of a feature counts. Raises CaseFileError for a feature
    that its class does not have.
    """
    one, other = _visible(a), _visible(b)
    by_class: dict[str, list[Key]] = {}
    for key in sorted(set(one) & set(other)):
        by_class.setdefault(key[0], []).append(key)
    if not by_class:
        return None
    total = sum(_of_class(keys, one, other, traffic, library) for keys in by_class.values())
    return total, tuple("/".join(k) for keys in by_class.values() for k in keys)


def _visible(judged: Sequence[Judgement]) -> dict[Key, Judgement]:
    last = {(j.vessel_class, j.feature): j for j in judged}
    return {key: j for key, j in last.items() if j.seen != "not visible"}


def _of_class(
    keys: list[Key],
    one: Mapping[Key, Judgement],
    other: Mapping[Key, Judgement],
    traffic: Traffic,
    library: ClassLibrary,
) -> float:
    share = min(max(traffic.shares.get(keys[0][0], 0.0), _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    first, second = ([_chances(side[k], library) for k in keys] for side in (one, other))
    return math.log(_mixed(first + second, share)) - math.log(_mixed(first, share)) - math.log(_mixed(second, share))


def _chances(judgement: Judgement, library: ClassLibrary) -> tuple[float, float]:
    feature = feature_of(judgement, library)
    if judgement.seen == "match":
        return feature.if_it, feature.if_other
    return 1.0 - feature.if_it, 1.0 - feature.if_other


def _mixed(chances: Chances, share: float) -> float:
    return share * math.prod(c for c, _ in chances) + (1.0 - share) * math.prod(c for _, c in chances)
