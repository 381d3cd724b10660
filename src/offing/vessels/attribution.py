"""Sightings of a site: what class each detected ship may be, given the site's everyday traffic.

Length separates a landing ship from a trawler, not one class of 112 m from another: the answer is the narrowest class
that the summed probability supports, and ``unknown`` where none does. Only lengths are compared here; what else speaks
for a class is weighed by ``identification.identify_all``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offing.quantities import Interval
from offing.sites import Baseline, Site
from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.identification.dimensions import length_density, other_length_density, sd_of
from offing.vessels.identification.factors import considered, log_ratio
from offing.vessels.identification.identify import identify
from offing.vessels.identification.model import Identification
from offing.vessels.identification.naming import NAMING_THRESHOLD, narrowest
from offing.vessels.identification.posterior import posterior
from offing.vessels.model import Detection, Sighting

__all__ = ["NAMING_THRESHOLD", "attribute", "class_probabilities", "narrowest", "site_prior"]

GENERIC = ("cargo", "tanker", "ferry", "fishing", "patrol")
"""Everyday classes that share the traffic which a baseline calls ``any``, with "none of these"."""

_DEFAULT_SOUGHT_CALLS = 0.5
_DEFAULT_ANY_CALLS = 6.0


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
    """A sighting for each detection that has a time, in the order given, by its length alone; ``prior`` as from
    ``site_prior``.
    """
    return tuple(
        _by_length(d, site=site, scene=scene, prior=prior, library=library, simulated=simulated)
        for d in detections
        if d.time is not None
    )


def class_probabilities(
    length_m: float, interval: Interval, prior: Mapping[str, float], library: ClassLibrary
) -> dict[str, float]:
    """P(class | length) by Bayes' rule over ``prior``; ``unknown`` is "none of these"."""
    sd, other = sd_of(interval), other_length_density(length_m)
    logs = {c: log_ratio(length_density(length_m, sd, library.get(c).length_m), other) for c in considered(prior)}
    found = posterior(prior, logs, {}, {})
    return {**found.classes, UNKNOWN: found.none}


def _by_length(
    detection: Detection, *, site: Site, scene: str, prior: Mapping[str, float], library: ClassLibrary, simulated: bool
) -> Sighting:
    measured = detection.measurement
    if measured.length_m is None or measured.length_m_90 is None:
        prior, basis = {UNKNOWN: 1.0}, "no length: the ground size of a pixel is unknown"
    else:
        basis = f"length {measured.length_m:.0f} m and the site's everyday traffic; layout was not read"
    one = identify(detection, None, library=library, prior=prior, compared=("length",), simulated=simulated)
    return _sighting(detection, one, site=site, scene=scene, basis=basis, simulated=simulated)


def _sighting(
    detection: Detection, one: Identification, *, site: Site, scene: str, basis: str, simulated: bool
) -> Sighting:
    assert detection.time is not None
    return Sighting(
        id=f"{scene}/{detection.id}",
        site=site.id,
        scene=scene,
        detection=detection.id,
        time=detection.time,
        named=one.narrowest,
        candidates=one.candidates,
        none_of_these=one.none_of_these,
        basis=basis,
        simulated=simulated,
    )
