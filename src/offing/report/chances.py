"""How likely a call at each site was to meet a usable look at all, from the passes that the free satellites made."""

from __future__ import annotations

from collections.abc import Sequence

from offing.case.windows import claimed_windows
from offing.exchange.snapshot import CaseSnapshot
from offing.looks.call_model import CallPower
from offing.looks.calls import SiteLooks
from offing.looks.passes.model import Band, Pass
from offing.looks.passes.overhead import passes_over
from offing.looks.passes.satellites import orbits
from offing.looks.sights import pass_sights
from offing.report.model import ChanceRow
from offing.sites import Site
from offing.timespan import TimeSpan

CALL_HOURS = (12.0, 24.0, 48.0)
NIGHT_CALL_H = 6.0
USABLE: dict[Band, float] = {"sar": 0.98, "optical": 0.5}
"""P(a pass gives a usable look): radar taken and sound; sky clear. Illustrative, and said."""
_FAMILIES: tuple[tuple[str, tuple[Band, ...]], ...] = (
    ("Sentinel-1", ("sar",)),
    ("Sentinel-2", ("optical",)),
    ("both", ("sar", "optical")),
)


def chance_rows(case: CaseSnapshot) -> tuple[ChanceRow, ...]:
    """P(at least one usable look) of calls of 12, 24 and 48 h at any time, and of 6 h within one night, by site.

    For the real sites that claims name, over all of their windows, from the first to the last; sites in the order of
    case.yaml. Passes are those of Sentinel-1 and Sentinel-2 as the satellites repeat their tracks.
    """
    spans: dict[str, TimeSpan] = {}
    for site, window in claimed_windows(case.definition):
        known = spans.get(site.id, window)
        spans[site.id] = TimeSpan(start=min(known.start, window.start), end=max(known.end, window.end))
    sites = [s for s in case.definition.sites if s.id in spans and not s.simulated]
    return tuple(row for site in sites for row in _rows(site, spans[site.id]))


def _rows(site: Site, span: TimeSpan) -> list[ChanceRow]:
    later = TimeSpan(start=span.start, end=span.padded(max(CALL_HOURS)).end)
    names = [o for o in orbits() if o.satellite.startswith(("sentinel-1", "sentinel-2"))]
    passes = passes_over(site.lonlat, site.radius_m, later, names, strict=False)
    return [_row(site, span, name, [p for p in passes if p.band in bands]) for name, bands in _FAMILIES]


def _row(site: Site, span: TimeSpan, name: str, passes: Sequence[Pass]) -> ChanceRow:
    looks = SiteLooks(pass_sights(passes, USABLE, site.lonlat), site.lonlat)
    return ChanceRow(
        site=site.name,
        span=span,
        passes=name,
        satellites=tuple(sorted({p.satellite for p in passes})),
        by_length=tuple(_shown(looks.power(span, length_h=hours)) or 0.0 for hours in CALL_HOURS),
        by_night=_shown(looks.power(span, length_h=NIGHT_CALL_H, pattern="night")),
    )


def _shown(power: CallPower) -> float | None:
    return None if power.shown is None else power.shown.low
