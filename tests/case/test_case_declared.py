"""An optical look of the case declares what was measured of such pictures, unless something measured more."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offing.case.case import Case
from offing.case.clock import system_clock
from offing.case.pipeline import run_case
from offing.case.scenes import SceneRequest, add_scenes
from offing.cli.looks import looks
from offing.geo import LonLat
from offing.looks import optical_seen
from offing.looks.detectability import curve as named_curve
from offing.simulation.model import SceneSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from seen_curves import curve

YAML = """\
title: A made-up harbour
sources: [{id: sim, simulated: true}]
claims:
  - {id: c, source: sim, elements: {carrier: {classes: [CARRIER]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 400, simulated: true,
     baseline: [{classes: [landing-ship], calls_per_30d: 3}, {classes: [any], calls_per_30d: 3}]}
"""


class Quiet:
    def begin(self, total: int) -> None: ...

    def finished(self, step: str, *, unchanged: bool) -> None: ...


@pytest.fixture
def look(tmp_path, monkeypatch, capsys):
    """The only look of a case at a simulated picture of so many metres a pixel, as ``offing looks`` lists it."""
    monkeypatch.setattr(optical_seen, "measured", curve)

    def made(gsd_m: float, carrier: str = "landing-ship") -> dict:
        case = Case.create(tmp_path / "case", "A made-up harbour")
        (case.root / "case.yaml").write_text(YAML.replace("CARRIER", carrier), encoding="utf-8")
        case = Case.open(case.root)
        spec = SceneSpec(
            sensor="optical", time=datetime(2024, 10, 16, 1, 30, tzinfo=UTC), position=LonLat(lon=134.0, lat=40.5),
            gsd_m=gsd_m, size=(144, 144), seed=1, place_seed=5,
        )  # fmt: skip
        path: Path = tmp_path / "picture.tif"
        write_scene(simulate(spec), path)
        add_scenes(case, SceneRequest(files=(path,), site="h"), system_clock)
        run_case(case, Quiet(), system_clock)
        capsys.readouterr()
        looks(case.root, format="json")
        (row,) = json.loads(capsys.readouterr().out)["looks"]
        return row

    return made


def test_a_look_declares_found_times_named_and_no_false_naming(look) -> None:
    row = look(7.5)
    assert 0.0 < row["p_detect"] < row["optical_shows"]["at_anchor"]["value"]
    assert row["p_false"] is None
    assert "if found, named with" in row["p_basis"]
    assert row["optical_shows"]["at_quay"]["value"] < row["optical_shows"]["at_anchor"]["value"]


def test_what_was_measured_with_names_and_false_names_comes_first(look) -> None:
    row = look(10.0)
    named = named_curve("multispectral", 10.0, simulated=True)
    assert named is not None
    assert (row["p_detect"], row["p_false"]) == (named.p_detect, named.p_false)


def test_without_a_length_sought_nothing_is_declared(look) -> None:
    row = look(7.5, "any")
    assert (row["p_detect"], row["p_false"], row["p_basis"]) == (None, None, None)
    assert "optical_shows" not in row
