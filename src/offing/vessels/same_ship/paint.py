"""The colours of a deck, and how far two decks are apart in colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.imagery.reading import Picture
from offing.vessels.model import OrientedBox
from offing.vessels.profile.sampling import lattice, resampled, window_of
from offing.vessels.same_ship.model import Paint

_BANDS = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir"}
_RATIOS = (("green", "blue"), ("red", "green"), ("nir", "green"))
_POINTS = (0.1, 0.3, 0.5, 0.7, 0.9)
_LEAST_PIXELS = 6.0
_LEAST_BEAM_PX = 1.5


def paint_of(picture: Picture, box: OrientedBox) -> Paint | None:
    """Colours over the middle of the hull.

    None unless the picture gives reflectance in two bands of blue, green, red and near infrared, and the hull covers
    enough pixels: stretched photographs have lost their colours.
    """
    names = {_BANDS.get(b, b): b for b in picture.bands}
    ratios = [(a, b) for a, b in _RATIOS if a in names and b in names]
    if picture.sensor == "sar" or picture.scale.quantity != "reflectance" or not ratios:
        return None
    length, beam = 2.0 * np.hypot(*box.length_px), 2.0 * np.hypot(*box.beam_px)
    window = window_of(box, picture)
    if window is None or 0.48 * length * beam < _LEAST_PIXELS or beam < _LEAST_BEAM_PX:
        return None
    read = sorted({n for pair in ratios for n in pair})
    values = picture.read([names[n] for n in read], window)
    cols, rows = lattice(box, np.linspace(0.1, 0.9, max(8, int(length))), np.linspace(-0.6, 0.6, max(5, int(beam))))
    sampled = dict(zip(read, resampled(values, cols, rows, window), strict=True))
    return _paint(ratios, sampled)


def distance(a: Paint, b: Paint) -> tuple[float, float] | None:
    """(distance of the medians, mean distance of the spreads) over the ratios that both have; None: none in common."""
    shared = [n for n in a.names if n in b.names]
    if not shared:
        return None
    i, j = [a.names.index(n) for n in shared], [b.names.index(n) for n in shared]
    middle = np.array(a.middle)[i] - np.array(b.middle)[j]
    spread = np.abs(np.array(a.spread)[i] - np.array(b.spread)[j])
    return float(np.sqrt(np.mean(middle**2))), float(spread.mean())


def _paint(ratios: list[tuple[str, str]], sampled: dict[str, NDArray[np.float64]]) -> Paint | None:
    middles, spreads = [], []
    for upper, lower in ratios:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(sampled[upper] / sampled[lower])
        logs = logs[np.isfinite(logs)]
        if logs.size < _LEAST_PIXELS:
            return None
        points = np.quantile(logs, _POINTS)
        middles.append(float(points[2]))
        spreads.append(tuple(float(p - points[2]) for p in points[[0, 1, 3, 4]]))
    return Paint(names=tuple(f"{a}/{b}" for a, b in ratios), middle=tuple(middles), spread=tuple(spreads))
