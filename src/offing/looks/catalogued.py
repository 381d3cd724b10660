"""Looks that a catalogue lists and the case does not hold: "not obtained" is a look too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from offing.geo import circle
from offing.imagery.catalogue.model import CatalogueItem, Ring
from offing.looks.darkness import sun_elevation_deg
from offing.looks.model import Look, Observation
from offing.sites import Site

SAME_PASS = timedelta(minutes=2)
"""Items of one satellite and site closer than this are parts of one acquisition (tiles, slices, levels)."""


def catalogued_looks(
    items: Iterable[CatalogueItem], site: Site, obtained: Collection[tuple[str | None, datetime]] = ()
) -> tuple[Look, ...]:
    """One look "not obtained" for each acquisition of ``site`` that is listed, by time.

    ``obtained``: (platform, time) of the pictures that the case does hold of the site. Items whose outline misses the
    site are left out; tiles, slices, processing levels and catalogues of one pass are one look. Real items are no
    looks at a simulated site, nor the other way round.
    """
    return tuple(_look(group, site) for group in acquisitions(items, site, obtained))


def acquisitions(
    items: Iterable[CatalogueItem], site: Site, obtained: Collection[tuple[str | None, datetime]] = ()
) -> tuple[tuple[CatalogueItem, ...], ...]:
    """The items of each acquisition of ``site`` that is listed and not ``obtained``, by time.

    What is left out and what is one acquisition, ``catalogued_looks`` says.
    """
    shown = _showing([i for i in items if i.simulated == site.simulated], site)
    held = sorted((time, family(platform)) for platform, time in obtained)
    return tuple(
        tuple(group) for group in _passes(shown) if not any(_same(group[0], time, name) for time, name in held)
    )


def _showing(items: Sequence[CatalogueItem], site: Site) -> list[CatalogueItem]:
    """Those whose outline meets the site's circle, all longitudes taken next to the site's own."""
    import numpy as np
    import shapely

    middle = site.position[0]
    around = [((lon - middle + 180.0) % 360.0 - 180.0, lat) for lon, lat in circle(site.lonlat, site.radius_m)]
    ground = shapely.Polygon(around)
    shapely.prepare(ground)
    rings = [(number, _beside(ring, middle)) for number, item in enumerate(items) for ring in item.outline]
    if not rings:
        return []
    meets = shapely.intersects(ground, shapely.polygons([shapely.linearrings(ring) for _, ring in rings]))
    return [items[n] for n in sorted({rings[k][0] for k in np.flatnonzero(meets)})]


def _beside(ring: Ring, middle: float) -> list[tuple[float, float]]:
    """The ring with longitudes from ``middle``, shifted by whole turns to the side on which it lies nearest."""
    turn = 360.0 * round((sum(lon for lon, _ in ring) / len(ring) - middle) / 360.0)
    return [(lon - turn - middle, lat) for lon, lat in ring]


def _passes(items: Sequence[CatalogueItem]) -> list[list[CatalogueItem]]:
    """Items by acquisition, in order of time."""
    groups: list[list[CatalogueItem]] = []
    last: dict[str, list[CatalogueItem]] = {}
    for item in sorted(items, key=lambda i: (i.time, i.id)):
        name = item.platform or item.sensor
        group = last.get(name)
        if group is not None and item.time - group[-1].time <= SAME_PASS:
            group.append(item)
            continue
        last[name] = [item]
        groups.append(last[name])
    return groups


def _look(group: Sequence[CatalogueItem], site: Site) -> Look:
    first = group[0]
    return Look(
        id=f"{first.id}@{site.id}",
        site=site.id,
        time=first.time,
        sensor=first.platform or first.sensor,
        status="not-obtained",
        usable=0.0,
        reason=_reason(group),
        observations=(Observation(seen="indeterminate"),),
        sun_elevation_deg=sun_elevation_deg(site.lonlat, first.time),
        simulated=site.simulated,
    )


def _reason(group: Sequence[CatalogueItem]) -> str:
    catalogues = sorted({i.catalogue for i in group})
    words = [f"listed by {' and '.join(catalogues)}, not obtained"]
    clouds = [i.cloud for i in group if i.cloud is not None]
    if clouds:
        words.append(f"{min(clouds):.0%} cloud over the whole scene by the catalogue, which says nothing of this place")
    if all(i.cost == "bought" for i in group):
        words.append("has to be bought")
    return "; ".join(words)


def _same(item: CatalogueItem, time: datetime, name: str) -> bool:
    return abs(item.time - time) <= SAME_PASS and family(item.platform) == name


def family(platform: str | None) -> str:
    """``sentinel-2`` of ``sentinel-2b``: pictures often do not say which of the pair took them."""
    name = (platform or "").lower()
    return name[:10] if name.startswith("sentinel-") else name
