"""Everyday traffic of the ships sought at a site: rates of arrival with their weights, and the stay."""

from __future__ import annotations

import math

from offing.movements.sought import Sought
from offing.movements.stay import StayMixture, mixture
from offing.records import Record
from offing.sites import Baseline, Site, StayHours
from offing.vessels.classes import ClassLibrary

HOURS_30D = 720.0

WIDE_PRIOR: tuple[float, ...] = (0.063, 0.25, 1.0, 4.0, 16.0)
"""Calls in 30 days where no baseline is stated: log-normal, median 1, 90 % within a tenth and ten times it."""

_WIDE_SD = 1.0 / 1.6449
_SHARES = (1.0, 0.3, 0.1)
"""How much of the ``any`` traffic a class may be that no entry names."""

RATE_LEAST, CALLS_MOST = 1e-6, 300.0
"""Arrivals per hour never below; expected present ships plus calls in a window never above."""


class Traffic(Record, frozen=True):
    """What comes and goes at a site when nothing special happens."""

    rates_per_h: tuple[float, ...]
    """Possible rates of arrival of ships sought, per hour."""
    weights: tuple[float, ...]
    """Probability of each rate before any look; sums to 1."""
    stay: StayMixture
    """How long a ship sought stays."""
    lookalike_stay_h: float
    """Mean stay of other ships that may pass for one sought, hours."""
    stated: bool
    """Whether the rate comes from a baseline that names the class (or all ships)."""
    note: str
    """Where the rate comes from, in words."""

    def varied(self, rate_factor: float, stay_factor: float) -> Traffic:
        """The same traffic, more or less frequent, staying longer or shorter."""
        return Traffic(
            rates_per_h=tuple(r * rate_factor for r in self.rates_per_h),
            weights=self.weights,
            stay=self.stay.scaled(stay_factor),
            lookalike_stay_h=self.lookalike_stay_h * stay_factor,
            stated=self.stated,
            note=self.note,
        )


def traffic(site: Site, sought: Sought, library: ClassLibrary) -> Traffic:
    """The baseline of ``site`` as far as it covers ``sought``; a wide prior where it does not."""
    entries, named = _covering(site, sought, library)
    others = [e for e in site.baseline if "any" in e.classes] or list(site.baseline)
    alike = _mixed(others).mean if others else mixture((StayHours(),), (1.0,)).mean
    if not entries:
        weights = [math.exp(-0.5 * (math.log10(r) / _WIDE_SD) ** 2) for r in WIDE_PRIOR]
        return Traffic(
            rates_per_h=tuple(r / HOURS_30D for r in WIDE_PRIOR),
            weights=tuple(w / sum(weights) for w in weights),
            stay=mixture((StayHours(),), (1.0,)),
            lookalike_stay_h=alike,
            stated=False,
            note="no baseline traffic is stated for these ships: their rate is taken as 1 call in 30 days, within a "
            "tenth and ten times that, and learned from the looks outside the window",
        )
    rate = max(sum(e.calls_per_30d for e in entries) / HOURS_30D, RATE_LEAST)
    words = f"baseline: {rate * HOURS_30D:.3g} calls in 30 days"
    if named:
        return Traffic(
            rates_per_h=(rate,), weights=(1.0,), stay=_mixed(entries), lookalike_stay_h=alike, stated=True, note=words
        )
    return Traffic(
        rates_per_h=tuple(max(rate * s, RATE_LEAST) for s in _SHARES),
        weights=tuple(1.0 / len(_SHARES) for _ in _SHARES),
        stay=_mixed(entries),
        lookalike_stay_h=alike,
        stated=False,
        note=f"{words} by wider classes; the ships sought are taken as all, three tenths or a tenth of these",
    )


def _covering(site: Site, sought: Sought, library: ClassLibrary) -> tuple[list[Baseline], bool]:
    """(entries that cover the classes sought, whether each of those classes is named in one)."""
    found: list[Baseline] = []
    named = True
    for class_id in sought.classes:
        narrower = [e for e in site.baseline if any(library.is_a(c, class_id) for c in e.classes)]
        found += [e for e in narrower if e not in found]
        if any(class_id in e.classes for e in site.baseline):
            continue
        for wider in library.lineage(class_id)[1:]:
            entries = [e for e in site.baseline if wider in e.classes]
            if entries:
                found += [e for e in entries if e not in found]
                named = False
                break
        else:
            named = named and bool(narrower)
    return found, named


def _mixed(entries: list[Baseline]) -> StayMixture:
    """Stays of the entries, by their rates."""
    return mixture(tuple(e.stay for e in entries), tuple(max(e.calls_per_30d, 1e-9) for e in entries))
