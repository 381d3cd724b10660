"""``offing gaps``: when nothing could have been seen, and when something could be next."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from offing.cli.calls_asked import WHEN, Dark, Lengths, by_night, each, to_the_minute
from offing.cli.output import Format, emit, note, print_json
from offing.timespan import iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from offing.case.case import Case
    from offing.looks.call_model import UnseenCalls
    from offing.looks.gaps import Gap, Seeing
    from offing.looks.passes.model import Orbit, Pass
    from offing.sites import Site
    from offing.timespan import TimeSpan

Part = Literal["gaps", "unseen", "passes"]
Rows = list[dict[str, Any]]

COLUMNS: dict[Part, tuple[str, ...]] = {
    "gaps": ("site", "from", "to", "hours", "after", "before", "unusable"),
    "unseen": (
        "site", "from", "to", "length_h", "when", "share", "unseen_h", "begins_h", "longest_h", "longest_from",
        "seeing", "note",
    ),
    "passes": (
        "site", "after", "since", "time", "satellite", "sensor", "direction", "incidence_deg", "covers", "basis",
    ),
}  # fmt: skip
HEADINGS: dict[Part, str] = {
    "gaps": "Stretches of the windows without a usable look",
    "unseen": "When a call could have begun and passed unseen",
    "passes": "The next passes that could show the site",
}
SHOWN = 4
"""Passes of each site and beginning in the table; JSON and CSV have all."""


def gaps(
    case: Path,
    /,
    *,
    site: str | None = None,
    length: Lengths = (),
    dark: Dark = "within",
    whole: bool = False,
    least_usable: float = 0.5,
    least_p: float = 0.0,
    days: float = 14.0,
    part: Part | None = None,
    format: Format = "table",
) -> None:
    """List when nothing could have been seen: the stretches of the claims' windows without a usable look, when a call
    could have begun and passed unseen, and the next passes of satellites.

    A call is met by a look at any moment of its stay, its first included. Unless --whole is given it has to begin in
    the window, not to end in it, and later looks count as far as it stays; of calls that began before the window
    nothing is said. A pass is an overflight: nobody knows from it whether a picture is taken. CSV holds one part only.

    Example: offing gaps dunai-2024 --site chongjin --length 10 36

    Parameters
    ----------
    case
        The case folder.
    site
        Only the gaps at this site.
    length
        Lengths of calls, hours; 6, 12, 24 and 48 when left out.
    dark
        By night: "within" one night, or a call whose "ends" lie in the dark, that comes and leaves by night.
    whole
        Calls have to end in the window too.
    least_usable
        A look sees where at least this fraction of the berth could be seen.
    least_p
        And where its p_detect is at least this; an undeclared one is taken as enough.
    days
        How far ahead passes are looked for, after the window and from now on; 0 for none.
    part
        Only this part; as CSV the gaps unless another is named.
    """
    from offing.case.case import Case
    from offing.case.windows import claimed_windows
    from offing.looks.gaps import Seeing

    seeing = Seeing(least_usable=least_usable, least_p=least_p)
    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        asked = claimed_windows(opened.definition, site)
        shown: tuple[Part, ...] = (part,) if part else ("gaps",) if format == "csv" else ("gaps", "unseen", "passes")
        found: dict[Part, Rows] = {}
        unknown: Rows = []
        if "gaps" in shown:
            found["gaps"] = _gaps(opened, asked, seeing)
        if "unseen" in shown:
            found["unseen"] = _unseen(opened, asked, each(length), dark, seeing, whole=whole)
        if "passes" in shown:
            found["passes"], unknown = _passes(opened, asked, days)
    if format == "json":
        told: dict[str, Rows] = {str(name): rows for name, rows in found.items()}
        print_json(told | {"passes_unknown": unknown} if "passes" in found else told)
        return
    if "passes" in found and days > 0.0:
        _tell_unknown(found["passes"], unknown)
    _print(found, format)


def _print(found: dict[Part, Rows], format: Format) -> None:
    for name, rows in found.items():
        if format == "csv":
            emit(rows, COLUMNS[name], format, name)
            continue
        if len(found) > 1:
            sys.stdout.write(f"{HEADINGS[name]}\n")
        if name == "passes":
            emit(_first(rows), COLUMNS[name][:-1], format, name)
        else:
            emit(rows if name == "gaps" else [to_the_minute(row) for row in rows], COLUMNS[name], format, name)
        if len(found) > 1:
            sys.stdout.write("\n")


def _gaps(case: Case, asked: Sequence[tuple[Site, TimeSpan]], seeing: Seeing) -> Rows:
    from offing.looks.gaps import gaps as find_gaps

    return [
        _gap_row(gap)
        for site, window in asked
        for gap in find_gaps(case.store.looks(site.id), site.id, window, seeing)
    ]  # fmt: skip


def _gap_row(gap: Gap) -> dict[str, Any]:
    return {
        "site": gap.site,
        "from": iso(gap.start),
        "to": iso(gap.end),
        "hours": round(gap.hours, 2),
        "after": gap.after,
        "before": gap.before,
        "unusable": gap.unusable,
    }


def _unseen(
    case: Case,
    asked: Sequence[tuple[Site, TimeSpan]],
    lengths: Sequence[float],
    dark: Dark,
    seeing: Seeing,
    *,
    whole: bool,
) -> Rows:
    from offing.looks.beginnings import why_none
    from offing.looks.unseen import unseen_calls

    rows = []
    for site, window in asked:
        looks = case.store.looks(site.id)
        for pattern in ("any", by_night(dark)):
            for hours in lengths:
                found = unseen_calls(
                    looks, site.id, window, hours, place=site.lonlat, pattern=pattern, seeing=seeing, whole=whole
                )
                none = why_none(window, site.lonlat, pattern) if found.share is None else None
                rows.append(_unseen_row(found) | {"note": none})
    return rows


def _unseen_row(found: UnseenCalls) -> dict[str, Any]:
    longest = found.longest
    return {
        "site": found.site,
        "from": iso(found.span.start),
        "to": iso(found.span.end),
        "length_h": found.length_h,
        "pattern": found.pattern,
        "when": WHEN[found.pattern],
        "whole": found.whole,
        "share": found.share,
        "unseen_h": round(found.hours, 3),
        "begins_h": round(found.begins_h, 3),
        "longest_h": round(longest.hours, 3) if longest else None,
        "longest_from": iso(longest.start) if longest else None,
        "longest_to": iso(longest.end) if longest else None,
        "seeing": found.seeing,
        "undeclared": found.undeclared,
        "beginnings": [{"from": iso(b.start), "to": iso(b.end), "hours": round(b.hours, 3)} for b in found.beginnings],
    }


def _passes(case: Case, asked: Sequence[tuple[Site, TimeSpan]], days: float) -> tuple[Rows, Rows]:
    """(the passes after each window and from now on, the satellites of which none can be told)."""
    from offing.case.clock import system_clock
    from offing.case.orbits import case_orbits
    from offing.errors import OffingError

    if not 0.0 <= days <= 366.0:
        raise OffingError(f"--days is {days:g}", fix="write days, from 0 to 366")
    if days == 0.0 or not asked:
        return [], []
    orbits, now = case_orbits(case), system_clock().replace(microsecond=0)
    rows: Rows = []
    unknown: Rows = []
    for site in dict.fromkeys(site for site, _ in asked):
        ends = sorted({window.end for s, window in asked if s == site and window.end < now})
        for name, after in (*(("window", end) for end in ends), ("now", now)):
            found, missing = _passes_after(site, after, days, orbits)
            place = {"site": site.id, "after": name, "since": iso(after)}
            rows += [place | _pass_row(one) for one in found]
            unknown += [place | row for row in missing]
    return rows, unknown


def _passes_after(site: Site, after: datetime, days: float, orbits: Sequence[Orbit]) -> tuple[list[Pass], Rows]:
    """Passes that could show the site, by time: radar, and optical ones by daylight."""
    from datetime import timedelta

    from offing.errors import OrbitError
    from offing.looks.passes.overhead import not_known, passes_over
    from offing.timespan import TimeSpan

    span = TimeSpan(start=after, end=after + timedelta(days=days))
    found: list[Pass] = []
    unknown: Rows = []
    for orbit in orbits:
        try:
            found += passes_over(site.lonlat, site.radius_m, span, (orbit,))
        except OrbitError as error:
            # Elements that are too old for now may be right for the window: the others are told all the same.
            unknown.append({"satellite": orbit.satellite, "from": iso(span.start), "reason": str(error)})
    unknown += [
        {"satellite": gap.satellite, "from": iso(gap.start), "to": iso(gap.end), "reason": gap.reason}
        for gap in not_known(span, orbits)
    ]
    return sorted((p for p in found if p.band == "sar" or p.daylight), key=lambda p: (p.time, p.satellite)), unknown


def _pass_row(one: Pass) -> dict[str, Any]:
    import msgspec

    return {
        key: iso(value) if hasattr(value, "tzinfo") else value for key, value in msgspec.structs.asdict(one).items()
    }


def _first(rows: Rows) -> Rows:
    """The first few of each site and beginning."""
    taken: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        key = (row["site"], row["since"])
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= SHOWN:
            kept.append(row)
    return kept


def _tell_unknown(rows: Rows, unknown: Rows) -> None:
    for missing in {(m["satellite"], m["reason"]): m for m in unknown}.values():
        note(f"no passes of {missing['satellite']} can be told from {missing['from']}: {missing['reason']}")
    if not rows:
        note("no pass is known")
