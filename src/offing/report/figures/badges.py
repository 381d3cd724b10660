"""A sign for each verdict, so that its colour is never all there is."""

from __future__ import annotations

from offing.judgement.model import VerdictWord
from offing.report.figures.svg import Value, add, rendered

_SHAPES: dict[VerdictWord, tuple[tuple[str, dict[str, Value]], ...]] = {
    "corroborated": (("path", {"d": "M2.5 8.5 L6.5 12.5 L13.5 4"}),),
    "consistent": (
        ("circle", {"cx": 8, "cy": 8, "r": 5.8}),
        ("path", {"d": "M8 2.2 A5.8 5.8 0 0 1 8 13.8 Z", "class_": "solid"}),
    ),
    "not-observable": (
        ("path", {"d": "M1.5 8 Q8 1.5 14.5 8 Q8 14.5 1.5 8 Z"}),
        ("path", {"d": "M3 14 L13 2"}),
    ),
    "not-corroborated": (("circle", {"cx": 8, "cy": 8, "r": 5.8}),),
    "contradicted": (("path", {"d": "M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5"}),),
}
"""Tick; half-filled ring; eye struck through; empty ring; cross. In a box of 16 × 16."""


def verdict_icon(verdict: VerdictWord) -> str:
    """The sign as SVG; the word beside it says the same, so it is hidden from screen readers."""
    import xml.etree.ElementTree as ET

    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox="0 0 16 16")
    root.set("aria-hidden", "true")
    for tag, attributes in _SHAPES[verdict]:
        add(root, tag, **attributes)
    return rendered(root)
