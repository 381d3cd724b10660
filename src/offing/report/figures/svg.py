"""SVG built as a tree, so that nothing from outside can leave its place."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from offing.exchange.text import printable

Value = str | float | int


def canvas(width: float, height: float, title: str, description: str, key: str) -> ET.Element:
    """An empty drawing of ``width`` × ``height`` user units with its title and description for screen readers.

    ``key`` makes the ids unique in the page: letters, digits and hyphens.
    """
    root = ET.Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {number(width)} {number(height)}")
    root.set("role", "img")
    root.set("aria-labelledby", f"{key}-title {key}-desc")
    ET.SubElement(root, "title", id=f"{key}-title").text = printable(title)
    ET.SubElement(root, "desc", id=f"{key}-desc").text = printable(description)
    return root


def add(parent: ET.Element, tag: str, text: str | None = None, /, **attributes: Value) -> ET.Element:
    """A child element; ``class_`` is ``class`` and underscores become hyphens."""
    child = ET.SubElement(parent, tag)
    for name, value in attributes.items():
        child.set(name.rstrip("_").replace("_", "-"), number(value) if not isinstance(value, str) else printable(value))
    if text is not None:
        child.text = printable(text)
    return child


def path(parent: ET.Element, points: list[tuple[float, float]], *, closed: bool = False, **attributes: Value) -> None:
    """A polyline or polygon through ``points``."""
    steps = " ".join(f"{'L' if i else 'M'}{number(x)} {number(y)}" for i, (x, y) in enumerate(points))
    add(parent, "path", d=f"{steps} Z" if closed else steps, **attributes)


def number(value: float) -> str:
    """At most two decimals and never ``-0``."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def rendered(root: ET.Element) -> str:
    """The drawing as text, ready to stand in an HTML page."""
    text: str = ET.tostring(root, encoding="unicode")
    return text
