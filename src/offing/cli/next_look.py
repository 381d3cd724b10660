"""``offing next``: what to look at next, and what it would do for each element that is still open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.cli.output import Format, emit, note, print_json
from offing.errors import OffingError

if TYPE_CHECKING:
    from offing.judgement.next_look import Outlook, Ranked

COLUMNS = ("site", "from", "to", "sensor", "cost", "bits", "gains", "listed")
CSV_COLUMNS = (*COLUMNS, "present", "expected_power", "usable", "item", "basis", "why")
GROUPS = 2
"""Kinds of gain that a table shows of one look; CSV and JSON hold all."""


def next_looks(
    case: Path,
    /,
    *,
    site: str | None = None,
    most: int = 10,
    days: float = 14.0,
    at: str | None = None,
    format: Format = "table",
) -> None:
    """Rank the looks that could still be had by what they would tell of the elements that are still open.

    Pictures that catalogues list, passes near the claims' windows that may have been taken, and passes to come; the
    best free and the best bought one are always there.

    Example: offing next dunai-2024 --site dunai --most 5

    Parameters
    ----------
    case
        The case folder; run it first.
    site
        Only looks at this site.
    most
        How many are listed.
    days
        How far ahead passes are sought.
    at
        The moment (ISO 8601, UTC) that the future begins at, for a list that can be made again; now when left out.
    """
    from offing.case.case import Case
    from offing.case.clock import system_clock
    from offing.case.next_looks import next_in_case
    from offing.case.orbits import case_orbits
    from offing.timespan import iso, parse_instant

    if not 1 <= most <= 10_000:
        raise OffingError(f"--most {most} is no length of a list", fix="give 1 to 10000")
    if not 0.0 <= days <= 366.0:
        raise OffingError(f"--days is {days:g}", fix="give days from 0 to 366")
    now = system_clock() if at is None else parse_instant(at)[0]
    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        found = next_in_case(opened, now, case_orbits(opened), days=days)
    shown = _shown([r for r in found.ranked if site is None or any(c.site == site for c in r.candidates)], most)
    if format == "json":
        print_json({"at": iso(now), "next": shown, "without": found.without})
        return
    emit(
        [_row(r, short=format == "table") for r in shown], COLUMNS if format == "table" else CSV_COLUMNS, format, "next"
    )
    _say(found, shown, alone=site is None)


def _shown(ranked: list[Ranked], most: int) -> list[Ranked]:
    """The first ``most``, with the best of each cost."""
    best = {cost: next((r for r in ranked if r.first.cost == cost), None) for cost in ("free", "bought")}
    return [r for i, r in enumerate(ranked) if i < most or r in best.values()]


def _row(ranked: Ranked, *, short: bool) -> dict[str, Any]:
    from offing.timespan import iso

    first, best = ranked.first, ranked.gains[0]
    return {
        "site": [c.site for c in ranked.candidates],
        "from": iso(first.start),
        "to": iso(first.end),
        "sensor": first.sensor,
        "cost": first.cost,
        "bits": None if ranked.information_bits is None else round(ranked.information_bits, 4),
        "gains": _grouped(ranked, GROUPS if short else None),
        "listed": "to come" if first.to_come else "yes" if first.item else "not asked",
        "present": best.present,
        "expected_power": best.expected_power,
        "usable": first.usable.value,
        "item": first.item,
        "basis": first.basis,
        "why": ranked.why,
    }


def _grouped(ranked: Ranked, most: int | None) -> list[str]:
    """The elements by what the look would do for them, the greatest gain first, at most so many groups."""
    groups: dict[str, list[str]] = {}
    for gain in ranked.gains:
        groups.setdefault(_gain(gain.expected_power, gain.present), []).append(f"{gain.claim} {gain.element}")
    out = [f"{words}: {', '.join(names)}" for words, names in groups.items()]
    left = sum(len(names) for names in list(groups.values())[most:]) if most is not None else 0
    return [*out[:most], *([f"less for {left} more"] if left else [])]


def _gain(power: float | None, present: float) -> str:
    if power is None:
        return f"if true, a ship there with {present:.0%}, shown: undeclared"
    return f"if true, shown with {power:.0%}"


def _say(found: Outlook, shown: list[Ranked], *, alone: bool) -> None:
    """What the table leaves open, for people."""
    if shown:
        note(f"first: {shown[0].why}")
    if any(not r.first.item and not r.first.to_come for r in shown):
        note('"not asked": a satellite passed; offing scenes search asks whether it took a picture')
    if alone:
        for one in found.without:
            note(f"nothing for {one.claim} {one.element}: {one.why}")
