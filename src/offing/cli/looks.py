"""``offing looks``: what could be seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.cli.output import Format, emit
from offing.timespan import iso

if TYPE_CHECKING:
    from offing.case.case import Case
    from offing.imagery.model import Scene
    from offing.looks.model import Look


def looks(
    case: Path,
    /,
    *,
    site: str | None = None,
    calendar: Path | None = None,
    strip: Path | None = None,
    nights: bool = False,
    format: Format = "table",
) -> None:
    """List every look, also the empty and unusable ones, with the reason.

    As JSON, a look also says what its picture would have shown of the ship sought, at anchor and at the quay.

    With --calendar or --strip it draws them instead, and prints the paths of the files.

    Example: offing looks dunai-2024 --site dunai --format csv

    Parameters
    ----------
    case
        The case folder.
    site
        Only the looks at this site.
    calendar
        Write the coverage calendar, sites by days, to this SVG file.
    strip
        Write the strip of each site's looks to this SVG file; further sites beside it.
    nights
        Shade the nights in the strips.
    """
    from offing.case.case import Case

    with Case.open(case) as opened:
        if site is not None:
            opened.site(site)
        if calendar or strip:
            _draw(opened, site, calendar, strip, nights=nights)
            return
        scenes = {s.id: s for s in opened.store.scenes()}
        rows = [_look_row(k) | _shows(opened, k, scenes.get(k.scene or "")) for k in opened.store.looks(site)]
    columns = ("look", "site", "time", "sensor", "status", "usable", "seen", "p_detect", "p_false", "reason")
    emit(rows, columns, format, "looks")


def _draw(case: Case, site: str | None, calendar: Path | None, strip: Path | None, *, nights: bool) -> None:
    from offing.report.look_figures import write_calendar, write_strips

    paths = write_calendar(case, calendar, site) if calendar else []
    paths += write_strips(case, strip, site, with_nights=nights) if strip else []
    sys.stdout.writelines(f"{path}\n" for path in paths)


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
