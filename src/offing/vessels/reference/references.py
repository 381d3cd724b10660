"""A reference picture of any kind to what it says along the deck."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError, PictureError
from offing.vessels.reference.along import Given, photo_relief
from offing.vessels.reference.masking import given_mask, one_ship
from offing.vessels.reference.model import PhotoRelief, Quality
from offing.vessels.reference.reading import read_pixels
from offing.vessels.reference.silhouette import Silhouette, filled, overhang_of, silhouette_of
from offing.vessels.reference.tracing import SUFFIXES, read_trace
from offing.vessels.reference.waterline import foot_of, levelled_mask

VIEW_MOST_DEG = 60.0
AS_GIVEN = Quality(contrast=1.0, agreement=1.0, waterline=1.0)


def read_reference(
    path: Path,
    *,
    bow: Literal["left", "right"] | None = None,
    view_deg: float | None = None,
    length_m: float | None = None,
    name: str | None = None,
) -> PhotoRelief:
    """What a photograph (PNG, JPEG, TIFF), a mask, or a traced outline (SVG, GeoJSON, CSV) says along the deck.

    ``bow``: at which side of the picture it is, None to estimate it; ``view_deg``: how far from abeam the ship is seen,
    None for not known; ``length_m``: length overall. Raises PictureError for what cannot be read, shows no ship,
    several, or one that is cut off; OffingError for a view or length that makes no sense.
    """
    _check(view_deg, length_m)
    called = name or path.name
    if path.suffix.lower() in SUFFIXES:
        trace = read_trace(path)
        silhouette = of_mask(trace.mask, str(path))
        given = Given(called, "trace", False, trace.size, trace.scale, bow, view_deg, length_m)
        return photo_relief(silhouette, given)
    pixels = read_pixels(path)
    mask = given_mask(pixels)
    if mask is not None:
        silhouette = of_mask(one_ship(mask, str(path)), str(path))
    else:
        silhouette = silhouette_of(pixels.rgb, str(path))
    origin: Literal["photograph", "mask"] = "photograph" if mask is None else "mask"
    given = Given(called, origin, pixels.simulated, pixels.size, pixels.scale, bow, view_deg, length_m)
    return photo_relief(silhouette, given)


def of_mask(mask: NDArray[np.bool_], where: str) -> Silhouette:
    """A mask of one ship as a silhouette, levelled by her foot. Raises PictureError where it has no straight foot."""
    if not mask.any():
        raise PictureError("encloses nothing", where=where, fix="draw the ship's outline")
    solid = filled(mask)
    foot = foot_of(solid)
    if foot.straight < 0.4:
        raise PictureError(
            "the outline has no straight foot where hull meets water", where=where, fix="trace a ship seen from abeam"
        )
    return Silhouette(
        mask=levelled_mask(solid, foot),
        overhang=overhang_of(mask, foot),
        foot=foot,
        tilt_deg=foot.tilt_deg,
        quality=AS_GIVEN,
        notes=(),
    )


def _check(view_deg: float | None, length_m: float | None) -> None:
    if view_deg is not None and not abs(view_deg) <= VIEW_MOST_DEG:
        raise OffingError(f"a view {view_deg:g}° from abeam", fix=f"give 0 to {VIEW_MOST_DEG:g} degrees")
    if length_m is not None and not 1.0 < length_m < 1000.0:
        raise OffingError(f"a length of {length_m:g} m", fix="give the length overall in metres")
