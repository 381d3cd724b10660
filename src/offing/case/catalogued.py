"""What the catalogues list of a case's sites and the case does not hold, as looks."""

from __future__ import annotations

from collections.abc import Sequence

from offing.case.case import Case
from offing.imagery.model import Scene
from offing.looks.catalogued import catalogued_looks
from offing.looks.model import Look


def not_obtained(case: Case, scenes: Sequence[Scene], told: Sequence[Look]) -> tuple[Look, ...]:
    """A look "not obtained" for each acquisition that is listed, but is no scene of the case and in no table of looks.

    ``told``: the looks at the case's pictures and those that analysts wrote down.
    """
    found: list[Look] = []
    for site in case.definition.sites:
        items = case.store.items(site.id)
        if items:
            held = [(s.platform, s.time) for s in scenes if site.id in s.sites]
            held += [(k.sensor, k.time) for k in told if k.site == site.id and k.scene is None]
            found.extend(catalogued_looks(items, site, held))
    return tuple(found)
