"""The figures of the report, drawn and ready for the template."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.exchange.tables import middle
from offing.geo import LonLat, distance_m
from offing.looks.model import Look
from offing.report.calibrated import calibration, calibration_rows
from offing.report.figures.badges import verdict_icon
from offing.report.figures.chip_overlay import chip_overlay
from offing.report.figures.chips import Chip, make_chips
from offing.report.figures.coverage_calendar import coverage_calendar
from offing.report.figures.look_strip import NARROW, WIDE, look_strip
from offing.report.figures.ratio_bar import ratio_bar
from offing.report.figures.reference_figure import reference_figure
from offing.report.figures.reliability import reliability
from offing.report.figures.site_map import overview_map, site_plan
from offing.report.figures.symbols import legend_symbol
from offing.report.model import Outcome, ReportContent
from offing.report.words import OUTCOME_WORDS, VERDICT_TITLES, moment
from offing.vessels.model import Detection

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_SHIPS = 12
"""Ships listed under one picture."""
_OUTCOMES: tuple[Outcome, ...] = ("seen", "other", "unclear", "not-seen", "blind")


def views(content: ReportContent, root: Path) -> dict[str, Any]:
    """What the template needs beside the content, by the name that it uses."""
    chips = make_chips(root, content.chips)
    return {
        "icons": {word: _safe(verdict_icon(word)) for word in VERDICT_TITLES},
        "bars": _bars(content),
        "strips": _strips(content),
        "calendar": {
            name: [_safe(page) for page in coverage_calendar(content.calendar, width, f"calendar-{name}")]
            for name, width in (("wide", WIDE), ("narrow", NARROW))
        },
        "legend": [(_safe(legend_symbol(o, f"legend-{o}")), OUTCOME_WORDS[o]) for o in _OUTCOMES],
        "chips": [_chip(chip, f"chip-{number}") for number, chip in enumerate(chips, 1)],
        "photographs": _photographs(content),
        "map": _map(content),
        "measured": calibration(),
        "measured_rows": calibration_rows(),
        "reliability": _safe(reliability(calibration().scores[0], "reliability")),
        "plans": _plans(content),
    }


def _safe(svg: str) -> Markup:
    """Drawings are built as trees, with every text escaped, so they may stand as they are."""
    from markupsafe import Markup

    return Markup(svg)  # noqa: S704


def _bars(content: ReportContent) -> dict[str, Markup]:
    rows = [row for claim in content.claims for row in claim.rows]
    rows += [claim.whole.row for claim in content.claims if claim.whole]
    return {
        row.anchor: _safe(ratio_bar(row.verdict.likelihood_ratio, content.thresholds, f"bar-{row.anchor}"))
        for row in rows
        if row.verdict.likelihood_ratio
    }


def _strips(content: ReportContent) -> list[dict[str, Any]]:
    return [
        {
            "data": strip,
            "wide": _safe(look_strip(strip, WIDE, f"strip-{number}-wide")),
            "narrow": _safe(look_strip(strip, NARROW, f"strip-{number}-narrow")),
        }
        for number, strip in enumerate(content.strips, 1)
    ]


def _photographs(content: ReportContent) -> dict[str, list[Markup]]:
    """Card id → the figures of its photographs."""
    drawn = {}
    for number, card in enumerate(content.identities.cards, 1):
        drawn[card.id] = [
            _safe(
                reference_figure(
                    shown.match.photo,
                    relief=shown.relief,
                    profile=shown.match.profile,
                    comparisons=(shown.match.comparison,),
                    key=f"photo-{number}-{i}",
                )
            )
            for i, shown in enumerate(card.photographs, 1)
        ]
    return drawn


def _map(content: ReportContent) -> dict[str, Markup] | None:
    if not content.sites:
        return None
    claimed = tuple(p for p in content.passages if p.claims)
    return {
        "wide": _safe(overview_map(content.sites, claimed, 960.0, "map-wide")),
        "narrow": _safe(overview_map(content.sites, claimed, 350.0, "map-narrow")),
    }


def _plans(content: ReportContent) -> list[dict[str, Any]]:
    """A plan for each site that has berths or placed ships."""
    found = []
    for number, site in enumerate(content.sites, 1):
        berths = tuple(dict.fromkeys(r for c in content.chips if c.site and c.site.id == site.id for r in c.rings))
        ships = tuple(
            (f"{content.named.get(e.id, 'ship')}, {e.id}", e.detection.ring)
            for e in content.detections
            if e.detection.ring and _at(site.lonlat, site.radius_m, e.detection)
        )
        if berths or ships:
            svg = site_plan(site, berths, ships, 340.0, f"plan-{number}")
            found.append(
                {
                    "name": site.name,
                    "simulated": site.simulated,
                    "svg": _safe(svg),
                    "berths": len(berths),
                    "ships": len(ships),
                }
            )
    return found


def _at(centre: LonLat, radius_m: float, detection: Detection) -> bool:
    place = middle(detection.ring)
    return place is not None and distance_m(LonLat(lon=place[0], lat=place[1]), centre) <= radius_m


def _chip(chip: Chip, key: str) -> dict[str, Any]:
    entries = chip.request.detections
    uri = f"data:image/png;base64,{base64.b64encode(chip.png).decode()}" if chip.png else ""
    return {
        "data": chip,
        "uri": uri,
        "overlay": _safe(chip_overlay(chip, key)) if chip.png else "",
        "alt": _alt(chip),
        "ships": [_ship(e.detection, chip.request.names.get(e.id)) for e in entries[:MOST_SHIPS]],
        "more_ships": max(0, len(entries) - MOST_SHIPS),
    }


def _alt(chip: Chip) -> str:
    """The picture in words."""
    request = chip.request
    where = request.site.name if request.site else request.scene.original
    made = "SIMULATED picture" if request.scene.simulated else "Picture"
    ships = len(request.detections)
    look: Look | None = request.look
    state = f", {look.status}" if look else ""
    return f"{made} of {where}, {moment(request.scene.time)} UTC, {request.scene.sensor}{state}; {ships} ships outlined"


def _ship(detection: Detection, name: str | None) -> str:
    """``Ropucha, 112 m (104 to 121), score 0.97``."""
    m = detection.measurement
    parts = [name or "ship"]
    if m.length_m is not None:
        spread = f" ({m.length_m_90.low:.0f} to {m.length_m_90.high:.0f})" if m.length_m_90 else ""
        parts.append(f"{m.length_m:.0f} m{spread}")
    parts.append(f"score {detection.score.value:.2f}")
    return ", ".join([*parts, *detection.flags])
