"""Painting in ground metres onto finely sampled reflectance planes, and random fields at any size."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.simulation.draws import Field

Colour = NDArray[np.float32]
"""(bands,) reflectance: blue, green, red and, in coarse pictures, near and short-wave infrared."""

Points = NDArray[np.float64]
"""(n, 2) metres to the right of and below the outer corner of the chip's first pixel."""

Window = tuple[slice, slice]
"""Rows and columns of fine pixels."""

_SHIFT = 4
SKYLIGHT = np.array([0.30, 0.24, 0.20, 0.14, 0.12], np.float32)
"""What a shadow leaves of the light, by band: the sky lights it, in blue most."""


class Canvas:
    """Reflectance planes sampled every ``step_m``, reaching ``margin_m`` over the chip on all sides."""

    def __init__(self, bands: int, side: int, step_m: float, margin_m: float) -> None:
        self.planes = np.zeros((bands, side, side), np.float32)
        self.step_m, self.margin_m = step_m, margin_m
        self._textures: list[Field] = []

    @property
    def side(self) -> int:
        """Fine pixels along a side."""
        return int(self.planes.shape[1])

    @property
    def extent_m(self) -> float:
        """Metres along a side of the chip itself."""
        return self.side * self.step_m - 2 * self.margin_m

    def fixed(self, points: Points) -> NDArray[np.int32]:
        """cv2's fixed-point pixels of points in metres."""
        scale = 2.0**_SHIFT / self.step_m
        at = np.asarray(points) * scale + (self.margin_m * scale - 0.5 * 2.0**_SHIFT)
        return np.asarray(np.rint(np.maximum(np.minimum(at, 2.0**24), -(2.0**24))), np.int32)

    def mask(self, polygons: Sequence[Points], window: Window | None = None) -> NDArray[np.uint8]:
        """1 where any polygon covers a fine pixel, of the whole canvas or of a window."""
        rows, cols = window or (slice(0, self.side), slice(0, self.side))
        covered = np.zeros((rows.stop - rows.start, cols.stop - cols.start), np.uint8)
        shift = np.array([cols.start, rows.start], np.int32) << _SHIFT
        for polygon in polygons:
            cv2.fillPoly(covered, [self.fixed(polygon) - shift], (1.0,), shift=_SHIFT)
        return covered

    def window(self, polygons: Sequence[Points]) -> Window | None:
        """The fine pixels (rows, columns) around the polygons; None when they lie outside the canvas."""
        low = np.min([p.min(axis=0) for p in polygons], axis=0)
        high = np.max([p.max(axis=0) for p in polygons], axis=0)
        (c0, r0), (c1, r1) = (
            np.clip(np.floor((v + self.margin_m) / self.step_m) + more, 0, self.side).astype(int)
            for v, more in ((low, -1), (high, 2))
        )
        return (slice(int(r0), int(r1)), slice(int(c0), int(c1))) if r1 > r0 and c1 > c0 else None

    def texture(self, rng: np.random.Generator, window: Window) -> Field:
        """A window of one of a few fields of mean 0 that are fine and blotchy at once; drawn once a canvas."""
        if not self._textures:
            for cell in (12.0, 30.0, 70.0):
                field = 0.8 * self.fractal(rng, cell, 3) + 0.6 * self.smooth(rng, 3.0)
                self._textures.append(np.asarray(field, np.float32))
        return np.asarray(
            self._textures[int(rng.integers(3))][window] * np.float32(rng.choice([-1.0, 1.0])), np.float32
        )

    def fill(self, polygon: Points, colour: Colour, shift_m: Points | None = None) -> None:
        """Paint a polygon; ``shift_m`` (bands, 2) moves it in each band."""
        at = self.fixed(polygon)
        for band, plane in enumerate(self.planes):
            where = at if shift_m is None else self.fixed(polygon + shift_m[band])
            cv2.fillPoly(plane, [where], (float(colour[band]),), shift=_SHIFT)

    def line(self, points: Points, colour: Colour, width_m: float, *, closed: bool = False) -> None:
        """Paint a line; one thinner than a fine pixel is mixed in by its share."""
        width = width_m / self.step_m
        if width < 0.8:
            window = self.window([points])
            if window is None:
                return
            rows, cols = window
            stroke = np.zeros((rows.stop - rows.start, cols.stop - cols.start), np.uint8)
            shift = np.array([cols.start, rows.start], np.int32) << _SHIFT
            cv2.polylines(stroke, [self.fixed(points) - shift], closed, (1.0,), 1, shift=_SHIFT)
            share = stroke * np.float32(max(width, 0.1))
            for band, plane in enumerate(self.planes):
                plane[window] += share * (colour[band] - plane[window])
            return
        for band, plane in enumerate(self.planes):
            at = [self.fixed(points)]
            cv2.polylines(plane, at, closed, (float(colour[band]),), max(1, round(width)), shift=_SHIFT)

    def disc(self, centre: Points, radius_m: float, colour: Colour) -> None:
        """Paint a disc."""
        turn = np.linspace(0.0, 2 * math.pi, 14, endpoint=False)
        self.fill(np.asarray(centre) + radius_m * np.column_stack([np.cos(turn), np.sin(turn)]), colour)

    def blend(self, where: NDArray[np.uint8], colour: Colour, share: float) -> None:
        """Mix a colour in where the mask is 1."""
        rows, cols = np.nonzero(where)
        for band, plane in enumerate(self.planes):
            plane[rows, cols] += np.float32(share) * (colour[band] - plane[rows, cols])

    def lay(self, share: Field, cover: NDArray[np.float32]) -> None:
        """Mix ``cover``, (bands,) or (bands, side, side), in by ``share`` 0–1 of each fine pixel."""
        for band, plane in enumerate(self.planes):
            plane += share * (cover[band] - plane)

    def shade(self, polygons: Sequence[Points], depth: float = 1.0) -> None:
        """Put the polygons into shadow."""
        window = self.window(polygons) if polygons else None
        if window is not None:
            self.shade_where(self.mask(polygons, window), window, depth)

    def shade_where(self, where: NDArray[np.uint8], window: Window, depth: float = 1.0) -> None:
        """Put what the mask of a window marks into shadow."""
        for plane, left in zip(self.planes, SKYLIGHT, strict=False):
            plane[window] *= 1.0 - where * np.float32(depth * (1.0 - left))

    def smooth(self, rng: np.random.Generator, cell_m: float, stretch: float = 1.0, turn_rad: float = 0.0) -> Field:
        """A field of mean 0 and deviation about 1 that varies over ``cell_m``."""
        return smooth(rng, self.side, cell_m / self.step_m, stretch, turn_rad)

    def fractal(self, rng: np.random.Generator, cell_m: float, octaves: int = 4) -> Field:
        """Smooth fields of halving size, each 0.6 as strong as the one before; deviation about 1."""
        weights = 0.6 ** np.arange(octaves)
        total = sum(np.float32(w) * self.smooth(rng, cell_m / 2**k) for k, w in enumerate(weights))
        return np.asarray(total / np.float32(np.sqrt(np.sum(weights**2))), np.float32)


def smooth(rng: np.random.Generator, side: int, cell_px: float, stretch: float = 1.0, turn_rad: float = 0.0) -> Field:
    """A square field that varies over ``cell_px`` pixels, ``stretch`` times that along the turn."""
    cell = max(cell_px, 1.0)
    if cell <= 1.0 and stretch == 1.0:
        return rng.standard_normal((side, side), np.float32)
    if cell >= 6.0:  # as good from fewer samples
        few = max(16, int(3.0 * side / cell))
        if 3 * few < side:
            small = smooth(rng, few, cell * few / side, stretch, turn_rad)
            return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)
    reach = side * (1.0 if turn_rad == 0.0 and stretch == 1.0 else 1.45)
    rows, cols = int(reach / cell) + 5, int(reach / (cell * stretch)) + 5
    coarse = np.float32(1.4) * rng.standard_normal((rows, cols), np.float32)
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    matrix = np.array([[1.0 / (cell * stretch)], [1.0 / cell]]) * np.array([[c, s], [-s, c]])
    middle = np.array([0.5 * side, 0.5 * side])
    offset = np.array([0.5 * (cols - 1), 0.5 * (rows - 1)]) - matrix @ middle + rng.uniform(-0.5, 0.5, 2)
    wide = cv2.warpAffine(
        coarse, np.column_stack([matrix, offset]), (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    return np.asarray(wide, np.float32)


def swept(polygon: Points, shift: Points) -> Points:
    """The convex ground that a polygon covers while it moves by ``shift``."""
    both = np.vstack([polygon, polygon + shift]).astype(np.float32)
    return np.asarray(cv2.convexHull(both)[:, 0, :], np.float64)


def rectangle(centre: Points, along: float, length_m: float, breadth_m: float) -> Points:
    """(4, 2) corners of a rectangle whose length lies along the angle (column = cos, row = sin)."""
    ahead = np.array([math.cos(along), math.sin(along)])
    aside = np.array([-ahead[1], ahead[0]])
    signs = np.array([[0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5], [0.5, -0.5]])
    return np.asarray(centre + signs[:, :1] * length_m * ahead + signs[:, 1:] * breadth_m * aside)
