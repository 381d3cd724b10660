"""Figures of one real product: what is derived from a geolocation grid agrees with the orbit that it was made from.

From the annotation of S1B_IW_GRDH_1SDV_20210401T052623_20210401T052648_026269_032297_ECC8, over the Alps (contains
Copernicus Sentinel data 2021): orbit state vectors, and 18 points of the grid at heights of 1,000 to 2,500 m.
"""

import math

import numpy as np
import pytest
from pyproj import Geod, Transformer
from scipy.interpolate import KroghInterpolator

from offing.imagery.radar_geometry import LIGHT_M_S
from offing.imagery.sentinel1.annotation import GridPoints
from offing.imagery.sentinel1.geometry import at_sea_level, range_drift
from offing.imagery.sentinel1_orbit import pass_over

SPACE = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
STATES = np.array([  # seconds after 05:26, position, velocity
    [9, 4591801.329, 1445935.027, 5176593.459, 5712.371027, -214.953431, -4994.238602],
    [19, 4648665.054, 1443662.953, 5126359.921, 5660.267550, -239.437408, -5052.391447],
    [29, 4705004.378, 1441146.551, 5075547.689, 5607.492667, -263.818444, -5109.975608],
    [39, 4760812.615, 1438386.868, 5024162.481, 5554.052418, -288.092893, -5166.984540],
])  # fmt: skip
POINTS = np.array([  # line, seconds, sample, slant range time (ms), latitude, longitude, height, incidence
    [0, 23.794310, 6450, 5.577033808832, 47.22448198, 11.60457938, 2021.0002, 35.06501816],
    [0, 23.794335, 7740, 5.626985617752, 47.24406853, 11.44817416, 1410.9138, 35.81851958],
    [0, 23.794360, 9030, 5.677941911284, 47.26471943, 11.28118140, 1363.9150, 36.63293244],
    [0, 23.794386, 10320, 5.729875685267, 47.28471269, 11.11750434, 1111.9294, 37.40904304],
    [0, 23.794412, 11610, 5.782760394903, 47.30487083, 10.95035219, 1048.9322, 38.19551100],
    [0, 23.794439, 12900, 5.836569978179, 47.32544787, 10.77741936, 1334.9120, 39.00902360],
    [0, 23.794466, 14190, 5.891278875700, 47.34574383, 10.60452617, 1627.0002, 39.80814680],
    [0, 23.794493, 15480, 5.946862047182, 47.36540830, 10.43475551, 1722.0002, 40.57092437],
    [0, 23.794522, 16770, 6.003294984801, 47.38376053, 10.27429957, 1186.9177, 41.25302038],
    [2003, 26.795557, 6450, 5.577436200136, 47.04584401, 11.54587858, 2452.0002, 35.13375134],
    [2003, 26.795582, 7740, 5.627463885509, 47.06469238, 11.39577726, 1518.9072, 35.84516211],
    [2003, 26.795608, 9030, 5.678494517706, 47.08671289, 11.21802160, 2116.0002, 36.74019984],
    [2003, 26.795634, 10320, 5.730501097205, 47.10767836, 11.04658440, 2367.0002, 37.57538804],
    [2003, 26.795660, 11610, 5.783457086552, 47.12671121, 10.88910391, 1773.0002, 38.29582997],
    [2003, 26.795687, 12900, 5.837336433552, 47.14648009, 10.72341017, 1653.0002, 39.06093389],
    [2003, 26.795714, 14190, 5.892113590887, 47.16613964, 10.55647223, 1599.0002, 39.82080206],
    [2003, 26.795742, 15480, 5.947763532377, 47.18643676, 10.38170518, 2051.0002, 40.62303653],
    [2003, 26.795771, 16770, 6.004261766132, 47.20563199, 10.21421965, 2026.0001, 41.35904751],
])  # fmt: skip


@pytest.fixture(scope="module")
def orbit():
    """Function of time: (position, velocity), by Hermite interpolation of the state vectors."""
    states = np.empty((2 * len(STATES), 3))
    states[0::2], states[1::2] = STATES[:, 1:4], STATES[:, 4:7]
    track = KroghInterpolator(np.repeat(STATES[:, 0], 2), states)
    return lambda t: (track(t), track.derivative(t))


@pytest.fixture(scope="module")
def grid():
    table = POINTS.reshape(2, 9, 8)
    return GridPoints(
        lines=table[:, 0, 0],
        pixels=table[0, :, 2],
        slant_range_times_s=table[..., 3] / 1000.0,
        lats=table[..., 4],
        lons=table[..., 5],
        heights_m=table[..., 6],
        incidence_deg=table[..., 7],
    )


def misfit(orbit, time, slant_range_time, lon, lat, height):
    """(metres of slant range too far, metres along the track) of a place against its time and range."""
    position, velocity = orbit(time)
    sight = np.array(SPACE.transform(lon, lat, height)) - position
    away = np.linalg.norm(sight) - LIGHT_M_S * slant_range_time / 2
    return away, np.dot(sight, velocity) / np.linalg.norm(velocity)


def test_the_grid_s_heights_count_from_the_ellipsoid(orbit):
    for _, time, _, ms, lat, lon, height, _ in POINTS:
        assert misfit(orbit, time, ms / 1000, lon, lat, height) == pytest.approx((0.0, 0.0), abs=0.2)


def test_points_at_sea_level_keep_their_range_and_time(orbit, grid):
    """Without the reduction they would lie 1,200 to 3,500 m off; with it, 15 m, and far less on lower ground."""
    lons, lats = at_sea_level(grid)
    for (_, time, _, ms, lat0, lon0, height, incidence), lon, lat in zip(
        POINTS, lons.ravel(), lats.ravel(), strict=True
    ):
        away, along = misfit(orbit, time, ms / 1000, lon, lat, 0.0)
        assert abs(away) / np.sin(np.radians(incidence)) < 18.0 * (height / 2500.0) ** 2 + 1.0
        assert abs(along) < 60.0
        moved = Geod(ellps="WGS84").inv(lon0, lat0, lon, lat)[2]
        assert moved == pytest.approx(height / np.tan(np.radians(incidence)), abs=1.0)


def test_the_heading_from_the_orbit_alone(grid):
    """Along what keeps its slant range, which the samples of the product do only nearly."""
    lons, lats = at_sea_level(grid)
    nearest = [np.interp(grid.slant_range_times_s[0], grid.slant_range_times_s[1], v[1]) for v in (lons, lats)]
    headings, _, _ = Geod(ellps="WGS84").inv(lons[0, 1:-1], lats[0, 1:-1], nearest[0][1:-1], nearest[1][1:-1])
    columns, _, _ = Geod(ellps="WGS84").inv(lons[0], lats[0], lons[1], lats[1])
    drift = math.degrees(range_drift(grid))  # pixels are square
    assert np.median(columns % 360) + drift == pytest.approx(np.median(headings % 360), abs=0.1)
    assert abs(drift) > 0.2
    inferred = pass_over(float(lats.mean()), "descending", float(grid.incidence_deg.mean()))
    assert np.median(headings % 360) == pytest.approx(inferred.heading_deg, abs=0.1)
    assert inferred.velocity_m_s == pytest.approx(np.linalg.norm(STATES[1, 4:]), rel=3e-3)
