"""``offing same-ship``: two detections of simulated pictures, and what goes wrong."""

import json
from datetime import UTC, datetime

import pytest

from offing.cli import main
from offing.exchange.detections import detections_text
from offing.geo import LonLat
from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.detection.model import DetectionSet
from offing.vessels.measurement import measure
from offing.vessels.model import Detection, OrientedBox


def seen(folder, name, seed):
    """A simulated picture of Ropucha 3 and a detections file of her and of nothing beside her."""
    spec = SceneSpec(
        sensor="optical", time=datetime(2024, 10, seed, 1, 30, tzinfo=UTC), position=LonLat(lon=134.0, lat=40.5),
        gsd_m=3.0, size=(80, 80), seed=seed, harbour=False,
        ships=(ShipSpec(vessel_class="ropucha", x_m=0.0, y_m=0.0, heading_deg=90.0, identity=3),),
    )  # fmt: skip
    scene = simulate(spec)
    path, _ = write_scene(scene, folder / f"{name}.tif")
    with open_picture([path]) as picture:
        (ship,) = scene.ships
        corners = [picture.pixel(*p) for p in ship.ring[:4]]
        half = ship.length_m / 2.0 / 3.0
        box = OrientedBox(
            col=sum(c for c, _ in corners) / 4.0, row=sum(r for _, r in corners) / 4.0,
            length_px=(half, 0.0), beam_px=(0.0, 2.5),
        )  # fmt: skip
        score = Probability(value=0.9, low=0.9, high=0.9, basis="test")
        detections = tuple(
            Detection(
                id=number, image=f"{name}.tif", time=scene.spec.time, score=score, box=box, ring=ship.ring,
                measurement=measure(box, picture, bow=0.9),
            )
            for number in ("0001", "0002")
        )  # fmt: skip
        owner = DetectionSet(
            image=f"{name}.tif", detections=detections, notes=(), width=80, height=80, georeferenced=True,
            sensor="multispectral", simulated=True,
        )  # fmt: skip
    out = folder / f"{name}.geojson"
    out.write_text(detections_text([owner], "geojson"))
    return out


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("same")
    return seen(folder, "one", 11), seen(folder, "two", 14)


def call(*arguments):
    with pytest.raises(SystemExit) as end:
        main(["same-ship", *map(str, arguments)])
    return end.value.code


def test_two_pictures_of_a_ship_with_every_factor(files, capsys) -> None:
    one, two = files
    assert call(f"{one}:0001", f"{two}:0001", "--format", "json") == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)["same_ship"]
    assert found["simulated"] is True
    assert found["ratio"]["low"] <= found["ratio"]["value"] <= found["ratio"]["high"]
    used = {f["name"] for f in found["factors"] if f["used"]}
    assert used == {"dimensions", "profile", "paint", "passage"}
    assert "reading" in printed.err
    assert call(f"{one}:0001", f"{two}:0001") == 0
    table = capsys.readouterr()
    assert found["statement"] in table.out
    assert "likelihood ratio" in table.out
    assert "SIMULATED" in table.err


def test_the_pictures_can_be_named(files, tmp_path, capsys) -> None:
    one, two = files
    moved = tmp_path / "moved.geojson"
    moved.write_text(one.read_text())
    picture = one.with_suffix(".tif")
    assert call(f"{moved}:0001", f"{two}:0001", "--picture-a", picture, "--format", "json") == 0
    with_picture = json.loads(capsys.readouterr().out)["same_ship"]
    assert {f["name"] for f in with_picture["factors"] if f["used"]} == {"dimensions", "profile", "paint", "passage"}
    assert call(f"{moved}:0001", f"{two}:0001", "--format", "json") == 0
    without = json.loads(capsys.readouterr().out)["same_ship"]
    assert {f["name"] for f in without["factors"] if f["used"]} == {"dimensions", "passage"}


def test_traffic_and_sisters_are_stated(files, tmp_path, capsys) -> None:
    one, two = files
    traffic = tmp_path / "traffic.csv"
    traffic.write_text("class,share\nropucha,1\n")
    ratios = []
    for more in ((), ("--sisters", "1.0"), ("--traffic", traffic)):
        assert call(f"{one}:0001", f"{two}:0001", "--format", "json", *more) == 0
        ratios.append(json.loads(capsys.readouterr().out)["same_ship"])
    assert ratios[1]["ratio"]["value"] == pytest.approx(ratios[1]["against_sister"]["value"])
    dimensions = [next(f for f in r["factors"] if f["name"] == "dimensions")["against_traffic"] for r in ratios]
    assert dimensions[2] < dimensions[0]
    assert ratios[2]["traffic"] == "stated in traffic.csv"


def test_judged_features_are_counted(files, tmp_path, capsys) -> None:
    from offing.vessels.classes import library

    one, two = files
    entry = next(c for c in library() if c.features)
    judged = tmp_path / "judged.csv"
    name = f"{entry.id}/{entry.features[0].id}"
    judged.write_text(f"detection,feature,score,by\n0001,{name},match,N. N.\n")
    more = ("--judged-a", judged, "--judged-b", judged, "--format", "json")
    assert call(f"{one}:0001", f"{two}:0001", *more) == 0
    factors = json.loads(capsys.readouterr().out)["same_ship"]["factors"]
    assert next(f for f in factors if f["name"] == "features")["compared"] == name
    assert call(f"{one}:0002", f"{two}:0001", *more) == 1
    assert "nothing is judged there of one.tif:0002" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("{one}:0001", "{one}:0001"), "one.tif:0001 is compared with itself"),
        (("{one}:0009", "{two}:0001"), "there is no detection '0009'"),
        (("{one}", "{two}:0001"), "FILE:ID"),
        (("{folder}/none.geojson:0001", "{two}:0001"), "there is no such file"),
        (("{picture}:0001", "{two}:0001"), "is no file of detections"),
        (("{one}:0001", "{two}:0001", "--sisters", "2"), "sister share of 2"),
        (("{one}:0001", "{two}:0001", "--gsd-a", "-1"), "a pixel size of -1"),
        (("{one}:0001", "{two}:0001", "--traffic", "{folder}/none.csv"), "there is no such file"),
        (("{one}:0001", "{two}:0001", "--judged-a", "{one}"), "the columns are not detection,feature,score,by"),
    ],
)
def test_what_is_wrong_is_one_line(files, capsys, arguments, message) -> None:
    one, two = files
    words = {"one": one, "two": two, "folder": one.parent, "picture": one.with_suffix(".tif")}
    assert call(*(a.format(**words) for a in arguments)) == 1
    (line,) = [text for text in capsys.readouterr().err.splitlines() if text.startswith("error: ")]
    assert message in line
