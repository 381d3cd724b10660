"""From the verdicts on elements to the verdict on the claim, in words."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.model import Level, LevelVerdict, Sensitivity, Verdict, VerdictWord
from offing.records import Record

_FALLS: tuple[VerdictWord, ...] = ("contradicted", "not-corroborated")
CARRYING: tuple[VerdictWord, ...] = ("corroborated", "consistent")
MISSED: tuple[VerdictWord, ...] = ("not-corroborated", "contradicted")

_AS_SAID: dict[VerdictWord, str] = {
    "corroborated": "corroborated",
    "consistent": "consistent",
    "not-observable": "not observable",
    "not-corroborated": "not corroborated",
    "contradicted": "contradicted",
}
_ABOVE: dict[Level, str] = {"activity": "what was done", "cargo": "what was aboard", "agent": "who did it"}


class Grouped(Record, frozen=True):
    """Elements by what became of them."""

    carried_by: tuple[str, ...]
    doubted: tuple[str, ...]
    missed: tuple[str, ...]
    unseen: tuple[str, ...]


def conjunction(words: Sequence[VerdictWord]) -> VerdictWord:
    """The verdict on all of these together, by the weakest of them.

    It falls with one that is contradicted; where one was looked for and not seen, so were all together; it is
    corroborated only if each is. One that nobody could have seen leaves the others their say, but no more than
    ``consistent``: "nothing seen" follows from it neither way.
    """
    if not words:
        return "not-observable"
    for word in _FALLS:
        if word in words:
            return word
    if len(set(words)) == 1:
        return words[0]
    return "consistent"


def with_higher(presence: VerdictWord, above: Sequence[VerdictWord]) -> VerdictWord:
    """The verdict on presence and the levels above it: they can lower it and never raise it.

    ``corroborated`` asks for a sighting at the right level, so a claim of a cargo is not, by ships alone.
    """
    for word in _FALLS:
        if word in (presence, *above):
            return word
    if presence == "corroborated" and any(word != "corroborated" for word in above):
        return "consistent"
    return presence


def grouped(verdicts: Sequence[Verdict]) -> Grouped:
    """Elements that carry the claim, that were missed, and that nobody could have seen, each in order."""
    return Grouped(
        carried_by=tuple(v.element for v in verdicts if v.verdict in CARRYING and not _doubted(v)),
        doubted=tuple(v.element for v in verdicts if v.verdict in CARRYING and _doubted(v)),
        missed=tuple(v.element for v in verdicts if v.verdict in MISSED),
        unseen=tuple(v.element for v in verdicts if v.verdict == "not-observable"),
    )


def _doubted(verdict: Verdict) -> bool:
    """Whether a ship was seen, and all looks together yet speak rather against the element."""
    return verdict.likelihood_ratio is not None and verdict.likelihood_ratio.value < 1.0


def level_statement(level: Level, verdict: VerdictWord, elements: Sequence[Verdict]) -> str:
    """``presence consistent: carried by destination and window; nobody could have seen origin``."""
    by = grouped(elements)
    parts = []
    if by.carried_by:
        parts.append(f"carried by {_listed(by.carried_by)}")
    if by.doubted:
        parts.append(f"seen, but the looks speak rather against {_listed(by.doubted)}")
    for word in _FALLS:
        names = [v.element for v in elements if v.verdict == word]
        if names:
            said = "the looks speak against" if word == "contradicted" else "looked for and not seen:"
            parts.append(f"{said} {_listed(names)}")
    if by.unseen:
        parts.append(f"nobody could have seen {_listed(by.unseen)}")
    return f"{level} {_AS_SAID[verdict]}: {'; '.join(parts)}"


def statement(levels: Sequence[LevelVerdict]) -> str:
    """What can be said of the claim at each level, in one breath."""
    if not levels:
        return "the claim says nothing that a look could bear on"
    said = [level.statement for level in levels if level.level == "presence"]
    rest: dict[VerdictWord, list[str]] = {}
    for level in levels:
        if level.level != "presence":
            rest.setdefault(level.verdict, []).append(_ABOVE[level.level])
    said += [f"{_listed(names)}: {_AS_SAID[word]}" for word, names in rest.items()]
    return "; ".join(said)


def carries(verdict: VerdictWord, rows: Sequence[Sensitivity]) -> str | None:
    """What the verdict hangs on, in a sentence; None where nothing was dropped or varied."""
    if not rows:
        return None
    flips = [row for row in rows if row.verdict != verdict]
    if not flips:
        return "no single look, source or assumption carries the verdict"
    by_word: dict[VerdictWord | None, list[str]] = {}
    for row in flips:
        by_word.setdefault(row.verdict, []).append(row.without.replace("assumption:", "varied: "))
    said = [f"{_shown(names)} ({_AS_SAID[word] if word else 'no verdict'})" for word, names in by_word.items()]
    return f"the verdict hangs on what follows, without or with which it would be another: {'; '.join(said)}"


def _shown(names: Sequence[str]) -> str:
    return f"{', '.join(names[:4])} and {len(names) - 4} more" if len(names) > 4 else ", ".join(names)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
