"""Items in the shape that each provider gives them, made up; only the field names are theirs."""

from datetime import UTC, datetime, timedelta

from offing.imagery.catalogue.model import Query
from offing.timespan import TimeSpan, iso

PLACE = (132.335, 42.879, 3000.0)
SPAN = TimeSpan(start=datetime(2024, 10, 1, tzinfo=UTC), end=datetime(2024, 11, 1, tzinfo=UTC))
NOW = datetime(2025, 1, 1, tzinfo=UTC)
SQUARE = [[[131.5, 42.4], [133.0, 42.4], [133.0, 43.4], [131.5, 43.4], [131.5, 42.4]]]
COLLECTIONS = ("sentinel-1-grd", "sentinel-2-l2a")


def query(catalogue, place=PLACE, collections=COLLECTIONS, span=SPAN):
    return Query(catalogue=catalogue, collections=collections, site="dunai", place=place, span=span)


def when(number):
    return iso(SPAN.start + timedelta(hours=number % 700, seconds=number // 700))


def _item(name, collection, properties, assets, version="1.0.0", links=()):
    return {
        "type": "Feature", "stac_version": version, "id": name, "collection": collection,
        "bbox": [131.5, 42.4, 133.0, 43.4], "geometry": {"type": "Polygon", "coordinates": SQUARE},
        "properties": properties, "assets": assets, "links": list(links),
    }  # fmt: skip


def earth_search_s2(number=0, **properties):
    name = f"S2B_52TGN_2024{number:06d}_0_L2A"
    base = f"https://sentinel-cogs.s3.us-west-2.amazonaws.com/{name}"
    bands = {"coastal": 60, "blue": 10, "green": 10, "red": 10, "nir": 10, "nir08": 20, "swir16": 20, "swir22": 20}
    assets = {}
    for key, gsd in bands.items():
        raster = [{"nodata": 0, "data_type": "uint16", "spatial_resolution": gsd, "scale": 0.0001, "offset": -0.1}]
        said = {"eo:bands": [{"name": key, "common_name": key}], "raster:bands": raster, "roles": ["data"]}
        cog = "image/tiff; application=geotiff; profile=cloud-optimized"
        assets[key] = {"href": f"{base}/{key}.tif", "type": cog, **said}
        assets[f"{key}-jp2"] = {"href": f"s3://sentinel-s2-l2a/{key}.jp2", "type": "image/jp2", **said}
    assets["scl"] = {"href": f"{base}/SCL.tif", "raster:bands": [{"spatial_resolution": 20}], "roles": ["data"]}
    assets["visual"] = {"href": f"{base}/TCI.tif", "roles": ["visual"]}
    assets["thumbnail"] = {"href": f"{base}/preview.jpg", "roles": ["thumbnail"]}
    return _item(
        name, "sentinel-2-l2a",
        {"datetime": when(number), "platform": "sentinel-2b", "constellation": "sentinel-2", "eo:cloud_cover": 12.5,
         "view:sun_elevation": 33.25, "s2:processing_baseline": "05.11", "earthsearch:boa_offset_applied": True,
         **properties},
        assets, links=[{"rel": "self", "href": f"https://earth-search.example/v1/items/{name}"}],
    )  # fmt: skip


def sentinel_1(number=0, collection="sentinel-1-grd", **properties):
    name = f"S1A_IW_GRDH_1SDV_20241011T2121{number:06d}_20241011T212150_056066_06DC1A"
    assets = {
        "vv": {"href": f"https://sentinel1euwest.blob.core.windows.net/s1-grd/{name}/vv.tiff", "roles": ["data"],
               "eo:bands": [{"name": "VV"}], "type": "image/tiff; application=geotiff"},
        "vh": {"href": f"https://sentinel1euwest.blob.core.windows.net/s1-grd/{name}/vh.tiff", "roles": ["data"]},
        "schema-calibration-vv": {"href": f"https://sentinel1euwest.blob.core.windows.net/s1-grd/{name}/c.xml",
                                  "type": "application/xml", "roles": ["metadata"]},
        "thumbnail": {"href": "https://sentinel1euwest.blob.core.windows.net/s1-grd/q.png", "roles": ["thumbnail"]},
    }  # fmt: skip
    return _item(
        name, collection,
        {"datetime": when(number), "platform": "SENTINEL-1A", "sar:instrument_mode": "IW", "sar:product_type": "GRD",
         "sar:polarizations": ["VV", "VH"], "sar:pixel_spacing_range": 10, "sar:resolution_range": 20,
         "sat:orbit_state": "ascending", "sat:relative_orbit": 134, **properties},
        assets,
    )  # fmt: skip


def planetary_computer_s2(number=0, baseline="05.11"):
    name = f"S2A_MSIL2A_2024{number:06d}_R089_T52TGN_20241007T062853"
    base = f"https://sentinel2l2a01.blob.core.windows.net/sentinel2-l2/{name}"
    assets = {
        band: {"href": f"{base}/{band}.tif", "gsd": 10.0, "eo:bands": [{"name": band}], "roles": ["data"]}
        for band in ("B02", "B03", "B04", "B08", "SCL")
    }
    return _item(
        name, "sentinel-2-l2a",
        {"datetime": when(number), "platform": "Sentinel-2A", "s2:processing_baseline": baseline, "eo:cloud_cover": 0.4,
         "sat:relative_orbit": 89},
        assets,
    )  # fmt: skip


def copernicus_s2(number=0):
    name = f"S2C_MSIL2A_2024{number:06d}_N0511_R122_T52TGN_20250330T145914"
    assets = {}
    for band in ("B02", "B03", "B11", "SCL"):
        for width in (10, 20, 60):
            if band in ("B11", "SCL") and width == 10:
                continue
            assets[f"{band}_{width}m"] = {
                "href": f"s3://eodata/Sentinel-2/{name}/{band}_{width}m.jp2", "type": "image/jp2", "gsd": width,
                "alternate": {"https": {"href": f"https://zipper.dataspace.example/{name}/{band}_{width}m/$value"}},
                "bands": [{"name": band, "eo:common_name": "blue"}] if band != "SCL" else [],
                "file:size": 1000 + width, "raster:scale": 0.0001, "raster:offset": -0.1, "roles": ["data"],
            }  # fmt: skip
    properties = {
        "datetime": when(number),
        "platform": "sentinel-2c",
        "processing:version": "05.11",
        "eo:cloud_cover": 99.0,
    }
    return _item(name, "sentinel-2-l2a", properties, assets, version="1.1.0")


def landsat(number=0):
    name = f"LC09_L2SP_113030_2024{number:06d}_02_T1"
    bands = {"blue": "OLI_B2", "green": "OLI_B3", "red": "OLI_B4", "nir08": "OLI_B5", "swir16": "OLI_B6"}
    assets = {
        key: {"href": f"https://landsateuwest.blob.core.windows.net/landsat-c2/{key}.TIF", "roles": ["data"],
              "eo:bands": [{"name": name, "common_name": key}],
              "raster:bands": [{"scale": 2.75e-05, "offset": -0.2, "spatial_resolution": 30}]}
        for key, name in bands.items()
    }  # fmt: skip
    assets["qa_pixel"] = {"href": "https://landsateuwest.blob.core.windows.net/landsat-c2/qa.TIF", "roles": ["cloud"]}
    return _item(
        name, "landsat-c2-l2", {"datetime": when(number), "platform": "landsat-9", "eo:cloud_cover": -1}, assets
    )


def old_item(number=0):
    """STAC 0.9, with the names of its time."""
    assets = {"B3": {"href": "./red.tif", "eo:bands": [{"name": "B3", "common_name": "red"}]},
              "B4": {"href": "./nir.tif", "eo:bands": [{"name": "B4", "common_name": "nir"}]}}  # fmt: skip
    own = [{"rel": "self", "href": "https://old.example/catalog/items/old.json"}]
    properties = {"datetime": when(number), "eo:gsd": 2.5, "platform": "EYE_1"}
    return _item(f"old-{number}", "old", properties, assets, "0.9.0", own)


def planet_item(number=0, kind="PSScene"):
    return {
        "type": "Feature", "id": f"2024101{number:06d}_78_24a1", "geometry": {"type": "Polygon", "coordinates": SQUARE},
        "_links": {"_self": "https://api.planet.com/data/v1/item-types/PSScene/items/x"}, "_permissions": [],
        "assets": ["ortho_analytic_4b", "ortho_udm2"],
        "properties": {"acquired": when(number).replace("Z", ".123456Z"), "cloud_cover": 0.25, "cloud_percent": 30,
                       "gsd": 3.9, "pixel_resolution": 3, "item_type": kind, "instrument": "PSB.SD",
                       "satellite_id": "24a1", "sun_elevation": 31.2, "quality_category": "standard"},
    }  # fmt: skip


def page(items, matched=None, following=None):
    """A page of a STAC API."""
    made = {"type": "FeatureCollection", "features": list(items), "links": [following] if following else []}
    return made | ({"numberMatched": matched} if matched is not None else {})
