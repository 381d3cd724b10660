"""Which looks are acquisitions of their own: one picture told of twice is one look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from offing.errors import ObservationError
from offing.looks.model import Look
from offing.records import Record

SAME_ACQUISITION = timedelta(minutes=5)
"""Looks at one site by one sensor within this time are one acquisition, told more than once."""


class Distinct(Record, frozen=True):
    """Looks of which each is an acquisition of its own."""

    kept: tuple[Look, ...]
    """By time."""
    copies: dict[str, tuple[Look, ...]]
    """Id of a look that was kept → all looks that tell of its acquisition."""


def distinct(looks: Sequence[Look]) -> Distinct:
    """The looks at one site with the copies merged.

    Of several tellings of one acquisition the one with the greatest usable fraction and p_detect is kept, whatever
    it shows. Raises ObservationError when one id stands for two different looks.
    """
    by_id: dict[str, Look] = {}
    for look in looks:
        other = by_id.setdefault(look.id, look)
        if other is not look and other != look:
            raise ObservationError(f"two different looks have the id {look.id!r}", fix="give each look its own id")
    named = {k.sensor: k.sensor.casefold() for k in by_id.values()}
    groups: list[list[Look]] = []
    for look in sorted(by_id.values(), key=lambda k: (named[k.sensor], k.time, k.id)):
        first = groups[-1][0] if groups else None
        if first and named[first.sensor] == named[look.sensor] and look.time - first.time <= SAME_ACQUISITION:
            groups[-1].append(look)
        else:
            groups.append([look])
    kept, copies = [], {}
    for group in groups:
        best = min(group, key=_worse) if len(group) > 1 else group[0]
        kept.append(best)
        copies[best.id] = tuple(group)
    return Distinct(kept=tuple(sorted(kept, key=lambda k: (k.time, k.id))), copies=copies)


def _worse(look: Look) -> tuple[float, float, str]:
    return -look.usable, -(look.p_detect if look.p_detect is not None else -1.0), look.id
