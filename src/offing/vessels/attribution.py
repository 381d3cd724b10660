"""What class a detected ship may be, from its length alone, over the library and "none of these".

Length separates a landing ship from a trawler, not one class of 112 m from another: the answer is the
narrowest class that the summed probability supports, and ``unknown`` where none does. Layout, which tells
sister classes apart, is not read here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from offing.quantities import Interval
from offing.sites import Baseline, Site
from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.model import Candidate, Detection, Sighting, VesselClass

NAMING_THRESHOLD = 0.6
"""A class is named when P(it or a narrower one | length) reaches this."""

GENERIC = ("cargo", "tanker", "ferry", "fishing", "patrol")
"""Everyday classes that share the traffic which a baseline calls ``any``, with "none of these"."""

_DEFAULT_SOUGHT_CALLS = 0.5
_DEFAULT_ANY_CALLS = 6.0
_WIDE = 1.5
"""A class whose greatest length is this many times its least is spread evenly in the logarithm."""
_OTHER_MEDIAN_M, _OTHER_SIGMA = 90.0, 0.8
"""Lengths of ships of no class here: log-normal, wide on purpose."""
_Z95 = 1.6448536269514722
_LEAST_SD_M = 1.0


def site_prior(site: Site, sought: Iterable[str], library: ClassLibrary) -> dict[str, float]:
    """Calls in 30 days by class id at a site, with ``unknown`` for ships of no class considered.

    ``sought`` are the class ids that the claims speak of; wide ones stand for the narrow classes below them.
    Where the site states no baseline, half a call by the sought classes and six by others are assumed.
    """
    baseline = site.baseline or (Baseline(classes=("any",), calls_per_30d=_DEFAULT_ANY_CALLS),)
    rates: dict[str, float] = {}
    for entry in baseline:
        leaves = [*GENERIC, UNKNOWN] if "any" in entry.classes else library.leaves(entry.classes)
        for leaf in leaves:
            rates[leaf] = rates.get(leaf, 0.0) + entry.calls_per_30d / len(leaves)
    missing = [leaf for leaf in library.leaves(sought) if leaf not in rates]
    for leaf in missing:
        rates[leaf] = _DEFAULT_SOUGHT_CALLS / len(missing)
    return rates


def attribute(
    detections: Iterable[Detection],
    *,
    site: Site,
    scene: str,
    prior: Mapping[str, float],
    library: ClassLibrary,
    simulated: bool = False,
) -> tuple[Sighting, ...]:
    """A sighting for each detection that has a time, in the order given; ``prior`` as from ``site_prior``."""
    return tuple(
        _sighting(d, site=site, scene=scene, prior=prior, library=library, simulated=simulated)
        for d in detections
        if d.time is not None
    )


def class_probabilities(
    length_m: float, interval: Interval, prior: Mapping[str, float], library: ClassLibrary
) -> dict[str, float]:
    """P(class | length) by Bayes' rule over ``prior``; ``unknown`` is "none of these"."""
    sd = max((interval.high - interval.low) / (2.0 * _Z95), _LEAST_SD_M)
    weights = {
        class_id: rate
        * (_other_density(length_m) if class_id == UNKNOWN else _density(length_m, sd, library.get(class_id)))
        for class_id, rate in prior.items()
    }
    total = sum(weights.values())
    if not total > 0.0:
        return {UNKNOWN: 1.0}
    return {class_id: weight / total for class_id, weight in weights.items()}


def narrowest(probabilities: Mapping[str, float], library: ClassLibrary) -> str:
    """The narrowest class that reaches ``NAMING_THRESHOLD`` with all it holds, ``unknown`` where only ``any`` does."""
    summed: dict[str, float] = {}
    for class_id, probability in probabilities.items():
        for wider in library.lineage(class_id):
            summed[wider] = summed.get(wider, 0.0) + probability
    able = [c for c, p in summed.items() if p >= NAMING_THRESHOLD and c not in ("any", UNKNOWN)]
    return max(able, key=lambda c: (len(library.lineage(c)), summed[c], c), default=UNKNOWN)


def _sighting(
    detection: Detection, *, site: Site, scene: str, prior: Mapping[str, float], library: ClassLibrary, simulated: bool
) -> Sighting:
    assert detection.time is not None
    measured = detection.measurement
    if measured.length_m is None or measured.length_m_90 is None:
        probabilities, basis = {UNKNOWN: 1.0}, "no length: the ground size of a pixel is unknown"
    else:
        probabilities = class_probabilities(measured.length_m, measured.length_m_90, prior, library)
        basis = f"length {measured.length_m:.0f} m and the site's everyday traffic; layout was not read"
    ranked = sorted(probabilities.items(), key=lambda item: (-item[1], item[0]))
    return Sighting(
        id=f"{scene}/{detection.id}",
        site=site.id,
        scene=scene,
        detection=detection.id,
        time=detection.time,
        named=narrowest(probabilities, library),
        candidates=tuple(Candidate(vessel_class=c, probability=p) for c, p in ranked if c != UNKNOWN),
        none_of_these=probabilities.get(UNKNOWN, 0.0),
        basis=basis,
        simulated=simulated,
    )


def _density(length_m: float, sd: float, ship: VesselClass) -> float:
    """Density per metre of measuring ``length_m`` for a ship of the class, with measurement error ``sd``."""
    if ship.length_m is None:
        return _other_density(length_m)
    low, high = ship.length_m
    if high <= low:
        return math.exp(-0.5 * ((length_m - low) / sd) ** 2) / (sd * math.sqrt(2.0 * math.pi))
    inside = _phi((high - length_m) / sd) - _phi((low - length_m) / sd)
    if high / low < _WIDE:
        return inside / (high - low)
    return inside / (min(max(length_m, low), high) * math.log(high / low))


def _other_density(length_m: float) -> float:
    z = math.log(length_m / _OTHER_MEDIAN_M) / _OTHER_SIGMA
    return math.exp(-0.5 * z * z) / (length_m * _OTHER_SIGMA * math.sqrt(2.0 * math.pi))


def _phi(z: float) -> float:
    """Standard normal distribution function."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
