"""Vessels in a picture: the one call that the rest of offing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec
import numpy as np

from offing.imagery.model import SensorKind
from offing.imagery.reading import Picture
from offing.vessels.detection.additive import fingerprint
from offing.vessels.detection.dismissal import RadarScene, dismiss
from offing.vessels.detection.dismissal.cover import dismiss_by_cover
from offing.vessels.detection.dismissal.dismiss import called
from offing.vessels.detection.dismissal.rows import rows
from offing.vessels.detection.finds import Find, Scoring, detection_of
from offing.vessels.detection.model import DetectionSet
from offing.vessels.detection.network import network_card
from offing.vessels.detection.optical_search import MODELS as NETWORKS
from offing.vessels.detection.optical_search import kind_of, optical_search
from offing.vessels.detection.radar_search import MODEL, RadarFinds, radar_search
from offing.vessels.measurement.ends import CARDS as ENDS
from offing.vessels.measurement.pixels import measured
from offing.vessels.measurement.radar_model import MODEL as RADAR_SIZE
from offing.vessels.model import Detection


def detect(
    picture: Picture, *, min_score: float = 0.5, workers: int | None = None, refine: bool = True
) -> DetectionSet:
    """Vessels whose score is at least ``min_score`` (0–1), with their measurements, the most likely first.

    ``refine`` False leaves boxes and sizes as the search gave them, for benchmarks. Deterministic, whatever ``workers``
    (threads). Raises PictureError when the picture holds nothing but nodata.
    """
    if picture.sensor == "sar":
        return _in_radar(picture, min_score, workers, measured if refine else _as_found)
    return _in_optical(picture, min_score, workers, measured if refine else _as_found)


def models_of(sensor: SensorKind) -> dict[str, str]:
    """Name → SHA-256 of the models (weights included) by which such pictures are searched and their ships measured."""
    names = (MODEL, RADAR_SIZE) if sensor == "sar" else (*NETWORKS.values(), *ENDS.values())
    return {name: fingerprint(name) for name in names}


def empty(picture: Picture) -> DetectionSet:
    """What is found in a picture that holds nothing but nodata, for those who must have an answer."""
    return _set(picture, (), (), ())


def has_data(picture: Picture) -> bool:
    """Whether any block of the picture has a finite value in all bands."""
    return any(bool(picture.valid(box).any()) for box in picture.blocks(2048, 0))


_Measuring = Callable[[Picture, Sequence[Detection]], tuple[Detection, ...]]


def _as_found(picture: Picture, detections: Sequence[Detection]) -> tuple[Detection, ...]:  # noqa: ARG001
    return tuple(detections)


def _in_radar(picture: Picture, min_score: float, workers: int | None, measuring: _Measuring) -> DetectionSet:
    seen = radar_search(picture, workers)
    likely = _likely(seen.finds, picture, network_card(MODEL), min_score)
    ships, dismissed = dismiss([d for _, d in likely], _scene(picture, seen, [i for i, _ in likely]))
    return _set(picture, measuring(picture, ships), dismissed, seen.scan.notes)


def _in_optical(picture: Picture, min_score: float, workers: int | None, measuring: _Measuring) -> DetectionSet:
    seen = optical_search(picture, workers)
    likely = _likely(seen.finds, picture, network_card(NETWORKS[kind_of(picture)]), min_score)
    ships, covered = dismiss_by_cover([d for _, d in likely], seen.cover)
    ships, lined = called(ships, [rows(ships)])
    return _set(picture, measuring(picture, ships), (*covered, *lined), seen.notes)


def _likely(finds: Sequence[Find], picture: Picture, scoring: Scoring, min_score: float) -> list[tuple[int, Detection]]:
    """(index in ``finds``, detection) of those likely enough, the most likely first."""
    probability = scoring.probability(np.array([f.log_odds for f in finds], np.float64)).tolist()
    kept = [i for i, p in enumerate(probability) if p >= min_score]
    kept.sort(key=lambda i: (-probability[i], -finds[i].log_odds, finds[i].box.row, finds[i].box.col))
    return [(i, detection_of(finds[i], probability[i], picture, scoring)) for i in kept]


def _scene(picture: Picture, seen: RadarFinds, judged: Sequence[int]) -> RadarScene:
    """What the rules that name false alarms must know, for the finds counted by ``judged``."""
    return RadarScene(
        width=picture.width,
        height=picture.height,
        gsd_m=picture.gsd_m,
        peaks=seen.peaks.only(np.array(judged, np.intp)),
        bright=seen.bright,
        coarse=seen.scan.coarse,
        bands=seen.scan.bands,
        water=seen.scan.water,
        valid=picture.valid,
        radars=picture.radars,
    )


def _set(
    picture: Picture, ships: Sequence[Detection], dismissed: Sequence[Detection], notes: Iterable[str]
) -> DetectionSet:
    numbered = [msgspec.structs.replace(d, id=f"{i:04d}") for i, d in enumerate((*ships, *dismissed), 1)]
    return DetectionSet(
        image=picture.name,
        detections=tuple(numbered[: len(ships)]),
        dismissed=tuple(numbered[len(ships) :]),
        notes=(*picture.notes, *notes),
        width=picture.width,
        height=picture.height,
        georeferenced=picture.transform is not None,
        sensor=picture.sensor,
        simulated=picture.simulated,
    )
