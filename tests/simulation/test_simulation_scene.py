"""Simulated pictures: the truth holds in the pixels, and the same seed gives the same bytes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio import warp

from offing.errors import OffingError, PictureError
from offing.geo import LonLat, distance_m, geod
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import SimulatedScene, simulate
from offing.simulation.writing import truth_path, write_scene

PLACE = LonLat(lon=134.0, lat=40.5)
MORNING = datetime(2024, 10, 17, 1, 30, tzinfo=UTC)


def bearing_deg(a: LonLat, b: LonLat) -> float:
    return geod().inv(a.lon, a.lat, b.lon, b.lat)[0] % 360.0


def axis_difference_deg(a: float, b: float) -> float:
    return abs((a - b + 90.0) % 180.0 - 90.0)


def spec(sensor="optical", ships=(), **changes) -> SceneSpec:
    given = {
        "sensor": sensor,
        "time": MORNING,
        "position": PLACE,
        "gsd_m": 10.0 if sensor == "sar" else 3.0,
        "size": (240, 240),
        "seed": 5,
        "ships": ships,
    }
    return SceneSpec(**{**given, **changes})


def hull_pixels(scene: SimulatedScene, number: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rows, cols) of the pixels whose centres lie within the true box of a ship; an independent rasterisation."""
    from rasterio.features import rasterize

    ring = {"type": "Polygon", "coordinates": [scene.ships[number].ring]}
    projected = warp.transform_geom("EPSG:4326", f"EPSG:{scene.grid.epsg}", ring)
    west, north = scene.grid.origin
    grid = rasterio.Affine(scene.grid.gsd_m, 0.0, west, 0.0, -scene.grid.gsd_m, north)
    return np.nonzero(rasterize([projected], out_shape=scene.pixels.shape[1:], transform=grid))


def test_same_seed_same_pixels_other_seed_other_pixels() -> None:
    for sensor in ("sar", "optical"):
        ships = (ShipSpec(vessel_class="ropucha", place="berth"), ShipSpec(vessel_class="tug"))
        first, again = simulate(spec(sensor, ships)), simulate(spec(sensor, ships))
        np.testing.assert_array_equal(first.pixels, again.pixels)
        assert first.ships == again.ships
        assert not np.array_equal(first.pixels, simulate(spec(sensor, ships, seed=6)).pixels)


def test_written_bytes_are_the_same_each_time(tmp_path) -> None:
    scene = simulate(spec("sar", (ShipSpec(vessel_class="cargo"),)))
    one, two = tmp_path / "simulated-1.tif", tmp_path / "simulated-2.tif"
    write_scene(scene, one)
    write_scene(simulate(scene.spec), two)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("sensor", ["sar", "optical"])
def test_the_file_says_what_it_is(tmp_path, sensor) -> None:
    scene = simulate(spec(sensor, (ShipSpec(vessel_class="alligator", place="berth"),)))
    picture, truth = write_scene(scene, tmp_path / "simulated.tif")
    with rasterio.open(picture) as source:
        tags = source.tags()
        assert tags["OFFING_SIMULATED"] == "YES"
        assert "SIMULATED" in tags["TIFFTAG_IMAGEDESCRIPTION"]
        assert tags["OFFING_TIME"] == "2024-10-17T01:30:00Z"
        assert tags["OFFING_SENSOR"] == ("sar" if sensor == "sar" else "multispectral")
        assert source.crs.to_epsg() == 32653
        assert source.descriptions == (("VV", "VH") if sensor == "sar" else ("blue", "green", "red", "nir"))
        assert source.dtypes[0] == ("float32" if sensor == "sar" else "uint16")
        centre = source.transform @ (source.width / 2, source.height / 2)
        lon, lat = warp.transform(source.crs, "EPSG:4326", [centre[0]], [centre[1]])
    assert distance_m(LonLat(lon=lon[0], lat=lat[0]), PLACE) < 10.0
    document = json.loads(truth.read_text())
    assert document["simulated"] is True
    assert [f["properties"]["class"] for f in document["features"]] == ["alligator"]
    assert all(f["properties"]["simulated"] is True for f in document["features"])
    assert document["features"][0]["properties"]["at_quay"] is True


@settings(max_examples=12, deadline=None)
@given(
    lon=st.floats(-179.0, 179.0),
    lat=st.floats(-75.0, 75.0),
    heading=st.floats(0.0, 359.9),
    seed=st.integers(0, 10_000),
)
def test_the_truth_is_right_on_the_ellipsoid(lon, lat, heading, seed) -> None:
    ship = ShipSpec(vessel_class="alligator", x_m=40.0, y_m=-25.0, heading_deg=heading)
    scene = simulate(spec("sar", (ship,), position=LonLat(lon=lon, lat=lat), size=(32, 32), seed=seed, harbour=False))
    (true,) = scene.ships
    bow, stern = LonLat(lon=true.bow[0], lat=true.bow[1]), LonLat(lon=true.stern[0], lat=true.stern[1])
    assert distance_m(bow, stern) == pytest.approx(true.length_m, abs=0.02)
    assert axis_difference_deg(bearing_deg(stern, bow), true.heading_deg) < 0.05
    assert abs((bearing_deg(stern, bow) - true.heading_deg + 180.0) % 360.0 - 180.0) < 0.05
    corners = [LonLat(lon=p[0], lat=p[1]) for p in true.ring]
    assert distance_m(corners[0], corners[3]) == pytest.approx(true.beam_m, abs=0.01)


@pytest.mark.parametrize("sensor", ["sar", "optical"])
@pytest.mark.parametrize("vessel_class", ["ropucha", "alligator", "cargo", "tanker", "patrol", "tug"])
def test_a_ship_stands_out_of_the_sea_where_the_truth_says(sensor, vessel_class) -> None:
    scene = simulate(spec(sensor, (ShipSpec(vessel_class=vessel_class, x_m=30.0, y_m=20.0),), harbour=False))
    band = scene.pixels[3 if sensor == "optical" else 0].astype(float)
    inside = band[hull_pixels(scene)].mean()
    band[100:140, 100:140] = np.nan
    if sensor == "optical":
        assert inside > np.nanmean(band) + 8.0 * np.nanstd(band)
    else:
        assert inside > 6.0 * np.nanmean(band)


def test_a_mover_is_displaced_in_radar_by_the_doppler_shift() -> None:
    # 12 kn away from the radar, broadside to the flight: some 330–560 m along the flight (METHOD: incidence 31–46°).
    still, moving = (
        simulate(
            spec(
                "sar",
                (ShipSpec(vessel_class="cargo", length_m=150.0, x_m=0.0, y_m=0.0, heading_deg=258.0, speed_kn=v),),
                harbour=False,
                time=datetime(2024, 10, 16, 9, 0, tzinfo=UTC),
            )
        )
        for v in (0.0, 12.0)
    )
    centres = []
    for scene in (still, moving):
        bright = scene.pixels[0].astype(float)
        bright[bright < 20.0 * np.median(bright)] = 0.0
        rows, cols = np.indices(bright.shape)
        centres.append(np.array([(cols * bright).sum(), (rows * bright).sum()]) / bright.sum() * 10.0)
    east, south = centres[1] - centres[0]
    # Ascending, looking east: a ship that sails west towards the radar appears ahead, that is to the north.
    assert 330.0 < -south < 560.0
    assert abs(east) < 0.35 * -south


def test_sea_clutter_is_speckle_of_four_to_five_looks_on_texture() -> None:
    scene = simulate(spec("sar", harbour=False, wind_m_s=5.0, size=(400, 400)))
    vv = scene.pixels[0].astype(float)
    assert 10.0 * np.log10(vv.mean()) == pytest.approx(-17.0, abs=2.5)
    looks = vv.mean() ** 2 / vv.var()
    assert 2.0 < looks < 5.0
    calm = simulate(spec("sar", harbour=False, wind_m_s=2.0, size=(400, 400))).pixels[0]
    assert calm.mean() < 0.6 * vv.mean()


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_clouds_cover_the_share_asked_for(share) -> None:
    clear, cloudy = (simulate(spec(cloud=c)).pixels[0] for c in (0.0, share))
    covered = np.mean(cloudy > 3500) - np.mean(clear > 3500)
    assert covered == pytest.approx(share, abs=0.12)


def test_the_truth_says_what_the_clouds_hide() -> None:
    ships = (ShipSpec(vessel_class="ropucha", place="berth"),)
    assert simulate(spec(ships=ships)).ships[0].hidden_by_cloud == 0.0
    assert simulate(spec(ships=ships, cloud=1.0)).ships[0].hidden_by_cloud == 1.0
    assert simulate(spec("sar", ships, cloud=1.0)).ships[0].hidden_by_cloud == 0.0


def test_shadows_fall_away_from_the_sun() -> None:
    ship = ShipSpec(vessel_class="cargo", length_m=150.0, x_m=0.0, y_m=0.0, heading_deg=90.0)
    nir = simulate(spec(ships=(ship,), harbour=False, gsd_m=1.0)).pixels[2].astype(float)
    # 10:30 local in October: the sun stands in the south-south-east, the shadow north of the hull.
    north, south = nir[102:107, 100:140].mean(), nir[133:138, 100:140].mean()
    assert north < 0.8 * south


def test_one_place_stays_the_same_between_pictures() -> None:
    first, second = (simulate(spec(seed=s, place_seed=3)).pixels.astype(float) for s in (1, 2))
    other = simulate(spec(seed=1, place_seed=4)).pixels.astype(float)
    same = np.corrcoef(first[3].ravel(), second[3].ravel())[0, 1]
    assert same > 0.95 > np.corrcoef(first[3].ravel(), other[3].ravel())[0, 1]


def test_what_cannot_be_drawn_is_one_clear_error() -> None:
    with pytest.raises(OffingError, match="no layout to draw a ship of class 'zeppelin'"):
        simulate(spec(ships=(ShipSpec(vessel_class="zeppelin"),)))
    with pytest.raises(OffingError, match="no free berth"):
        simulate(spec(ships=tuple(ShipSpec(vessel_class="cargo", length_m=180.0, place="berth") for _ in range(3))))
    with pytest.raises(OffingError, match="no quay"):
        simulate(spec(ships=(ShipSpec(vessel_class="tug", place="berth"),), harbour=False))
    with pytest.raises(OffingError, match="too low"):
        simulate(spec(time=datetime(2024, 10, 17, 14, 0, tzinfo=UTC)))
    with pytest.raises(OffingError, match="does not fit"):
        simulate(spec(ships=(ShipSpec(vessel_class="cargo"),), size=(16, 16)))
    with pytest.raises(OffingError, match="no room left"):
        simulate(spec(ships=tuple(ShipSpec(vessel_class="cargo") for _ in range(40))))
    with pytest.raises(OffingError, match="pixel size"):
        spec(gsd_m=float("nan"))


def test_writing_leaves_nothing_half_done(tmp_path) -> None:
    scene = simulate(spec("sar"))
    with pytest.raises(OffingError, match=r"\.tif"):
        write_scene(scene, tmp_path / "simulated.png")
    with pytest.raises(PictureError, match="folder"):
        write_scene(scene, tmp_path / "missing" / "simulated.tif")
    assert list(tmp_path.iterdir()) == []


def test_truth_lies_beside_the_picture() -> None:
    assert truth_path(Path("a/simulated-1.tif")) == Path("a/simulated-1.truth.geojson")
