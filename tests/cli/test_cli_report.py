"""``offing report`` and ``offing export`` as a user meets them."""

import hashlib
import json
import shutil
import sqlite3
import zipfile

import pyogrio
import pytest

from offing.cli.main import main

CASE = """\
title: "<script>alert(1)</script> A made-up case"
sources:
  - {id: paper, title: "=HYPERLINK(1)", published: 2024-10-18, reliability: B, credibility: 3}
claims:
  - id: one
    source: paper
    quote: "a ship \\"><img src=x onerror=alert(1)> came"
    elements: {carrier: {classes: [ropucha]}, destination: dunai, window: 2024-10-08/2024-10-13}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.335, 42.879], radius_m: 3000,
     baseline: [{classes: [any], calls_per_30d: 6}]}
"""
HEADER = (
    "look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class,vessel,length_m,length_sd_m,"
    "activity,source,note"
)
LOOKS = """\
a,dunai,2024-10-08T02:00:00Z,planetscope,clear,1,0.9,0.02,no,,,,,,paper,
b,dunai,2024-10-10T02:00:00Z,planetscope,clear,1,0.9,0.02,yes,ropucha,,112,4,,paper,
c,dunai,2024-10-11T02:00:00Z,planetscope,cloud,0,0.9,0.02,indeterminate,,,,,,paper,=cmd
"""


def offing(*arguments):
    """Run a command in this process; its exit code."""
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return end.value.code


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A case with three looks that was run."""
    root = tmp_path_factory.mktemp("cli") / "case"
    table = root.parent / "looks.csv"
    table.write_text(f"{HEADER}\n{LOOKS}", encoding="utf-8")
    assert offing("new", root) == 0
    (root / "case.yaml").write_text(CASE, encoding="utf-8")
    assert offing("observations", "import", root, table) == 0
    assert offing("run", root) == 0
    return root


@pytest.fixture
def case(finished, tmp_path):
    """A copy of it to write into."""
    return shutil.copytree(finished, tmp_path / "case")


def test_report_writes_one_file_and_prints_its_path(case, capsys):
    assert offing("report", case) == 0
    out = capsys.readouterr()
    assert out.out == f"{case / 'report' / 'index.html'}\n"
    assert out.err == ""
    text = (case / "report" / "index.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; A made-up case" in text
    assert [p.name for p in (case / "report").iterdir()] == ["index.html"]


def test_report_is_the_same_bytes_again_and_changes_nothing_else(case):
    def digests():
        return {p: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(case.rglob("*")) if p.is_file()}

    assert offing("report", case) == 0
    before = digests()
    assert offing("report", case) == 0
    after = digests()
    assert {k: v for k, v in after.items() if k.suffix not in (".gpkg-shm",)} == before


def test_report_goes_where_it_is_told(case, tmp_path, capsys):
    (tmp_path / "folder").mkdir()
    assert offing("report", case, "-o", tmp_path / "folder") == 0
    assert offing("report", case, "-o", tmp_path / "new" / "page.html") == 0
    assert capsys.readouterr().out.splitlines() == [
        str(tmp_path / "folder" / "index.html"),
        str(tmp_path / "new" / "page.html"),
    ]
    assert (tmp_path / "new" / "page.html").read_bytes() == (tmp_path / "folder" / "index.html").read_bytes()


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "csv", "kmz"])
def test_export_prints_the_files_that_it_wrote(case, kind, capsys):
    assert offing("export", case, "--as", kind) == 0
    out = capsys.readouterr()
    assert out.err == ""
    written = sorted(str(p) for p in (case / "report").rglob("*") if p.is_file())
    assert sorted(out.out.splitlines()) == written
    assert written


def test_gpkg_is_one_clean_file_that_gdal_opens(case, tmp_path):
    target = tmp_path / "out" / "copy.gpkg"
    assert offing("export", case, "--as", "gpkg", "-o", target) == 0
    assert [p.name for p in target.parent.iterdir()] == ["copy.gpkg"]
    layers = {name for name, _ in pyogrio.list_layers(target)}
    assert {"sites", "looks", "detections", "sightings", "port_calls"} <= layers
    meta, _, _, fields = pyogrio.raw.read(target, layer="looks")
    assert list(fields[list(meta["fields"]).index("id")]) == ["a", "b", "c"]
    copy = sqlite3.connect(target)
    assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert [p.name for p in target.parent.iterdir()] == ["copy.gpkg"]


def test_gpkg_never_replaces_the_store(case, capsys):
    before = (case / "case.gpkg").read_bytes()
    assert offing("export", case, "--as", "gpkg", "-o", case / "case.gpkg") == 1
    assert (case / "case.gpkg").read_bytes() == before
    assert capsys.readouterr().err.startswith("error: ")


def test_kmz_and_geojson_hold_the_looks(case, tmp_path):
    assert offing("export", case, "--as", "kmz", "-o", tmp_path / "a.kmz") == 0
    with zipfile.ZipFile(tmp_path / "a.kmz") as archive:
        assert b"2024-10-10T02:00:00Z" in archive.read("doc.kml")
    assert offing("export", case, "--as", "geojson", "-o", tmp_path / "a.geojson") == 0
    features = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["look"] for f in features if f["properties"]["layer"] == "looks"] == ["a", "b", "c"]


def test_observations_come_back_in(case, tmp_path):
    assert offing("export", case, "--as", "csv", "-o", tmp_path / "csv") == 0
    again = tmp_path / "again"
    assert offing("new", again) == 0
    (again / "case.yaml").write_text(CASE, encoding="utf-8")
    assert offing("observations", "import", again, tmp_path / "csv" / "observations.csv") == 0
    assert offing("run", again) == 0
    for root, out in ((case, tmp_path / "v1"), (again, tmp_path / "v2")):
        assert offing("export", root, "--as", "csv", "-o", out) == 0
    assert (tmp_path / "v1" / "verdicts.csv").read_bytes() == (tmp_path / "v2" / "verdicts.csv").read_bytes()


@pytest.mark.parametrize("command", [["report"], ["export", "--as", "csv"], ["export", "--as", "gpkg"]])
def test_a_case_that_was_not_run_is_one_clear_line(tmp_path, capsys, command):
    assert offing("new", tmp_path / "fresh") == 0
    capsys.readouterr()
    assert offing(command[0], tmp_path / "fresh", *command[1:]) == 1
    out = capsys.readouterr()
    assert out.out == ""
    (line,) = out.err.splitlines()
    assert line.startswith("error: ")
    assert f"offing run {tmp_path / 'fresh'}" in line
    assert list((tmp_path / "fresh" / "report").iterdir()) == []


@pytest.mark.parametrize("kind", ["stac", "ftm", "prov", "claimreview", "pdf", ""])
def test_formats_that_are_not_there_are_wrong_usage(case, kind, capsys):
    assert offing("export", case, "--as", kind) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_export_needs_a_format(case):
    assert offing("export", case) == 2


@pytest.mark.parametrize("command", [["report"], ["export", "--as", "kmz"]])
def test_no_case_is_one_clear_line(tmp_path, capsys, command):
    assert offing(command[0], tmp_path / "nowhere", *command[1:]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")


def test_csv_is_a_folder(case, tmp_path, capsys):
    assert offing("export", case, "--as", "csv", "-o", tmp_path / "all.csv") == 1
    assert "name a folder" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_leaves_nothing(case, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert offing("report", case, "-o", tmp_path / "file" / "index.html") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize("command", ["report", "export"])
def test_help_has_an_example(command, capsys):
    assert offing(command, "--help") == 0
    assert f"Example: offing {command}" in capsys.readouterr().out
