"""What was said: sources, claims and the elements of a claim that can be tested."""

from offing.claims.model import (
    AnyOf,
    Carrier,
    Claim,
    Elements,
    Grade,
    Quantity,
    Source,
    origin_group,
    place_ids,
    sites_named,
)

__all__ = [
    "AnyOf",
    "Carrier",
    "Claim",
    "Elements",
    "Grade",
    "Quantity",
    "Source",
    "origin_group",
    "place_ids",
    "sites_named",
]
