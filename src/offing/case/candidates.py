"""The looks that a case could still have: listed pictures that it does not hold, and passes to come.

What is assumed is said in each candidate's basis: listed radar pictures are usable but for a few, a scene's cloud as
the catalogue gives it holds for the site as four looks would, and otherwise the looks at the site in that season speak
for how often it is clear. A row "not obtained" of an analyst's table says that nobody looked; it is no acquisition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import median

from offing.case.case import Case
from offing.case.sought import classes_sought, length_sought_m
from offing.claims.model import sites_named
from offing.imagery.catalogue.model import CatalogueItem
from offing.imagery.model import Scene, SensorKind
from offing.imagery.quality import SHIP_PIXELS
from offing.judgement.evidence import REACH
from offing.judgement.model import Candidate
from offing.looks.catalogued import acquisitions, family
from offing.looks.darkness import sun_elevation_deg
from offing.looks.model import Look
from offing.looks.passes.model import Pass
from offing.looks.scene_look import Detectability
from offing.looks.sky_chance import clear_by_catalogue, clear_by_season
from offing.quantities import Probability
from offing.sites import Site, StayHours
from offing.timespan import TimeSpan, iso

RADAR_LISTED = Probability(value=0.98, low=0.9, high=1.0, basis="radar sees by night and through cloud (assumed)")
ACQUIRED = Probability(value=0.8, low=0.3, high=1.0, basis="a pass is no acquisition: 80 % are taken (assumed)")

KNOWN: dict[str, tuple[SensorKind, float]] = {
    "sentinel-1": ("sar", 10.0),
    "sentinel-2": ("multispectral", 10.0),
    "landsat": ("multispectral", 30.0),
}
"""Satellites whose pictures cost nothing: how they see, and the side of a pixel in metres."""


def listed(case: Case, scenes: Sequence[Scene], told: Sequence[Look]) -> tuple[Candidate, ...]:
    """A candidate for each acquisition near a claim's window that a catalogue lists and the case does not hold.

    ``told``: the looks at the case's pictures and those that analysts wrote down. By site and time.
    """
    found: list[Candidate] = []
    for site in case.definition.sites:
        spans = _reached(case, site)
        items = [i for i in case.store.items(site.id) if any(i.time in s for s in spans)] if spans else []
        if items:
            held = [(s.platform, s.time) for s in scenes if site.id in s.sites]
            held += [(k.sensor, k.time) for k in told if k.site == site.id and k.scene is None]
            ground = _Ground(case, site, told)
            found.extend(_listed(group, ground) for group in acquisitions(items, site, held))
    return tuple(found)


def overhead(
    case: Case, site: Site, passes: Iterable[Pass], told: Sequence[Look], now: datetime
) -> tuple[Candidate, ...]:
    """A candidate for each pass over ``site``; those after ``now`` (UTC) are still to come."""
    ground = _Ground(case, site, told)
    return tuple(_pass(p, ground, now) for p in passes)


def told_looks(case: Case, looks: Iterable[Look]) -> tuple[Look, ...]:
    """The looks at pictures and those that analysts wrote down, out of all looks of a case."""
    return (*case.store.imported_looks(), *(k for k in looks if k.scene is not None))


class _Ground:
    """What is the same for all candidates at a site."""

    def __init__(self, case: Case, site: Site, told: Sequence[Look]) -> None:
        self.case, self.site = case, site
        self._told = sorted(told, key=lambda k: (k.time, k.site, k.id))
        self.here = [k for k in self._told if k.site == site.id]
        self.sought = classes_sought(case.definition.claims, site.id)
        self.length_m = length_sought_m(self.sought, case.library)
        self._chances: dict[tuple[str, SensorKind, float | None], Detectability | None] = {}

    def chances(self, platform: str, sensor: SensorKind, gsd_m: float | None) -> Detectability | None:
        """p_detect and p_false of such a picture: as looks by this sensor state them, else as measured, else None."""
        key = (platform, sensor, gsd_m)
        if key not in self._chances:
            self._chances[key] = self._stated(platform) or self._measured(sensor, gsd_m)
        return self._chances[key]

    def _stated(self, platform: str) -> Detectability | None:
        alike = [k for k in self._told if k.p_basis == "stated" and k.p_detect is not None]
        alike = [k for k in alike if family(k.sensor) == family(platform) and k.simulated == self.site.simulated]
        here = [k for k in alike if k.site == self.site.id]
        if not alike:
            return None
        used = here or alike
        false = [k.p_false for k in used if k.p_false is not None]
        where = "at this site" if here else "at other sites of the case"
        return Detectability(
            p_detect=median(k.p_detect for k in used if k.p_detect is not None),
            p_false=median(false) if false else None,
            basis=f"as stated for {len(used)} look(s) by {family(platform)} {where} (median)",
        )

    def _measured(self, sensor: SensorKind, gsd_m: float | None) -> Detectability | None:
        from offing.looks.declared import declared
        from offing.looks.detectability import curve
        from offing.vessels.attribution import site_prior

        if gsd_m is None:
            return None
        site, library = self.site, self.case.library
        prior = site_prior(site, self.sought, library)
        return curve(sensor, gsd_m, simulated=site.simulated) or declared(
            sensor, gsd_m, self.length_m, self.sought, library, prior, clear=True, simulated=site.simulated
        )

    def too_coarse(self, gsd_m: float | None) -> Probability | None:
        """No chance at all, where the ship sought covers too few pixels."""
        if gsd_m is None or self.length_m is None or self.length_m / gsd_m >= SHIP_PIXELS:
            return None
        return _never(f"a ship of {self.length_m:.0f} m covers {self.length_m / gsd_m:.1f} pixels of {gsd_m:g} m")


def _listed(group: Sequence[CatalogueItem], ground: _Ground) -> Candidate:
    """The candidate of one acquisition, by its cheapest, finest item."""
    item = min(group, key=lambda i: (i.cost == "bought", i.gsd_m or 1e9, i.id))
    site, platform = ground.site, item.platform or item.sensor
    chances = ground.chances(platform, item.sensor, item.gsd_m)
    return Candidate(
        id=f"{item.id}@{site.id}",
        site=site.id,
        start=item.time,
        end=item.time,
        sensor=platform,
        basis=f"listed by {' and '.join(sorted({i.catalogue for i in group}))}, not obtained",
        usable=ground.too_coarse(item.gsd_m) or _usable(item, ground),
        cost=item.cost,
        item=item.id,
        acquisition=item.id,
        gsd_m=item.gsd_m,
        p_detect=chances.p_detect if chances else None,
        p_false=chances.p_false if chances else None,
        p_basis=chances.basis if chances else None,
        simulated=site.simulated,
    )


def _usable(item: CatalogueItem, ground: _Ground) -> Probability:
    if item.sensor == "sar":
        return RADAR_LISTED
    elevation = item.sun_elevation_deg
    if elevation is None:
        elevation = sun_elevation_deg(ground.site.lonlat, item.time)
    if elevation < 0.0:
        return _never(f"the sun stood {-elevation:.0f}° below the horizon")
    if item.cloud is not None:
        return clear_by_catalogue(item.cloud)
    return clear_by_season(ground.here, item.time)


def _pass(passed: Pass, ground: _Ground, now: datetime) -> Candidate:
    site, (sensor, gsd_m) = ground.site, _known(passed)
    chances = ground.chances(passed.satellite, sensor, gsd_m)
    return Candidate(
        id=f"{passed.satellite}/{passed.sensor}/{iso(passed.time)}@{site.id}",
        site=site.id,
        start=passed.start,
        end=passed.end,
        sensor=passed.satellite,
        basis=f"pass by {passed.basis}",
        usable=ground.too_coarse(gsd_m) or _usable_pass(passed, ground),
        cost="free" if family(passed.satellite).startswith(tuple(KNOWN)) else "bought",
        gsd_m=gsd_m,
        p_detect=chances.p_detect if chances else None,
        p_false=chances.p_false if chances else None,
        p_basis=chances.basis if chances else None,
        to_come=passed.time > now,
        simulated=site.simulated,
    )


def _known(passed: Pass) -> tuple[SensorKind, float | None]:
    """How a satellite sees, and its pixel, where it is one that is known."""
    for name, known in KNOWN.items():
        if family(passed.satellite).startswith(name):
            return known
    return ("sar" if passed.band == "sar" else "multispectral"), None


def _usable_pass(passed: Pass, ground: _Ground) -> Probability:
    if passed.band == "sar":
        return _times(ACQUIRED, passed.covers, RADAR_LISTED)
    if not passed.daylight:
        return _never(f"the sun stands at {passed.sun_elevation_deg:.0f}°: too dark for an optical picture")
    return _times(ACQUIRED, passed.covers, clear_by_season(ground.here, passed.time))


def _times(acquired: Probability, covers: float, clear: Probability) -> Probability:
    """Taken, covering the site, and clear; each on its own."""
    return Probability(
        value=acquired.value * covers * clear.value,
        low=acquired.low * covers * clear.low,
        high=acquired.high * covers * clear.high,
        basis=f"{acquired.basis}; {clear.basis}",
    )


def _never(why: str) -> Probability:
    return Probability(value=0.0, low=0.0, high=0.0, basis=why)


def windows_at(case: Case, site: Site) -> list[TimeSpan]:
    """The windows that claims state for a site, each once."""
    spans = [
        c.elements.span(site.timezone or case.definition.timezone)
        for c in case.definition.claims
        if site.id in sites_named(c.elements)
    ]
    return list(dict.fromkeys(s for s in spans if s is not None))


def _reached(case: Case, site: Site) -> list[TimeSpan]:
    """The windows claimed for a site, widened by as much as a look can reach."""
    longest = max([StayHours().p95, *(b.stay.p95 for b in site.baseline)])
    return [w.padded(REACH * longest) for w in windows_at(case, site)]
