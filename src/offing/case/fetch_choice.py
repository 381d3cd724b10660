"""Which of the items that catalogues list are worth fetching, and which are in the case already."""

from __future__ import annotations

from collections.abc import Sequence

from offing.geo import circle
from offing.imagery.catalogue.model import CatalogueItem
from offing.imagery.model import Scene
from offing.looks.catalogued import SAME_PASS, acquisitions, family
from offing.sites import Site


def one_a_pass(items: Sequence[CatalogueItem], site: Site) -> list[CatalogueItem]:
    """Of each acquisition the item that shows most of the site, by time; items that miss the site are left out.

    Tiles that overlap, slices of one pass and catalogues repeat each other. One whose files can be read is taken before
    one whose files cannot: Earth Search lists the same Sentinel-1 pictures as Planetary Computer, in a store that wants
    payment.
    """
    shares = {item.id: _share(item, site) for item in items}
    return [
        min(group, key=lambda i: (not can_be_read(i), -round(shares[i.id], 2), -len(i.assets), i.id))
        for group in acquisitions(items, site)
    ]


def can_be_read(item: CatalogueItem) -> bool:
    """Whether the item is free and has bands at addresses that can be asked."""
    return item.cost == "free" and any(a.band and a.href.startswith(("https://", "http://")) for a in item.assets)


def _share(item: CatalogueItem, site: Site) -> float:
    """Part of the site's circle within the item's outline, 0–1."""
    from shapely import Polygon, unary_union

    lon0 = site.position[0]
    around = [((lon - lon0 + 180.0) % 360.0 - 180.0, lat) for lon, lat in circle(site.lonlat, site.radius_m)]
    ground, rings = Polygon(around), []
    for ring in item.outline:
        turn = 360.0 * round((sum(lon for lon, _ in ring) / len(ring) - lon0) / 360.0)
        rings.append(Polygon([(lon - turn - lon0, lat) for lon, lat in ring]).buffer(0.0))
    return float(ground.intersection(unary_union(rings)).area / ground.area)


def held(scenes: Sequence[Scene], site: Site, item: CatalogueItem, *, by_pass: bool) -> Scene | None:
    """The scene of the site that is this item, or (``by_pass``) another picture of the same pass."""
    for scene in scenes:
        if site.id not in scene.sites:
            continue
        if scene.item == item.id:
            return scene
        if by_pass and family(scene.platform) == family(item.platform) and abs(scene.time - item.time) <= SAME_PASS:
            return scene
    return None
