"""How likely a profile is for a ship with given parts whose paint nobody knows: a Gaussian process, summed up exactly.

Brightness along the hull = deck + Σ parts (unknown gain × where the part stands, blurred by the point spread) + ends of
the hull + texture + noise. The gains have Gaussian priors with means and spreads by kind, one share common to all
parts of a kind (four hatches wear one paint) and one of the part's own, so that they are integrated out: the profile
is Gaussian with a known mean and covariance (Rasmussen and Williams 2006, §2.7). Where exactly a part begins is
uncertain: to first order in that, each of its ends adds the derivative of the blurred edge with a gain of its own.
The common scale of everything is uncertain as well; under an inverse gamma prior the marginal is a Student t.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.model import Part

F64 = NDArray[np.float64]

MIDDLE = 0.6
"""Share of the beam that a profile averages; see ``measured``."""


class Gain(Record, frozen=True):
    """Brightness of a kind of part beside the deck's, in robust standard deviations of the profile."""

    mean: float
    common: float
    """Standard deviation of what all parts of the kind share."""
    own: float
    """Standard deviation of what each has of its own."""


class Look(Record, frozen=True):
    """How a kind of sensor sees ships: declared, not fitted; ``calibration`` says how far the result holds."""

    gains: dict[str, Gain]
    deck: float = 1.2
    """Standard deviation of the deck's level."""
    trend: float = 0.5
    """Standard deviation of the deck's slope from middle to end."""
    ends: float = 1.5
    """Standard deviation of what bow and stern add: taper, water, foam."""
    textures: tuple[tuple[float, float], ...] = ((0.6, 0.012), (0.35, 0.03), (0.45, 0.10))
    """(standard deviation, length as a fraction of the ship's) of what stands there beside the parts."""
    floor: float = 0.08
    """Standard deviation of what else a sample has of its own."""
    freedom: float = 6.0
    """Of the Student t."""


_OPTICAL = Look(
    gains={
        "house": Gain(mean=1.5, common=1.2, own=0.7),
        "funnel": Gain(mean=-0.3, common=1.0, own=0.5),
        "hatch": Gain(mean=0.5, common=1.0, own=0.3),
        "crane": Gain(mean=0.5, common=1.0, own=0.4),
        "boxes": Gain(mean=0.3, common=0.8, own=0.8),
        "helideck": Gain(mean=0.0, common=1.0, own=0.4),
        "well": Gain(mean=-0.5, common=1.0, own=0.4),
        "ramp": Gain(mean=0.0, common=0.8, own=0.4),
        "mast": Gain(mean=0.4, common=0.8, own=0.4),
        "gun": Gain(mean=0.4, common=0.7, own=0.4),
        "gear": Gain(mean=0.2, common=0.6, own=0.5),
    }
)
_RADAR = Look(
    gains={
        "house": Gain(mean=0.8, common=1.0, own=0.7),
        "funnel": Gain(mean=0.3, common=0.8, own=0.6),
        "hatch": Gain(mean=0.1, common=0.7, own=0.5),
        "crane": Gain(mean=0.8, common=1.0, own=0.7),
        "boxes": Gain(mean=0.3, common=0.9, own=0.7),
        "helideck": Gain(mean=-0.5, common=0.8, own=0.4),
        "well": Gain(mean=0.0, common=1.0, own=0.4),
        "ramp": Gain(mean=0.3, common=0.8, own=0.5),
        "mast": Gain(mean=0.5, common=0.8, own=0.6),
        "gun": Gain(mean=0.2, common=0.6, own=0.5),
        "gear": Gain(mean=0.0, common=0.6, own=0.5),
    },
    textures=((0.7, 0.02), (0.6, 0.05), (0.6, 0.15)),
)


def look(sensor: str) -> Look:
    """How that kind of sensor sees ships."""
    return _RADAR if sensor == "sar" else _OPTICAL


class Sight(Record, frozen=True):
    """What limits a profile: rounded, so that ships of one picture share their covariances."""

    sensor: str
    psf: float
    """Standard deviation, fraction of the length."""
    noise: float
    """Standard deviation of a sample."""
    samples: int
    """How many remain once neighbours that tell the same are averaged."""
    shift_sd: float
    """Of the box's middle along the hull, fraction of the length."""
    stretch_sd: float
    """Of the box's length, fraction."""


class Fits(Record, frozen=True, eq=False):
    """A relief as one kind of sight expects it, for several places of the box."""

    means: F64
    """(places, samples)."""
    whitening: F64
    """(places, samples, samples): inverse Cholesky factors of the covariances."""
    log_norm: F64
    """(places,) log prior weight less half the log determinant."""
    freedom: float

    def log_density(self, values: F64) -> float:
        """Log density of (samples,) ``values``, the box's place integrated out."""
        return log_mean(self.log_densities(values))

    def log_densities(self, values: F64) -> F64:
        """(places,) with the prior weights of the places in them."""
        white = np.einsum("pij,pj->pi", self.whitening, values - self.means)
        n, nu = len(values), self.freedom
        tail = -0.5 * (nu + n) * np.log1p((white**2).sum(axis=1) / nu)
        constant = math.lgamma(0.5 * (nu + n)) - math.lgamma(0.5 * nu) - 0.5 * n * math.log(math.pi * nu)
        return np.asarray(tail + self.log_norm + constant, np.float64)


def log_mean(logs: F64) -> float:
    """Log of the sum of exponentials."""
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).sum()))


def covered(part: Part) -> float:
    """Share of the middle of the beam that a part takes, 0–1."""
    low, high = part.across - 0.5 * part.width, part.across + 0.5 * part.width
    return max(0.0, min(high, 0.5 * MIDDLE) - max(low, -0.5 * MIDDLE)) / MIDDLE


@lru_cache(maxsize=256)
def fits(parts: tuple[Part, ...], position_sd: float, sight: Sight, kept: tuple[int, ...], places: int = 5) -> Fits:
    """What profiles of a ship with these parts look like to ``sight``, over ``places`` × 3 places of the box; only the
    ``kept`` samples take part.
    """
    seen = look(sight.sensor)
    at = (np.array(kept) + 0.5) / sight.samples
    shifts, stretches, weights = _places(sight, places)
    moved = 0.5 + (at[None, :] - 0.5 - shifts[:, None]) * stretches[:, None]
    base = _base(at, sight, seen)
    mean, columns = _columns(moved, parts, position_sd, sight, seen)
    covariance = base + columns @ columns.transpose(0, 2, 1)
    factor = np.linalg.cholesky(covariance)
    half_log = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    # The Student t's scale matrix has the covariance's size at (freedom − 2) / freedom.
    shrink = (seen.freedom - 2.0) / seen.freedom
    return Fits(
        means=mean,
        whitening=np.linalg.inv(factor) / math.sqrt(shrink),
        log_norm=np.log(weights) - half_log - 0.5 * len(at) * math.log(shrink),
        freedom=seen.freedom,
    )


def _places(sight: Sight, places: int) -> tuple[F64, F64, F64]:
    """(shifts, stretches, weights) of a grid over the box's errors; one place where one is asked for."""
    if places == 1:
        return np.zeros(1), np.ones(1), np.ones(1)
    z, zs = np.linspace(-2.0, 2.0, places), np.array([-1.2, 0.0, 1.2])
    shift, stretch = (g.ravel() for g in np.meshgrid(z, zs, indexing="ij"))
    weights = np.exp(-0.5 * (shift**2 + stretch**2))
    return shift * sight.shift_sd, 1.0 + stretch * sight.stretch_sd, weights / weights.sum()


def _base(at: F64, sight: Sight, seen: Look) -> F64:
    """(samples, samples): deck, ends, texture and noise."""
    apart = at[:, None] - at[None, :]
    trend = 2.0 * at - 1.0
    ends = [np.exp(-at / width) for width in (0.03, 0.10)] + [np.exp(-(1.0 - at) / 0.03)]
    fixed = np.stack([np.full_like(at, seen.deck), seen.trend * trend, *(seen.ends * e for e in ends)])
    total = fixed.T @ fixed
    for sd, length in seen.textures:
        wide = length**2 + 2.0 * sight.psf**2
        total += sd**2 * length / math.sqrt(wide) * np.exp(-0.5 * apart**2 / wide)
    reach = 2.0 * sight.psf**2
    total += sight.noise**2 * np.exp(-0.5 * apart**2 / reach)
    return np.asarray(total + seen.floor**2 * np.eye(len(at)), np.float64)


def _columns(at: F64, parts: Sequence[Part], position_sd: float, sight: Sight, seen: Look) -> tuple[F64, F64]:
    """(mean (places, samples), columns (places, samples, n) whose squares sum to the parts' covariance)."""
    from scipy.special import ndtr

    width = math.hypot(sight.psf, position_sd)
    mean, columns = np.zeros_like(at), []
    for kind in dict.fromkeys(p.kind for p in parts):
        gain, shared = seen.gains[kind], np.zeros_like(at)
        for part in (p for p in parts if p.kind == kind):
            share = covered(part)
            start, end = (at - part.start) / width, (at - part.end) / width
            shape = share * (ndtr(start) - ndtr(end))
            shared += shape
            columns.append(gain.own * shape)
            edge = share * math.sqrt(gain.mean**2 + gain.common**2 + gain.own**2) * position_sd / width
            columns += [edge * _normal(start), edge * _normal(end)]
        mean += gain.mean * shared
        columns.append(gain.common * shared)
    if not columns:
        return mean, np.zeros((*at.shape, 1))
    return mean, np.stack(columns, axis=2)


def _normal(z: F64) -> F64:
    return np.asarray(np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi), np.float64)
