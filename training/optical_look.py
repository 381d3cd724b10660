"""From the finely painted ground to what a sensor delivers: blur, sampling, haze, clouds, noise, display tones."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.simulation.draws import Field
from optical_canvas import smooth

CHIP_PX = 160


def sampled(
    planes: NDArray[np.float32], factor: int, sigma_px: float, shifts: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(bands, px, px): each band shifted by whole fine pixels, averaged over pixels and blurred."""
    found = []
    for plane, shift in zip(planes, shifts, strict=True):
        moved = np.roll(plane, tuple(shift), axis=(0, 1)) if shift.any() else plane
        size = plane.shape[0] // factor
        mean = cv2.resize(moved, (size, size), interpolation=cv2.INTER_AREA)
        found.append(cv2.GaussianBlur(mean, (0, 0), sigma_px) if sigma_px > 0.15 else mean)
    return np.stack(found)


class Clouds(Record, frozen=True, eq=False):
    """Over a chip: how much each pixel is hidden and how much shaded, 0–1."""

    opacity: Field
    shade: Field


def draw_clouds(rng: np.random.Generator, side: int) -> Clouds:
    """Mostly none; sometimes cumulus with its shadow, or thin cirrus."""
    none = np.zeros((side, side), np.float32)
    kind = rng.random()
    if kind < 0.80:
        return Clouds(opacity=none, shade=none)
    cell = rng.uniform(12.0, 90.0)
    field = sum(0.55**k * smooth(rng, side, cell / 2**k) for k in range(5))
    if kind < 0.90:
        veil = np.clip(0.12 + 0.12 * field, 0.0, 0.45) * rng.uniform(0.3, 1.0)
        return Clouds(opacity=np.asarray(veil, np.float32), shade=none)
    opacity = np.clip(rng.uniform(0.6, 2.0) * (field - rng.uniform(0.9, 2.2)), 0.0, 1.0).astype(np.float32)
    turn, reach = rng.uniform(0, 2 * math.pi), rng.uniform(8.0, 60.0)
    shift = np.array([[1.0, 0.0, reach * math.cos(turn)], [0.0, 1.0, reach * math.sin(turn)]])
    return Clouds(opacity=opacity, shade=np.asarray(cv2.warpAffine(opacity, shift, (side, side)), np.float32))


def coarse_look(
    rng: np.random.Generator, planes: NDArray[np.float32], factor: int
) -> tuple[NDArray[np.float32], Field]:
    """Reflectance of five bands at the sensor's pixels, and the cloud's opacity there."""
    shifts = rng.normal(0.0, 0.12 * factor, (5, 2)).round().astype(int)
    picture = sampled(planes, factor, rng.uniform(0.35, 0.85), shifts)
    side = picture.shape[1]
    picture[4] = _half_resolved(rng, picture[4])
    clouds = draw_clouds(rng, side)
    left = 1.0 - clouds.shade[None] * np.array([0.55, 0.65, 0.7, 0.8, 0.85], np.float32)[:, None, None]
    picture *= left
    tops = (0.5 + 0.25 * clouds.opacity)[None] * np.array([1.02, 1.0, 0.99, 1.0, 0.7], np.float32)[:, None, None]
    picture += clouds.opacity[None] * (tops - picture)
    picture += _haze(rng, side)
    gain = np.exp(rng.normal(0.0, 0.08) + rng.normal(0.0, 0.03, 5))
    offset = rng.normal(0.0, 0.002, 5)
    picture = picture * gain[:, None, None] + offset[:, None, None]
    noise = float(np.exp(rng.uniform(math.log(0.0004), math.log(0.003))))
    picture += noise * rng.standard_normal(picture.shape, np.float32) * (0.6 + 2.0 * np.sqrt(np.clip(picture, 0, 1)))
    if rng.random() < 0.35:  # resampled to another grid, as Web Mercator is
        at = rng.uniform(-0.5, 0.5, 2)
        matrix = np.array([[1.0, 0.0, at[0]], [0.0, 1.0, at[1]]])
        moved = [
            cv2.warpAffine(p, matrix, p.shape, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT) for p in picture
        ]
        picture = np.stack([m.astype(np.float32) for m in moved])
    return np.asarray(np.clip(np.round(picture, 4), 0.0001, 1.6), np.float32), clouds.opacity


def _half_resolved(rng: np.random.Generator, plane: Field) -> Field:
    """A band of 20 m pixels brought to 10 m."""
    phase = rng.integers(0, 2, 2)
    even = plane.shape[0] // 2 * 2
    rolled = np.roll(plane, tuple(phase), axis=(0, 1))[:even, :even]
    small = cv2.GaussianBlur(
        cv2.resize(rolled, (even // 2, even // 2), interpolation=cv2.INTER_AREA), (0, 0), rng.uniform(0.3, 0.6)
    )
    how = cv2.INTER_NEAREST if rng.random() < 0.5 else cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    wide = np.asarray(cv2.resize(small, (even, even), interpolation=how), np.float32)
    back = np.roll(wide, tuple(-phase), axis=(0, 1))
    full = plane.copy()
    full[:even, :even] = back
    return full


def _haze(rng: np.random.Generator, side: int) -> NDArray[np.float32]:
    """Light that the air or the glinting water adds, smooth over the chip."""
    air = np.array([1.0, 0.75, 0.55, 0.35, 0.1], np.float32) * rng.exponential(0.008)
    if rng.random() < 0.15:
        air = air + rng.uniform(0.01, 0.11) * np.array([1.0, 1.0, 1.0, 0.95, 0.8], np.float32)
    if rng.random() < 0.15:  # no correction for the air at all
        air = air + np.array([0.10, 0.065, 0.04, 0.02, 0.004], np.float32) * rng.uniform(0.5, 1.2)
    slow = 1.0 + 0.15 * smooth(rng, side, 0.6 * side)
    return np.asarray(air[:, None, None] * slow[None], np.float32)


class Tone(Record, frozen=True, eq=False):
    """How reflectance becomes a display picture."""

    low: NDArray[np.float64]
    """(3,)"""
    high: NDArray[np.float64]
    gamma: float
    saturation: float

    def apply(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """(3, …) counts 0–255 of (3, …) reflectance."""
        shape = (3,) + (1,) * (picture.ndim - 1)
        low, high = self.low.reshape(shape), self.high.reshape(shape)
        level = np.clip((picture - low) / (high - low), 0.0, 1.0) ** (1.0 / self.gamma)
        grey = level.mean(axis=0, keepdims=True)
        return np.asarray(np.clip(255.0 * (grey + self.saturation * (level - grey)), 0.0, 255.0), np.float32)


def draw_tone(rng: np.random.Generator, picture: NDArray[np.float32]) -> Tone:
    """A look for a picture: stretch, gamma, tint and saturation as different providers and viewers have them."""
    flat = picture[:, ::4, ::4].reshape(3, -1)
    high = float(np.quantile(flat, rng.uniform(0.93, 0.998)))
    high = max(high * rng.uniform(0.85, 1.5), float(np.exp(rng.uniform(math.log(0.22), math.log(0.5)))))
    dark = float(np.quantile(flat, 0.01))
    low = np.full(3, dark * rng.uniform(-0.6, 0.95))
    if rng.random() < 0.5:  # haze left in, blue most
        low -= rng.uniform(0.0, 0.12) * high * np.array([1.4, 1.0, 0.8])
    tint = np.exp(rng.normal(0.0, 0.07, 3))
    saturation = 0.0 if rng.random() < 0.07 else rng.uniform(0.35, 1.25)
    return Tone(low=low, high=high * tint, gamma=rng.uniform(0.9, 1.9), saturation=saturation)


def fine_look(rng: np.random.Generator, picture: NDArray[np.float32], tone: Tone) -> NDArray[np.uint8]:
    """Display counts of (3, rows, cols): toned, sharpened, noisy, and through JPEG."""
    counts = tone.apply(picture)
    counts += rng.uniform(0.2, 4.5) * rng.standard_normal(counts.shape, np.float32)
    rows = np.ascontiguousarray(counts.transpose(1, 2, 0))
    if rng.random() < 0.5:
        amount = rng.uniform(0.3, 1.6)
        rows = rows + amount * (rows - cv2.GaussianBlur(rows, (0, 0), rng.uniform(0.6, 1.2)))
    eight = np.clip(np.round(rows), 0, 255).astype(np.uint8)
    if rng.random() < 0.7:
        ok, packed = cv2.imencode(".jpg", eight, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 97))])
        assert ok
        eight = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(eight.transpose(2, 0, 1))
