"""Generated Sentinel-2 pictures of ships that move between the bands, with colours, wakes, shadows and noise."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.model import OrientedBox
from offing.vessels.velocity.delays import DELAYS_S

F64 = NDArray[np.float64]

BANDS = ("B02", "B03", "B04", "B08")
PIXEL_M, FINE = 10.0, 5
"""Metres of a pixel; drawn that many times finer."""
CELL = 64
"""Pixels along a square with one ship."""
SIDE = 7
"""Squares along a side of the sea."""
LAND_ROWS = 160
"""Rows of land above it, where there is land."""
BLUR_M = 5.5
SEA = np.array([0.040, 0.035, 0.020, 0.010])
PAINTS = np.array(
    [
        (0.45, 0.46, 0.47, 0.45), (0.30, 0.31, 0.32, 0.32), (0.18, 0.19, 0.20, 0.21), (0.05, 0.06, 0.24, 0.30),
        (0.08, 0.09, 0.20, 0.28), (0.22, 0.14, 0.07, 0.09), (0.08, 0.16, 0.08, 0.14), (0.05, 0.05, 0.05, 0.06),
    ]
)  # fmt: skip
"""Reflectance of white, two greys, two reds, blue, green and black paint in ``BANDS``."""
FOAM = np.array([0.22, 0.22, 0.20, 0.13])
KNOT = 1852.0 / 3600.0


class Sailing(Record, frozen=True):
    """A ship of a generated picture."""

    box: OrientedBox
    """As a detector might give it: off by what its boxes are off."""
    length_m: float
    speed_kn: float
    """0: at anchor."""
    course_deg: float
    """0–360 from the picture's up."""
    wake: bool


class Roads(Record, frozen=True):
    """A generated picture's pixels with what is true of it."""

    values: NDArray[np.float32]
    """(bands, rows, cols) reflectance."""
    ships: tuple[Sailing, ...]
    forward: bool
    """True: the bands see in the handbook's order."""


def roads(seed: int, *, land: bool, side: int = SIDE) -> Roads:
    """``side``² ships of 40 to 300 m, a third at anchor and the others at 2 to 25 knots, each in its own colours."""
    rng = np.random.default_rng((seed, 4711))
    forward = bool(rng.random() < 0.5)
    rows, cols = side * CELL + (LAND_ROWS if land else 0), side * CELL
    off = rng.normal(0.0, 0.06, (len(BANDS), 2))
    values = _sea(rng, rows, cols)
    if land:
        values[:, :LAND_ROWS] = _land(rng, cols, off)
    ships = []
    for square in range(side * side):
        row = square // side * CELL + (LAND_ROWS if land else 0)
        col = square % side * CELL
        drawn, ship = _ship(rng, off, 1.0 if forward else -1.0, values[:, row : row + CELL, col : col + CELL])
        values[:, row : row + CELL, col : col + CELL] = drawn
        box = ship.box
        moved = OrientedBox(col=box.col + col, row=box.row + row, length_px=box.length_px, beam_px=box.beam_px)
        ships.append(msgspec.structs.replace(ship, box=moved))
    values += rng.normal(0.0, 0.0012, values.shape)
    return Roads(values=np.maximum(values, 1e-4).astype(np.float32), ships=tuple(ships), forward=forward)


def write_roads(scene: Roads, path: Path) -> None:
    """The picture as a GeoTIFF in UTM, north up, with Sentinel-2's band names."""
    import rasterio
    from affine import Affine

    numbers = np.round(scene.values * 10_000).astype(np.uint16)
    with rasterio.open(
        path, "w", driver="GTiff", width=numbers.shape[2], height=numbers.shape[1], count=len(BANDS), dtype="uint16",
        crs="EPSG:32652", transform=Affine(PIXEL_M, 0, 500_000, 0, -PIXEL_M, 4_750_000),
    ) as file:  # fmt: skip
        file.write(numbers)
        file.descriptions = BANDS
        file.scales = (1e-4,) * len(BANDS)
        file.update_tags(OFFING_SIMULATED="yes")


def _sea(rng: np.random.Generator, rows: int, cols: int) -> F64:
    """Water with waves that all bands show alike, less in near infrared."""
    from scipy.ndimage import gaussian_filter

    swell = gaussian_filter(rng.normal(size=(rows, cols)), 0.7)
    swell *= rng.uniform(0.0005, 0.003) / swell.std()
    return np.asarray(SEA[:, None, None] + swell * np.array([1.0, 1.0, 0.95, 0.8])[:, None, None])


def _land(rng: np.random.Generator, cols: int, off: F64) -> F64:
    """Roofs and roads as grey as they come, with some green, shifted by each band's misregistration."""
    from scipy.ndimage import gaussian_filter, shift

    shade = gaussian_filter(rng.normal(size=(LAND_ROWS, cols)), 1.2)
    green = gaussian_filter(rng.normal(size=(LAND_ROWS, cols)), 3.0)
    shade, green = shade / shade.std(), np.clip(green / green.std() - 0.8, 0.0, None)
    bands = [0.16 + 0.05 * shade + green * tint for tint in (-0.02, -0.01, -0.02, 0.08)]
    return np.stack([shift(b, (o[1], o[0]), order=3, mode="nearest") for b, o in zip(bands, off, strict=True)])


def _ship(rng: np.random.Generator, off: F64, order: float, water: F64) -> tuple[F64, Sailing]:
    """(the square with its ship, the ship with its box in pixels of the square)."""
    length = float(rng.uniform(40.0, 300.0))
    beam = length * float(rng.uniform(0.13, 0.2)) if length < 120 else length * float(rng.uniform(0.12, 0.165))
    speed = 0.0 if rng.random() < 1 / 3 else float(rng.uniform(2.0, 25.0))
    course = float(rng.uniform(0.0, 360.0))
    wake = speed > 3.0 and rng.random() < 0.8
    heading = math.radians(course)
    ahead = np.array([math.sin(heading), -math.cos(heading)])  # (columns, rows)
    centre = CELL / 2 + rng.uniform(-1.0, 1.0, 2)
    paint = _Paint(rng, length, beam, speed if wake else 0.0)
    bands = []
    for i, band in enumerate(BANDS):
        seconds = order * (DELAYS_S[band] - 0.5)
        moved = centre + off[i] + ahead * speed * KNOT * seconds / PIXEL_M
        still = ahead @ (moved - centre - off[i]) * PIXEL_M
        bands.append(_pixels(paint, i, moved, ahead, still, water[i]))
    return np.stack(bands), Sailing(
        box=_box(rng, centre, ahead, length, beam), length_m=length, speed_kn=speed, course_deg=course, wake=wake
    )


class _Paint:
    """What a ship, its shadow and its wake look like."""

    def __init__(self, rng: np.random.Generator, length: float, beam: float, speed: float) -> None:
        self.length, self.beam, self.speed = length, beam, speed
        parts = int(rng.integers(2, 7))
        self.edges = np.sort(np.concatenate([(-0.5, 0.5), rng.uniform(-0.5, 0.5, parts - 1)])) * length
        hull = PAINTS[rng.integers(len(PAINTS))]
        self.colours = np.stack(
            [hull if rng.random() < 0.5 else PAINTS[rng.integers(len(PAINTS))] for _ in range(parts)]
        )
        self.colours = self.colours * rng.uniform(0.8, 1.2, (parts, 1))
        self.side = rng.uniform(-0.25, 0.25)  # one side of the deck is darker
        self.house = (float(rng.uniform(-0.42, 0.3)) * length, float(rng.uniform(0.06, 0.16)) * length)
        self.white = PAINTS[0] * rng.uniform(0.8, 1.1)
        self.shadow = (float(rng.choice([-1.0, 1.0])), float(rng.uniform(0.0, 12.0)), float(rng.uniform(0.1, 0.5)))
        self.foam = float(rng.uniform(0.15, 0.8)) * min(1.0, speed / 15.0) ** 1.5
        self.fade = float(rng.uniform(30.0, 150.0))
        self.grain = rng.normal(1.0, 0.35, 512)

    def light(self, band: int, s: F64, q: F64, water: F64, still: float) -> F64:
        """Reflectance at places ahead of and beside the ship's middle, metres.

        ``still``: metres by which the ship has moved over the water, in which the foam's grain stays where it is.
        """
        half = self.beam / 2 * np.clip((self.length / 2 - s) / (0.18 * self.length), 0.0, 1.0) ** 0.6
        hull = (np.abs(q) <= half) & (s >= -self.length / 2)
        part = np.clip(np.searchsorted(self.edges, s) - 1, 0, len(self.colours) - 1)
        deck = self.colours[part, band] * (1 + self.side * np.sign(q))
        house = (np.abs(s - self.house[0]) < self.house[1] / 2) & (np.abs(q) < 0.42 * self.beam)
        deck = np.where(house, self.white[band], deck)
        side, reach, dark = self.shadow
        shaded = (q * side > 0) & (np.abs(q) < half + reach) & (np.abs(s) <= self.length / 2)
        sea = np.where(shaded, water * (1 - dark), water)
        if self.speed > 0:
            behind = -self.length / 2 - s
            wide = 0.35 * self.beam + 0.06 * np.clip(behind, 0.0, None)
            grain = np.interp(s + still, np.arange(-256, 256) * 6.0, self.grain)
            fade = np.exp(-np.clip(behind, 0.0, None) / self.fade - (q / wide) ** 2) * (behind > 0)
            sea = sea + self.foam * FOAM[band] * fade * grain
        return np.where(hull, deck, sea)


def _pixels(paint: _Paint, band: int, centre: F64, ahead: F64, still: float, water: F64) -> F64:
    """(CELL, CELL) what the band sees, blurred and sampled."""
    from scipy.ndimage import gaussian_filter

    fine = (np.arange(CELL * FINE) + 0.5) / FINE
    dc, dr = np.meshgrid(fine - centre[0], fine - centre[1])
    s, q = (dc * ahead[0] + dr * ahead[1]) * PIXEL_M, (dr * ahead[0] - dc * ahead[1]) * PIXEL_M
    level = float(SEA[band])
    light = paint.light(band, s, q, np.full(s.shape, level), still) - level
    blurred = gaussian_filter(light, BLUR_M / PIXEL_M * FINE)
    return np.asarray(water + blurred.reshape(CELL, FINE, CELL, FINE).mean(axis=(1, 3)))


def _box(rng: np.random.Generator, centre: F64, ahead: F64, length: float, beam: float) -> OrientedBox:
    """The ship's box with the errors of a detector: half a pixel, 8 and 15 %, 3 degrees."""
    turn = math.radians(float(rng.normal(0.0, 3.0))) + (math.pi if rng.random() < 0.5 else 0.0)
    c, s = math.cos(turn), math.sin(turn)
    along = np.array([ahead[0] * c - ahead[1] * s, ahead[0] * s + ahead[1] * c])
    half = length / PIXEL_M / 2 * float(rng.normal(1.0, 0.08)), beam / PIXEL_M / 2 * float(rng.normal(1.0, 0.15))
    col, row = centre + rng.normal(0.0, 0.4, 2)
    return OrientedBox(
        col=float(col), row=float(row), length_px=(half[0] * along[0], half[0] * along[1]),
        beam_px=(-half[1] * along[1], half[1] * along[0]),
    )  # fmt: skip
