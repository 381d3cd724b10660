"""A voyage as one row of a table: the same in the GeoPackage's layer, in every export and on the command line."""

from __future__ import annotations

import math

from offing.movements.voyages.model import Voyage

COLUMNS = (
    "voyage", "from_site", "to_site", "vessel_class", "vessel", "status", "departed_after", "departed_before",
    "arrived_after", "arrived_before", "distance_low_nm", "distance_high_nm", "hours_low", "hours_high", "least_kn",
    "most_kn", "fastest_kn", "likelihood_ratio", "likelihood_ratio_low", "likelihood_ratio_high", "probability",
    "probability_low", "probability_high", "identity", "why", "parts", "alternatives", "basis", "departure", "arrival",
    "simulated",
)  # fmt: skip
TIMES = slice(6, 10)
"""Where the four bounds stand."""


def cells(voyage: Voyage) -> tuple[object, ...]:
    """The values in the order of ``COLUMNS``; times as they are."""
    ratio, chance = voyage.ratio, voyage.posterior
    return (
        voyage.id, voyage.start, voyage.end, voyage.vessel_class, voyage.vessel, voyage.status,
        voyage.departed_after, voyage.departed_before, voyage.arrived_after, voyage.arrived_before,
        voyage.distance_nm.low, voyage.distance_nm.high, voyage.hours.low, voyage.hours.high, voyage.least_kn,
        voyage.most_kn, voyage.fastest_kn,
        *((ratio.value, ratio.low, ratio.high) if ratio else (None, None, None)),
        *((chance.value, chance.low, chance.high) if chance else (None, None, None)),
        voyage.identity, voyage.why, "; ".join(part_words(voyage)) or None, "; ".join(voyage.alternatives) or None,
        "; ".join(voyage.basis), voyage.departure, voyage.arrival, voyage.simulated,
    )  # fmt: skip


def part_words(voyage: Voyage) -> list[str]:
    """Each part of the likelihood ratio, its factor first."""
    return [
        f"{p.name} × {math.exp(p.log_ratio):.3g}: {p.note}" if p.used else f"{p.name}: {p.note}" for p in voyage.parts
    ]
