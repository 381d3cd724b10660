"""Labels beside their points, where they hide least."""

from __future__ import annotations

from typing import Literal

from offing.records import Record

Placed = tuple[float, float, float, float]
"""Left, top, right, bottom in user units."""


class Label(Record, frozen=True):
    """Where a label stands."""

    x: float
    """Of its anchor, user units."""
    y: float
    """Of its baseline, user units."""
    anchor: Literal["start", "middle", "end"]


def place_label(
    x: float, y: float, width: float, height: float, placed: list[Placed], across: float, down: float
) -> Label:
    """Where the label of the point (x, y) stands; the box it takes is added to ``placed``.

    Eight places around the point are tried; the one that hides least of what is placed, and leaves the drawing
    least, wins; earlier ones on a tie.
    """
    gap = 8.0
    right, left, middle = (x + gap, "start"), (x - gap, "end"), (x, "middle")
    level, above, below, higher, lower = y + 4.5, y - gap - 2, y + gap + height - 3, y - gap, y + gap + height - 5
    tried = [(right, level), (left, level), (middle, above), (middle, below), (right, higher), (right, lower),
             (left, higher), (left, lower)]  # fmt: skip
    labels = [Label(x=at, y=base, anchor=anchor) for (at, anchor), base in tried]  # type: ignore[arg-type]
    boxes = [_box(label, width, height) for label in labels]
    costs = [sum(hidden(box, other) for other in placed) + 10.0 * outside(box, across, down) for box in boxes]
    best = costs.index(min(costs))
    placed.append(boxes[best])
    return labels[best]


def _box(label: Label, width: float, height: float) -> Placed:
    start = label.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor] * width
    return start, label.y - height + 3, start + width, label.y + 3


def hidden(a: Placed, b: Placed) -> float:
    """Area that two boxes share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def outside(box: Placed, across: float, down: float) -> float:
    """Area of a box beyond the drawing."""
    whole = (box[2] - box[0]) * (box[3] - box[1])
    return whole - hidden(box, (0.0, 0.0, across, down))
