"""From what a search found in pixels to detections: scored, placed, measured."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from offing.imagery.reading import Picture
from offing.quantities import Probability
from offing.records import Record
from offing.vessels.detection.additive import Card
from offing.vessels.detection.kernels import F64
from offing.vessels.measurement import Z90, direction_deg, measure
from offing.vessels.model import Detection, OrientedBox

LARGE_M = 300.0
"""A ship longer than this is rare enough to be looked at by a person."""
NOT_TOLD = 0.5
"""Probability of the bow at either end where nothing tells."""


class Find(Record, frozen=True):
    """A candidate that was kept, in pixels of the picture."""

    box: OrientedBox
    log_odds: float
    edge_px: float
    """How far its outline moves between two levels, in pixels of the picture: what the cut leaves open."""
    flags: tuple[str, ...]
    bow_log_odds: float = 0.0
    """Of the bow at the end where the box' length points, not calibrated, 0 or more; 0: not told."""


class Scoring(Protocol):
    """Turns log odds into probabilities, and says where it comes from."""

    @property
    def card(self) -> Card:
        """Its model card, with ``refit_sd_log_odds`` among the figures."""
        ...

    def probability(self, log_odds: F64) -> F64:
        """P(a vessel), 0–1."""
        ...

    def bow_probability(self, log_odds: float) -> float:
        """P(the bow lies at the end it is said to), 0.5–1; 0.5 where it is not told."""
        ...


def detection_of(find: Find, probability: float, picture: Picture, scoring: Scoring) -> Detection:
    """``find`` as a detection that is not yet numbered, its length pointing to the bow, into 0–180° where that is not
    told.
    """
    bow = scoring.bow_probability(find.bow_log_odds)
    box = find.box if bow > NOT_TOLD else bow_first(find.box, picture)
    measurement = measure(box, picture, find.edge_px, bow)
    flags = set(find.flags)
    if measurement.length_m is not None and measurement.length_m > LARGE_M:
        flags.add("large")
    return Detection(
        id="",
        image=picture.name,
        time=picture.time,
        score=score_of(probability, scoring),
        box=box,
        ring=ring_of(box, picture),
        measurement=measurement,
        flags=tuple(sorted(flags)),
    )


def score_of(probability: float, scoring: Scoring) -> Probability:
    """The probability with the bounds that refitting on other places moves it by."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    odds, reach = math.log(inside / (1 - inside)), Z90 * scoring.card.figures["refit_sd_log_odds"]
    low, high = (1 / (1 + math.exp(-v)) for v in (odds - reach, odds + reach))
    return Probability(
        value=probability, low=min(low, probability), high=max(high, probability), basis=f"model {scoring.card.id}"
    )


def bow_first(box: OrientedBox, picture: Picture) -> OrientedBox:
    """The same box with its length pointing to the axis' direction in 0–180°, which is where the heading points."""
    axis = measure(box, picture).axis_deg
    if abs((direction_deg(box, picture) - axis + 180.0) % 360.0 - 180.0) < 90.0:
        return box
    (lc, lr), (bc, br) = box.length_px, box.beam_px
    return OrientedBox(col=box.col, row=box.row, length_px=(-lc, -lr), beam_px=(-bc, -br))


def ring_of(box: OrientedBox, picture: Picture) -> tuple[tuple[float, float], ...] | None:
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
