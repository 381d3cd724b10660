"""How far a place could be seen in a picture: data, clouds, resolution, daylight; at the place, not over the scene."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import GeometryError
from offing.imagery.clouds import CloudMask, clouds_by_brightness, clouds_by_classes, visible_bands
from offing.imagery.coarse import Coarse, coarse_view
from offing.imagery.model import Box, Status, Usability
from offing.imagery.picture import Picture

CLEAR_FROM, NOTHING_BELOW = 0.9, 0.1
"""Usable fractions from which a place counts as clear, and below which as not seen."""
SHIP_PIXELS = 4.0
"""Pixels along a ship below which it cannot be seen as one."""
_CELL_M, _MARGIN_M, _CELLS = 10.0, 300.0, 1_000_000
_FINE = 4
"""Parts of a cell's side by which the place's outline is drawn."""

Ring = Sequence[tuple[float, float]]


def usable_at(
    picture: Picture,
    ring: Ring | None,
    *,
    ship_length_m: float | None = None,
    sun_elevation_deg: float | None = None,
) -> Usability:
    """How much of the place within ``ring`` (lon, lat; None: the whole picture) the picture shows.

    ``ship_length_m`` is the ship sought, for the judgement of resolution; ``sun_elevation_deg`` the sun's height there
    and then, for daylight; what is None is not judged. A picture without georeference is judged as a whole. Raises
    GeometryError for a ring of fewer than three places.
    """
    coarse = _too_coarse(picture, ship_length_m)
    if picture.sensor != "sar" and sun_elevation_deg is not None and sun_elevation_deg < 0.0:
        return Usability(
            status="night", fraction=0.0, reason=f"the sun stood {-sun_elevation_deg:.0f}° below the horizon"
        )
    outline = _outline(picture, ring)
    if outline is None:
        return Usability(status="not-obtained", fraction=0.0, reason="the place lies outside the picture")
    if coarse:
        return Usability(status="too-coarse", fraction=0.0, reason=coarse)
    return _seen(picture, outline, located=ring is None or picture.crs is not None)


def _too_coarse(picture: Picture, ship_length_m: float | None) -> str | None:
    gsd = picture.gsd_m
    if ship_length_m is None or gsd is None:
        return None
    pixels = ship_length_m / max(gsd)
    if pixels >= SHIP_PIXELS:
        return None
    return f"a ship of {ship_length_m:.0f} m is {pixels:.1f} pixels of {max(gsd):.0f} m, fewer than {SHIP_PIXELS:.0f}"


def _outline(picture: Picture, ring: Ring | None) -> NDArray[np.float64] | None:
    """The place in pixels, (n, 2) of col, row; None where none of it is in the picture."""
    whole = np.array([(0.0, 0.0), (picture.width, 0.0), (picture.width, picture.height), (0.0, picture.height)])
    if ring is None or picture.crs is None:
        return whole
    if len({tuple(p) for p in ring}) < 3:
        raise GeometryError(f"an outline of {len(ring)} places encloses nothing", fix="give at least three")
    points = np.array([picture.pixel(lon, lat) for lon, lat in ring], np.float64)
    if not np.isfinite(points).all():
        return None
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    outside = right <= 0 or bottom <= 0 or left >= picture.width or top >= picture.height
    return None if outside else points


def _seen(picture: Picture, outline: NDArray[np.float64], *, located: bool) -> Usability:
    """The parts of the place with data and without cloud, weighted by area."""
    box, factor = _window(picture, outline)
    bands = picture.bands if picture.sensor == "sar" else _wanted(picture)
    view = coarse_view(picture, bands, cells=_CELLS, factor=factor, window=box)
    weights, outside = _weights(outline, box, view)
    inside = float(weights.sum())
    if inside <= 0.0:
        return Usability(status="not-obtained", fraction=0.0, reason="the place lies outside the picture")
    data = np.isfinite(view.values).all(axis=0)
    found = _clouds(picture, view, box, bands)
    cloud = data & found.cloud if found else np.zeros_like(data)
    parts = np.array([weights[data & ~cloud].sum(), weights[cloud].sum(), weights[~data].sum(), outside], np.float64)
    usable, clouded, empty, beyond = (float(v) for v in parts / (inside + outside))
    words = [f"{usable:.0%} seen"]
    words += [f"{clouded:.0%} cloud by {found.basis}"] if found and clouded >= 0.005 else []
    words += [f"{empty:.0%} without data"] if empty >= 0.005 else []
    words += [f"{beyond:.0%} outside the picture"] if beyond >= 0.005 else []
    words += ["clouds not judged"] if found is None and picture.sensor != "sar" else []
    words += [] if located else ["of the whole picture, which does not know where it lies"]
    status: Status = "clear" if usable >= CLEAR_FROM else "partly"
    if usable < NOTHING_BELOW:
        status = max((clouded, "cloud"), (empty, "nodata"), (beyond, "not-obtained"))[1]  # type: ignore[assignment]
    return Usability(status=status, fraction=min(1.0, usable), reason=", ".join(words))


def _window(picture: Picture, outline: NDArray[np.float64]) -> tuple[Box, int]:
    """(pixels to read, pixels a cell): the place's box and a margin, within the picture."""
    gsd = picture.gsd_m
    pixel_m = math.sqrt(gsd[0] * gsd[1]) if gsd else _CELL_M
    margin = _MARGIN_M / pixel_m
    left, top = np.maximum(outline.min(axis=0) - margin, 0.0)
    right, bottom = np.minimum(outline.max(axis=0) + margin, (picture.width, picture.height))
    box = Box(
        col0=min(int(left), picture.width - 1),
        row0=min(int(top), picture.height - 1),
        col1=max(math.ceil(right), 1),
        row1=max(math.ceil(bottom), 1),
    )
    return box, max(1, int(_CELL_M / pixel_m))


def _wanted(picture: Picture) -> tuple[str, ...]:
    near = tuple(b for b in ("B08", "nir") if b in picture.bands)
    return (visible_bands(picture.bands) + near) or picture.bands


def _weights(outline: NDArray[np.float64], box: Box, view: Coarse) -> tuple[NDArray[np.float32], float]:
    """((cell rows, cell cols) the part of each cell in the place, the place's area beyond the window in cells)."""
    import cv2

    rows, cols = view.values.shape[1:]
    scaled = (outline - (box.col0, box.row0)) / view.factor * _FINE
    fine = np.zeros((rows * _FINE, cols * _FINE), np.uint8)
    # Fixed-point coordinates in sixteenths; places far outside are held at the edge of what fits.
    points = np.clip(np.round((scaled - 0.5) * 16), -(2**27), 2**27).astype(np.int32)
    cv2.fillPoly(fine, [points], (1,), lineType=cv2.LINE_8, shift=4)
    weights = fine.reshape(rows, _FINE, cols, _FINE).mean(axis=(1, 3), dtype=np.float32)
    x, y = scaled.T / _FINE
    area = 0.5 * abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))))
    beyond = area - float(weights.sum())
    # Drawing rounds the outline outwards by up to a fine cell, so only a plain excess is read as outside.
    perimeter = float(np.hypot(np.diff(x, append=x[0]), np.diff(y, append=y[0])).sum())
    return weights, beyond if beyond > perimeter / _FINE else 0.0


def _clouds(picture: Picture, view: Coarse, box: Box, bands: Sequence[str]) -> CloudMask | None:
    """None where clouds hide nothing (radar) or cannot be judged (one band)."""
    if picture.sensor == "sar":
        return None
    if picture.quality_bands:
        name = picture.quality_bands[0]
        classes = picture.read([name], box)[0][:: view.factor, :: view.factor]
        return clouds_by_classes(classes, name)
    shown = visible_bands(bands)
    if len(shown) < 2:
        return None
    at = [bands.index(b) for b in shown]
    red = next((bands.index(b) for b in ("B04", "red") if b in bands), at[-1])
    near = next((view.values[bands.index(b)] for b in ("B08", "nir") if b in bands), None)
    gsd = picture.gsd_m
    cell_m = view.factor * (math.sqrt(gsd[0] * gsd[1]) if gsd else _CELL_M)
    reflectance = picture.scale.quantity == "reflectance"
    return clouds_by_brightness(view.values[at], view.values[red], near, cell_m, reflectance=reflectance)
