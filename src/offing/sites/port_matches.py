"""Which entries of a port index may be a site: by distance and by name, both shown, nothing merged."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

from offing.geo import LonLat, distance_m
from offing.records import Record
from offing.sites.model import Site
from offing.sites.ports import Port

NEAR_M = 10_000.0
"""So near, or within the site's radius, an entry is shown whatever it is called."""
NAMED_M = 60_000.0
"""So near, it is shown where the names agree."""
ALIKE = 0.75
"""Names agree from this ratio of matching letters (Ratcliff and Obershelp) on."""


class PortMatch(Record, frozen=True):
    """An entry of the index that may be the site, and why it is shown."""

    port: Port
    distance_m: float
    """From the site's position to the index's, which is often rounded to the minute (1.9 km), metres."""
    name_alike: float
    """0–1: how far the nearest two of their names agree; 1: the same letters. Other scripts agree with nothing."""
    by: tuple[str, ...]
    """``distance``, ``name`` or both."""


def matches(site: Site, ports: Sequence[Port]) -> tuple[PortMatch, ...]:
    """The entries that may be the site, nearest first."""
    found = []
    for port in within(site.lonlat, ports, max(NAMED_M, site.radius_m)):
        metres = distance_m(site.lonlat, port.lonlat)
        alike = likeness((site.name, *site.aka), (port.name, *((port.alternate,) if port.alternate else ())))
        by = tuple(
            word for word, yes in (
                ("distance", metres <= max(NEAR_M, site.radius_m)), ("name", alike >= ALIKE and metres <= NAMED_M),
            ) if yes
        )  # fmt: skip
        if by:
            found.append(PortMatch(port=port, distance_m=metres, name_alike=alike, by=by))
    return tuple(sorted(found, key=lambda m: (m.distance_m, m.port.source)))


def within(place: LonLat, ports: Sequence[Port], radius_m: float) -> tuple[Port, ...]:
    """The ports within ``radius_m``, nearest first."""
    near = [p for p in ports if abs(p.lat - place.lat) * 110_500.0 <= radius_m]
    far = sorted(((distance_m(place, p.lonlat), p.source, p) for p in near), key=lambda entry: entry[:2])
    return tuple(port for metres, _, port in far if metres <= radius_m)


def likeness(some: Sequence[str], others: Sequence[str]) -> float:
    """0–1: the ratio of matching letters of the two names that agree best; marks and punctuation do not count."""
    pairs = [(a, b) for one in some for other in others if (a := _plain(one)) and (b := _plain(other))]
    return max((difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() for a, b in pairs), default=0.0)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name[:100].casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())
