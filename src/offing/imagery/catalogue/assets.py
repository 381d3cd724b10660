"""The files of a STAC item that offing may read: which band, where, at what scale."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from offing.imagery.bands import POLARISATIONS, canonical
from offing.imagery.catalogue.fields import Fields, entries, fields, number, text, within
from offing.imagery.catalogue.model import Asset

MOST_ASSETS = 200
"""Assets of one item that are looked at."""
_HREF = 2_000
_SCHEMES = ("http", "https", "s3", "gs")
_SIGNATURES = re.compile(r"^(x-amz-|x-goog-|sig$|se$|st$|sp$|sv$|sr$|skoid$|sktid$|skt$|ske$|sks$|skv$|signature$|"
                         r"token$|access_token$|api_key$|apikey$|key$|awsaccesskeyid$|expires$)", re.I)  # fmt: skip
_SENTINEL_2 = {
    "coastal": "B01", "blue": "B02", "green": "B03", "red": "B04", "rededge1": "B05", "rededge2": "B06",
    "rededge3": "B07", "nir": "B08", "nir08": "B8A", "nir09": "B09", "cirrus": "B10", "swir16": "B11", "swir22": "B12",
}  # fmt: skip
"""Names of Earth Search's assets; common names of the EO extension are not unique for this sensor."""
_LANDSAT = {"nir08": "nir", "swir16": "swir1", "swir22": "swir2"}
_KEPT_SENTINEL_2 = ("B02", "B03", "B04", "B08", "B8A", "B11", "B12", "SCL")
_SIDE_FILES = re.compile(r"^(schema-|safe[-_]manifest|manifest|calibration|noise|product|annotation|qa[-_]pixel)", re.I)
_NOT_READ = ("thumbnail", "overview", "visual", "preview")
_WIDTH = re.compile(r"_(\d{2})m$")
REFLECTANCE_SCALE, BASELINE_OFFSET = 1e-4, -0.1
"""Sentinel-2 L2A: DN / 10000, less 0.1 since processing baseline 04.00 (ESA, January 2022)."""


def read_assets(raw: object, family: str, base: str, properties: Fields, item: str) -> tuple[Asset, ...]:
    """The assets with bands of an item, the finest of each band, and the files that calibrate it; by key.

    ``family``: ``sentinel-1``, ``sentinel-2``, ``landsat`` or other. Relative addresses count from ``base``.
    """
    best: dict[str, Asset] = {}
    others: list[Asset] = []
    for key, value in list(fields(raw).items())[:MOST_ASSETS]:
        if not isinstance(key, str) or not 0 < len(key) <= 100 or not key.isprintable():
            continue
        asset = _asset(key, fields(value), family, base, properties, item)
        if asset is None:
            continue
        if asset.band is None:
            others.append(asset)
        elif asset.band not in best or _rank(asset) < _rank(best[asset.band]):
            best[asset.band] = asset
    return tuple(sorted([*best.values(), *others], key=lambda a: a.key))


def _asset(key: str, raw: Fields, family: str, base: str, properties: Fields, item: str) -> Asset | None:
    """One asset, or None where nothing of it is of use."""
    roles = [role for role in entries(raw.get("roles")) if isinstance(role, str)]
    band = None if any(role in _NOT_READ for role in roles) else band_of(key, raw, family)
    if family == "sentinel-2" and band not in _KEPT_SENTINEL_2:
        return None
    if band is None and not (_SIDE_FILES.match(key) and "thumbnail" not in roles):
        return None
    href = address(_href(raw), base)
    if href is None:
        return None
    first = fields(next(iter(entries(raw.get("raster:bands")) + entries(raw.get("bands"))), None))
    scale, offset = _scaling(raw, first, band, family, properties, item)
    width = _WIDTH.search(key)
    gsd = number(raw, "gsd", "raster:spatial_resolution") or number(first, "spatial_resolution", "gsd")
    size = within(number(raw, "file:size"), 0.0, 1e15)
    return Asset(
        key=key, href=href, band=band, media_type=text(raw, "type"), scale=scale, offset=offset,
        gsd_m=within(gsd if gsd is not None else float(width[1]) if width else None, 0.01, 1e5),
        bytes=None if size is None else int(size),
    )  # fmt: skip


def band_of(key: str, raw: Fields, family: str) -> str | None:
    """Canonical name of an asset's one band, by its key and what it says of its bands (``eo:bands`` or ``bands``)."""
    said = [fields(b) for b in entries(raw.get("eo:bands")) or entries(raw.get("bands"))]
    if len(said) > 1:
        return None
    plain = key.removesuffix("-jp2")
    words = [plain, *(w for b in said for w in (text(b, "name"), text(b, "common_name", "eo:common_name")) if w)]
    if family == "sentinel-1":
        return next((w.upper() for w in words if w.upper() in POLARISATIONS), None)
    if family == "sentinel-2":
        return next((n for w in words if (n := _SENTINEL_2.get(w.lower()) or _numbered(w))), None)
    if family == "landsat":
        return next((n for w in words if (n := _LANDSAT.get(w.lower()) or _colour(w))), None)
    named = [found for word in words if (found := canonical(word))]
    colours = (found for found in named if not found.startswith("B"))  # B3 of another sensor is not Sentinel-2's
    return next(colours, next((w.upper() for w in words if re.fullmatch(r"B(\d\d|8A)", w, re.I)), None))


def _numbered(word: str) -> str | None:
    """``B02``, ``SCL`` … of a key such as ``B02_10m``; nothing of words that only hold one."""
    found = canonical(_WIDTH.sub("", word))
    return found if found and (found[0] == "B" or found == "SCL") else None


def _colour(word: str) -> str | None:
    found = canonical(word)
    return found if found in ("red", "green", "blue", "nir", "pan", "coastal") else None


def _scaling(
    raw: Fields, first: Fields, band: str | None, family: str, properties: Fields, item: str
) -> tuple[float | None, float | None]:
    """(scale, offset) of a band's numbers; None: not said."""
    if band in (None, "SCL", "UDM2"):
        return None, None
    scale = within(number(raw, "raster:scale") or number(first, "scale", "raster:scale"), -1e6, 1e6) or None
    offset = number(raw, "raster:offset")
    offset = within(offset if offset is not None else number(first, "offset", "raster:offset"), -1e9, 1e9)
    if family != "sentinel-2":
        return scale, offset
    if properties.get("earthsearch:boa_offset_applied") is True:
        return scale or REFLECTANCE_SCALE, 0.0  # its bands still say -0.1; the flag is right, the pixels agree
    since = baseline(properties, item)
    if since is None:
        return scale, offset
    return scale or REFLECTANCE_SCALE, BASELINE_OFFSET if since >= 4.0 else 0.0


def baseline(properties: Fields, item: str) -> float | None:
    """Processing baseline of a Sentinel-2 product, from its properties or its name (``_N0510_``)."""
    written = text(properties, "s2:processing_baseline", "processing:version", "sentinel2:processing_baseline")
    if written and re.fullmatch(r"\d{2}\.\d{2}", written):
        return float(written)
    named = re.search(r"_N(\d{2})(\d{2})_", text(properties, "s2:product_uri") or item)
    return float(f"{named[1]}.{named[2]}") if named else None


def _href(raw: Fields) -> str | None:
    """The asset's address; one by https where there is one beside s3."""
    href = text(raw, "href", most=_HREF)
    if href and href.startswith("s3://"):
        return text(fields(fields(raw.get("alternate")).get("https")), "href", most=_HREF) or href
    return href


def address(href: str | None, base: str) -> str | None:
    """An address made absolute, without signatures; None where it is none that can be read over a network."""
    if not href:
        return None
    try:
        parts = urlsplit(href if "://" in href else urljoin(base, href))
        if parts.scheme.lower() not in _SCHEMES or not parts.netloc or "@" in parts.netloc:
            return None
        kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _SIGNATURES.match(k)]
    except ValueError:
        return None
    whole = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept) if kept else "", ""))
    return whole if len(whole) <= _HREF and whole.isprintable() else None


def _rank(asset: Asset) -> tuple[float, bool, bool, str]:
    """Which of two assets of one band is kept: the finer, then GeoTIFF, then https."""
    tiff = "tiff" in (asset.media_type or "") or asset.href.lower().endswith((".tif", ".tiff"))
    return asset.gsd_m or 1e6, not tiff, not asset.href.startswith("http"), asset.key
