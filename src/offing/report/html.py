"""The report as one HTML file: no script, no network, everything escaped, the same bytes for the same case."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing.exchange.text import is_web_address, printable
from offing.quantities import Interval
from offing.report import words
from offing.report.calibrated import share_words
from offing.report.figures.reference_figure import STYLE as REFERENCE_STYLE
from offing.report.figures.reliability import STYLE as RELIABILITY_STYLE
from offing.report.model import ReportContent

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_LOOKS, MOST_DETECTIONS = 2000, 400
"""Rows of the appendix; the CSV export gives all."""


def render(content: ReportContent, root: Path) -> str:
    """The page. ``root`` is the case folder, from which the pictures are cut."""
    from markupsafe import Markup

    from offing.report.views import views

    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _environment().get_template("report.html.j2")
    return page.render(
        content=content,
        style=Markup(style),  # noqa: S704 - our own file
        style_hash=f"sha256-{digest}",
        site_names={site.id: site.name for site in content.sites},
        titles=words.VERDICT_TITLES,
        statuses=words.STATUS_WORDS,
        sensors=words.SENSOR_WORDS,
        outcomes=words.OUTCOME_WORDS,
        ach_marks=words.ACH_WORDS,
        most_looks=MOST_LOOKS,
        most_detections=MOST_DETECTIONS,
        **views(content, root),
    )


def _style() -> str:
    text = (files("offing.report") / "templates" / "report.css").read_text(encoding="utf-8")
    return re.sub(r"\n\s*", "\n", text + REFERENCE_STYLE + RELIABILITY_STYLE).strip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("offing.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(_FILTERS)
    environment.tests["web_address"] = is_web_address
    return environment


def _finalize(value: object) -> object:
    """Characters that no page may hold are replaced, and a blank is never shown as ``None``."""
    if value is None:
        return "–"
    return printable(value) if type(value) is str else value


def _pixel(gsd_m: tuple[float, float]) -> str:
    """``3 m``; both sides where they differ by more than a hundredth."""
    across, down = gsd_m
    if abs(across - down) <= 0.01 * max(across, down):
        return f"{(across + down) / 2:.3g} m"
    return f"{across:.3g} × {down:.3g} m"


def _measured(pair: tuple[float | None, Interval | None]) -> str:
    """``112 (104 to 121)``; the interval is of 90 %."""
    value, interval = pair
    if value is None:
        return "not known"
    return f"{value:.0f}" + (f" ({interval.low:.0f} to {interval.high:.0f})" if interval else "")


_FILTERS: dict[str, Any] = {
    "moment": words.moment,
    "percent": words.percent,
    "percent_whole": lambda value: f"{100 * value:.0f} %",
    "ratio": words.ratio,
    "quantity": words.quantity,
    "hours": words.hours,
    "counted": words.counted,
    "times": words.readable_times,
    "probability": lambda value: "undeclared" if value is None else f"{value:.2f}",
    "span": lambda pair: f"{pair[0]:g}" if pair[0] == pair[1] else f"{pair[0]:g} to {pair[1]:g}",
    "pixel": _pixel,
    "measured": _measured,
    "share": share_words,
}
