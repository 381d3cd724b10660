"""When the ship seen in a look came and left, given all looks: her chain followed backwards and forwards.

The distribution functions are exact at the instants where they are computed (the looks, and distances from hers that
grow by an eighth each); between two of them they are taken as straight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from offing.movements.model import CallTime
from offing.movements.passes import Array, Scaled
from offing.movements.weighed import Weighed, World

NEGLIGIBLE = 0.01
"""The distribution is followed until no more than this is left."""

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
_GROWTH = 1.125
_MOST_STAYS = 40.0
"""Nothing is followed farther than this many median stays and 95 % stays together."""

Side = Literal["before", "after"]
Mark = tuple[datetime, float]
"""An instant, and the probability that the ship was there without a break from then to her look (or the reverse)."""


def times_of_call(weighed: Weighed, look: int, side: Side, apart: AbstractSet[int] = frozenset()) -> CallTime:
    """When the ship seen in the look of this index came (``before``) or left (``after``).

    The look shows a ship (it names one or more); where it names several, she is any one of them. ``apart``: indices of
    looks whose ships are others: she was not seen in them.
    """
    return _quantiles(stays(weighed, look, side, apart), side)


def stays(weighed: Weighed, look: int, side: Side, apart: AbstractSet[int] = frozenset()) -> list[Mark]:
    """P(she was there all the time between an instant and her look), at growing distances from the look."""
    walks = [_Walk(world, look, side, apart) for world in weighed.worlds]
    whole = sum(walk.whole for walk in walks)
    marks: list[Mark] = [(weighed.readings[look].time, whole)]
    seen: list[tuple[int, float]] = []
    for leg in _legs(weighed, look, side):
        marks += zip(leg, map(sum, zip(*(walk.along(leg) for walk in walks), strict=True)), strict=True)
        if marks[-1][1] < NEGLIGIBLE * (whole - sum(gone for _, gone in seen)):
            break
        seen.append((len(marks), sum(walk.take_look() for walk in walks)))
    # Where she was seen in a look that shows another ship, she is not the one meant: that share goes out of all.
    rest = whole - sum(gone for _, gone in seen)
    return [
        (instant, min(max((there - sum(gone for at, gone in seen if at > i)) / rest, 0.0), 1.0))
        for i, (instant, there) in enumerate(marks)
    ]


def _legs(weighed: Weighed, look: int, side: Side) -> Iterator[list[datetime]]:
    """Instants going away from the look, cut at the looks passed: the last of each leg is a look, but for the last."""
    sign = -1 if side == "before" else 1
    times = [r.time for r in weighed.readings]
    passed = times[:look][::-1] if side == "before" else times[look + 1 :]
    stay = weighed.flow.stay
    median = min(part.p50 for part in stay.parts)
    step, end = max(median / 64.0, 1.0 / 60.0), 2.0 * stay.p95 + _MOST_STAYS * median
    marks = [step]
    while marks[-1] < end:
        marks.append(marks[-1] + max(step, (_GROWTH - 1.0) * marks[-1]))
    k = 0
    for there in passed:
        far = abs((there - times[look]).total_seconds()) / 3600.0
        leg = []
        while k < len(marks) and marks[k] < far - step / 2:
            leg.append(times[look] + sign * timedelta(minutes=round(60.0 * marks[k])))
            k += 1
        yield [*leg, there]
        if k == len(marks):
            return
    yield [times[look] + sign * timedelta(minutes=round(60.0 * m)) for m in marks[k:]]


class _Walk:
    """The marked ship of one world on her way from her look, back to when she came or on to when she left."""

    def __init__(self, world: World, look: int, side: Side, apart: AbstractSet[int]) -> None:
        self.world, self.side, self.apart = world, side, apart
        passes, marked = world.passes, world.marked
        ahead, behind = marked.spread(passes.before[look]), marked.value(passes.after[look])
        seen = marked.shown(look, "seen")[None]
        self.state = (behind if side == "before" else ahead) * seen
        self.scale = passes.back[look] if side == "before" else passes.scales[look]
        self.look, self.now = look, passes.minutes[look]
        self.whole = world.scaled(float((ahead * seen * behind).sum()), passes.scales[look] + passes.back[look])

    def along(self, leg: Sequence[datetime]) -> list[float]:
        """Joint weight that she is there at each instant of a leg and from there to her look, given all looks."""
        out = []
        for instant, (rest, scale) in zip(leg, self._rest(leg), strict=True):
            moved, self.now = self.now, self.world.passes.minute(instant)
            if self.side == "before":
                self.state = self.world.marked.retreated(self.state, moved - self.now)
                joint = self.world.marked.spread(rest) * self.state
            else:
                self.state = self.world.marked.advanced(self.state, self.now - moved)
                joint = self.world.marked.value(rest) * self.state
            out.append(self.world.scaled(float(joint.sum()), scale + self.scale))
        return out

    def _rest(self, leg: Sequence[datetime]) -> list[Scaled]:
        """What the looks beyond say at each instant of a leg, the one at its end included."""
        passes = self.world.passes
        if self.side == "before":
            return passes.stepped_on(self.look - 1, leg[::-1])[::-1]
        return passes.stepped_back(self.look + 1, leg[::-1])[::-1]

    def take_look(self) -> float:
        """She passes the next look on her way; the weight with which she is seen in it where that is another ship."""
        passes, marked = self.world.passes, self.world.marked
        self.look += -1 if self.side == "before" else 1
        if not 0 <= self.look < len(passes.readings):
            return 0.0
        gone, her = 0.0, marked.shown(self.look, "unseen" if self.look in self.apart else "either")
        if self.look in self.apart:
            seen = self.state * marked.shown(self.look, "seen")[None]
            gone = self._joint(seen)
        self.state = self.state * her[None]
        top = float(self.state.max())
        if top > 0.0:
            self.state, self.scale = self.state / top, self.scale + math.log(top)
        return gone

    def _joint(self, state: Array) -> float:
        """Joint weight at a look that is in ``state`` already."""
        passes, marked = self.world.passes, self.world.marked
        if self.side == "before":
            rest, scale = marked.spread(passes.before[self.look]), passes.scales[self.look]
        else:
            rest, scale = marked.value(passes.after[self.look]), passes.back[self.look]
        return self.world.scaled(float((rest * state).sum()), scale + self.scale)


def _quantiles(curve: Sequence[Mark], side: Side) -> CallTime:
    """Instants by which she had come, or left, with each of ``SHARES``."""
    wanted = SHARES if side == "before" else tuple(1.0 - s for s in SHARES)
    found = [_where(curve, share) for share in wanted]
    return CallTime(p05=found[0], p25=found[1], p50=found[2], p75=found[3], p95=found[4])


def _where(curve: Sequence[Mark], share: float) -> datetime:
    """Where the curve falls to ``share``; its end where it does not."""
    for (t0, f0), (t1, f1) in pairwise(curve):
        if f1 <= share:
            part = (f0 - share) / (f0 - f1) if f0 > f1 else 1.0
            return _to_the_minute(t0 + (t1 - t0) * min(max(part, 0.0), 1.0))
    return curve[-1][0]


def _to_the_minute(instant: datetime) -> datetime:
    return (instant + timedelta(seconds=30)).replace(second=0, microsecond=0)
