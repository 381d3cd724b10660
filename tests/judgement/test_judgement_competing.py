"""Competing hypotheses: examples worked by hand, and what must hold for any table."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.claims import Source
from offing.judgement.competing import analyse
from offing.judgement.competing_items import POINTS, STEPS
from offing.judgement.competing_model import AchItem, Competing, Hypothesis
from offing.judgement.model import Verdict
from offing.looks.model import Look

MARKS = tuple(STEPS)
IDS = ("a", "b", "c")


def table(rows, hypotheses=IDS, refuted=()):
    """Rows are (source, marks in the order of the hypotheses)."""
    return Competing(
        question="Why?",
        hypotheses=tuple(
            Hypothesis(id=h, statement=h.upper(), refuted_by=f"not {h}" if h in refuted else None) for h in hypotheses
        ),
        items=tuple(
            AchItem(item=f"item {n}", source=source, marks=dict(zip(hypotheses, marks.split(), strict=True)))
            for n, (source, marks) in enumerate(rows, 1)
        ),
    )


def said_by(*names, **grades):
    return tuple(Source(id=n, **grades.get(n, {})) for n in names)


def look(name, **changes):
    values = {
        "id": name, "site": "s", "time": datetime(2024, 10, 17, tzinfo=UTC), "sensor": "sar", "status": "clear",
        "usable": 1.0, "reason": "clear", "scene": f"scene-{name}",
    }  # fmt: skip
    return Look(**values | changes)


def verdict(evidence, **changes):
    values = {
        "claim": "k", "element": "origin:x", "statement": "it is so", "verdict": "consistent",
        "likelihood_ratio": None, "probability": None, "power": None, "word": None, "confidence": "low",
        "confidence_reasons": (), "origins": 1, "evidence": evidence,
    }  # fmt: skip
    return Verdict(**values | changes)


def figures(found):
    return {h.id: (h.marked_against, h.points, h.weighted, h.place) for h in found.hypotheses}


def pair(found, first, second):
    return next(p for p in found.pairs if (p.first, p.second) == (first, second))


# Six items against three hypotheses, as in the textbook's example: the first tells nothing, two speak against c, three
# against a. Every item has an origin of its own.
TEXTBOOK = [
    ("s1", "C C C"),
    ("s2", "C C I"),
    ("s3", "C CC I"),
    ("s4", "I C C"),
    ("s5", "I C CC"),
    ("s6", "II C C"),
]


def test_the_shape_of_the_textbook_by_hand():
    found = analyse(table(TEXTBOOK), sources=said_by(*(s for s, _ in TEXTBOOK)))
    assert figures(found) == {"a": (3, 4, 4.0, 3), "b": (0, 0, 0.0, 1), "c": (2, 2, 2.0, 2)}
    assert [(i.number, i.diagnosticity) for i in found.items] == [(3, 3), (5, 3), (6, 3), (2, 2), (4, 2), (1, 0)]
    assert found.order == (("b",), ("c",), ("a",))
    assert found.standing == ("b",)
    assert {(p.first, p.second): p.relation for p in found.pairs} == {
        ("a", "b"): "separated",
        ("a", "c"): "rests-on-one",
        ("b", "c"): "separated",
    }
    assert pair(found, "a", "c").rests_on == ("item:item-6", "origin:s6")
    assert found.sensitivity == (
        msgspec.convert({"without": "item:item-6", "order": [["b"], ["a", "c"]]}, type(found.sensitivity[0])),
        msgspec.convert({"without": "origin:s6", "order": [["b"], ["a", "c"]]}, type(found.sensitivity[0])),
    )
    assert found.outcome == (
        "Least speaks against b. More speaks against a than against b. More speaks against c than against b."
    )
    assert next(h for h in found.hypotheses if h.id == "a").nearly_refuted_by == (6,)
    assert next(i for i in found.items if i.number == 1).aside is not None


def test_one_item_carries_no_separation():
    found = analyse(table([("s1", "I C C")], refuted=("a",)), sources=said_by("s1"))
    assert figures(found)["a"] == (1, 1, 1.0, 3)
    assert pair(found, "a", "b").relation == "rests-on-one"
    assert pair(found, "a", "b").less == "b"
    assert [(t.refutes, t.if_seen) for t in pair(found, "a", "b").would_tell] == [("a", "not a")]
    assert found.standing == IDS
    assert found.outcome.startswith("Not separated: a, b and c;")
    assert "Nothing is written down that would refute b or c." in found.notes


def test_one_origin_counts_once_by_its_strongest_mark():
    sources = (Source(id="s1", origin="o"), Source(id="s2", origin="o"), Source(id="s3"))
    found = analyse(table([("s1", "I C C"), ("s2", "II C I"), ("s3", "I C C")]), sources=sources)
    assert figures(found) == {"a": (3, 3, 3.0, 3), "b": (0, 0, 0.0, 1), "c": (1, 1, 1.0, 2)}
    group = next(o for o in found.origins if o.origin == "o")
    assert (group.items, group.disagree, group.points) == ((1, 2), ("a", "c"), {"a": 2, "b": 0, "c": 1})
    assert any("item-1 and item-2 go back to one origin (o)" in n and "differ for a and c" in n for n in found.notes)


def test_origins_that_agree_are_said_to():
    sources = (Source(id="s1", origin="o"), Source(id="s2", origin="o"))
    found = analyse(table([("s1", "I C C"), ("s2", "I C C")]), sources=sources)
    assert [i.copy_of for i in found.items] == [None, 1]
    assert "item-1 and item-2 go back to one origin (o) and count once; they are marked alike." in found.notes


@pytest.mark.parametrize(
    ("grades", "weight"),
    [
        ({"reliability": "A", "credibility": 1}, 1.5),
        ({"reliability": "B", "credibility": 2}, 1.5),
        ({"reliability": "B", "credibility": 3}, 1.0),
        ({"reliability": "C", "credibility": 1}, 1.0),
        ({"reliability": "A"}, 1.0),
        ({}, 1.0),
        ({"reliability": "D", "credibility": 1}, 0.5),
        ({"reliability": "A", "credibility": 4}, 0.5),
        ({"reliability": "F", "credibility": 6}, 0.5),
    ],
)
def test_grades_weigh_a_point(grades, weight):
    found = analyse(table([("s", "II C C")]), sources=(Source(id="s", **grades),))
    assert figures(found)["a"][:3] == (1, 2, 2 * weight)


def test_a_better_graded_copy_weighs_no_more_than_its_origin():
    sources = (
        Source(id="o", reliability="D", credibility=3),
        Source(id="copy", origin="o", quotes=("o",), reliability="A", credibility=1),
    )
    alone = analyse(table([("o", "II C C")]), sources=sources)
    both = analyse(table([("o", "II C C"), ("copy", "II C C")]), sources=sources)
    assert figures(alone)["a"][2] == figures(both)["a"][2] == 1.0


def test_a_relay_does_not_speak_for_an_origin_that_is_not_listed():
    sources = (
        Source(id="first", origin="o", reliability="D"),
        Source(id="relay", origin="o", quotes=("first",), reliability="A", credibility=1),
    )
    found = analyse(table([("relay", "I C C")]), sources=sources)
    assert figures(found)["a"][2] == 0.5


def test_plain_and_weighed_points_may_disagree():
    sources = said_by(
        "s1", "s2", "s3", s1={"reliability": "A", "credibility": 1}, s2={"reliability": "E"}, s3={"reliability": "E"}
    )
    found = analyse(table([("s1", "I C C"), ("s2", "C I C"), ("s3", "C I C")]), sources=sources)
    assert figures(found) == {"a": (1, 1, 1.5, 2), "b": (2, 2, 1.0, 3), "c": (0, 0, 0.0, 1)}
    assert pair(found, "a", "b").relation == "counts-disagree"
    assert pair(found, "a", "b").less is None


def test_a_mark_left_out_is_neutral_and_said():
    competing = Competing(
        question="Why?",
        hypotheses=table([]).hypotheses,
        items=(AchItem(item="i", source="s", marks={"a": "I"}, id="crane"),),
    )
    found = analyse(competing, sources=said_by("s"))
    assert found.items[0].marks == {"a": "I", "b": "N", "c": "N"}
    assert found.items[0].unmarked == ("b", "c")
    assert "Left unmarked and taken as N: crane for b, crane for c." in found.notes
    assert "No item bears on b or c: all marks are neutral or do not apply." in found.notes


def test_an_item_against_all_says_that_one_may_be_missing():
    found = analyse(table([("s", "I II I")]), sources=said_by("s"))
    assert figures(found)["b"][:2] == (1, 2)
    assert "item-1 speaks against every hypothesis: one may be missing from the list." in found.notes


def test_looks_are_of_the_origin_of_their_source():
    looks = (look("1", source="s1", scene=None), look("2"), look("3"))
    found = analyse(
        table([("look:1", "I C C"), ("s2", "I C C"), ("look:2", "I C C"), ("look:3", "I C C")]),
        sources=(Source(id="s1", origin="o"), Source(id="s2", origin="o")),
        looks=looks,
    )
    assert {i.number: i.origins for i in found.items} == {
        1: ("o",),
        2: ("o",),
        3: ("own pictures",),
        4: ("own pictures",),
    }
    assert figures(found)["a"][:2] == (4, 2)


def test_a_verdict_adds_nothing_to_the_looks_it_rests_on():
    looks = (look("1", source="s1", scene=None), look("2"))
    rows = [("look:1", "I C C"), ("look:2", "I C C")]
    without = analyse(table(rows), sources=said_by("s1"), looks=looks)
    given_verdict = verdict(("look:1", "look:2"))
    for mark, points in (("I", 2), ("II", 2)):
        with_it = analyse(
            table([*rows, ("verdict:k/origin:x", f"{mark} C C")]), sources=said_by("s1"), looks=looks,
            verdicts=(given_verdict,),
        )  # fmt: skip
        assert figures(with_it)["a"][1] == figures(without)["a"][1] == points
    alone = analyse(
        table([("verdict:k/origin:x", "II C C")]), sources=said_by("s1"), looks=looks, verdicts=(given_verdict,)
    )
    assert figures(alone)["a"][1] == 2
    assert alone.items[0].origins == ("own pictures", "s1")


@pytest.mark.parametrize("named", ["look:gone", "verdict:k/gone", "nobody"])
def test_what_is_not_there_counts_for_nothing(named):
    found = analyse(table([(named, "II C C")]), sources=said_by("s"))
    assert figures(found)["a"] == (1, 0, 0.0, 1)
    assert found.items[0].missing
    assert f"Not counted: item-1 ({named} is not in this case)." in found.notes


def test_simulated_items_do_not_mix_with_real_ones():
    looks = (look("made", simulated=True),)
    mixed = analyse(table([("look:made", "II C C"), ("s", "C I C")]), sources=said_by("s"), looks=looks)
    assert figures(mixed) == {"a": (1, 0, 0.0, 1), "b": (1, 1, 1.0, 3), "c": (0, 0, 0.0, 1)}
    assert not mixed.simulated
    assert next(i for i in mixed.items if i.number == 1).simulated
    alone = analyse(table([("look:made", "II C C")]), looks=looks)
    assert figures(alone)["a"][1] == 2
    assert alone.simulated


def test_more_items_of_several_origins_than_can_be_tried_are_said():
    looks = tuple(look(str(n), source=f"s{n}", scene=None) for n in range(24))
    pairs = tuple(verdict((f"look:{n}", f"look:{n + 1}"), element=f"e{n}") for n in range(0, 24, 2))
    rows = [(f"verdict:k/{v.element}", "I C C") for v in pairs]
    found = analyse(table(rows), sources=said_by(*(f"s{n}" for n in range(24))), looks=looks, verdicts=pairs)
    assert figures(found)["a"][:2] == (12, 8)
    assert "Of the items of several origins against a, at most 8 are counted." in found.notes


def test_nothing_to_go_by():
    found = analyse(table([]))
    assert found.outcome == "Not separated: a, b and c; no item that tells them apart speaks against any of them."
    assert found.order == (IDS,)


SOURCES = (
    Source(id="s1", reliability="B", credibility=2),
    Source(id="s2", origin="s1", quotes=("s1",), reliability="F"),
    Source(id="s3", reliability="E"),
    Source(id="s4"),
    Source(id="s5", origin="x", reliability="C", credibility=3),
    Source(id="s6", origin="x", quotes=("s5",), reliability="A", credibility=1),
)
LOOKS = (look("1", source="s3", scene=None), look("2"))
VERDICTS = (verdict(("look:1", "look:2")), verdict(("look:2",), element="cargo"))
NAMED = [s.id for s in SOURCES] + ["look:1", "look:2", "verdict:k/origin:x", "verdict:k/cargo"]
row = st.tuples(st.sampled_from(NAMED), st.lists(st.sampled_from(MARKS), min_size=3, max_size=3).map(" ".join))
rows_of = st.lists(row, max_size=7)
REPEAT = settings(max_examples=120, deadline=None)


def judged(rows, hypotheses=IDS):
    return analyse(table(rows, hypotheses), sources=SOURCES, looks=LOOKS, verdicts=VERDICTS)


def essence(found):
    """What must not depend on how the table is written down."""
    return (
        {h.id: (h.points, h.weighted, h.place, h.independent_against) for h in found.hypotheses},
        {frozenset((p.first, p.second)): (p.relation, p.less) for p in found.pairs},
        [set(tier) for tier in found.order],
        set(found.standing),
    )


@REPEAT
@given(rows_of, st.sampled_from(NAMED), st.sampled_from(MARKS), st.integers(0, 7))
def test_an_item_that_tells_nothing_apart_changes_nothing(rows, source, mark, place):
    at = min(place, len(rows))
    more = [*rows[:at], (source, " ".join([mark] * 3)), *rows[at:]]
    assert essence(judged(more)) == essence(judged(rows))


@REPEAT
@given(st.lists(row, min_size=1, max_size=6), st.data())
def test_copies_change_nothing(rows, data):
    source, marks = data.draw(st.sampled_from(rows))
    copies = {
        "s1": "s2",
        "s2": "s1",
        "s5": "s6",
        "s6": "s5",
        "s3": "look:1",
        "look:1": "s3",
        "look:2": "verdict:k/cargo",
    }
    copied = data.draw(st.sampled_from([source, copies.get(source, source)]))
    assert essence(judged([*rows, (copied, marks)])) == essence(judged(rows))


@REPEAT
@given(rows_of, st.permutations(range(3)), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(rows, columns, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    turned = [(source, " ".join(marks.split()[c] for c in columns)) for source, marks in shuffled]
    assert essence(judged(turned, tuple(IDS[c] for c in columns))) == essence(judged(rows))


@REPEAT
@given(rows_of, row)
def test_an_item_never_takes_points_away(rows, more):
    before, after = judged(rows), judged([*rows, more])
    for a, b in zip(before.hypotheses, after.hypotheses, strict=True):
        assert b.points >= a.points
        assert b.weighted >= a.weighted
        if POINTS[more[1].split()[IDS.index(a.id)]] == 0:
            assert (b.points, b.weighted) == (a.points, a.weighted)


@REPEAT
@given(rows_of)
def test_points_are_the_best_choice_of_items_without_a_common_origin(rows):
    found = judged(rows)
    for h in found.hypotheses:
        counting = [i for i in found.items if i.aside is None]
        best = 0
        for chosen in range(1 << len(counting)):
            items = [i for n, i in enumerate(counting) if chosen >> n & 1]
            origins = [o for i in items for o in i.origins]
            if len(origins) == len(set(origins)):
                best = max(best, sum(POINTS[i.marks[h.id]] for i in items))
        assert h.points == best


@REPEAT
@given(rows_of)
def test_told_apart_means_whichever_item_or_origin_is_left_out(rows):
    found = judged(rows)
    for p in found.pairs:
        if p.relation == "separated":
            for n in range(len(rows)):
                left = judged([r for i, r in enumerate(rows) if i != n])
                assert pair(left, p.first, p.second).less == p.less


def test_as_json_and_back():
    found = judged([("s1", "I C C"), ("look:1", "C II NA")])
    assert msgspec.json.decode(msgspec.json.encode(found), type=type(found)) == found
