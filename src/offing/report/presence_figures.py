"""Curves of presence as files of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from offing.case.case import Case
from offing.errors import CaseError
from offing.exchange.files import write_atomically
from offing.looks.gaps import gaps
from offing.looks.model import Look
from offing.movements.model import Presence
from offing.movements.sought import Reading, Sought, read_look
from offing.report.figures.look_strip import WIDE
from offing.report.figures.presence_curve import CurveFigure, CurveLook, presence_curve
from offing.report.figures.standalone import standalone
from offing.report.model import Outcome
from offing.report.words import OUTCOME_WORDS, listed, moment
from offing.timespan import TimeSpan

LEAST_GAP = timedelta(hours=48)
"""Shorter stretches without a usable look are not shaded: with daily pictures everything would be."""


def write_presence(case: Case, found: Sequence[Presence], out: Path) -> list[Path]:
    """Write a curve for each presence as SVG, further ones beside as ``NAME-2.svg`` …, and return the files.

    Raises CaseError where there is none, or a place that cannot be written.
    """
    if not found:
        raise CaseError(
            "there is no presence to draw", where=str(out), fix="name ships and a window: --class, --window"
        )
    drawings = [standalone(presence_curve(curve_figure(case, one), WIDE, "presence")) for one in found]
    names = [out if n == 1 else out.with_name(f"{out.stem}-{n}{out.suffix}") for n in range(1, len(drawings) + 1)]
    return [write_atomically(path, text.encode("utf-8")) for path, text in zip(names, drawings, strict=True)]


def curve_figure(case: Case, found: Presence) -> CurveFigure:
    """A presence with the looks and gaps of its site."""
    site = case.site(found.site)
    sought = Sought(classes=found.classes, vessels=found.vessels)
    looks = case.store.looks(site.id)
    times = [p.time for p in found.points] or [found.window.start, found.window.end]
    around = TimeSpan(start=times[0], end=times[-1])
    return CurveFigure(
        presence=found,
        site=site.name,
        ships=ship_words(case, found),
        looks=tuple(_mark(look, read_look(look, sought, case.library)) for look in looks),
        gaps=tuple(
            TimeSpan(start=g.start, end=g.end) for g in gaps(looks, site.id, around) if g.end - g.start >= LEAST_GAP
        ),
    )


def ship_words(case: Case, found: Presence) -> str:
    """The ships of a presence by their names, or by those of their classes."""
    if found.vessels:
        titles = {v.id: v.title for v in case.definition.vessels}
        return listed([titles.get(v, v) for v in found.vessels], "or")
    return listed([case.library.get(c).name or c for c in found.classes], "or")


def _mark(look: Look, said: Reading) -> CurveLook:
    outcome = _outcome(look, said)
    tag = "SIMULATED. " if look.simulated else ""
    return CurveLook(
        time=look.time,
        outcome=outcome,
        label=f"{tag}{moment(look.time)} UTC, {look.sensor}: {OUTCOME_WORDS[outcome]}",
    )


def _outcome(look: Look, said: Reading) -> Outcome:
    if said.kind == "seen":
        return "seen"
    if said.kind == "not-seen":
        return "other" if any(o.seen == "yes" for o in look.observations) else "not-seen"
    return "unclear" if look.usable > 0.0 and look.observations else "blind"
