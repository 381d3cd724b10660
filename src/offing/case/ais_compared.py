"""The ships of a scene against the case's files of AIS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from offing.case.case import Case
from offing.case.definition import AisFile
from offing.imagery.model import Scene
from offing.vessels.ais.model import Matching
from offing.vessels.model import Detection

if TYPE_CHECKING:
    from offing.imagery.picture import Picture

WINDOW_H = 12.0
"""Hours before and after a picture in which fixes are used."""


def files_for(case: Case, scene: Scene) -> tuple[AisFile, ...]:
    """The files that may be held against a scene: simulated ones against simulated scenes alone, real ones against
    real scenes; none where the scene has no place on Earth.
    """
    if scene.crs is None:
        return ()
    return tuple(f for f in case.definition.ais if f.simulated == scene.simulated)


def paths(files: Sequence[AisFile]) -> list[str]:
    """What the files are read from, with what says where they were received, as written in case.yaml."""
    return [p for f in files for p in (f.path, f.coverage) if p]


def compared(
    case: Case, scene: Scene, picture: Picture, ships: Sequence[Detection], files: Sequence[AisFile], clock: datetime
) -> Matching | None:
    """None without files. Raises AisError for what cannot be read."""
    footprint = scene.footprint
    if not files or footprint is None:
        return None
    from offing.vessels.ais import match, read_coverage, read_tracks, views_of
    from offing.vessels.ais.reach import reach_of

    reading = read_tracks(
        [case.inside(f.path) for f in files], clock=clock, reach=reach_of(scene.time, WINDOW_H, footprint)
    )
    coverage = [area for f in files if f.coverage for area in read_coverage(case.inside(f.coverage))]
    return match(
        ships,
        scene.time,
        reading.tracks,
        coverage,
        views_of(picture),
        footprint=footprint,
        simulated=scene.simulated,
    )
