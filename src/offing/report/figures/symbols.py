"""The marks of the look strip: a shape for each outcome, so that colour is never all there is."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from offing.report.figures.svg import Value, add, canvas, path, rendered
from offing.report.model import Outcome
from offing.report.words import OUTCOME_WORDS


def hatching(root: ET.Element, key: str) -> None:
    """The pattern that fills the mark of a look that could not see."""
    defs = add(root, "defs")
    pattern = add(defs, "pattern", id=f"{key}-hatch", width=4, height=4, patternUnits="userSpaceOnUse")
    pattern.set("patternTransform", "rotate(45)")
    add(pattern, "line", x1=0, y1=0, x2=0, y2=4, class_="hatch-line")


def symbol(parent: ET.Element, outcome: Outcome, x: float, y: float, key: str) -> None:
    """Diamond: seen; square: another ship; triangle: cannot tell; ring: not seen; hatched cross box: could not see."""
    if outcome == "seen":
        path(parent, [(x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)], closed=True, class_="seen-shape")
    elif outcome == "other":
        add(parent, "rect", x=x - 5, y=y - 5, width=10, height=10, class_="other-shape")
    elif outcome == "unclear":
        path(parent, [(x, y - 6), (x + 6, y + 5), (x - 6, y + 5)], closed=True, class_="unclear-shape")
    elif outcome == "not-seen":
        add(parent, "circle", cx=x, cy=y, r=5, class_="not-seen-shape")
    else:
        box: dict[str, Value] = {"x": x - 5, "y": y - 5, "width": 10, "height": 10}
        add(parent, "rect", class_="blind-shape", fill=f"url(#{key}-hatch)", **box)


def legend_symbol(outcome: Outcome, key: str) -> str:
    """One symbol alone, for the legend."""
    root = canvas(18, 18, OUTCOME_WORDS[outcome], "Legend", key)
    root.set("class", "legend-symbol")
    hatching(root, key)
    symbol(root, outcome, 9, 9, key)
    return rendered(root)
