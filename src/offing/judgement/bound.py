"""Numbers of calls too great to be counted by the chain: judged from the calls that were told apart.

Each call in the window is shown at least once with a probability s, which the chain gives exactly for a
single call. Of n calls a Binomial(n, s) number is then shown; this is compared for the number that is
needed and for every smaller one. It takes calls as independent and false sightings as none, so it is an
approximation, and the reasons say so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from offing.judgement.assumptions import VARIED
from offing.judgement.evidence import SiteEvidence
from offing.judgement.measure import measure
from offing.judgement.model import Sensitivity, Thresholds
from offing.judgement.needs import Needs
from offing.judgement.question import Question
from offing.judgement.strength import NOTHING, Strength, round_ratio
from offing.judgement.weigh import RATIO_MOST
from offing.judgement.words import verdict_word
from offing.movements.portcalls import seen_calls
from offing.movements.worlds import Variation


def weigh_bound(question: Question, sites: Sequence[SiteEvidence], thresholds: Thresholds) -> Strength:
    """The strength by calls told apart, for a question that needs many calls."""
    assert question.needs is not None
    if not any(site.used for site in sites):
        return NOTHING
    told = told_apart(sites)
    seen = any(site.sightings for site in sites)
    value, shown, error = weighed(question.needs, sites, told, Variation())
    rows, down, up = [], 0.0, 0.0
    for _, variants in VARIED:
        moves = [0.0]
        for name, vary in variants:
            other, power, _ = weighed(question.needs, sites, told, vary)
            word = verdict_word(other, power, seen=seen, thresholds=thresholds)
            rows.append(Sensitivity(without=f"assumption:{name}", likelihood_ratio=round_ratio(other), verdict=word))
            moves.append(math.log(other / value))
        down, up = down + min(moves) ** 2, up + max(moves) ** 2
    verdict = verdict_word(value, shown, seen=seen, thresholds=thresholds)
    return Strength(
        value=value,
        low=value * math.exp(-math.sqrt(down)),
        high=value * math.exp(math.sqrt(up)),
        power=shown,
        sensitivity=tuple(rows),
        flips=tuple(row.without for row in rows if row.verdict != verdict),
        fit_error=error,
    )


def told_apart(sites: Sequence[SiteEvidence]) -> int:
    """Calls of ships sought in the window that looks show and tell apart, over the sites."""
    return sum(seen_calls(site.within, site.traffic.stay.p95) for site in sites)


def weighed(needs: Needs, sites: Sequence[SiteEvidence], told: int, vary: Variation) -> tuple[float, float, float]:
    """(likelihood ratio, power, fit error)."""
    measured = [measure(site, 1, vary, site.used) for site in sites]
    chance = sum(1.0 - m.unshown[1] for m in measured) / len(measured)
    chance = min(max(chance, 0.0), 0.995)
    enough = fewer = missed = 0.0
    for k, weight in zip(needs.calls, needs.weights, strict=True):
        enough += weight * _binomial(told, max(k, told), chance)
        fewer += weight * sum(_binomial(told, n, chance) for n in range(k)) / k
        missed += weight * (1.0 - chance) ** k
    value = 1.0 if chance <= 0.0 else enough / max(fewer, 1e-290)
    error = max(m.fit_error for m in measured)
    return min(max(value, 1.0 / RATIO_MOST), RATIO_MOST), 1.0 - missed, error


def _binomial(k: int, n: int, p: float) -> float:
    return math.comb(n, k) * p**k * (1.0 - p) ** (n - k) if k <= n else 0.0
