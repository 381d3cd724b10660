"""Vessels in a picture: the one call that the rest of offing uses."""

from __future__ import annotations

import math

import numpy as np

from offing.errors import PictureError
from offing.imagery.reading import Picture
from offing.quantities import Probability
from offing.vessels.detection.additive import ScoreModel, score_model
from offing.vessels.detection.model import DetectionSet, Detector
from offing.vessels.detection.optical_detector import OpticalDetector
from offing.vessels.detection.radar_detector import RadarDetector
from offing.vessels.detection.search import Find, search
from offing.vessels.measurement import Z90, direction_deg, measure
from offing.vessels.model import Detection, OrientedBox

LARGE_M = 300.0
"""A ship longer than this is rare enough to be looked at by a person."""


def detector_for(picture: Picture) -> Detector:
    """The detector for the picture's sensor."""
    return RadarDetector(picture) if picture.sensor == "sar" else OpticalDetector(picture)


def detect(picture: Picture, *, min_score: float = 0.5, workers: int | None = None) -> DetectionSet:
    """Vessels whose score is at least ``min_score`` (0–1), with their measurements, the most likely first.

    Deterministic, whatever ``workers`` (threads). Raises PictureError when the picture holds nothing but nodata.
    """
    if not has_data(picture):
        raise PictureError("holds nothing but nodata", where=picture.name, fix="give a picture with data in it")
    detector = detector_for(picture)
    model = score_model(detector.model)
    finds = search(picture, detector, model, workers)
    probability = model.probability(np.array([f.log_odds for f in finds], np.float64))
    kept = [(p, f) for p, f in zip(probability.tolist(), finds, strict=True) if p >= min_score]
    kept.sort(key=lambda pair: (-pair[0], -pair[1].log_odds, pair[1].box.row, pair[1].box.col))
    detections = tuple(_detection(i + 1, p, f, picture, model) for i, (p, f) in enumerate(kept))
    return _set(picture, detections, (*picture.notes, *detector.notes))


def empty(picture: Picture) -> DetectionSet:
    """What is found in a picture that holds nothing but nodata, for those who must have an answer."""
    return _set(picture, (), picture.notes)


def _set(picture: Picture, detections: tuple[Detection, ...], notes: tuple[str, ...]) -> DetectionSet:
    return DetectionSet(
        image=picture.name,
        detections=detections,
        notes=notes,
        width=picture.width,
        height=picture.height,
        georeferenced=picture.transform is not None,
        sensor=picture.sensor,
        simulated=picture.simulated,
    )


def has_data(picture: Picture) -> bool:
    """Whether any block of the picture has a finite value in all bands."""
    return any(bool(picture.valid(box).any()) for box in picture.blocks(2048, 0))


def _detection(number: int, probability: float, find: Find, picture: Picture, model: ScoreModel) -> Detection:
    box = _bow_first(find.box, picture)
    measurement = measure(box, picture, find.edge_px)
    flags = set(find.flags)
    if measurement.length_m is not None and measurement.length_m > LARGE_M:
        flags.add("large")
    return Detection(
        id=f"{number:04d}",
        image=picture.name,
        time=picture.time,
        score=_score(probability, model),
        box=box,
        ring=_ring(box, picture),
        measurement=measurement,
        flags=tuple(sorted(flags)),
    )


def _score(probability: float, model: ScoreModel) -> Probability:
    """The probability with the bounds that refitting on other places moves it by."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    odds, reach = math.log(inside / (1 - inside)), Z90 * model.card.figures["refit_sd_log_odds"]
    low, high = (1 / (1 + math.exp(-v)) for v in (odds - reach, odds + reach))
    return Probability(
        value=probability, low=min(low, probability), high=max(high, probability), basis=f"model {model.card.id}"
    )


def _bow_first(box: OrientedBox, picture: Picture) -> OrientedBox:
    """The same box with its length pointing to the axis' direction in 0–180°, which is where the heading points."""
    measurement = measure(box, picture)
    turned = OrientedBox(
        col=box.col,
        row=box.row,
        length_px=(-box.length_px[0], -box.length_px[1]),
        beam_px=(-box.beam_px[0], -box.beam_px[1]),
    )
    return box if _points_to(box, picture, measurement.axis_deg) else turned


def _points_to(box: OrientedBox, picture: Picture, axis: float) -> bool:
    return abs((direction_deg(box, picture) - axis + 180.0) % 360.0 - 180.0) < 90.0


def _ring(box: OrientedBox, picture: Picture) -> tuple[tuple[float, float], ...] | None:
    """Closed (lon, lat) ring, counter-clockwise as RFC 7946 asks; None without georeference."""
    if picture.transform is None:
        return None
    corners = box.corners()
    lons, lats = picture.lonlat([c for c, _ in corners], [r for _, r in corners])
    if not (np.isfinite(lons).all() and np.isfinite(lats).all()):
        return None
    points = [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, [*points[1:], points[0]], strict=True))
    if area < 0:
        points.reverse()
    return (*points, points[0])
