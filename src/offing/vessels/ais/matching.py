"""The ships of a picture against tracks of AIS: which is which, which sends nothing, and where AIS cannot tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.errors import AisError
from offing.records import Record
from offing.vessels.ais.answers import Found, answers, unseen
from offing.vessels.ais.association import Posterior, associate
from offing.vessels.ais.model import Assumptions, Coverage, Matching, RadarView, Track
from offing.vessels.ais.scene import LEAST, Scene, log_ratios, scene
from offing.vessels.model import Detection

F64 = NDArray[np.float64]
ROUNDS = 12
"""Rounds in which the share of detections without a track is estimated."""
APART = 3.0
"""Factor by which the density of ships without a track is varied for the bounds of a probability."""


class Weighed(Record, frozen=True):
    """All pairs under one view."""

    ratios: F64
    """(detections, tracks) as ``log_ratios``."""
    others: F64
    """(detections,): ships without a track a m²."""
    posterior: Posterior


def match(
    detections: Sequence[Detection],
    picture_time: datetime,
    tracks: Sequence[Track],
    coverage: Sequence[Coverage] = (),
    radar_geometry: Sequence[RadarView] = (),
    *,
    footprint: Sequence[tuple[float, float]] | None = None,
    assumed: Assumptions | None = None,
    simulated: bool = False,
) -> Matching:
    """Which detection of one picture is which ship of ``tracks``.

    ``radar_geometry``: how the radar can have looked; several views are weighed by how well they fit, none means that
    moving ships are shown where they are. ``footprint``: closed ring of (lon, lat) of the picture; without it, the area
    around the detections. Raises NoGeoreferenceError for detections without a place, AisError for a time without zone.
    """
    assumed = assumed or Assumptions()
    if picture_time.tzinfo is None:
        raise AisError("the picture's time has no zone", fix="give it in UTC")
    held = scene(detections, picture_time, tracks, footprint, assumed)
    views: tuple[RadarView | None, ...] = tuple(radar_geometry) or (None,)
    weighed = [_weighed(held, view, assumed) for view in views]
    chances = _chances(views, weighed)
    best = int(np.argmax(chances))
    low, high = (
        _mixed([_again(held, w, factor) for w in weighed], chances) for factor in (APART, 1.0 / APART)
    )  # more ships without a track make every match less sure
    found = Found(
        scene=held,
        time=picture_time,
        view=views[best],
        pairs=_mixed([w.posterior for w in weighed], chances),
        low=low,
        high=high,
        others=weighed[best].others,
        best=weighed[best].posterior.best,
        approximate=weighed[best].posterior.approximate,
    )
    return Matching(
        time=picture_time,
        matches=answers(found, coverage, assumed),
        unseen=unseen(found),
        view=views[best],
        view_probability=float(chances[best]) if len(views) > 1 else None,
        assumptions=assumed,
        others_per_km2=float(np.mean(weighed[best].others)) * 1e6 if len(detections) else 0.0,
        notes=tuple(_notes(held, views, chances, assumed)),
        simulated=simulated,
    )


def _weighed(held: Scene, view: RadarView | None, assumed: Assumptions) -> Weighed:
    """All pairs; the share of detections that are in no track is found from the picture itself."""
    ratios = log_ratios(held, view, assumed)
    if assumed.others_per_km2 is not None:
        others = np.full(len(held.detections), assumed.others_per_km2 / 1e6)
        return Weighed(ratios=ratios, others=others, posterior=associate(_weights(ratios, others)))
    share, posterior = 0.5, None
    for _ in range(ROUNDS):
        posterior = associate(_weights(ratios, share * held.crowd))
        new = (1.0 + float((1.0 - posterior.pairs.sum(axis=1)).sum())) / (2.0 + len(held.detections))
        done = abs(new - share) < 1e-3
        share = new
        if done:
            break
    others = share * held.crowd
    return Weighed(ratios=ratios, others=others, posterior=associate(_weights(ratios, others)))


def _weights(ratios: F64, others: F64) -> F64:
    weights = ratios - np.log(others)[:, None]
    return np.where(weights >= LEAST, weights, -np.inf)


def _again(held: Scene, weighed: Weighed, factor: float) -> Posterior:
    return associate(_weights(weighed.ratios, np.minimum(weighed.others * factor, held.crowd * APART)))


def _chances(views: Sequence[RadarView | None], weighed: Sequence[Weighed]) -> F64:
    """P(each view), by how much weight all assignments have under it."""
    logs = np.array(
        [w.posterior.log_total + math.log(v.prior if v else 1.0) for v, w in zip(views, weighed, strict=True)]
    )
    chances: F64 = np.exp(logs - logs.max())
    chances /= chances.sum()
    return chances


def _mixed(posteriors: Sequence[Posterior], chances: F64) -> F64:
    return np.asarray(sum(c * p.pairs for c, p in zip(chances, posteriors, strict=True)))


def _notes(held: Scene, views: Sequence[RadarView | None], chances: F64, assumed: Assumptions) -> list[str]:
    found = []
    best = int(np.argmax(chances))
    view = views[best]
    if view is None:
        found.append("no correction for motion: not known to be radar")
    elif len(views) > 1:
        found.append(f"corrected for motion by {view.basis}; the likelier with {chances[best]:.2f}")
    else:
        found.append(f"corrected for motion by {view.basis}")
    if not held.known_outline:
        found.append("the picture's outline is not known: ships not detected are told only around the detections")
    if held.untimely:
        found.append(
            f"{held.untimely} tracks have no fix near enough in time: two around it at most {assumed.most_gap_h:g} h "
            f"apart, or one within {assumed.most_dead_h:g} h"
        )
    return found
