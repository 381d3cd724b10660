"""``offing power``: how likely the looks there were would have shown a call of a stated length."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.calls_asked import WHEN, Dark, Lengths, by_night, each, to_the_minute
from offing.cli.output import Format, emit, note
from offing.timespan import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from offing.case.case import Case
    from offing.looks.call_model import CallPower, Loss, Pattern
    from offing.looks.model import Look
    from offing.quantities import Interval
    from offing.sites import Site, StayHours
    from offing.timespan import TimeSpan

Answer = tuple["CallPower", dict[str, Any]]
"""What was found, and its row."""

TABLE = (
    "site", "from", "to", "call", "when", "looks", "usable", "undeclared", "usable_met", "power", "days_alike", "lost",
)  # fmt: skip
COLUMNS = (
    "site", "from", "to", "length_h", "pattern", "looks", "usable", "undeclared", "looks_met", "usable_met",
    "power_low", "power_high", "alike_low", "alike_high", "begins_h", "note",
)  # fmt: skip


def power(
    case: Path,
    /,
    *,
    site: str | None = None,
    length: Lengths = (),
    stay: tuple[float, float, float] | None = None,
    night: bool = False,
    dark: Dark = "within",
    whole: bool = False,
    class_: Annotated[str | None, Parameter(name="--class")] = None,
    assume_p: tuple[float, float] | None = None,
    format: Format = "table",
) -> None:
    """Say how likely the looks there were would have shown a call, had there been one: P(a look shows it | it was).

    The call begins at any moment of the claim's window alike and stays as long as asked; later looks count as far as it
    stays. A look shows the ship with p_detect × usable. Where nobody declared p_detect it may be anything from 0 to 1,
    and the power is a range: its low end takes such looks to show nothing, its high end to miss nothing. "lost" is what
    the power would be had the looks under cloud, not obtained, and so on been fully usable, the dearest first.

    What this does not say. Looks count as independent of each other while the ship is there; but cloud and haze last,
    and a ship that hides once hides again: "days alike" is the power if all looks of one day fail together. A ship that
    comes and goes by night is invisible to optical satellites such as Sentinel-2, whatever the sky; Sentinel-1 passes
    near 6 and 18 h by the sun, when summer is light, so that only the longer nights of autumn and winter meet it. A
    power is no probability that there was a call, and it is not the power of a verdict, which asks whether ships that
    come and go by the traffic of the site were there at some time of the window.

    Example: offing power dunai-2024 --site dunai --length 12 24 --night

    Parameters
    ----------
    case
        The case folder.
    site
        Only this site.
    length
        Lengths of calls, hours; 6, 12, 24 and 48 when left out.
    stay
        Also calls of log-normal length, by its 5, 50 and 95 % points, hours.
    night
        Also calls by night alone.
    dark
        By night: "within" one night, or a call whose "ends" lie in the dark, that comes and leaves by night.
    whole
        Calls have to end in the window too.
    class_
        A ship of this class, in place of those that the claims look for.
    assume_p
        What an undeclared p_detect may be, its least and most, in place of 0 and 1.
    """
    from offing.case.case import Case
    from offing.case.windows import claimed_windows
    from offing.sites import StayHours

    assumed = _assumed(assume_p)
    calls = _calls(each(length), StayHours(p05=stay[0], p50=stay[1], p95=stay[2]) if stay else None)
    patterns: tuple[Pattern, ...] = ("any", by_night(dark)) if night else ("any",)
    answers: list[Answer] = []
    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        if class_ is not None:
            opened.library.get(class_)
        for place, window in claimed_windows(opened.definition, site):
            looks = _looks(opened, place, class_)
            answers += _powers(place, window, looks, calls, patterns, assumed, whole=whole)
    if format == "table":
        if any(found.undeclared for found, _ in answers):
            note("a range where nobody declared p_detect: from looks that never show the ship to looks that always do")
        note("P(a look shows the call | there was one); looks independent, or the looks of each day alike")
        emit([to_the_minute(row) | _for_people(found, row) for found, row in answers], TABLE, format, "power")
    else:
        emit([row for _, row in answers], COLUMNS, format, "power")


def _assumed(bounds: tuple[float, float] | None) -> Interval | None:
    from offing.errors import OffingError
    from offing.quantities import Interval

    if bounds is None:
        return None
    if not 0.0 <= bounds[0] <= bounds[1] <= 1.0:
        raise OffingError(
            f"--assume-p {bounds[0]:g} {bounds[1]:g} are no bounds of a probability",
            fix="write two rising numbers, 0 to 1",
        )
    return Interval(low=bounds[0], high=bounds[1], level=1.0)


def _calls(lengths: Sequence[float], stay: StayHours | None) -> list[dict[str, Any]]:
    """What is asked of each site, as arguments."""
    return [*({"length_h": hours} for hours in lengths), *([{"stay": stay}] if stay else [])]


def _looks(case: Case, site: Site, class_id: str | None) -> tuple[Look, ...]:
    from offing.case.other_ship import looks_for

    return case.store.looks(site.id) if class_id is None else looks_for(case, site, class_id)


def _powers(
    site: Site,
    window: TimeSpan,
    looks: tuple[Look, ...],
    calls: Sequence[dict[str, Any]],
    patterns: Sequence[Pattern],
    assumed: Interval | None,
    *,
    whole: bool,
) -> list[Answer]:
    from offing.looks.beginnings import why_none
    from offing.looks.calls import SiteLooks

    prepared = SiteLooks.of(looks, site.lonlat, assumed)
    rows = []
    for pattern in patterns:
        for call in calls:
            if "stay" in call and pattern == "night-to-night":
                note("calls of random length that come and leave in the dark are not computed")
                continue
            found = prepared.power(window, pattern=pattern, whole=whole, **call)
            rows.append((found, _row(site, found, None if found.possible else why_none(window, site.lonlat, pattern))))
    return rows


def _row(site: Site, found: CallPower, none: str | None) -> dict[str, Any]:
    stay = [found.stay.p05, found.stay.p50, found.stay.p95] if found.stay else None
    return {
        "site": site.id,
        "from": iso(found.span.start),
        "to": iso(found.span.end),
        "length_h": found.length_h,
        "stay_h": stay,
        "pattern": found.pattern,
        "whole": found.whole,
        "begins_h": round(found.begins_h, 3),
        "looks": found.looks,
        "usable": found.usable,
        "undeclared": found.undeclared,
        "looks_met": found.looks_met,
        "usable_met": found.usable_met,
        "power_low": found.shown.low if found.shown else None,
        "power_high": found.shown.high if found.shown else None,
        "alike_low": found.shown_alike.low if found.shown_alike else None,
        "alike_high": found.shown_alike.high if found.shown_alike else None,
        "quadrature_error": found.error,
        "lost": [_loss(lost) for lost in found.lost],
        "note": f"no such call: {none}" if none else None,
        "simulated": site.simulated,
    }


def _for_people(found: CallPower, row: Mapping[str, Any]) -> dict[str, Any]:
    stay = found.stay
    return {
        "call": f"{stay.p05:g}–{stay.p50:g}–{stay.p95:g} h" if stay else f"{found.length_h:g} h",
        "when": WHEN[found.pattern],
        "power": row["note"] or _range(found.shown),
        "days_alike": _range(found.shown_alike),
        "lost": [f"{x.looks} {x.cause}: {_range(x.shown)}" for x in found.lost],
    }


def _loss(lost: Loss) -> dict[str, Any]:
    return {
        "cause": lost.cause,
        "looks": lost.looks,
        "looks_met": lost.looks_met,
        "power_low": lost.shown.low,
        "power_high": lost.shown.high,
    }


def _range(shown: Interval | None) -> str:
    """``0.23``, or ``0.10–0.60`` where it is not known better."""
    if shown is None:
        return ""
    low, high = f"{shown.low:.2f}", f"{shown.high:.2f}"
    return low if low == high else f"{low}–{high}"
