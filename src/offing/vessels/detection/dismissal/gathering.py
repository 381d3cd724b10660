"""What the rules must know of a picture, gathered from the pass over it."""

from __future__ import annotations

from typing import Any

from offing.imagery.picture import Picture
from offing.vessels.detection.dismissal.model import RadarScene, Spots
from offing.vessels.detection.scan import Scan


def radar_scene(picture: Picture, passed: Scan[Any], peaks: Spots, bright: Spots) -> RadarScene:
    """The scene of ``dismiss``; ``peaks`` in the order of the detections that are to be judged.

    Pictures without georeference have no radar geometry, and of unknown pixel size no metres: then only edges are
    judged.
    """
    return RadarScene(
        width=picture.width,
        height=picture.height,
        gsd_m=picture.gsd_m,
        peaks=peaks,
        bright=bright,
        coarse=passed.coarse,
        bands=passed.bands,
        water=passed.water,
        valid=picture.valid,
        radars=picture.radars,
    )
