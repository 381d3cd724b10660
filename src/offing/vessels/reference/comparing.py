"""A photograph's relief against a class's, against another photograph's, and against what a picture shows from above.

Two reliefs are compared by their misfit: what is left of the difference in height when positions may give way by a
fiftieth of the length, heights by a quarter and the deck by a hundredth of the length. How much more often such a
misfit comes from the same class than from another one was measured on simulated photographs (``bench reference``).
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.vessels.model import PartKind
from offing.vessels.profile.model import FRACTIONS, SAMPLES, Profile, Relief
from offing.vessels.reference.model import PhotoRelief
from offing.vessels.reference.steps import OVERHANGING

F64 = NDArray[np.float64]

Verdict = Literal["match", "mismatch", "not visible"]

GIVES = 2
"""Samples of 1/96 by which a position may give way."""
_SCALES = np.array([0.75, 0.85, 1.0, 1.15, 1.33])
_OFFSETS = np.array([-0.01, 0.0, 0.01])
_LEAST = 0.012
"""Heights below this fraction of the length are no steps to compare."""
_WITHIN = 0.35
"""A part matches when its heights differ by no more than this share."""
_TELLS = math.log(1.15)
"""An overhead comparison says something of a kind of part from this ratio on."""
CAP = math.log(30.0)
"""No likelihood ratio of a silhouette is stated beyond 30, or below 1/30: only simulated photographs bear it out."""


class Curve(Record, frozen=True):
    """How misfits are distributed: log-normal."""

    same: tuple[float, float]
    """Mean and standard deviation of the logarithm where the class is the same."""
    other: tuple[float, float]
    """Where it is another."""
    shade: float
    """Spread of the log ratio over the draws it was fitted on."""


TO_CLASS = Curve(same=(-1.2, 0.4), other=(-0.4, 0.3), shade=0.5)
TO_PHOTOGRAPH = Curve(same=(-1.2, 0.4), other=(-0.4, 0.3), shade=0.5)


class PartMatch(Record, frozen=True):
    """What a comparison finds of one part."""

    kind: PartKind | None
    what: str
    """In words: ``house 0.50–0.83, 6 m``."""
    start: float
    """Fraction of the length from the bow."""
    end: float
    verdict: Verdict
    log_ratio: float | None = None
    """Natural logarithm of what it adds, where it can be told apart from the rest."""


class ReferenceComparison(Record, frozen=True):
    """A photograph's relief held against something."""

    against: str
    """Class id, photograph or picture, as named."""
    kind: Literal["class", "photograph", "overhead"]
    ratio: LikelihoodRatio
    """P(this fit | the same class) / P(this fit | another ship of that size)."""
    misfit: float | None
    """0: none; 1: as much as there is to compare. None of an overhead picture."""
    bow_as_taken: float
    """P(the bow is where it was taken to be | the ship is of this kind)."""
    parts: tuple[PartMatch, ...]
    basis: str


def against_class(photo: PhotoRelief, relief: Relief, length_m: float | None = None) -> ReferenceComparison:
    """The photograph against a class's relief, of which ``length_m`` is the length where the relief has none."""
    length = relief.length_m or length_m or photo.length_m or 100.0
    heights = np.array(relief.height_m) / length
    return _compared(photo, heights, relief.name, "class", TO_CLASS, _parts_of_relief(relief, length))


def against_photograph(photo: PhotoRelief, other: PhotoRelief) -> ReferenceComparison:
    """The photograph against another; both bows as far as they are known."""
    heights = np.array(other.above_deck)
    parts = [(p.kind, p.start, p.end, p.height) for p in other.parts]
    sure = other.bow.probability
    one = _compared(photo, heights, other.name, "photograph", TO_PHOTOGRAPH, parts)
    if sure >= 0.999:
        return one
    turned = _compared(photo, heights[::-1], other.name, "photograph", TO_PHOTOGRAPH, parts)
    value = sure * one.ratio.value + (1.0 - sure) * turned.ratio.value
    return ReferenceComparison(
        against=one.against,
        kind=one.kind,
        ratio=_ratio(math.log(value), TO_PHOTOGRAPH.shade),
        misfit=one.misfit,
        bow_as_taken=one.bow_as_taken,
        parts=one.parts,
        basis=f"{one.basis}; the other's bow known with probability {sure:.2f}",
    )


def against_overhead(photo: PhotoRelief, profile: Profile, length_m: float | None = None) -> ReferenceComparison:
    """The photograph against what a picture shows along a hull from above.

    ``length_m`` scales the photograph's heights where it has no length of its own; else the profile's does. Raises
    OffingError where neither is known.
    """
    from offing.vessels.profile.compare import compare, compare_all

    length = photo.length_m or length_m or profile.length_m
    found = compare(profile, photo.relief(length))
    value = found.log_ratio
    bow_first = found.bow_first
    if photo.bow.probability < 0.999:
        turned = compare_all(profile, {"turned": photo.turned().relief(length)})["turned"].log_ratio
        p = photo.bow.probability
        value = math.log(p * math.exp(found.log_ratio) + (1.0 - p) * math.exp(turned))
    parts = tuple(
        PartMatch(
            kind=None,
            what=e.name,
            start=e.start,
            end=e.end,
            verdict="not visible" if abs(e.log_ratio) < _TELLS else "match" if e.log_ratio > 0 else "mismatch",
            log_ratio=e.log_ratio,
        )
        for e in found.evidence
        if e.name != "rest"
    )
    return ReferenceComparison(
        against=profile.image,
        kind="overhead",
        ratio=_ratio(value, 0.5),
        misfit=None,
        bow_as_taken=bow_first,
        parts=parts,
        basis=found.basis,
    )


def misfit(photo: F64, other: F64, usable: NDArray[np.bool_]) -> float:
    """How badly two outlines fit, 0–1 and a little beyond: (n,) heights above the deck, fractions of the length."""
    size = 0.5 * (photo[usable].mean() + other[usable].mean()) + 0.01
    drawn = [np.maximum(other * scale + offset, 0.0) for scale in _SCALES for offset in _OFFSETS]
    tried = [0.5 * (_left(photo, o, usable) + _left(o, photo, usable)) for o in drawn]
    return float(min(tried)) / float(size)


def _left(a: F64, b: F64, usable: NDArray[np.bool_]) -> float:
    """Mean of what of ``a`` is not found in ``b`` within GIVES samples."""
    shifted = np.stack([np.abs(a - _moved(b, d)) for d in range(-GIVES, GIVES + 1)])
    return float(shifted.min(axis=0)[usable].mean())


def _moved(values: F64, by: int) -> F64:
    """Moved by whole samples, the end one repeated."""
    return values[np.clip(np.arange(len(values)) - by, 0, len(values) - 1)]


def log_ratio_of(value: float, curve: Curve) -> float:
    """Natural logarithm of P(misfit | same) / P(misfit | other), capped.

    It is level beyond the ends of what was measured: no fit is held against a class for being too good.
    """
    x = math.log(max(value, 1e-3))
    x = min(max(x, curve.same[0] - 2.0 * curve.same[1]), curve.other[0] + 2.0 * curve.other[1])
    logs = [-0.5 * ((x - m) / s) ** 2 - math.log(s) for m, s in (curve.same, curve.other)]
    return min(max(logs[0] - logs[1], -CAP), CAP)


def _compared(
    photo: PhotoRelief,
    heights: F64,
    name: str,
    kind: Literal["class", "photograph"],
    curve: Curve,
    parts: list[tuple[PartKind | None, float, float, float]],
) -> ReferenceComparison:
    mine, usable = np.array(photo.above_deck), np.array(photo.overhang) <= OVERHANGING
    ahead = misfit(mine, heights, usable)
    astern = misfit(mine[::-1], heights, usable[::-1])
    p = photo.bow.probability
    odds = [p * math.exp(log_ratio_of(ahead, curve)), (1.0 - p) * math.exp(log_ratio_of(astern, curve))]
    mine, usable = (mine, usable) if odds[0] >= odds[1] else (mine[::-1], usable[::-1])
    return ReferenceComparison(
        against=name,
        kind=kind,
        ratio=_ratio(math.log(sum(odds)), curve.shade),
        misfit=ahead if odds[0] >= odds[1] else astern,
        bow_as_taken=odds[0] / sum(odds),
        parts=(*_matched(mine, usable, heights, parts), *_unexplained(photo, heights, odds[0] >= odds[1])),
        basis="heights along the outline; how far a fit tells is measured on simulated photographs",
    )


def _ratio(log_ratio: float, shade: float) -> LikelihoodRatio:
    """With the spread over how misfits were found to be distributed."""
    return LikelihoodRatio(
        value=math.exp(log_ratio), low=math.exp(log_ratio - shade), high=math.exp(min(log_ratio + shade, CAP + shade))
    )


def _parts_of_relief(relief: Relief, length: float) -> list[tuple[PartKind | None, float, float, float]]:
    return [(p.kind, p.start, p.end, p.height_m / length) for p in relief.parts]


def _matched(
    mine: F64, usable: NDArray[np.bool_], heights: F64, parts: list[tuple[PartKind | None, float, float, float]]
) -> list[PartMatch]:
    """Each part of the other relief: whether the photograph has it there."""
    at = np.array(FRACTIONS)
    found = []
    for kind, start, end, height in parts:
        inside = (at >= start) & (at <= end)
        inside[min(int(0.5 * (start + end) * SAMPLES), SAMPLES - 1)] = True
        shown = inside & usable & (heights <= height * 1.05 + 1e-9)
        verdict: Verdict = "not visible"
        if height >= _LEAST and shown.any():
            off = np.stack([np.abs(_moved(mine, d) - height) for d in range(-GIVES, GIVES + 1)]).min(axis=0)
            verdict = "match" if float(np.median(off[shown])) <= max(_WITHIN * height, _LEAST) else "mismatch"
        what = f"{kind or 'step'} {start:.2f}–{end:.2f}, {100 * height:.1f} % of the length high"
        found.append(PartMatch(kind=kind, what=what, start=start, end=end, verdict=verdict))
    return found


def _unexplained(photo: PhotoRelief, heights: F64, ahead: bool) -> list[PartMatch]:
    """Steps of the photograph where the other relief has nothing like it."""
    at = np.array(FRACTIONS)
    near = np.stack([_moved(heights, d) for d in range(-2 * GIVES, 2 * GIVES + 1)]).max(axis=0)
    found = []
    for part in (photo if ahead else photo.turned()).parts:
        inside = (at >= part.start) & (at <= part.end)
        if part.kind == "crane" or not inside.any() or part.height < 2.0 * _LEAST:
            continue
        if float(np.median(near[inside])) < 0.4 * part.height:
            what = f"{part.kind or 'step'} {part.start:.2f}–{part.end:.2f} of the photograph alone"
            found.append(PartMatch(kind=part.kind, what=what, start=part.start, end=part.end, verdict="mismatch"))
    return found
