"""One pass over made pictures: every pixel once, every ship whole, the same whatever the threads and the storage."""

import warnings

import numpy as np
import pytest
import rasterio
from affine import Affine
from numpy.testing import assert_allclose
from rasterio.errors import NotGeoreferencedWarning

from offing.errors import PictureError
from offing.imagery.coarse import means
from offing.imagery.reading import open_picture
from offing.vessels.detection import banding
from offing.vessels.detection.scan import scan


def sea(rows, cols, seed=0, looks=4.0):
    return np.random.default_rng(seed).standard_gamma(looks, (rows, cols), dtype=np.float32) / np.float32(looks)


def write(path, values, descriptions=(), **profile):
    values = values[None] if values.ndim == 2 else values
    place = {"crs": "EPSG:32652", "transform": Affine(10, 0, 3e5, 0, -10, 5e6)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=len(values),
            dtype=values.dtype, **{**place, **profile},
        ) as out:  # fmt: skip
            out.write(values)
            for i, name in enumerate(descriptions, 1):
                out.set_band_description(i, name)
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    """A layout with many bands, panels and cores for a small picture."""
    monkeypatch.setattr(banding, "WHOLE_PX", 1000)
    monkeypatch.setattr(banding, "CORE", 256)
    monkeypatch.setattr(banding, "PANEL", 512)
    monkeypatch.setattr(banding, "CHUNK_PX", 1 << 14)


@pytest.fixture
def ships():
    """(power, centres): amplitudes of 700 × 900 pixels with ships on a grid that crosses every seam."""
    power = sea(700, 900)
    places = [(row, col) for row in range(20, 690, 47) for col in range(24, 880, 61)]
    for row, col in places:
        power[row - 2 : row + 3, col - 8 : col + 8] += 60
    return power, np.array([(col, row + 0.5) for row, col in places])


STORED = {
    "tiles": {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate", "predictor": 2},
    "rows": {"blockysize": 1, "compress": "deflate"},
    "odd-strips": {"blockysize": 37},
    "tall-tiles": {"tiled": True, "blockxsize": 64, "blockysize": 512},
}


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("workers", [1, 3])
def test_every_ship_is_found_once_however_it_is_stored(tmp_path, small_blocks, ships, stored, workers):
    power, centres = ships
    path = write(tmp_path / "S1_VV.tif", (np.sqrt(power) * 100).astype(np.uint16), ["VV"], **STORED[stored])
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: blocks.append(b) or [b.core], workers=workers, margin=40, tile=64)
    assert len(found.components) == len(centres)
    order = np.lexsort((centres[:, 0], centres[:, 1]))
    assert np.abs(found.components.centre - centres[order]).max() < 1.5
    assert found.results == sorted(found.results, key=lambda c: (c.col0 >= 472, c.row0, c.col0))
    assert sum(len(b.components) for b in blocks) == len(centres)


def test_blocks_hold_the_pictures_power_with_a_margin(tmp_path, small_blocks, ships):
    power, _ = ships
    path = write(tmp_path / "S1_VV_sigma0.tif", power, ["VV"], **STORED["tiles"])
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: blocks.append(b) or [], workers=2, margin=40, tile=64)
    seen = np.zeros(power.shape, int)
    for b in blocks:
        seen[b.core.row0 : b.core.row1, b.core.col0 : b.core.col1] += 1
        part = power[b.window.row0 : b.window.row1, b.window.col0 : b.window.col1]
        scale = found.sea_level[0] * 10 ** (b.sea_db / 10)
        assert_allclose(b.power, part / scale, rtol=1e-4)
        assert b.window.col0 == max(0, b.core.col0 - 40)
        assert b.window.row1 == min(700, b.core.row1 + 40)
        assert b.valid.all()
        for tile in b.tiles:
            assert tile.col0 >= b.core.col0 - b.window.col0
            assert tile.row1 <= b.core.row1 - b.window.row0
    assert (seen == 1).all()
    assert found.sea_level[0] == pytest.approx(1.0, rel=0.1)


def test_coarse_means_are_those_of_the_picture(tmp_path, small_blocks, ships):
    power, _ = ships
    both = np.stack([power, power * 0.1])
    path = write(tmp_path / "S1_sigma0.tif", both, ["VV", "VH"], **STORED["tiles"])
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: [], workers=2)
    assert found.bands == ("VV", "VH")
    assert_allclose(found.coarse.values, means(both, found.coarse.factor), rtol=1e-4)
    assert found.water.share == 1.0


def test_polarisations_are_joined_each_over_its_own_sea(tmp_path):
    one, other = sea(300, 300, 1), sea(300, 300, 2) * 0.01
    other[100:104, 100:120] = 1.0
    path = write(tmp_path / "S1_sigma0.tif", np.stack([one, other]), ["VV", "VH"])
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: blocks.append(b) or [])
    (block,) = blocks
    scale = 10 ** (block.sea_db / 10)
    joined = (one / found.sea_level[0] + other / found.sea_level[1]) / 2
    assert_allclose(block.power * scale, joined, rtol=1e-4)
    assert len(block.components) == 1


def test_a_small_picture_is_one_block_with_all_its_tiles(tmp_path):
    path = write(tmp_path / "S1_VV_sigma0.tif", sea(300, 500))
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        scan(picture, lambda b: blocks.append(b) or [], tile=128)
    (block,) = blocks
    assert (block.core.width, block.core.height) == (500, 300)
    assert sum(t.width * t.height for t in block.tiles) == 300 * 500


def test_what_is_not_finite_has_no_data(tmp_path):
    power = sea(300, 300)
    power[:, :60] = np.nan
    power[:20] = np.inf
    power[280:] = -np.inf
    power[150:154, 150:170] = 50
    path = write(tmp_path / "S1_VV_sigma0.tif", power)
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: blocks.append(b) or [])
    (block,) = blocks
    assert (block.valid == np.isfinite(power)).all()
    assert (block.power[~block.valid] == 0).all()
    assert len(found.components) == 1
    assert not found.water.mask()[100, :40].any()


def test_nothing_but_nodata_is_an_error(tmp_path):
    values = np.full((300, 300), 7, np.uint16)
    path = write(tmp_path / "S1_VV.tif", values, nodata=7)
    with pytest.raises(PictureError, match="no"), open_picture([path], sensor="sar") as picture:
        scan(picture, lambda b: [])


def test_one_value_everywhere_holds_nothing(tmp_path):
    path = write(tmp_path / "S1_VV.tif", np.full((300, 300), 7, np.uint16))
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: [b])
    assert found.results == []
    assert any("one value everywhere" in n for n in found.notes)
    assert not found.water.cells.any()


def test_tiles_far_inland_are_passed_over(tmp_path, small_blocks):
    power = sea(600, 900)
    power[:, :500] *= 20
    for col in (100, 700):
        for row in range(40, 600, 60):
            power[row : row + 4, col : col + 16] *= 30
    path = write(tmp_path / "S1_VV_sigma0.tif", power, **STORED["tiles"])
    tiles = []

    def handle(block):
        tiles.extend((t.col0 + block.window.col0, t.row0 + block.window.row0) for t in block.tiles)
        return []

    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, handle, margin=110, tile=64)
    cols = np.array(tiles)[:, 0]
    assert (cols > 300).all()
    assert len(tiles) >= 8
    assert (found.components.centre[:, 0] < 300).sum() == 10, "what is on land is still told"


def test_errors_of_the_caller_pass_through(tmp_path):
    path = write(tmp_path / "S1_VV_sigma0.tif", sea(300, 300))

    def broken(block):
        raise RuntimeError("mine")

    with open_picture([path], sensor="sar") as picture, pytest.raises(RuntimeError, match="mine"):
        scan(picture, broken)


def test_black_water_of_an_8_bit_picture_is_water_with_data(tmp_path):
    rng = np.random.default_rng(0)
    grey = np.clip(rng.normal(0.5, 1.5, (400, 400)), 0, 8).astype(np.uint8)
    grey[100:105, 100:130] = 200
    grey[300:306, 200:240] = 120
    path = write(tmp_path / "chip.tif", grey)
    blocks = []
    with open_picture([path], sensor="sar") as picture:
        found = scan(picture, lambda b: blocks.append(b) or [])
    assert blocks[0].valid.all()
    brightest = np.argsort(found.components.peak)[-2:]
    assert sorted(found.components.centre[brightest].round().tolist()) == [[115.0, 102.0], [220.0, 303.0]]
    assert len(found.components) < 10
