"""The relief of a class: what its parts make of the line from bow to stern."""

from __future__ import annotations

from collections.abc import Sequence

from offing.vessels.model import Part, PartKind, VesselClass
from offing.vessels.profile.model import FRACTIONS, SAMPLES, Relief


def relief_of(vessel_class: VesselClass) -> Relief | None:
    """What stands along the deck of a ship of the class; None where the library does not say."""
    if not vessel_class.parts:
        return None
    heights, kinds = outline(vessel_class.parts)
    return Relief(
        name=vessel_class.id,
        fractions=FRACTIONS,
        height_m=heights,
        kinds=kinds,
        parts=vessel_class.parts,
        freeboard_m=vessel_class.hull.freeboard_m if vessel_class.hull else None,
        length_m=sum(vessel_class.length_m) / 2.0 if vessel_class.length_m else None,
        height_basis="; ".join(vessel_class.sources) or "declared",
        cited=vessel_class.cited,
    )


def outline(parts: Sequence[Part]) -> tuple[tuple[float, ...], tuple[PartKind | None, ...]]:
    """(height of the highest part at each sample in metres, its kind): a part shorter than a sample still has the one
    that its middle lies in. What lies in the deck (height 0) is named where nothing stands above it.
    """
    heights = [0.0] * SAMPLES
    kinds: list[PartKind | None] = [None] * SAMPLES
    for part in sorted(parts, key=lambda p: p.height_m):
        middle = min(int(0.5 * (part.start + part.end) * SAMPLES), SAMPLES - 1)
        for i, at in enumerate(FRACTIONS):
            if part.start <= at <= part.end or i == middle:
                heights[i], kinds[i] = part.height_m, part.kind
    return tuple(heights), tuple(kinds)
