"""The verdict on each claim as a whole, as a table."""

from __future__ import annotations

from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell, Table, joined

COLUMNS = (
    "claim", "verdict", "statement", "presence", "lr", "lr_low", "lr_high", "probability", "probability_low",
    "probability_high", "prior", "power", "word", "confidence", "confidence_reasons", "origins", "carried_by",
    "doubted", "missed", "unseen", "levels", "evidence", "reasons", "simulated",
)  # fmt: skip


def claim_table(case: CaseSnapshot) -> Table:
    """A row a claim; the numbers are those of presence, also where the claim says more than that."""
    rows: list[tuple[Cell, ...]] = []
    for v in case.claims:
        presence = next((k for k in v.levels if k.level == "presence"), None)
        ratio = presence.likelihood_ratio if presence else None
        p = presence.probability if presence else None
        rows.append(
            (
                v.claim,
                v.verdict,
                v.statement,
                presence.verdict if presence else None,
                *((ratio.value, ratio.low, ratio.high) if ratio else (None, None, None)),
                *((p.value, p.low, p.high, p.prior) if p else (None, None, None, None)),
                presence.power if presence else None,
                v.word,
                v.confidence,
                joined(v.confidence_reasons),
                v.origins,
                joined(v.carried_by),
                joined(v.doubted),
                joined(v.missed),
                joined(v.unseen),
                joined(k.statement for k in v.levels),
                joined(v.evidence),
                joined(v.reasons),
                v.simulated,
            )
        )
    return Table(name="claims", columns=COLUMNS, rows=tuple(rows))
