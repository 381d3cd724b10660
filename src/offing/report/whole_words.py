"""A claim as a whole in plain sentences."""

from __future__ import annotations

from offing.judgement.model import ClaimVerdict, LevelVerdict, VerdictWord
from offing.report.words import listed, percent, ratio

_PRESENCE: dict[VerdictWord, str] = {
    "corroborated": "the looks bear it out",
    "consistent": "the looks fit it, but do not show all of it",
    "not-observable": "the looks could hardly have shown it",
    "not-corroborated": "a part of it was looked for and not seen",
    "contradicted": "the looks speak against it",
}
_ABOVE: dict[VerdictWord, str] = {
    "corroborated": "borne out",
    "consistent": "something that fits was seen",
    "not-observable": "not observable",
    "not-corroborated": "something else was seen",
    "contradicted": "the looks speak against it",
}
_NAMES = {"activity": "what was done", "cargo": "what was aboard", "agent": "who did it"}


def whole_sentence(verdict: ClaimVerdict) -> str:
    """Presence and every level above it that the claim asserts, in one breath."""
    if not verdict.levels:
        return "It says nothing that a look could bear on."
    parts = [_presence(verdict, k) for k in verdict.levels if k.level == "presence"]
    rest: dict[VerdictWord, list[str]] = {}
    for level in verdict.levels:
        if level.level != "presence":
            rest.setdefault(level.verdict, []).append(_NAMES[level.level])
    parts += [f"{listed(names)}: {_ABOVE[word]}" for word, names in rest.items()]
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def presence_numbers(verdict: ClaimVerdict) -> str | None:
    """``Presence: ratio 24 (10 to 4,080), 89 % (77 to > 99 %) from 25 % before any look.``"""
    found = next((k for k in verdict.levels if k.level == "presence"), None)
    if found is None or found.likelihood_ratio is None or found.probability is None or not verdict.evidence:
        return None
    r, p = found.likelihood_ratio, found.probability
    return (
        f"Presence: likelihood ratio {ratio(r.value)} ({ratio(r.low)} to {ratio(r.high)}), probability "
        f"{percent(p.value)} ({percent(p.low)} to {percent(p.high)}) from {percent(p.prior)} before any look."
    )


def _presence(verdict: ClaimVerdict, presence: LevelVerdict) -> str:
    text = f"presence of the claimed ships: {_PRESENCE[presence.verdict]}"
    said = []
    for label, names in (
        ("carried by", verdict.carried_by),
        ("rather spoken against:", verdict.doubted),
        ("looked for and not seen, or spoken against:", verdict.missed),
        ("nobody could have seen:", verdict.unseen),
    ):
        here = [_named(e) for e in names if e in presence.elements]
        if here:
            said.append(f"{label} {listed(here)}")
    return f"{text} ({'; '.join(said)})" if said else text


def _named(element: str) -> str:
    return element.replace(":", " ")
