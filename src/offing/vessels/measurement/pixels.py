"""Boxes of detections refined from the pixels under them: one call for every kind of sensor."""

from __future__ import annotations

from collections.abc import Sequence

from offing.imagery.reading import Picture
from offing.vessels.measurement.optical_size import sized as sized_optical
from offing.vessels.measurement.radar_size import sized as sized_radar
from offing.vessels.model import Detection


def measured(picture: Picture, detections: Sequence[Detection]) -> tuple[Detection, ...]:
    """The same detections in the same order, each with box, ring, measurement and flags from its pixels where they
    tell more than its box does.
    """
    return (sized_radar if picture.sensor == "sar" else sized_optical)(picture, detections)
