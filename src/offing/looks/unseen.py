"""When a call of a stated length could have begun and passed without a look that sees."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from offing.geo import LonLat
from offing.looks.beginnings import HOUR, Stretch, beginnings, instant, length_ticks, ticks
from offing.looks.call_model import Pattern, UnseenCalls
from offing.looks.distinct import distinct
from offing.looks.gaps import USUAL, Seeing
from offing.looks.model import Look
from offing.looks.sights import BLIND
from offing.timespan import TimeSpan


def unseen_calls(
    looks: Iterable[Look],
    site: str,
    span: TimeSpan,
    length_h: float,
    *,
    place: LonLat,
    pattern: Pattern = "any",
    seeing: Seeing = USUAL,
    whole: bool = False,
) -> UnseenCalls:
    """The beginnings in ``span`` of calls of ``length_h`` hours at ``site`` that no look that sees would have met.

    A call is there from its beginning up to, but not at, its end; a look at its first instant meets it. ``pattern`` and
    ``whole`` as in ``offing.looks.power.power_of_calls``: unless ``whole``, a call only has to begin in the span, and
    looks after the span count. Nothing is said of calls that began before the span. Raises OffingError for a length
    that is none, ObservationError for two looks of one id.
    """
    length = length_ticks(length_h)
    begin = beginnings(span, place, pattern, length, whole=whole)
    sees = [k for k in distinct([k for k in looks if k.site == site]).kept if k.status not in BLIND and seeing.by(k)]
    at = [ticks(k.time) for k in sees]
    missed = _missed(at, begin, length)
    met = [k for k, t in zip(sees, at, strict=True) if _meets(t, begin, length)]
    return UnseenCalls(
        site=site,
        span=span,
        length_h=length_h,
        pattern=pattern,
        whole=whole,
        begins_h=sum(c - a for a, c in begin) / HOUR,
        beginnings=tuple(TimeSpan(start=instant(a), end=instant(c)) for a, c in missed),
        seeing=len(met),
        undeclared=sum(k.p_detect is None for k in met),
    )


def _meets(at: int, begin: Sequence[Stretch], length: int) -> bool:
    """Whether a call that may be meets a look at that instant."""
    k = bisect_left(begin, at - length, key=lambda b: b[1])
    return k < len(begin) and begin[k][0] <= at


def _missed(at: Sequence[int], begin: Sequence[Stretch], length: int) -> list[Stretch]:
    """Beginnings from which none of the instants ``at`` (rising) is met; single instants are left out."""
    found: list[Stretch] = []
    i = 0
    for a, c in begin:
        # Looks before this stretch meet no call that begins in it, nor in any later one.
        while i < len(at) and at[i] < a:
            i += 1
        free, k = a, i
        while free < c and k < len(at):
            # A call that begins after at[k] − length and up to at[k] meets that look.
            if at[k] - length > free:
                found.append((free, min(at[k] - length, c)))
            free, k = max(free, at[k]), k + 1
        if free < c:
            found.append((free, c))
    return found
