"""Many looks as bars: by spans of time and by the reason why nothing was seen."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from offing.report.figures.scale import TimeScale
from offing.report.figures.svg import add
from offing.report.model import StripMark
from offing.report.words import STATUS_WORDS, counted, moment

_LEAST_PX = 5.0
"""Narrowest bar, user units; never less than a day."""
_REASONS = ("cloud", "night", "other")
"""From the axis upwards: hatched, solid, plain."""


def density(
    root: ET.Element, marks: Sequence[StripMark], scale: TimeScale, base: float, height: float, key: str
) -> None:
    """A bar for every span with marks, as high as they are many, the highest ``height``; it stands on ``base``."""
    inside = [m for m in marks if scale.start <= m.time <= scale.end]
    if not inside:
        return
    step = _step(scale)
    bins: dict[int, list[StripMark]] = {}
    for mark in inside:
        bins.setdefault((mark.time - scale.start) // step, []).append(mark)
    most = max(len(held) for held in bins.values())
    for number, held in sorted(bins.items()):
        left = scale.x(scale.start + number * step)
        right = min(scale.x(scale.start + (number + 1) * step), scale.right)
        group = add(root, "g", class_="densities")
        add(group, "title", _label(held))
        y = base
        for reason in _REASONS:
            part = sum(_reason(m) == reason for m in held)
            if part:
                tall = height * part / most
                y -= tall
                _bar(group, reason, left + 0.5, y, max(right - left - 1.0, 1.0), tall, key)


def _bar(group: ET.Element, reason: str, x: float, y: float, width: float, height: float, key: str) -> None:
    if reason == "cloud":
        add(group, "rect", x=x, y=y, width=width, height=height, class_="blind-shape", fill=f"url(#{key}-hatch)")
    else:
        add(group, "rect", x=x, y=y, width=width, height=height, class_=f"density {reason}-density")


def _step(scale: TimeScale) -> timedelta:
    """Whole days, so many that a bar is wide enough."""
    days = (scale.end - scale.start) / timedelta(days=1)
    per_day = (scale.right - scale.left) / days
    return timedelta(days=max(1, -(-_LEAST_PX // per_day)))


def _reason(mark: StripMark) -> str:
    return mark.status if mark.status in ("cloud", "night") else "other"


def _label(held: Sequence[StripMark]) -> str:
    reasons = Counter(STATUS_WORDS[m.status] if m.status else "could not see" for m in held)
    said = ", ".join(f"{words}: {n}" for words, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))
    first, last = moment(min(m.time for m in held)), moment(max(m.time for m in held))
    when = first if first == last else f"{first} to {last}"
    return f"{counted(len(held), 'look')}, {when} UTC; {said}"
