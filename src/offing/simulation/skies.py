"""Skies laid over a real or simulated clear picture, with the truth: cloud, thin cloud, haze and shadows.

Two-stream scattering without absorption (Coakley and Chylek 1975; asymmetry .85): a layer of optical depth t reflects
.15 t / (2 + .15 t) of the light. Of the light from the ground, what is not scattered out of its way, by delta scaling
with a forward fraction of .72, keeps its detail, on the way down and up; the rest is blurred over some 100 m.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.simulation.draws import Field, fractal_field, stream

SkyKind = Literal["none", "cumulus", "stratus", "thin", "haze"]
"""Nothing; patches of thick cloud; a deck of it with holes; a thin sheet; haze, which is stronger in blue."""
THICK, VEILED = 3.0, 0.7
"""Optical depths from which a ship cannot be made out, and from which it is plainly fainter."""
_BACK, _FORWARD = 0.15, 0.72
_TOP_GAIN = {"B11": 0.72, "swir1": 0.72}
"""Clouds are darker in short-wave infrared, where droplets absorb."""
_WAVE = {"B02": 0.49, "blue": 0.49, "B03": 0.56, "green": 0.56, "B04": 0.665, "red": 0.665, "B05": 0.705,
         "B08": 0.84, "nir": 0.84, "B11": 1.61, "swir1": 1.61}  # fmt: skip
"""Micrometres."""
_ANGSTROM = 1.3
_SKYLIGHT = {"B02": 0.55, "blue": 0.55, "B03": 0.48, "green": 0.48, "B04": 0.42, "red": 0.42}
"""What is left of the light in the core of a shadow; other bands 0.34."""


class SkyTruth(Record, frozen=True, eq=False):
    """What was laid over a picture, (rows, cols)."""

    depth: Field
    """Optical depth in green."""
    shade: Field
    """Part of the direct sunlight that clouds take away, 0–1."""

    @property
    def cloud(self) -> NDArray[np.bool_]:
        """Hidden."""
        return np.asarray(self.depth >= THICK)

    @property
    def thin(self) -> NDArray[np.bool_]:
        """Seen faintly."""
        return np.asarray((self.depth >= VEILED) & (self.depth < THICK))

    @property
    def shadow(self) -> NDArray[np.bool_]:
        """Shaded and not veiled."""
        return np.asarray((self.shade >= 0.5) & (self.depth < VEILED))


def sky_over(
    kind: SkyKind, depth: float, seed: int, shape: tuple[int, int], cell_m: float, shadow_m: tuple[float, float]
) -> SkyTruth:
    """A sky of greatest optical depth ``depth``; ``shadow_m``: (cols, rows) metres from a cloud to its shadow."""
    rng = stream(seed, f"sky {kind}")
    if kind == "none":
        return SkyTruth(depth=np.zeros(shape, np.float32), shade=np.zeros(shape, np.float32))
    if kind == "haze":
        field = 1.0 + 0.15 * fractal_field(rng, shape, 6000.0 / cell_m, octaves=3)
        return SkyTruth(depth=np.clip(depth * field, 0.0, None).astype(np.float32), shade=np.zeros(shape, np.float32))
    shift = [round(v / cell_m) for v in shadow_m]
    pad = max(abs(v) for v in shift) + 1
    wide = (shape[0] + 2 * pad, shape[1] + 2 * pad)
    size_m, share, steep = {"cumulus": (1600.0, 0.22, 1.1), "stratus": (5000.0, 0.65, 0.9), "thin": (7000.0, 0.6, 0.7)}[
        kind
    ]
    field = fractal_field(rng, wide, size_m / cell_m, octaves=6)
    above = np.clip((field - np.quantile(field, 1.0 - share)) * steep, 0.0, 1.0)
    thick = (depth * above).astype(np.float32)
    here = thick[pad : pad + shape[0], pad : pad + shape[1]]
    row, col = pad - shift[1], pad - shift[0]
    thrown = thick[row : row + shape[0], col : col + shape[1]]
    return SkyTruth(depth=here, shade=np.asarray(1.0 - np.exp(-(1.0 - _FORWARD) * 1.5 * thrown), np.float32))


def under_sky(
    values: NDArray[np.float32], bands: Sequence[str], truth: SkyTruth, kind: SkyKind, cell_m: float
) -> NDArray[np.float32]:
    """(bands, rows, cols) of reflectance as they look under that sky."""
    import cv2

    out = np.empty_like(values)
    for at, band in enumerate(bands):
        ground = values[at] * (1.0 - truth.shade * (1.0 - _SKYLIGHT.get(band, 0.34)))
        depth = truth.depth * ((_WAVE.get(band, 0.7) / 0.56) ** -_ANGSTROM if kind == "haze" else 1.0)
        back = _BACK * depth / (2.0 + _BACK * depth)
        through = 1.0 - back
        sharp = np.exp(-2.0 * (1.0 - _FORWARD) * depth)
        blurred = cv2.GaussianBlur(np.nan_to_num(ground), (0, 0), 100.0 / cell_m)
        seen = sharp * ground + (1.0 - sharp) * blurred
        tops = back * _TOP_GAIN.get(band, 1.0)
        out[at] = tops + through**2 * seen / (1.0 - back * np.clip(seen, 0.0, 1.0))
    return out
