"""How strong the looks speak for a claim as a whole, with its interval and what each look and assumption carries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from offing.judgement.bound import told_apart, weighed
from offing.judgement.evidence import Desk, SiteEvidence
from offing.judgement.measure import Measurer
from offing.judgement.model import Sensitivity, Verdict, VerdictWord
from offing.judgement.needs import COUNTED_MOST
from offing.judgement.parts import ALL_FALSE, ONE_FALSE, mixes, part_power, part_ratio, together
from offing.judgement.question import Question
from offing.judgement.strength import LISTED_LOOKS, VARIED, round_ratio
from offing.movements.worlds import Variation
from offing.records import Record

_VARIED: dict[str, Variation] = {name: vary for _, variants in VARIED for name, vary in variants}

Worded = Callable[[Mapping[str, VerdictWord], float | None], VerdictWord]
"""From the elements' verdicts and the ratio of all together to the verdict on the claim."""


class ClaimStrength(Record, frozen=True):
    """What the declared looks say of all parts of a claim together."""

    value: float
    """Likelihood ratio at the stated assumptions."""
    low: float
    high: float
    prior: float
    """P(every part) before any look."""
    power: float
    capped: str | None
    """Element whose probability bounds the claim's, where it does."""


class Whole:
    """The parts of one claim with the evidence at their places."""

    def __init__(self, desk: Desk, parts: Sequence[Question], prior: float, measure: Measurer) -> None:
        self.parts, self.prior, self._measure = tuple(parts), prior, measure
        self.sites = [
            [desk.gather(s, q.sought, w) for s, w in zip(q.sites, q.windows, strict=True)] for q in self.parts
        ]
        self._known: dict[tuple[int, Variation], tuple[float, float]] = {}
        self._stated = [self._ratio(i, Variation()) for i in range(len(self.parts))]

    @property
    def claim_prior(self) -> float:
        """P(every part) before any look."""
        return math.pow(self.prior, len(self.parts))

    def strength(self, elements: Sequence[Verdict]) -> ClaimStrength:
        """Value, interval and power; no more probable than the least probable of ``elements``."""
        value = together(self._stated, self.prior)
        down = up = 0.0
        groups = [[f"assumption:{name}" for name, _ in variants] for _, variants in VARIED]
        for names in [*groups, [f"assumption:{ONE_FALSE}", f"assumption:{ALL_FALSE}"]]:
            moves = [0.0, *(math.log(self.ratio(name) / value) for name in names)]
            down, up = down + min(moves) ** 2, up + max(moves) ** 2
        weakest, most = self._bounds(elements)
        capped = min(value, most)
        highest = min((self.of_probability(v.probability.high) for v in elements if v.probability), default=math.inf)
        return ClaimStrength(
            value=capped,
            low=min(value * math.exp(-math.sqrt(down)), capped),
            high=max(min(value * math.exp(math.sqrt(up)), highest), capped),
            prior=self.claim_prior,
            power=math.prod(self._power(i) for i in range(len(self.parts))),
            capped=weakest[0].element if weakest and most < value * 0.999 else None,
        )

    def _bounds(self, elements: Sequence[Verdict]) -> tuple[list[Verdict], float]:
        """(the least probable elements, the ratio at which the claim is as probable as they are)."""
        known = [v for v in elements if v.probability is not None and v.likelihood_ratio is not None]
        if not known:
            return [], math.inf
        least = min(v.likelihood_ratio.value for v in known if v.likelihood_ratio is not None)
        found = [v for v in known if v.likelihood_ratio is not None and v.likelihood_ratio.value == least]
        return found, self.of_element(least)

    def of_element(self, ratio: float) -> float:
        """The ratio at which the claim is as probable as an element of this ratio is."""
        odds = ratio * self.prior / (1.0 - self.prior)
        return odds * (1.0 - self.claim_prior) / self.claim_prior

    def of_probability(self, probability: float) -> float:
        """The ratio at which the claim has this probability."""
        odds = probability / max(1.0 - probability, 1e-12)
        return odds * (1.0 - self.claim_prior) / self.claim_prior

    def ratio(self, name: str) -> float:
        """The ratio without a look, source or assumption (``look:ID`` …); before it is bounded by the elements."""
        kind, _, what = name.partition(":")
        if what in (ONE_FALSE, ALL_FALSE):
            return dict(mixes(self._stated)).get(what, together(self._stated, self.prior))
        if kind == "assumption":
            return together([self._ratio(i, _VARIED[what]) for i in range(len(self.parts))], self.prior)
        without = self._without_look if kind == "look" else self._without_group
        return together([without(i, kind, what) for i in range(len(self.parts))], self.prior)

    def _ratio(self, i: int, vary: Variation) -> float:
        part, sites = self.parts[i], self.sites[i]
        if not any(site.used for site in sites):
            return 1.0
        if _many(part):
            return self._bounded(i, vary)[0]
        drops = vary == Variation()
        measured = [self._measure(s, _calls(part), vary, s.used, drops=drops) for s in sites]
        return part_ratio(part, measured, [m.stated for m in measured])

    def _without_look(self, i: int, _: str, look: str) -> float:
        part, sites = self.parts[i], self.sites[i]
        if _many(part) or not any(r.look == look for site in sites for r in site.used):
            return self._stated[i]
        measured = [self._measure(s, _calls(part), Variation(), s.used, drops=True) for s in sites]
        return part_ratio(part, measured, [m.without.get(look, m.stated) for m in measured])

    def _without_group(self, i: int, kind: str, name: str) -> float:
        part, sites = self.parts[i], self.sites[i]
        groups = [site.sources if kind == "source" else site.origins for site in sites]
        left = [[r for r in s.used if name not in g.get(r.look, ())] for s, g in zip(sites, groups, strict=True)]
        if _many(part) or all(len(r) == len(s.used) for r, s in zip(left, sites, strict=True)):
            return self._stated[i]
        if not any(left):
            return 1.0
        measured = [
            self._measure(s, _calls(part), Variation(), r, drops=len(r) == len(s.used))
            for s, r in zip(sites, left, strict=True)
        ]
        return part_ratio(part, measured, [m.stated for m in measured])

    def _power(self, i: int) -> float:
        part, sites = self.parts[i], self.sites[i]
        if not any(site.used for site in sites):
            return 0.0
        if _many(part):
            return self._bounded(i, Variation())[1]
        return part_power(part, [self._measure(s, _calls(part), Variation(), s.used, drops=True) for s in sites])

    def _bounded(self, i: int, vary: Variation) -> tuple[float, float]:
        """(ratio, power) of a part that needs more calls than are counted one by one."""
        if (i, vary) not in self._known:
            needs, sites = self.parts[i].needs, self.sites[i]
            assert needs is not None
            self._known[i, vary] = weighed(needs, sites, told_apart(sites), vary)[:2]
        return self._known[i, vary]

    def flat(self) -> list[SiteEvidence]:
        """The evidence of all parts."""
        return [site for sites in self.sites for site in sites]


def sensitivity(
    whole: Whole | None, elements: Sequence[Verdict], worded: Worded, stated: Mapping[str, VerdictWord]
) -> tuple[Sensitivity, ...]:
    """What the claim would be without each look, source or assumption that any of ``elements`` names.

    ``stated``: the verdict on every element of the claim.
    """
    rows: dict[str, dict[str, Sensitivity]] = {}
    for verdict in elements:
        for row in verdict.sensitivity:
            rows.setdefault(row.without, {})[verdict.element] = row
    if rows and whole is not None and len(whole.parts) > 1:
        rows |= {f"assumption:{name}": {} for name in (ONE_FALSE, ALL_FALSE)}
    out = []
    for name, by_element in rows.items():
        words = {e: (by_element[e].verdict or word) if e in by_element else word for e, word in stated.items()}
        value = None
        if whole is not None:
            known = [
                row.likelihood_ratio
                for v in elements
                if (row := by_element.get(v.element) or _own(v)).likelihood_ratio is not None
            ]
            least = min((r for r in known if r is not None), default=math.inf)
            value = min(whole.ratio(name), whole.of_element(least))
        found = worded(words, value)
        shown = None if value is None else round_ratio(value)
        out.append(Sensitivity(without=name, likelihood_ratio=shown, verdict=found))
    return tuple(_listed(out))


def _own(verdict: Verdict) -> Sensitivity:
    value = verdict.likelihood_ratio
    return Sensitivity(without="", likelihood_ratio=value.value if value else None)


def _listed(rows: Sequence[Sensitivity]) -> Iterable[Sensitivity]:
    """Looks, then sources and origins, then assumptions; at most so many looks as an element lists."""
    looks = [r for r in rows if r.without.startswith("look:")]
    groups = [r for r in rows if r.without.startswith(("source:", "origin:"))]
    return (*looks[: 2 * LISTED_LOOKS], *groups, *(r for r in rows if r.without.startswith("assumption:")))


def _calls(part: Question) -> int:
    return max(part.needs.calls) if part.needs is not None else 1


def _many(part: Question) -> bool:
    """Whether more calls are needed than the chain counts one by one."""
    return _calls(part) > COUNTED_MOST
