"""What the claims of a case look for at a site, and how long such a ship is."""

from __future__ import annotations

import math
from collections.abc import Iterable

from offing.claims.model import Claim, sites_named
from offing.vessels.classes import ClassLibrary


def classes_sought(claims: Iterable[Claim], site: str) -> tuple[str, ...]:
    """Class ids that the claims look for at a site."""
    carriers = (c.elements.carrier for c in claims if site in sites_named(c.elements))
    return tuple(sorted({class_id for carrier in carriers if carrier for class_id in carrier.classes}))


def length_sought_m(sought: Iterable[str], library: ClassLibrary) -> float | None:
    """Length that a look is judged by: the typical one (geometric mean of the bounds) of the shortest class sought.

    A wide class stands for the narrow ones below it. None where no class sought has a length.
    """
    bounds = [library.get(class_id).length_m for class_id in library.leaves(sought)]
    return min((math.sqrt(b[0] * b[1]) for b in bounds if b), default=None)
