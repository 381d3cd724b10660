"""The dark border of old products becomes nodata; dark sea does not."""

import numpy as np
import pytest
from safe_product import Safe

from offing.imagery.reading import open_picture


def bordered(safe, depth, *, seed=3):
    """(numbers by polarisation, where the border is): dim ragged numbers at all four edges, as stored."""
    rng = np.random.default_rng(seed)
    line, sample = np.mgrid[0 : safe.lines, 0 : safe.samples]
    tooth = depth + (line // 60 * 37) % 50  # the border jumps from burst to burst
    top = np.where(sample < safe.samples // 2, depth // 2, depth // 2 + 30)  # and from sub-swath to sub-swath
    border = (sample < tooth) | (sample >= safe.samples - depth) | (line < top) | (line >= safe.lines - depth // 2)
    numbers = {}
    for pol in safe.polarisations:
        numbers[pol] = np.where(border, rng.integers(1, 9, border.shape), safe.numbers(pol)).astype(np.uint16)
    return numbers, border


def turned(safe, stored):
    return stored[::-1] if safe.passing == "ascending" else stored[:, ::-1]


@pytest.mark.parametrize("passing", ["ascending", "descending"])
def test_the_border_is_without_data(tmp_path, passing):
    safe = Safe(version="002.72", passing=passing, lines=640, samples=900, sigma0={"VV": 0.01, "VH": 0.0005})
    numbers, border = bordered(safe, 120)
    with open_picture([safe.write(tmp_path, numbers)]) as picture:
        data = turned(safe, picture.valid())
        assert not data[border].any()
        # Not more is lost than a strip along the border.
        assert data[~border].mean() > 0.8
        assert data[160:560, 260:740].all()
        assert any("dark border" in note for note in picture.notes)
        for box in picture.blocks(200, 30):
            part = picture.valid(box)
            np.testing.assert_array_equal(part, turned(safe, data)[box.row0 : box.row1, box.col0 : box.col1])


def test_products_made_since_keep_their_edges(tmp_path):
    safe = Safe(version="003.10")
    with open_picture([safe.write(tmp_path, bordered(safe, 40)[0])]) as picture:
        assert picture.valid().all()
        assert not any("border" in note for note in picture.notes)


def test_a_sea_as_dark_as_the_noise_is_no_border(tmp_path):
    """Also dark pixels inside stay: only what leads in from an edge can be border."""
    safe = Safe(version="002.72", lines=400, samples=600, sigma0={"VV": 1e-6, "VH": 1e-6})
    numbers = {pol: safe.numbers(pol) for pol in safe.polarisations}
    for stored in numbers.values():
        stored[150:250, 200:400] = 2
    with open_picture([safe.write(tmp_path, numbers)]) as picture:
        assert picture.valid().mean() > 0.99
        assert turned(safe, picture.valid())[150:250, 200:400].all()


def test_a_product_without_noise_figures_still_loses_its_border(tmp_path):
    safe = Safe(version="002.36", lines=400, samples=600, noise_level=0.0)
    numbers, border = bordered(safe, 80)
    with open_picture([safe.write(tmp_path, numbers)]) as picture:
        assert not turned(safe, picture.valid())[border].any()
        assert any("annotates none" in note for note in picture.notes)


def test_what_is_wider_than_any_border_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr("offing.imagery.sentinel1.border.WIDEST", 50)
    safe = Safe(version="002.72", lines=400, samples=600)
    numbers, border = bordered(safe, 120)
    with open_picture([safe.write(tmp_path, numbers)]) as picture:
        assert turned(safe, picture.valid())[border].mean() > 0.8
