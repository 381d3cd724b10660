"""The detector of radar pictures: reads, joins the polarisations, finds candidates."""

from __future__ import annotations

import numpy as np

from offing.imagery.model import Box
from offing.imagery.reading import Picture
from offing.imagery.water import find_water
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.radar import radar_candidates, sea_level_db
from offing.vessels.detection.regions import Limits
from offing.vessels.detection.sampling import sample_windows

POLARISATIONS = ("VV", "VH", "HH", "HV")
SEA_RANGE_DB = 4.0
"""How far a block's own sea level may lie from the picture's: the sea changes with wind and incidence, land is far
brighter.
"""
SHIP_M = 450.0
BEAM_M = 80.0
UNKNOWN_SHIP_PX = 512


class RadarDetector:
    """Extremal regions over the clutter, in the mean of all polarisations, each over its own sea."""

    model = "radar-additive-1"
    reduction = 1

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        polarised = tuple(b for b in picture.bands if b in POLARISATIONS)
        self._bands = polarised or picture.bands[:1]
        self._contrast = False
        self._sea = {band: self._sample_sea(band) for band in self._bands}
        # One value everywhere is no picture of anything: there is neither water nor a ship to tell in it.
        self._water = find_water(picture) if self._contrast else None
        self.limits = radar_limits(picture.gsd_m, picture.width, picture.height)
        self.notes: tuple[str, ...] = self._water.notes if self._water else ("one value everywhere, nothing to find",)
        if not polarised:
            self.notes += (f"looked at {self._bands[0]} as the only polarisation",)

    def candidates(self, window: Box) -> list[Candidate]:
        """Candidates of ``window``, in pixels from its corner."""
        if self._water is None:
            return []
        values = self._picture.read(self._bands, window)
        bad = ~np.isfinite(values)
        values[bad] = 0
        np.maximum(values, 0, out=values)
        if len(self._bands) == 1:
            power = values[0]
        else:
            levels = np.array([10 ** (self._sea[b] / 10) for b in self._bands], np.float32)[:, None, None]
            power = np.where(bad.any(axis=0), 0, (values / levels).mean(axis=0)).astype(np.float32)
        if not (power > 0).any():
            return []
        typical = self._sea[self._bands[0]] if len(self._bands) == 1 else 0.0
        own = sea_level_db(power)
        sea = float(np.clip(own, typical - SEA_RANGE_DB, typical + SEA_RANGE_DB))
        return radar_candidates(power, self.limits, self._water.mask(window), sea)

    def _sample_sea(self, band: str) -> float:
        """The sea's level in dB: the lower quartile over sampled windows of each one's darker background."""
        levels = []
        for window in sample_windows(self._picture.width, self._picture.height):
            values = np.nan_to_num(self._picture.read((band,), window)[0], nan=0.0, posinf=0.0, neginf=0.0)
            self._contrast |= bool(values.min() < values.max())
            if (values > 0).any():
                levels.append(sea_level_db(np.maximum(values, 0)))
        return float(np.percentile(levels, 25)) if levels else 0.0


def radar_limits(gsd_m: tuple[float, float] | None, width: int, height: int) -> Limits:
    """What a ship may measure: by the largest ships afloat (400 × 62 m) where the pixel size is known."""
    if gsd_m is None:
        side = min(UNKNOWN_SHIP_PX, max(width, height))
        return Limits(min_px=6, max_px=min(side * side // 4, width * height // 4 + 6), max_side_px=side)
    gsd = (gsd_m[0] * gsd_m[1]) ** 0.5
    # Side lobes and layover lengthen what is seen; a pixel of 30 m must still be allowed its few pixels.
    side = int(np.clip(1.5 * SHIP_M / gsd, 12, UNKNOWN_SHIP_PX))
    return Limits(
        min_px=6 if gsd < 15 else 3, max_px=max(60, int(2 * SHIP_M * BEAM_M / gsd**2)), max_side_px=max(side, 24)
    )
