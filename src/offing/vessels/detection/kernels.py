"""OpenCV's kernels with the types that this package uses: one place that knows how they are called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
F64 = NDArray[np.float64]
U8 = NDArray[np.uint8]


@contextmanager
def one_cv_thread() -> Iterator[None]:
    """OpenCV without threads of its own, where blocks are spread over threads already."""
    import cv2

    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def box_mean(values: F32, side: int) -> F32:
    """Mean over squares of ``side`` pixels, the picture mirrored at its edges."""
    import cv2

    return np.asarray(cv2.boxFilter(values, -1, (side, side), borderType=cv2.BORDER_REFLECT_101), np.float32)


def gaussian(values: F32, sigma: float) -> F32:
    """Gaussian smoothing."""
    import cv2

    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), np.float32)


def reduced(values: F32, rows: int, cols: int) -> F32:
    """Area means on a coarser grid of ``rows`` × ``cols``."""
    import cv2

    return np.asarray(cv2.resize(values, (cols, rows), interpolation=cv2.INTER_AREA), np.float32)


def stretched(values: F32, rows: int, cols: int) -> F32:
    """Bilinear values on a finer grid of ``rows`` × ``cols``."""
    import cv2

    return np.asarray(cv2.resize(values, (cols, rows), interpolation=cv2.INTER_LINEAR), np.float32)


def nearest(values: F32, rows: int, cols: int) -> F32:
    """The nearest value's on a finer grid of ``rows`` × ``cols``."""
    import cv2

    return np.asarray(cv2.resize(values, (cols, rows), interpolation=cv2.INTER_NEAREST), np.float32)


def dilated(mask: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """True within squares of ``side`` pixels around what is True."""
    import cv2

    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((side, side), np.uint8)) > 0)


def disc(radius: int) -> U8:
    """A structuring element."""
    import cv2

    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1)), np.uint8)


def labelled(mask: U8) -> tuple[I32, I32, F64]:
    """(labels, stats, centres) of 8-connected components; row 0 is the background, centres count pixel centres as
    whole.

    Columns of stats: col0, row0, width, height, area.
    """
    import cv2

    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32), np.asarray(centres, np.float64)


def distance_to(mask: NDArray[np.bool_]) -> F32:
    """Pixels to the nearest True pixel, 0 on it."""
    import cv2

    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
