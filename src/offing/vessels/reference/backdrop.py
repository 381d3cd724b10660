"""How unlike its surroundings a pixel is, told from what lies at the same height at the picture's two sides.

A ship photographed from abeam stands before sky, coast and sea that go on at her left and her right. Whatever colour
is found there at the same height, once the picture is level, is backdrop; what is unlike all of it may be ship.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

MARGIN = 0.05
"""Part of the width at each side that is taken for backdrop."""
TILT_MAX_DEG = 8.0
_ALONG, _CALM = 0.006, 0.85
"""Part of the width over which colours are also looked at smoothed, so that waves do not hide a grey hull; and what
that counts."""
_EVERY = 2
"""Rows that are looked at together."""
_ROWS, _SAMPLES = 5, 40
"""Rows up and down that count as the same height (at 600 rows), and colours kept of them."""
_SUPPORT = 3
"""So many colours at the sides must be as near: the tip of a bow is none of the backdrop."""
_ALOFT = 0.15
"""Part of the height above a row whose colours count as its backdrop too."""
_LEAST_NOISE = 2.0
"""Least difference that counts, in units of CIELAB: what JPEG leaves."""
_CLOUD, _CLOUD_MOST = 3.0, 2.5
"""In open sky a colour must be so much further from the backdrop's, and is never more unlike than this."""
_BLUNT = 1.3
"""A step must be so much sharper than the sides' sharpest to count as 1."""


def lab(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(rows, cols, 3) CIELAB: L 0–100."""
    import cv2

    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255.0), cv2.COLOR_RGB2LAB), np.float32)


def backdrop_tilt(colours: NDArray[np.float32]) -> tuple[float, float]:
    """(tilt of the backdrop in degrees clockwise, how sure 0–1), from how far its right side lies below its left.

    Both sides' colours by row are compared at every shift; the horizon, or a coast's outline, decides. 0 and 0 where
    nothing at the sides changes with height.
    """
    rows, cols = colours.shape[:2]
    wide = max(2, round(MARGIN * cols))
    left, right = (_steps(side) for side in (colours[:, :wide], colours[:, -wide:]))
    most = int(np.tan(np.deg2rad(TILT_MAX_DEG)) * (cols - wide))
    shifts = range(-min(most, rows // 3), min(most, rows // 3) + 1)
    fits = np.array([_fit(left, right, s) for s in shifts])
    best = int(np.argmax(fits))
    if fits[best] <= 0.3:
        return 0.0, 0.0
    return float(np.rad2deg(np.arctan2(shifts[best], cols - wide))), float(fits[best])


def _steps(side: NDArray[np.float32]) -> NDArray[np.float32]:
    """How the colour of a side changes from row to row, over five rows, against how it varies along them: waves say
    less than a horizon.
    """
    import cv2

    means = np.asarray(cv2.GaussianBlur(np.median(side, axis=1), (1, 0), 0, sigmaY=1.5), np.float32).reshape(-1, 3)
    spread = cv2.GaussianBlur(side.std(axis=1), (1, 0), 0, sigmaY=6.0).reshape(-1, 3)
    return np.asarray(np.diff(means, axis=0) / (spread[1:] + np.float32(1.0)), np.float32)


def _fit(left: NDArray[np.float32], right: NDArray[np.float32], shift: int) -> float:
    """Correlation of the two sides' changes, the right ``shift`` rows below the left."""
    a, b = (left[: len(left) - shift], right[shift:]) if shift >= 0 else (left[-shift:], right[:shift])
    norm = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((a * b).sum()) / norm if norm > 0 else 0.0


def levelled(rgb: NDArray[np.uint8], tilt_deg: float) -> NDArray[np.uint8]:
    """Turned so that what was tilted clockwise by ``tilt_deg`` lies level; the same size, edges drawn out."""
    import cv2

    if tilt_deg == 0.0:
        return rgb
    rows, cols = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((cols / 2 - 0.5, rows / 2 - 0.5), tilt_deg, 1.0)
    return np.asarray(cv2.warpAffine(rgb, turn, (cols, rows), borderMode=cv2.BORDER_REPLICATE), np.uint8)


Sides = Literal["both", "left", "right"]
"""Which margins are taken for backdrop."""


class Unlike(NamedTuple):
    """Differences from the backdrop, (rows, cols) each; 1 is as unlike as its two sides are at their most."""

    score: NDArray[np.float32]
    """The greater of colour and sharpness."""
    sharp: NDArray[np.float32]
    """How sharply lightness changes."""


def unlike_backdrop(colours: NDArray[np.float32], sides: Sides = "both") -> Unlike:
    """How unlike the backdrop each pixel of a level picture is, in colour or in how sharply it changes.

    ``colours``: (rows, cols, 3) CIELAB; ``sides``: the margins that are backdrop. Sky may also stand
    lower than at the sides, between two hills.
    """
    import cv2

    rows, cols = colours.shape[:2]
    wide = max(3, round(MARGIN * cols))
    reach = max(2, round(_ROWS * rows / 600))
    sharp = _sharpness(colours, wide, reach, sides)
    along = np.asarray(cv2.GaussianBlur(colours, (0, 0), sigmaX=_ALONG * cols, sigmaY=1.0), np.float32)
    colour = np.maximum(_unlike(colours, wide, reach, sides), np.float32(_CALM) * _unlike(along, wide, reach, sides))
    soft = np.minimum(colour / np.float32(_CLOUD), np.float32(_CLOUD_MOST))
    return Unlike(score=np.maximum(np.where(_open_sky(sharp), soft, colour), sharp), sharp=sharp)


def _sides(values: NDArray[np.float32], wide: int, which: Sides) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The two margins; with one side alone its outer and inner half."""
    if which == "both":
        return values[:, :wide], values[:, -wide:]
    side = values[:, : wide + wide % 2] if which == "left" else values[:, -wide - wide % 2 :]
    half = side.shape[1] // 2
    return side[:, :half], side[:, half:]


def _unlike(colours: NDArray[np.float32], wide: int, reach: int, which: Sides) -> NDArray[np.float32]:
    """Distance of each pixel's colour from those at the two sides, against the sides' distance from each other."""
    rows, cols = colours.shape[:2]
    aloft = round(_ALOFT * rows)
    sides = _sides(colours, wide, which)
    chosen = np.arange(0, rows, _EVERY)
    distance, within = np.empty((len(chosen), cols), np.float32), np.empty(len(chosen), np.float32)
    for i, row in enumerate(chosen):
        left, right = (_samples(side[max(0, row - reach) : row + reach + 1]) for side in sides)
        higher = np.concatenate([_samples(side[max(0, row - aloft) : max(1, row - reach)])[::4] for side in sides])
        known = np.concatenate([left, right, _between(left, right), higher])
        distance[i] = _nearest(colours[row : row + _EVERY].mean(axis=0), known, support=_SUPPORT)
        across = np.concatenate([_nearest(left, right), _nearest(right, left)])
        within[i] = np.quantile(across, 0.9)
    noise = np.maximum(_smoothed(within, 4 * reach // _EVERY), _LEAST_NOISE).astype(np.float32)
    return np.asarray((distance / noise[:, None]).repeat(_EVERY, axis=0)[:rows], np.float32)


def _open_sky(sharp: NDArray[np.float32]) -> NDArray[np.bool_]:
    """What can be reached from the upper edge without crossing a sharp step: clouds are as unlike as a ship may be, but
    soft.
    """
    import cv2

    barrier = cv2.dilate((sharp > 0.8).astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents((1 - barrier).astype(np.uint8), connectivity=4)
    above = np.unique(labels[0])
    return np.asarray(np.isin(labels, above[above > 0]), np.bool_)


def _sharpness(colours: NDArray[np.float32], wide: int, reach: int, which: Sides) -> NDArray[np.float32]:
    """Steps of lightness against the sharpest at the same height at the two sides: roofs before a pale sky."""
    import cv2
    from scipy.ndimage import maximum_filter1d

    soft = cv2.GaussianBlur(colours[..., 0], (0, 0), 0.8)
    steps = np.hypot(cv2.Scharr(soft, cv2.CV_32F, 1, 0), cv2.Scharr(soft, cv2.CV_32F, 0, 1)) / np.float32(16.0)
    sides = np.concatenate(_sides(np.asarray(steps, np.float32), wide, which), axis=1)
    known = maximum_filter1d(np.quantile(sides, 0.98, axis=1), 2 * reach + 1)
    floor = np.maximum(_smoothed(known.astype(np.float32), 2 * reach), 0.5 * _LEAST_NOISE)
    return np.asarray(steps / (_BLUNT * floor[:, None]), np.float32)


def _samples(side: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most _SAMPLES colours of a stretch, spread evenly over it."""
    flat = side.reshape(-1, 3)
    chosen = np.linspace(0, len(flat) - 1, min(_SAMPLES, len(flat))).astype(int)
    return np.asarray(flat[chosen], np.float32)


def _between(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours on the way from one side's mean to the other's: light changes across a sky."""
    parts = np.linspace(0.0, 1.0, 9, dtype=np.float32)[:, None]
    return np.asarray((1 - parts) * left.mean(axis=0) + parts * right.mean(axis=0), np.float32)


def _nearest(colours: NDArray[np.float32], known: NDArray[np.float32], support: int = 1) -> NDArray[np.float32]:
    """Distance of each colour to the ``support``-nearest known one; lightness counts less, as
    shadows and clouds are mostly that.
    """
    weight = np.array([0.7, 1.0, 1.0], np.float32)
    a, b = colours * weight, known * weight
    squared: NDArray[Any] = (a**2).sum(1)[:, None] + (b**2).sum(1)[None, :] - 2.0 * (a @ b.T)
    return np.asarray(np.sqrt(np.maximum(np.partition(squared, support - 1, axis=1)[:, support - 1], 0.0)), np.float32)


def _smoothed(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    from scipy.ndimage import median_filter

    return np.asarray(median_filter(values, size=max(3, size | 1), mode="nearest"), np.float32)
