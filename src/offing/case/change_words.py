"""How changes are worded: counts, times and ratios, and what is simulated said first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from offing.case.change_model import Change, ChangeKind, LookState

SEEN = {"yes": "a ship seen", "no": "nothing of interest seen", "indeterminate": "cannot say whether a ship was there"}
"""What a look says of ships, of whatever class."""

_NAMES = 8
_LONGEST = 1000
"""Characters of a sentence: ids and satellites may be as long as somebody cared to write them."""


def change(
    kind: ChangeKind,
    subject: str,
    text: str,
    *,
    before: str | None = None,
    after: str | None = None,
    evidence: tuple[str, ...] = (),
    simulated: bool = False,
) -> Change:
    """A change, marked where it is simulated; what could steer a terminal is dropped from its sentence."""
    said = _plain(f"simulated: {text}" if simulated else text)
    return Change(
        kind=kind, subject=subject, text=said, before=before, after=after, evidence=evidence, simulated=simulated
    )


def where(look: LookState) -> str:
    """Site, sensor and time of a look."""
    simulated = ", simulated" if look.simulated else ""
    return f"{look.site}, {look.sensor}, {moment(look.time)}{simulated}"


def moment(instant: datetime) -> str:
    """To the minute, with its zone."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def spread(times: Iterable[datetime]) -> str:
    """The day, or the first and last one."""
    days = sorted(f"{time:%Y-%m-%d}" for time in times)
    return days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def counted(counts: Counter[str]) -> str:
    """``2 sentinel-1a, 1 sentinel-2b``; of many names only the commonest."""
    often = counts.most_common(_NAMES)
    others = sum(counts.values()) - sum(number for _, number in often)
    said = [f"{number} {name[:40]}" for name, number in sorted(often)]
    return ", ".join([*said, f"{others} others"] if others else said)


def count(number: int, one: str, many: str) -> str:
    """The number with the noun that fits."""
    return f"{number} {one if number == 1 else many}"


def number(ratio: float) -> str:
    """A likelihood ratio with two or three figures; very great and very small ones by their bound."""
    if ratio >= 1e6:
        return "> 1 million"
    if ratio < 1e-4:
        return "< 0.0001"
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _plain(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"
