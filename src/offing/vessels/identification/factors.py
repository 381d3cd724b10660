"""What is compared, one factor each: length, beam, the profile along the hull, and features that a person judged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from offing.vessels.classes import UNKNOWN, ClassLibrary
from offing.vessels.identification.dimensions import (
    beam_density,
    length_density,
    other_beam_density,
    other_length_density,
    sd_of,
)
from offing.vessels.identification.model import Factor, Judgement
from offing.vessels.model import Measurement, RecognitionFeature
from offing.vessels.profile.model import Profile

LEAST_LOG = -200.0
"""What stands for the logarithm of a density that is 0 in floating point."""
NEGLIGIBLE = 1e-6
"""A class that is this much less probable than the likeliest, by prior and size, is not compared any further."""
DETAILED = 3
"""Of how many classes the evidence along the hull is given by kind of part."""


def length_factor(measured: Measurement, classes: Sequence[str], library: ClassLibrary) -> Factor | None:
    """None where no length was measured."""
    if measured.length_m is None or measured.length_m_90 is None or measured.length_m <= 0.0:
        return None
    length, interval = measured.length_m, measured.length_m_90
    sd, other = sd_of(interval), other_length_density(length)
    return Factor(
        name="length",
        compared=f"{length:.0f} m [{interval.low:.0f}, {interval.high:.0f}] with each class's length",
        log_ratios={c: log_ratio(length_density(length, sd, library.get(c).length_m), other) for c in classes},
    )


def beam_factor(measured: Measurement, classes: Sequence[str], library: ClassLibrary) -> Factor | None:
    """None where no length or no beam was measured."""
    beam, interval, length = measured.beam_m, measured.beam_m_90, measured.length_m
    if beam is None or interval is None or length is None or min(beam, length) <= 0.0:
        return None
    if measured.length_m_90 is None:
        return None
    sd, sized = sd_of(interval), (length, sd_of(measured.length_m_90))
    other = other_beam_density(beam, sd, sized)
    return Factor(
        name="beam",
        compared=f"{beam:.1f} m [{interval.low:.1f}, {interval.high:.1f}] with each class's beam; none of these: with "
        f"the beams of ships {length:.0f} m long",
        log_ratios={
            c: log_ratio(beam_density(beam, sd, sized, library.get(c).beam_m, library.get(c).length_m), other)
            for c in classes
        },
    )


def profile_factor(
    profile: Profile | None, classes: Sequence[str], library: ClassLibrary, weights: Mapping[str, float]
) -> Factor | None:
    """The profile under each class's layout; a class without one counts as any ship.

    ``weights``: how probable each class is before; the likeliest get their evidence by kind of part. None without a
    profile, or where no class has a layout.
    """
    from offing.vessels.profile.compare import compare_all
    from offing.vessels.profile.relief import relief_of

    if profile is None:
        return None
    known = {c: r for c in classes if (r := relief_of(library.get(c)))}
    least = NEGLIGIBLE * max([0.0, *weights.values()])
    reliefs = {c: r for c, r in known.items() if weights[c] >= least and weights[c] > 0.0}
    if not reliefs:
        return None
    found = compare_all(profile, reliefs, detailed=DETAILED, weights=weights)
    basis = next(iter(found.values())).basis
    missing = [c for c in classes if c not in known]
    notes = [f"no layout is known of {', '.join(missing)}"] if missing else []
    if len(reliefs) < len(known):
        notes.append(f"{len(known) - len(reliefs)} classes that their size rules out were not compared")
    return Factor(
        name="profile",
        compared=basis,
        log_ratios={c: found[c].log_ratio if c in found else 0.0 for c in classes},
        evidence={c: f.evidence for c, f in found.items() if f.evidence},
        note="; ".join(notes) or None,
    )


def judged_factors(
    judged: Sequence[Judgement], classes: Sequence[str], library: ClassLibrary, gsd_m: float | None
) -> list[Factor]:
    """A factor for each feature and person. It bears on every class that has a feature of that id; others count as any
    ship.

    What several persons say alike counts once; where they disagree, none of it counts. What is judged in pixels too
    coarse for it counts as not visible. Each says so in its note.
    """
    found: list[Factor] = []
    kept: dict[tuple[str, str], Judgement] = {}
    for judgement in judged:
        kept.setdefault((judgement.feature, judgement.by), judgement)
    said: dict[str, set[str]] = {}
    for judgement in kept.values():
        if judgement.seen != "not visible":
            said.setdefault(judgement.feature, set()).add(judgement.seen)
    counted: set[str] = set()
    for judgement in kept.values():
        feature = feature_of(judgement, library)
        why = _left_out(judgement, feature, said.get(feature.id, set()), counted, gsd_m)
        if judgement.seen != "not visible" and why is None:
            counted.add(feature.id)
        found.append(_judged(judgement, feature, classes, library, why))
    return found


def _left_out(
    judgement: Judgement, feature: RecognitionFeature, said: set[str], counted: set[str], gsd_m: float | None
) -> str | None:
    """Why a judgement does not count; None: it does."""
    if judgement.seen == "not visible":
        return None
    if gsd_m is not None and gsd_m > feature.coarsest_m:
        return f"judged in pixels of {gsd_m:.2g} m, but needs {feature.coarsest_m:.2g} m: counts as not visible"
    if len(said) > 1:
        return "persons disagree: not counted"
    return "said before by another person: counted once" if feature.id in counted else None


def _judged(
    judgement: Judgement,
    feature: RecognitionFeature,
    classes: Sequence[str],
    library: ClassLibrary,
    left_out: str | None,
) -> Factor:
    ratios = {}
    for class_id in classes:
        own = next((f for f in library.get(class_id).features if f.id == feature.id), None)
        ratios[class_id] = 0.0 if left_out else _feature_log_ratio(own, judgement.seen)
    return Factor(
        name=f"feature {feature.id}",
        compared=f"{feature.statement}: {judgement.seen}",
        log_ratios=ratios,
        by=judgement.by,
        note="; ".join(n for n in (judgement.note, left_out) if n) or None,
    )


def feature_of(judgement: Judgement, library: ClassLibrary) -> RecognitionFeature:
    """The feature that was judged. Raises CaseFileError for a class or feature that the library does not have."""
    from offing.errors import CaseFileError, did_you_mean

    features = {f.id: f for f in library.get(judgement.vessel_class).features}
    if judgement.feature not in features:
        otherwise = f"it has: {', '.join(features)}" if features else "it has none"
        raise CaseFileError(
            f"class {judgement.vessel_class!r} has no feature {judgement.feature!r}",
            fix=did_you_mean(judgement.feature, features, otherwise),
        )
    return features[judgement.feature]


def _feature_log_ratio(feature: RecognitionFeature | None, seen: str) -> float:
    if feature is None or seen == "not visible":
        return 0.0
    if seen == "match":
        return math.log(feature.if_it / feature.if_other)
    return math.log((1.0 - feature.if_it) / (1.0 - feature.if_other))


def log_ratio(density: float, other: float) -> float:
    """Logarithm of their ratio, never below ``LEAST_LOG``."""
    if density <= 0.0:
        return LEAST_LOG
    return max(math.log(density) - (math.log(other) if other > 0.0 else LEAST_LOG), LEAST_LOG)


def considered(prior: Mapping[str, float]) -> list[str]:
    """The classes of a prior, in its order; none of these is not among them."""
    return [c for c in prior if c != UNKNOWN]
