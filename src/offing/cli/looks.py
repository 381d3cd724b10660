"""``offing looks`` and ``offing gaps``: what could be seen, and when nothing could."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.cli.output import Format, emit
from offing.timespan import TimeSpan, iso

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.case.definition import CaseDefinition
    from offing.imagery.model import Scene
    from offing.looks.model import Look


def looks(case: Path, /, *, site: str | None = None, format: Format = "table") -> None:
    """List every look, also the empty and unusable ones, with the reason.

    As JSON, a look also says what its picture would have shown of the ship sought, at anchor and at the quay.

    Example: offing looks dunai-2024 --site dunai --format csv

    Parameters
    ----------
    case
        The case folder.
    site
        Only the looks at this site.
    """
    from offing.case.case import Case

    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        scenes = {s.id: s for s in opened.store.scenes()}
        rows = [_look_row(k) | _shows(opened, k, scenes.get(k.scene or "")) for k in opened.store.looks(site)]
    columns = ("look", "site", "time", "sensor", "status", "usable", "seen", "p_detect", "p_false", "reason")
    emit(rows, columns, format, "looks")


def gaps(case: Path, /, *, site: str | None = None, format: Format = "table") -> None:
    """List the stretches of the claims' windows in which nothing could have been seen.

    Example: offing gaps dunai-2024 --site chongjin

    Parameters
    ----------
    case
        The case folder.
    site
        Only the gaps at this site.
    """
    from offing.case.case import Case
    from offing.looks.gaps import gaps as find_gaps

    rows: list[dict[str, Any]] = []
    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        for name, window in _windows(opened.definition):
            if site not in (None, name):
                continue
            rows.extend(
                {
                    "site": gap.site,
                    "from": iso(gap.start),
                    "to": iso(gap.end),
                    "hours": round(gap.hours, 2),
                    "after": gap.after,
                    "before": gap.before,
                    "unusable": gap.unusable,
                }
                for gap in find_gaps(opened.store.looks(name), name, window)
            )
    emit(rows, ("site", "from", "to", "hours", "after", "before", "unusable"), format, "gaps")


def _look_row(look: Look) -> dict[str, Any]:
    return {
        "look": look.id,
        "site": look.site,
        "time": iso(look.time),
        "sensor": look.sensor,
        "status": look.status,
        "usable": look.usable,
        "seen": [_seen(o.seen, o.vessel or o.vessel_class, o.activity) for o in look.observations],
        "p_detect": look.p_detect,
        "p_false": look.p_false,
        "p_basis": look.p_basis,
        "reason": look.reason,
        "source": look.source,
        "scene": look.scene,
        "sun_elevation_deg": look.sun_elevation_deg,
        "simulated": look.simulated,
        "note": look.note,
    }


def _shows(case: Case, look: Look, scene: Scene | None) -> dict[str, Any]:
    """What the picture would have shown of the ship sought; nothing for looks without one."""
    from offing.case.found_chances import found_chances
    from offing.case.sought import classes_sought, length_sought_m

    length = length_sought_m(classes_sought(case.definition.claims, look.site), case.library)
    chances = found_chances(scene, length, clear=look.status == "clear") if scene and look.usable > 0.0 else None
    return {"radar_shows" if chances.sensor == "sar" else "optical_shows": chances} if chances else {}


def _seen(seen: str, what: str | None, activity: str | None) -> str:
    return ": ".join(part for part in (seen, what, activity) if part)


def _windows(definition: CaseDefinition) -> list[tuple[str, TimeSpan]]:
    """Each site that a claim speaks of with each window it is claimed for, once."""
    from offing.claims.model import sites_named

    zones = {s.id: s.timezone or definition.timezone for s in definition.sites}
    found: dict[tuple[str, TimeSpan], None] = {}
    for claim in definition.claims:
        for name in sites_named(claim.elements):
            window = claim.elements.span(zones.get(name))
            if window is not None:
                found[(name, window)] = None
    return list(found)
