"""What ships may be in a case: persons' recognitions and AIS beside what was measured."""

import shutil
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyogrio
import pytest

from offing.case.case import Case
from offing.case.clock import system_clock
from offing.case.pipeline import run_case
from offing.case.scenes import SceneRequest, add_scenes
from offing.errors import CaseFileError, OffingError, OffingWarning
from offing.exchange.csv_tables import write_csv
from offing.exchange.snapshot import take
from offing.geo import LonLat
from offing.report.writing import write_report
from offing.simulation.broadside import BroadsideSpec, broadside, write_broadside
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

START = datetime(2024, 10, 14, 2, tzinfo=UTC)
YAML = """\
title: A made-up harbour
sources: [{id: sim, simulated: true}]
claims:
  - {id: c, source: sim, elements: {carrier: {classes: [landing-ship]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 1200, simulated: true,
     baseline: [{classes: [landing-ship], calls_per_30d: 1}, {classes: [any], calls_per_30d: 6}]}
vessels:
  - {id: vilkov, class: alligator, names: [Nikolay Vilkov]}
"""


class Quiet:
    """Counts the steps that were done."""

    def begin(self, total: int) -> None:
        self.done: list[str] = []

    def finished(self, step: str, *, unchanged: bool) -> None:
        if not unchanged:
            self.done.append(step.split()[0])


@pytest.fixture(scope="module")
def picture(tmp_path_factory) -> Path:
    ships = (ShipSpec(vessel_class="alligator", place="open"), ShipSpec(vessel_class="cargo", place="open"))
    spec = SceneSpec(
        sensor="optical", time=START, position=LonLat(lon=134.0, lat=40.5), gsd_m=1.0, size=(800, 800), seed=3,
        place_seed=5, ships=ships,
    )  # fmt: skip
    return write_scene(simulate(spec), tmp_path_factory.mktemp("made") / "simulated.tif")[0]


@pytest.fixture(scope="module")
def ran(tmp_path_factory, picture) -> Path:
    """A case folder that was run once, to copy."""
    made = Case.create(tmp_path_factory.mktemp("pattern") / "case", "A made-up harbour")
    (made.root / "case.yaml").write_text(YAML, encoding="utf-8")
    with Case.open(made.root) as case:
        add_scenes(case, SceneRequest(files=(picture,)), system_clock)
        run_case(case, Quiet(), system_clock)
    return made.root


@pytest.fixture
def case(ran, tmp_path) -> Case:
    return Case.open(shutil.copytree(ran, tmp_path / "case"))


def middle(ring) -> tuple[float, float]:
    return sum(p[0] for p in ring[:-1]) / 4, sum(p[1] for p in ring[:-1]) / 4


def with_yaml(case: Case, extra: str) -> Case:
    (case.root / "case.yaml").write_text(YAML + extra, encoding="utf-8")
    return Case.open(case.root)


def ships(case: Case):
    return sorted(case.store.detections(), key=lambda d: d.measurement.length_m or 0.0)


def test_each_ship_has_candidates_that_sum_to_one_with_what_was_weighed(case) -> None:
    (group,) = case.store.identities()
    assert [i.detection for i in group.identifications] == [d.id for d in case.store.detections()]
    assert group.ais is None
    for found in group.identifications:
        assert found.simulated
        assert sum(c.probability for c in found.candidates) + found.none_of_these == pytest.approx(1.0)
        assert {"length", "beam"} <= {f.name for f in found.factors}
        assert {c.vessel for c in found.named} == {"vilkov"}
    layer = pyogrio.raw.read(case.store.path, layer="identities")
    assert len(layer[3][0]) == len(group.identifications)


def test_a_person_decides_by_place_and_it_is_said_who(case, tmp_path) -> None:
    ship = ships(case)[0]
    lon, lat = middle(ship.ring)
    scene = case.store.scenes()[0].id
    told = with_yaml(
        case,
        f"recognition:\n  - {{scene: {scene}, at: [{lon}, {lat}], by: K. L., on: 2024-11-02, vessel: vilkov,\n"
        "     features: {four-holds: match}, note: four holds}\n",
    )
    progress = Quiet()
    run_case(told, progress, system_clock)
    assert sorted(progress.done) == ["identify", "judge", "look", "presence", "voyages"], "nothing is detected again"
    (sighting,) = [s for s in told.store.sightings() if s.detection == ship.id]
    assert (sighting.named, sighting.vessel) == ("alligator", "vilkov")
    assert sighting.decided == "Identified as Nikolay Vilkov by K. L. on 2024-11-02"
    (seen,) = [o for k in told.store.looks() for o in k.observations if o.vessel]
    assert (seen.vessel, seen.vessel_class) == ("vilkov", "alligator")
    found = {i.detection: i for i in told.store.identities()[0].identifications}[ship.id]
    (factor,) = [f for f in found.factors if f.by]
    assert factor.by == "K. L."
    assert factor.log_ratios["alligator"] > 0.0
    page = write_report(told, tmp_path / "report").read_text(encoding="utf-8")
    assert "Identified as Nikolay Vilkov by K. L." in page
    assert "What the ships may be" in page

    run_case(with_yaml(case, ""), Quiet(), system_clock)
    assert not [s for s in case.store.sightings() if s.vessel], "an entry that is taken out is withdrawn"


def test_a_recognition_where_no_ship_was_detected_is_said(case) -> None:
    scene = case.store.scenes()[0].id
    told = with_yaml(case, f"recognition:\n  - {{scene: {scene}, at: [134.1, 40.6], by: K, class: cargo}}\n")
    for _ in range(2):  # a second run, with nothing to do, says it again
        with pytest.warns(OffingWarning) as said:
            run_case(told, Quiet(), system_clock)
        assert ["no ship was detected there" in str(w.message) for w in said] == [True]
    told = with_yaml(case, "recognition:\n  - {scene: gone, at: [134.0, 40.5], by: K, class: cargo}\n")
    with pytest.warns(OffingWarning, match="the case has no such scene"):
        run_case(told, Quiet(), system_clock)


def ais_table(path: Path, place: tuple[float, float], mmsi: int = 273333333) -> None:
    rows = ["MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,Length,Width"]
    for minutes in range(-60, 61, 10):
        at = (START + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S")
        rows.append(f"{mmsi},{at},{place[1]:.6f},{place[0]:.6f},0.0,360.0,511,MADE UP,113,15")
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_ais_names_a_ship_and_its_silence_says_nothing_of_the_others(case, tmp_path) -> None:
    ship, other = ships(case)[:2]
    ais_table(case.root / "ais" / "made.csv", middle(ship.ring))
    told = with_yaml(case, "ais:\n  - {path: ais/made.csv, simulated: true, source: sim}\n")
    run_case(told, Quiet(), system_clock)
    matches = {m.detection: m for m in told.store.identities()[0].ais.matches}
    assert (matches[ship.id].outcome, matches[ship.id].mmsi) == ("matched", "273333333")
    assert matches[ship.id].residual_m < 50.0
    assert matches[other.id].outcome != "matched"
    write_csv(take(told), tmp_path / "csv")
    text = (tmp_path / "csv" / "identities.csv").read_text(encoding="utf-8")
    assert "MADE UP" in text
    assert "MADE UP" in write_report(told, tmp_path / "report").read_text(encoding="utf-8")
    progress = Quiet()
    run_case(told, progress, system_clock)
    assert progress.done == []
    ais_table(case.root / "ais" / "made.csv", middle(other.ring))
    run_case(told, progress, system_clock)
    assert "identify" in progress.done, "another content of the file is another input"


def test_a_photograph_is_shown_beside_the_ship_and_counted_in_nothing(case, tmp_path) -> None:
    spec = BroadsideSpec(vessel_class=case.library.get("alligator"), seed=1)
    (case.root / "references").mkdir()
    write_broadside(broadside(spec), case.root / "references" / "made.jpg")
    told = with_yaml(
        case, "references:\n  - {id: made, path: references/made.jpg, vessel: vilkov, bow: left, source: made up}\n"
    )
    before = case.store.identities()[0].identifications  # in a copy of the folder: its pictures' paths differ
    run_case(told, Quiet(), system_clock)
    (group,) = told.store.identities()
    assert [i.candidates for i in group.identifications] == [i.candidates for i in before]
    assert group.photographs
    assert all(m.photo.simulated and m.profile.simulated for m in group.photographs)
    page = write_report(told, tmp_path / "report").read_text(encoding="utf-8")
    assert "reference-figure" in page
    assert "Nikolay Vilkov in a photograph (made up)" in page
    (case.root / "references" / "made.jpg").write_bytes(b"no picture")
    with pytest.raises(OffingError, match=r"made\.jpg"):
        run_case(told, Quiet(), system_clock)


def test_real_ais_is_not_held_against_a_simulated_picture(case) -> None:
    ais_table(case.root / "ais" / "made.csv", middle(ships(case)[0].ring))
    told = with_yaml(case, "ais:\n  - {path: ais/made.csv}\n")
    run_case(told, Quiet(), system_clock)
    assert told.store.identities()[0].ais is None


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("ais:\n  - {path: ../x.csv}\n", "leads out of the case folder"),
        ("ais:\n  - {path: a.csv, source: nobody}\n", "not under sources"),
        ("recognition:\n  - {scene: s, at: [1, 2], by: K}\n", "says nothing"),
        ("recognition:\n  - {scene: s, at: [1, 2], by: K, vessel: vilko}\n", "vilkov"),
        ("recognition:\n  - {scene: s, at: [1, 2], by: K, features: {four-hols: match}}\n", "four-holds"),
        ("recognition:\n  - {scene: s, at: [1, 2], by: K, features: {four-holds: yes}}\n", "match"),
        ("recognition:\n  - {scene: s, at: [1, 2], by: K, class: cargo, on: soon}\n", "a date such as"),
        ("classes:\n  - {id: x, parent: cargo, navies: [russia], sources: [s]}\n", "ISO 3166"),
        ("references:\n  - {id: a, path: a.jpg}\n", "shows no ship"),
        ("references:\n  - {id: a, path: /etc/a.jpg, class: cargo}\n", "leads out"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(case, extra, message) -> None:
    with pytest.raises(CaseFileError, match=message) as caught, warnings.catch_warnings():
        with_yaml(case, extra)
    assert caught.value.where is not None
    assert int(caught.value.where.rsplit(":", 1)[1]) > YAML.count("\n")


def test_a_missing_file_of_ais_is_one_clear_error(case) -> None:
    told = with_yaml(case, "ais:\n  - {path: ais/none.csv, simulated: true}\n")
    with pytest.raises(OffingError, match="no such file"):
        run_case(told, Quiet(), system_clock)
