"""The figures of the looks as files of their own."""

from __future__ import annotations

from pathlib import Path

from offing.case.case import Case
from offing.errors import CaseError
from offing.exchange.files import write_atomically
from offing.exchange.snapshot import take
from offing.looks.darkness import nights
from offing.report.calendar import calendar
from offing.report.figures.coverage_calendar import coverage_calendar
from offing.report.figures.look_strip import WIDE, look_strip
from offing.report.figures.standalone import standalone
from offing.report.model import SiteStrip
from offing.report.site_strips import site_strips
from offing.timespan import TimeSpan

MOST_NIGHTS_DAYS = 120
"""Longest axis, in days, on which nights can be told apart."""


def write_calendar(case: Case, out: Path, site: str | None = None) -> list[Path]:
    """Write the coverage calendar as SVG, further pages beside as ``NAME-2.svg`` …, and return the files.

    ``site``: of that site alone. Raises CaseError for a case that has not been run or a place that cannot be written.
    """
    found = calendar(take(case), site)
    return _write([standalone(page) for page in coverage_calendar(found, WIDE, "calendar")], out, "no site to show")


def write_strips(case: Case, out: Path, site: str | None = None, *, with_nights: bool = False) -> list[Path]:
    """Write the strip of each site's looks as SVG, further sites beside as ``NAME-2.svg`` …, and return the files.

    ``with_nights`` shades them where the axis is no longer than ``MOST_NIGHTS_DAYS``. Raises as ``write_calendar``.
    """
    strips = [s for s in site_strips(take(case)) if site in (None, s.site.id)]
    drawn = [standalone(look_strip(strip, WIDE, "strip", _nights(strip) if with_nights else ())) for strip in strips]
    return _write(drawn, out, "no site to show")


def _nights(strip: SiteStrip) -> tuple[TimeSpan, ...]:
    if (strip.end - strip.start).days > MOST_NIGHTS_DAYS:
        return ()
    return nights(strip.site.lonlat, TimeSpan(start=strip.start, end=strip.end))


def _write(drawings: list[str], out: Path, nothing: str) -> list[Path]:
    if not drawings:
        raise CaseError(f"there is {nothing}", where=str(out), fix="add looks or claims of a site, then: offing run")
    names = [out if n == 1 else out.with_name(f"{out.stem}-{n}{out.suffix}") for n in range(1, len(drawings) + 1)]
    return [write_atomically(path, text.encode("utf-8")) for path, text in zip(names, drawings, strict=True)]
