"""Items of Planet's Data API as what offing knows of an acquisition. Every one of them has to be bought."""

from __future__ import annotations

import re

from offing.imagery.catalogue.assets import address
from offing.imagery.catalogue.catalogues import Catalogue
from offing.imagery.catalogue.fields import fields, instant, number, text, within
from offing.imagery.catalogue.model import CatalogueItem
from offing.imagery.catalogue.outlines import outline
from offing.imagery.catalogue.stac_items import LeftOut, ReadItem, item_id
from offing.imagery.model import SensorKind

_PLATFORMS = {"psscene": "planetscope", "reorthotile": "rapideye", "rescene": "rapideye"}
_PIXELS_M = {"planetscope": 3.0, "rapideye": 5.0}
"""Pixels of the ortho products (Planet's product specification); ``gsd`` says how the satellite saw."""


def read_planet_item(raw: object, source: Catalogue, base: str) -> ReadItem | LeftOut:
    """What an item of a search says. Never raises: whatever JSON it is, it becomes an item or a reason."""
    feature = fields(raw)
    properties = fields(feature.get("properties"))
    name, kind = text(feature, "id", most=300), text(properties, "item_type")
    if name is None or kind is None:
        return LeftOut(reason="without a name")
    time = instant(properties, "acquired")
    if time is None:
        return LeftOut(reason="without a time")
    rings, note = outline(feature.get("geometry"))
    if not rings:
        return LeftOut(reason="without a usable outline")
    platform = _platform(kind)
    cloud = within(number(properties, "cloud_cover"), 0.0, 1.0)
    if cloud is None:
        percent = within(number(properties, "cloud_percent"), 0.0, 100.0)
        cloud = None if percent is None else percent / 100.0
    pixel = number(properties, "pixel_resolution", "gsd") or _PIXELS_M.get(platform)
    instrument = text(properties, "instrument", most=40)
    item = CatalogueItem(
        id=item_id(source.name, kind, name),
        catalogue=source.name,
        collection=kind,
        item=name,
        time=time,
        sensor=_sensor(kind),
        platform=platform,
        gsd_m=within(pixel, 0.01, 1e4),
        outline=rings,
        cloud=cloud,
        sun_elevation_deg=within(number(properties, "sun_elevation"), -90.0, 90.0),
        mode=" ".join(w for w in (kind, instrument, text(properties, "quality_category", most=40)) if w),
        cost="bought",
        licence="proprietary",
        credit=f"© {time.year} Planet Labs PBC",
        href=address(text(fields(feature.get("_links")), "_self", most=2000), base),
        simulated=properties.get("offing:simulated") is True,
    )
    return ReadItem(item=item, note=note)


def _platform(kind: str) -> str:
    if kind.lower() in _PLATFORMS:
        return _PLATFORMS[kind.lower()]
    return re.sub(r"(Collect|Scene|Video|OrthoTile)$", "", kind).lower()


def _sensor(kind: str) -> SensorKind:
    return "rgb" if kind.endswith("Video") else "multispectral"
