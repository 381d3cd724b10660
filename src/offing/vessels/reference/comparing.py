"""A photograph's relief against a class's, against another photograph's, and against what a picture shows from above.

Two reliefs are compared by their misfit: what is left of the difference in height when positions may give way by a
fiftieth of the length, heights by a quarter and the deck by a hundredth of the length. How much more often such a
misfit comes from the same class than from another one was measured on simulated photographs (``bench reference``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.quantities import LikelihoodRatio
from offing.records import Record
from offing.vessels.model import PartKind
from offing.vessels.profile.model import FRACTIONS, SAMPLES, Evidence, Profile, Relief
from offing.vessels.profile.relief import relief_of
from offing.vessels.reference.model import PartMatch, PhotoRelief, ReferenceComparison, Verdict
from offing.vessels.reference.steps import OVERHANGING, parts_of_outline

F64 = NDArray[np.float64]

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
_FEW, _OTHERS = 8, 24
OVERHEAD_TEMPER, OVERHEAD_CAP, OVERHEAD_SHADE = 0.5, math.log(10.0), 0.5
"""Log ratios count half of what those of the library's layouts do, 10 at most: declared, because ratios of the right
class went down to 0.09 on ten simulated pairs without. The last: their spread over the layouts for any other."""
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


TO_CLASS = Curve(same=(-1.71, 0.98), other=(-0.43, 0.44), shade=0.5)
"""Fitted by design/fit_reference.py on 20 photographs of 12 classes."""
TO_PHOTOGRAPH = Curve(same=(-1.60, 1.01), other=(-0.43, 0.38), shade=0.7)
"""Likewise, on 11 pairs of one class and 59 of two."""


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


def against_overhead(
    photo: PhotoRelief, profile: Profile, length_m: float | None = None, others: Sequence[Relief] | None = None
) -> ReferenceComparison:
    """The photograph against what a picture shows along a hull from above.

    A photograph names next to none of its parts, so its chances are set against those of other layouts of about that
    length without their names too: ``others``, the library's unless given. ``length_m`` scales the photograph's heights
    where it has no length of its own; else the profile's does. Raises OffingError where no length is known.
    """
    from offing.vessels.profile.calibration import calibration
    from offing.vessels.profile.compare import compare, raw_log_ratios

    length = photo.length_m or length_m or profile.length_m
    relief = photo.relief(length)
    nameless = [unnamed(r) for r in (others if others is not None else layouts_about(relief.length_m or 100.0))]
    belief = calibration().at(profile.sensor, profile.length_px)
    reliefs = {"": relief, "turned": photo.turned().relief(length), **{f"o{i}": r for i, r in enumerate(nameless)}}
    logs = {k: belief.temper * v for k, v in raw_log_ratios(profile, reliefs).items()}
    p = photo.bow.probability
    weighed = np.array([math.log(max(p, 1e-9)) + logs[""], math.log(max(1.0 - p, 1e-9)) + logs["turned"]])
    total = float(np.logaddexp(*weighed))
    any_other = float(np.logaddexp.reduce([logs[f"o{i}"] for i in range(len(nameless))])) - math.log(len(nameless))
    cap = min(belief.cap, OVERHEAD_CAP)
    found = compare(profile, relief if weighed[0] >= weighed[1] else reliefs["turned"])
    return ReferenceComparison(
        against=profile.image,
        kind="overhead",
        ratio=_ratio(min(max(OVERHEAD_TEMPER * (total - any_other), -cap), cap), OVERHEAD_SHADE),
        misfit=None,
        bow_as_taken=found.bow_first,
        parts=tuple(_told(e) for e in found.evidence if e.name != "rest"),
        basis=f"{found.basis}; against {len(nameless)} other layouts of about that length, kinds of parts not told, "
        f"within {math.exp(cap):.2g} either way",
    )


def _told(evidence: Evidence) -> PartMatch:
    """What the picture says of one kind of part: with it against without it."""
    verdict: Verdict = "match" if evidence.log_ratio > 0 else "mismatch"
    return PartMatch(
        kind=None,
        what=evidence.name,
        start=evidence.start,
        end=evidence.end,
        verdict="not visible" if abs(evidence.log_ratio) < _TELLS else verdict,
        log_ratio=evidence.log_ratio,
    )


def unnamed(relief: Relief) -> Relief:
    """A class's relief as a photograph of her would give it: kinds only as far as an outline tells."""
    heights = np.array(relief.height_m) / (relief.length_m or 100.0)
    parts = parts_of_outline(heights, np.zeros(len(heights)), relief.position_sd, 0.003, 0.02)
    kinds = tuple(next((p.kind for p in parts if p.start <= f <= p.end), None) for f in relief.fractions)
    return msgspec.structs.replace(relief, kinds=kinds, parts=())


def layouts_about(length_m: float) -> list[Relief]:
    """Layouts of the library for ships of that length within a quarter, or the nearest ones; 24 at most, in order."""
    from offing.vessels.classes import library

    known = [r for r in map(relief_of, library()) if r is not None and r.length_m]
    near = [r for r in known if abs(math.log((r.length_m or 1.0) / length_m)) <= math.log(1.25)]
    if len(near) < _FEW:
        near = sorted(known, key=lambda r: abs(math.log((r.length_m or 1.0) / length_m)))[:_FEW]
    near = sorted(near, key=lambda r: r.name)
    return [near[round(i * (len(near) - 1) / (_OTHERS - 1))] for i in range(_OTHERS)] if len(near) > _OTHERS else near


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
    """Natural logarithm of P(misfit | same) / P(misfit | other), within CAP.

    It never rises with the misfit: where the wider distribution would overtake the other again, it stays as it is.
    """
    x = math.log(max(value, 1e-3))
    tried = np.linspace(min(x, curve.other[0] - 4.0 * curve.other[1]), x, 60)
    logs = [-0.5 * ((tried - m) / s) ** 2 - math.log(s) for m, s in (curve.same, curve.other)]
    ratio: F64 = logs[0] - logs[1]
    best = int(np.argmax(ratio))
    return min(max(float(ratio[best:].min()), -CAP), CAP) if best else min(max(float(ratio.min()), -CAP), CAP)


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
