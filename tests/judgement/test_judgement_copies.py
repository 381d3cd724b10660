"""Copies never raise anything: one acquisition, one sighting, one origin, however often it is told."""

from datetime import timedelta

import pytest
from conftest_cases import Cases
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from offing.claims import Carrier, Source
from offing.judgement.judge import judge_all
from offing.looks.distinct import distinct
from offing.looks.sensor_names import same_sensor

SOURCES = (
    Source(id="cns"),
    Source(id="cnn", origin="cns"),
    Source(id="aggregator", origin="cns"),
    Source(id="nis"),
)
CONFIDENCES = ("low", "moderate", "high")
WORDS = ("contradicted", "not-corroborated", "not-observable", "consistent", "corroborated")
TOLD = ("planetscope", "PlanetScope", "optical", "planet", "satellite")


def judged(cases, looks, **elements):
    situation = cases.situation(looks, sites=[cases.site(n) for n in ("dunai", "chongjin")], **elements)
    found = judge_all(replace(situation, sources=SOURCES))
    return {v.element: v for v in (*found.verdicts, *found.claims)}


ROW = st.tuples(st.integers(2, 19), st.integers(0, 2), st.floats(0.2, 1.0), st.floats(0.1, 0.95), st.floats(0.0, 0.2))
TELLING = st.tuples(
    st.integers(0, 5), st.sampled_from(["cns", "cnn", "aggregator"]), st.sampled_from(TOLD), st.integers(0, 5)
)


def original(cases, day, ships, usable, p, q):
    time = cases.start + timedelta(days=day - 1, hours=2)
    return cases.look(day, ships, usable=usable, p_detect=p, p_false=q, source="cns", time=time)


@settings(max_examples=20, deadline=None)
@given(st.lists(ROW, min_size=1, max_size=5, unique_by=lambda r: r[0]), st.lists(TELLING, min_size=1, max_size=6))
def test_copies_of_looks_leave_every_number_as_it_is(rows, tellings):
    cases = Cases()
    looks = [original(cases, *row) for row in rows]
    copies = []
    for n, (which, source, sensor, minutes) in enumerate(tellings):
        one = looks[which % len(looks)]
        time = one.time + timedelta(minutes=minutes)
        copies.append(replace(one, id=f"copy-{n}", source=source, sensor=sensor, time=time, usable=one.usable * 0.9))
    carrier = Carrier(classes=("ropucha", "alligator"), count=2)
    alone = judged(cases, looks, carrier=carrier, cargo="troops")
    told = judged(cases, [*looks, *copies], carrier=carrier, cargo="troops")
    for name, verdict in alone.items():
        same = ("verdict", "likelihood_ratio", "probability", "power", "word", "confidence", "origins", "evidence")
        assert [getattr(told[name], f) for f in same] == [getattr(verdict, f) for f in same], name


@settings(max_examples=20, deadline=None)
@given(ROW, ROW, st.sampled_from(TOLD), st.booleans())
def test_two_tellings_weigh_no_more_than_one_of_them(first, second, sensor, declared):
    """Whatever the tellings say of one acquisition, the verdict is that of one telling alone."""
    cases = Cases()
    one = original(cases, *first)
    two = replace(original(cases, first[0], *second[1:]), id="other", source="cnn", sensor=sensor)
    if not declared:
        two = replace(two, p_detect=None)
    around = [original(cases, d, 1, 0.9, 0.8, 0.02) for d in (1, 22)]
    singles = [judged(cases, [*around, k]) for k in (one, two)]
    both = judged(cases, [*around, one, two])
    for name in ("destination", "window", "claim"):
        outcome = (both[name].likelihood_ratio, both[name].power, both[name].verdict)
        assert outcome in [(s[name].likelihood_ratio, s[name].power, s[name].verdict) for s in singles]
        assert CONFIDENCES.index(both[name].confidence) <= max(CONFIDENCES.index(s[name].confidence) for s in singles)
        assert both[name].origins == 1


def test_a_table_and_a_picture_of_one_scene_are_one_look():
    cases = Cases()
    picture = cases.look(10, 1, scene="s2-scene", sensor="sentinel-2b", source=None, usable=0.8, name="picture")
    table = cases.look(10.002, 1, sensor="Sentinel-2", source="cns", usable=0.9, name="table")
    later = cases.look(10.3, 1, scene="s2-scene", sensor="other", source=None, usable=0.1, name="again")
    got = distinct([picture, table, later])
    assert [k.id for k in got.kept] == ["table"]
    assert {k.id for k in got.copies["table"]} == {"picture", "table", "again"}


def test_a_sighting_told_again_by_the_day_alone_is_the_one_of_that_day():
    cases = Cases()
    timed = original(cases, 10, 1, 0.9, 0.8, 0.01)
    day = replace(timed, id="told", time=cases.start + timedelta(days=9), source="cnn", sensor="satellite")
    alone, both = judged(cases, [timed]), judged(cases, [timed, day])
    assert both["destination"].likelihood_ratio == alone["destination"].likelihood_ratio
    assert any("one acquisition and count once" in r for r in both["destination"].reasons)
    # Another origin's look of that day, and another look of the same source, are looks of their own.
    for other in (replace(day, source="nis"), replace(day, source="cns")):
        assert len(distinct([timed, other], lambda k: "cns" if k.source != "nis" else "nis").kept) == 2


def test_a_copy_without_a_source_is_no_origin_of_its_own():
    cases = Cases()
    looks = [original(cases, d, 1, 0.9, 0.8, 0.01) for d in (9, 10)]
    bare = replace(looks[0], id="bare", source=None)
    alone, both = judged(cases, looks), judged(cases, [*looks, bare])
    assert both["destination"].origins == alone["destination"].origins == 1
    assert both["destination"].confidence == alone["destination"].confidence
    assert judged(cases, [bare])["destination"].origins == 1


def test_tellings_that_differ_are_said_to():
    cases = Cases()
    one = original(cases, 10, 1, 0.9, 0.8, 0.01)
    other = replace(original(cases, 10, 0, 0.8, 0.8, 0.01), id="other", source="nis")
    got = judged(cases, [one, other])["destination"]
    assert any("they differ in what they show" in r for r in got.reasons)


def test_a_telling_that_says_nothing_displaces_none_that_does():
    cases = Cases()
    one = original(cases, 10, 0, 0.7, 0.8, 0.01)
    blind = [replace(one, id="night", status="night", usable=1.0), replace(one, id="bare", p_false=None, usable=1.0)]
    assert [k.id for k in distinct([one, *blind]).kept] == [one.id]


def test_what_a_copy_tells_of_the_cargo_is_not_lost_and_counts_once():
    cases = Cases()
    own = cases.look(10, 1, usable=0.95, scene="scene", source=None, name="own")
    told = replace(own, id="told", scene=None, source="cns", usable=0.9,
                   observations=(replace(own.observations[0], activity="unloading by crane"),))  # fmt: skip
    alone, both = (judged(cases, looks, activity="unloading") for looks in ([own], [own, told]))
    assert both["activity"].verdict == "consistent"
    assert both["activity"].evidence == ("look:told",)
    assert both["activity"].origins == 1
    assert both["destination"].likelihood_ratio == alone["destination"].likelihood_ratio


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("sentinel-1a", "Sentinel-1A", True),
        ("sentinel-1", "S1A", True),
        ("s2b", "sentinel-2", True),
        ("sentinel-2a", "sentinel-2b", False),
        ("SAR", "sentinel-1a", True),
        ("sar", "iceye-x7", True),
        ("sar", "planetscope", False),
        ("rgb", "skysat", True),
        ("sensor-1", "sensor-12", False),
        ("sensor-0", "sensor-1", False),
        ("planetscope", "worldview-3", False),
    ],
)
def test_names_of_sensors(a, b, same):
    assert same_sensor(a, b) is same
    assert same_sensor(b, a) is same


def test_a_copy_that_names_the_ship_is_no_second_call():
    from offing.looks.model import Observation
    from offing.movements.call_posteriors import weighed_calls
    from offing.vessels.classes import library

    cases = Cases()
    looks = [original(cases, d, 1 if d == 10 else 0, 0.9, 0.8, 0.01) for d in (8, 10, 12)]
    named = replace(looks[1], id="named", source="cnn", usable=0.8,
                    observations=(Observation(seen="yes", vessel_class="ropucha", vessel="oslyabya"),))  # fmt: skip
    alone, told = (weighed_calls(k, ["any"], [cases.site()], library(())).calls for k in (looks, [*looks, named]))
    assert len(told) == len(alone) == 1
    assert set(told[0].looks) == {looks[1].id, "named"}


@pytest.mark.parametrize("declared", [True, False])
def test_an_origin_is_dropped_with_all_that_relay_it(declared):
    cases = Cases()
    looks = [replace(original(cases, d, 1, 0.9, 0.8, 0.01), source=s) for d, s in ((9, "cns"), (11, "cnn"))]
    looks = looks if declared else [replace(k, p_detect=None) for k in looks]
    got = judged(cases, looks)["destination"]
    rows = {r.without: r for r in got.sensitivity}
    assert {"source:cns", "source:cnn", "origin:cns"} <= set(rows)
    assert rows["origin:cns"].verdict == "not-observable"
    assert "origin:cns" in {r.without for r in judged(cases, looks)["claim"].sensitivity}
    alone = judged(cases, [replace(k, source="cns") for k in looks])["destination"]
    assert "origin:cns" not in {r.without for r in alone.sensitivity}
