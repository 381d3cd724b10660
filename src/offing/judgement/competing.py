"""Analysis of competing hypotheses: what speaks against each, and whether the items tell them apart.

After Heuer, *Psychology of Intelligence Analysis* (CIA, 1999), chapter 8: the hypothesis with the least against it
stands, not the one with the most for it; an item that sits alike with all tells nothing and is set aside; the result is
tried by leaving items out. I counts one point and II two, as in the ACH software (help of Open Source ACH, "Rate
Consistency of Evidence"), where grades may raise or lower what a point weighs. Added here: one origin counts once, and
two hypotheses are told apart only where plain and weighed points agree and no single item or origin carries it. No
figure is a probability.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from offing.claims import Source
from offing.judgement.competing_counts import Tally, order_of, origin_counts, tally
from offing.judgement.competing_items import Material, judged_items
from offing.judgement.competing_model import Competing, Hypothesis
from offing.judgement.competing_result import (
    Analysis,
    HypothesisScore,
    JudgedItem,
    Pair,
    Relation,
    WithoutOne,
    WouldTell,
)
from offing.judgement.competing_words import notes, outcome, pair_words
from offing.judgement.model import Verdict
from offing.looks.model import Look


def analyse(
    competing: Competing,
    *,
    sources: Sequence[Source] = (),
    looks: Sequence[Look] = (),
    verdicts: Sequence[Verdict] = (),
) -> Analysis:
    """One analysis, judged. An item whose look or verdict is not given is set aside and marked as missing."""
    items = judged_items(competing, Material(sources=tuple(sources), looks=tuple(looks), verdicts=tuple(verdicts)))
    ids = [h.id for h in competing.hypotheses]
    counted = tally(items, ids)
    without = dict(_left_out(items, ids))
    pairs = tuple(_pair(a, b, counted, without) for a, b in combinations(competing.hypotheses, 2))
    behind = {_other(p) for p in pairs if p.relation == "separated"}
    standing = tuple(h for h in ids if h not in behind)
    order = order_of(counted.plain)
    origins = origin_counts(items, ids)
    scores = tuple(_score(h, items, counted) for h in competing.hypotheses)
    return Analysis(
        question=competing.question,
        hypotheses=scores,
        items=items,
        origins=origins,
        order=order,
        pairs=pairs,
        standing=standing,
        sensitivity=tuple(
            WithoutOne(without=name, order=order_of(left.plain))
            for name, left in without.items()
            if order_of(left.plain) != order
        ),
        outcome=outcome(scores, pairs, standing),
        notes=notes(scores, items, origins),
        simulated=any(i.simulated and i.aside is None for i in items),
    )


def _score(hypothesis: Hypothesis, items: Sequence[JudgedItem], counted: Tally) -> HypothesisScore:
    h = hypothesis.id
    against = sorted((i for i in items if i.aside is None and h in i.against), key=lambda i: i.number)
    return HypothesisScore(
        id=h,
        statement=hypothesis.statement,
        refuted_by=hypothesis.refuted_by,
        place=1 + sum(p < counted.plain[h] for p in counted.plain.values()),
        marked_against=sum(h in i.against for i in items),
        independent_against=counted.independent[h],
        points=counted.plain[h],
        weighted=counted.weighted[h],
        against=tuple(i.number for i in against),
        nearly_refuted_by=tuple(i.number for i in against if i.marks[h] == "II"),
        untested=all(i.marks[h] in ("N", "NA") for i in items if not i.missing),
    )


def _left_out(items: Sequence[JudgedItem], ids: Sequence[str]) -> Iterator[tuple[str, Tally]]:
    """The tally without each item (and its copies), and without each origin, where it has more than one item."""
    counting = sorted((i for i in items if i.aside is None), key=lambda i: i.number)
    for item in counting:
        if item.copy_of is None and item.against:
            yield f"item:{item.name}", tally([i for i in counting if item.number not in (i.number, i.copy_of)], ids)
    for origin in sorted({o for i in counting for o in i.origins}):
        yield f"origin:{origin}", tally([i for i in counting if origin not in i.origins], ids)


def _pair(a: Hypothesis, b: Hypothesis, counted: Tally, without: Mapping[str, Tally]) -> Pair:
    sign = _sign(counted, a.id, b.id)
    rests = tuple(name for name, left in without.items() if sign and _sign(left, a.id, b.id) != sign)
    relation: Relation
    if counted.plain[a.id] == counted.plain[b.id] and counted.weighted[a.id] == counted.weighted[b.id]:
        relation = "equal"
    elif sign == 0:
        relation = "counts-disagree"
    else:
        relation = "rests-on-one" if rests else "separated"
    less = {1: a.id, -1: b.id}.get(sign)
    tell = [WouldTell(refutes=h.id, if_seen=h.refuted_by) for h in (a, b) if h.refuted_by]
    return Pair(
        first=a.id,
        second=b.id,
        relation=relation,
        less=less,
        why=pair_words(a.id, b.id, relation, counted, rests),
        rests_on=rests,
        would_tell=() if relation == "separated" else tuple(tell),
    )


def _sign(counted: Tally, a: str, b: str) -> int:
    """1: less against a, plain and weighed; −1: less against b; 0: equal, or the two counts do not say the same."""
    plain, weighed = counted.plain[b] - counted.plain[a], counted.weighted[b] - counted.weighted[a]
    if plain > 0 and weighed > 0:
        return 1
    return -1 if plain < 0 and weighed < 0 else 0


def _other(pair: Pair) -> str:
    """The hypothesis of a pair that has more against it."""
    return pair.second if pair.less == pair.first else pair.first
