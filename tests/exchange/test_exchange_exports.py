"""Exports read back by readers that are not ours."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile

import msgspec
import numpy as np
import pyogrio
import pytest
import shapely

import sample_case
from offing.exchange.csv_tables import write_csv
from offing.exchange.geojson import write_geojson
from offing.exchange.kmz import NAMESPACE, write_kmz
from offing.exchange.layers import polygon
from offing.exchange.tables import all_tables

KML = f"{{{NAMESPACE}}}"
LAYERS = ["sites", "berths", "looks", "detections", "sightings", "identities", "dismissed", "port_calls",
          "voyages"]  # fmt: skip


def geometry(path, **options):
    """What pyogrio reads: (fields by name, geometries)."""
    meta, _, shapes, values = pyogrio.raw.read(path, **options)
    return dict(zip(meta["fields"], values, strict=True)), shapely.from_wkb(shapes)


def records(path):
    """The rows of a CSV file, header first."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def test_geojson_is_a_file_a_layer_that_gdal_reads(tmp_path):
    case = sample_case.snapshot()
    paths = write_geojson(case, tmp_path / "out")
    assert [p.stem for p in paths] == LAYERS
    fields, shapes = geometry(tmp_path / "out" / "sites.geojson")
    assert list(fields["site"]) == [s.id for s in case.definition.sites]
    assert np.allclose(shapely.get_coordinates(shapes), [s.position for s in case.definition.sites], atol=1e-7)
    fields, shapes = geometry(tmp_path / "out" / "detections.geojson")
    assert list(fields["detection"]) == [d.id for d in case.detections]
    assert np.allclose(fields["length_m_low"].astype(float), 101.0)
    rings = [shapely.Polygon(d.detection.ring) for d in case.detections]
    assert all(a.hausdorff_distance(b) < 1e-7 for a, b in zip(shapes, rings, strict=True))


def test_what_is_dismissed_is_a_layer_of_its_own_with_its_reasons(tmp_path):
    case = sample_case.snapshot()
    write_geojson(case, tmp_path / "out")
    fields, shapes = geometry(tmp_path / "out" / "dismissed.geojson")
    assert list(fields["detection"]) == [d.id for d in case.dismissed]
    assert list(fields["reasons"]) == ["; ".join(d.detection.reasons) for d in case.dismissed]
    assert shapes[0].hausdorff_distance(shapely.Polygon(case.dismissed[0].detection.ring)) < 1e-7
    assert not {d.id for d in case.dismissed} & {d.id for d in case.detections}


def test_geojson_follows_rfc_7946(tmp_path):
    (path,) = write_geojson(sample_case.snapshot(), tmp_path / "all.geojson")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["type"] == "FeatureCollection"
    assert "crs" not in document
    assert {f["properties"]["layer"] for f in document["features"]} == set(LAYERS)
    rings = [f["geometry"]["coordinates"][0] for f in document["features"] if f["geometry"]["type"] == "Polygon"]
    assert rings
    for ring in rings:
        assert ring[0] == ring[-1]
        assert shapely.LinearRing(ring).is_ccw
    assert sum(f["properties"].get("simulated") is True for f in document["features"]) > 8


def test_a_ship_without_a_place_has_no_geometry(tmp_path):
    case = sample_case.snapshot()
    lost = tuple(
        msgspec.structs.replace(d, detection=msgspec.structs.replace(d.detection, ring=None)) for d in case.detections
    )
    (path,) = write_geojson(msgspec.structs.replace(case, detections=lost), tmp_path / "x.geojson")
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    missing = [f for f in features if f["geometry"] is None]
    assert {f["properties"]["layer"] for f in missing} == {"detections", "sightings", "identities"}


@pytest.mark.parametrize("ring", [((0, 0), (0, 1), (1, 1), (1, 0)), ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))])
def test_polygons_are_closed_and_counter_clockwise(ring):
    shape = polygon(ring)
    assert shapely.LinearRing(shape.ring).is_ccw
    assert shapely.Polygon(shape.ring).equals(shapely.box(0, 0, 1, 1))


def test_csv_holds_every_row(tmp_path):
    case = sample_case.snapshot()
    paths = {p.stem: p for p in write_csv(case, tmp_path)}
    for table in all_tables(case):
        header, *rows = records(paths[table.name])
        assert tuple(header) == table.columns
        assert len(rows) == len(table.rows)
        assert all(len(row) == len(header) for row in rows)
    header, *rows = records(paths["looks"])
    looks = [dict(zip(header, row, strict=True)) for row in rows]
    assert [r["look"] for r in looks] == [k.id for k in case.looks]
    assert [float(r["usable"]) for r in looks] == [k.usable for k in case.looks]
    assert [r["p_detect"] == "" for r in looks] == [k.p_detect is None for k in case.looks]
    assert sum(r["simulated"] == "true" for r in looks) == 4


def test_kmz_is_kml_in_a_zip_that_gdal_reads(tmp_path):
    case = sample_case.snapshot()
    path = write_kmz(case, tmp_path / "case.kmz")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["doc.kml"]
        root = ET.fromstring(archive.read("doc.kml"))
        (tmp_path / "doc.kml").write_bytes(archive.read("doc.kml"))
    folders = [f.findtext(f"{KML}name") for f in root.findall(f"{KML}Document/{KML}Folder")]
    assert folders == ["Dunai", "Vladivostok", "Chongjin", "Rajin", "Musudan", "SIMULATED · Model harbour",
                       "Voyages that one ship may have made (shortest ways by water, no tracks)"]  # fmt: skip
    stamps = [e.text for e in root.iter(f"{KML}when")]
    assert "2024-10-10T07:12:00Z" in stamps
    spans = {(s.findtext(f"{KML}begin"), s.findtext(f"{KML}end")) for s in root.iter(f"{KML}TimeSpan")}
    assert ("2024-10-14T07:12:00Z", "2024-10-20T09:36:00Z") in spans
    names = [layer[0] for layer in pyogrio.list_layers(tmp_path / "doc.kml")]
    fields, shapes = geometry(tmp_path / "doc.kml", layer=names[names.index("Detections")])
    at_dunai = [d for d in case.detections if d.scene in ("scene-0", "scene-1")]
    assert list(fields["Name"]) == [d.id for d in at_dunai]
    for shape, entry in zip(shapes, at_dunai, strict=True):
        assert shapely.force_2d(shape).hausdorff_distance(shapely.Polygon(entry.detection.ring)) < 1e-7


def test_what_is_simulated_is_marked_in_kmz(tmp_path):
    with zipfile.ZipFile(write_kmz(sample_case.snapshot(), tmp_path / "c.kmz")) as archive:
        root = ET.fromstring(archive.read("doc.kml"))
    made = [f for f in root.iter(f"{KML}Folder") if (f.findtext(f"{KML}name") or "").startswith("SIMULATED")]
    marks = [
        m.findtext(f"{KML}name") for f in made for g in f.findall(f"{KML}Folder") for m in g.findall(f"{KML}Placemark")
    ]
    assert len(marks) == 4 + 6 + 6 + 1
    assert all(name.startswith("SIMULATED") for name in marks)


@pytest.mark.parametrize("write", [write_kmz, lambda case, path: write_geojson(case, path.with_suffix(".geojson"))[0]])
def test_the_same_case_gives_the_same_bytes(tmp_path, write):
    first = write(sample_case.snapshot(), tmp_path / "a.kmz").read_bytes()
    assert write(sample_case.snapshot(), tmp_path / "b.kmz").read_bytes() == first


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "]]>\x00\x0b\u202e"]
)
def test_hostile_text_stays_text(tmp_path, payload):
    case = sample_case.poisoned(sample_case.snapshot(), payload)
    with zipfile.ZipFile(write_kmz(case, tmp_path / "case.kmz")) as archive:
        kml = archive.read("doc.kml").decode("utf-8")
    root = ET.fromstring(kml)
    assert "<script" not in kml
    assert "<img" not in kml
    assert all("<" not in (e.text or "").strip() for e in root.iter())  # viewers take a name with < for HTML
    (path,) = write_geojson(case, tmp_path / "case.geojson")
    titles = [f["properties"].get("name") for f in json.loads(path.read_text(encoding="utf-8"))["features"][:2]]
    assert titles[0] == payload.replace("\x00", "\ufffd").replace("\x0b", "\ufffd") + "Dunai"


def test_hostile_text_does_not_become_a_formula(tmp_path):
    case = sample_case.poisoned(sample_case.snapshot(), '=HYPERLINK("http://evil";"x")')
    for path in write_csv(case, tmp_path):
        cells = [c for row in records(path) for c in row]
        assert not [c for c in cells if c.startswith(("=", "+", "@"))]
        plain = ("port_calls", "presence", "weighed_calls", "voyages", "observations", "lifts")
        assert path.stem in plain or any(c.startswith("'=HYPERLINK") for c in cells)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path):
    from offing.errors import CaseError

    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseError, match="file"):
        write_csv(sample_case.snapshot(), tmp_path / "file" / "csv")
