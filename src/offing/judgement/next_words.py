"""A next look in words: what it would do for an element, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.gain import Gain
from offing.judgement.model import Candidate
from offing.judgement.question import Higher
from offing.sites import Site

_HARDLY = 0.05
"""A p_detect below this hardly shows anything."""


def why_no_look(asked: Higher) -> str:
    """Why no look is proposed for an element above presence."""
    if asked.element == "agent":
        return "no look can show on whose behalf a ship sails"
    return (
        f"how often a look shows {asked.element} that is there is not declared, so that looks cannot be ranked for it"
    )


def in_words(gain: Gain, candidate: Candidate) -> str:
    """What a candidate would do for an element, in a sentence without a likelihood word."""
    out = []
    if gain.expected_power is not None and gain.expected_power_90 is not None:
        low, high = gain.expected_power_90
        spread = f" ({_percent(low)} to {_percent(high)})" if high - low >= 0.005 else ""
        out.append(f"would show a ship like the claimed one with {_percent(gain.expected_power)}{spread} if it is true")
    else:
        out.append(
            f"if it is true, such a ship lies there then with {_percent(gain.present)}; how often such a picture "
            "shows and names one is not declared"
        )
    if gain.information_bits is None:
        out.append("its information is not computed: a probability that it needs is not declared, or too many calls")
    else:
        out.append(f"{gain.information_bits:.2g} bits expected")
    out.append(f"usable with {_percent(candidate.usable.value)}: {candidate.usable.basis}")
    return "; ".join([*out, candidate.basis, *(["has to be bought"] if candidate.cost == "bought" else [])])


def too_far(candidates: Sequence[Candidate], where: str) -> str:
    """Why looks that lie far from the window are not proposed."""
    if all(c.to_come for c in candidates):
        return (
            f"passes over {where} still to come lie so long after the window that no ship of it would still be there: "
            "they can only show what is usual there"
        )
    return (
        f"the {number(len(candidates))} of {where} that could still be had lie so far from the window that they can "
        "only show what is usual there"
    )


def unable(candidates: Sequence[Candidate], where: str) -> str:
    """Why looks near the window are not proposed, though the site could be seen in them."""
    those = f"the {number(len(candidates))} of {where} that could still be had"
    least = [c for c in candidates if c.p_detect is not None and c.p_detect < _HARDLY]
    if len(least) == len(candidates):
        basis = next((f" ({c.p_basis})" for c in least if c.p_basis), "")
        return f"{those} would hardly show and name a ship as one of those claimed{basis}"
    return (
        f"{those} would tell next to nothing: such a ship would hardly lie there at their times, hardly be named, "
        "or looks so far have told it"
    )


def number(count: int) -> str:
    """``1 look``, ``3 looks``."""
    return "1 look" if count == 1 else f"{count} looks"


def names(sites: Sequence[Site]) -> str:
    """``Chongjin or Hungnam``."""
    return " or ".join(site.name for site in sites)


def _percent(value: float) -> str:
    return "less than 1 %" if 0.0 < value < 0.01 else f"{100.0 * value:.0f} %"
