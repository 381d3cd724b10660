"""Detections read back: what was written comes back, and what is wrong is named with its feature."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.exchange.detections import detections_text
from offing.exchange.detections_read import read_detections
from offing.quantities import Interval, Probability
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Measurement, OrientedBox

RING = ((132.0, 42.0), (132.001, 42.0), (132.001, 42.001), (132.0, 42.001), (132.0, 42.0))


def found(col=20.0, row=15.0, along=(6.0, 2.0), across=(-0.5, 1.5), **changes) -> Detection:
    given_ = {
        "id": "0001", "image": "a.tif", "time": datetime(2024, 10, 17, 1, 30, tzinfo=UTC), "ring": RING,
        "score": Probability(value=0.9, low=0.8, high=0.95, basis="b"), "flags": ("near-land",),
        "box": OrientedBox(col=col, row=row, length_px=along, beam_px=across),
        "measurement": Measurement(
            length_m=112.0, length_m_90=Interval(low=100.0, high=124.0), beam_m=15.0, beam_m_90=None, axis_deg=20.0,
            heading_deg=200.0, bow_probability=0.8,
        ),
    }  # fmt: skip
    return Detection(**{**given_, **changes})


def written(tmp_path, *detections, placed=True, simulated=False):
    owner = DetectionSet(
        image="a.tif", detections=detections, notes=(), width=40, height=30, georeferenced=placed, sensor="sar",
        simulated=simulated,
    )  # fmt: skip
    path = tmp_path / "ships.geojson"
    path.write_text(detections_text([owner], "geojson"))
    return path


def test_what_was_written_comes_back(tmp_path) -> None:
    first = found()
    held = read_detections(written(tmp_path, first, simulated=True))
    (again,) = held.detections
    assert (again.id, again.image, again.time, again.flags) == (first.id, first.image, first.time, first.flags)
    assert again.measurement == first.measurement
    assert again.ring == first.ring
    assert again.score.value == pytest.approx(0.9)
    assert held.simulated == {("a.tif", "0001")}


@given(
    middle=st.tuples(*[st.floats(-50.0, 500.0)] * 2),
    half=st.floats(2.0, 80.0),
    turn=st.floats(0.0, 6.28),
    ratio=st.floats(0.1, 0.5),
)
def test_the_box_comes_back_with_its_bow(tmp_path_factory, middle, half, turn, ratio) -> None:
    along = (half * math.cos(turn), half * math.sin(turn))
    box = OrientedBox(col=middle[0], row=middle[1], length_px=along, beam_px=(-ratio * along[1], ratio * along[0]))
    path = written(tmp_path_factory.mktemp("box"), found(box=box))
    (again,) = read_detections(path).detections
    for one, other in zip(again.box.corners(), box.corners(), strict=True):
        assert one == pytest.approx(other, abs=0.02)


def test_without_georeference_there_is_no_ring(tmp_path) -> None:
    (again,) = read_detections(written(tmp_path, found(ring=None), placed=False)).detections
    assert again.ring is None


def changed(tmp_path, **properties):
    path = written(tmp_path, found())
    document = json.loads(path.read_text())
    document["features"][0]["properties"].update(properties)
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"length_m": "long"}, r"is no file of detections: Expected `float \| null`.*length_m"),
        ({"length_m": -3.0}, "feature 1: length_m is -3"),
        ({"score": 1.5}, "feature 1: score 1.5 is no probability"),
        ({"length_m_90": [120.0, 100.0]}, r"feature 1: interval \[120.0, 100.0\] is upside down"),
        ({"pixel_box": [[0, 0], [1, 1]]}, "pixel_box has 2 corners"),
        ({"pixel_box": [[5, 5]] * 4}, "pixel_box has no extent"),
        ({"time": "yesterday"}, r"feature 1: 'yesterday' is no ISO 8601 time"),
        ({"axis_deg": 200.0}, "axis 200"),
        ({"bow_probability": 7.0}, "bow_probability 7 is no probability"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, properties, message) -> None:
    with pytest.raises(OffingError, match=message):
        read_detections(changed(tmp_path, **properties))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no file of detections"),
        ("[1, 2]", "is no file of detections"),
        ('{"type": "Feature", "features": []}', "no FeatureCollection"),
        ("[" * 100_000, "is no file of detections"),
        ('{"type": "FeatureCollection", "features": [{"properties": {}}]}', "missing required field"),
    ],
)
def test_what_is_no_file_of_detections(tmp_path, text, message) -> None:
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(OffingError, match=message):
        read_detections(path)
    with pytest.raises(OffingError, match="there is no such file"):
        read_detections(tmp_path / "none.geojson")


def test_a_polygon_outside_the_earth_is_named(tmp_path) -> None:
    path = written(tmp_path, found())
    document = json.loads(path.read_text())
    document["features"][0]["geometry"]["coordinates"][0][0] = [500000.0, 4750000.0]
    path.write_text(json.dumps(document))
    with pytest.raises(OffingError, match="not in degrees"):
        read_detections(path)
