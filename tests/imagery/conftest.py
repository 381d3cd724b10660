"""Pictures made for the tests: small rasters of every kind, written with rasterio alone."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning


@pytest.fixture
def write(tmp_path):
    """Writes (bands, rows, cols) or (rows, cols) as a raster and returns its path."""

    def writer(
        name, array, *, tags=None, descriptions=None, scales=None, offsets=None, mask=None, colours=None, **profile
    ):
        array = np.asarray(array)
        array = array[None] if array.ndim == 2 else array
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        options = {"driver": "GTiff", "count": len(array), "height": array.shape[1], "width": array.shape[2]}
        with warnings.catch_warnings(), rasterio.Env(GDAL_PAM_ENABLED="NO", GDAL_TIFF_INTERNAL_MASK="YES"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path, "w", dtype=array.dtype, **{**options, **profile}) as out:
                out.write(array)
                out.update_tags(**(tags or {}))
                if descriptions:
                    out.descriptions = descriptions
                if scales:
                    out.scales = scales
                if offsets:
                    out.offsets = offsets
                if colours:
                    out.colorinterp = colours
                if mask is not None:
                    out.write_mask(mask)
        return path

    return writer


@pytest.fixture
def random():
    """A generator with a fixed seed."""
    return np.random.default_rng(20241017)


@pytest.fixture
def sea(random):
    """Linear backscatter of a sea with four looks, about −18 dB (rows, cols)."""
    return random.gamma(4.0, 0.016 / 4.0, (120, 160)).astype(np.float32)


@pytest.fixture
def data():
    """The folder of real pictures; the test is skipped without it."""
    folder = os.environ.get("OFFING_DATA")
    if not folder:
        pytest.skip("OFFING_DATA is not set")
    return Path(folder)
