"""What every measurement of "found or not" shares: cells, how far they lie from a curve, how it foretells, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.detectability import wilson
from offing.bench.scoring import calibration_error
from offing.looks.seen import HeldOut, SeenCell, logistic
from offing.quantities import Interval

F64 = NDArray[np.float64]


def foretold(x: F64, coefficients: F64) -> F64:
    """(n,) probabilities of the terms ``x`` (n, k)."""
    return np.array([logistic(v) for v in (x @ coefficients).tolist()], np.float64)


def cell_of(
    gsd_m: float,
    length_m: tuple[float, float],
    at_quay: bool | None,
    found: Sequence[bool],
    said: F64,
    cloud_edge: bool | None = None,
) -> SeenCell:
    """The ships of one cell: which were ``found``, and what is ``said`` of each (n,)."""
    return SeenCell(
        gsd_m=gsd_m,
        length_m=Interval(low=length_m[0], high=length_m[1], level=1.0),
        at_quay=at_quay,
        found=sum(found),
        n=len(found),
        share=wilson(sum(found), len(found), f"{sum(found)} of {len(found)} ships"),
        said=float(said.mean()),
        cloud_edge=cloud_edge,
    )


def misfit(cells: Iterable[SeenCell], coefficients: int) -> float:
    """How much further the cells lie from the curve than chance explains, as a ratio of variances; at least 1.

    Pearson's statistic over its degrees of freedom (McCullagh & Nelder 1989, 4.5), cells that expect less than one ship
    either way taken as if they expected one.
    """
    known = list(cells)
    away = [(c.found - c.n * c.said) ** 2 / max(1.0, c.n * c.said * (1.0 - c.said)) for c in known]
    return max(1.0, sum(away) / max(1, len(known) - coefficients))


def foretelling(found: NDArray[np.bool_], said: F64) -> HeldOut:
    """How well ``said`` (n,) foretells what was ``found`` (n,)."""
    return HeldOut(
        n=len(found),
        found=int(found.sum()),
        expected=float(said.sum()),
        error=calibration_error(said, found),
        brier=float(np.mean((said - found) ** 2)),
        brier_constant=float(found.mean() * (1.0 - found.mean())),
    )


def lengths_of(cell: SeenCell) -> str:
    """The cell's lengths in words."""
    return f"{cell.length_m.low:g}–{cell.length_m.high:g} m long"


def cell_said(cell: SeenCell) -> str:
    """Share, interval, numbers and regression, for the terminal."""
    p = cell.share
    return f"{cell.found / cell.n:.2f} [{p.low:.2f}, {p.high:.2f}], {p.basis}; regression {cell.said:.2f}"


def in_table(cell: SeenCell | None) -> str:
    """The same for a table of docs/accuracy.md, without the regression."""
    if cell is None:
        return "–"
    return f"{cell.found} of {cell.n}: {cell.found / cell.n:.2f} [{cell.share.low:.2f}, {cell.share.high:.2f}]"


def held_out_figures(held: HeldOut) -> dict[str, float | str]:
    """For the terminal."""
    return {
        "held out: found, of ships, expected": f"{held.found} of {held.n}, {held.expected:.0f}",
        "held out: expected calibration error": round(held.error, 3),
        "held out: Brier score, of a constant": f"{held.brier:.3f}, {held.brier_constant:.3f}",
    }


def held_out_line(held: HeldOut) -> str:
    """For docs/accuracy.md."""
    return (
        f"Held out, {held.n} ships: {held.found} found, {held.expected:.0f} expected; expected calibration error "
        f"{held.error:.3f}; Brier score {held.brier:.3f} (of the overall share: {held.brier_constant:.3f})."
    )
