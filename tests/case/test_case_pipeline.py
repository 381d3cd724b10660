"""A run goes from pictures to verdicts, skips what is done, and loses nothing when it is killed."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offing.case.case import Case
from offing.case.check import check_case
from offing.case.clock import system_clock
from offing.case.pipeline import judged_verdicts, run_case
from offing.case.scenes import SceneRequest, add_scenes
from offing.cli.looks import looks
from offing.errors import CaseError, GeometryError, NoTimeError, OffingWarning, PictureError
from offing.geo import LonLat
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

PLACE = LonLat(lon=134.0, lat=40.5)
START = datetime(2024, 10, 14, 21, tzinfo=UTC)
SITES = """\
title: A made-up harbour
sources: [{id: sim, simulated: true}]
claims:
  - {id: c, source: sim, elements: {carrier: {classes: [landing-ship]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 1200, simulated: true,
     baseline: [{classes: [landing-ship], calls_per_30d: 1}, {classes: [any], calls_per_30d: 6}]}
  - {id: real, name: A real port, role: port, position: [10.0, 54.0]}
"""


class Quiet:
    """Keeps the names of the steps that were done."""

    def begin(self, total: int) -> None:
        self.total = total
        self.done: list[str] = []

    def finished(self, step: str, *, unchanged: bool) -> None:
        if not unchanged:
            self.done.append(step.split()[0])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> list[Path]:
    """Three small simulated radar pictures of one harbour."""
    folder = tmp_path_factory.mktemp("pictures")
    ships = (ShipSpec(vessel_class="ropucha", place="open"), ShipSpec(vessel_class="cargo", place="open"))
    paths = []
    for n in range(3):
        spec = SceneSpec(
            sensor="sar", time=START + timedelta(days=n), position=PLACE, gsd_m=10.0, size=(200, 200), seed=n,
            place_seed=5, ships=ships if n == 1 else (),
        )  # fmt: skip
        paths.append(write_scene(simulate(spec), folder / f"simulated-{n}.tif")[0])
    return paths


@pytest.fixture
def case(tmp_path) -> Case:
    made = Case.create(tmp_path / "case", "A made-up harbour")
    (made.root / "case.yaml").write_text(SITES, encoding="utf-8")
    return Case.open(made.root)


def add(case: Case, *paths: Path, **given):
    return add_scenes(case, SceneRequest(files=paths, **given), system_clock)


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_from_pictures_to_verdicts_and_then_nothing_to_do(case, pictures) -> None:
    with pytest.raises(CaseError, match="nothing has been judged"):
        judged_verdicts(case)
    scenes = add(case, *pictures)
    assert [s.sites for s in scenes] == [("h",)] * 3
    assert all(s.simulated for s in scenes)
    first = run_case(case, Quiet(), system_clock, workers=2)
    assert (first.done, first.unchanged, first.looks) == (15, 0, 3)
    assert {v.element for v in judged_verdicts(case)} == {"carrier", "destination", "window"}
    assert all(v.simulated for v in judged_verdicts(case))
    before = contents(case.root)
    again = run_case(case, Quiet(), system_clock)
    assert (again.done, again.unchanged) == (0, 15)
    assert contents(case.root) == before
    assert check_case(case.root).problems == ()


def test_another_picture_leaves_the_rest_alone(case, pictures) -> None:
    add(case, *pictures[:2])
    run_case(case, Quiet(), system_clock)
    add(case, pictures[2])
    with pytest.raises(CaseError, match="nothing has been judged since"):
        judged_verdicts(case)
    told = Quiet()
    summary = run_case(case, told, system_clock)
    assert summary.done + summary.unchanged == told.total == 15
    assert told.done.count("detect") == 1, "what was found in the others alone stands"
    assert told.done.count("compare") == 3, "each is now compared with two"
    assert told.done.count("look") <= 3


def test_looks_say_what_radar_would_have_shown(case, pictures, capsys) -> None:
    add(case, pictures[0])
    run_case(case, Quiet(), system_clock)
    looks(case.root, format="json")
    (look,) = json.loads(capsys.readouterr().out)["looks"]
    shown = look["radar_shows"]
    assert shown["simulated"]
    assert shown["gsd_m"] == pytest.approx(10.0, rel=0.001)
    assert shown["at_anchor"]["low"] <= shown["at_anchor"]["value"] <= shown["at_anchor"]["high"]
    assert "simulated ports" in shown["at_quay"]["basis"]


def test_an_edited_case_is_said_to_be_out_of_date(case, pictures) -> None:
    add(case, pictures[0])
    run_case(case, Quiet(), system_clock)
    path = case.root / "case.yaml"
    path.write_text(path.read_text().replace("calls_per_30d: 1}", "calls_per_30d: 2}"), encoding="utf-8")
    with pytest.warns(OffingWarning, match="changed since the last run"):
        judged_verdicts(Case.open(case.root))


def test_adding_the_same_picture_again_changes_nothing(case, pictures) -> None:
    add(case, pictures[0])
    before = contents(case.root)
    assert add(case, pictures[0])[0].id == case.store.scenes()[0].id
    assert contents(case.root) == before


def test_a_simulated_picture_shows_no_real_site(case, pictures) -> None:
    path = case.root / "case.yaml"
    path.write_text(path.read_text().replace("simulated: true,\n", "\n"), encoding="utf-8")
    before = contents(case.root)
    with pytest.raises(PictureError, match="the picture is simulated and the case has no simulated site"):
        add(Case.open(case.root), pictures[0])
    assert contents(case.root) == before


def test_a_site_outside_the_picture_is_named_with_its_distance(case, pictures, tmp_path) -> None:
    path = case.root / "case.yaml"
    path.write_text(path.read_text().replace("[134.0, 40.5]", "[135.0, 40.5]"), encoding="utf-8")
    before = contents(case.root)
    with pytest.raises(GeometryError, match=r"8\d km from the nearest, h"):
        add(Case.open(case.root), *pictures)
    assert contents(case.root) == before


def test_one_bad_picture_among_good_ones_adds_none(case, pictures, tmp_path) -> None:
    broken = tmp_path / "broken.tif"
    broken.write_bytes(pictures[1].read_bytes()[:700])
    before = contents(case.root)
    with pytest.raises(PictureError, match=r"broken\.tif"):
        add(case, pictures[0], broken)
    assert contents(case.root) == before


def test_a_picture_without_a_time_asks_for_it(case, tmp_path) -> None:
    import cv2
    import numpy as np

    path = tmp_path / "press.png"
    cv2.imwrite(str(path), np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8))
    with pytest.raises(NoTimeError, match="--time"):
        add(case, path, gsd_m=3.0, site="real")


CHILD = """
import sys
from pathlib import Path
from offing.case.case import Case
from offing.case.clock import system_clock
from offing.case.pipeline import run_case
class Slow:
    def begin(self, total): pass
    def finished(self, step, *, unchanged):
        print(step, unchanged, flush=True)
run_case(Case.open(Path(sys.argv[1])), Slow(), system_clock, workers=1)
"""


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_killed_run_repeats_nothing_that_was_finished(case, pictures, after) -> None:
    add(case, *pictures)
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(case.root)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    done = [child.stdout.readline() for _ in range(after)]
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=30)
    child.stdout.close()
    assert all(line.endswith("False\n") for line in done)
    with pytest.warns(OffingWarning) if _torn(case.root) else _nothing():
        summary = run_case(case, Quiet(), system_clock)
    assert summary.unchanged >= after
    assert summary.done + summary.unchanged == 15
    assert check_case(case.root).problems == ()


def _torn(root: Path) -> bool:
    """Whether the ledger ends in a line that was never acknowledged."""
    return not (root / "ledger.jsonl").read_bytes().endswith(b"\n")


def _nothing():
    import contextlib

    return contextlib.nullcontext()
