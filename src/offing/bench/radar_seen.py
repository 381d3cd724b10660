"""What radar shows of a ship: P(found) by length, pixel size, wind, and at anchor or at the quay.

Protocol: simulated ports (``seen_scenes``) at 3, 5, 10, 20 and 40 m; a logistic regression of found on length in
pixels, pixel size and wind, for ships at anchor and at the quay each (``offing.looks.radar_seen.terms``), ships of one
picture counted as one draw; its calibration on pictures of other seeds. Where the labelled chips are at hand: the
ground-range chips of OpenSARShip at 10 m, ships with a length from AIS, found when a detection lies where the
simulation asks for it; what the regression says of them at anchor and unknown wind, shifted by one term in log odds
that is fitted on them. Somebody had found each of these ships before: their recall is biased upwards. Intervals: Wilson
(1927), 90 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing import __version__
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.regression import Fit, fit_logistic
from offing.bench.seen_curve import (
    cell_of,
    cell_said,
    foretelling,
    foretold,
    held_out_figures,
    held_out_line,
    in_table,
    lengths_of,
    misfit,
)
from offing.bench.seen_scenes import KINDS, LENGTH_M, MIN_SCORE, WIND_M_S, Sought, sought, tolerance_m
from offing.bench.ship_chips import chips
from offing.looks.radar_seen import RadarSeen, RealShift, chance, terms
from offing.looks.seen import SeenCell
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.detection.network import network_card
from offing.vessels.detection.radar_search import MODEL

FIRST_SEED = 3_000_000
"""Seeds from here on are kept for this benchmark; no simulated picture elsewhere uses them."""
PICTURES = 80
"""Of each pixel size; half as many more are held out."""
_A_KIND = 100_000
_HELD_OUT = 50_000
_CLASSES_M = (15.0, 35.0, 60.0, 100.0, 160.0, 240.0, 350.0)
_CHIP_CLASSES_M = (30.0, 100.0, 150.0, 200.0, 350.0)
_CHIP_GSD_M = 10.0
_NEAR = 1.3
"""What was measured at one pixel size speaks for pixels up to this many times larger or smaller."""
_MEASURED = Interval(low=LENGTH_M[0], high=LENGTH_M[1], level=1.0)
F64 = NDArray[np.float64]


class ChipShip(Record, frozen=True):
    """A labelled ship."""

    name: str
    length_m: float
    found: bool


def run(options: BenchOptions) -> BenchResult:
    """80 pictures of each kind and 40 held out, 6 and 3 when quick; the chips where ``--data`` holds them."""
    kept = measure(6 if options.quick else PICTURES, FIRST_SEED + options.seed, chip_ships(options))
    return BenchResult(name="radar-seen", protocol=kept.protocol, n=kept.n, split=kept.origin, figures=figures(kept))


def measure(
    pictures: int, first_seed: int, labelled: Sequence[ChipShip], kinds: Sequence[tuple[float, int]] = KINDS
) -> RadarSeen:
    """The regression from ``pictures`` simulated pictures of each kind, with what ``labelled`` ships say to it."""
    ships = simulated(pictures, first_seed, kinds)
    held = simulated(max(1, pictures // 2), first_seed + _HELD_OUT, kinds)
    fit = _fit(ships)
    said = _said(ships, fit)
    cells = tuple(_cells(ships, said))
    covariance = misfit(cells, len(fit.coefficients)) * fit.covariance
    kept = RadarSeen(
        origin=f"simulated ports, {pictures} pictures of each of {len(kinds)} pixel sizes, seeds from {first_seed}, "
        f"offing {__version__}, network {network_card(MODEL).sha256[:8]}",
        protocol=f"score at least {MIN_SCORE}, centre within 30 m or two pixels of the hull, one to one; fitted on "
        f"these, checked on {max(1, pictures // 2)} others of each kind; 90 % Wilson intervals",
        found=sum(s.found for s in ships),
        n=len(ships),
        coefficients=tuple(fit.coefficients.tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        length_m=_MEASURED,
        gsd_m=Interval(low=min(kinds)[0], high=max(kinds)[0], level=1.0),
        wind_m_s=Interval(low=WIND_M_S[0], high=WIND_M_S[1], level=1.0),
        cells=cells,
        held_out=foretelling(np.array([s.found for s in held]), _said(held, fit)),
        real=None,
    )
    return msgspec.structs.replace(kept, real=_real(kept, labelled)) if labelled else kept


def simulated(pictures: int, first_seed: int, kinds: Sequence[tuple[float, int]]) -> list[Sought]:
    """The ships of ``pictures`` pictures of each kind, every kind with seeds of its own."""
    return [
        ship
        for number, (gsd, size) in enumerate(kinds)
        for ship in sought(gsd, size, range(first_seed + number * _A_KIND, first_seed + number * _A_KIND + pictures))
    ]


def chip_ships(options: BenchOptions) -> list[ChipShip]:
    """The labelled ships, each looked for in its chip; none where there is no labelled set."""
    if options.data is None or not (options.data / "s1-ship-chips").is_dir():
        return []
    listed = list(chips(options.folder("s1-ship-chips")))[:: 8 if options.quick else 1]
    known = [(path, length) for path, length in listed if length in _MEASURED]
    return [ChipShip(name=path.name, length_m=length, found=_in_chip(path, length)) for path, length in known]


def write_seen(kept: RadarSeen, path: Path) -> None:
    """Write the JSON that ``offing.looks.radar_seen`` reads."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _fit(ships: Sequence[Sought]) -> Fit:
    _, group = np.unique([s.picture for s in ships], return_inverse=True)
    return fit_logistic(_terms(ships), np.array([s.found for s in ships], float), group)


def _terms(ships: Sequence[Sought]) -> F64:
    return np.array([terms(s.length_m, s.gsd_m, s.wind_m_s, s.at_quay) for s in ships])


def _said(ships: Sequence[Sought], fit: Fit) -> F64:
    return foretold(_terms(ships), fit.coefficients)


def _cells(ships: Sequence[Sought], said: F64) -> Iterable[SeenCell]:
    """One for every pixel size, berth and class of length that has ships."""
    for gsd in sorted({s.gsd_m for s in ships}):
        for at_quay in (False, True):
            for low, high in pairwise(_CLASSES_M):
                which = [s.gsd_m == gsd and s.at_quay is at_quay and low <= s.length_m < high for s in ships]
                if any(which):
                    found = [s.found for s, here in zip(ships, which, strict=True) if here]
                    yield cell_of(gsd, (low, high), at_quay, found, said[np.array(which)])


def _real(kept: RadarSeen, labelled: Sequence[ChipShip]) -> RealShift:
    """The shift in log odds that makes the regression expect as many of the labelled ships as were found."""
    said = np.array([chance(kept, s.length_m, _CHIP_GSD_M, wind_m_s=None, at_quay=False) for s in labelled])
    found = np.array([s.found for s in labelled])
    ones, each = np.ones((len(said), 1)), np.arange(len(said))
    fit = fit_logistic(ones, found.astype(float), each, offset=np.log(said / (1.0 - said)))
    lengths = np.array([s.length_m for s in labelled])
    classes = pairwise(_CHIP_CLASSES_M)
    held = [(low, high, (lengths >= low) & (lengths < high)) for low, high in classes]
    return RealShift(
        shift=float(fit.coefficients[0]),
        sd=math.sqrt(fit.covariance[0, 0]),
        origin=f"Sentinel-1 chips of OpenSARShip at {_CHIP_GSD_M:g} m, lengths from AIS, names sha256 "
        f"{split_hash(s.name for s in labelled)}",
        length_m=Interval(low=float(lengths.min()), high=float(lengths.max()), level=1.0),
        gsd_m=Interval(low=_CHIP_GSD_M / _NEAR, high=_CHIP_GSD_M * _NEAR, level=1.0),
        found=int(found.sum()),
        n=len(found),
        cells=tuple(
            cell_of(_CHIP_GSD_M, (a, b), None, found[here].tolist(), said[here]) for a, b, here in held if here.any()
        ),
    )


def _in_chip(path: Path, length_m: float) -> bool:
    """Whether a detection lies over the ship in the middle of its chip, or within the tolerance of its ends."""
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    reach = (0.5 * length_m + tolerance_m(_CHIP_GSD_M)) / _CHIP_GSD_M
    with open_picture([path], sensor="sar", gsd_m=_CHIP_GSD_M) as picture:
        middle = (picture.width / 2.0, picture.height / 2.0)
        found = detect(picture, min_score=MIN_SCORE, workers=1).detections
    return any(math.dist((d.box.col, d.box.row), middle) <= reach for d in found)


def figures(kept: RadarSeen) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for cell in kept.cells:
        where = "at the quay" if cell.at_quay else "at anchor"
        found[f"{cell.gsd_m:g} m, {lengths_of(cell)}, {where}"] = cell_said(cell)
    found |= held_out_figures(kept.held_out)
    if kept.real is None:
        found["real ships"] = "not compared: no labelled set"
        return found
    for cell in kept.real.cells:
        found[f"real, {cell.gsd_m:g} m, {lengths_of(cell)}"] = cell_said(cell)
    found["real: shift in log odds"] = f"{kept.real.shift:+.2f} ± {kept.real.sd:.2f}"
    return found


def table(kept: RadarSeen) -> list[str]:
    """The lines of the tables in docs/accuracy.md, as Markdown."""
    gsds = sorted({c.gsd_m for c in kept.cells})
    lines = [f"{kept.found} of {kept.n} ships found; {kept.origin}.", ""]
    lines += [f"| length, berth | {' | '.join(f'{g:g} m' for g in gsds)} |", "|---" * (len(gsds) + 1) + "|"]
    for at_quay, where in ((False, "at anchor"), (True, "at the quay")):
        for low in _CLASSES_M[:-1]:
            row = {c.gsd_m: c for c in kept.cells if c.at_quay is at_quay and c.length_m.low == low}
            if row:
                name = f"{lengths_of(next(iter(row.values())))}, {where}"
                lines.append(f"| {name} | {' | '.join(in_table(row.get(g)) for g in gsds)} |")
    lines += ["", held_out_line(kept.held_out)]
    if kept.real is None:
        return lines
    lines += ["", "| real ships, 10 m, by AIS length | found | the simulated curve says |", "|---|---|---|"]
    lines += [f"| {lengths_of(c)} | {in_table(c)} | {c.said:.3f} |" for c in kept.real.cells]
    shift = f"{kept.real.shift:+.2f} ± {kept.real.sd:.2f}"
    return [*lines, "", f"{kept.real.found} of {kept.real.n}; shift in log odds {shift}; {kept.real.origin}."]
