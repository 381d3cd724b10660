"""Berths from GeoJSON, and what the case folder refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from case_fixtures import RING
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.case.berths import read_berths
from offing.case.case import Case
from offing.errors import CaseError, GeometryError
from offing.sites import Site

SITE = Site(id="dunai", name="Dunai", role="naval berth", position=(132.335, 42.879))
SQUARE = [list(p) for p in RING]


def feature(rings: object, kind: str = "Polygon", **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": rings}}


def berths(tmp_path: Path, *features: object, **top: object) -> list[tuple[str, str | None]]:
    path = tmp_path / "b.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **top}), encoding="utf-8")
    return [(b.id, b.name) for b in read_berths(path, SITE)]


def test_berths_have_their_ids_names_and_rings(case: Case) -> None:
    [pier] = case.berths("dunai")
    assert (pier.id, pier.name, pier.site, pier.ring) == ("pier", "Pier", "dunai", RING)
    assert case.berths("rajin") == ()
    with pytest.raises(CaseError, match="no site"):
        case.berths("nowhere")


def test_ids_come_from_properties_the_feature_or_their_number(tmp_path: Path) -> None:
    found = berths(
        tmp_path,
        feature([SQUARE], id="a", name="A"),
        {**feature([SQUARE]), "id": 7},
        feature([[SQUARE], [SQUARE]], "MultiPolygon"),
    )
    assert found == [("a", "A"), ("7", None), ("dunai-3", None), ("dunai-4", None)]


@pytest.mark.parametrize(
    ("shape", "part"),
    [
        (feature([SQUARE[:-1]]), "not closed"),
        (feature([[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]]), "crosses itself"),
        (feature([[SQUARE[0]] * 5]), "no area"),
        (feature([SQUARE, SQUARE]), "hole"),
        (feature([[[42.879, 132.335]] * 4]), "no place on Earth"),
        (feature([[[p[0] + 1, p[1]] for p in SQUARE]]), r"lies \d+ km from dunai"),
        (feature([[["x", 1]] * 4]), r"no \[longitude, latitude\]"),
        (feature([[[float("nan"), 1.0]] * 4]), r"no \[longitude, latitude\]"),
        (feature([]), "without coordinates"),
        (feature("x"), "Polygon is expected"),
        (feature([1, 2], "Point"), "Point where a Polygon"),
        (feature([SQUARE], id="../x"), "not safe"),
        ({"type": "Feature"}, "Polygon is expected"),
        ("x", "no GeoJSON feature"),
    ],
)
def test_a_bad_feature_is_named(tmp_path: Path, shape: object, part: str) -> None:
    with pytest.raises(GeometryError, match=part) as caught:
        berths(tmp_path, feature([SQUARE], id="ok"), shape)
    assert "feature 2" in str(caught.value)


def test_a_repeated_id_and_another_crs(tmp_path: Path) -> None:
    with pytest.raises(GeometryError, match="used twice"):
        berths(tmp_path, feature([SQUARE], id="a"), feature([SQUARE], id="a"))
    with pytest.raises(GeometryError, match="not in longitude"):
        berths(tmp_path, crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32652"}})
    crs84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert berths(tmp_path, feature([SQUARE], id="a"), crs=crs84) == [("a", None)]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"type": "FeatureCollection"}', b"1"])
def test_what_is_no_geojson(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "b.geojson"
    path.write_bytes(content)
    with pytest.raises(GeometryError, match=r"b\.geojson"):
        read_berths(path, SITE)


KEYS = st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "id", "crs"])
KINDS = st.sampled_from(["FeatureCollection", "Feature", "Polygon", "MultiPolygon"])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner | KINDS, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(ANY_JSON)
def test_any_json_gives_berths_or_one_clear_line(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "any.geojson"
    path.write_text(json.dumps(value))
    said = ""
    try:
        read_berths(path, SITE)
    except GeometryError as error:
        said = str(error)
    assert "\n" not in said


def test_an_area_that_leads_out_of_the_case_by_a_link(case: Case, tmp_path: Path) -> None:
    outside = tmp_path / "outside.geojson"
    outside.write_text("{}")
    target = case.root / "sites" / "dunai.geojson"
    target.unlink()
    target.symlink_to(outside)
    with pytest.raises(CaseError, match="out of the case folder"):
        case.berths("dunai")
    target.unlink()
    with pytest.raises(GeometryError, match="no such file"):
        case.berths("dunai")


def test_a_folder_that_cannot_become_or_is_no_case(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    (tmp_path / "file").write_text("keep")
    for name, part in [("full", "not empty"), ("file", "not empty"), ("file/inside", "file/inside")]:
        with pytest.raises(CaseError, match=part):
            Case.create(tmp_path / name, "x")
    with pytest.raises(CaseError, match="title"):
        Case.create(tmp_path / "new", " ")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "full", "mine.txt"]
    for name, part in [("full", "no case.yaml"), ("none", "no such folder")]:
        with pytest.raises(CaseError, match=part):
            Case.open(tmp_path / name)


def test_a_creation_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(Path, "replace", full)
    for name in ("empty", "new"):
        with pytest.raises(CaseError, match="disk is full"):
            Case.create(tmp_path / name, "x")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["empty"]
