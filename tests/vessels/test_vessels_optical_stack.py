"""What other optical looks of a place tell: its own water, what is always there, and what lies where water was."""

import math
import warnings
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from offing.geo import LonLat
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.quay import PIER_END_V, PIER_U, QUAY_V, axes, harbour, to_grid
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.sites import Berth
from offing.vessels.detection.detect import detect
from offing.vessels.detection.model import DetectionSet
from offing.vessels.detection.spacing import APART, spaced
from offing.vessels.detection.stack import detect_with_background
from offing.vessels.detection.stack.aligned import registered
from offing.vessels.detection.stack.clear import cloudless, look_at, told_by, water_in
from offing.vessels.detection.stack.detect import compared
from offing.vessels.detection.stack.tiles import stack_of
from offing.vessels.model import Detection, Measurement, OrientedBox

SEED, GSD, SIDE, LOOKS = 4, 10.0, 112, 7
POSITION = LonLat(lon=134.0, lat=40.5)
START = datetime(2024, 4, 1, 2, tzinfo=UTC)
PORT = harbour(SEED)
BANDS = ("blue", "green", "red", "nir")


def moored(slot: int, kind: str, length: float, beam: float) -> ShipSpec:
    """A ship that lies alongside, always at the same place of the slot."""
    at = PORT.slots[slot]
    ((x, y),) = to_grid(PORT, np.array([[at.u + at.out[0] * (beam / 2 + 2), at.v + at.out[1] * (beam / 2 + 2)]]))
    return ShipSpec(
        vessel_class=kind, place="berth", length_m=length, x_m=float(x), y_m=float(y),
        heading_deg=(PORT.angle_deg + at.axis) % 360.0,
    )  # fmt: skip


STAYS, COMES = moored(0, "cargo", 118.0, 18.0), moored(2, "cargo", 150.0, 23.0)


def written(path, number: int, *ships: ShipSpec, cloud: float = 0.0, off=(0.0, 0.0)):
    """A simulated picture that lies ``off`` (pixels east and north) from where it says."""
    scene = simulate(
        SceneSpec(
            sensor="optical", time=START + timedelta(days=15 * number), position=POSITION, gsd_m=GSD,
            size=(SIDE, SIDE), seed=1000 + number, place_seed=SEED, ships=ships, cloud=cloud, wind_m_s=4.0,
        )
    )  # fmt: skip
    grid = msgspec.structs.replace(
        scene.grid, easting=scene.grid.easting + off[0] * GSD, northing=scene.grid.northing + off[1] * GSD
    )
    return write_scene(msgspec.structs.replace(scene, grid=grid), path)[0]


OFF = [(0.0, 0.0), (1.0, -0.6), (-0.8, 0.9), (0.4, 1.0), (-1.0, -1.0), (0.3, 0.0), (0.0, -0.5)]
CLOUDS = [0.0, 0.0, 0.0, 0.25, 0.0, 0.5, 0.0]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """(the picture, others): one ship lies in all of them, one came; two others are cloudy, most lie off."""
    folder = tmp_path_factory.mktemp("port")
    others = [
        written(folder / f"{n}.tif", n, STAYS, cloud=c, off=o) for n, (c, o) in enumerate(zip(CLOUDS, OFF, strict=True))
    ]
    return written(folder / "now.tif", LOOKS, STAYS, COMES), others


@pytest.fixture
def opened():
    with ExitStack() as stack:
        yield lambda *paths, **how: [stack.enter_context(open_picture([p], **how)) for p in paths]


@pytest.fixture
def port(files, opened):
    now, others = files
    picture, *rest = opened(now, *others)
    return picture, rest


def found_at(name: str, u, v, length: float, beam: float, *, along: bool = True, **other) -> Detection:
    """A find at a place in quay coordinates (metres), as long as ``length`` along the quay or away from it."""
    ((x, y),) = to_grid(PORT, np.array([[u, v]], float))
    quay, sea = axes(PORT)
    ahead, aside = (quay, sea) if along else (sea, quay)
    return Detection(
        id=name, image="now", time=None, score=Probability(value=0.8, low=0.7, high=0.9, basis="test"),
        box=OrientedBox(
            col=x / GSD + SIDE / 2, row=SIDE / 2 - y / GSD,
            length_px=(ahead[0] * length / 2 / GSD, -ahead[1] * length / 2 / GSD),
            beam_px=(aside[0] * beam / 2 / GSD, -aside[1] * beam / 2 / GSD),
        ),
        ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
        **other,
    )  # fmt: skip


def finds(*detections: Detection, dismissed=()) -> DetectionSet:
    return DetectionSet(
        image="now", detections=detections, dismissed=dismissed, notes=("found so",), width=SIDE, height=SIDE,
        georeferenced=True, sensor="multispectral", simulated=True,
    )  # fmt: skip


RESIDENT = found_at("0001", PORT.slots[0].u, QUAY_V + 11.0, 118.0, 18.0)
NEWCOMER = found_at("0002", PIER_U[1] + 13.5, PORT.slots[2].v, 150.0, 23.0, along=False)
PIER = found_at("0003", np.mean(PIER_U), PIER_END_V - 50.0, 100.0, 24.0, along=False)
TOWN = found_at("0004", -60.0, QUAY_V - 210.0, 80.0, 20.0)
AFLOAT = found_at("0005", -100.0, QUAY_V + 300.0, 80.0, 20.0)


def berth_around(picture, detection: Detection, wider: float = 1.3) -> Berth:
    box = detection.box
    wide = msgspec.structs.replace(
        box, length_px=tuple(wider * v for v in box.length_px), beam_px=tuple(wider * v for v in box.beam_px)
    )
    corners = [*wide.corners(), wide.corners()[0]]
    lons, lats = picture.lonlat([c for c, _ in corners], [r for _, r in corners])
    return Berth(id="b", site="s", ring=tuple(zip(lons.tolist(), lats.tolist(), strict=True)))


# One look ----------------------------------------------------------------------------------------------------------
def test_clouds_are_no_part_of_a_look_and_hulls_no_water() -> None:
    rng = np.random.default_rng(3)
    values = np.empty((4, 80, 80), np.float32)
    values[:, :, :40] = np.array([0.06, 0.05, 0.04, 0.01])[:, None, None]
    values[:, :, 40:] = np.array([0.10, 0.12, 0.14, 0.25])[:, None, None]
    values[:, 50:53, 10:25] = np.array([0.20, 0.15, 0.14, 0.16])[:, None, None]
    values += rng.normal(0, 0.002, values.shape).astype(np.float32)
    values[:, :25, 30:70] = 0.55
    seen = cloudless(values, BANDS, 10.0, reflectance=True)
    assert np.isnan(seen[:, :25, 30:70]).all()
    assert np.isfinite(seen[:, 35:, :]).all()
    wet = water_in(seen, BANDS)
    assert not wet[50:53, 10:25].any()
    assert wet[33:48, :40].all()
    assert not wet[:, 40:].any()


def test_the_bands_looked_at_are_visible_and_near_infrared() -> None:
    assert told_by(("B02", "B03", "B04", "B08", "B11", "B8A")) == ("B02", "B03", "B04", "B08")
    assert told_by(("band1", "band2")) == ("band1",)


def test_a_quality_band_says_where_clouds_are(tmp_path, opened) -> None:
    paths = []
    for number, shift in enumerate((0, 20)):
        path = tmp_path / f"{number}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", count=5, height=64, width=64, dtype="uint16", crs="EPSG:32653",
            transform=rasterio.Affine(10, 0, 5e5 + shift, 0, -10, 4.5e6),
        ) as out:  # fmt: skip
            out.write(np.full((4, 64, 64), 800, np.uint16), [1, 2, 3, 4])
            classes = np.full((64, 64), 6, np.uint16)
            classes[20:40, 20:40] = [9, 3][number]
            out.write(classes, 5)
            out.descriptions = ("B02", "B03", "B04", "B08", "SCL")
            out.update_tags(OFFING_SENSOR="multispectral")
        paths.append(path)
    now, other = opened(*paths)
    whole = Box(col0=0, row0=0, col1=64, row1=64)
    bands = ("B02", "B03", "B04", "B08")
    assert (~np.isfinite(look_at(now, None, bands, whole, 10.0)[0])).sum() == 400
    lying = registered(now, other, bands, [])
    hidden = ~np.isfinite(look_at(now, lying, bands, whole, 10.0)[0])
    assert hidden[20:40, 22:42].all(), "its shadow class, two pixels to the east"
    assert not hidden[:60, 3:21].any()


# Which looks serve -------------------------------------------------------------------------------------------------
@given(days=st.lists(st.integers(-300, 300), max_size=40), most=st.integers(1, 12))
def test_looks_are_chosen_near_and_apart(days, most) -> None:
    times = [START + timedelta(days=d) for d in days]
    kept = spaced(START, times, most)
    assert len(kept) == len(set(kept)) == min(most, len(days))
    if kept:
        assert abs(times[kept[0]] - START) == min(abs(t - START) for t in times)
    if len(kept) < len(days):
        apart = [i for i in range(len(kept)) if all(abs(times[kept[i]] - times[k]) >= APART for k in kept[:i])]
        assert apart == list(range(len(apart))), "what lies apart comes first"


def test_daily_pictures_span_months() -> None:
    times = [START + timedelta(days=n) for n in range(-60, 61) if n]
    chosen = [times[i] for i in spaced(START, times, 12)]
    assert max(chosen) - min(chosen) >= timedelta(days=70)


def test_misregistration_is_measured(port) -> None:
    picture, others = port
    stack, note = stack_of(picture, others)
    assert stack is not None
    assert note == "compared with 7 other looks at the place; 1 of them by georeference alone"
    assert stack.bands == BANDS
    by_name = {o.picture.name: o.shift for o in stack.others}
    for number, ((east, north), cloud) in enumerate(zip(OFF, CLOUDS, strict=True)):
        shift = next(s for name, s in by_name.items() if name.endswith(f"{number}.tif"))
        assert shift.measured == (cloud < 0.5), "with half of it under cloud there is too little to go by"
        if not shift.measured:
            continue
        # A picture that says it lies further east has its things further west, by as much.
        assert (shift.col, shift.row) == pytest.approx((east, -north), abs=0.3 if cloud == 0.0 else 0.5)


# The whole ---------------------------------------------------------------------------------------------------------
def test_what_stays_is_dismissed_and_what_came_is_not(port) -> None:
    picture, others = port
    told = compared(finds(RESIDENT, NEWCOMER, PIER, TOWN, AFLOAT), picture, others)
    kept = {d.id: d for d in told.detections}
    gone = {d.id: d for d in told.dismissed}
    assert kept.keys() == {"0002", "0005"}
    assert kept["0002"] == msgspec.structs.replace(NEWCOMER, flags=("on-water-before",)), "nothing else is changed"
    assert kept["0005"] == AFLOAT, "at sea no berth is near"
    assert {name: d.flags for name, d in gone.items()} == {"0001": ("fixed",), "0003": ("fixed",), "0004": ("land",)}
    assert "other looks since 2024-04-01 at the same place and as bright" in gone["0001"].reasons[0]
    assert gone["0004"].reasons[0].startswith("always land: most of ")
    assert told.notes == ("found so", "compared with 7 other looks at the place; 1 of them by georeference alone")


def test_in_a_drawn_berth_nothing_is_dismissed(port) -> None:
    picture, others = port
    berths = [berth_around(picture, d) for d in (RESIDENT, TOWN, AFLOAT)]
    told = compared(finds(RESIDENT, NEWCOMER, TOWN, AFLOAT), picture, others, berths=berths)
    assert {d.id: d.flags for d in told.detections} == {
        "0001": ("always-there",), "0002": (), "0004": ("always-there",), "0005": ("on-water-before",),
    }  # fmt: skip
    assert told.dismissed == ()


def test_a_ship_taken_for_land_comes_back_where_water_was(port) -> None:
    picture, others = port
    lost = [
        msgspec.structs.replace(d, flags=("land",), reasons=("on land: 130 m from water",)) for d in (NEWCOMER, TOWN)
    ]
    clouded = msgspec.structs.replace(AFLOAT, flags=("cloud", "land"), reasons=("on a cloud", "on land"))
    told = compared(finds(dismissed=(*lost, clouded)), picture, others)
    assert [(d.id, d.flags, d.reasons) for d in told.detections] == [("0002", ("on-water-before",), ())]
    assert {*told.dismissed} == {lost[1], clouded}


def test_a_cloud_over_the_place_leaves_the_look_out(tmp_path, port, opened) -> None:
    """With every other look under cloud nothing is told, and the ship stays."""
    picture, _ = port
    others = opened(*[written(tmp_path / f"{n}.tif", n, STAYS, cloud=0.97) for n in range(5)])
    told = compared(finds(RESIDENT, NEWCOMER, TOWN), picture, others)
    assert {d.id: d.flags for d in told.detections} == {"0001": (), "0002": (), "0004": ()}


def test_three_looks_tell_nothing(port) -> None:
    picture, others = port
    given_ = finds(RESIDENT, PIER, TOWN)
    told = compared(given_, picture, others[:3])
    assert (told.detections, told.dismissed) == (given_.detections, ())
    assert told.notes[-1].startswith("compared with 3 other looks at the place, too few to tell what is always there")


def test_nothing_of_a_month_is_always_there(tmp_path, port, opened) -> None:
    """Five looks of five days: a ship may stay as long."""
    picture, _ = port
    paths = []
    for n in range(5):
        path = written(tmp_path / f"{n}.tif", LOOKS, STAYS)
        with rasterio.open(path, "r+") as out:
            out.update_tags(OFFING_TIME=(picture.time + timedelta(days=n + 1)).isoformat())
        paths.append(path)
    told = compared(finds(RESIDENT), picture, opened(*paths))
    assert [d.id for d in told.detections] == ["0001"]


def test_colours_alone_call_nothing_land(tmp_path, files, opened) -> None:
    paths = []
    for path in (files[0], *files[1]):
        with rasterio.open(path) as source:
            pixels, profile, tags = source.read([1, 2, 3]), source.profile, source.tags()
        paths.append(tmp_path / path.name)
        with rasterio.open(paths[-1], "w", **{**profile, "count": 3}) as out:
            out.write(pixels)
            out.descriptions, out.scales = BANDS[:3], (1e-4,) * 3
            out.update_tags(**{**tags, "OFFING_SENSOR": "rgb"})
    picture, *others = opened(*paths)
    told = compared(finds(RESIDENT, TOWN), picture, others)
    assert {d.id: d.flags for d in told.dismissed} == {"0001": ("fixed",), "0004": ("fixed",)}
    assert told.notes[-1].endswith("; what is land is not told by them")


def test_pictures_of_another_kind_do_not_serve(files, port, opened) -> None:
    picture, _ = port
    (grey,) = opened(files[1][0], sensor="rgb")
    told = compared(finds(RESIDENT), picture, [grey])
    assert told.notes[-1] == "no other optical picture of the place with such pixels and bands: not compared"


def test_no_georeference_is_said(tmp_path, port, opened) -> None:
    _, others = port
    path = tmp_path / "bare.tif"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="GTiff", count=3, height=64, width=64, dtype="uint8") as out:
            out.write(np.random.default_rng(1).integers(1, 200, (3, 64, 64)).astype(np.uint8))
    (picture,) = opened(path)
    assert compared(finds(RESIDENT), picture, others).notes[-1] == ("no georeference: not compared with other pictures")


def test_the_search_and_the_comparison_are_one_call(port) -> None:
    picture, others = port
    alone = detect(picture, min_score=0.3)
    told = detect_with_background(picture, others, min_score=0.3)
    assert compared(alone, picture, others) == told
    assert {d.id for d in (*told.detections, *told.dismissed)} == {d.id for d in (*alone.detections, *alone.dismissed)}
    scores = {d.id: d.score for d in (*alone.detections, *alone.dismissed)}
    assert all(scores[d.id] == d.score for d in (*told.detections, *told.dismissed))
    values = [d.score.value for d in told.detections]
    assert values == sorted(values, reverse=True)
    assert all(math.isfinite(v) for v in values)
