"""The radar's geometry: displacements by formula, and what follows from Sentinel-1's orbit alone."""

import math
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_fixtures import UTM
from pyproj import Geod
from safe_orbit import orbit_over, slant_range

from offing.errors import PictureError
from offing.imagery.radar_geometry import RadarGeometry, SubSwath
from offing.imagery.radar_inference import radar_geometries
from offing.imagery.reading import open_picture
from offing.imagery.sentinel1_orbit import INCLINATION_DEG, PERIOD_S, pass_over
from offing.quantities import Interval


def exact(value):
    return Interval(low=value, high=value, level=1.0)


def geometry(**changed):
    facts = {
        "azimuth_px": (0.0, 1.0),
        "range_px": (-1.0, 0.0),
        "azimuth_spacing_m": 10.0,
        "range_spacing_m": 20.0,
        "anchor_px": (100.0, 50.0),
        "heading_deg": 190.0,
        "heading_error_deg": 0.0,
        "passing": "descending",
        "wavelength_m": 0.0555,
        "velocity_m_s": 7500.0,
        "ground_velocity_m_s": 6800.0,
        "incidence_bounds_deg": Interval(low=30.0, high=45.0, level=1.0),
        "slant_range_bounds_m": Interval(low=800e3, high=960e3, level=1.0),
        "subswaths": (
            SubSwath(name="A", prf_hz=1700.0, slant_range_m=Interval(low=790e3, high=860e3, level=1.0)),
            SubSwath(name="B", prf_hz=1450.0, slant_range_m=Interval(low=850e3, high=970e3, level=1.0)),
        ),
        "basis": "annotation",
        "incidence": (38.0, 0.05),
        "slant_range": (870e3, 600.0),
    }
    return RadarGeometry(**{**facts, **changed})


def test_what_is_annotated_varies_along_range_only():
    radar = geometry()
    assert radar.slant_range_m(100, 50) == radar.slant_range_m(100, 5000) == exact(870e3)
    # 50 pixels of 20 m to the left are 1 km farther away
    assert radar.slant_range_m(50, 50) == exact(870_600.0)
    assert radar.incidence_deg(50, 0) == exact(38.0 + 0.05)
    assert radar.moved(40, 30).slant_range_m(10, 20) == radar.slant_range_m(50, 50)


def test_displacements_by_formula():
    radar = geometry()
    expected = 0.0555 * 870e3 * 1450.0 / (2 * 7500.0)
    assert radar.ambiguity_offset_m(100, 50).low == pytest.approx(expected)
    assert radar.ambiguity_offsets_m(100, 50, order=2)[0].high == pytest.approx(2 * expected)
    assert radar.azimuth_shift_m(100, 50, 3.0).low == pytest.approx(870e3 * 3.0 / 7500.0)
    assert radar.displaced_px(100, 50, 1000.0, 200.0) == pytest.approx((90.0, 150.0))


def test_unknown_range_gives_one_interval_for_each_subswath():
    radar = geometry(slant_range=(), incidence=())
    near, far = radar.ambiguity_offsets_m(0, 0)
    assert near.low == pytest.approx(0.0555 * 800e3 * 1700 / 15e3)
    assert far.high == pytest.approx(0.0555 * 960e3 * 1450 / 15e3)
    hull = radar.ambiguity_offset_m(0, 0)
    assert (hull.low, hull.high) == (min(near.low, far.low), max(near.high, far.high))
    assert geometry(subswaths=()).ambiguity_offset_m(0, 0) is None


def test_a_ship_that_approaches_is_shown_ahead():
    """By brute force: the time at which the Doppler frequency of a moving target is zero."""
    radar = geometry()
    assert radar.looks_right
    # The radar flies along 190° and looks to the right, towards 280°: a ship on 100° comes towards it.
    towards = radar.radial_speed_m_s(100, 50, 6.0, 100.0)
    assert towards.low == pytest.approx(6.0 * math.sin(math.radians(38.0)))
    reach, speed = 870e3, radar.velocity_m_s
    times = np.linspace(-0.2, 0.2, 4_000_001)
    distance = np.hypot(reach - towards.low * times, speed * times)
    shown_at = times[np.argmin(distance)] * speed
    assert shown_at == pytest.approx(radar.azimuth_shift_m(100, 50, towards.low).low, rel=1e-3)
    assert shown_at > 0.0


@pytest.mark.parametrize("way", ["ascending", "descending"])
@pytest.mark.parametrize(("lat", "incidence"), [(-55.0, 30.0), (0.0, 38.0), (42.9, 38.0), (42.9, 45.0), (70.0, 33.0)])
def test_headings_are_those_of_a_simulated_orbit(lat, incidence, way):
    """Where targets of one slant range lie a second apart, by range and Doppler on the ellipsoid."""
    reach = slant_range(incidence, 0.0)
    orbit = orbit_over(20.0, lat, way, 0.0, reach)
    (lon0, lat0), (lon1, lat1) = orbit.target(-0.5, reach), orbit.target(0.5, reach)
    bearing, _, metres = Geod(ellps="WGS84").inv(lon0, lat0, lon1, lat1)
    found = pass_over(lat, way, orbit.incidence(0.0, (20.0, lat)))
    assert found.heading_deg == pytest.approx(bearing % 360, abs=0.1 if abs(lat) < 50 else 0.2)
    assert found.ground_velocity_m_s == pytest.approx(metres, rel=0.01)
    assert found.velocity_m_s == pytest.approx(np.linalg.norm(orbit.velocity(0.0)), rel=1e-3)


@given(st.floats(-60, 60), st.sampled_from(["ascending", "descending"]))
def test_heading_below_the_satellite_is_the_ground_track_s(lat, way):
    """Closed form at the ground track: inertial azimuth by sin α = cos i / cos φ, less the Earth's turning."""
    found = pass_over(lat, way, 0.0)
    phi = math.atan(0.99330562 * math.tan(math.radians(lat)))
    inertial = math.asin(math.cos(math.radians(INCLINATION_DEG)) / math.cos(phi))
    speed = 2 * math.pi / PERIOD_S
    east = speed * math.sin(inertial) - 2 * math.pi / 86164.1 * math.cos(phi)
    north = speed * math.cos(inertial) * (1 if way == "ascending" else -1)
    assert found.heading_deg == pytest.approx(math.degrees(math.atan2(east, north)) % 360, abs=1e-3)


def test_headings_are_those_of_real_products():
    """Annotated or measured directions of image lines: OpenSARShip's chips (10.3° off south near 35.6° N, descending;
    11.05° off north near 22.2° N, ascending), to the 1.5° by which a heading turns over the swath.
    """
    assert pass_over(35.6, "descending", 36.0).heading_deg == pytest.approx(190.32, abs=0.5)
    assert pass_over(22.2, "ascending", 33.0).heading_deg == pytest.approx(348.95, abs=0.5)
    assert pass_over(-85.0, "ascending", 38.0) is None  # it looks to the right: never at the south pole
    assert pass_over(43.0, "ascending", 38.0).solar_hour == pytest.approx(17.9, abs=0.2)


@pytest.mark.parametrize(
    ("time", "passes"),
    [
        ("2024-10-12T21:25:00", ["descending"]),  # 06:14 at 132.3° E
        ("2024-10-12T08:50:00", ["ascending"]),
        ("2024-10-12T03:00:00", ["ascending", "descending"]),  # no time of Sentinel-1
        (None, ["ascending", "descending"]),
    ],
)
def test_the_pass_by_local_solar_time(write, sea, time, passes):
    when = datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None
    with open_picture([write("S1_VV.tif", sea, **UTM)], time=when) as picture:
        found = picture.radars
        assert sorted(g.passing for g in found) == passes
        assert (picture.radar is None) == (len(passes) == 2)
        assert found == radar_geometries(picture)
        for radar in found:
            assert radar.looks_right
            assert radar.basis.startswith("inferred from")
            assert radar.heading_error_deg > 0.5
            assert 4400 < radar.ambiguity_offset_m(0, 0).low < radar.ambiguity_offset_m(0, 0).high < 6100
            check_direction(picture, radar)


def check_direction(picture, radar):
    col, row = radar.anchor_px
    ahead = radar.displaced_px(col, row, 2000.0)
    lons, lats = picture.lonlat([col, ahead[0]], [row, ahead[1]])
    bearing, _, metres = Geod(ellps="WGS84").inv(lons[0], lats[0], lons[1], lats[1])
    assert metres == pytest.approx(2000.0, rel=1e-4)
    assert bearing % 360 == pytest.approx(radar.heading_deg, abs=0.05)


def test_other_pictures_have_none(write, sea, random):
    with open_picture([write("unknown_VV.tif", sea, **UTM)]) as picture:
        assert picture.radars == ()
    with open_picture([write("S1_VV.tif", sea)]) as picture:
        assert picture.radars == ()
    with open_picture([write("c.tif", random.integers(0, 255, (3, 50, 60)).astype(np.uint8), **UTM)]) as picture:
        assert picture.radar is None


def test_modes_without_known_pulse_rates_give_no_ambiguities(write, sea):
    name = "S1A_EW_GRDM_1SSH_20241012T212500_20241012T212600_056000_06D000_0000_HH.tif"
    with open_picture([write(name, sea, **UTM)]) as picture:
        assert picture.radar.passing == "descending"
        assert picture.radar.ambiguity_offset_m(0, 0) is None


def test_it_survives_as_text_and_refuses_nonsense():
    radar = geometry()
    assert msgspec.json.decode(msgspec.json.encode(radar), type=RadarGeometry) == radar
    for wrong in (
        {"azimuth_px": (0.0, 2.0)},
        {"velocity_m_s": 0.0},
        {"slant_range": (math.nan,)},
        {"range_px": (0.0, 1.0)},
    ):
        with pytest.raises(PictureError, match="radar geometry"):
            geometry(**wrong)
