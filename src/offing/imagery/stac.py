"""A kept scene as a STAC item, so that any catalogue tool can read what the case holds."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from offing.imagery.model import Box, Scene
from offing.imagery.picture import Picture
from offing.imagery.pixels import Layer

_PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
_RASTER = "https://stac-extensions.github.io/raster/v2.0.0/schema.json"


def stac_item(scene: Scene, picture: Picture, box: Box) -> dict[str, Any]:
    """The item (STAC 1.1) of a clip that lies beside it; without georeference its geometry is null."""
    import pystac

    properties: dict[str, Any] = {
        "title": f"{'SIMULATED ' if scene.simulated else ''}{scene.original}",
        "gsd": round(max(scene.gsd_m), 4),
        "offing:sensor": scene.sensor,
        "offing:simulated": scene.simulated,
        "offing:sites": list(scene.sites),
        "offing:source_sha256": scene.sha256,
        "offing:time_basis": scene.time_basis,
        "offing:notes": list(picture.notes),
    }
    said = {"platform": scene.platform, "license": scene.licence, "offing:credit": scene.credit,
            "offing:item": scene.item}  # fmt: skip
    properties |= {key: value for key, value in said.items() if value}
    properties |= _projection(scene, picture, box)
    ring = [list(point) for point in scene.footprint] if scene.footprint else None
    item = pystac.Item(
        id=scene.id,
        geometry={"type": "Polygon", "coordinates": [ring]} if ring else None,
        bbox=_bbox(ring) if ring else None,
        datetime=scene.time,
        properties=properties,
        stac_extensions=[_PROJECTION, _RASTER] if ring else [_RASTER],
    )
    asset = pystac.Asset(
        href=f"./{PurePosixPath(scene.path).name}",
        media_type=pystac.MediaType.COG,
        roles=["data"],
        extra_fields={"bands": [_band(layer) for layer in picture.layers]},
    )
    item.add_asset("data", asset)
    return item.to_dict(include_self_link=False, transform_hrefs=False)


def _projection(scene: Scene, picture: Picture, box: Box) -> dict[str, Any]:
    place = picture.placed(box)
    if scene.crs is None or place is None:
        return {}
    t = place[0]
    named = ":" in scene.crs and len(scene.crs) < 40
    code = {"proj:code": scene.crs} if named else {"proj:code": None, "proj:wkt2": scene.crs}
    return {**code, "proj:shape": [scene.height, scene.width], "proj:transform": [t.a, t.b, t.c, t.d, t.e, t.f]}


def _band(layer: Layer) -> dict[str, Any]:
    return {"name": layer.name, "raster:scale": layer.scale, "raster:offset": layer.offset}


def _bbox(ring: list[list[float]]) -> list[float]:
    """West, south, east, north; west is greater than east across the antimeridian, as GeoJSON wants it."""
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    if max(lons) - min(lons) > 180.0:
        return [min(v for v in lons if v > 0), min(lats), max(v for v in lons if v <= 0), max(lats)]
    return [min(lons), min(lats), max(lons), max(lats)]
