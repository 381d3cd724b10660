"""The kept picture of a scene, opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from offing.imagery.model import Scene

if TYPE_CHECKING:
    from offing.imagery.picture import Picture


def opened(root: Path, scene: Scene) -> Picture:
    """The picture of ``scene`` in the case folder ``root``, with what the case knows of it. Raises PictureError."""
    from offing.imagery.reading import open_picture

    gsd_m = max(scene.gsd_m) if scene.crs is None else None
    return open_picture([root / scene.path], sensor=scene.sensor, time=scene.time, gsd_m=gsd_m)
