"""Recognition features that a person scored in both pictures.

Features of one class hang together through the class: a ship either is of it or is not. Within that they are taken as
independent, with the chances that the class library states.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from offing.errors import CaseFileError, did_you_mean
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import RecognitionFeature
from offing.vessels.same_ship.model import Scored
from offing.vessels.same_ship.traffic import Traffic

BESIDE_PROFILE = 0.5
"""How much of it counts where the profile is compared, too: a person saw the same pixels (declared)."""
_LEAST_SHARE = 0.02

Chances = list[tuple[float, float]]
"""(P(this score | of the class), P(this score | not)) of each feature."""


def log_ratio(
    a: Mapping[str, Scored], b: Mapping[str, Scored], traffic: Traffic, library: ClassLibrary
) -> tuple[float, tuple[str, ...]] | None:
    """(natural logarithm of the likelihood ratio against another of the traffic, features that were scored in both).

    None where no feature is visible in both. Raises CaseFileError for a feature that its class does not have.
    """
    by_class: dict[str, list[str]] = {}
    for key in sorted(set(a) & set(b)):
        feature_of(key, library)
        if "not-visible" not in (a[key], b[key]):
            by_class.setdefault(key.partition("/")[0], []).append(key)
    if not by_class:
        return None
    total = sum(_of_class(keys, a, b, traffic, library) for keys in by_class.values())
    return total, tuple(k for keys in by_class.values() for k in keys)


def feature_of(key: str, library: ClassLibrary) -> RecognitionFeature:
    """The feature called ``class/feature``. Raises CaseFileError that names those there are."""
    class_id, _, name = key.partition("/")
    features = {f.id: f for f in library.get(class_id).features}
    if name not in features:
        hint = did_you_mean(name, features, f"it has {', '.join(features) or 'none'}")
        raise CaseFileError(f"class {class_id!r} has no feature {name!r}", fix=hint)
    return features[name]


def _of_class(
    keys: list[str], a: Mapping[str, Scored], b: Mapping[str, Scored], traffic: Traffic, library: ClassLibrary
) -> float:
    share = min(max(traffic.shares.get(keys[0].partition("/")[0], 0.0), _LEAST_SHARE), 1.0 - _LEAST_SHARE)
    one, other = (_chances(keys, scores, library) for scores in (a, b))
    return math.log(_mixed(one + other, share)) - math.log(_mixed(one, share)) - math.log(_mixed(other, share))


def _chances(keys: list[str], scores: Mapping[str, Scored], library: ClassLibrary) -> Chances:
    features = [(feature_of(k, library), scores[k] == "match") for k in keys]
    return [(f.if_it if hit else 1.0 - f.if_it, f.if_other if hit else 1.0 - f.if_other) for f, hit in features]


def _mixed(chances: Chances, share: float) -> float:
    return share * math.prod(c for c, _ in chances) + (1.0 - share) * math.prod(c for _, c in chances)
