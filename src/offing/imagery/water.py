"""Where water is in a picture, from the picture itself.

Optical pictures: near infrared (short-wave infrared where there is any) is dark over water; colour alone allows only
a rough guess. Radar: water reflects less than land does once speckle is averaged out. Thresholds are found in the
picture and refused where its two sides do not differ enough. Ships lie on water, so what is too small to be land
counts as water.
"""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.coarse import Coarse, coarse_view
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.watermasks import Bools, colour_water, infrared_water, radar_water

ISLAND_M2 = 60_000.0
"""Smaller patches in the water are ships, not land (the largest ship covers 25,000 m²) …"""
ISLAND_M = 600.0
"""… unless they are longer than any ship."""
POND_M2 = 20_000.0
"""Smaller patches of water are shadows, roofs and roads."""
RADAR_ISLAND_M2, RADAR_POND_M2 = 250_000.0, 100_000.0
"""The same in radar pictures, where side lobes widen ships and speckle makes ponds."""
RADAR_CELL_M = 30.0
"""Cell to which speckle is averaged before anything else."""
VEGETATION = 0.45
"""Normalised difference of near infrared over green above which a small patch is green land, never a ship."""
CLOSING_M = 15.0
"""Land narrower than twice this, such as a ship's hull at a quay or a jetty, does not cut the water."""
_GUESSED_CELL_M = 10.0
"""Cell taken for a picture whose pixel size is unknown."""


class Water:
    """A water mask on a grid of square cells of ``factor`` pixels, with how it was made."""

    def __init__(self, cells: Bools, view: Coarse, notes: tuple[str, ...]) -> None:
        self.cells, self.factor, self.notes = cells, view.factor, notes
        """(cell rows, cell cols), True: water."""
        self._width, self._height = view.width, view.height

    @property
    def share(self) -> float:
        """Part of the picture that is water, 0–1."""
        return float(self.cells.mean())

    def mask(self, window: Box | None = None) -> Bools:
        """(rows, cols) of the window, of the picture when None; True: water."""
        box = window or Box(col0=0, row0=0, col1=self._width, row1=self._height)
        rows = np.arange(box.row0, box.row1) // self.factor
        cols = np.arange(box.col0, box.col1) // self.factor
        return np.asarray(self.cells[rows[:, None], cols])


def water_mask(picture: Picture) -> Bools:
    """(rows, cols) of the whole picture, True: water. ``find_water`` needs less memory and says how it was found."""
    return find_water(picture).mask()


def find_water(picture: Picture) -> Water:
    """The water in a picture, found on a grid of at most 4 million cells.

    A picture that seems to be of one kind only is all water or no water, and the notes say so.
    """
    bands = picture.bands
    infrared = next((b for b in ("B11", "B12", "swir1", "B08", "nir", "B8A") if b in bands), None)
    if picture.sensor == "sar":
        view = coarse_view(picture, bands[:1], cells=4_000_000, factor=_radar_factor(picture))
        cells, notes = radar_water(view.values[0], _cell_m(picture, view))
    elif infrared is not None:
        green = next((b for b in ("B03", "green", "B02", "blue") if b in bands), infrared)
        near = next((b for b in ("B08", "nir", "B8A") if b in bands), infrared)
        wanted = tuple(dict.fromkeys((infrared, green, near)))
        view = coarse_view(picture, wanted, cells=4_000_000)
        dark, grass, leaf = (view.values[wanted.index(b)] for b in (infrared, green, near))
        cells, notes = infrared_water(dark, grass, leaf, _cell_m(picture, view), infrared)
    else:
        colours = tuple(b for b in bands if b in {"red", "green", "blue"}) or bands[:1]
        view = coarse_view(picture, colours, cells=1_000_000)
        cells, notes = colour_water(view.values, _cell_m(picture, view))
    return Water(cells, view, notes)


def water_from_means(power: Coarse, cell_m: float) -> Water:
    """The water of a radar picture from means that a pass over it has made: one band of linear power, NaN: no data."""
    cells, notes = radar_water(power.values[0], cell_m)
    return Water(cells, power, notes)


def _radar_factor(picture: Picture) -> int:
    gsd = picture.gsd_m
    return max(1, round(RADAR_CELL_M / math.sqrt(gsd[0] * gsd[1]))) if gsd else 1


def _cell_m(picture: Picture, view: Coarse) -> float:
    gsd = picture.gsd_m
    return view.factor * (math.sqrt(gsd[0] * gsd[1]) if gsd else _GUESSED_CELL_M)
