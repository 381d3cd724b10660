"""Which looks are acquisitions of their own: one picture told of twice is one look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from offing.errors import ObservationError
from offing.looks.model import Look
from offing.looks.sensor_names import same_sensor
from offing.records import Record

SAME_ACQUISITION = timedelta(minutes=5)
"""Looks at one site by one sensor within this time are one acquisition, told more than once."""

_BLIND = frozenset({"night", "nodata", "too-coarse", "not-obtained"})

Origin = Callable[[Look], str]
"""The origin group that a look goes back to."""


class Distinct(Record, frozen=True):
    """Looks of which each is an acquisition of its own."""

    kept: tuple[Look, ...]
    """By time."""
    copies: dict[str, tuple[Look, ...]]
    """Id of a look that was kept → all looks that tell of its acquisition."""


def distinct(looks: Sequence[Look], origin: Origin | None = None) -> Distinct:
    """The looks at one site with the copies merged.

    One acquisition are looks at one picture of the case, and looks within five minutes of each other whose sensors can
    be the same. With ``origin`` also a look that another source of the same origin dates to the day alone (00:00 UTC)
    and one of that day. Of several tellings one that says something and declares its probabilities is kept before
    others, then the one with the greatest usable fraction and p_detect, whatever it shows.

    Raises ObservationError when one id stands for two different looks.
    """
    by_id: dict[str, Look] = {}
    for look in looks:
        other = by_id.setdefault(look.id, look)
        if other is not look and other != look:
            raise ObservationError(f"two different looks have the id {look.id!r}", fix="give each look its own id")
    groups = _acquisitions(sorted(by_id.values(), key=lambda k: (k.time, k.id)))
    if origin is not None:
        groups = _by_day(groups, origin)
    kept, copies = [], {}
    for group in groups:
        best = min(group, key=_worse) if len(group) > 1 else group[0]
        kept.append(best)
        copies[best.id] = tuple(group)
    return Distinct(kept=tuple(sorted(kept, key=lambda k: (k.time, k.id))), copies=copies)


def _acquisitions(looks: Sequence[Look]) -> list[list[Look]]:
    """Looks (by time) grouped by picture, or by time and sensor."""
    groups: list[list[Look]] = []
    scenes: dict[str, list[Look]] = {}
    recent: list[list[Look]] = []
    for look in looks:
        recent = [g for g in recent if look.time - g[0].time <= SAME_ACQUISITION]
        group = scenes.get(look.scene) if look.scene else None
        if group is None:
            group = next((g for g in recent if _same(g, look)), None)
        if group is None:
            group = []
            groups.append(group)
            recent.append(group)
        group.append(look)
        if look.scene:
            scenes.setdefault(look.scene, group)
    return groups


def _same(group: Sequence[Look], look: Look) -> bool:
    """Whether every sensor of a group can be the look's."""
    return all(k.sensor == look.sensor or same_sensor(k.sensor, look.sensor) for k in group)


def _by_day(groups: list[list[Look]], origin: Origin) -> list[list[Look]]:
    """Groups dated to the day alone joined to one of that day that another source of their origin tells of."""
    dated = [g for g in groups if all(_day_only(k) for k in g)]
    if not dated:
        return groups
    timed: dict[tuple[datetime, str], list[list[Look]]] = {}
    for group in groups:
        if not all(_day_only(k) for k in group):
            for name in dict.fromkeys(origin(k) for k in group if k.source is not None):
                timed.setdefault((_day(group[0]), name), []).append(group)
    gone = set()
    for group in dated:
        first = group[0]
        for other in timed.get((_day(first), origin(first)), ()):
            sources = {k.source for k in other}
            if all(k.source not in sources and _same(other, k) for k in group):
                other.extend(group)
                gone.add(id(group))
                break
    return [g for g in groups if id(g) not in gone]


def _day_only(look: Look) -> bool:
    return look.source is not None and look.time.time() == time.min


def _day(look: Look) -> datetime:
    return look.time.replace(hour=0, minute=0, second=0, microsecond=0)


def _worse(look: Look) -> tuple[bool, bool, float, float, str]:
    says = look.status not in _BLIND and look.usable > 0.0 and any(o.seen != "indeterminate" for o in look.observations)
    undeclared = look.p_detect is None or look.p_false is None
    return not says, undeclared, -look.usable, -(look.p_detect if look.p_detect is not None else -1.0), look.id
