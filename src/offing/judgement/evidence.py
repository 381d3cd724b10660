"""The looks at one site that bear on one question: copies counted once, readings sorted, gaps named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from offing.claims import origin_group
from offing.errors import ObservationError
from offing.judgement.situation import Situation
from offing.looks.model import Look
from offing.movements.baseline import Traffic, traffic
from offing.movements.sought import Reading, Sought, read_look
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan

SAME_ACQUISITION = timedelta(minutes=5)
"""Looks at one site by one sensor within this time are one acquisition, told more than once."""

OWN_PICTURES = "own pictures"
"""The origin of looks that the case made itself from pictures: one detector, so one origin."""

UNSTATED = "unstated"

_REACH = 3.0
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
    """Look id → its origin groups."""
    sources: dict[str, tuple[str, ...]]
    """Look id → its source ids."""
    notes: tuple[str, ...]
    """Copies that were merged, looks that could not be used."""
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


def gather(situation: Situation, site: Site, sought: Sought, window: TimeSpan) -> SiteEvidence:
    """The evidence at ``site`` for ``sought`` in ``window``. Raises ObservationError for two looks of one id."""
    looks, copies, notes = distinct([look for look in situation.looks if look.site == site.id])
    flow = traffic(site, sought, situation.library)
    readings = [read_look(look, sought, situation.library) for look in looks]
    near_span = window.padded(flow.stay.p95)
    reach = window.padded(_REACH * flow.stay.p95) if flow.stated else None
    used = [r for r in readings if r.kind != "blind" and r.declared and (reach is None or _within(r, reach))]
    return SiteEvidence(
        site=site,
        sought=sought,
        window=window,
        traffic=flow,
        near=tuple(r for r in readings if _within(r, near_span)),
        used=tuple(used),
        origins={look.id: _origins(situation, copies[look.id]) for look in looks},
        sources={look.id: tuple(sorted({c.source for c in copies[look.id] if c.source})) for look in looks},
        notes=tuple(notes),
        simulated=site.simulated or any(look.simulated for look in looks),
    )


def _within(reading: Reading, span: TimeSpan) -> bool:
    return span.start <= reading.time <= span.end


def distinct(looks: Sequence[Look]) -> tuple[list[Look], dict[str, tuple[Look, ...]], list[str]]:
    """(looks by time with copies left out, id → the looks it stands for, notes).

    Of several tellings of one acquisition the one with the greatest usable fraction and p_detect is kept, whatever
    it shows. Raises ObservationError when one id stands for two different looks.
    """
    by_id: dict[str, Look] = {}
    for look in looks:
        if by_id.setdefault(look.id, look) != look:
            raise ObservationError(f"two different looks have the id {look.id!r}", fix="give each look its own id")
    groups: list[list[Look]] = []
    for look in sorted(by_id.values(), key=lambda k: (k.sensor, k.time, k.id)):
        last = groups[-1] if groups else None
        if last and last[0].sensor == look.sensor and look.time - last[0].time <= SAME_ACQUISITION:
            last.append(look)
        else:
            groups.append([look])
    kept, copies, notes = [], {}, []
    for group in groups:
        best = min(group, key=lambda k: (-k.usable, -(k.p_detect if k.p_detect is not None else -1.0), k.id))
        kept.append(best)
        copies[best.id] = tuple(group)
        if len(group) > 1:
            others = ", ".join(k.id for k in group if k is not best)
            notes.append(f"{best.id} and {others} are one acquisition and count once")
    kept.sort(key=lambda k: (k.time, k.id))
    return kept, copies, notes


def _origins(situation: Situation, looks: Sequence[Look]) -> tuple[str, ...]:
    return tuple(sorted({look_origin(situation, look) for look in looks}))


def look_origin(situation: Situation, look: Look) -> str:
    """The origin group behind a look."""
    if look.source is not None:
        source = situation.source(look.source)
        return origin_group(source) if source is not None else look.source
    return OWN_PICTURES if look.scene is not None else UNSTATED
