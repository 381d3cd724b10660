"""One power from all polarisations of a radar picture: the mean of each over its own sea."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.bands import POLARISATIONS
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.vessels.detection.clutter import sea_level
from offing.vessels.detection.kernels import F32
from offing.vessels.detection.sampling import stored_windows

LEAST = 0.01
"""What a pixel with data holds at least, over the sea's level: 0 stands for no data, and what is 20 dB under the sea is
noise, or the black of an 8-bit picture, or noise taken off."""
GREATEST = np.float32(1e12)
"""More than this over the sea is no backscatter; such numbers come from files that are not what they seem."""


class Fusion:
    """How a picture's bands become one power, 1 at the sea's typical level."""

    def __init__(self, picture: Picture) -> None:
        """Samples the picture. Raises PictureError when it holds nothing but nodata."""
        self._picture = picture
        polarised = tuple(b for b in picture.bands if b in POLARISATIONS)
        self.bands = polarised or picture.bands[:1]
        self._careful = picture.may_lack_data or any(t.startswith("float") for t in picture.stored_types)
        samples = [values for window in _windows(picture) if (values := self._sample(window)) is not None]
        samples = samples or self._any_block()
        self.level = np.array([_typical([s[i] for s in samples]) for i in range(len(self.bands))], np.float32)
        self.samples: list[F32] = [self.joined(s) for s in samples]
        """(rows, cols) of sampled windows, over the sea's level; a caller may drop them when they have served."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of the bands."""
        only = self.bands[0]
        return () if only in POLARISATIONS else (f"looked at {only} as the only polarisation",)

    def joined(self, values: NDArray[np.float32], out: F32 | None = None) -> F32:
        """(rows, cols) power over the sea's typical level, 0 where any band has no data; written to ``out``.

        ``values``: (bands, rows, cols) as the picture is read; they are overwritten.
        """
        power = np.empty_like(values[0]) if out is None else out
        for n, (band, level) in enumerate(zip(values, self.level, strict=True)):
            scaled = power if n == 0 else band
            np.multiply(band, np.float32(1) / (level * len(values)), out=scaled)
            np.maximum(scaled, np.float32(LEAST / len(values)), out=scaled)
            if n > 0:
                power += band
        if self._careful:
            np.fmax(power, np.float32(0), out=power)
            power[power > GREATEST] = 0
        return power

    def _sample(self, window: Box) -> NDArray[np.float32] | None:
        values = self._picture.read(self.bands, window)
        return values if np.isfinite(values).all(axis=0).any() else None

    def _any_block(self) -> list[NDArray[np.float32]]:
        """The first block that holds data, where samples hold none."""
        for box in self._picture.blocks(1024, 0):
            values = self._sample(box)
            if values is not None:
                return [values]
        raise PictureError("holds nothing but nodata", where=self._picture.name, fix="give a picture with data in it")


def _windows(picture: Picture) -> list[Box]:
    return stored_windows(picture.width, picture.height, picture.stored_block)


def _typical(samples: list[NDArray[np.float32]]) -> np.float32:
    """The lower quartile, over samples of a band, of each one's darker background: the sea, where there is any."""
    found = []
    for sample in samples:
        known = np.where(np.isfinite(sample), np.maximum(sample, 0), np.float32(0))
        if (known > 0).any():
            found.append(sea_level(known))
    return np.float32(np.percentile(found, 25)) if found else np.float32(1)
