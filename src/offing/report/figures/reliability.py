"""The reliability curve: what was said against how often it was true."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from offing.judgement.calibrated import Scored
from offing.report.figures.svg import add, canvas, path, rendered

WIDTH, HEIGHT = 420.0, 300.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 52.0, 14.0, 404.0, 214.0
_COUNTS = 40.0
"""Height of the row of counts below the curve, user units."""

STYLE = """
.reliability text { fill: var(--ink); font-size: 11px; }
.reliability .frame { fill: none; stroke: var(--line); }
.reliability .grid { stroke: var(--rule); stroke-width: 1; }
.reliability .right { stroke: var(--soft); stroke-dasharray: 5 4; fill: none; }
.reliability .curve { stroke: var(--accent); stroke-width: 2; fill: none; }
.reliability .dot { fill: var(--accent); stroke: var(--card); }
.reliability .spread { stroke: var(--accent); stroke-width: 1.4; }
.reliability .count { fill: var(--accent); opacity: 0.45; }
"""
"""Rules for the page's style sheet; a file of its own takes ``standing``."""

_LIGHT = {"ink": "#1b2530", "line": "#c3c9ce", "rule": "#d8dcdf", "soft": "#4c5866", "accent": "#1d4f76",
          "card": "#ffffff"}  # fmt: skip


def reliability(scored: Scored, key: str) -> str:
    """The curve with Wilson's 95 % intervals, the diagonal of a judge who is right, and the counts below."""
    said = ", ".join(
        f"{100 * b.said:.0f} % said, {100 * (b.true.value or 0.0):.0f} % true of {b.true.of}" for b in scored.curve
    )
    root = canvas(WIDTH, HEIGHT, "Probability said, and how often it was true", f"{scored.name}: {said}.", key)
    root.set("class", "reliability")
    _axes(root)
    path(root, [(_x(0.0), _y(0.0)), (_x(1.0), _y(1.0))], class_="right")
    path(root, [(_x(b.said), _y(b.true.value or 0.0)) for b in scored.curve], class_="curve")
    for b in scored.curve:
        add(root, "line", x1=_x(b.said), x2=_x(b.said), y1=_y(b.true.low), y2=_y(b.true.high), class_="spread")
        add(root, "circle", cx=_x(b.said), cy=_y(b.true.value or 0.0), r=3.5, class_="dot")
    _counts(root, scored)
    return rendered(root)


def standing(svg: str) -> str:
    """The drawing as a file of its own, in daylight colours on white."""
    style = STYLE
    for name, colour in _LIGHT.items():
        style = style.replace(f"var(--{name})", colour)
    ground = f'<style>{style} text {{ font-family: sans-serif; }}</style><rect width="100%" height="100%" fill="#fff"/>'
    head, mark, rest = svg.partition("</desc>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{mark}{ground}{rest}\n'


def _axes(root: ET.Element) -> None:
    for tenth in range(0, 11, 2):
        part = tenth / 10.0
        add(root, "line", x1=_LEFT, x2=_RIGHT, y1=_y(part), y2=_y(part), class_="grid")
        add(root, "text", f"{10 * tenth}", x=_LEFT - 6, y=_y(part) + 4, text_anchor="end")
        add(root, "text", f"{10 * tenth}", x=_x(part), y=_BOTTOM + 15, text_anchor="middle")
    add(root, "rect", x=_LEFT, y=_TOP, width=_RIGHT - _LEFT, height=_BOTTOM - _TOP, class_="frame")
    middle = (_TOP + _BOTTOM) / 2
    add(root, "text", "true, %", x=14, y=middle, text_anchor="middle", transform=f"rotate(-90 14 {middle:g})")
    add(root, "text", "probability said, %", x=(_LEFT + _RIGHT) / 2, y=_BOTTOM + 31, text_anchor="middle")


def _counts(root: ET.Element, scored: Scored) -> None:
    """A bar a bin, its number beside it."""
    most = max((b.true.of for b in scored.curve), default=1)
    foot = HEIGHT - 2.0
    for b in scored.curve:
        first = min(int(b.said * 10.0), 9) / 10.0
        tall = (_COUNTS - 14.0) * b.true.of / most
        wide = _x(first + 0.1) - _x(first)
        add(root, "rect", x=_x(first) + 2, y=foot - tall, width=wide - 4, height=tall, class_="count")
        add(root, "text", f"{b.true.of}", x=_x(first) + wide / 2, y=foot - tall - 2, text_anchor="middle")


def _x(part: float) -> float:
    return _LEFT + part * (_RIGHT - _LEFT)


def _y(part: float) -> float:
    return _BOTTOM - part * (_BOTTOM - _TOP)
