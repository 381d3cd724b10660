"""From a photograph to the outline of the one ship in it, or to the reason why there is none.

The picture is levelled, what is unlike the backdrop is found (``backdrop``), colours of ship and backdrop are parted
by GrabCut (Rother, Kolmogorov and Blake 2004), and thin masts that it rounds off are put back from the first map.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.vessels.reference.backdrop import MARGIN, backdrop_tilt, lab, levelled, unlike_backdrop
from offing.vessels.reference.model import Quality
from offing.vessels.reference.waterline import Foot, foot_of, levelled_mask

Mask = NDArray[np.bool_]

LEAST_SPAN, LEAST_SECOND = 0.10, 0.45
"""A ship takes this part of the width at least; another with this part of the first one's length is a ship too."""
LEAST_QUALITY = 0.35
"""Below this the outline is no ground for anything."""
_SURE, _LIKELY = 3.0, 1.35
"""Scores against the backdrop: certainly ship, and likely where it hangs together with that."""
_GRABCUT_PX, _ROUNDS = 520, 3
_GAP = 0.012
"""Pieces this near to each other, part of the picture's width, belong together."""
_FREEBOARD = 0.10
"""And pieces over one another so near, part of the longer one's length: a grey hull before a grey sea hardly shows
between her waterline and her superstructure.
"""
_SLIVER = 0.25
"""Ends of the shape lower than this part of its median height are no hull."""
_FLAT, _LOW = 1.3, 18.0
"""A ship is so many times longer than she is high, masts included: a tug, a laden barge."""
_SHARP = 0.3
"""Share of a shape's outline that must be sharp."""
_CUT_OUT = "cut the picture to the one that is meant"
_CHOOSE = "choose one with the whole ship from abeam before plain sky and sea, or trace her and give the trace"


class Silhouette(NamedTuple):
    """The outline of one ship, levelled by her own waterline."""

    mask: Mask
    """(rows, cols), level."""
    overhang: NDArray[np.float64]
    """(cols,): share of open sky between the outline and the foot in each column."""
    foot: Foot
    """Where the hull meets the water, in the levelled mask."""
    tilt_deg: float
    """Clockwise, taken out."""
    quality: Quality
    notes: tuple[str, ...]


def silhouette_of(rgb: NDArray[np.uint8], where: str) -> Silhouette:
    """The one ship in a photograph of (rows, cols, 3).

    Raises PictureError when there is no ship, more than one, one that is cut off at an edge, or an outline that cannot
    be relied on.
    """
    tilt, sure = backdrop_tilt(lab(rgb))
    level = levelled(rgb, tilt)
    score, sharp = unlike_backdrop(lab(level))
    try:
        seed = filled(_only_ship(_likely(score, sharp), where))
    except PictureError:
        _check_not_cut(lab(rgb), where)
        raise
    cut = _by_colour(level, score, seed)
    found = _only_ship(_with_masts(cut, seed), where)
    mask = _hull_alone(filled(found), where)
    _check_whole(mask, where)
    foot = foot_of(mask)
    quality = Quality(contrast=_contrast(mask, score), agreement=_overlap(mask, seed), waterline=foot.straight)
    _check_ship(quality, where)
    return Silhouette(
        mask=levelled_mask(mask, foot),
        overhang=overhang_of(found, foot),
        foot=foot,
        tilt_deg=tilt + foot.tilt_deg,
        quality=quality,
        notes=_notes(sure, foot),
    )


def _notes(sure: float, foot: Foot) -> tuple[str, ...]:
    if sure > 0.5 and abs(foot.tilt_deg) > 1.5:
        return (
            f"the waterline lies {abs(foot.tilt_deg):.1f}° off the horizon: she is seen from ahead or astern of abeam",
        )
    return ()


def _likely(score: NDArray[np.float32], sharp: NDArray[np.float32]) -> Mask:
    """What is unlike the backdrop: strong pixels with the fainter ones that hang together with them, as far as their
    outline is sharp somewhere; a cloud's is not.
    """
    import cv2

    soft = cv2.GaussianBlur(score, (0, 0), 1.0)
    faint = (soft > _LIKELY).astype(np.uint8)
    closed = cv2.morphologyEx(faint, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels = cv2.connectedComponents(closed, connectivity=8)
    rim = (closed > 0) & (cv2.erode(closed, np.ones((3, 3), np.uint8)) == 0)
    edge = cv2.dilate(sharp, np.ones((5, 5), np.uint8)) > 1.0
    rims, edges = (np.bincount(labels[m], minlength=count) for m in (rim, rim & edge))
    strong = np.zeros(count, np.bool_)
    strong[np.unique(labels[soft > _SURE])] = True
    kept = strong & (edges >= _SHARP * rims)
    kept[0] = False
    return np.asarray(kept[labels], np.bool_)


def _only_ship(mask: Mask, where: str) -> Mask:
    """The shape that is the ship, with her pieces. Raises PictureError for none and for several."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    shapes = _groups(stats, mask.shape[1])
    wide = [(b - a, np.asarray(np.isin(labels, ids), np.bool_)) for a, b, ids in shapes]
    ships = [(w, shape) for w, shape in wide if w >= LEAST_SPAN * mask.shape[1] and _ship_like(shape)]
    if not ships:
        raise PictureError("a photograph without a ship: nothing in it has a ship's outline", where=where, fix=_CHOOSE)
    longest = max(w for w, _ in ships)
    several = [shape for w, shape in ships if w >= LEAST_SECOND * longest]
    if len(several) > 1:
        raise PictureError(
            f"shows {len(several)} ships, or shapes like one",
            where=where,
            fix=_CUT_OUT,
        )
    return several[0]


def _groups(stats: NDArray[Any], cols: int) -> list[tuple[int, int, list[int]]]:
    """(first column, after the last, labels) of pieces that stand over one another: one ship's, larger pieces first."""
    import cv2

    order = sorted(range(1, len(stats)), key=lambda i: (-int(stats[i, cv2.CC_STAT_AREA]), i))
    groups: list[list[Any]] = []
    for i in order:
        left, top, wide, high = (int(v) for v in stats[i, : cv2.CC_STAT_AREA])
        gap = round(_GAP * cols)
        for group in groups:
            a, b, y0, y1, ids = group
            beside = left < b + gap and left + wide > a - gap
            apart = max(gap, _FREEBOARD * max(b - a, wide))
            if beside and top < y1 + apart and top + high > y0 - apart:
                group[:] = [min(a, left), max(b, left + wide), min(y0, top), max(y1, top + high), [*ids, i]]
                break
        else:
            if int(stats[i, cv2.CC_STAT_AREA]) >= 12:
                groups.append([left, left + wide, top, top + high, [i]])
    return [(a, b, ids) for a, b, _, _, ids in groups]


def _ship_like(shape: Mask) -> bool:
    """Longer than high, and standing on a straight foot."""
    rows = np.flatnonzero(shape.any(axis=1))
    columns = np.flatnonzero(shape.any(axis=0))
    long, high = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    return bool(_FLAT * high <= long <= _LOW * high) and foot_of(shape).straight >= 0.4


def _by_colour(rgb: NDArray[np.uint8], score: NDArray[np.float32], seed: Mask) -> Mask:
    """GrabCut around the seed, at a size at which it is quick; the mask at the picture's size."""
    import cv2

    rows, cols = seed.shape
    ys, xs = np.flatnonzero(seed.any(axis=1)), np.flatnonzero(seed.any(axis=0))
    pad = max(8, round(0.12 * (xs[-1] - xs[0])))
    top, bottom = max(0, ys[0] - pad), min(rows, ys[-1] + pad)
    left, right = max(0, xs[0] - pad), min(cols, xs[-1] + pad)
    window = (slice(top, bottom), slice(left, right))
    shrink = min(1.0, _GRABCUT_PX / (right - left))
    size = (max(8, round((right - left) * shrink)), max(8, round((bottom - top) * shrink)))
    small = cv2.resize(rgb[window], size, interpolation=cv2.INTER_AREA)
    level = cv2.resize(score[window], size, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(seed[window].astype(np.float32), size, interpolation=cv2.INTER_AREA)
    labels = np.where(inside > 0.5, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[(inside > 0.9) & (level > _SURE)] = cv2.GC_FGD
    labels[(inside < 0.05) & (level < 0.6)] = cv2.GC_BGD
    labels[0], labels[-1] = cv2.GC_BGD, cv2.GC_BGD
    if not ((labels & 1).any() and not (labels & 1).all()):
        return seed
    cv2.setRNGSeed(0)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    whole = (0, 0, size[0], size[1])  # not looked at: the labels say where
    cv2.grabCut(np.ascontiguousarray(small), labels, whole, *models, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    found = cv2.resize((labels & 1).astype(np.float32), (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    mask = np.zeros_like(seed)
    mask[window] = found > 0.5
    return mask


def _with_masts(cut: Mask, seed: Mask) -> Mask:
    """The cut with what the seed has above it: masts and cranes that GrabCut rounds off."""
    columns = np.flatnonzero(cut.any(axis=0))
    if columns.size == 0:
        return seed
    top = np.where(cut.any(axis=0), np.argmax(cut, axis=0), cut.shape[0])
    deck = int(np.quantile(top[columns], 0.9))
    above = seed & (np.arange(cut.shape[0])[:, None] <= deck)
    above[:, : columns[0]] = False
    above[:, columns[-1] + 1 :] = False
    return np.asarray(cut | above, np.bool_)


def filled(mask: Mask) -> Mask:
    """Every column solid from its highest pixel to its lowest: under a jib and behind a window is ship."""
    down = np.maximum.accumulate(mask, axis=0)
    up = np.maximum.accumulate(mask[::-1], axis=0)[::-1]
    return np.asarray(down & up, np.bool_)


def overhang_of(mask: Mask, foot: Foot) -> NDArray[np.float64]:
    """(cols,): share of open sky below the outline, in the upper part of each column, which the hull does not fill."""
    import cv2

    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    level = levelled_mask(np.asarray(closed > 0, np.bool_), foot)
    _, labels = cv2.connectedComponents((~level).astype(np.uint8), connectivity=4)
    outside = labels == labels[0, 0]
    solid = filled(level)
    deck = int(np.quantile(np.argmax(solid, axis=0)[solid.any(axis=0)], 0.85)) if solid.any() else 0
    upper = solid & (np.arange(mask.shape[0])[:, None] < deck)
    return np.asarray((upper & outside).sum(axis=0) / np.maximum(upper.sum(axis=0), 1), np.float64)


def _hull_alone(mask: Mask, where: str) -> Mask:
    """Without slivers that go on ahead, astern and between: a wake, a piece of the horizon. Raises PictureError where
    they joined two ships.
    """
    high = mask.sum(axis=0)
    hull = high >= _SLIVER * np.median(high[high > 0])
    gap = max(2, round(_GAP * mask.shape[1]))
    at = np.flatnonzero(hull)
    runs = np.split(at, np.flatnonzero(np.diff(at) > gap) + 1)
    runs.sort(key=len, reverse=True)
    if len(runs) > 1 and len(runs[1]) >= LEAST_SECOND * len(runs[0]):
        raise PictureError("shows 2 ships, or shapes like one", where=where, fix=_CUT_OUT)
    out = mask.copy()
    out[:, : runs[0][0]] = False
    out[:, runs[0][-1] + 1 :] = False
    return out


def _check_not_cut(colours: NDArray[np.float32], where: str) -> None:
    """Raises PictureError where a ship shows against one side of the picture alone, and reaches the other."""
    import cv2

    for side, edge in (("right", 0), ("left", -1)):
        likely = _likely(*unlike_backdrop(colours, "right" if side == "right" else "left"))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(filled(likely).astype(np.uint8), connectivity=8)
        for label in np.unique(labels[:, edge]):
            wide = int(stats[label, cv2.CC_STAT_WIDTH])
            if label and LEAST_SPAN * likely.shape[1] <= wide < 0.95 * likely.shape[1] and _ship_like(labels == label):
                _check_whole(np.asarray(labels == label, np.bool_), where)


def _check_whole(mask: Mask, where: str) -> None:
    """Raises PictureError where the ship reaches an edge of the picture, or so near to one that she may go on there."""
    near = round((MARGIN + 0.005) * mask.shape[1])
    edges = {"left": mask[:, :near], "right": mask[:, -near:], "upper": mask[:2]}
    cut = [name for name, edge in edges.items() if edge.any()]
    if cut:
        raise PictureError(
            f"the ship is cut off at the {' and '.join(cut)} edge, or ends too near to it to tell",
            where=where,
            fix=f"choose one that shows her whole, with {MARGIN:.0%} of the width free at each side",
        )


def _check_ship(quality: Quality, where: str) -> None:
    if quality.value < LEAST_QUALITY:
        weak = min(("contrast", "agreement", "waterline"), key=lambda name: float(getattr(quality, name)))
        raise PictureError(
            f"the ship's outline cannot be told from what is around it ({weak} {getattr(quality, weak):.2f} of 1)",
            where=where,
            fix=_CHOOSE,
        )


def _contrast(mask: Mask, score: NDArray[np.float32]) -> float:
    """Share of the outline above the foot just inside which the ship is certainly unlike the backdrop."""
    import cv2

    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    rim = mask & ~inner
    local = cv2.dilate(score, np.ones((3, 3), np.uint8))
    return float(np.mean(local[rim] > 1.0)) if rim.any() else 0.0


def _overlap(a: Mask, b: Mask) -> float:
    union = int((a | b).sum())
    return float((a & b).sum()) / union if union else 0.0
