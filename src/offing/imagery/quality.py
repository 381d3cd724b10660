"""How far a place could be seen in a picture: data, clouds, resolution, daylight; at the place, not over the scene."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from offing.errors import GeometryError
from offing.imagery.clouds import visible_bands
from offing.imagery.coarse import Coarse, coarse_view
from offing.imagery.masks import layers_used, sky_by_masks
from offing.imagery.model import Box, Status, Usability
from offing.imagery.picture import Picture
from offing.imagery.sky import Sky, Sun, empty_sky, shining_water, sky_by_pixels

CLEAR_FROM, NOTHING_BELOW = 0.9, 0.1
"""Usable fractions from which a place counts as clear, and below which as not seen."""
SHIP_PIXELS = 4.0
"""Pixels along a ship below which it cannot be seen as one."""
THIN, SHADED = 0.5, 0.5
"""What a part under thin cloud or haze, or in a cloud's shadow, counts for: a convention, ships there are fainter."""
UNJUDGED = 0.4
"""What a part counts for of which nobody can tell whether it is clouded: below what bounds a gap (one half), and about
the share of the sky that is clear the world over."""
LOW_SUN_DEG = 15.0
"""Sun elevation below which light is low and shadows are long; said, not counted."""
INCIDENCE_DEG = (20.0, 47.0)
"""Incidence angles between which radar shows ships as it usually does; beyond, it is said, not counted."""
_GLINT = 0.3
"""Part of the water within a place that has to shine for that to be said."""
_CELL_M, _CELLS = 10.0, 1_000_000
_MARGIN_M, _SKY_MARGIN_M = 300.0, 1500.0
"""What is read around a place: enough to tell roofs from clouds; enough to see the clouds that throw shadows on it."""
_FINE = 4
"""Parts of a cell's side by which the place's outline is drawn."""

Ring = Sequence[tuple[float, float]]


def usable_at(
    picture: Picture,
    ring: Ring | None,
    *,
    ship_length_m: float | None = None,
    sun_elevation_deg: float | None = None,
    sun_azimuth_deg: float | None = None,
) -> Usability:
    """How much of the place within ``ring`` (lon, lat; None: the whole picture) the picture shows.

    ``ship_length_m`` is the ship sought, for the judgement of resolution; ``sun_elevation_deg`` the sun's height there
    and then, for daylight, and ``sun_azimuth_deg`` its direction, clockwise from true north, for cloud shadows; what is
    None is not judged. A picture without georeference is judged as a whole. The picture's own quality mask speaks
    first; without one the pixels do. Raises GeometryError for a ring of fewer than three places.
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
    sun = _sun(picture, outline, sun_elevation_deg, sun_azimuth_deg)
    seen = _seen(picture, outline, sun, located=ring is None or picture.crs is not None)
    return structs.replace(
        seen, reason=", ".join([seen.reason, *_asides(picture, outline, ship_length_m, sun_elevation_deg)])
    )


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


def _sun(picture: Picture, outline: NDArray[np.float64], elevation: float | None, azimuth: float | None) -> Sun | None:
    """Where the sun stood as the picture lies; None where that is not known."""
    if elevation is None or azimuth is None or picture.crs is None:
        return None
    col, row = (float(v) for v in outline.mean(axis=0))
    return Sun(elevation_deg=elevation, azimuth_deg=(picture.north_deg_at(col, row) + azimuth) % 360.0)


def _asides(
    picture: Picture, outline: NDArray[np.float64], ship_length_m: float | None, elevation: float | None
) -> list[str]:
    """What else a look is judged by, and counts nothing off."""
    words = []
    if picture.sensor != "sar" and elevation is not None and elevation < LOW_SUN_DEG:
        words.append(f"low sun, {elevation:.0f}° high")
    radar = picture.radar
    if picture.sensor == "sar" and radar is not None:
        angle = radar.incidence_deg(*(float(v) for v in outline.mean(axis=0)))
        middle = 0.5 * (angle.low + angle.high)
        words.append(f"incidence {middle:.0f}°")
        if not INCIDENCE_DEG[0] <= middle <= INCIDENCE_DEG[1]:
            words[-1] += f", outside the usual {INCIDENCE_DEG[0]:.0f} to {INCIDENCE_DEG[1]:.0f}°"
    if ship_length_m is not None and picture.gsd_m is not None:
        words.append(f"a ship of {ship_length_m:.0f} m is {ship_length_m / max(picture.gsd_m):.0f} pixels")
    return words


def _seen(picture: Picture, outline: NDArray[np.float64], sun: Sun | None, *, located: bool) -> Usability:
    """The parts of the place by what can be seen of them, weighted by area."""
    masks = layers_used(picture.quality_bands)
    box, factor = _window(picture, outline, _MARGIN_M if masks or picture.sensor == "sar" else _SKY_MARGIN_M)
    bands = picture.bands if picture.sensor == "sar" else _wanted(picture)
    view = coarse_view(picture, bands, cells=_CELLS, factor=factor, window=box)
    weights, outside = _weights(outline, box, view)
    inside = float(weights.sum())
    if inside <= 0.0:
        return Usability(status="not-obtained", fraction=0.0, reason="the place lies outside the picture")
    sky = _sky(picture, view, box, bands, masks, sun)
    data = np.isfinite(view.values).all(axis=0) & ~sky.lost
    kinds = (data & sky.cloud, data & sky.thin, data & sky.shadow, data & sky.unknown, ~data)
    cloud, thin, shadow, unknown, empty = (float(weights[k].sum()) / (inside + outside) for k in kinds)
    beyond = outside / (inside + outside)
    clearly = max(0.0, 1.0 - cloud - thin - shadow - unknown - empty - beyond)
    usable = min(1.0, clearly + THIN * thin + SHADED * shadow + UNJUDGED * unknown)
    words = _words(clearly, usable, sky, {"cloud": cloud, "thin cloud or haze": thin, "cloud shadow": shadow})
    words += [f"clouds not judged over {unknown:.0%}" if sky.basis else sky.notes[0]] if unknown >= 0.005 else []
    words += [f"{empty:.0%} without data"] if empty >= 0.005 else []
    words += [f"{beyond:.0%} outside the picture"] if beyond >= 0.005 else []
    words += sky.notes if sky.basis else []
    words += _glint(view, bands, weights) if picture.sensor != "sar" and picture.scale.quantity == "reflectance" else []
    words += [] if located else ["of the whole picture, which does not know where it lies"]
    status: Status = "clear" if usable >= CLEAR_FROM else "partly"
    if usable < NOTHING_BELOW:
        status = max((cloud, "cloud"), (empty, "nodata"), (beyond, "not-obtained"))[1]  # type: ignore[assignment]
    return Usability(
        status=status, fraction=usable, reason=", ".join(words), cloud=cloud, thin=thin, shadow=shadow, unjudged=unknown
    )


def _words(clearly: float, usable: float, sky: Sky, hidden: Mapping[str, float]) -> list[str]:
    shown = [f"{part:.0%} {what}" for what, part in hidden.items() if part >= 0.005]
    if shown and sky.basis:
        shown[-1] += f" by {sky.basis}"
    words = [f"{clearly:.0%} seen", *shown]
    if abs(usable - clearly) >= 0.005:
        words.append(
            f"together {usable:.0%} usable (thin cloud and shadow count half, what is not judged {UNJUDGED:g})"
        )
    return words


def _glint(view: Coarse, bands: Sequence[str], weights: NDArray[np.float32]) -> list[str]:
    water, shining = shining_water(bands, view.values)
    wet = float(weights[water].sum())
    if wet <= 0.0 or float(weights[shining].sum()) < _GLINT * wet:
        return []
    return [f"{float(weights[shining].sum()) / wet:.0%} of the water shines, by sun glint, foam or a thin veil"]


def _window(picture: Picture, outline: NDArray[np.float64], around_m: float) -> tuple[Box, int]:
    """(pixels to read, pixels a cell): the place's box and a margin, within the picture."""
    gsd = picture.gsd_m
    pixel_m = math.sqrt(gsd[0] * gsd[1]) if gsd else _CELL_M
    margin = around_m / pixel_m
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
    beyond = tuple(b for b in ("B08", "nir", "B11", "swir1") if b in picture.bands)
    return (visible_bands(picture.bands) + beyond) or picture.bands


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


def _sky(
    picture: Picture, view: Coarse, box: Box, bands: Sequence[str], masks: tuple[str, ...], sun: Sun | None
) -> Sky:
    """Nothing hides what a radar sees; else by the picture's masks, or by its pixels."""
    shape = view.values.shape[1:]
    if picture.sensor == "sar":
        return empty_sky(shape, "")
    if masks:
        numbers = picture.read(masks, box)[:, :: view.factor, :: view.factor]
        return sky_by_masks(dict(zip(masks, numbers, strict=True)))
    gsd = picture.gsd_m
    cell_m = view.factor * (math.sqrt(gsd[0] * gsd[1]) if gsd else _CELL_M)
    reflectance = picture.scale.quantity == "reflectance"
    return sky_by_pixels(bands, view.values, cell_m, sun, reflectance=reflectance)
