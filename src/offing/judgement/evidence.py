"""The looks at one site that bear on one question: copies counted once, readings sorted, gaps named."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from offing.claims import origin_group
from offing.judgement.situation import Situation
from offing.looks.distinct import Distinct, distinct
from offing.looks.model import Look
from offing.movements.baseline import Traffic, traffic
from offing.movements.sought import Reading, Sought, read_look
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan

OWN_PICTURES = "own pictures"
"""The origin of looks that the case made itself from pictures: one detector, so one origin."""

UNSTATED = "unstated"

REACH = 3.0
"""Looks farther from the window than this many 95 % stays have no weight that could be noticed."""


class SiteEvidence(Record, frozen=True):
    """What bears on a question at one site."""

    site: Site
    sought: Sought
    window: TimeSpan
    traffic: Traffic
    near: tuple[Reading, ...]
    """Readings in the window widened by the 95 % stay, by time; blind ones too."""
    used: tuple[Reading, ...]
    """Readings that enter the computation: they can tell, and declare their probabilities; by time."""
    origins: dict[str, tuple[str, ...]]
    """Id of each look near or used → its origin groups."""
    sources: dict[str, tuple[str, ...]]
    """Id of each look near or used → its source ids."""
    notes: tuple[str, ...]
    """Looks near the window that were merged."""
    simulated: bool

    @property
    def telling(self) -> tuple[Reading, ...]:
        """Readings near the window that can tell something."""
        return tuple(r for r in self.near if r.kind != "blind")

    @property
    def undeclared(self) -> tuple[Reading, ...]:
        """Telling readings near the window without a probability that they would need."""
        return tuple(r for r in self.telling if not r.declared)

    @property
    def within(self) -> tuple[Reading, ...]:
        """Telling readings within the window."""
        return tuple(r for r in self.telling if r.time in self.window)

    @property
    def sightings(self) -> tuple[Reading, ...]:
        """Readings that show a ship sought within the window, or one that more probably than not was there in it."""
        return tuple(r for r in self.telling if r.kind == "seen" and self._reaches(r))

    def _reaches(self, reading: Reading) -> bool:
        if reading.time in self.window:
            return True
        gap = max(self.window.start - reading.time, reading.time - self.window.end)
        return self.traffic.stay.still_there(gap.total_seconds() / 3600.0) >= 0.5


class Desk:
    """The looks of a situation laid out by site, read once for each kind of ship sought."""

    def __init__(self, situation: Situation) -> None:
        self.situation = situation
        self._at: dict[str, list[Look]] = {}
        for look in situation.looks:
            self._at.setdefault(look.site, []).append(look)
        self._distinct: dict[str, Distinct] = {}
        self._readings: dict[tuple[str, Sought], tuple[Reading, ...]] = {}
        self._gathered: dict[tuple[str, Sought, TimeSpan], SiteEvidence] = {}

    def gather(self, site: Site, sought: Sought, window: TimeSpan) -> SiteEvidence:
        """The evidence at ``site`` for ``sought`` in ``window``. Raises ObservationError for two looks of one id."""
        key = (site.id, sought, window)
        if key not in self._gathered:
            self._gathered[key] = self._gather(site, sought, window)
        return self._gathered[key]

    def _gather(self, site: Site, sought: Sought, window: TimeSpan) -> SiteEvidence:
        looks = self.looks(site)
        flow = traffic(site, sought, self.situation.library)
        readings = self._read(site, sought)
        near = _between(readings, window.padded(flow.stay.p95))
        reach = _between(readings, window.padded(REACH * flow.stay.p95)) if flow.stated else readings
        copies = {r.look: looks.copies[r.look] for r in (*near, *reach)}
        merged = (_copied(r.look, copies[r.look]) for r in near if len(copies[r.look]) > 1)
        return SiteEvidence(
            site=site,
            sought=sought,
            window=window,
            traffic=flow,
            near=near,
            used=tuple(r for r in reach if r.kind != "blind" and r.declared),
            origins={i: tuple(sorted({look_origin(self.situation, c) for c in group})) for i, group in copies.items()},
            sources={i: tuple(sorted({c.source for c in group if c.source})) for i, group in copies.items()},
            notes=tuple(merged),
            simulated=site.simulated or any(c.simulated for group in copies.values() for c in group),
        )

    def looks(self, site: Site) -> Distinct:
        """The looks at a site, copies merged."""
        if site.id not in self._distinct:
            self._distinct[site.id] = distinct(self._at.get(site.id, []), self._origin)
        return self._distinct[site.id]

    def _origin(self, look: Look) -> str:
        return look_origin(self.situation, look)

    def _read(self, site: Site, sought: Sought) -> tuple[Reading, ...]:
        key = (site.id, sought)
        if key not in self._readings:
            library = self.situation.library
            self._readings[key] = tuple(read_look(look, sought, library) for look in self.looks(site).kept)
        return self._readings[key]


def origins_of(sites: Sequence[SiteEvidence]) -> tuple[str, ...]:
    """The origin groups behind the looks that tell something; what has no stated source adds none to those that have.

    A look without a source may go back to any of the others, so it is counted as an origin only where it stands alone.
    """
    found = {o for site in sites for r in site.telling for o in site.origins[r.look]}
    return tuple(sorted(found - {UNSTATED} or found))


def _between(readings: tuple[Reading, ...], span: TimeSpan) -> tuple[Reading, ...]:
    """Readings (by time) from the start to the end of ``span``, both included."""
    first = bisect_left(readings, span.start, key=lambda r: r.time)
    return readings[first : bisect_right(readings, span.end, key=lambda r: r.time)]


def _copied(kept: str, group: Sequence[Look]) -> str:
    others = ", ".join(k.id for k in group if k.id != kept)
    differ = len({any(o.seen == "yes" for o in k.observations) for k in group}) > 1
    return f"{kept} and {others} are one acquisition and count once" + (
        f"; they differ in what they show, and {kept} is taken" if differ else ""
    )


def look_origin(situation: Situation, look: Look) -> str:
    """The origin group behind a look."""
    if look.source is not None:
        source = situation.source(look.source)
        return origin_group(source) if source is not None else look.source
    return OWN_PICTURES if look.scene is not None else UNSTATED
