"""Pictures that are silhouettes already: two tones, or a ship cut out before transparency."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.vessels.reference.reading import Pixels

Mask = NDArray[np.bool_]

_TWO_TONED = 0.97
"""Share of the pixels within a tenth of black or white."""
_LEAST_SPAN = 0.3
"""A second piece with this part of the first one's length is another ship."""


def given_mask(pixels: Pixels) -> Mask | None:
    """The silhouette that the picture is; None: it is a photograph."""
    if pixels.alpha is not None:
        return np.asarray(pixels.alpha > 127, np.bool_)
    grey: NDArray[Any] = pixels.rgb.astype(np.int16)
    if int(np.ptp(grey, axis=2).max()) > 24:
        return None
    tone = grey.mean(axis=2)
    dark, light = tone < 26, tone > 229
    if float(np.mean(dark | light)) < _TWO_TONED or not (dark.any() and light.any()):
        return None
    rim = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    bright = tone > 127.0
    return np.asarray(~bright if float(rim.mean()) > 0.5 else bright, np.bool_)


def one_ship(mask: Mask, where: str) -> Mask:
    """The one shape of a mask, specks and holes gone. Raises PictureError for none, several, or one cut off."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    sizes = sorted(((int(stats[i, cv2.CC_STAT_WIDTH]), i) for i in range(1, count)), reverse=True)
    if not sizes or sizes[0][0] < 8:
        raise PictureError(
            "is a mask without a ship in it", where=where, fix="draw the ship white on black, or black on white"
        )
    if len(sizes) > 1 and sizes[1][0] >= _LEAST_SPAN * sizes[0][0]:
        raise PictureError("is a mask of more than one ship", where=where, fix="keep the one that is meant")
    shape = np.asarray(labels == sizes[0][1], np.bool_)
    if shape[:, 0].any() or shape[:, -1].any() or shape[0].any():
        raise PictureError(
            "the ship is cut off at the edge of the mask", where=where, fix="give a mask that shows her whole"
        )
    return shape
