"""``offing hypotheses``: explanations that compete, and what tells them apart."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing import __version__
from offing.cli.output import Format, emit, note, print_json

if TYPE_CHECKING:
    from offing.judgement.competing_result import Analysis, JudgedItem

COLUMNS = (
    "question",
    "number",
    "item",
    "source",
    "origins",
    "hypothesis",
    "mark",
    "diagnosticity",
    "weight",
    "counted",
    "simulated",
    "note",
)
"""Columns of the CSV: a row for each item and hypothesis."""


def hypotheses(case: Path, /, *, format: Format = "table") -> None:
    """Hold each item of evidence against each explanation, and say what tells them apart.

    After Heuer (1999): what stands is what has least against it. Items come most diagnostic first. Marks: CC very
    consistent, C consistent, N neutral, I inconsistent, II very inconsistent, NA does not apply. No figure is a
    probability.

    Example: offing hypotheses dunai-2024 --format json

    Parameters
    ----------
    case
        The case folder; its case.yaml has the analyses under competing.
    """
    from offing.case.case import Case
    from offing.case.competing import analyses

    with Case.open(case) as opened:
        title = opened.definition.title
        found = analyses(opened)
    if format == "json":
        print_json({"case": title, "offing": __version__, "analyses": found})
    elif format == "csv":
        emit([row for a in found for row in _cells(a)], COLUMNS, format, "items")
    else:
        for number, analysis in enumerate(found):
            sys.stdout.write("\n" if number else "")
            _print(analysis)
    if not found:
        note("no explanations compete in this case; write them under competing: in case.yaml")


def _cells(analysis: Analysis) -> list[dict[str, Any]]:
    return [
        {
            "question": analysis.question,
            "number": item.number,
            "item": item.item,
            "source": item.source,
            "origins": item.origins,
            "hypothesis": hypothesis,
            "mark": mark,
            "diagnosticity": item.diagnosticity,
            "weight": item.weight,
            "counted": "no" if item.aside else "yes",
            "simulated": "yes" if item.simulated else "no",
            "note": item.note,
        }
        for item in analysis.items
        for hypothesis, mark in item.marks.items()
    ]


def _print(analysis: Analysis) -> None:
    """The matrix, what counts against each, and what follows."""
    _line(analysis.question)
    for h in analysis.hypotheses:
        _line(f"  {h.id}: {h.statement}")
    sys.stdout.write("\n")
    ids = [h.id for h in analysis.hypotheses]
    matrix = [_row(item) for item in analysis.items]
    emit([*matrix, *_totals(analysis)], ("item no.", "the item", "said by", *ids, "tells apart"), "table", "items")
    sys.stdout.write("\n")
    _line(f"{analysis.outcome} No figure here is a probability.")
    for pair in analysis.pairs if any(p.relation != "equal" for p in analysis.pairs) else ():
        _line(f"- {pair.first} and {pair.second}: {_RELATIONS[pair.relation]}; {pair.why}.")
    for h in analysis.hypotheses:
        if h.refuted_by:
            _line(f"- would refute {h.id}: {h.refuted_by}")
    for left in analysis.sensitivity:
        _line(f"- without {left.without} the order is {' < '.join(' = '.join(tier) for tier in left.order)}")
    for text in analysis.notes:
        _line(f"- {text}")


_RELATIONS = {
    "separated": "told apart",
    "rests-on-one": "not separated",
    "counts-disagree": "not separated",
    "equal": "not separated",
}


def _row(item: JudgedItem) -> dict[str, Any]:
    tag = " (simulated)" if item.simulated else ""
    tells = "not counted" if item.missing or (item.aside and item.diagnosticity) else f"{item.diagnosticity} of 4"
    return {
        "item no.": str(item.number) if item.name == f"item-{item.number}" else f"{item.number} {item.name}",
        "the item": item.item + tag,
        "said by": item.source,
        **item.marks,
        "tells apart": tells if item.diagnosticity or item.missing else "nothing",
    }


def _totals(analysis: Analysis) -> list[dict[str, Any]]:
    """The rows below the matrix: each count of what speaks against a hypothesis."""
    rows = (
        ("items marked I or II, counted or not", "marked_against"),
        ("points against (I 1, II 2; one origin once)", "points"),
        ("the same, weighed by grade (A–B with 1–2: 1.5, D–F or 4–6: 0.5, else 1)", "weighted"),
    )
    return [{"the item": said} | {h.id: getattr(h, name) for h in analysis.hypotheses} for said, name in rows]


def _line(text: str) -> None:
    from offing.exchange.text import printable

    sys.stdout.write(f"{printable(' '.join(text.split()))}\n")
