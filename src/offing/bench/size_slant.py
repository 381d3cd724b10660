"""Single-look chips of OpenSARShip brought to ground pixels of 10 m, as a scene that nothing was chosen on.

Slant range is averaged to about 20 m on the ground, the spacing of both directions brought to 10 m, and chips smaller
than a picture may be are set into clutter of their own median. It is one look, more speckled than products in ground
range.
"""

from __future__ import annotations

import csv
import math
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.bench.size_ships import GSD_M, Chip, Found, found_in
from offing.vessels.measurement.radar_model import KeptSizes

SLANT_M, AZIMUTH_M = 2.33, 13.95
"""Spacing of Sentinel-1's interferometric wide swath, single look: 2.3 m slant range × 14.1 m azimuth by its product
definition; these are the values of a product's annotation (unverified)."""
_RESOLUTION_M = 20.0
_LEAST_SIDE = 64


def found_in_slant(folder: Path, kept: KeptSizes, step: int = 1) -> Iterator[tuple[Chip, Found | None]]:
    """Every ``step``-th single-look chip whose ship's length is known, and what was found in its middle."""
    with (folder / "chips.csv").open(encoding="utf-8", newline="") as table:
        rows = [r for r in csv.DictReader(table) if "_SLC" in r["scene"] and float(r["ais_len"]) > 0.0]
    with tempfile.TemporaryDirectory() as made:
        for number, row in enumerate(rows[::step]):
            stored = folder / row["scene"] / "Patch_Cal" / row["chip"]
            path = Path(made) / f"{number}.tif"
            _write(path, _ground(_power(stored), math.radians(float(row["incidence"])), number))
            beam = float(row["ais_wid"])
            chip = Chip(
                path=path,
                scene=row["scene"],
                length_m=float(row["ais_len"]),
                beam_m=beam if beam > 0.0 else None,
                marked_m=float(row["manual_length_m"]),
            )
            yield chip, found_in(chip, kept)


def _power(path: Path) -> NDArray[np.float64]:
    from offing.imagery.reading import open_picture

    with open_picture([path], sensor="sar", gsd_m=GSD_M) as picture:
        return np.asarray(np.nan_to_num(picture.read()[0]), np.float64)


def _ground(power: NDArray[np.float64], incidence: float, seed: int) -> NDArray[np.float32]:
    from scipy.ndimage import gaussian_filter1d, map_coordinates

    spacing = SLANT_M / math.sin(incidence)
    smooth = gaussian_filter1d(power, 0.5 * _RESOLUTION_M / 2.355 / spacing, axis=1)
    rows, cols = (int(n * s / GSD_M) for n, s in zip(power.shape, (AZIMUTH_M, spacing), strict=True))
    down, right = ((np.arange(n) + 0.5) * GSD_M / s - 0.5 for n, s in ((rows, AZIMUTH_M), (cols, spacing)))
    amplitude = map_coordinates(
        np.sqrt(np.maximum(smooth, 0.0)), np.meshgrid(down, right, indexing="ij"), order=1, mode="nearest"
    )
    side = (max(rows, _LEAST_SIDE), max(cols, _LEAST_SIDE))
    canvas = np.median(amplitude**2) * np.random.default_rng(seed).gamma(4.0, 0.25, side)
    top, left = (side[0] - rows) // 2, (side[1] - cols) // 2
    canvas[top : top + rows, left : left + cols] = amplitude**2
    return np.asarray(canvas, np.float32)


def _write(path: Path, power: NDArray[np.float32]) -> None:
    """At a place that does not matter, which gives it its pixel size."""
    import rasterio

    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=power.shape[0],
        width=power.shape[1],
        count=1,
        dtype="float32",
        crs="EPSG:32654",
        transform=rasterio.Affine(GSD_M, 0.0, 4e5, 0.0, -GSD_M, 3.9e6),
    ) as out:
        out.write(power, 1)
