"""``offing ais`` from files to answers."""

import csv
import io
import json

import pytest

from ais_files import noaa, position, sentences
from ais_scene import NOON, detection, off, track
from offing.cli import main
from offing.exchange.detections import detections_text
from offing.vessels.detection.model import DetectionSet


def call(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return end.value.code


def ships(path, *detections, placed=True, simulated=False, image="S1A_x.tif"):
    held = DetectionSet(
        image=image, detections=detections, notes=(), width=100, height=100, georeferenced=placed, sensor="sar",
        simulated=simulated,
    )  # fmt: skip
    path.write_text(detections_text([held], "geojson"))
    return path


def table(path, *tracks):
    """Tracks as a CSV of MarineCadastre's columns."""
    rows = [
        {
            "MMSI": t.key, "BaseDateTime": f"{f.time:%Y-%m-%dT%H:%M:%S}", "LAT": f"{f.lat:.6f}", "LON": f"{f.lon:.6f}",
            "SOG": str(f.sog_kn), "COG": str(f.cog_deg), "Heading": str(f.heading_deg), "VesselName": t.static.name,
        }
        for t in tracks for f in t.fixes
    ]  # fmt: skip
    return noaa(path, rows)


@pytest.fixture
def files(tmp_path):
    found = ships(tmp_path / "ships.geojson", detection(20, 10), detection(9000, 0, name="0002"), image="S1A_x.tif")
    return found, table(tmp_path / "a.csv", track(0, 0), track(5000, 5000, key="273000002"))


def test_matched_not_searched_and_not_detected(files, capsys):
    assert call("ais", *files, "--format", "json") == 0
    out = capsys.readouterr()
    (picture,) = json.loads(out.out)["ais"]
    assert [m["outcome"] for m in picture["matching"]["matches"]] == ["matched", "not searched"]
    assert picture["matching"]["matches"][0]["mmsi"] == "273000001"
    assert picture["matching"]["matches"][0]["factors"][0]["name"] == "position"
    assert picture["positions"] == 4
    assert "1 matched, 0 dark, 0 ambiguous, 1 not searched" in out.err
    assert "Sentinel-1's usual flight" in out.err


def test_declared_coverage_makes_it_dark(files, tmp_path, capsys):
    ring = [[p.lon, p.lat] for p in (off(x, y) for x, y in ((-9e4, -9e4), (9e4, -9e4), (9e4, 9e4), (-9e4, -9e4)))]
    area = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"from": "2024-10-17T00:00Z", "to": "2024-10-18T00:00Z"},
         "geometry": {"type": "Polygon", "coordinates": [ring]}}]}  # fmt: skip
    path = tmp_path / "coverage.geojson"
    path.write_text(json.dumps(area))
    assert call("ais", *files, "--coverage", path, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [r["outcome"] for r in rows[:2]] == ["matched", "dark"]
    assert "need not send" in rows[1]["reason"]


def test_table_file_and_formats(files, tmp_path, capsys):
    assert call("ais", *files) == 0
    assert "not searched" in capsys.readouterr().out
    for name, kind in (("m.json", "table"), ("m.csv", "csv")):
        out = tmp_path / name
        assert call("ais", *files, "-o", out, "--format", kind) == 0
        assert capsys.readouterr().out == ""
        assert "273000001" in out.read_text()
    assert list(json.loads((tmp_path / "m.json").read_text())) == ["ais"]


def test_the_pass_can_be_stated_and_optical_pictures_are_not_corrected(tmp_path, files, capsys):
    optical = ships(tmp_path / "o.geojson", detection(20, 10, image="T52TDN_B04.jp2"), image="T52TDN_B04.jp2")
    assert call("ais", optical, files[1]) == 0
    assert "no correction for motion" in capsys.readouterr().err
    assert call("ais", optical, files[1], "--pass", "ascending") == 0
    assert "by the ascending pass that was stated" in capsys.readouterr().err


def test_sentences_and_several_files(tmp_path, files, capsys):
    log = tmp_path / "log.nmea"
    log.write_text("\n".join(sentences(position(mmsi=273000009, lat=42.95, lon=132.31), NOON)))
    assert call("ais", *files, log, "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["ais"][0]["positions"] == 5


def test_simulated_pictures_are_said(tmp_path, files, capsys):
    made = ships(tmp_path / "s.geojson", detection(20, 10, image="S1A_x.tif"), simulated=True)
    assert call("ais", made, files[1], "--format", "json") == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["ais"][0]["matching"]["simulated"] is True
    assert "SIMULATED" in out.err


def test_the_picture_gives_outline_and_geometry(tmp_path, files, capsys):
    import numpy as np
    import rasterio
    from affine import Affine
    from pyproj import Transformer

    east, north = Transformer.from_crs(4326, 32652, always_xy=True).transform(132.3, 42.9)
    path = tmp_path / "S1A_IW_GRDH_1SDV_20241017T120000_VV.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=400, width=400, count=1, dtype="float32", crs="EPSG:32652",
        transform=Affine(50, 0, east - 10_000, 0, -50, north + 10_000),
    ) as out:  # fmt: skip
        out.write(np.random.default_rng(0).standard_gamma(4.0, (1, 400, 400)).astype(np.float32) / 400)
        out.descriptions = ("VV",)
    assert call("ais", *files, "--picture", path, "--format", "json") == 0
    out = capsys.readouterr()
    (picture,) = json.loads(out.out)["ais"]
    assert [u["mmsi"] for u in picture["matching"]["unseen"]] == ["273000002"]
    assert "outline is not known" not in out.err
    assert "inferred from" in out.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f, t: (f[0],), "no file of AIS was named"),
        (lambda f, t: (*f, "--window", "0"), "--window 0 is no number of hours"),
        (lambda f, t: (*f, "--window", "99"), "--window 99 is no number of hours"),
        (lambda f, t: (*f, "--time", "soon"), "no ISO 8601 time"),
        (lambda f, t: (*f, "--time", "2099-01-01T00:00Z"), "still to come"),
        (lambda f, t: (*f, "--picture", t / "none.tif"), "no such file or folder"),
        (lambda f, t: (*f, "--coverage", t / "none.json"), "no such file"),
        (lambda f, t: (*f, "-o", t / "no" / "m.json"), "its folder does not exist"),
        (lambda f, t: (*f, "-o", t), "is a folder"),
        (lambda f, t: (f[1], f[0]), "is no file of detections"),
        (lambda f, t: (f[0], f[0]), "no column for time"),
        (lambda f, t: (f[0], t / "none.csv"), "no such file"),
        (lambda f, t: (ships(t / "e.geojson"), f[1]), "holds no detections"),
        (
            lambda f, t: (ships(t / "p.geojson", detection(0, 0, ring=False), placed=False), f[1]),
            "no place on the ground",
        ),
    ],
)
def test_bad_requests_are_one_line(files, tmp_path, capsys, change, said):
    assert call("ais", *change(files, tmp_path)) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert said in errors[0]


def test_wrong_usage(files):
    assert call("ais", *files, "--pass", "sideways") == 2
    assert call("ais") == 2


def test_a_time_that_nothing_tells_is_asked_for(tmp_path, files, capsys):
    path = tmp_path / "t.geojson"
    document = json.loads(files[0].read_text())
    for feature in document["features"]:
        feature["properties"]["time"] = None
    path.write_text(json.dumps(document))
    assert call("ais", path, files[1]) == 1
    assert "nothing tells when it was taken" in capsys.readouterr().err
    assert call("ais", path, files[1], "--time", "2024-10-17T12:00:00Z") == 0
    assert "1 matched" in capsys.readouterr().err
