"""The figures of rates as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from offing.errors import CaseError
from offing.exchange.files import write_atomically
from offing.movements.rates.model import Rates
from offing.report.figures.rate_figure import rate_figure

WIDTH = 760.0


def write_rates(found: Sequence[Rates], out: Path) -> list[Path]:
    """Write a figure for each series, further ones beside as ``NAME-2.svg`` …. Raises CaseError where there is none."""
    drawn = [rate_figure(one, WIDTH, f"rates-{n}") for n, one in enumerate(found, 1) if one.periods]
    if not drawn:
        raise CaseError("there is no rate to draw", where=str(out), fix="add looks, or flights of the route")
    names = [out if n == 1 else out.with_name(f"{out.stem}-{n}{out.suffix}") for n in range(1, len(drawn) + 1)]
    return [write_atomically(name, text.encode("utf-8")) for name, text in zip(names, drawn, strict=True)]
