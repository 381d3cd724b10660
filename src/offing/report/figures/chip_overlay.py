"""What is drawn over a cutting: ships, berths, a scale bar in ground metres, north."""

from __future__ import annotations

from offing.report.figures.chips import Chip
from offing.report.figures.scale import north_arrow, scale_bar
from offing.report.figures.svg import add, canvas, path, rendered

WIDTH = 340.0
"""User units across."""


def chip_overlay(chip: Chip, key: str) -> str:
    """An SVG to lie exactly over the PNG; ships are numbered as in the caption."""
    height = WIDTH * chip.height / chip.width
    root = canvas(WIDTH, height, "Marks on the picture", f"{len(chip.boxes)} ships are outlined and numbered.", key)
    root.set("class", "overlay")
    for ring in chip.berths:
        path(root, [(x * WIDTH, y * height) for x, y in ring], closed=True, class_="berth")
    for number, box in enumerate(chip.boxes, 1):
        corners = [(x * WIDTH, y * height) for x, y in box.points]
        path(root, _grown(corners, 2.0), closed=True, class_="halo")
        path(root, _grown(corners, 2.0), closed=True, class_="ship-box")
        x, y = _beyond_bow(corners)
        at = {"x": min(max(x, 8.0), WIDTH - 12), "y": min(max(y + 4.5, 28.0), height - 4)}
        add(root, "text", str(number), class_="ship-number", text_anchor="middle", **at)
    if chip.width_m:
        add(root, "rect", x=6, y=height - 27, width=112, height=22, class_="plate", rx=2)
        scale_bar(root, 12, height - 9, WIDTH / chip.width_m, 84)
    if chip.north_deg is not None:
        add(root, "circle", cx=WIDTH - 26, cy=height - 28, r=22, class_="plate")
        north_arrow(root, WIDTH - 26, height - 28, chip.north_deg, 8.5)
    return rendered(root)


def _grown(corners: list[tuple[float, float]], by: float) -> list[tuple[float, float]]:
    """The box widened by ``by`` user units all around, so that its line does not hide the ship's edge."""
    cx, cy = sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4
    grown = []
    for x, y in corners:
        away = ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 or 1.0
        part = 1.0 + by * 1.4142 / away
        grown.append((cx + (x - cx) * part, cy + (y - cy) * part))
    return grown


def _beyond_bow(corners: list[tuple[float, float]]) -> tuple[float, float]:
    """A place 11 user units beyond the middle of the bow end, which the first two corners bound."""
    cx, cy = sum(c[0] for c in corners) / 4, sum(c[1] for c in corners) / 4
    bx, by = (corners[0][0] + corners[1][0]) / 2, (corners[0][1] + corners[1][1]) / 2
    length = ((bx - cx) ** 2 + (by - cy) ** 2) ** 0.5 or 1.0
    part = 1.0 + 11.0 / length
    return cx + (bx - cx) * part, cy + (by - cy) * part
