"""How alike two ships are along the hull, whatever the gains of the two pictures."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.profile.model import Profile

F64 = NDArray[np.float64]

_ENDS = 0.04
"""Share of the length at bow and stern that is left out: where a box ends decides what is seen there."""
_STRETCHES = (0.94, 0.97, 1.0, 1.03, 1.06)
_SHIFTS = (-0.03, -0.02, -0.01, 0.0, 0.01, 0.02, 0.03)
"""By how much one box may be longer than the other, and further ahead, fractions of the length."""
_LEAST_SHARED = 0.5


class Likeness(Record, frozen=True):
    """Two profiles beside each other."""

    as_named: float
    """Fisher's z of the greatest correlation, both bows where they are taken to be."""
    turned: float
    """The same with one of them turned round."""
    agree: float
    """P(the named bows are the same end)."""
    resolved: float
    """Independent samples along the hull at the resolution that both have."""


def likeness(a: Profile, b: Profile) -> Likeness | None:
    """The two profiles at the resolution of the coarser; None where they share too little. Symmetric in ``a, b``."""
    one, other = _blurred(a, b.psf), _blurred(b, a.psf)
    if min(np.isfinite(one).mean(), np.isfinite(other).mean()) < _LEAST_SHARED:
        return None
    p, q = a.bow_probability, b.bow_probability
    coarse = max(a.psf, b.psf)
    return Likeness(
        as_named=_best(one, other),
        turned=_best(one, other[::-1]),
        agree=p * q + (1.0 - p) * (1.0 - q),
        resolved=max(1.0, (1.0 - 2.0 * _ENDS) / (2.0 * math.sqrt(math.pi) * coarse)),
    )


def _blurred(profile: Profile, psf: float) -> F64:
    """The brightness at a resolution no finer than ``psf``; NaN where it is not usable, and at the ends."""
    from scipy.ndimage import gaussian_filter1d

    values, usable = np.array(profile.brightness), np.array(profile.usable, np.float64)
    sd = math.sqrt(max(psf**2 - profile.psf**2, 0.0)) * len(values)
    if sd > 0.2:
        weight = gaussian_filter1d(usable, sd, mode="nearest")
        values = gaussian_filter1d(values * usable, sd, mode="nearest") / np.maximum(weight, 1e-9)
    ends = np.abs(np.array(profile.fractions) - 0.5) > 0.5 - _ENDS
    return np.where((usable > 0.0) & ~ends, values, np.nan)


def _best(one: F64, other: F64) -> float:
    """Fisher's z of the greatest correlation over stretches and shifts, taken both ways round."""
    found = max(_correlations(one, _warped(other)), _correlations(other, _warped(one)))
    return math.atanh(min(max(found, -0.99), 0.99))


@cache
def _warps(count: int) -> tuple[NDArray[np.intp], F64, NDArray[np.bool_]]:
    """(left neighbour, weight of the right one, whether inside), each (warps, samples)."""
    at = np.arange(count) + 0.5
    wanted = np.stack([0.5 * count + (at - 0.5 * count) * k + s * count for k in _STRETCHES for s in _SHIFTS]) - 0.5
    wanted = np.round(wanted, 9)
    left = np.clip(np.floor(wanted).astype(np.intp), 0, count - 2)
    return left, wanted - left, (wanted >= 0.0) & (wanted <= count - 1.0)


def _warped(values: F64) -> F64:
    """(warps, samples): the profile stretched and shifted in every way that is tried; NaN outside."""
    left, weight, inside = _warps(len(values))
    mixed = (1.0 - weight) * values[left] + weight * values[left + 1]
    # A sample that is met exactly does not depend on its neighbour, which may be NaN.
    met = np.where(weight == 0.0, values[left], np.where(weight == 1.0, values[left + 1], mixed))
    return np.where(inside, met, np.nan)


def _correlations(still: F64, warped: F64) -> float:
    """The greatest correlation of ``still`` with a row of ``warped`` that shares enough samples with it."""
    both = np.isfinite(warped) & np.isfinite(still)
    count = np.maximum(both.sum(axis=1, keepdims=True), 1)
    x, y = np.where(both, still, 0.0), np.where(both, warped, 0.0)
    x = np.where(both, x - x.sum(axis=1, keepdims=True) / count, 0.0)
    y = np.where(both, y - y.sum(axis=1, keepdims=True) / count, 0.0)
    norm = np.sqrt((x * x).sum(axis=1) * (y * y).sum(axis=1))
    found = np.where(norm > 1e-9, (x * y).sum(axis=1) / np.maximum(norm, 1e-9), 0.0)
    return float(np.where(both.mean(axis=1) >= _LEAST_SHARED, found, -1.0).max())
