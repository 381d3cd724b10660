"""How ships found in naval harbours are scored: boxes, axis, bow, length, on warships; other codes left out.

A detection is right when its upright box overlaps a warship's by at least half (IoU), one to one, greedily by falling
score. One that is not, but lies mostly in the box of a ship of another, undocumented code (or overlaps it by half), is
left out: neither right nor false.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from offing.bench.datasets import WARSHIP, NavalPicture
from offing.bench.found import SURE, Found, axis_error_deg, score_bins
from offing.bench.pooled import average_precision_of
from offing.bench.scoring import best_f1, calibration_error, left_out, matches_of
from offing.records import Record

F64 = NDArray[np.float64]
MOST = 100
"""Detections of a picture that count for AP, as in COCO."""
AXIS_DEG, LENGTH_SHARE = 10.0, 0.05
BOW_EDGES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)
MEASURES = ("axis_within_10", "axis_median_deg", "bow_right", "length_median_relative", "length_within_5_percent",
            "length_bias_relative", "centre_median_px")  # fmt: skip
"""Of warships found with a score of at least one half: shares, medians; lengths over the true ones."""


class NavalSeen(Record, frozen=True, eq=False):
    """One picture's detections, judged; arrays have a row a detection unless they say otherwise."""

    place: str
    rank: F64
    score: F64
    counted: NDArray[np.bool_]
    """Among the ``MOST`` likeliest."""
    right: NDArray[np.bool_]
    """Is a warship."""
    other: NDArray[np.bool_]
    """Left out: on a ship of another code."""
    any_ship: NDArray[np.bool_]
    """Is a ship, when all codes count alike."""
    codes: NDArray[np.int64]
    """(m,) of the labelled ships."""
    seen: NDArray[np.bool_]
    """(m,) ships that are found with a score of at least one half, when all codes count alike."""
    axis_deg: F64
    """0–90 between the axes of detection and warship; NaN where there is none."""
    bow: F64
    """P(bow) as said, NaN where there is no warship."""
    bow_right: F64
    """1: the bow lies at the end it is said to, 0: at the other; NaN where there is no warship."""
    length_error: F64
    """Length found over true length, less 1; NaN where there is no warship."""
    centre_px: F64
    """From the middle between bow and stern; NaN where there is no warship."""


def naval_seen(picture: NavalPicture, found: Found) -> NavalSeen:
    """``found`` in ``picture``, judged by its labels."""
    war = picture.codes == WARSHIP
    match = matches_of(found.boxes, found.rank, picture.boxes[war])
    every = matches_of(found.boxes, found.rank, picture.boxes)
    place = np.empty(len(found.rank), np.intp)
    place[np.argsort(-found.rank, kind="stable")] = np.arange(len(found.rank))
    hit = np.zeros(len(picture.codes), bool)
    hit[every[(every >= 0) & (found.score >= SURE)]] = True
    keel = picture.bows[war] - picture.sterns[war]
    middle = (picture.bows[war] + picture.sterns[war]) / 2
    right = match >= 0

    def of_matches(values: F64) -> F64:
        made = np.full(len(match), np.nan)
        made[right] = values
        return made

    keel, middle, ahead = keel[match[right]], middle[match[right]], found.ahead[right]
    length = np.hypot(*keel.T)
    return NavalSeen(
        place=picture.place,
        rank=found.rank,
        score=found.score,
        counted=place < MOST,
        right=right,
        other=left_out(found.boxes, match, picture.boxes[~war]),
        any_ship=every >= 0,
        codes=picture.codes,
        seen=hit,
        axis_deg=of_matches(axis_error_deg(np.arctan2(keel[:, 1], keel[:, 0]), np.arctan2(ahead[:, 1], ahead[:, 0]))),
        bow=of_matches(found.bow[right]),
        bow_right=of_matches((np.sum(ahead * keel, axis=1) > 0).astype(np.float64)),
        length_error=of_matches(2 * np.hypot(*ahead.T) / length - 1),
        centre_px=of_matches(np.hypot(*(found.centre[right] - middle).T)),
    )


def together(seen: Sequence[NavalSeen]) -> NavalSeen:
    """Several pictures as one table, whose place is ``""``; they stay judged picture by picture."""
    parts = {name: [getattr(s, name) for s in seen] for name in NavalSeen.__struct_fields__ if name != "place"}
    return NavalSeen(place="", **{name: np.concatenate(arrays) for name, arrays in parts.items()})


def naval_figures(seen: Sequence[NavalSeen]) -> dict[str, float]:
    """Figures of pictures taken together: name → value, NaN where there is nothing to measure."""
    all_ = together(seen)
    ships = int((all_.codes == WARSHIP).sum())
    made = {"warships": ships} | _precisions(all_, ships) | _at_half(all_, ships) | _measures(all_)
    for code in sorted({int(c) for c in all_.codes}):
        of_code = all_.codes == code
        made[f"recall_code_{code}"] = float(all_.seen[of_code].mean())
        made[f"ships_code_{code}"] = int(of_code.sum())
    return made


def calibration_figures(seen: Sequence[NavalSeen]) -> dict[str, float]:
    """How far scores and bow probabilities hold, as they were said."""
    all_ = together(seen)
    score, right = all_.score[~all_.other], all_.right[~all_.other]
    likely, known = score >= 0.1, all_.right & (all_.score >= SURE)
    told, held = all_.bow[known], all_.bow_right[known] > 0.5
    made = {
        "ece": calibration_error(score, right),
        "ece_from_0.1": calibration_error(score[likely], right[likely]) if likely.any() else math.nan,
        "bow_ece": calibration_error(told, held) if len(told) else math.nan,
    }
    for low, high in pairwise(BOW_EDGES):
        inside = (told >= low) & ((told < high) | (high == 1.0))
        made[f"bow_right_of_{low:g}_to_{high:g}"] = float(held[inside].mean()) if inside.any() else math.nan
        made[f"bows_of_{low:g}_to_{high:g}"] = int(inside.sum())
    return made | score_bins(score, right)


def _precisions(all_: NavalSeen, ships: int) -> dict[str, float]:
    clear = all_.counted & ~all_.other
    return {
        "ap50": average_precision_of(all_.rank[clear], all_.right[clear], ships),
        "ap50_strict": average_precision_of(all_.rank[all_.counted], all_.right[all_.counted], ships),
        "ap50_all_codes": average_precision_of(all_.rank[all_.counted], all_.any_ship[all_.counted], len(all_.codes)),
    }


def _at_half(all_: NavalSeen, ships: int) -> dict[str, float]:
    clear, sure = ~all_.other, all_.score >= SURE
    hits, said = int((all_.right & sure).sum()), int((clear & sure).sum())
    top, at = best_f1(all_.score[clear], all_.right[clear], ships)
    return {
        "f1_at_half": 2 * hits / max(1, said + ships),
        "precision_at_half": hits / max(1, said),
        "recall_at_half": hits / max(1, ships),
        "best_f1": top,
        "best_f1_score": at,
        "right_at_half": hits,
        "false_at_half": said - hits,
        "missed_at_half": ships - hits,
        "left_out_at_half": int((~clear & sure).sum()),
    }


def _measures(all_: NavalSeen) -> dict[str, float]:
    """On warships found with a score of at least one half."""
    known = all_.right & (all_.score >= SURE)
    if not known.any():
        return dict.fromkeys(MEASURES, math.nan)
    axis, length = all_.axis_deg[known], all_.length_error[known]
    values = (
        (axis <= AXIS_DEG).mean(),
        np.median(axis),
        all_.bow_right[known].mean(),
        np.median(np.abs(length)),
        (np.abs(length) <= LENGTH_SHARE).mean(),
        np.median(length),
        np.median(all_.centre_px[known]),
    )
    return dict(zip(MEASURES, map(float, values), strict=True))
