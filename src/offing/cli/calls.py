"""``offing calls``: port calls with their bounds, how many there were, and whether a ship was there over time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from offing import __version__
from offing.cli.output import Format, emit, note, print_json
from offing.timespan import iso

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from offing.case.case import Case
    from offing.movements.model import CallTime, PortCall, Presence, SightingLink
    from offing.movements.sought import Sought
    from offing.sites import Site
    from offing.timespan import TimeSpan

Part = Literal["calls", "numbers", "presence", "links"]
Rows = list[dict[str, Any]]

COLUMNS: dict[Part, tuple[str, ...]] = {
    "calls": ("site", "ship", "not_before", "seen_from", "seen_to", "gone_by", "arrived", "arrived_90", "departed",
              "departed_90", "look_alike", "one_call", "looks", "note"),
    "numbers": ("site", "ships", "from", "to", "claims", "calls_90", "mean", "none", "distribution", "before_looks",
                "looks", "note"),
    "presence": ("site", "ships", "time", "probability", "low", "high", "before_looks"),
    "links": ("site", "ship", "first", "second", "one_call", "two_calls", "look_alike"),
}  # fmt: skip
BRIEF: dict[Part, tuple[str, ...]] = {
    "calls": ("site", "ship", "not_before", "arrived_90", "departed_90", "gone_by", "look_alike", "one_call", "looks"),
    "numbers": ("site", "ships", "from", "to", "calls_90", "mean", "none", "none_before", "looks"),
}
"""What the table for people shows; looks are counted in it."""
HEADINGS: dict[Part, str] = {
    "calls": "Port calls",
    "numbers": "How many ships called in each window",
    "presence": "Whether one was there",
    "links": "Whether two sightings are one call",
}


def calls(
    case: Path,
    /,
    *,
    site: str | None = None,
    vessel: str | None = None,
    class_: Annotated[str | None, Parameter(name="--class")] = None,
    window: str | None = None,
    presence: Path | None = None,
    part: Part | None = None,
    format: Format = "table",
) -> None:
    """List port calls with their bounds, and how many ships called in each claim's window.

    Not before and gone by are hard: looks that could see and did not show the ship. The 90 % intervals, and the
    probabilities that a call is one call and no look-alike, are given all looks, the stated stay and traffic. Where a
    look that can tell declares no p_detect or p_false there is no number, and the note says so.

    Example: offing calls dunai-2024 --site dunai --class landing-ship --presence curve.svg

    Parameters
    ----------
    case
        The case folder; run it first.
    site
        Only this site.
    vessel
        Only this named ship of the case.
    class_
        Only ships of this class, or of a narrower one; "any" for all.
    window
        Another window than the claims': 2024-10, 2024-10-08/2024-10-13; with --class or --vessel.
    presence
        Draw whether a ship was there over time into this SVG file; further sites and windows beside it.
    part
        Only this part; as CSV the calls unless another is named.
    """
    from offing.case.case import Case

    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        if opened.store.results_key() is None:
            note(f"nothing has been found since the last change; run: offing run {case}")
        kind = _kind(opened, vessel, class_)
        found = _presences(opened, site, kind, window)
        seen = [c for c in opened.store.port_calls() if _wanted(opened, site, kind, c)]
        links = [k for k in opened.store.links(site) if _wanted(opened, site, kind, k)]
        if presence is not None:
            from offing.report.presence_figures import write_presence

            sys.stdout.writelines(f"{path}\n" for path in write_presence(opened, found, presence))
            return
        if format == "json":
            print_json(
                {
                    "case": opened.definition.title,
                    "offing": __version__,
                    "calls": seen,
                    "links": links,
                    "presence": found,
                }
            )
            return
        rows: dict[Part, Rows] = {
            "calls": [_call_row(c) for c in seen],
            "numbers": [_number_row(opened, p) for p in found],
            "presence": [row for p in found for row in _presence_rows(opened, p)],
            "links": [_link_row(k) for k in links],
        }
    _print(rows, part, format)


def _print(rows: dict[Part, Rows], part: Part | None, format: Format) -> None:
    if format == "csv" or part is not None:
        emit(rows[part or "calls"], COLUMNS[part or "calls"], format, part or "calls")
        return
    for name, columns in BRIEF.items():
        sys.stdout.write(f"{HEADINGS[name]}\n")
        emit([row | {"looks": len(row["looks"])} for row in rows[name]], columns, format, name)
        sys.stdout.write("\n")
    said = [row for name in BRIEF for row in rows[name] if row["note"]]
    for row in said:
        note(f"{row['site']}, {row.get('ship') or row.get('ships')}: {row['note']}")


def _kind(case: Case, vessel: str | None, class_: str | None) -> Sought | None:
    from offing.errors import CaseError, did_you_mean
    from offing.movements.sought import Sought

    if vessel is not None:
        known = {v.id: v for v in case.definition.vessels}
        if vessel not in known:
            hint = did_you_mean(vessel, sorted(known), f"vessels: {', '.join(sorted(known)) or 'none'}")
            raise CaseError(f"{vessel!r} is no vessel of this case", where=str(case.root), fix=hint)
        return Sought(classes=(known[vessel].vessel_class,), vessels=(vessel,))
    if class_ is not None:
        return Sought(classes=(case.library.get(class_).id,))
    return None


def _presences(case: Case, site: str | None, kind: Sought | None, window: str | None) -> tuple[Presence, ...]:
    """What is kept, or what is asked for."""
    kept = case.store.presence(site)
    if kind is None:
        if window is not None:
            from offing.errors import OffingError

            raise OffingError("--window says when, but not for which ships", fix="add --class any, or --vessel")
        return kept
    from offing.case.pipeline import kept_situation
    from offing.case.present import asked_presence

    return asked_presence(kept_situation(case), _asked(case, site, window), kind, kept)


def _asked(case: Case, site: str | None, window: str | None) -> Sequence[tuple[Site, TimeSpan]]:
    from offing.case.windows import claimed_windows
    from offing.timespan import parse_span

    claimed = claimed_windows(case.definition, site)
    if window is None:
        return claimed
    sites = [case.site(site)] if site is not None else list(dict.fromkeys(s for s, _ in claimed))
    return [(s, parse_span(window, s.timezone or case.definition.timezone)) for s in sites]


def _wanted(case: Case, site: str | None, kind: Sought | None, found: PortCall | SightingLink) -> bool:
    if site not in (None, found.site):
        return False
    if kind is None:
        return True
    if kind.vessels:
        return found.vessel in kind.vessels
    return case.library.relation(found.vessel_class, kind.classes) == "match"


def _call_row(call: PortCall) -> dict[str, Any]:
    found = call.posterior
    return {
        "site": call.site,
        "ship": (call.vessel or call.vessel_class) + (" (simulated)" if call.simulated else ""),
        "not_before": _when(call.arrived_after),
        "seen_from": _when(call.arrived_before),
        "seen_to": _when(call.departed_after),
        "gone_by": _when(call.departed_before),
        "arrived": _when(found.arrived.p50) if found else None,
        "arrived_90": _interval(found.arrived) if found else None,
        "departed": _when(found.departed.p50) if found else None,
        "departed_90": _interval(found.departed) if found else None,
        "look_alike": round(found.look_alike, 4) if found else None,
        "one_call": [round(p, 3) for p in found.same] if found else None,
        "looks": call.looks,
        "note": call.unweighed,
    }


def _number_row(case: Case, found: Presence) -> dict[str, Any]:
    from offing.report.figures.presence_curve import number_set
    from offing.report.presence_figures import ship_words

    calls = found.calls
    said = None
    if found.undeclared:
        said = f"no p_detect or p_false is declared for {len(found.undeclared)} of the looks near the window"
    elif not found.looks:
        said = f"no look bears on it, this is the baseline alone ({found.traffic})"
    return {
        "site": found.site,
        "ships": ship_words(case, found) + (" (simulated)" if found.simulated else ""),
        "from": _when(found.window.start),
        "to": _when(found.window.end),
        "claims": found.claims,
        "calls_90": number_set(calls) if calls else None,
        "mean": calls.mean if calls else None,
        "none": calls.probabilities[0] if calls else None,
        "distribution": [float(f"{p:.3g}") for p in calls.probabilities] if calls else None,
        "before_looks": [float(f"{p:.3g}") for p in calls.before_looks] if calls else None,
        "none_before": calls.before_looks[0] if calls else None,
        "looks": found.looks,
        "note": said,
    }


def _presence_rows(case: Case, found: Presence) -> Rows:
    from offing.report.presence_figures import ship_words

    head = {"site": found.site, "ships": ship_words(case, found)}
    return [
        head
        | {
            "time": iso(p.time),
            "probability": p.probability,
            "low": p.low,
            "high": p.high,
            "before_looks": p.before_looks,
        }
        for p in found.points
    ]


def _link_row(link: SightingLink) -> dict[str, Any]:
    return {
        "site": link.site,
        "ship": link.vessel or link.vessel_class,
        "first": link.first,
        "second": link.second,
        "one_call": link.one_call,
        "two_calls": link.two_calls,
        "look_alike": link.look_alike,
    }


def _interval(when: CallTime) -> str:
    return f"{_when(when.p05)} – {_when(when.p95)}"


def _when(instant: datetime | None) -> str | None:
    """To the minute."""
    return None if instant is None else f"{instant:%Y-%m-%dT%H:%MZ}"
