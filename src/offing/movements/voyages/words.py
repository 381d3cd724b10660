"""A voyage in words: what excludes it, how weak its being possible is, and what could have been instead."""

from __future__ import annotations

from collections.abc import Iterable

from offing.movements.voyages.candidates import TIME_MARGIN_H, Pair
from offing.movements.voyages.model import Status
from offing.quantities import Probability

LEAST_NAMED = 0.05
"""Less probable alternatives are not named."""


def excluded(pair: Pair) -> str:
    """Why no such ship can have made it, with the numbers."""
    again = " One of the two names, times or places is wrong." if pair.identity == "given" else ""
    return (
        f"Too fast: at least {pair.floor_nm:.0f} nm in at most {pair.most_h:.1f} h, which is {pair.least_kn:.0f} kn; "
        f"{pair.fastest.words}. The distance is the shortest line between the edges of both sites; "
        f"{TIME_MARGIN_H:g} h and a tenth of a published speed were allowed for errors.{again}"
    )


def possible(pair: Pair, status: Status, chance: Probability, identity: str) -> str:
    """What can be said of a voyage that is not excluded."""
    need = f"She made at least {pair.least_kn:.1f} kn" if pair.least_kn >= 0.05 else "Any speed would do"
    within = pair.least_kn <= pair.fastest.kn
    how = "possible, which" if within else "only what is allowed for errors makes it possible, which"
    said = f"{need}, and {pair.fastest.words}: {how} excludes nothing and is weak by itself."
    if identity == "given":
        said += f" A person named {pair.vessel} at both ends: she was at both; open is whether she sailed straight."
    elif identity == "not compared":
        said += " No pictures tell that it was one ship: the probability rests on times and on the traffic assumed."
    if status == "likely":
        said += f" Against chance traffic it is likely: {chance.value:.2f}, and no less than {chance.low:.2f}."
    return said


def alternatives(
    start: str, end: str, value: float, came: Iterable[tuple[str, float]], went: Iterable[tuple[str, float]]
) -> tuple[str, ...]:
    """What else the ship at ``end`` may have come from, and the one at ``start`` gone to; ``value``: this voyage."""
    came, went = sorted(came, key=_first), sorted(went, key=_first)
    out = [f"the ship at {end} could as well have come from {name}: {p:.2f}" for name, p in came if p >= LEAST_NAMED]
    out.append(f"the ship at {end} came from elsewhere, or from a call that was not seen: {_rest(value, came):.2f}")
    out += [f"the ship at {start} could as well have gone to {name}: {p:.2f}" for name, p in went if p >= LEAST_NAMED]
    out.append(f"the ship at {start} went elsewhere, or to a call that was not seen: {_rest(value, went):.2f}")
    return tuple(out)


def _rest(value: float, others: Iterable[tuple[str, float]]) -> float:
    return max(0.0, 1.0 - value - sum(p for _, p in others))


def _first(entry: tuple[str, float]) -> tuple[float, str]:
    return -entry[1], entry[0]
