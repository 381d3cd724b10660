"""What optical pictures show of a ship: P(found) by length, pixel size, at the quay, and near a cloud's edge.

Protocol: simulated ports (``optical_scenes``) at 0.7, 3, 5 and 10 m; a logistic regression of found on length, pixel
size and a cloud's edge, for each of the two networks, in open water and at the quay
(``offing.looks.optical_seen.terms``), ships of one picture counted as one draw; its calibration on pictures of other
seeds. Where the labelled sets are at hand: a regression of its own on length, for each berth, over Sentinel-2 ports and
over naval harbours, ships of one place counted as one draw. False alarms are counted too, with Garwood's (1936) 90 %
interval; the other intervals are Wilson's (1927).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, product
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing import __version__
from offing.bench.model import BenchOptions, BenchResult
from offing.bench.optical_labelled import Labelled, LabelledSet, labelled_sets
from offing.bench.optical_scenes import LENGTH_M, Searched, Sought, searched
from offing.bench.optical_words import figures
from offing.bench.regression import Fit, fit_logistic
from offing.bench.seen_curve import cell_of, foretelling, foretold, misfit
from offing.bench.seen_scenes import MIN_SCORE
from offing.looks.optical_seen import FalseAlarms, LengthSpread, OpticalSeen, RealSeen, real_terms, terms
from offing.looks.seen import SeenCell
from offing.quantities import Interval

FIRST_SEED = 5_000_000
"""Seeds from here on are kept for this benchmark; no simulated picture elsewhere uses them."""
KINDS: tuple[tuple[float, int], ...] = ((0.7, 1400), (3.0, 448), (5.0, 272), (10.0, 144))
"""(side of a pixel in metres, pixels a side)."""
SPEAKS_FOR: Mapping[float, tuple[float, float]] = {0.7: (0.3, 1.3), 3.0: (2.3, 3.9), 5.0: (3.9, 6.5), 10.0: (7.0, 13.0)}
"""Pixel size → pixels that it speaks for: up to 1.3 times larger or smaller, not those of the other network; all that
are finer than a metre, which are averaged to 2 m."""
REAL_FOR: Mapping[str, tuple[float, float]] = {"Sentinel-2": (7.0, 13.0), "warships": (0.3, 1.3)}
"""First word of a labelled set → pixels that it speaks for."""
PICTURES = 48
"""Of each pixel size, fewer of the finest, which take longest; a third as many more are held out."""
_FINEST_SHARE = 0.4
_A_KIND = 100_000
_HELD_OUT = 50_000
_CLASSES_M = (30.0, 60.0, 100.0, 160.0, 300.0)
_REAL_CLASSES_M = (30.0, 100.0, 150.0, 200.0, 300.0, 500.0)
_LEAST_SHIPS = 20
"""Ships found below which no spread of lengths is kept, and of a berth below which it has no curve of its own."""
_DECILES = np.arange(0.1, 0.95, 0.1)
F64 = NDArray[np.float64]


def run(options: BenchOptions) -> BenchResult:
    """48 pictures of each kind (20 of the finest) and a third as many held out, 6 when quick; labelled sets where
    ``--data`` holds them.
    """
    kept = measure(6 if options.quick else PICTURES, FIRST_SEED + options.seed, labelled_sets(options))
    return BenchResult(name="optical-seen", protocol=kept.protocol, n=kept.n, split=kept.origin, figures=figures(kept))


def measure(
    pictures: int, first_seed: int, labelled: Sequence[LabelledSet], kinds: Sequence[tuple[float, int]] = KINDS
) -> OpticalSeen:
    """The regression from ``pictures`` simulated pictures of each kind, and what ``labelled`` ships say beside it."""
    seen = simulated(pictures, first_seed, kinds)
    held = simulated(max(2, pictures // 3), first_seed + _HELD_OUT, kinds)
    ships = [s for p in seen for s in p.ships]
    others = [s for p in held for s in p.ships]
    fit = _fit(_terms(ships), [s.found for s in ships], [s.picture for s in ships])
    cells = tuple(_cells(ships, foretold(_terms(ships), fit.coefficients)))
    covariance = misfit(cells, len(fit.coefficients)) * fit.covariance
    return OpticalSeen(
        origin=f"simulated ports, {len(seen)} pictures of {len(kinds)} pixel sizes, seeds from {first_seed}, "
        f"offing {__version__}, {_searched_by()}",
        protocol=f"score at least {MIN_SCORE}, centre within 30 m or two pixels of the hull, one to one; no more than "
        f"a tenth of the hull under cloud; fitted on these, checked on {len(held)} others; 90 % intervals",
        found=sum(s.found for s in ships),
        n=len(ships),
        coefficients=tuple(fit.coefficients.tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        length_m=Interval(low=LENGTH_M[0], high=LENGTH_M[1], level=1.0),
        gsd_m=tuple(Interval(low=a, high=b, level=1.0) for a, b in (SPEAKS_FOR[gsd] for gsd, _ in kinds)),
        cells=cells,
        held_out=foretelling(np.array([s.found for s in others]), foretold(_terms(others), fit.coefficients)),
        false_alarms=tuple(_false_alarms(gsd, [p for p in seen if p.gsd_m == gsd]) for gsd, _ in kinds),
        lengths=tuple(_spread(gsd, [s for s in ships if s.gsd_m == gsd]) for gsd, _ in kinds),
        real=tuple(real for one in labelled if (real := real_of(one)) is not None),
    )


def simulated(pictures: int, first_seed: int, kinds: Sequence[tuple[float, int]]) -> list[Searched]:
    """About ``pictures`` pictures of each kind, every kind with seeds of its own."""
    found = []
    for number, (gsd, size) in enumerate(kinds):
        n = max(2, round(_FINEST_SHARE * pictures)) if gsd < 1.0 else pictures
        first = first_seed + number * _A_KIND
        found += searched(gsd, size, range(first, first + n))
    return found


def real_of(labelled: LabelledSet) -> RealSeen | None:
    """What one labelled set says; None where it has too few ships."""
    berths = tuple(q for q in (False, True) if sum(s.at_quay is q for s in labelled.ships) >= _LEAST_SHIPS)
    ships = [s for s in labelled.ships if s.at_quay in berths]
    if not ships:
        return None
    x = np.array([real_terms(s.length_m, s.at_quay, berths) for s in ships])
    places = sorted({s.place for s in ships})
    fit = _fit(x, [s.found for s in ships], [places.index(s.place) for s in ships])
    gsd = REAL_FOR[labelled.name.split()[0]]
    typical = float(np.sqrt(gsd[0] * gsd[1])) if gsd[1] > 2.0 else 1.0
    cells = tuple(_real_cells(typical, ships, foretold(x, fit.coefficients)))
    # A few places say less of their spread than many: as for a sample's variance.
    wider = misfit(cells, len(fit.coefficients)) * len(places) / max(1, len(places) - 1)
    return RealSeen(
        origin=f"{labelled.name}; {labelled.split}; "
        + ("by networks that had not seen the place" if labelled.held_out else "IN-SAMPLE: the networks know them"),
        held_out=labelled.held_out,
        at_quay=berths,
        coefficients=tuple(fit.coefficients.tolist()),
        covariance=tuple(tuple(row) for row in (wider * fit.covariance).tolist()),
        length_m=Interval(low=min(s.length_m for s in ships), high=max(s.length_m for s in ships), level=1.0),
        gsd_m=Interval(low=gsd[0], high=gsd[1], level=1.0),
        found=sum(s.found for s in ships),
        n=len(ships),
        cells=cells,
        false_alarms=_alarms(typical, labelled.false, labelled.pictures, labelled.km2),
        lengths=_spread(typical, ships) if sum(s.found for s in ships) >= _LEAST_SHIPS else None,
    )


def write_seen(kept: OpticalSeen, path: Path) -> None:
    """Write the JSON that ``offing.looks.optical_seen`` reads."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _searched_by() -> str:
    from offing.vessels.detection.detect import models_of

    models = models_of("multispectral")
    return ", ".join(f"{name} {sha256[:8]}" for name, sha256 in sorted(models.items()))


def _fit(x: F64, found: Sequence[bool], drawn: Sequence[int]) -> Fit:
    _, group = np.unique(drawn, return_inverse=True)
    return fit_logistic(x, np.array(found, float), group)


def _terms(ships: Sequence[Sought]) -> F64:
    return np.array([terms(s.length_m, s.gsd_m, s.at_quay, s.cloud_edge) for s in ships])


def _cells(ships: Sequence[Sought], said: F64) -> Iterable[SeenCell]:
    """One for every pixel size, berth, cloud's edge and class of length that has ships."""
    sizes = sorted({s.gsd_m for s in ships})
    for gsd, quay, edge, (low, high) in product(sizes, (False, True), (False, True), pairwise(_CLASSES_M)):
        here = [
            i
            for i, s in enumerate(ships)
            if (s.gsd_m, s.at_quay, s.cloud_edge) == (gsd, quay, edge) and low <= s.length_m < high
        ]
        if here:
            yield cell_of(gsd, (low, high), quay, [ships[i].found for i in here], said[here], edge)


def _real_cells(gsd_m: float, ships: Sequence[Labelled], said: F64) -> Iterable[SeenCell]:
    for quay, (low, high) in product((False, True), pairwise(_REAL_CLASSES_M)):
        here = [i for i, s in enumerate(ships) if s.at_quay is quay and low <= s.length_m < high]
        if here:
            yield cell_of(gsd_m, (low, high), quay, [ships[i].found for i in here], said[here])


def _spread(gsd_m: float, ships: Sequence[Sought] | Sequence[Labelled]) -> LengthSpread:
    known = [(s.ratio, s.said_sd) for s in ships if s.ratio is not None and s.said_sd is not None]
    if len(known) < _LEAST_SHIPS:
        return LengthSpread(gsd_m=gsd_m, n=0, ratios=(), said_sd=0.0)
    ratio, sd = np.array(known, np.float64).T
    return LengthSpread(
        gsd_m=gsd_m, n=len(known), ratios=tuple(np.quantile(ratio, _DECILES).tolist()), said_sd=float(np.median(sd))
    )


def _false_alarms(gsd_m: float, seen: Sequence[Searched]) -> FalseAlarms:
    return _alarms(gsd_m, sum(p.false for p in seen), len(seen), sum(p.km2 for p in seen))


def _alarms(gsd_m: float, false: int, pictures: int, km2: float) -> FalseAlarms:
    from scipy.stats import chi2

    low = 0.5 * float(chi2.ppf(0.05, 2 * false)) if false else 0.0
    high = 0.5 * float(chi2.ppf(0.95, 2 * false + 2))
    return FalseAlarms(
        gsd_m=gsd_m,
        false=false,
        pictures=pictures,
        km2=km2,
        a_picture=Interval(low=low / pictures, high=high / pictures),
    )
