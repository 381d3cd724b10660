"""A likelihood ratio with its interval on a logarithmic axis between the thresholds."""

from __future__ import annotations

import math

from offing.judgement.model import RatioValue, Thresholds
from offing.report.figures.svg import add, canvas, rendered
from offing.report.words import ratio

WIDTH, HEIGHT = 150.0, 26.0
_DECADES = 3.0
"""The axis reaches from 1/1000 to 1000; beyond it an arrow says so."""


def ratio_x(value: float) -> float:
    """User units of a ratio, kept on the axis."""
    part = (math.log10(value) + _DECADES) / (2 * _DECADES)
    return 5.0 + (WIDTH - 10.0) * min(max(part, 0.0), 1.0)


def ratio_bar(value: RatioValue, thresholds: Thresholds, key: str) -> str:
    """The ratio as a dot on its interval; the shaded ends lie beyond the thresholds."""
    said = f"{ratio(value.value)} (from {ratio(value.low)} to {ratio(value.high)})"
    root = canvas(WIDTH, HEIGHT, f"Likelihood ratio {said}", _description(thresholds), key)
    root.set("class", "ratio-bar")
    against, favour = ratio_x(thresholds.contradicted_lr), ratio_x(thresholds.corroborated_lr)
    add(root, "rect", x=5, y=4, width=against - 5, height=18, class_="zone against")
    add(root, "rect", x=favour, y=4, width=WIDTH - 5 - favour, height=18, class_="zone favour")
    add(root, "line", x1=5, x2=WIDTH - 5, y1=13, y2=13, class_="axis")
    add(root, "line", x1=ratio_x(1.0), x2=ratio_x(1.0), y1=4, y2=22, class_="one")
    low, high = ratio_x(value.low), ratio_x(value.high)
    add(root, "line", x1=low, x2=max(high, low + 0.5), y1=13, y2=13, class_="spread")
    for end, side in ((value.low, -1.0), (value.high, 1.0)):
        if abs(math.log10(end)) > _DECADES:
            x = ratio_x(end)
            add(
                root,
                "path",
                d=f"M{x - side * 4:.2f} 8.5 L{x + side * 3:.2f} 13 L{x - side * 4:.2f} 17.5 Z",
                class_="off",
            )
    add(root, "circle", cx=ratio_x(value.value), cy=13, r=4.2, class_="dot")
    return rendered(root)


def _description(thresholds: Thresholds) -> str:
    return (
        "Logarithmic axis from 1/1000 to 1000 with 1, where the looks favour neither, in the middle; shaded below "
        f"{thresholds.contradicted_lr:g} and above {thresholds.corroborated_lr:g}."
    )
