"""Acquisitions as providers serve them: COGs a band, made from nothing, and the STAC items that name them."""

import numpy as np

LON, LAT = 132.335, 42.879
"""The middle of everything."""
UTM = "EPSG:32653"
BANDS_10M, BANDS_20M = ("B02", "B03", "B04", "B08"), ("B11", "SCL")
KEYS = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir", "B11": "swir16", "SCL": "scl"}
WATER, LAND, SHIP_BRIGHTER = (600, 500, 400, 200, 100), (900, 1100, 1200, 2800, 2200), 2000
SHIP_AT_M = (300.0, -200.0)
"""East and north of the middle."""


def middle():
    """The middle in UTM."""
    from pyproj import Transformer

    return Transformer.from_crs("EPSG:4326", UTM, always_xy=True).transform(LON, LAT)


def sentinel2(folder, size=1536, seed=1, cloudy=False, offset=1000):
    """The six band files of one tile in ``folder``; land in the west, water in the east, and a ship of 120 × 18 m."""
    from rasterio import Affine

    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    x, y = middle()
    left, top = round(x / 20) * 20 - size * 5, round(y / 20) * 20 + size * 5
    for band in (*BANDS_10M, *BANDS_20M):
        pixel = 10 if band in BANDS_10M else 20
        n = size * 10 // pixel
        place = Affine(pixel, 0, left, 0, -pixel, top)
        if band == "SCL":
            values = np.full((n, n), 9 if cloudy else 6, np.uint8)
            values[:, : n // 3] = 9 if cloudy else 4
        else:
            at = (*BANDS_10M, "B11").index(band)
            ground = np.full((n, n), WATER[at], np.float32)
            ground[:, : n // 3] = LAND[at]
            if cloudy:
                ground[:] = 7000
            else:
                ground += SHIP_BRIGHTER * ship(n, pixel, left, top)
            noise = np.tile(rng.normal(offset, 25, (256, 256)).astype(np.float32), (n // 256 + 1,) * 2)[:n, :n]
            values = (ground + noise).clip(1, 65535).astype(np.uint16)
        write(folder / f"{band}.tif", values, place, UTM, nodata=0)


def ship(n, pixel, left, top):
    """(n, n) part of each pixel that the ship covers: pointed at the bow, heading 30°, a little blurred."""
    from scipy.ndimage import gaussian_filter

    x, y = middle()
    col, row = (x + SHIP_AT_M[0] - left) / pixel, (top - y - SHIP_AT_M[1]) / pixel
    fine, reach = 4, 16
    at = (np.arange(2 * reach * fine) + 0.5) / fine - reach
    east, north = at[None, :] + int(col) - col, -(at[:, None] + int(row) - row)
    turn = np.radians(30.0)
    along = (east * np.sin(turn) + north * np.cos(turn)) * pixel
    across = (east * np.cos(turn) - north * np.sin(turn)) * pixel
    wide = 9.0 * np.clip(1.0 - np.maximum(0.0, along - 30.0) ** 2 / 900.0, 0.0, 1.0)
    inside = ((np.abs(along) < 60.0) & (np.abs(across) < wide)).astype(np.float32)
    cover = gaussian_filter(inside.reshape(2 * reach, fine, 2 * reach, fine).mean((1, 3)), 0.6)
    whole = np.zeros((n, n), np.float32)
    whole[int(row) - reach : int(row) + reach, int(col) - reach : int(col) + reach] = cover
    return whole


def write(path, values, place, crs, nodata=None, tags=None, gcps=None):
    """A COG as providers make it."""
    from rasterio.io import MemoryFile
    from rasterio.shutil import copy

    profile = {"driver": "GTiff", "width": values.shape[1], "height": values.shape[0], "count": 1,
               "dtype": values.dtype.name, "nodata": nodata}  # fmt: skip
    profile |= {"gcps": gcps, "crs": crs} if gcps else {"transform": place, "crs": crs}
    with MemoryFile(ext=".tif") as plain:
        with plain.open(**profile) as out:
            out.write(values, 1)
            out.update_tags(**(tags or {}))
        copy(plain.name, path, driver="COG", COMPRESS="DEFLATE", LEVEL=1, PREDICTOR="YES", BLOCKSIZE=256,
             OVERVIEW_RESAMPLING="NEAREST")  # fmt: skip


def outline(half_m=10_000.0):
    """A square footprint in lon/lat."""
    from pyproj import Transformer

    x, y = middle()
    back = Transformer.from_crs(UTM, "EPSG:4326", always_xy=True)
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]
    return [list(back.transform(x + i * half_m, y + j * half_m)) for i, j in corners]


def sentinel2_item(name, time, files, url, cloud=10.0, offset=None):
    """The item as Earth Search lists one; ``url`` is the address of its files."""
    ring = outline()
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    scale = {"scale": 0.0001, "offset": offset, "nodata": 0, "data_type": "uint16"}
    assets = {
        key: {
            "href": f"{url}/{files}/{band}.tif",
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "roles": ["data"],
            **({"eo:bands": [{"name": key, "common_name": key}]} if band != "SCL" else {}),
            **({"raster:bands": [scale]} if band != "SCL" and offset is not None else {}),
        }
        for band, key in KEYS.items()
    }
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "collection": "sentinel-2-l2a",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [min(lons), min(lats), max(lons), max(lats)],
        "properties": {
            "datetime": time,
            "platform": "sentinel-2b",
            "constellation": "sentinel-2",
            "instruments": ["msi"],
            "eo:cloud_cover": cloud,
            "s2:processing_baseline": "05.11",
        },
        "assets": assets,
        "links": [],
    }


def sentinel1_item(name, time, root, url):
    """A product as Planetary Computer lists one; ``root`` is the product's folder below ``url``."""
    ring = outline()
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    assets = {"safe-manifest": {"href": f"{url}/{root.name}/manifest.safe", "type": "application/xml"}}
    for path in sorted((root / "measurement").glob("*.tiff")):
        pol = path.stem.split("-")[3]
        here = f"{url}/{root.name}"
        assets[pol] = {"href": f"{here}/measurement/{path.name}", "type": "image/tiff; application=geotiff"}
        # Planetary Computer names the file on interference here; the annotation lies one folder up.
        href = f"{here}/annotation/rfi/rfi-{path.stem}.xml"
        assets[f"schema-product-{pol}"] = {"href": href, "type": "application/xml"}
        for kind in ("calibration", "noise"):
            href = f"{here}/annotation/calibration/{kind}-{path.stem}.xml"
            assets[f"schema-{kind}-{pol}"] = {"href": href, "type": "application/xml"}
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [],
        "id": name,
        "collection": "sentinel-1-grd",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": [min(lons), min(lats), max(lons), max(lats)],
        "properties": {
            "datetime": time,
            "platform": "sentinel-1a",
            "constellation": "sentinel-1",
            "sar:instrument_mode": "IW",
            "sar:product_type": "GRD",
            "sat:orbit_state": "descending",
        },
        "assets": assets,
        "links": [],
    }
