"""Water found in made scenes whose coast is known, and the cases where it cannot be found."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from picture_fixtures import UTM, port_scene

from offing.imagery.coarse import means
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.imagery.water import find_water, water_mask
from offing.imagery.watermasks import colour_water, infrared_water, otsu, radar_water, tidy

NAMES = ("B02", "B03", "B04", "B08", "B11")


def agreement(found, truth, hulls):
    """Agreement away from the coastline and the hulls at the quay."""
    rows = np.arange(truth.shape[0])
    away = np.abs(rows - truth.shape[0] // 2) > 3
    away = np.broadcast_to(away[:, None], truth.shape)
    del hulls
    return float((found == truth)[away].mean())


@pytest.mark.parametrize("kept", [NAMES, ("B03", "B08"), ("B04", "B08"), ("B08",), ("B03", "B04", "B08", "B11")])
def test_optical_water_with_whatever_bands_there_are(write, random, kept):
    bands, water, hulls = port_scene(random)
    stored = (bands * 1e4).astype(np.uint16)[[NAMES.index(b) for b in kept]]
    with open_picture([write("S2.tif", stored, descriptions=kept, **UTM)]) as picture:
        found = find_water(picture)
        mask = water_mask(picture)
    assert mask.shape == water.shape
    assert agreement(mask, water, hulls) > 0.999
    assert mask[hulls & (np.arange(400) > 210)[:, None]].all(), "ships at anchor lie on water"
    assert found.share == pytest.approx(0.5, abs=0.02)
    assert "below" in found.notes[0]


@pytest.mark.parametrize("dark", [0.02, 0.30])
def test_one_kind_of_surface_is_said_to_be_so(random, dark):
    infrared = (dark + random.normal(0, 0.002, (80, 90))).astype(np.float32)
    green = np.full((80, 90), 0.06, np.float32)
    mask, notes = infrared_water(infrared, green, infrared, 10.0, "B08")
    assert mask.all() == (dark < 0.06)
    assert mask.any() == (dark < 0.06)
    assert "one kind" in notes[0]


def test_green_islets_are_land_and_hulls_of_the_same_size_are_not(random):
    bands, _, _ = port_scene(random)
    bands[:, 300:312, 300:312] = np.array([0.03, 0.05, 0.03, 0.35, 0.15])[:, None, None]
    bands[:, 330:342, 300:312] = 0.25
    mask, _ = infrared_water(bands[4], bands[1], bands[3], 10.0, "B11")
    assert not mask[302:310, 302:310].any()
    assert mask[330:342, 300:312].all()


def test_a_mole_longer_than_any_ship_stays_land(random):
    bands, _, _ = port_scene(random)
    bands[:, 300:305, 100:200] = 0.2
    mask, _ = infrared_water(bands[4], bands[1], bands[3], 10.0, "B11")
    assert not mask[301:304, 105:195].any()


@pytest.mark.parametrize("gsd", [10.0, 30.0])
def test_radar_water_in_spite_of_speckle_and_ships(write, random, gsd):
    rows, cols = 480, 600
    land = np.zeros((rows, cols), bool)
    land[:, :200] = True
    power = np.where(land, 0.15, 0.012) * random.gamma(4.0, 1 / 4.0, (rows, cols))
    for r, c in ((100, 300), (200, 420), (320, 500), (400, 350)):
        power[r : r + 3, c : c + 20] = 20.0
        power[r + 1, c - 15 : c + 35] = 1.0
    transform = {"crs": "EPSG:32652", "transform": UTM["transform"] @ type(UTM["transform"]).scale(gsd / 10.0)}
    with open_picture([write("S1_VV.tif", power.astype(np.float32), **transform)]) as picture:
        found = find_water(picture)
    mask = found.mask()
    away = np.ones(cols, bool)
    away[190:210] = False
    assert (mask == ~land)[:, away].mean() > 0.995
    assert mask[:, 220:].all()
    assert_array_equal(found.mask(Box(col0=150, row0=20, col1=260, row1=90)), mask[20:90, 150:260])


def test_open_sea_in_radar_is_all_water(random):
    mask, notes = radar_water(random.gamma(4.0, 0.012 / 4, (200, 200)).astype(np.float32), 30.0)
    assert mask.all()
    assert "no land stands out" in notes[0]


def test_colour_alone_is_called_a_rough_guess(random):
    _, water, _ = port_scene(random)
    colours = np.empty((3, 400, 500), np.float32)
    for band, (wet, dry) in zip(colours, ((0.10, 0.45), (0.18, 0.42), (0.22, 0.38)), strict=True):
        band[:] = np.where(water, wet + random.normal(0, 0.01, water.shape), dry + random.normal(0, 0.12, water.shape))
    mask, notes = colour_water(np.clip(colours, 0, 1), 3.0)
    assert "rough guess" in notes[0]
    assert agreement(mask, water, None) > 0.97


def test_nodata_is_never_water(random):
    bands, _, _ = port_scene(random)
    bands[:, 350:, :100] = np.nan
    mask, _ = infrared_water(bands[4], bands[1], bands[3], 10.0, "B11")
    assert not mask[350:, :100].any()
    empty = np.full((40, 40), np.nan, np.float32)
    assert not infrared_water(empty, empty, empty, 10.0, "B08")[0].any()
    assert not radar_water(empty, 30.0)[0].any()
    assert not colour_water(empty[None], 10.0)[0].any()


def test_tidy_keeps_what_it_says(random):
    wet = np.ones((200, 200), bool)
    wet[50:74, 50:74] = False  # 57,600 m²: a ship or less
    wet[100:130, 100:130] = False  # 90,000 m²: an island
    wet[:, 20:22] = False  # a jetty 20 m wide
    done = tidy(wet, np.ones_like(wet), 10.0)
    assert done[50:74, 50:74].all()
    assert not done[101:129, 101:129].any()
    assert done[:, 20:22].all()
    dry = np.zeros((200, 200), bool)
    dry[50:60, 50:60] = True  # a pond of 10,000 m²
    assert not tidy(dry, np.ones_like(dry), 10.0).any()


def test_otsu_against_an_exhaustive_search(random):
    values = np.concatenate([random.normal(-2, 0.3, 700), random.normal(1, 0.5, 300)])
    threshold, contrast = otsu(values)

    def between(t):
        low, high = values[values < t], values[values >= t]
        return low.size * high.size * (low.mean() - high.mean()) ** 2

    candidates = np.linspace(-2.5, 1.5, 400)
    best = max(between(t) for t in candidates)
    assert between(threshold) > 0.995 * best
    assert contrast == pytest.approx(3.0, abs=0.1)
    assert otsu(np.full(100, 2.0))[1] == 0.0
    assert otsu(np.array([]))[1] == 0.0


@pytest.mark.parametrize("factor", [1, 2, 3, 7, 40])
def test_means_against_plain_loops(random, factor):
    values = random.random((2, 45, 31)).astype(np.float32)
    values[0, 5:20, 3:17] = np.nan
    found = means(values, factor)
    for band in range(2):
        for i in range(found.shape[1]):
            for j in range(found.shape[2]):
                cell = values[band, i * factor : (i + 1) * factor, j * factor : (j + 1) * factor]
                finite = cell[np.isfinite(cell)]
                assert_allclose(found[band, i, j], finite.mean() if finite.size else np.nan, rtol=1e-4)


@pytest.mark.parametrize("wobble", [0.0, 1e-9, 1e-7])
def test_values_that_hardly_differ_split_nowhere(wobble: float) -> None:
    values = (3.0 + wobble * np.random.default_rng(0).standard_normal(500)).astype(np.float32)
    assert otsu(values)[1] == 0.0
