"""Labels beside their points, where they hide least."""

from __future__ import annotations

Placed = tuple[float, float, float, float]
"""Left, top, right, bottom in user units."""


def place_label(
    x: float, y: float, width: float, height: float, placed: list[Placed], across: float, down: float
) -> tuple[float, float]:
    """The left end of the baseline of a label for the point (x, y); the box taken is added to ``placed``.

    Eight places around the point are tried; the one that hides least of what is placed, and leaves the drawing
    least, wins; earlier ones on a tie.
    """
    gap = 8.0
    lefts = (x + gap, x - gap - width, x - width / 2)
    places = [
        (lefts[0], y + 4.5),
        (lefts[1], y + 4.5),
        (lefts[2], y - gap - 2),
        (lefts[2], y + gap + height - 3),
        (lefts[0], y - gap),
        (lefts[0], y + gap + height - 5),
        (lefts[1], y - gap),
        (lefts[1], y + gap + height - 5),
    ]
    boxes = [(left, base - height + 3, left + width, base + 3) for left, base in places]
    costs = [sum(hidden(box, other) for other in placed) + 10.0 * outside(box, across, down) for box in boxes]
    best = costs.index(min(costs))
    placed.append(boxes[best])
    return places[best]


def hidden(a: Placed, b: Placed) -> float:
    """Area that two boxes share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def outside(box: Placed, across: float, down: float) -> float:
    """Area of a box beyond the drawing."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return whole - hidden(box, (0.0, 0.0, across, down))
