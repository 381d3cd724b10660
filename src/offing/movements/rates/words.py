"""Changes of a rate in plain sentences that say no more than was computed."""

from __future__ import annotations

from offing.movements.rates.model import Change, Changes, Rates
from offing.quantities import Interval, Probability
from offing.timespan import TimeSpan


def said(found: Rates) -> tuple[str, ...]:
    """What is to be said of the changes of a rate, and of what cannot be told."""
    told = found.changes
    if told is None:
        return ("A change of the rate cannot be told: fewer than two looks could have shown anything.",)
    lines = [
        f"P(the rate changed at least once between {_span(told.span)}) = {chance(told.changed)}"
        f" (before counting: {told.prior.change:g})."
    ]
    if learned(told):
        number = len(told.changes)
        lines += [_change(c, f"If it changed {_times(number)}: ") for c in told.changes]
        lines.append(
            f"P(stopped: less than {told.stopped_below:.0%} of the rate before) = {chance(told.stopped)}; since then"
            f" {told.counted_since} counted, {told.expected_since:.2g} expected at the rate before."
        )
    if found.last_searched is not None:
        lines.append(f"No usable look after {found.last_searched:%Y-%m-%d}: what came later cannot be told.")
    return tuple(lines)


def learned(told: Changes) -> bool:
    """Whether counting made a change more likely than it was held before: dates are told only then."""
    return told.changed.high > told.prior.change


def chance(p: Probability) -> str:
    """``0.97 [0.95–0.98]``."""
    if f"{p.low:.2f}" == f"{p.high:.2f}":
        return f"{p.value:.2f}"
    return f"{p.value:.2f} [{p.low:.2f}–{p.high:.2f}]"


def per_30d(value: float | None, interval: Interval | None) -> str:
    """``3.1 [1.2–6.0]``."""
    if value is None or interval is None:
        return "not searched"
    return f"{value:.2g} [{interval.low:.2g}–{interval.high:.2g}]"


def _change(change: Change, lead: str) -> str:
    before, after = (
        per_30d(change.before_per_30d, change.before_90),
        per_30d(change.after_per_30d, change.after_90),
    )
    return (
        f"{lead}around {change.date:%Y-%m-%d}, {_to(change.date_50)} (50 %), {_to(change.date_90)} (90 %), from"
        f" {before} to {after} in 30 days."
    )


def _to(span: TimeSpan) -> str:
    return f"{span.start:%Y-%m-%d} to {span.end:%Y-%m-%d}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _span(span: TimeSpan) -> str:
    return f"{span.start:%Y-%m-%d} and {span.end:%Y-%m-%d}"
