"""Brightness along a hull, read from the pixels under an oriented box.

The box is resampled on a lattice that follows it: samples along the axis from the bow end, each the mean over the
middle ``MIDDLE`` of the beam. Optical: the mean of the visible bands. Radar: the mean power of each polarisation in
decibels, averaged over the polarisations.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.vessels.model import Detection, OrientedBox
from offing.vessels.profile.model import FRACTIONS, SAMPLES, Profile
from offing.vessels.profile.sampling import bands_read, lattice, pixel_noise, resampled, window_of
from offing.vessels.profile.shadows import shadow_heights

F64 = NDArray[np.float64]

LEAST_PX, MOST_PX = 6.0, 4000.0
"""A shorter box has no profile; a longer one is no ship."""

MIDDLE = 0.6
"""Share of the beam that is averaged: what lies outside is hull side, water and shadow."""

PSF_PX = {"sar": 0.85, "optical": 0.5}
"""Standard deviation of the point spread in pixels as pictures are sold: Sentinel-1 GRD resolves 2 pixels; optical
pictures about 1.2 pixels full width at half maximum."""

_PIXEL_VARIANCE, _LINEAR_VARIANCE = 1.0 / 12.0, 1.0 / 12.0
"""What a pixel's square and linear interpolation add to the point spread, square pixels."""
_LOOKS = 4.4
"""Independent looks in a pixel of ground-range Sentinel-1; declared for other radar."""
_DB_PER_RELATIVE = 10.0 / math.log(10.0)
_LEAST_USABLE = 0.5


def profile_of(picture: Picture, detection: Detection) -> Profile | None:
    """What ``picture`` shows along the hull of ``detection``, found in it.

    None where its box is clipped, shorter than ``LEAST_PX`` pixels, or mostly without data. Raises PictureError for
    pixels that cannot be decoded.
    """
    box = detection.box
    length_px = 2.0 * math.hypot(*box.length_px)
    if "clipped" in detection.flags or not LEAST_PX <= length_px <= MOST_PX:
        return None
    window = window_of(box, picture)
    if window is None:
        return None
    values, noise = _along(picture, box, window)
    usable = np.isfinite(values)
    if usable.mean() < _LEAST_USABLE:
        return None
    middle = float(np.median(values[usable]))
    spread = 1.4826 * float(np.median(np.abs(values[usable] - middle)))
    # A hull without contrast is shown as flat, not as its noise blown up.
    scale = max(spread, noise, 1e-9)
    gsd, length = _ground(detection, picture, length_px)
    return Profile(
        image=picture.name,
        sensor=picture.sensor,
        simulated=picture.simulated,
        gsd_m=gsd,
        length_m=length,
        length_px=length_px,
        psf=point_spread_px(picture.sensor) / length_px,
        fractions=FRACTIONS,
        brightness=tuple(float(v) for v in np.where(usable, (values - middle) / scale, 0.0)),
        noise=noise / scale,
        contrast=spread,
        shadow=shadow_heights(picture, detection) if gsd else None,
        usable=tuple(bool(u) for u in usable),
        bow_probability=detection.measurement.bow_probability,
    )


def point_spread_px(sensor: str) -> float:
    """Standard deviation of what one point of a ship is spread over along the hull, pixels."""
    spread = PSF_PX["sar" if sensor == "sar" else "optical"]
    return math.sqrt(spread**2 + _PIXEL_VARIANCE + _LINEAR_VARIANCE)


def _along(picture: Picture, box: OrientedBox, window: Box) -> tuple[F64, float]:
    """(brightness at each sample, NaN without data; standard deviation of one sample by the pixels' noise)."""
    length_px, beam_px = 2.0 * math.hypot(*box.length_px), 2.0 * math.hypot(*box.beam_px)
    fine = max(1, math.ceil(2.0 * length_px / SAMPLES))
    along = (np.arange(SAMPLES * fine) + 0.5) / (SAMPLES * fine)
    across = np.linspace(-MIDDLE, MIDDLE, max(5, math.ceil(2.0 * MIDDLE * beam_px)))
    values = picture.read(bands_read(picture), window)
    cols, rows = lattice(box, along, across)
    sampled = resampled(values, cols, rows, window)
    means = sampled.reshape(len(values), SAMPLES, -1).mean(axis=2)
    pixels = max(1.0, MIDDLE * beam_px) * max(1.0, length_px / SAMPLES)
    if picture.sensor == "sar":
        with np.errstate(divide="ignore", invalid="ignore"):
            decibels = 10.0 * np.log10(np.where(means > 0.0, means, np.nan))
        spread = PSF_PX["sar"] * math.sqrt(4.0 * math.pi)
        looks = _LOOKS * len(values) * max(1.0, MIDDLE * beam_px / spread)
        return decibels.mean(axis=0), _DB_PER_RELATIVE / math.sqrt(looks)
    return means.mean(axis=0), pixel_noise(values) / math.sqrt(pixels)


def _ground(detection: Detection, picture: Picture, length_px: float) -> tuple[float | None, float | None]:
    """(ground metres of a pixel along the hull, metres of the box's length); None where they are not known."""
    if picture.gsd_m is None:
        return None, None
    lc, lr = detection.box.length_px
    wide, high = picture.metres_per_pixel_at(detection.box.col, detection.box.row)
    length = 2.0 * math.hypot(lc * wide, lr * high)
    return length / length_px, length
