"""Voyages in a case whose pictures show the ships: what is compared, and that it counts once."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from offing.case.case import Case
from offing.case.clock import system_clock
from offing.case.pipeline import run_case
from offing.case.scenes import SceneRequest, add_scenes
from offing.geo import LonLat
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

START = datetime(2024, 10, 14, 2, tzinfo=UTC)
PLACES = {"p": (134.0, 40.5, 0, 7), "q": (136.0, 40.5, 24, 7), "r": (138.0, 40.5, 48, 8)}
"""Site → (lon, lat, hours after the start, which ship)."""
SITES = "".join(
    f"  - {{id: {name}, name: {name}, role: port, position: [{lon}, {lat}], radius_m: 1200, simulated: true,\n"
    "     baseline: [{classes: [alligator], calls_per_30d: 1}]}\n"
    for name, (lon, lat, _, _) in PLACES.items()
)
YAML = f"""\
title: Made-up harbours
sources: [{{id: sim, simulated: true}}]
claims:
  - {{id: c, source: sim, elements: {{carrier: {{classes: [alligator]}}, origin: p, destination: q, window: 2024-10}}}}
sites:
{SITES}"""


class Quiet:
    """Says nothing."""

    def begin(self, total):
        pass

    def finished(self, step, *, unchanged):
        pass


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The voyages of a case of three pictures: one ship at p and q, a sister of hers at r."""
    folder = tmp_path_factory.mktemp("voyage-pictures")
    made = Case.create(folder / "case", "x")
    pictures = []
    for name, (lon, lat, hours, ship) in PLACES.items():
        spec = SceneSpec(
            sensor="optical", time=START + timedelta(hours=hours), position=LonLat(lon=lon, lat=lat), gsd_m=1.0,
            size=(400, 400), seed=ord(name), place_seed=5,
            ships=(ShipSpec(vessel_class="alligator", identity=ship, x_m=0.0, y_m=0.0, heading_deg=40.0),),
        )  # fmt: skip
        (folder / name).mkdir()
        pictures.append(write_scene(simulate(spec), folder / name / f"simulated-{name}.tif")[0])
    (made.root / "case.yaml").write_text(YAML, encoding="utf-8")
    with Case.open(made.root) as case:
        for picture in pictures:
            add_scenes(case, SceneRequest(files=(picture,)), system_clock)
        seen = "".join(
            f"  - {{scene: {s.id}, at: {list(PLACES[s.sites[0]][:2])}, by: K. L., class: alligator}}\n"
            for s in case.store.scenes()
        )
    (made.root / "case.yaml").write_text(f"{YAML}recognition:\n{seen}", encoding="utf-8")
    with Case.open(made.root) as case:
        run_case(case, Quiet(), system_clock)
        return case.store.voyages()


def test_pictures_of_both_ends_are_compared_and_marked_simulated(kept):
    found = {(v.start, v.end): v for v in kept.voyages}
    assert set(found) == {("p", "q"), ("p", "r"), ("q", "r")}
    assert {v.identity for v in found.values()} == {"measured"}
    assert all(v.simulated for v in found.values())


def test_the_ship_herself_is_nearer_than_her_sister(kept):
    weight = {(v.start, v.end): p.log_ratio for v in kept.voyages for p in v.parts if p.name == "same ship"}
    assert weight["p", "q"] > weight["q", "r"]
    assert all(abs(w) <= math.log(10.0) + 1e-9 for w in weight.values()), "against a sister, no more can be said"


def test_time_is_weighed_once_and_not_again_by_the_comparison(kept):
    for voyage in kept.voyages:
        (part,) = (p for p in voyage.parts if p.name == "same ship")
        assert "against another alligator" in part.note
        assert voyage.ratio.value == pytest.approx(math.exp(sum(p.log_ratio for p in voyage.parts)), rel=1e-6)
