"""Ships in an optical picture of any size: one pass, and the network of its kind wherever ships may be.

Fine pictures are shown whole. Of coarse ones, which are large, a first look at every square of the pass decides what is
worth showing (``optical_tiles``); small ones are shown whole too.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.coarse import Coarse
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.imagery.raster import one_gdal_thread
from offing.records import Record
from offing.vessels.detection import optical_sampling
from offing.vessels.detection.dismissal.ground import outline
from offing.vessels.detection.finds import Find
from offing.vessels.detection.kernels import F32, one_cv_thread
from offing.vessels.detection.lattice import Lattice, Square, lattice_of, passed
from offing.vessels.detection.network import Boxes, network
from offing.vessels.detection.optical_channels import Kind, bands_of, channels, tone_among
from offing.vessels.detection.optical_cover import Cover, CoverMaker
from offing.vessels.detection.optical_sampling import sampled
from offing.vessels.detection.optical_scale import Scale, kind_of, pixel_m, scale_of
from offing.vessels.detection.optical_tiles import Inland, Limits, Worth, all_tiles, inland, limits_of, worth
from offing.vessels.detection.overlaps import best_boxes
from offing.vessels.detection.pieces import roomy, widened

__all__ = ["MODELS", "OpticalFinds", "Sees", "kind_of", "optical_search"]

MODELS: dict[Kind, str] = {"fine": "optical-fine-network-1", "coarse": "optical-coarse-network-1"}
LEAST_LOG_ODDS = -4.0
"""Positions below are never kept."""
SQUARE: dict[Kind, int] = {"coarse": 2048, "fine": 768}
"""Pixels as shown along a square of the pass."""
MARGIN: dict[Kind, int] = {"coarse": 64, "fine": 128}
"""Pixels as shown around it: half of the longest ship, and something to see it by."""
LONGEST: dict[Kind, int] = {"coarse": 1024, "fine": 768}
"""Pixels as shown along a side of a piece at most, without its margin."""
WHOLE_PX = 2_000_000
"""Pixels as shown up to which a picture is one square."""
SEAM_PX = 1.5
"""Pixels as shown by which a box' centre may lie beyond its piece: pieces see a ship alike, but not to the pixel."""
SHOWN_REFLECTANCE = 0.3
"""Reflectance that full white stands for in pictures made for the eye, as their makers usually stretch them."""


class Sees(Protocol):
    """What finds ships in channels: a ``Network``."""

    def boxes(self, channels: F32, least: float) -> Boxes:
        """Every position of at least ``least`` log odds in ``channels`` (channels, rows, cols), in their pixels."""
        ...


class OpticalFinds(Record, frozen=True, eq=False):
    """Everything that may be a ship, and what the pass learnt of the picture."""

    finds: tuple[Find, ...]
    """The most likely first."""
    notes: tuple[str, ...]
    """What was assumed, one clause each."""
    cover: Cover
    """Where clouds and water are."""
    shown: float
    """Share of the picture's pixels that the network was shown, margins counted."""


class _Seen(Record, frozen=True, eq=False):
    """What was found in one square."""

    boxes: Boxes
    """In pixels as shown of the whole picture."""
    cut: NDArray[np.bool_]
    """(n,) whether data ends within the box."""
    shown: int
    """Pixels of the picture that were shown."""


def optical_search(picture: Picture, workers: int | None = None, trained: Sees | None = None) -> OpticalFinds:
    """Reads ``picture`` once and shows ``trained`` (offing's network of its kind, unless given) what may hold ships.

    Raises PictureError when it holds nothing but nodata. The result does not depend on ``workers``.
    """
    look = _Look(picture, trained)
    with one_cv_thread(), ThreadPoolExecutor(workers or min(4, os.cpu_count() or 1)) as pool:
        rows = passed(look.read, len(look.bands), look.lattice, pool)
        seen = [part for row in rows for part in pool.map(look.searched, row)]
    if not look.cover.any_data:
        raise PictureError("holds nothing but nodata", where=picture.name, fix="give a picture with data in it")
    boxes = Boxes.joined([s.boxes for s in seen])
    cut = np.concatenate([np.zeros(0, np.bool_), *(s.cut for s in seen)])
    kept = best_boxes(boxes)
    return OpticalFinds(
        finds=tuple(_find(boxes, int(i), bool(cut[i]), picture, look.scale) for i in kept),
        notes=look.notes,
        cover=look.cover.finished(),
        shown=sum(s.shown for s in seen) / (picture.width * picture.height),
    )


class _Look:
    """How one picture is looked at."""

    def __init__(self, picture: Picture, trained: Sees | None) -> None:
        self.kind = kind_of(picture)
        self._sees = trained or network(MODELS[self.kind])
        self.scale, self.notes = scale_of(picture)
        planes = bands_of(picture.bands, self.kind)
        self.bands = tuple(dict.fromkeys(name for name in planes if name))
        self._rows = [self.bands.index(name) if name else None for name in planes]
        self._as_reflectance = SHOWN_REFLECTANCE if picture.scale.quantity == "digital-number" else 1.0
        self._margin = math.ceil(MARGIN[self.kind] / self.scale.mean)
        self._everything = self.kind == "fine" or picture.width * picture.height <= optical_sampling.SMALL_PX
        self._picture = picture
        first = sampled(picture, self.bands)
        self._kept = first.kept
        self._tone = tone_among(first.dark, reflectance=picture.scale.quantity != "digital-number")
        self._limits = self._water_limits(first.values, picture)
        self._inland = self._all_inland(first.glimpse)
        self.cover = CoverMaker(picture, self.bands, self._planes())
        self.lattice = self._cut(picture)

    def _all_inland(self, glimpse: Coarse | None) -> Inland | None:
        """Where a coarse picture that is seen at a glance need not be read."""
        at = self._planes()
        if glimpse is None or self._limits is None or self._everything or not {"green", "nir"} <= set(at):
            return None
        green, nir = (glimpse.values[at[role]] * np.float32(self._as_reflectance) for role in ("green", "nir"))
        return inland(green, nir, glimpse.factor, self._limits)

    def _cut(self, picture: Picture) -> Lattice:
        area = picture.width * picture.height * self.scale.cols * self.scale.rows
        side = max(picture.width, picture.height) if area <= WHOLE_PX else round(SQUARE[self.kind] / self.scale.mean)
        return lattice_of(picture, side, self._margin, len(self.bands), self.cover.factor)

    def _planes(self) -> dict[str, int]:
        """Which of the bands read is green, red and near infrared; a missing one is left out."""
        roles = ("blue", "green", "red", "nir")
        return {role: row for role, row in zip(roles, self._rows, strict=False) if row is not None}

    def _water_limits(self, samples: F32, picture: Picture) -> Limits | None:
        at, size = self._planes(), pixel_m(picture)
        if self.kind == "fine" or size is None:
            return None
        green, nir = (samples[at[role]] * self._as_reflectance for role in ("green", "nir" if "nir" in at else "green"))
        return limits_of(green, nir, math.sqrt(size[0] * size[1]))

    def read(self, chunk: Box) -> F32:
        """(bands, rows, cols) of a chunk, from the file or from memory."""
        if self._inland is not None and self._inland.holds(chunk):
            return np.full((len(self.bands), chunk.height, chunk.width), np.nan, np.float32)
        if self._kept is not None:
            values = self._kept[:, chunk.row0 : chunk.row1, chunk.col0 : chunk.col1]
        else:
            with one_gdal_thread():
                values = self._picture.read(self.bands, chunk)
        self.cover.add(chunk, values)
        return values

    def searched(self, square: Square) -> _Seen:
        """What the network sees in a square."""
        core, window, values = square.core, square.window, square.values
        inside = Box(
            col0=core.col0 - window.col0,
            row0=core.row0 - window.row0,
            col1=core.col1 - window.col0,
            row1=core.row1 - window.row0,
        )
        parts, shown = [], 0
        for piece in self._pieces(values, inside, window):
            view = widened(piece, self._margin, window.width, window.height)
            shown += view.width * view.height
            seen = self._boxes(values[:, view.row0 : view.row1, view.col0 : view.col1], _moved(view, window))
            parts.append(self._within(seen, _moved(piece, window)))
        boxes = Boxes.joined(parts)
        boxes = boxes.only(best_boxes(boxes))
        return _Seen(boxes=boxes, cut=self._cut_off(boxes, square), shown=shown)

    def _pieces(self, values: F32, inside: Box, window: Box) -> list[Box]:
        first = self._first_look(values, inside)
        if first.sizeable is not None:
            self.cover.wet(first.sizeable, window)
        longest = max(1, round(LONGEST[self.kind] / self.scale.mean))
        if self.lattice.side >= max(self.lattice.width, self.lattice.height):
            return [inside] if first.tiles else []
        return roomy(first.tiles, self._margin, longest)

    def _first_look(self, values: F32, inside: Box) -> Worth:
        at = self._planes()
        valid = np.asarray(np.isfinite(values[0]) if len(values) == 1 else np.isfinite(values).any(axis=0))
        everything = Worth(tiles=all_tiles(valid, inside), sizeable=None)
        if self._limits is None or not valid.any():
            return everything
        bands = {role: values[row] for role, row in at.items() if role != "blue"}
        if self._as_reflectance != 1:
            bands = {role: band * np.float32(self._as_reflectance) for role, band in bands.items()}
        found = worth(bands["green"], bands["red"], bands.get("nir"), inside, self._limits)
        return Worth(tiles=everything.tiles, sizeable=found.sizeable) if self._everything else found

    def _boxes(self, values: F32, view: Box) -> Boxes:
        """What the network sees in one piece, in pixels as shown of the whole picture."""
        dark = np.array(self._tone.dark, np.float32)[:, None, None]
        known = np.isfinite(values)
        shown = self.scale.shown(values if known.all() else np.where(known, values, dark))
        planes = channels(shown, self._tone, self._rows, self.kind)
        return self.scale.placed(self._sees.boxes(planes, LEAST_LOG_ODDS), view, (planes.shape[1], planes.shape[2]))

    def _within(self, boxes: Boxes, piece: Box) -> Boxes:
        """Those whose centre lies in ``piece``, give or take a pixel."""
        col, row = boxes.centre.T
        across, down = self.scale.cols, self.scale.rows
        inside = (col >= piece.col0 * across - SEAM_PX) & (col < piece.col1 * across + SEAM_PX)
        inside &= (row >= piece.row0 * down - SEAM_PX) & (row < piece.row1 * down + SEAM_PX)
        return boxes.only(inside)

    def _cut_off(self, boxes: Boxes, square: Square) -> NDArray[np.bool_]:
        """Whether any part of a box lies where the picture has no data."""
        cut = np.zeros(len(boxes), np.bool_)
        for i in range(len(boxes)):
            cols, rows = outline(self.scale.find(boxes, i, ()).box)
            col = np.clip(cols - square.window.col0, 0, square.window.width - 1).astype(np.intp)
            row = np.clip(rows - square.window.row0, 0, square.window.height - 1).astype(np.intp)
            cut[i] = bool(np.isnan(square.values[:, row, col]).any())
        return cut


def _moved(box: Box, window: Box) -> Box:
    """A box counted from the window's corner, in pixels of the picture."""
    left, up = window.col0, window.row0
    return Box(col0=box.col0 + left, row0=box.row0 + up, col1=box.col1 + left, row1=box.row1 + up)


def _find(boxes: Boxes, i: int, cut: bool, picture: Picture, scale: Scale) -> Find:
    left, up, right, down = boxes.upright()[i]
    wide, high = picture.width * scale.cols, picture.height * scale.rows
    clipped = cut or left < 0 or up < 0 or right > wide or down > high
    found = scale.find(boxes, i, ("clipped",) if clipped else ())
    col, row = min(max(found.box.col, 0), picture.width - 1e-6), min(max(found.box.row, 0), picture.height - 1e-6)
    return msgspec.structs.replace(found, box=msgspec.structs.replace(found.box, col=col, row=row))
