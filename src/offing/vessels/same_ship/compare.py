"""The same ship or another: all that two views have in common, as one likelihood ratio with its parts.

Two alternatives are kept apart: another ship of the traffic there, and a sister, another ship of the same class and
size. The ratio that is given takes the two for what another ship would be, a sister with ``sister_share``:
1/LR = (1 - share)/LR(traffic) + share/LR(sister).
"""

from __future__ import annotations

import math

import numpy as np

from offing.errors import OffingError
from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Measurement, VesselClass
from offing.vessels.same_ship import features
from offing.vessels.same_ship.calibration import (
    CALIBRATION,
    MEASURES,
    Calibration,
    Measures,
    PairRules,
    Parameters,
    Rule,
    band_of,
    kept,
    pair_name,
    weighed,
)
from offing.vessels.same_ship.measures import measures_of
from offing.vessels.same_ship.model import SameShip, SameShipFactor, Statement, View
from offing.vessels.same_ship.passage import FASTEST_KN, passage_needed
from offing.vessels.same_ship.told import COMPARED, compared
from offing.vessels.same_ship.traffic import Traffic, library_traffic, sizes

SISTER_SHARE = 0.5
"""Unless stated: half of the ships that it could have been instead are sisters (declared)."""
MOST_TRAFFIC, MOST_SISTER = 100.0, 10.0
"""Whatever the simulated pairs say: real ships differ from simulated ones, and how sisters differ is declared."""
SUPPORTED, SUPPORTED_LOW = 10.0, 3.0
"""The ratio, and the lower end of its interval, from which the same ship is supported."""


class _Side(Record, frozen=True):
    """One alternative: what each measure adds, and the total at the best rule and at each redrawn one."""

    added: dict[str, float]
    total: float
    draws: tuple[float, ...]
    capped: bool


def same_ship(
    a: View,
    b: View,
    *,
    library: ClassLibrary,
    traffic: Traffic | None = None,
    sister_share: float = SISTER_SHARE,
    calibration: Calibration | None = None,
) -> SameShip:
    """How far two views speak for one ship, against another ship of ``traffic`` (the library's classes unless stated).

    Symmetric in ``a`` and ``b``. Raises OffingError when both are the same detection or a share is no probability,
    CaseFileError for judgements of features that their class does not have.
    """
    if a.title == b.title and a.time == b.time:
        raise OffingError(f"{a.title} is compared with itself", fix="name two detections")
    if not 0.0 <= sister_share <= 1.0:
        raise OffingError(f"a sister share of {sister_share}", fix="give a probability from 0 to 1")
    there = traffic or library_traffic(library)
    one, other = sorted((a, b), key=lambda v: (v.title, str(v.time)))
    measures = _sound(one, other, measures_of(one, other, sizes(there, library)))
    name, rules = _rules(one, other, calibration or kept())
    rest = _rest(one, other, there, library, measures)
    fixed = (sum(f.against_traffic for f in rest), sum(f.against_sister for f in rest))
    sides = (
        _side(measures, rules.traffic, fixed[0], math.log(MOST_TRAFFIC), sister=False),
        _side(measures, rules.sister, fixed[1], math.log(MOST_SISTER), sister=True),
    )
    ratio = _ratio(
        _joined(sides[0].total, sides[1].total, sister_share),
        [_joined(t, s, sister_share) for t, s in zip(sides[0].draws, sides[1].draws, strict=False)],
    )
    against = tuple(_ratio(s.total, list(s.draws)) for s in sides)
    statement, why = _said(ratio, against[0], against[1], rest)
    return SameShip(
        a=a.title,
        b=b.title,
        ratio=ratio,
        against_traffic=against[0],
        against_sister=against[1],
        statement=statement,
        why=why,
        factors=(*_measured(a, b, measures, sides), *rest),
        sister_share=sister_share,
        traffic=there.basis,
        calibration=f"{CALIBRATION}, {name}: {rules.traffic.same} simulated pairs of one ship, "
        f"{rules.traffic.different} of two, {rules.sister.different} of sisters",
        capped=any(s.capped for s in sides),
        simulated=a.simulated or b.simulated,
    )


def _sound(a: View, b: View, measures: Measures) -> Measures:
    """Without what a clipped or merged box spoils."""
    flags = {*a.flags, *b.flags}
    if "merged" in flags:
        return Measures()
    return Measures(paint=measures.paint) if "clipped" in flags else measures


def _rules(a: View, b: View, calibration: Calibration) -> tuple[str, PairRules]:
    """The rules for the pair; where a picture is not known, those that make least of the dimensions."""
    if a.sensor is not None and b.sensor is not None:
        name = pair_name(band_of(a), band_of(b))
        return name, calibration.pairs[name]
    name = min(calibration.pairs, key=lambda n: (calibration.pairs[n].traffic.best.weights[0], n))
    return f"{name} (pictures not given)", calibration.pairs[name]


def _side(measures: Measures, rule: Rule, fixed: float, most: float, *, sister: bool) -> _Side:
    def total(parameters: Parameters) -> float:
        found = sum(weighed(measures, parameters, sister=sister).values())
        return min(max(found, rule.least), min(rule.most, most)) + fixed

    added = weighed(measures, rule.best, sister=sister)
    raw = sum(added.values())
    return _Side(
        added=added,
        total=min(total(rule.best), most),
        draws=tuple(min(total(p), most) for p in rule.draws),
        capped=not rule.least <= raw <= min(rule.most, most),
    )


def _joined(traffic: float, sister: float, share: float) -> float:
    """Logarithm of the ratio against either alternative."""
    parts = [math.log(w) - v for w, v in ((1.0 - share, traffic), (share, sister)) if w > 0.0]
    return -float(np.logaddexp.reduce(parts))


def _ratio(total: float, draws: list[float]) -> LikelihoodRatio:
    """With the 90 % interval of the redrawn rules, the value within it."""
    low, high = (float(np.quantile([*draws, total], q)) for q in (0.05, 0.95))
    value, low, high = math.exp(total), math.exp(min(low, total)), math.exp(max(high, total))
    return LikelihoodRatio(value=value, low=low, high=high)


def _measured(a: View, b: View, measures: Measures, sides: tuple[_Side, _Side]) -> list[SameShipFactor]:
    found = []
    for name in MEASURES:
        if name not in sides[0].added:
            missing = compared(name, a, b, measures)
            found.append(_factor(name, missing, (0.0, 0.0), "cannot be compared here", used=False))
            continue
        added = (sides[0].added[name], sides[1].added.get(name, 0.0))
        found.append(_factor(name, compared(name, a, b, measures), added, COMPARED[name], used=True))
    return found


def _rest(a: View, b: View, traffic: Traffic, library: ClassLibrary, measures: Measures) -> list[SameShipFactor]:
    """The factors that no simulated pair was needed for: judged features, and the passage."""
    scored = features.log_ratio(a.judged, b.judged, traffic, library)
    weight = features.BESIDE_PROFILE if measures.as_named is not None else 1.0
    found = []
    if scored is not None:
        note = "as judged by a person, with the chances of the class library"
        note += "; half, for the profile saw the same pixels" if weight < 1.0 else ""
        found.append(_factor("features", ", ".join(scored[1]), (weight * scored[0], 0.0), note, used=True))
    else:
        found.append(_factor("features", "", (0.0, 0.0), "none judged as visible in both", used=False))
    way = passage_needed(a, b, _fastest(a, b, traffic, library))
    value = way.log_ratio or 0.0
    return [*found, _factor("passage", way.compared, (value, value), way.note, used=way.log_ratio is not None)]


def _fastest(a: View, b: View, traffic: Traffic, library: ClassLibrary) -> float:
    """The fastest that classes of the traffic go whose size may be both ships', with a tenth to spare; a class of
    unknown speed goes as fast as any ship.
    """
    there = [library.get(c) for c in sorted(traffic.shares)]
    alike = [c for c in there if _may_be(c, a.measurement) and _may_be(c, b.measurement)]
    speeds = [(c.speed_kn or (0.0, FASTEST_KN))[1] for c in alike or there]
    return min(max(speeds, default=FASTEST_KN) * 1.1, FASTEST_KN)


def _may_be(entry: VesselClass, measured: Measurement) -> bool:
    """Whether a ship of the class can measure so: a tenth beyond either end is allowed."""
    if measured.length_m_90 is None or entry.length_m is None:
        return True
    return entry.length_m[0] <= 1.1 * measured.length_m_90.high and entry.length_m[1] >= 0.9 * measured.length_m_90.low


def _factor(name: str, what: str, added: tuple[float, float], note: str, *, used: bool) -> SameShipFactor:
    return SameShipFactor(
        name=name, compared=what, against_traffic=added[0], against_sister=added[1], note=note, used=used
    )


def _said(
    ratio: LikelihoodRatio, traffic: LikelihoodRatio, sister: LikelihoodRatio, rest: list[SameShipFactor]
) -> tuple[Statement, str]:
    impossible = next((f for f in rest if f.name == "passage" and f.against_traffic < -1.0), None)
    if impossible is not None:
        return "another ship", f"{impossible.compared}: {impossible.note}"
    if ratio.value >= SUPPORTED and ratio.low >= SUPPORTED_LOW:
        return "same ship supported", f"what is seen is {ratio.value:.0f} times as probable of one ship as of two"
    if ratio.value <= 1.0 / SUPPORTED and ratio.high <= 1.0 / SUPPORTED_LOW:
        return "another ship", f"what is seen is {1.0 / ratio.value:.0f} times as probable of two ships as of one"
    if traffic.value >= SUPPORTED and sister.value < SUPPORTED_LOW:
        return "cannot tell", "the same kind of ship, but a sister would look much the same in these pictures"
    return "cannot tell", "these pictures do not separate one ship from two"
