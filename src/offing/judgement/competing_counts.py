"""What speaks against each hypothesis: points, once for each origin, plain and weighed."""

from __future__ import annotations

from collections.abc import Sequence

from offing.judgement.competing_items import POINTS
from offing.judgement.competing_result import JudgedItem, OriginCount
from offing.records import Record

MOST_JOINING = 8
"""Items against one hypothesis that go back to several origins and say more than items of these origins do: later ones
than so many are not counted, since every choice of them is tried."""

Order = tuple[tuple[str, ...], ...]
"""Hypotheses, fewest points first; those with equal points together."""


class Tally(Record, frozen=True):
    """Points against each hypothesis."""

    plain: dict[str, int]
    weighted: dict[str, float]
    independent: dict[str, int]
    """Items of different origins that the plain points were counted from."""


def tally(items: Sequence[JudgedItem], hypotheses: Sequence[str]) -> Tally:
    """The points of the items that count: of those that share an origin, the strongest against a hypothesis.

    What is counted is the choice of items without a common origin that speaks most against the hypothesis, so that
    no item ever lowers the points and no copy raises them.
    """
    counting = sorted((i for i in items if i.aside is None and i.against), key=lambda i: i.number)
    plain, weighted, independent = {}, {}, {}
    for h in hypotheses:
        points = [(frozenset(i.origins), POINTS[i.marks[h]], i.weight) for i in counting if h in i.against]
        best, independent[h] = _most([(origins, float(n)) for origins, n, _ in points])
        plain[h] = round(best)
        weighted[h] = _most([(origins, n * weight) for origins, n, weight in points])[0]
    return Tally(plain=plain, weighted=weighted, independent=independent)


def order_of(points: dict[str, int]) -> Order:
    """The hypotheses by their points; those with equal points together, as they were given."""
    return tuple(tuple(h for h in points if points[h] == n) for n in sorted(set(points.values())))


def origin_counts(items: Sequence[JudgedItem], hypotheses: Sequence[str]) -> tuple[OriginCount, ...]:
    """Each origin with the items that go back to it, alone or beside others; items that tell nothing apart too."""
    bearing = sorted((i for i in items if i.aside is None or i.diagnosticity == 0), key=lambda i: i.number)
    found = []
    for origin in dict.fromkeys(o for i in bearing for o in i.origins):
        members = [i for i in bearing if origin in i.origins]
        found.append(
            OriginCount(
                origin=origin,
                items=tuple(i.number for i in members),
                points={
                    h: max((POINTS[i.marks[h]] for i in members if i.aside is None), default=0) for h in hypotheses
                },
                disagree=tuple(h for h in hypotheses if len({i.marks[h] for i in members}) > 1),
            )
        )
    return tuple(found)


def _most(points: Sequence[tuple[frozenset[str], float]]) -> tuple[float, int]:
    """The greatest sum over items without a common origin, and how many items make it up."""
    single: dict[str, float] = {}
    joining: dict[tuple[frozenset[str], float], None] = {}
    for origins, value in points:
        if len(origins) == 1:
            (origin,) = origins
            single[origin] = max(single.get(origin, 0.0), value)
        else:
            joining[origins, value] = None
    # An item that says no more than the items of its origins say together is never the better choice.
    more = [(origins, value) for origins, value in joining if value > sum(single.get(o, 0.0) for o in origins)]
    return _best(single, more[:MOST_JOINING], frozenset())


def _best(
    single: dict[str, float], joining: Sequence[tuple[frozenset[str], float]], taken: frozenset[str]
) -> tuple[float, int]:
    """The best choice, each joining item tried with and without; among equals, of more items."""
    if not joining:
        left = [value for origin, value in single.items() if origin not in taken]
        return sum(left), len(left)
    origins, value = joining[0]
    without = _best(single, joining[1:], taken)
    if origins & taken:
        return without
    total, number = _best(single, joining[1:], taken | origins)
    return max(without, (total + value, number + 1))
