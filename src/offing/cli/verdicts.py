"""``offing verdicts``: a verdict for each element of each claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from offing import __version__
from offing.cli.output import Format, emit, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offing.judgement.model import ClaimVerdict, Verdict

COLUMNS = ("claim", "element", "verdict", "ratio", "probability", "power", "word", "confidence", "origins")
"""What a table of verdicts shows."""


def verdicts(case: Path, /, *, claim: str | None = None, format: Format = "table") -> None:
    """Print a verdict for each element of each claim, and in the table and as JSON for each claim as a whole.

    Example: offing verdicts dunai-2024 --format json

    Parameters
    ----------
    case
        The case folder; run it first.
    claim
        Only the elements of this claim.
    """
    from offing.case.case import Case
    from offing.case.pipeline import judged_verdicts
    from offing.errors import CaseError

    with Case.open(case) as opened:
        title = opened.definition.title
        known = [c.id for c in opened.definition.claims]
        if claim is not None and claim not in known:
            raise CaseError(f"there is no claim {claim!r}", where=str(case), fix=f"claims: {', '.join(known)}")
        found = [v for v in judged_verdicts(opened) if claim in (None, v.claim)]
        whole = [v for v in opened.store.claim_verdicts() if claim in (None, v.claim)]
    if format == "json":
        print_json({"case": title, "offing": __version__, "verdicts": found, "claims": whole})
        return
    emit(rows(found, whole) if format == "table" else [row(v) for v in found], COLUMNS, format, "verdicts")


def rows(elements: Sequence[Verdict], claims: Sequence[ClaimVerdict]) -> list[dict[str, Any]]:
    """The lines of a table: the elements of each claim, then the claim as a whole, marked so."""
    lines: dict[str, list[dict[str, Any]]] = {}
    for v in elements:
        lines.setdefault(v.claim, []).append(row(v))
    for whole in claims:
        lines.setdefault(whole.claim, []).append(_whole_row(whole))
    return [line for of_claim in lines.values() for line in of_claim]


def _whole_row(verdict: ClaimVerdict) -> dict[str, Any]:
    """The line of a claim; its presence is told apart where the levels above it lower the verdict."""
    presence = next((k for k in verdict.levels if k.level == "presence"), None)
    line = row(verdict) | {"element": "= claim as a whole"}
    if presence is not None and presence.verdict != verdict.verdict:
        line["verdict"] += f" (presence: {presence.verdict})"
    return line


def row(verdict: Verdict) -> dict[str, Any]:
    """A verdict as one line of a table."""
    ratio, probability = verdict.likelihood_ratio, verdict.probability
    return {
        "claim": verdict.claim,
        "element": verdict.element,
        "verdict": verdict.verdict + (" (simulated)" if verdict.simulated else ""),
        "ratio": f"{ratio.value:.3g} [{ratio.low:.2g}, {ratio.high:.2g}]" if ratio else None,
        "probability": f"{probability.value:.2f}" if probability else None,
        "power": f"{verdict.power:.2f}" if verdict.power is not None else None,
        "word": verdict.word,
        "confidence": verdict.confidence,
        "origins": verdict.origins,
        "statement": verdict.statement,
    }
