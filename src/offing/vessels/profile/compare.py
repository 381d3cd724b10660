"""A measured profile under the relief of a class, against any ship of that size.

The likelihood of the profile is computed under each relief with unknown paint (``covariance``), both ends taken for
the bow as far as the picture leaves it open, and divided by its mean over layouts drawn at random (``anyship``). The
log ratio is tempered and capped as measured on simulated ships (``calibration``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.records import Record
from offing.vessels.model import Part, PartKind
from offing.vessels.profile.anyship import any_layouts
from offing.vessels.profile.calibration import ProfileCalibration, calibration
from offing.vessels.profile.covariance import Fits, Sight, fits, log_mean
from offing.vessels.profile.model import Evidence, Profile, Relief

F64 = NDArray[np.float64]

SURE = 0.98
"""No bow probability counts for more."""
FINEST = 0.006
"""Least point spread that is reckoned with, fraction of the length: layouts are not known finer."""
_POINTS = (24, 32)
_MOST_POINTS = 48
_WORDS: dict[PartKind, str] = {
    "hatch": "hatches", "house": "superstructure", "funnel": "funnels", "crane": "cranes", "mast": "masts",
    "gun": "guns", "boxes": "containers", "gear": "deck gear", "helideck": "helicopter deck", "ramp": "ramps",
    "well": "well",
}  # fmt: skip


class Comparison(Record, frozen=True):
    """How well a profile fits one relief."""

    relief: str
    """Class id, or the photograph's name."""
    log_ratio: float
    """Natural logarithm of P(profile | relief) / P(profile | any ship of that size), tempered and capped."""
    raw_log_ratio: float
    """Before that."""
    capped: bool
    """True: the cap holds it back."""
    bow_first: float
    """P(the end taken for the bow is the bow | the ship has this relief), 0–1."""
    evidence: tuple[Evidence, ...]
    """By kind of part, bow to stern; empty where it was not asked for."""
    basis: str
    """What it was computed from."""


def compare(profile: Profile, relief: Relief) -> Comparison:
    """``profile`` under ``relief`` against any ship, with the evidence by kind of part."""
    return compare_all(profile, {relief.name: relief}, detailed=1)[relief.name]


def compare_all(
    profile: Profile,
    reliefs: Mapping[str, Relief],
    *,
    detailed: int = 0,
    weights: Mapping[str, float] | None = None,
    calibrated: ProfileCalibration | None = None,
) -> dict[str, Comparison]:
    """``profile`` under each of ``reliefs``, by the same keys.

    The ``detailed`` likeliest, by ``weights`` before the comparison, get their evidence by kind of part. ``calibrated``
    replaces the kept calibration. No two of the reliefs, nor any ship, are set further apart than its cap.
    """
    seen = _Seen(profile)
    belief = (calibrated or calibration()).at(profile.sensor, profile.length_px)
    any_ship = seen.any_ship()
    under = {key: seen.under(parts_of(r), r.position_sd) for key, r in reliefs.items()}
    raws = {key: total - any_ship for key, (total, _) in under.items()}
    free = {key: belief.stated(raw) for key, raw in raws.items()}
    stated = within_cap(free, belief.cap)
    ranked = sorted(reliefs, key=lambda k: (-stated[k] - math.log((weights or {}).get(k, 1.0) or 1e-300), k))
    basis = (
        f"brightness along {profile.length_px:.0f} pixels of {Path(profile.image).name}, paint unknown; likelihood "
        f"ratios of at most {math.exp(belief.cap):.3g} between any two, as calibrated on simulated ships"
    )
    return {
        key: Comparison(
            relief=relief.name,
            log_ratio=stated[key],
            raw_log_ratio=raws[key],
            capped=stated[key] != free[key],
            bow_first=under[key][1],
            evidence=_evidence(seen, relief, under[key][0], raws[key], stated[key]) if key in ranked[:detailed] else (),
            basis=basis,
        )
        for key, relief in reliefs.items()
    }


def within_cap(log_ratios: Mapping[str, float], cap: float) -> dict[str, float]:
    """The log ratios against any ship (0), moved together so that no two, nor any ship, are further apart than ``cap``:
    the best stays where it is, or at the cap, and the others fall no further behind it.
    """
    top = max([0.0, *(min(v, cap) for v in log_ratios.values())])
    return {key: min(max(v, top - cap), cap) for key, v in log_ratios.items()}


def raw_log_ratios(profile: Profile, reliefs: Mapping[str, Relief]) -> dict[str, float]:
    """The log ratios before they are tempered and capped: what the calibration is fitted on."""
    seen = _Seen(profile)
    any_ship = seen.any_ship()
    return {key: seen.under(parts_of(r), r.position_sd)[0] - any_ship for key, r in reliefs.items()}


def parts_of(relief: Relief) -> tuple[Part, ...]:
    """The parts a relief was drawn from; of a photograph, its runs of one kind and about one height as parts."""
    if relief.parts:
        return relief.parts
    step = 1.0 / len(relief.fractions)
    levels = [
        (kind or ("house" if h >= 4.0 else "gear"), round(h / 3.0), h)
        for kind, h in zip(relief.kinds, relief.height_m, strict=True)
    ]
    found, at = [], 0
    for (kind, level), run in groupby(levels, key=lambda x: (x[0], x[1])):
        heights = [h for _, _, h in run]
        if level > 0 or max(heights) > 1.0:
            found.append(
                Part(
                    kind=kind,
                    start=at * step,
                    end=min((at + len(heights)) * step, 1.0),
                    width=0.7,
                    height_m=float(np.mean(heights)),
                )
            )
        at += len(heights)
    return tuple(found)


class _Seen:
    """A profile made ready for comparison: fewer samples where neighbours tell the same, and both directions."""

    def __init__(self, profile: Profile) -> None:
        self.sight, group = sight_of(profile)
        values = np.array(profile.brightness).reshape(-1, group).mean(axis=1)
        usable: NDArray[np.bool_] = np.asarray(np.array(profile.usable).reshape(-1, group).all(axis=1))
        self.ahead = (values, tuple(int(i) for i in np.flatnonzero(usable)))
        self.astern = (values[::-1], tuple(int(i) for i in np.flatnonzero(usable[::-1])))
        bow = min(max(profile.bow_probability, 1.0 - SURE), SURE)
        self.log_bow = np.log([bow, 1.0 - bow])

    def under(self, parts: tuple[Part, ...], position_sd: float, places: int = 5) -> tuple[float, float]:
        """(log density, P(the first sample is the bow | parts))."""
        both = np.array([self._one(d, parts, position_sd, places) for d in (self.ahead, self.astern)]) + self.log_bow
        total = log_mean(both)
        return total, math.exp(both[0] - total)

    def any_ship(self) -> float:
        """Log of the mean density over layouts drawn at random."""
        logs = [self.under(layout, 0.03, places=1)[0] for layout in any_layouts()]
        return log_mean(np.array(logs)) - math.log(len(logs))

    def _one(
        self, read: tuple[F64, tuple[int, ...]], parts: tuple[Part, ...], position_sd: float, places: int
    ) -> float:
        values, kept = read
        fit: Fits = fits(parts, position_sd, self.sight, kept, places)
        return fit.log_density(values[list(kept)])


def sight_of(profile: Profile) -> tuple[Sight, int]:
    """(what limits the profile, how many neighbouring samples are averaged), rounded to coarse steps."""
    psf = 1.12 ** round(math.log(math.hypot(profile.psf, FINEST)) / math.log(1.12))
    noise = 1.5 ** round(math.log(min(max(profile.noise, 0.02), 1.5)) / math.log(1.5))
    resolved = 0.8 * math.hypot(psf, 0.02)
    samples = next((n for n in _POINTS if 1.0 / n <= resolved), _MOST_POINTS)
    pixel = 1.12 ** -round(math.log(profile.length_px) / math.log(1.12))
    sight = Sight(
        sensor="sar" if profile.sensor == "sar" else "optical",
        psf=psf,
        noise=noise,
        samples=samples,
        shift_sd=math.hypot(0.012, 0.35 * pixel),
        stretch_sd=math.hypot(0.03, 0.7 * pixel),
    )
    return sight, len(profile.fractions) // samples


def _evidence(seen: _Seen, relief: Relief, total: float, raw: float, stated: float) -> tuple[Evidence, ...]:
    """What each kind of part adds: the log ratio with it less that without it, on the scale of what is stated."""
    parts = parts_of(relief)
    scale = stated / raw if raw else 0.0
    found: list[Evidence] = []
    for kind in _kinds(parts):
        those = [p for p in parts if p.kind == kind]
        without, _ = seen.under(tuple(p for p in parts if p.kind != kind), relief.position_sd)
        start, end = min(p.start for p in those), max(p.end for p in those)
        found.append(Evidence(name=_WORDS[kind], start=start, end=end, log_ratio=scale * (total - without)))
    rest = stated - sum(e.log_ratio for e in found)
    return (*sorted(found, key=lambda e: (e.start, e.name)), Evidence(name="rest", start=0.0, end=1.0, log_ratio=rest))


def _kinds(parts: Iterable[Part]) -> list[PartKind]:
    return list(dict.fromkeys(p.kind for p in parts))
