"""A drawing of the report as a file of its own: with the report's styles, sizes and a ground."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_OWN = re.compile(r"\.(?:look-strip|calendar|hatch-line)\b|-shape\b|^svg text$")
"""Selectors of what these drawings are made of."""
_MARGIN = 8.0


def standalone(svg: str) -> str:
    """``svg`` as a whole file that looks as in the report by daylight, on white; the same drawing, the same bytes."""
    found = re.match(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ([0-9.]+) ([0-9.]+)"', svg)
    after = svg.find("</desc>")
    if found is None or after < 0:
        raise ValueError("this is no drawing of ours")
    width, height = (float(v) + 2 * _MARGIN for v in found.groups())
    box = f"{-_MARGIN:g} {-_MARGIN:g} {width:g} {height:g}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:g}" height="{height:g}"'
    ground = f'<rect x="{-_MARGIN:g}" y="{-_MARGIN:g}" width="{width:g}" height="{height:g}" fill="#ffffff"/>'
    at = after + len("</desc>")
    named = svg[found.end() : at]
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{named}<style>{_style()}</style>{ground}{svg[at:]}\n'


@cache
def _style() -> str:
    """The rules of the report's style sheet that these drawings use, with its light colours in their places."""
    sheet = (files("offing.report") / "templates" / "report.css").read_text(encoding="utf-8")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.S)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", sheet.partition("@media")[0]))
    plain = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", sheet)
    rules = [
        f"{', '.join(kept)} {{{body}}}"
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)
        if (kept := [s.strip() for s in selectors.split(",") if _OWN.search(s.strip())])
    ]
    return re.sub(r"var\(--([a-z-]+)\)", lambda m: colours[m[1]], "\n".join(rules))
