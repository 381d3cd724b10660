"""Other pictures of a place on the pixels of the one that is searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record

F32 = NDArray[np.float32]

MAX_SHIFT_PX = 2.5
"""A larger shift than this is no error of geolocation, and is not believed."""
LEAST_RESPONSE = 0.08
"""Peak of the phase correlation below which two pictures are taken to show nothing in common to register by."""
SCALE_RANGE = (0.67, 1.5)
"""How much coarser or finer another picture's pixels may be."""
_NODES = 9


class Shift(Record, frozen=True):
    """By how much another picture lies off, after its georeference: add to where it should be, pixels of its own."""

    col: float = 0.0
    row: float = 0.0
    measured: bool = False
    """False: nothing to register by, the georeference is believed."""


class Other(Record, frozen=True):
    """Another picture of the place, ready to be read on the reference's pixels."""

    picture: Picture
    shift: Shift

    @property
    def time(self) -> datetime | None:
        """Acquisition, UTC."""
        return self.picture.time


def common_bands(reference: Picture, others: Sequence[Picture]) -> tuple[str, ...]:
    """The bands (polarisations) of the reference that all the others have too."""
    return tuple(b for b in reference.bands if all(b in o.bands for o in others))


def on_reference(reference: Picture, other: Other, bands: Sequence[str], window: Box, *, nearest: bool = False) -> F32:
    """(bands, rows, cols) physical values of ``other`` on the pixels of ``window`` of ``reference``; NaN: no data.

    Bilinear between pixels, or the nearest pixel's, for classes. Raises NoGeoreferenceError.
    """
    import cv2

    cols, rows = _where(reference, other.picture, window)
    cols, rows = cols + np.float32(other.shift.col), rows + np.float32(other.shift.row)
    source = _covering(other.picture, cols, rows)
    if source is None:
        return np.full((len(bands), window.height, window.width), np.nan, np.float32)
    values = other.picture.read(bands, source)
    at_col, at_row = cols - np.float32(source.col0 + 0.5), rows - np.float32(source.row0 + 0.5)
    how = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    out = [
        cv2.remap(band, at_col, at_row, how, borderMode=cv2.BORDER_CONSTANT, borderValue=float("nan"))
        for band in values
    ]
    return np.asarray(np.stack(out), np.float32)


def registered(
    reference: Picture,
    picture: Picture,
    bands: Sequence[str],
    windows: Sequence[Box],
    *,
    most_px: float = MAX_SHIFT_PX,
    clear: Callable[[F32], F32] = lambda values: values,
) -> Other:
    """``picture`` with the shift that phase correlation of logarithms finds, the median over ``windows``.

    Kuglin and Hines 1975; the windows are weighted by Hann. Only a shift of up to ``most_px`` is believed. ``clear``
    puts NaN where (bands, rows, cols) values show clouds.
    """
    unmoved = Other(picture=picture, shift=Shift())
    found = []
    for window in windows:
        ours = clear(reference.read(bands, window))
        shift = _correlated(ours, clear(on_reference(reference, unmoved, bands, window)), most_px)
        if shift is not None:
            found.append(shift)
    if not found:
        return unmoved
    col, row = np.median(np.array(found), axis=0)
    return Other(picture=picture, shift=Shift(col=float(col), row=float(row), measured=True))


def same_scale(reference: Picture, other: Picture) -> bool:
    """Whether both have pixels of about one size on the ground."""
    if reference.gsd_m is None or other.gsd_m is None:
        return False
    low, high = SCALE_RANGE
    return all(low <= b / a <= high for a, b in zip(reference.gsd_m, other.gsd_m, strict=True))


def _correlated(ours: F32, theirs: F32, most_px: float) -> tuple[float, float] | None:
    import cv2

    if min(ours.shape[1:]) < 32:
        return None
    common = np.asarray(np.isfinite(ours).all(axis=0) & np.isfinite(theirs).all(axis=0))
    if common.mean() < 0.5:
        return None
    one, other = _logarithms(ours, common), _logarithms(theirs, common)
    hann = cv2.createHanningWindow((one.shape[1], one.shape[0]), cv2.CV_32F)
    (col, row), response = cv2.phaseCorrelate(one, other, hann)
    if response < LEAST_RESPONSE or max(abs(col), abs(row)) > most_px:
        return None
    return float(col), float(row)


def _logarithms(values: F32, common: NDArray[np.bool_]) -> F32:
    """Mean logarithm over the bands, smoothed to what both pictures have in common; flat where one has no data."""
    import cv2

    floor = max(np.float32(np.percentile(values[:, common], 1)), np.float32(1e-9))
    log = np.log(np.maximum(np.where(common, values, floor), floor)).mean(axis=0).astype(np.float32)
    # What is missing must not draw an outline of its own, which would lie at the same place in both.
    log[~common] = np.median(log[common])
    smooth = np.asarray(cv2.GaussianBlur(log, (0, 0), 1.0), np.float32)
    return np.asarray(smooth - smooth.mean(), np.float32)


def _where(reference: Picture, other: Picture, window: Box) -> tuple[F32, F32]:
    """(cols, rows) in ``other`` of the centres of the pixels of ``window``: exact at nodes, bilinear between them."""
    import cv2

    at_col = np.linspace(window.col0 + 0.5, window.col1 - 0.5, _NODES)
    at_row = np.linspace(window.row0 + 0.5, window.row1 - 0.5, _NODES)
    grid = np.meshgrid(at_col, at_row)
    lons, lats = reference.lonlat(grid[0].ravel(), grid[1].ravel())
    places = [other.pixel(float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True)]
    nodes = np.array(places, np.float64).reshape(_NODES, _NODES, 2)
    node_col = np.linspace(0, _NODES - 1, window.width, dtype=np.float32)
    node_row = np.linspace(0, _NODES - 1, window.height, dtype=np.float32)
    maps = np.meshgrid(node_col, node_row)
    # A whole number is split off, so that float32 keeps a thousandth of a pixel in the largest picture.
    base = np.floor(nodes[0, 0])
    cols, rows = (
        cv2.remap((nodes[..., i] - base[i]).astype(np.float32), maps[0], maps[1], cv2.INTER_LINEAR) for i in (0, 1)
    )
    return np.asarray(cols + base[0], np.float32), np.asarray(rows + base[1], np.float32)


def _covering(picture: Picture, cols: F32, rows: F32) -> Box | None:
    """The window of ``picture`` that holds these places; None where they all lie outside."""
    col0, col1 = max(0, int(cols.min()) - 2), min(picture.width, int(cols.max()) + 3)
    row0, row1 = max(0, int(rows.min()) - 2), min(picture.height, int(rows.max()) + 3)
    return Box(col0=col0, row0=row0, col1=col1, row1=row1) if col0 < col1 and row0 < row1 else None
