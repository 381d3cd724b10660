"""Boxes of detections refined from the pixels under them: one call for every kind of sensor."""

from __future__ import annotations

from collections.abc import Sequence

from offing.imagery.reading import Picture
from offing.vessels.model import Detection


def measured(picture: Picture, detections: Sequence[Detection]) -> tuple[Detection, ...]:
    """The same detections in the same order, each with box, ring, measurement and flags from its pixels where they
    tell more than its box does.
    """
    # Measuring builds on parts of the detection, whose package calls this: imported only then.
    if picture.sensor == "sar":
        from offing.vessels.measurement import radar_size

        return radar_size.sized(picture, detections)
    from offing.vessels.measurement import optical_size

    return optical_size.sized(picture, detections)
