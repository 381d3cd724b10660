"""Vessel candidates in radar and optical pictures, scored as probabilities."""

from __future__ import annotations

from offing.vessels.detection.detect import detect
from offing.vessels.detection.model import DetectionSet

__all__ = ["DetectionSet", "detect"]
