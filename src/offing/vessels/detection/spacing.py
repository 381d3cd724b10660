"""Which of many looks at a place serve: near in time, and spread over enough of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

APART = timedelta(days=7)
"""A dozen looks as far apart span three months: what is there in all of them is more than a ship that stays a month."""


def spaced(now: datetime, times: Sequence[datetime], most: int) -> list[int]:
    """Indices of at most ``most`` of ``times``: the nearest to ``now`` that lie ``APART`` from one another come first,
    then the nearest of the rest.
    """
    nearest = sorted(range(len(times)), key=lambda i: (abs(times[i] - now), times[i], i))
    kept: list[int] = []
    for i in nearest:
        if len(kept) < most and all(abs(times[i] - times[k]) >= APART for k in kept):
            kept.append(i)
    rest = [i for i in nearest if i not in kept]
    return kept + rest[: most - len(kept)]
