"""The example case: valid, honest about what is quoted and unverified, and its simulated part marked so."""

import csv
import json
import os
import re
from pathlib import Path

import pytest
import rasterio

from offing.case.casefile import read_case_file
from offing.geo import LonLat, distance_m
from offing.simulation import stack
from offing.timespan import parse_instant, zone

QUOTED = [
    "grainy",
    "possibly as many as 400",
    "making it difficult to capture evidence",
    "two days later",
    "has likely begun shipping North Korean munitions at scale",
    "indications",
    "An estimated 12,000 North Korean soldiers have been sent to Russia",
]
"""Every fragment in quotation marks in a note of case.yaml."""


@pytest.fixture(scope="session")
def definition(demo_content):
    return read_case_file(demo_content.case_file)


@pytest.fixture(scope="session")
def looks(demo_content):
    with demo_content.observations.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_the_first_lift_is_what_the_design_says(definition) -> None:
    claim = next(c for c in definition.claims if c.id == "nis-lift-1")
    elements = claim.elements
    assert elements.carrier.classes == ("ropucha", "alligator")
    assert elements.carrier.count == 4
    assert elements.origin == ("chongjin", "hungnam", "musudan")
    assert elements.destination == "vladivostok"
    assert elements.window == "2024-10-08/2024-10-13"
    assert (elements.cargo, elements.quantity.value, elements.quantity.unit) == ("troops", 1500, "persons")


def test_all_that_is_said_of_dunais_pictures_goes_back_to_one_origin(definition, looks) -> None:
    groups = {s.id: s.origin for s in definition.sources}
    speaking = {c.source for c in definition.claims if c.id.startswith("cns-")}
    speaking |= {row["source"] for row in looks if row["site"] == "dunai"}
    assert {groups[s] for s in speaking | {"aggregator"}} == {"cns"}


def test_no_probability_is_declared_for_a_published_look(looks) -> None:
    assert all(row["p_detect"] == row["p_false"] == "" for row in looks)


def test_published_looks_bear_on_their_own_days(definition, looks) -> None:
    times = {row["look_id"]: parse_instant(row["time"])[0] for row in looks}
    local = {i: t.astimezone(zone("Asia/Vladivostok")).date().isoformat() for i, t in times.items()}
    assert local["dunai-2024-10-17"] == "2024-10-17"
    assert local["dunai-2024-10-20"] == "2024-10-20"
    lift = next(c for c in definition.claims if c.id == "nis-lift-1").elements.span("Asia/Vladivostok")
    assert all(t not in lift for i, t in times.items() if i.startswith("dunai"))
    assert not any(row["site"] == "vladivostok" for row in looks)


def test_what_is_not_known_is_not_said(looks) -> None:
    by_id = {row["look_id"]: row for row in looks}
    assert by_id["dunai-2024-10-20"]["seen"] == "indeterminate"
    assert by_id["dunai-2024-10-17"]["vessel"] == "nikolay-vilkov"
    not_obtained = [r for r in looks if r["status"] == "not-obtained"]
    assert {r["site"] for r in not_obtained} == {"chongjin", "hungnam", "musudan"}
    assert all((r["seen"], r["usable"]) == ("indeterminate", "0") for r in not_obtained)
    assert not any(row["activity"].startswith("cargo:") for row in looks)
    assert all("not published" in row["note"] for row in looks if row["site"] == "dunai")


def test_unverified_values_say_so(definition) -> None:
    vessels = {v.id: v for v in definition.vessels}
    assert vessels["nikolay-vilkov"].pennant == "081 (unverified)"
    assert vessels["oslyabya"].pennant == "066 (unverified)"
    assert vessels["maia-1"].imo == "9358010 (unverified)"
    assert vessels["maria"].imo == "8517839 (unverified)"
    assert (vessels["angara"].imo, vessels["lady-r"].imo) == ("9179842", "9161003")


def test_great_circles_to_dunai_are_the_published_ones(definition) -> None:
    sites = {s.id: s for s in definition.sites}
    for name, miles in (("chongjin", 130), ("musudan", 176), ("hungnam", 281), ("wonsan", 315)):
        assert distance_m(sites[name].lonlat, sites["dunai"].lonlat) / 1852.0 == pytest.approx(miles, abs=1.0)


def test_ach_items_have_sources_and_marks_for_all(definition, looks) -> None:
    (ach,) = definition.competing
    ids = {h.id for h in ach.hypotheses}
    look_ids = {row["look_id"] for row in looks}
    assert ids == {"troops", "munitions", "routine"}
    assert all(h.refuted_by for h in ach.hypotheses)
    for item in ach.items:
        assert set(item.marks) == ids
        if item.source.startswith("look:"):
            assert item.source.removeprefix("look:") in look_ids


def test_simulated_and_real_never_mix(definition, looks) -> None:
    site = next(s for s in definition.sites if s.id == "sim-harbour")
    claim = next(c for c in definition.claims if c.id == "sim-exercise")
    source = next(s for s in definition.sources if s.id == claim.source)
    assert site.simulated
    assert source.simulated
    assert "simulated" in site.name.lower()
    assert "SIMULATED" in claim.statement
    assert [s.id for s in definition.sites if s.simulated] == ["sim-harbour"]
    assert [c.id for c in definition.claims if c.source == source.id] == ["sim-exercise"]
    assert not any(row["site"] == site.id for row in looks)


def test_the_stack_shows_landing_ships_only_within_the_window(demo_content, definition) -> None:
    window = next(c for c in definition.claims if c.id == "sim-exercise").elements.span()
    there = [p for p in demo_content.pictures if p.landing_ships]
    assert len(demo_content.pictures) >= 8
    assert len(there) >= 3
    assert all(p.time in window for p in there)
    assert {p.sensor for p in there} == {"sar", "optical"}
    assert [p.time for p in demo_content.pictures] == sorted(p.time for p in demo_content.pictures)


def test_every_picture_says_that_it_is_simulated(demo_content) -> None:
    for picture in demo_content.pictures:
        assert "simulated" in picture.path.name
        truth = json.loads(picture.truth.read_text())
        assert truth["simulated"] is True
        with rasterio.open(picture.path) as source:
            assert source.tags()["OFFING_SIMULATED"] == "YES"
            assert max(source.shape) <= 512
            lon, lat = source.lnglat()
        assert distance_m(LonLat(lon=lon, lat=lat), LonLat(lon=134.0, lat=40.5)) < 20.0


def test_moored_ships_and_landing_ships_lie_in_the_berths(demo_content) -> None:
    from shapely.geometry import shape
    from shapely.ops import unary_union

    areas = json.loads(demo_content.areas[0].read_text())
    berths = unary_union([shape(f["geometry"]) for f in areas["features"]])
    assert {f["properties"]["id"] for f in areas["features"]} == {"quay", "east-quay", "pier", "roads"}
    inside = 0
    for picture in demo_content.pictures:
        for feature in json.loads(picture.truth.read_text())["features"]:
            hull = shape(feature["geometry"])
            share = hull.intersection(berths).area / hull.area
            landing = feature["properties"]["class"] in ("ropucha", "alligator")
            assert share > 0.97 or not (landing or feature["properties"]["at_quay"])
            inside += share > 0.97
    assert inside >= 12


def test_the_stack_is_the_same_each_time(demo_content, tmp_path) -> None:
    for number in (1, 5):
        kept, again = demo_content.pictures[number], stack._write(tmp_path, stack.DEFAULT_SEED, number)
        assert again.path.read_bytes() == kept.path.read_bytes()
        assert again.truth.read_bytes() == kept.truth.read_bytes()


def test_pictures_go_to_a_temporary_folder_outside_the_case(demo_content) -> None:
    case = demo_content.case_file.parent
    assert not any(p.path.is_relative_to(case) for p in demo_content.pictures)
    assert {p.name for p in case.rglob("*") if p.is_file()} == {"case.yaml", "observations.csv", "sim-harbour.geojson"}


def test_every_fragment_in_quotation_marks_is_listed(demo_content) -> None:
    text = demo_content.case_file.read_text(encoding="utf-8")
    notes = re.sub(r"\s+", " ", " ".join(re.findall(r"note: >-\n((?: {6}.*\n)+)", text)))
    assert sorted(re.findall(r'"([^"]+)"', notes)) == sorted(QUOTED)


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="needs OFFING_DATA")
def test_quotations_are_verbatim(definition) -> None:
    article = (Path(os.environ["OFFING_DATA"]) / "articles" / "dunai-daily8.txt").read_text(encoding="utf-8")
    quotes = [c.quote for c in definition.claims if c.quote]
    assert len(quotes) == 4
    for quote in [*quotes, *QUOTED]:
        assert quote in article
        assert len(quote.split()) < 35
