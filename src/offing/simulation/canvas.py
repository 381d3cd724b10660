"""Painting polygons in ground metres onto a finely sampled picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.simulation.draws import Field

Colour = tuple[float, float, float, float]
"""Reflectance in blue, green, red and near infrared."""

Bands = NDArray[np.float32]
"""(rows, cols, 4): reflectance in blue, green, red and near infrared."""

_SHIFT = 4
"""cv2's fixed-point coordinates: sixteenths of a pixel."""

SHADOW: Colour = (0.45, 0.52, 0.58, 0.66)
"""How much of the light a shadow takes away, by band: the sky still lights it, in blue most."""


class Canvas:
    """A picture in fine pixels: ``west_m``, ``north_m`` its outer corner, ``step_m`` the side of a fine pixel."""

    def __init__(self, bands: Bands, west_m: float, north_m: float, step_m: float) -> None:
        self.bands, self.west_m, self.north_m, self.step_m = bands, west_m, north_m, step_m

    def mask(self, polygons: Sequence[NDArray[np.float64]]) -> NDArray[np.uint8]:
        """1 where any of the polygons (metres grid east, north) covers a fine pixel."""
        import cv2

        covered = np.zeros(self.bands.shape[:2], np.uint8)
        for polygon in polygons:
            cv2.fillPoly(covered, [self._pixels(polygon)], (1.0,), shift=_SHIFT)
        return covered

    def fill(self, polygon: NDArray[np.float64], colour: Colour) -> None:
        """Paint a polygon."""
        import cv2

        cv2.fillPoly(self.bands, [self._pixels(polygon)], colour, shift=_SHIFT)

    def line(self, points: NDArray[np.float64], colour: Colour, width_m: float, *, closed: bool = False) -> None:
        """Paint a line at least one fine pixel wide."""
        import cv2

        width = max(1, round(width_m / self.step_m))
        cv2.polylines(self.bands, [self._pixels(points)], closed, colour, width, shift=_SHIFT)

    def shade(self, polygons: Sequence[NDArray[np.float64]], within: NDArray[np.uint8] | None = None) -> None:
        """Put the polygons into shadow, only where ``within`` is 1 when it is given."""
        covered = self.mask(polygons)
        if within is not None:
            covered &= within
        rows, cols = np.nonzero(covered)
        self.bands[rows, cols] *= 1.0 - np.array(SHADOW, np.float32)

    def _pixels(self, polygon: NDArray[np.float64]) -> NDArray[np.int32]:
        # cv2 counts from the centre of the first pixel.
        cols = (polygon[:, 0] - self.west_m) / self.step_m - 0.5
        rows = (self.north_m - polygon[:, 1]) / self.step_m - 0.5
        scaled = np.round(np.column_stack([cols, rows]) * 2**_SHIFT)
        clipped: NDArray[np.int32] = np.clip(scaled, -(2**24), 2**24).astype(np.int32)
        return clipped


def swept(polygon: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    """The convex ground that a polygon covers while it moves by ``shift``: its shadow, with its foot."""
    import cv2

    both = np.vstack([polygon, polygon + shift]).astype(np.float32)
    return np.asarray(cv2.convexHull(both)[:, 0, :], np.float64)


def shadow_per_metre(sun_azimuth_deg: float, sun_elevation_deg: float) -> NDArray[np.float64]:
    """Where the top of something 1 m high throws its shadow: (east, north) metres."""
    away = math.radians(sun_azimuth_deg + 180.0)
    length = 1.0 / math.tan(math.radians(max(sun_elevation_deg, 5.0)))
    return length * np.array([math.sin(away), math.cos(away)])


def coarsened(fine: Field | Bands, factor: int) -> NDArray[np.float32]:
    """The mean over blocks of ``factor`` × ``factor`` fine pixels."""
    rows, cols = fine.shape[0] // factor, fine.shape[1] // factor
    blocks = fine.reshape(rows, factor, cols, factor, *fine.shape[2:])
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))
