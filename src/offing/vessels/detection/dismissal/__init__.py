"""What looks like a vessel in radar and is named as something else: kept out of the ship list, with the reason."""

from __future__ import annotations

from offing.vessels.detection.dismissal.bright import bright_spots, together
from offing.vessels.detection.dismissal.dismiss import dismiss
from offing.vessels.detection.dismissal.model import KINDS, RadarScene, Spots, counted

__all__ = ["KINDS", "RadarScene", "Spots", "bright_spots", "counted", "dismiss", "together"]
