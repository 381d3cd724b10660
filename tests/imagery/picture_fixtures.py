"""Ground and scenes that the tests of pictures share."""

import numpy as np
from affine import Affine


def grid(x, y, size, rows_size=None):
    """The transform of north-up pixels of ``size`` from the upper left corner (x, y)."""
    return Affine(size, 0.0, x, 0.0, -(rows_size or size), y)


UTM = {"crs": "EPSG:32652", "transform": grid(605000.0, 4750000.0, 10.0)}
"""Ten-metre pixels near Dunay."""


def port_scene(random, rows=400, cols=500):
    """(B02 B03 B04 B08 B11, where water is, hulls): sea south of a coast, ships at the quay and at anchor."""
    row, _ = np.mgrid[0:rows, 0:cols]
    land = row < rows // 2
    levels = {"B02": (0.05, 0.10), "B03": (0.05, 0.13), "B04": (0.035, 0.15), "B08": (0.02, 0.28), "B11": (0.012, 0.25)}
    bands = np.stack([np.where(land, dry, wet) for wet, dry in levels.values()]).astype(np.float32)
    bands += random.normal(0.0, 0.004, bands.shape).astype(np.float32)
    hulls = np.zeros((rows, cols), bool)
    hulls[rows // 2 : rows // 2 + 2, 100:112] = True  # at the quay
    for r, c in ((270, 80), (300, 200), (350, 400)):
        hulls[r : r + 3, c : c + 18] = True
    bands[:, hulls] = 0.25
    return np.clip(bands, 0.001, 1.0), ~land, hulls
