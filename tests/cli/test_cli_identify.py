"""``offing identify`` from the file that ``offing detect`` writes to tables, JSON and GeoJSON; and what it refuses."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from offing.bench.identify_ships import detected
from offing.cli import main
from offing.exchange.detections import detections_text
from offing.geo import LonLat
from offing.imagery.reading import open_picture
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.detection.model import DetectionSet


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a simulated picture of two landing ships of 113 m, and its detections."""
    folder = tmp_path_factory.mktemp("identify")
    spec = SceneSpec(
        sensor="optical",
        time=datetime(2024, 10, 16, 1, 30, tzinfo=UTC),
        position=LonLat(lon=134.0, lat=40.5),
        gsd_m=1.0,
        size=(330, 330),
        seed=3,
        ships=(
            ShipSpec(vessel_class="ropucha", x_m=-60.0, y_m=70.0, heading_deg=70.0, identity=4),
            ShipSpec(vessel_class="alligator", x_m=50.0, y_m=-80.0, heading_deg=200.0, identity=5),
        ),
        harbour=False,
    )
    made = simulate(spec)
    write_scene(made, folder / "scene.tif")
    with open_picture([folder / "scene.tif"]) as picture:
        found = tuple(
            msgspec.structs.replace(
                detected(ship, spec, np.random.default_rng(i), picture.pixel),
                id=f"{i:04d}",
                image="scene.tif",
                ring=ship.ring,
            )
            for i, ship in enumerate(made.ships, start=1)
        )
        held = DetectionSet(
            image="scene.tif",
            detections=found,
            notes=(),
            width=picture.width,
            height=picture.height,
            georeferenced=True,
            sensor=picture.sensor,
            simulated=True,
        )
    (folder / "ships.geojson").write_text(detections_text([held], "geojson"))
    (folder / "prior.csv").write_text("class,share\nropucha,1\nalligator,1\nunknown,1\n")
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["identify", *map(str, words)])
    printed = capsys.readouterr()
    return int(end.value.code or 0), printed.out, printed.err


def test_layouts_name_the_ships_and_every_part_is_shown(scene: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out.geojson"
    code, printed, _ = run(
        capsys, scene / "ships.geojson", "--prior", scene / "prior.csv", "--format", "json", "-o", out
    )
    assert code == 0
    one, other = json.loads(printed)["identifications"]
    assert (one["named"], other["named"]) == ("ropucha", "alligator")
    assert one["simulated"]
    assert [f["name"] for f in one["factors"]] == ["length", "beam", "profile"]
    assert one["factors"][2]["likelihood_ratios"]["ropucha"] > 3.0 * one["factors"][2]["likelihood_ratios"]["alligator"]
    assert any(p["part"] == "superstructure" for p in one["factors"][2]["along_the_hull"]["ropucha"])
    total = sum(c["probability"] for c in one["candidates"]) + one["none_of_these"] + one["other_classes"]
    assert total == pytest.approx(1.0, abs=1e-3)
    assert "stated in prior.csv" in one["prior_basis"]
    # The GeoJSON is the one that went in, each feature with its identification.
    before, after = (json.loads(p.read_text()) for p in (scene / "ships.geojson", out))
    assert [f["properties"].pop("identification") for f in after["features"]] == [
        {k: v for k, v in found.items() if k not in ("image", "id")} for found in (one, other)
    ]
    assert after == before


def test_without_the_picture_sizes_alone_do_not_tell_them_apart(scene: Path, tmp_path: Path, capsys) -> None:
    alone = tmp_path / "ships.geojson"
    alone.write_bytes((scene / "ships.geojson").read_bytes())
    code, printed, err = run(capsys, alone, "--prior", scene / "prior.csv", "--format", "json")
    assert code == 0
    assert "only dimensions are compared" in err
    for one in json.loads(printed)["identifications"]:
        assert one["simulated"]
        assert one["named"] in ("landing-ship", "unknown", "warship")
        classes, vessels = one["cannot_be_told_apart"][:2]
        assert {*classes["members"]} == {"ropucha", "alligator"}
        assert classes["would_tell"]
        assert vessels["what"] == "vessels"
    code, printed, _ = run(
        capsys, alone, "--prior", scene / "prior.csv", "--picture", scene / "scene.tif", "--format", "csv"
    )
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [r["named"] for r in rows if r["candidate"] == "none of these"] == ["ropucha", "alligator"]
    assert any("profile ×" in r["parts"] for r in rows)


def test_what_a_person_judged_is_counted_and_shown(scene: Path, tmp_path: Path, capsys) -> None:
    from offing.vessels.classes import library

    feature = library().get("alligator").features[0]
    judged = tmp_path / "judged.csv"
    judged.write_text(f'detection,feature,score,by,note\n0001,alligator/{feature.id},match,A. Nalyst,"clear, twice"\n')
    ships = tmp_path / "ships.geojson"
    ships.write_bytes((scene / "ships.geojson").read_bytes())
    words = (ships, "--prior", scene / "prior.csv", "--judged", judged, "--format", "json")
    code, printed, _ = run(capsys, *words)
    assert code == 0
    one, other = json.loads(printed)["identifications"]
    factor = one["factors"][-1]
    assert (factor["by"], factor["note"]) == ("A. Nalyst", "clear, twice")
    assert factor["likelihood_ratios"]["alligator"] == pytest.approx(feature.if_it / feature.if_other, rel=0.01)
    assert len(other["factors"]) == 2


def test_the_table_says_what_it_stands_on(scene: Path, capsys) -> None:
    code, printed, err = run(capsys, scene / "ships.geojson")
    assert code == 0
    assert "ropucha" in printed
    assert "none of these" in printed
    assert "prior: declared" in err
    assert "SIMULATED" in err


def test_own_classes_are_considered(scene: Path, tmp_path: Path, capsys) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        '[[classes]]\nid = "mine"\nname = "Mine"\nparent = "warship"\nlength_m = [112, 114]\nbeam_m = [15, 15.5]\n'
        'sources = ["test"]\n'
    )
    code, printed, _ = run(capsys, scene / "ships.geojson", "--classes", own, "--format", "json")
    assert code == 0
    assert any(c["class"] == "mine" for c in json.loads(printed)["identifications"][0]["candidates"])


def changed(scene: Path, tmp_path: Path, **properties: object) -> Path:
    document = json.loads((scene / "ships.geojson").read_text())
    document["features"][0]["properties"] |= properties
    path = tmp_path / "changed.geojson"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no file of detections"),
        ("[]", "no file of detections"),
        ('{"type": "Feature", "features": []}', "no FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [{"properties": {}}]}', "no file of detections"),
        ("[" * 100_000, "no file of detections"),
        ('{"type": "FeatureCollection", "features": ' + "9" * 5000 + "}", "no file of detections"),
    ],
)
def test_what_is_no_file_of_detections_is_refused(text: str, said: str, tmp_path: Path, capsys) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text)
    code, printed, err = run(capsys, path)
    assert (code, printed) == (1, "")
    assert err.count("error: ") == 1
    assert said in err


@pytest.mark.parametrize(
    "properties",
    [
        {"length_m_90": [120.0, 100.0]},
        {"beam_m": -3.0},
        {"length_m": 1e9},
        {"bow_probability": 3.0},
        {"pixel_box": [[0, 0], [0, 0], [0, 0], [0, 0]]},
        {"pixel_box": [[1e9, 0], [0, 0], [0, 5], [1e9, 5]]},
    ],
)
def test_measurements_that_make_no_sense_are_refused(properties: dict, scene: Path, tmp_path: Path, capsys) -> None:
    code, _, err = run(capsys, changed(scene, tmp_path, **properties))
    assert code == 1
    assert err.count("error: ") == 1
    assert "feature 1" in err


def test_a_picture_that_is_not_theirs_is_refused(scene: Path, tmp_path: Path, capsys) -> None:
    code, _, err = run(capsys, scene / "ships.geojson", "--picture", tmp_path / "none.tif")
    assert code == 1
    assert "no such file" in err
    away = changed(scene, tmp_path, pixel_box=[[900, 900], [930, 900], [930, 1000], [900, 1000]])
    code, _, err = run(capsys, away, "--picture", scene / "scene.tif")
    assert code == 1
    assert "lies outside its 330 × 330 pixels" in err


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--prior", "class,share\nropuha,1\n", "line 2: 'ropuha' is no vessel class; did you mean ropucha"),
        ("--prior", "class,share\nropucha,-1\n", "line 2"),
        ("--prior", "class,share\nropucha,1\nropucha,1\n", "line 3"),
        ("--prior", "class,share\nropucha,0\n", "no class has a share above 0"),
        ("--prior", "name,share\n", "line 1"),
        ("--prior", "class,share\nropucha,nan\n", "line 2"),
        ("--judged", "detection,feature,score,by\n0001,ropucha/none,match,me\n", "has no feature 'none'"),
        ("--judged", "detection,feature,score,by\n0001,ropucha/none,yes,me\n", "is no score"),
        ("--judged", "detection,feature,score,by\n0001,ropucha/none,match,\n", "nobody stands for"),
        ("--judged", "detection,feature,score\n", "line 1"),
        ("--classes", '[[classes]]\nid = "x"\nlength_m = [120, 110]\n', "x"),
    ],
)
def test_tables_that_break_their_form_are_refused(
    option: str, text: str, said: str, scene: Path, tmp_path: Path, capsys
) -> None:
    path = tmp_path / ("t.toml" if option == "--classes" else "t.csv")
    path.write_text(text)
    code, printed, err = run(capsys, scene / "ships.geojson", option, path)
    assert (code, printed) == (1, "")
    assert err.count("error: ") == 1
    assert said in err


def test_a_judgement_of_no_detection_is_refused(scene: Path, tmp_path: Path, capsys) -> None:
    from offing.vessels.classes import library

    feature = library().get("ropucha").features[0].id
    path = tmp_path / "judged.csv"
    path.write_text(f"detection,feature,score,by\n0099,ropucha/{feature},match,me\n")
    code, _, err = run(capsys, scene / "ships.geojson", "--judged", path)
    assert code == 1
    assert "no detection '0099'" in err


def test_nothing_is_written_where_the_folder_is_missing(scene: Path, tmp_path: Path, capsys) -> None:
    code, printed, err = run(capsys, scene / "ships.geojson", "-o", tmp_path / "no" / "out.geojson")
    assert (code, printed) == (1, "")
    assert "its folder does not exist" in err


def test_two_detections_of_one_name_are_refused(scene: Path, tmp_path: Path, capsys) -> None:
    code, printed, err = run(capsys, changed(scene, tmp_path, id="0002"))
    assert (code, printed) == (1, "")
    assert "two detections of scene.tif are called '0002'" in err


@pytest.mark.parametrize("image", ["/dev/zero", "../../../etc", "no\x00name", "x" * 200])
def test_names_of_pictures_are_not_trusted(image: str, scene: Path, tmp_path: Path, capsys) -> None:
    code, printed, err = run(capsys, changed(scene, tmp_path, image=image), "--format", "json")
    assert "Traceback" not in err
    assert code in (0, 1)
    assert code == 1 or len(json.loads(printed)["identifications"]) == 2
