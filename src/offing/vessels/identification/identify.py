"""P(class or named vessel | everything that was compared), by Bayes' rule over the library and "none of these".

Factors are taken to be independent given the class; each states its log likelihood ratio by class against none of
these. A named vessel is one of its class: it shares the class's factors but where its own length or beam is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.identification.dimensions import beam_density, length_density, sd_of
from offing.vessels.identification.factors import (
    beam_factor,
    considered,
    judged_factors,
    length_factor,
    log_ratio,
    profile_factor,
)
from offing.vessels.identification.likeness import alike
from offing.vessels.identification.model import Factor, Identification, Judgement
from offing.vessels.identification.naming import narrowest
from offing.vessels.identification.posterior import posterior
from offing.vessels.identification.priors import DEFAULT_BASIS, default_prior, normalised, vessel_shares
from offing.vessels.model import Candidate, Detection, Measurement, Vessel
from offing.vessels.profile.model import Profile

if TYPE_CHECKING:
    from offing.imagery.reading import Picture

Compared = Literal["length", "beam", "profile"]

ALL: tuple[Compared, ...] = ("length", "beam", "profile")


def identify(
    detection: Detection,
    profile: Profile | None,
    *,
    library: ClassLibrary,
    prior: Mapping[str, float] | None = None,
    prior_basis: str = "as stated",
    vessels: Sequence[Vessel] = (),
    judged: Sequence[Judgement] = (),
    compared: Sequence[Compared] = ALL,
    simulated: bool = False,
) -> Identification:
    """What ``detection`` may be.

    ``prior``: class id → weight, ``unknown`` for none of these, as from ``spread_prior`` or ``site_prior``; None:
    ``default_prior``. ``vessels``: named ships of interest. ``judged``: what a person saw of features of this
    detection. ``compared``: what may be used. Raises CaseFileError for a class or feature that the library lacks, and
    for a prior without weight.
    """
    before = normalised(prior if prior is not None else default_prior(library))
    classes = considered(before)
    vessels = [v for v in vessels if before.get(v.vessel_class, 0.0) > 0.0]
    factors = _factors(detection, profile, before, library, judged, compared)
    logs = {c: sum(f.log_ratios[c] for f in factors) for c in classes}
    shares = vessel_shares(vessels, library)
    own = {v.id: _own_log_ratio(v, detection.measurement, library, compared) for v in vessels}
    found = posterior(before, logs, shares, own)
    ranked = sorted(((c, found.classes[c]) for c in classes), key=lambda item: (-item[1], item[0]))
    named = sorted(((v, found.vessels[v.id]) for v in vessels), key=lambda item: (-item[1], item[0].id))
    return Identification(
        image=detection.image,
        detection=detection.id,
        narrowest=narrowest({**found.classes, UNKNOWN: found.none}, library),
        candidates=tuple(Candidate(vessel_class=c, probability=p) for c, p in ranked),
        none_of_these=found.none,
        named=tuple(Candidate(vessel_class=v.vessel_class, probability=p, vessel=v.id) for v, p in named),
        alike=alike(found, logs, own, vessels, library),
        factors=tuple(factors),
        prior=before,
        prior_basis=prior_basis if prior is not None else DEFAULT_BASIS,
        basis=_basis(detection, profile, factors, compared),
        simulated=simulated or (profile is not None and profile.simulated),
    )


def identify_all(
    picture: Picture | None,
    detections: Iterable[Detection],
    *,
    library: ClassLibrary,
    prior: Mapping[str, float] | None = None,
    prior_basis: str = "as stated",
    vessels: Sequence[Vessel] = (),
    judged: Sequence[Judgement] = (),
) -> tuple[Identification, ...]:
    """``identify`` for each detection of one picture, in the order given, with its profile read from the picture.

    Without a picture only dimensions and judgements are used. A judgement bears on the detection of its id, in its
    picture where it names one.
    """
    from offing.vessels.profile.measured import profile_of

    return tuple(
        identify(
            d,
            profile_of(picture, d) if picture is not None else None,
            library=library,
            prior=prior,
            prior_basis=prior_basis,
            vessels=vessels,
            judged=[j for j in judged if j.detection == d.id and j.image in (None, d.image)],
            simulated=picture is not None and picture.simulated,
        )
        for d in detections
    )


def _factors(
    detection: Detection,
    profile: Profile | None,
    before: Mapping[str, float],
    library: ClassLibrary,
    judged: Sequence[Judgement],
    compared: Sequence[Compared],
) -> list[Factor]:
    measured, classes = detection.measurement, considered(before)
    found: list[Factor | None] = []
    if "length" in compared:
        found.append(length_factor(measured, classes, library))
    if "beam" in compared:
        found.append(beam_factor(measured, classes, library))
    if "profile" in compared:
        sized = {c: before[c] * math.exp(sum(f.log_ratios[c] for f in found if f)) for c in classes}
        found.append(profile_factor(profile, classes, library, sized))
    gsd = profile.gsd_m if profile else None
    return [f for f in (*found, *judged_factors(judged, classes, library, gsd)) if f]


def _own_log_ratio(vessel: Vessel, measured: Measurement, library: ClassLibrary, compared: Sequence[Compared]) -> float:
    """Log ratio of a vessel's own dimensions against her class's; 0 where she has none of her own."""
    total, entry = 0.0, library.get(vessel.vessel_class)
    length, beam = measured.length_m, measured.beam_m
    if length is None or length <= 0.0:
        return 0.0
    if "length" in compared and vessel.length_m and measured.length_m_90:
        sd = sd_of(measured.length_m_90)
        total += log_ratio(length_density(length, sd, vessel.length_m), length_density(length, sd, entry.length_m))
    if "beam" in compared and vessel.beam_m and measured.beam_m_90 and beam and measured.length_m_90:
        sd, sized = sd_of(measured.beam_m_90), (length, sd_of(measured.length_m_90))
        mine = beam_density(beam, sd, sized, vessel.beam_m, None)
        total += log_ratio(mine, beam_density(beam, sd, sized, entry.beam_m, entry.length_m))
    return total


def _basis(
    detection: Detection, profile: Profile | None, factors: Sequence[Factor], compared: Sequence[Compared]
) -> str:
    names = {f.name for f in factors}
    said = [f"compared: {', '.join(f.name for f in factors) or 'nothing'}"]
    if "length" in compared and "length" not in names:
        said.append("no length: the ground size of a pixel is unknown")
    if "profile" in compared and "profile" not in names:
        if profile is not None:
            said.append("no class considered has a known layout")
        elif "clipped" in detection.flags:
            said.append("no profile: the ship is cut off by the picture's edge")
        else:
            said.append("no profile: no picture was given, or the ship is too small in it")
    return "; ".join(said)


__all__ = ["ALL", "identify", "identify_all"]
