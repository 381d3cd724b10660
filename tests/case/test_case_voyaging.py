"""Voyages in a case: from looks to the layer, the exports and the command line."""

import json
import shutil
from datetime import UTC, datetime

import msgspec
import numpy as np
import pyogrio
import pytest
import shapely

from offing.case.case import Case
from offing.case.pipeline import run_case
from offing.case.voyaging import voyaged
from offing.cli.main import main
from offing.exchange.export import export_case
from offing.sites.sea.routes import GeodesicRoutes

NOW = datetime(2024, 11, 1, tzinfo=UTC)
YAML = """\
title: From Rajin to Dunai
sources: [{id: s}]
claims:
  - {id: c, source: s, elements: {carrier: {classes: [ropucha]}, origin: rajin, destination: dunai, window: 2024-10}}
sites:
  - {id: rajin, name: Rajin, role: port, position: [130.28663, 42.22578], radius_m: 2500}
  - {id: dunai, name: Dunai, role: naval berth, position: [132.33542, 42.87879], radius_m: 3000,
     baseline: [{classes: [ropucha], calls_per_30d: 0.5}, {classes: [any], calls_per_30d: 6}]}
vessels:
  - {id: oslyabya, class: ropucha, names: [Oslyabya]}
"""
TABLE = """\
look_id,site,time,sensor,status,usable,p_detect,p_false,seen,vessel_class,vessel
r1,rajin,2024-10-10T00:00Z,planet-labs,clear,1,0.9,0.02,yes,ropucha,
r2,rajin,2024-10-11T00:00Z,planet-labs,clear,1,0.9,0.02,no,,
d1,dunai,2024-10-10T03:00Z,planet-labs,clear,1,0.9,0.02,yes,ropucha,oslyabya
d2,dunai,2024-10-12T03:00Z,planet-labs,clear,1,0.9,0.02,yes,ropucha,
"""


class Quiet:
    """Counts the steps that were done."""

    def __init__(self):
        self.done = []

    def begin(self, total):
        self.total = total

    def finished(self, step, *, unchanged):
        if not unchanged:
            self.done.append(step.split()[0])


def call(*words):
    with pytest.raises(SystemExit) as end:
        main([str(w) for w in words])
    return end.value.code


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The case folder, run once."""
    root = tmp_path_factory.mktemp("voyages") / "case"
    Case.create(root, "x")
    (root / "case.yaml").write_text(YAML, encoding="utf-8")
    table = root.parent / "looks.csv"
    table.write_text(TABLE, encoding="utf-8")
    assert call("observations", "import", root, table) == 0
    with Case.open(root) as case:
        run_case(case, Quiet(), lambda: NOW)
    return root


@pytest.fixture
def root(finished, tmp_path):
    return shutil.copytree(finished, tmp_path / "case")


def test_too_fast_is_excluded_and_two_days_exclude_nothing(root):
    with Case.open(root) as case:
        found = {v.arrival.split("/")[1]: v for v in case.store.voyages().voyages}
    assert {name: v.status for name, v in found.items()} == {"oslyabya": "excluded", "ropucha": "feasible"}
    assert "nm in at most 3.0 h" in found["oslyabya"].why
    slow = found["ropucha"]
    assert "weak by itself" in slow.why
    assert slow.distance_nm.low == pytest.approx(98.94, abs=0.01)
    assert slow.hours.high == pytest.approx(51.0)


def test_a_run_that_finds_nothing_new_joins_nothing_again(root):
    with Case.open(root) as case:
        progress = Quiet()
        run_case(case, progress, lambda: NOW)
    assert progress.done == []


def test_the_layer_holds_lines_along_the_way(root):
    info = pyogrio.read_info(root / "case.gpkg", layer="voyages")
    assert (info["geometry_type"], info["crs"], info["features"]) == ("LineString", "EPSG:4326", 2)
    with Case.open(root) as case:
        kept = case.store.voyages().voyages
    shapes = shapely.from_wkb(pyogrio.raw.read(root / "case.gpkg", layer="voyages")[2])
    for voyage, shape in zip(kept, shapes, strict=True):
        assert np.allclose(shapely.get_coordinates(shape), voyage.points)
        assert voyage.points[0] == pytest.approx((130.28663, 42.22578), abs=0.02)


@pytest.mark.parametrize("kind", ["geojson", "csv", "kmz", "gpkg"])
def test_every_export_holds_them(root, tmp_path, kind):
    with Case.open(root) as case:
        paths = export_case(case, kind, tmp_path / "out")
    if kind == "csv":
        (path,) = (p for p in paths if p.stem == "voyages")
        assert "excluded" in path.read_text(encoding="utf-8-sig")
    elif kind != "gpkg":
        assert any(b"voyages" in p.name.encode() or kind == "kmz" for p in paths)


def test_the_command_lists_what_was_asked_for(root, capsys):
    assert call("voyages", root, "--from", "rajin", "--class", "landing-ship", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [v["status"] for v in told["voyages"]] == ["excluded", "feasible"]
    assert call("voyages", root, "--vessel", "oslyabya", "--format", "csv") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert call("voyages", root, "--to", "rajin") == 0
    assert "rajin →" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [(("--to", "dunay"), "'dunay' is no site"), (("--class", "ropuca"), "ropucha"), (("--vessel", "x"), "no vessel")],
)
def test_an_unknown_name_is_one_clear_error(root, capsys, words, said):
    assert call("voyages", root, *words) == 1
    assert said in capsys.readouterr().err


def test_without_a_land_mask_the_geodesic_stands_and_that_is_said(root):
    class Alone:
        """Does each step anew and keeps nothing."""

        def do(self, key, kind, work):
            return work()

    with Case.open(root) as case:
        calls = case.store.port_calls()
        found = voyaged(case, calls, case.store.looks(), (), (), Alone(), routes=GeodesicRoutes())
    assert all(v.distance_nm.low == v.distance_nm.high for v in found.voyages)
    assert any("not compared" in text for text in found.notes)
    one = voyaged(case, calls[:1], (), (), (), Alone(), routes=GeodesicRoutes())
    assert "A voyage needs two calls at different sites" in one.notes[0]
    half = [calls[0], *(msgspec.structs.replace(c, simulated=True) for c in calls[1:2])]
    assert "and simulated ones: 1" in voyaged(case, half, (), (), (), Alone(), routes=GeodesicRoutes()).notes[0]
