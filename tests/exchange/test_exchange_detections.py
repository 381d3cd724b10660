import csv
import io
import json
from datetime import UTC, datetime

import msgspec
import pytest

from offing.exchange.detections import CSV_COLUMNS, detections_text, image_id
from offing.quantities import Interval, Probability
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Measurement, OrientedBox, Velocity


def found(image="scenes/000012.jpg", ring=None, flags=("near-land",), time=None, metres=True):
    measured = Measurement(
        length_m=112.44 if metres else None,
        length_m_90=Interval(low=100.0, high=125.06) if metres else None,
        beam_m=15.0 if metres else None,
        beam_m_90=Interval(low=10.0, high=20.0) if metres else None,
        axis_deg=179.99,
        heading_deg=359.99,
        bow_probability=0.5,
    )
    return Detection(
        id="0001", image=image, time=time, score=Probability(value=0.9, low=0.8, high=0.95, basis="model x"),
        box=OrientedBox(col=20.0, row=10.0, length_px=(5.0, 0.0), beam_px=(0.0, 1.5)), ring=ring, measurement=measured,
        flags=flags,
    )  # fmt: skip


def a_set(*detections, placed=False, simulated=False):
    return DetectionSet(
        image="scenes/000012.jpg", detections=detections, notes=(), width=40, height=30, georeferenced=placed,
        sensor="sar", simulated=simulated,
    )  # fmt: skip


RING = ((132.0, 42.0), (132.001, 42.0), (132.001, 42.001), (132.0, 42.001), (132.0, 42.0))


def test_geojson_without_georeference_has_no_crs_and_pixels():
    document = json.loads(detections_text([a_set(found(metres=False))], "geojson"))
    assert document["crs"] is None
    feature = document["features"][0]
    outline = feature["geometry"]["coordinates"][0]
    assert outline[0] == outline[-1]
    assert sorted(map(tuple, outline[:4])) == [(15, 8.5), (15, 11.5), (25, 8.5), (25, 11.5)]
    properties = feature["properties"]
    assert properties["length_m"] is None
    assert properties["length_m_90"] is None
    assert len(properties["pixel_box"]) == 4
    assert properties["time"] is None


def test_geojson_with_georeference_is_lonlat_and_names_no_crs():
    time = datetime(2024, 10, 16, 9, 30, tzinfo=UTC)
    document = json.loads(detections_text([a_set(found(ring=RING, time=time), placed=True)], "geojson"))
    assert "crs" not in document
    feature = document["features"][0]
    assert feature["geometry"]["coordinates"][0] == [list(p) for p in RING]
    wanted = {
        "score", "length_m", "length_m_90", "beam_m", "beam_m_90", "axis_deg", "heading_deg", "bow_probability",
        "pixel_box", "image", "time", "flags",
    }  # fmt: skip
    assert wanted <= set(feature["properties"])
    assert feature["properties"]["length_m_90"] == [100.0, 125.1]
    assert feature["properties"]["time"] == "2024-10-16T09:30:00Z"
    assert feature["properties"]["image"] == "scenes/000012.jpg"


def test_directions_stay_below_the_full_turn_when_rounded():
    properties = json.loads(detections_text([a_set(found())], "geojson"))["features"][0]["properties"]
    assert (properties["axis_deg"], properties["heading_deg"]) == (0.0, 0.0)


def test_mixed_pictures_are_all_given_in_pixels():
    document = json.loads(detections_text([a_set(found(ring=RING), placed=True), a_set(found())], "geojson"))
    assert document["crs"] is None
    assert all(f["geometry"]["coordinates"][0][0][0] < 40 for f in document["features"])


def test_coco_is_a_results_list():
    results = json.loads(detections_text([a_set(found())], "coco"))
    assert results == [
        {
            "image_id": 12, "category_id": 1, "bbox": [15.0, 8.5, 10.0, 3.0], "score": 0.9,
            "segmentation": [[25.0, 11.5, 25.0, 8.5, 15.0, 8.5, 15.0, 11.5]],
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("image", "expected"), [("a/000012.jpg", 12), ("klang", "klang"), ("x/a1.tif", "a1.tif"), ("٣.png", "٣.png")]
)
def test_image_id(image, expected):
    assert image_id(image) == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_text_is_no_formula(start):
    text = detections_text([a_set(found(image=f"{start}cmd|' /C calc'!A0.tif"))], "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert rows[0]["image"].startswith("'")


def test_nothing_found_is_a_whole_document():
    assert json.loads(detections_text([a_set(placed=True)], "geojson")) == {"type": "FeatureCollection", "features": []}
    assert json.loads(detections_text([a_set()], "coco")) == []
    assert detections_text([a_set()], "csv") == ",".join(CSV_COLUMNS) + "\n"


def dismissed_set():
    ghost = msgspec.structs.replace(found(flags=("ambiguity",)), id="0002", reasons=("a ghost of 3, 4", "on land"))
    return msgspec.structs.replace(a_set(found()), dismissed=(ghost,))


@pytest.mark.parametrize("output", ["geojson", "coco", "csv"])
def test_what_is_dismissed_is_shown_only_on_request(output):
    assert detections_text([dismissed_set()], output) == detections_text([a_set(found())], output)


def test_what_is_dismissed_is_marked_with_its_reasons():
    ship, ghost = (
        f["properties"] for f in json.loads(detections_text([dismissed_set()], "geojson", dismissed=True))["features"]
    )
    assert "dismissed" not in ship
    assert (ghost["id"], ghost["dismissed"], ghost["reasons"]) == ("0002", True, ["a ghost of 3, 4", "on land"])
    coco = json.loads(detections_text([dismissed_set()], "coco", dismissed=True))
    assert [r.get("dismissed") for r in coco] == [None, True]
    rows = list(csv.DictReader(io.StringIO(detections_text([dismissed_set()], "csv", dismissed=True))))
    assert [(r["dismissed"], r["reasons"]) for r in rows] == [("no", ""), ("yes", "a ghost of 3, 4; on land")]


def test_simulated_pictures_say_so():
    assert json.loads(detections_text([a_set(found(), simulated=True)], "geojson"))["features"][0]["properties"][
        "simulated"
    ]


def test_velocities_are_there_for_ships_that_have_one():
    velocity = Velocity(
        speed_kn=12.34, speed_kn_90=Interval(low=8.0, high=16.68), course_deg=359.98,
        course_deg_90=Interval(low=351.0, high=368.96), course_probability=0.9312, basis="delays of B03, B08, B04",
    )  # fmt: skip
    moving = msgspec.structs.replace(found(), velocity=velocity)
    features = json.loads(detections_text([a_set(moving, found())], "geojson"))["features"]
    properties = features[0]["properties"]
    assert (properties["speed_kn"], properties["speed_kn_90"]) == (12.3, [8.0, 16.7])
    assert (properties["course_deg"], properties["course_deg_90"]) == (0.0, [-9.0, 9.0])
    assert (properties["course_probability"], properties["velocity_basis"]) == (0.931, velocity.basis)
    assert not {k for k in features[1]["properties"] if k.startswith(("speed", "course", "velocity"))}
    results = json.loads(detections_text([a_set(moving, found())], "coco"))
    assert results[0]["speed_kn"] == 12.3
    assert "speed_kn" not in results[1]
    rows = list(csv.DictReader(io.StringIO(detections_text([a_set(moving, found())], "csv"))))
    assert (rows[0]["speed_kn_low"], rows[0]["course_deg_high"], rows[0]["course_probability"]) == (
        "8.0",
        "9.0",
        "0.931",
    )
    assert rows[1]["speed_kn"] == ""
