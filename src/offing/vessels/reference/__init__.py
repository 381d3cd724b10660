"""Photographs of ships from abeam: what they say of the line from bow to stern, and how that compares."""

from offing.vessels.reference.comparing import against_class, against_overhead, against_photograph
from offing.vessels.reference.model import (
    BowEnd,
    PartMatch,
    PhotoPart,
    PhotoRelief,
    Quality,
    ReferenceComparison,
    ReferenceImage,
)
from offing.vessels.reference.references import read_reference

__all__ = [
    "BowEnd",
    "PartMatch",
    "PhotoPart",
    "PhotoRelief",
    "Quality",
    "ReferenceComparison",
    "ReferenceImage",
    "against_class",
    "against_overhead",
    "against_photograph",
    "read_reference",
]
