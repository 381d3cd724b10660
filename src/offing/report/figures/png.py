"""Tones to PNG: square ground pixels, as large as the budget allows, SIMULATED burned in where it is so."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError

SIZES = (480, 400, 320, 256, 192, 128)
"""Longest side in pixels; the first that fits the budget is taken."""
LEAST_SIDE = 320
"""A smaller cutting is enlarged by a whole number, pixel by pixel, so that its label can be read."""


def fitted_png(
    tones: NDArray[np.float32], gsd_m: tuple[float, float], *, simulated: bool, budget: int
) -> tuple[bytes, int, int, int]:
    """(PNG, width, height, rows of the burned-in band) of (rows, cols, 1 or 3) tones 0–1, NaN transparent.

    ``gsd_m`` is along columns and rows; the result has square pixels on the ground. The greatest of SIZES that keeps
    the PNG below ``budget`` bytes is taken, the least where none does.
    """
    result = (b"", 0, 0, 0)
    for most in SIZES:
        pixels, known = _resized(tones, gsd_m, most)
        pixels, known = _enlarged(pixels, known)
        band = 0
        if simulated:
            pixels, known, band = _burned(pixels, known)
        result = (_encoded(pixels, known), pixels.shape[1], pixels.shape[0], band)
        if len(result[0]) <= budget:
            break
    return result


def _resized(
    tones: NDArray[np.float32], gsd_m: tuple[float, float], most: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """8-bit tones and where they are known, with square ground pixels and no side above ``most``."""
    import cv2

    rows, cols = tones.shape[:2]
    fine = min(gsd_m)
    width, height = cols * gsd_m[0] / fine, rows * gsd_m[1] / fine
    shrink = min(1.0, most / max(width, height))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    known = np.asarray(np.isfinite(tones).all(axis=2), np.bool_)
    filled: NDArray[np.float32] = np.where(known[..., None], tones, 0.0).astype(np.float32)
    if size == (cols, rows):
        return (filled * 255 + 0.5).astype(np.uint8), known
    way = cv2.INTER_AREA if shrink < 1.0 else cv2.INTER_NEAREST
    weight: NDArray[Any] = cv2.resize(known.astype(np.float32), size, interpolation=way)
    values: NDArray[Any] = cv2.resize(filled, size, interpolation=way).reshape(size[1], size[0], tones.shape[2])
    values = values / np.maximum(weight, 1e-6)[..., None]
    return (np.clip(values, 0.0, 1.0) * 255 + 0.5).astype(np.uint8), weight > 0.5


def _enlarged(pixels: NDArray[np.uint8], known: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Every pixel repeated so often that the longest side reaches half of LEAST_SIDE or more: nothing is invented."""
    longest = max(pixels.shape[:2])
    times = max(1, math.floor(LEAST_SIDE / longest))
    if times == 1:
        return pixels, known
    return pixels.repeat(times, axis=0).repeat(times, axis=1), known.repeat(times, axis=0).repeat(times, axis=1)


def _burned(pixels: NDArray[np.uint8], known: NDArray[np.bool_]) -> tuple[NDArray[np.uint8], NDArray[np.bool_], int]:
    """The word SIMULATED in a band of its own above the picture, and once more across its lower edge."""
    import cv2

    rows, cols, depth = pixels.shape
    band = max(12, cols // 16)
    ink = (255,) * depth
    strip = np.full((band, cols, depth), 24, np.uint8)
    _write(strip, "SIMULATED - NOT A SATELLITE PICTURE", (band // 3, round(band * 0.72)), cols * 0.94, ink)
    body = pixels.copy()
    mark = np.zeros_like(body)
    _write(mark, "SIMULATED", (round(cols * 0.39), rows - round(rows * 0.035)), cols * 0.36, ink)
    marked: NDArray[Any] = cv2.addWeighted(body, 1.0, mark, 0.45, 0.0)
    whole = np.concatenate([strip, marked.reshape(body.shape).astype(np.uint8)])
    return whole, np.concatenate([np.ones((band, cols), np.bool_), known]), band


def _write(canvas: NDArray[np.uint8], text: str, at: tuple[int, int], most: float, ink: tuple[int, ...]) -> None:
    """``text`` with its baseline at ``at``, at most ``most`` pixels wide."""
    import cv2

    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, _), _ = cv2.getTextSize(text, font, 1.0, 1)
    scale = min(most / width, canvas.shape[0] / 38 if canvas.shape[0] < 60 else 1.0)
    cv2.putText(canvas, text, at, font, scale, ink, 1, cv2.LINE_AA)


def _encoded(pixels: NDArray[np.uint8], known: NDArray[np.bool_]) -> bytes:
    """PNG; unknown pixels are transparent."""
    import cv2

    image: NDArray[Any] = pixels[..., ::-1] if pixels.shape[2] == 3 else pixels[..., 0]
    if not known.all():
        grey = pixels if pixels.shape[2] == 3 else pixels.repeat(3, axis=2)
        image = np.concatenate([grey[..., ::-1], (known[..., None] * 255).astype(np.uint8)], axis=2)
    done, data = cv2.imencode(".png", np.ascontiguousarray(image), [cv2.IMWRITE_PNG_COMPRESSION, 6])
    if not done:
        raise PictureError("the cutting cannot be written as PNG")
    return bytes(data.tobytes())
