"""Items of STAC 0.9 to 1.1, as each provider writes them, as what offing knows of an acquisition."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Literal

from offing.imagery.bands import POLARISATIONS
from offing.imagery.catalogue.assets import address, read_assets
from offing.imagery.catalogue.catalogues import Catalogue
from offing.imagery.catalogue.fields import Fields, entries, fields, instant, number, text, whole, within
from offing.imagery.catalogue.model import Asset, CatalogueItem
from offing.imagery.catalogue.outlines import outline
from offing.imagery.model import SensorKind
from offing.records import Record

LONGEST = timedelta(minutes=15)
"""Of one acquisition; an item that lasts longer is put together from several."""
COARSEST_M = 100.0
"""Pixels beyond this show no ship."""
_S1_NAME = re.compile(r"^S1[A-D]_(IW|EW|SM|WV|S\d)_(GRD|SLC|OCN)([FHM_])_")
_FAMILIES = (
    ("sentinel-1", re.compile(r"^s1[a-d]?_|sentinel[-_ ]?1")),
    ("sentinel-2", re.compile(r"^s2[a-d]?_|sentinel[-_ ]?2")),
    ("landsat", re.compile(r"^l[coet]0[4-9]_|landsat")),
)
_SATELLITE = re.compile(r"^S([12])([A-D])_", re.I)
_CREDITS = {
    "sentinel-1": "Contains modified Copernicus Sentinel data {year}",
    "sentinel-2": "Contains modified Copernicus Sentinel data {year}",
    "landsat": "Landsat data courtesy of the U.S. Geological Survey",
}


class LeftOut(Record, frozen=True):
    """An item that is not used."""

    reason: str
    """Why, as a group of such items is named."""


class ReadItem(Record, frozen=True):
    """An item, and what was odd about it."""

    item: CatalogueItem
    note: str | None = None


def read_item(raw: object, source: Catalogue, base: str) -> ReadItem | LeftOut:
    """What a STAC item says. Never raises: whatever JSON it is, it becomes an item or a reason.

    ``base``: address that relative links count from.
    """
    feature = fields(raw)
    properties = fields(feature.get("properties"))
    name = text(feature, "id", most=300)
    if name is None:
        return LeftOut(reason="without a name")
    collection = text(feature, "collection") or text(properties, "collection") or "unknown"
    family = family_of(name, collection, properties)
    time = _time(properties)
    if isinstance(time, LeftOut):
        return time
    rings, note = outline(feature.get("geometry"), feature.get("bbox"))
    if not rings:
        return LeftOut(reason="without a usable outline")
    own = _own_address(feature, base)
    assets = read_assets(feature.get("assets"), family, own or base, properties, name)
    sensor = _sensor(family, properties, assets)
    gsd = _gsd(properties, assets, family)
    if sensor is None:
        return LeftOut(reason="of no sensor that offing reads")
    if gsd is not None and gsd > COARSEST_M:
        return LeftOut(reason=f"with pixels of more than {COARSEST_M:g} m")
    clouded = number(properties, "eo:cloud_cover", "cloud_cover", "s2:cloud_cover")
    item = CatalogueItem(
        id=item_id(source.name, collection, name),
        catalogue=source.name,
        collection=collection,
        item=name,
        time=time,
        sensor=sensor,
        platform=_platform(properties, name, family),
        gsd_m=gsd,
        outline=rings,
        cloud=_share(clouded) if sensor != "sar" else None,
        sun_elevation_deg=within(number(properties, "view:sun_elevation"), -90.0, 90.0),
        orbit=whole(properties, "sat:relative_orbit", "s1:relative_orbit", low=1, high=1000),
        direction=_direction(properties),
        mode=_mode(name, family, properties, assets),
        cost=source.cost,
        assets=assets,
        licence=text(properties, "license"),
        credit=_CREDITS.get(family, "").format(year=time.year) or None,
        href=own,
        simulated=properties.get("offing:simulated") is True,
    )
    if note is None and clouded is not None and _share(clouded) is None:
        note = "cloud cover outside 0–100 % dropped"
    return ReadItem(item=item, note=note)


def item_id(catalogue: str, collection: str, name: str) -> str:
    """``catalogue/collection/item``, slashes within the parts written as %2F."""
    return "/".join([catalogue, collection.replace("/", "%2F"), name.replace("/", "%2F")])


def family_of(name: str, collection: str, properties: Fields) -> str:
    """``sentinel-1``, ``sentinel-2``, ``landsat`` or ``other``."""
    said = [text(properties, "platform"), text(properties, "constellation", "mission"), collection, name]
    for word in said:
        for family, pattern in _FAMILIES:
            if word and pattern.search(word.lower()):
                return family
    return "other"


def _time(properties: Fields) -> datetime | LeftOut:
    """The instant of an acquisition, or the middle of a short span of time."""
    if (said := instant(properties, "datetime")) is not None:
        return said
    start, end = instant(properties, "start_datetime"), instant(properties, "end_datetime")
    if start is None or end is None or end < start:
        return LeftOut(reason="without a time")
    if end - start > LONGEST:
        return LeftOut(reason="put together from more than one acquisition")
    middle = start + (end - start) / 2
    return middle.replace(microsecond=middle.microsecond // 1000 * 1000)


def _own_address(feature: Fields, base: str) -> str | None:
    for link in entries(feature.get("links"))[:50]:
        if fields(link).get("rel") == "self":
            return address(text(fields(link), "href", most=2000), base)
    return None


def _platform(properties: Fields, name: str, family: str) -> str | None:
    """``sentinel-1a``, ``landsat-9`` …: lower case with hyphens; by the product's name where nothing else says it."""
    said = text(properties, "platform", most=60)
    if said and said.lower() not in ("sentinel-1", "sentinel-2"):
        return re.sub(r"[\s_]+", "-", said.lower())
    if named := _SATELLITE.match(name):
        return f"sentinel-{named[1]}{named[2].lower()}"
    return said.lower() if said else family if family != "other" else None


def _sensor(family: str, properties: Fields, assets: tuple[Asset, ...]) -> SensorKind | None:
    bands = {a.band for a in assets if a.band}
    if family == "sentinel-1" or bands & set(POLARISATIONS) or any(k.startswith("sar:") for k in properties):
        return "sar"
    if family in ("sentinel-2", "landsat") or bands & {"nir", "B08", "B8A"}:
        return "multispectral"
    if {"red", "green", "blue"} <= bands:
        return "rgb"
    return "panchromatic" if "pan" in bands else None


def _gsd(properties: Fields, assets: tuple[Asset, ...], family: str) -> float | None:
    """Size of the finest pixels, metres."""
    if family == "sentinel-1" or any(k.startswith("sar:") for k in properties):
        spacing = number(properties, "sar:pixel_spacing_range", "gsd", "sar:resolution_range")
        return within(spacing, 0.01, 1e5)
    finest = [a.gsd_m for a in assets if a.band and a.gsd_m]
    said = within(number(properties, "gsd", "eo:gsd"), 0.01, 1e5)
    return min(finest) if finest else said if said else 10.0 if family == "sentinel-2" else None


def _share(percent: float | None) -> float | None:
    """A cloud cover of 0–100 % as a fraction; −1 and the like mean that it is not known."""
    percent = within(percent, 0.0, 100.0)
    return None if percent is None else percent / 100.0


def _direction(properties: Fields) -> Literal["ascending", "descending"] | None:
    said = (text(properties, "sat:orbit_state") or "").lower()
    return "ascending" if said == "ascending" else "descending" if said == "descending" else None


def _mode(name: str, family: str, properties: Fields, assets: tuple[Asset, ...]) -> str | None:
    """``IW GRDH VV VH`` of Sentinel-1, ``L2A`` of Sentinel-2."""
    if family == "sentinel-1":
        named = _S1_NAME.match(name)
        words = text(properties, "sar:instrument_mode"), text(properties, "sar:product_type", "product:type")
        kind = f"{named[1]} {named[2]}{named[3].strip('_')}" if named else " ".join(w for w in words if w)
        said = [p for p in entries(properties.get("sar:polarizations")) if p in POLARISATIONS]
        pols = said or sorted({a.band for a in assets if a.band in POLARISATIONS}, key=POLARISATIONS.index)
        return " ".join([kind, *pols]).strip() or None
    if family == "sentinel-2":
        level = re.search(r"L[12][AC]", f"{name} {text(properties, 's2:product_type', 'product:type') or ''}".upper())
        return level[0] if level else None
    return text(properties, "landsat:correction", "processing:level", most=40)
