"""What lies over and under the ships of an optical picture: clouds and water on coarse cells, from the one pass."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from offing.imagery.clouds import clouds_by_brightness, clouds_by_classes
from offing.imagery.coarse import means
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.raster import one_gdal_thread
from offing.imagery.watermasks import tidy
from offing.records import Record
from offing.vessels.detection.kernels import F32
from offing.vessels.detection.optical_scale import kind_of, pixel_m

Mask = NDArray[np.bool_]
CELL_M = {"coarse": 40.0, "fine": 10.0}
CELLS = 8_000_000
"""Cells at most, about."""
CLOUD_M2 = 500_000.0
"""Smaller patches are roofs, quays and sand, which look like clouds in brightness and in Sentinel-2's classes."""
SNOW = 0.4
"""Normalised difference of green over short-wave infrared from which white ground is snow (Dozier 1989)."""
SHADOW_CLASS = 3
"""Cloud shadow in Sentinel-2's scene classification."""


class Cover(Record, frozen=True, eq=False):
    """Clouds and water on square cells of the picture."""

    factor: int
    """Pixels along a cell."""
    cell_m: float | None
    """Metres along a cell; None: unknown, and then neither clouds nor water are told."""
    cloud: Mask | None
    """(cell rows, cell cols), True: cloud; None: not told."""
    shadow: Mask | None
    """True: the shadow of a cloud; None: not told."""
    basis: str
    """By what clouds were told."""
    wet: Mask | None
    """True: some of the cell is sizeable water; None: no band tells."""
    afloat: Mask | None
    """True: water with the ships on it; None: no band tells."""


class CoverMaker:
    """Gathers cells while a picture is read, from several threads."""

    def __init__(self, picture: Picture, bands: tuple[str, ...], planes: Mapping[str, int]) -> None:
        """``planes``: which of the ``bands`` that are read is blue, green, red and near infrared."""
        self._picture, self._planes, self._bands = picture, planes, bands
        size = pixel_m(picture)
        gsd = math.sqrt(size[0] * size[1]) if size else None
        area = picture.width * picture.height
        wanted = max(CELL_M[kind_of(picture)] / gsd if gsd else 1.0, math.sqrt(area / CELLS))
        self.factor = 2 ** min(6, max(0, math.ceil(math.log2(wanted) - 0.5)))
        self._cell_m = gsd * self.factor if gsd else None
        shape = -(-picture.height // self.factor), -(-picture.width // self.factor)
        self._means = np.full((len(bands), *shape), np.nan, np.float32)
        self._quality = picture.quality_bands[0] if picture.quality_bands else None
        self._classes = np.zeros(shape, np.uint16)
        self._wet: Mask | None = None
        self._lock = threading.Lock()

    @property
    def any_data(self) -> bool:
        """Whether any pixel had data so far."""
        return bool(np.isfinite(self._means).any())

    def add(self, chunk: Box, values: F32) -> None:
        """(bands, rows, cols) as read of ``chunk``, which begins on a cell's corner."""
        row, col = chunk.row0 // self.factor, chunk.col0 // self.factor
        small = means(values, self.factor)
        at = slice(row, row + small.shape[1]), slice(col, col + small.shape[2])
        self._means[:, *at] = small
        if self._quality:
            with one_gdal_thread():
                classes = self._picture.read([self._quality], chunk)[0]
            rows, cols = (
                np.minimum(np.arange(cells) * self.factor + self.factor // 2, pixels - 1)
                for cells, pixels in zip(small.shape[1:], classes.shape, strict=True)
            )
            self._classes[at] = np.nan_to_num(classes[rows[:, None], cols]).astype(np.uint16)

    def wet(self, sizeable: Mask, window: Box) -> None:
        """Where ``window`` holds sizeable water, (rows, cols)."""
        n, full = self.factor, self._means.shape[1:]
        row, col = window.row0 // n, window.col0 // n
        up, left = window.row0 - row * n, window.col0 - col * n
        rows, cols = (-(-(o + k) // n) for o, k in zip((up, left), sizeable.shape, strict=True))
        padded = np.zeros((rows * n, cols * n), np.bool_)
        padded[up : up + sizeable.shape[0], left : left + sizeable.shape[1]] = sizeable
        cells = padded.reshape(rows, n, cols, n).any(axis=(1, 3))
        with self._lock:
            if self._wet is None:
                self._wet = np.zeros(full, np.bool_)
            self._wet[row : row + rows, col : col + cols] |= cells

    def finished(self) -> Cover:
        """Everything together."""
        known = np.asarray(np.isfinite(self._means).all(axis=0))
        cloud, basis = self._clouds()
        shadow = self._classes == SHADOW_CLASS if self._quality == "SCL" else None
        afloat = None
        if self._wet is not None and self._cell_m is not None:
            afloat = tidy(self._wet, known, self._cell_m)
        return Cover(
            factor=self.factor, cell_m=self._cell_m, cloud=cloud, shadow=shadow, basis=basis, wet=self._wet,
            afloat=afloat,
        )  # fmt: skip

    def _clouds(self) -> tuple[Mask | None, str]:
        if self._cell_m is None:
            return None, ""
        if self._quality:
            mask = clouds_by_classes(self._classes.astype(np.float32), self._quality)
            return self._wide(mask.cloud), f"the picture's quality band {self._quality}"
        visible = [self._means[row] for role, row in sorted(self._planes.items()) if role != "nir"]
        if len({self._planes[r] for r in self._planes if r != "nir"}) < 2:
            return None, ""
        near = self._means[self._planes["nir"]] if "nir" in self._planes else None
        mask = clouds_by_brightness(
            np.stack(visible), self._means[self._planes.get("red", 0)], near, self._cell_m,
            reflectance=self._picture.scale.quantity == "reflectance",
        )  # fmt: skip
        return self._wide(mask.cloud & ~self._snow()), mask.basis

    def _snow(self) -> Mask:
        """White ground that is dark in short-wave infrared."""
        swir = next((i for i, name in enumerate(self._bands) if name in {"B11", "swir1"}), None)
        green = self._means[self._planes["green"]] if "green" in self._planes else None
        if swir is None or green is None:
            return np.zeros(self._means.shape[1:], np.bool_)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(green - self._means[swir] > SNOW * (green + self._means[swir]))

    def _wide(self, cloud: Mask) -> Mask:
        """Patches that are large enough for a cloud."""
        import cv2

        assert self._cell_m is not None
        _, labels, stats, _ = cv2.connectedComponentsWithStats(cloud.astype(np.uint8), connectivity=8)
        large = stats[:, cv2.CC_STAT_AREA] * self._cell_m**2 >= CLOUD_M2
        large[0] = False
        return np.asarray(large[labels])
