"""Rates by period as bars with their intervals, shaded by exposure, and where the rate may have changed below."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from offing.movements.rates.model import Changes, Period, Rates
from offing.movements.rates.words import learned, per_30d, said
from offing.report.figures.scale import TimeScale, round_length, ticks
from offing.report.figures.svg import add, canvas, path, rendered

_LEFT, _RIGHT, _TOP, _PLOT, _BAND, _FOOT = 56.0, 32.0, 34.0, 190.0, 46.0, 24.0
_STYLE = """
text{font:12px system-ui,sans-serif;fill:#1c1c1c}
.small{font-size:11px;fill:#444}
.bar{fill:#1f5f8b}
.whisker,.axis{stroke:#1c1c1c;stroke-width:1.2;fill:none}
.grid{stroke:#d8d8d8;stroke-width:1}
.unsearched{fill:#efefef;stroke:#b5b5b5;stroke-dasharray:3 3}
.half{fill:#b5651d}
.most{fill:#e8c9a8}
.date{stroke:#5a2d00;stroke-width:2}
"""


def rate_figure(rates: Rates, width: float, key: str) -> str:
    """The figure as a whole SVG file of ``width`` user units; ``key`` makes its ids unique.

    A bar is as dark as the period was searched; one that was not searched at all is dashed and empty. Raises ValueError
    for rates without a period.
    """
    if not rates.periods:
        raise ValueError("no period to draw")
    told = rates.changes if rates.changes and learned(rates.changes) else None
    band = _BAND * len(told.changes) if told else 0.0
    height = _TOP + _PLOT + band + _FOOT
    title = f"{rates.what[:1].upper()}{rates.what[1:]}{' (simulated)' if rates.simulated else ''}"
    root = canvas(width, height, title, _described(rates), key)
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    add(root, "style", _STYLE)
    add(root, "rect", x=0, y=0, width=width, height=height, fill="#ffffff")
    add(root, "text", title, x=_LEFT, y=16)
    scale = TimeScale(
        start=rates.periods[0].span.start, end=rates.periods[-1].span.end, left=_LEFT, right=width - _RIGHT
    )
    _axes(root, rates, scale)
    for period in rates.periods:
        _bar(root, period, scale, _most(rates))
    if told:
        for number in range(len(told.changes)):
            _band(root, told, number, scale)
    return rendered(root)


def _described(rates: Rates) -> str:
    periods = [
        f"{p.span.start:%Y-%m-%d}: {p.count} in {p.exposure_d:.1f} days of exposure, {per_30d(p.per_30d, p.per_30d_90)}"
        for p in rates.periods
    ]
    return f"Rates in 30 days with 90 % intervals. {'; '.join(periods)}. {' '.join(said(rates))}"


def _most(rates: Rates) -> float:
    """Rate at the top of the plot: no interval above three times the greatest median is followed."""
    highs = [p.per_30d_90.high for p in rates.periods if p.per_30d_90]
    medians = [p.per_30d for p in rates.periods if p.per_30d is not None]
    return max(min(max(highs, default=1.0), 3.0 * max(medians, default=1.0)), 1e-9)


def _y(value: float, most: float) -> float:
    return _TOP + _PLOT * (1.0 - min(value / most, 1.0))


def _axes(root: ET.Element, rates: Rates, scale: TimeScale) -> None:
    most = _most(rates)
    step = round_length(most / 2.0)
    marks = [i * step for i in range(int(most / step) + 1)]
    for mark in marks:
        y = _y(mark, most)
        add(root, "line", x1=scale.left, x2=scale.right, y1=y, y2=y, class_="grid")
        add(root, "text", f"{mark:.3g}", x=scale.left - 6, y=y + 4, text_anchor="end", class_="small")
    add(root, "text", "in 30 days", x=scale.left - 6, y=_TOP - 6, text_anchor="middle", class_="small")
    for tick in ticks(scale, 80.0):
        x = scale.x(tick.time)
        add(root, "line", x1=x, x2=x, y1=_TOP + _PLOT, y2=_TOP + _PLOT + 4, class_="axis")
        add(root, "text", tick.label, x=x, y=_TOP + _PLOT + 18, text_anchor="middle", class_="small")
    path(root, [(scale.left, _TOP + _PLOT), (scale.right, _TOP + _PLOT)], class_="axis")


def _bar(root: ET.Element, period: Period, scale: TimeScale, most: float) -> None:
    x0, x1 = scale.x(period.span.start), scale.x(period.span.end)
    group = add(root, "g")
    days = period.span.hours / 24.0
    add(
        group,
        "title",
        f"{period.span.start:%Y-%m-%d}: {period.count} counted, {period.exposure_d:.1f} of {days:.0f} days of exposure"
        f", {per_30d(period.per_30d, period.per_30d_90)} in 30 days",
    )
    wide = max(x1 - x0 - 2.0, 1.0)
    if period.per_30d is None or period.per_30d_90 is None:
        add(group, "rect", x=x0 + 1, y=_TOP, width=wide, height=_PLOT, class_="unsearched")
        return
    y = _y(period.per_30d, most)
    shade = 0.25 + 0.75 * min(1.0, period.exposure_d / days)
    add(
        group, "rect", x=x0 + 1, y=y, width=wide, height=_TOP + _PLOT - y, class_="bar", fill_opacity=round(shade, 3)
    )  # fmt: skip
    middle = (x0 + x1) / 2.0
    low, high = _y(period.per_30d_90.low, most), _y(period.per_30d_90.high, most)
    path(group, [(middle, low), (middle, high)], class_="whisker")
    for end in (low, high):
        path(group, [(middle - 3, end), (middle + 3, end)], class_="whisker")


def _band(root: ET.Element, told: Changes, number: int, scale: TimeScale) -> None:
    """One change: 90 % wide and light, 50 % dark, the median a line."""
    change = told.changes[number]
    y = _TOP + _PLOT + _FOOT + 2.0 + number * _BAND
    group = add(root, "g")
    words = f"Change {number + 1} of {len(told.changes)}" if len(told.changes) > 1 else "Change"
    add(group, "title", f"{words}: {change.date:%Y-%m-%d}, given that there was one")
    for span, kind in ((change.date_90, "most"), (change.date_50, "half")):
        x0, x1 = scale.held(span.start), scale.held(span.end)
        add(group, "rect", x=x0, y=y + 4, width=max(x1 - x0, 1.0), height=10, class_=kind)
    x = scale.held(change.date)
    add(group, "line", x1=x, x2=x, y1=y, y2=y + 18, class_="date")
    text = f"{words}: P(any) {told.changed.value:.2f}; 50 and 90 % of its date"
    add(group, "text", text, x=scale.left, y=y + 31, class_="small")
