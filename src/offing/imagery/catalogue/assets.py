"""The files of a STAC item that offing may read: which band, where, at what scale."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from offing.imagery.bands import POLARISATIONS, canonical
from offing.imagery.catalogue.fields import Fields, entries, fields, number, text, within
from offing.imagery.catalogue.model import Asset

MOST_ASSETS = 200
"""Assets of one item that are looked at."""
_HREF = 1_200
_ANYWHERE = "https://anywhere.example/"
_PLAIN = re.compile(r"(?:https|s3)://[A-Za-z0-9.-]+/[A-Za-z0-9._~/$()+=,:-]*")
"""Addresses that hold nothing to be taken out: nearly all."""
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
    best: dict[str, tuple[str, Fields]] = {}
    chosen: list[tuple[str, Fields, str | None]] = []
    given = fields(raw)
    for key, value in list(given.items())[:MOST_ASSETS]:
        if not 0 < len(key) <= 100 or not key.isprintable() or (key.endswith("-jp2") and key[:-4] in given):
            continue  # Earth Search lists each band as GeoTIFF and, with this ending, as the JPEG 2000 it was
        said = fields(value)
        band = _band(key, said, family)
        if band is None:
            if _SIDE_FILES.match(key) and "thumbnail" not in entries(said.get("roles")) and family != "sentinel-2":
                chosen.append((key, said, None))
        elif band not in best or _rank(key, said) < _rank(*best[band]):
            best[band] = (key, said)
    chosen += [(key, said, band) for band, (key, said) in best.items()]
    baseline = _sentinel_2_offset(properties, item) if family == "sentinel-2" else None
    made = [_asset(key, said, band, base, baseline) for key, said, band in chosen]
    return tuple(sorted((asset for asset in made if asset is not None), key=lambda a: a.key))


def _band(key: str, raw: Fields, family: str) -> str | None:
    """The band that is read from an asset; None: none."""
    if any(role in _NOT_READ for role in entries(raw.get("roles"))):
        return None
    band = band_of(key, raw, family)
    if band is None or (family == "sentinel-2" and band not in _KEPT_SENTINEL_2):
        return None
    return band if address(_href(raw), _ANYWHERE) else None


def _asset(key: str, raw: Fields, band: str | None, base: str, offset: float | None) -> Asset | None:
    """One asset; None where its address cannot be read. ``offset``: what its band's must be, where that is known."""
    href = address(_href(raw), base)
    if href is None:
        return None
    scale, declared = _scaling(raw) if band not in (None, "SCL", "UDM2") else (None, None)
    if band not in (None, "SCL", "UDM2") and offset is not None:
        scale, declared = scale or REFLECTANCE_SCALE, offset
    size = within(number(raw, "file:size"), 0.0, 1e15)
    return Asset(
        key=key, href=href, band=band, media_type=text(raw, "type"), scale=scale, offset=declared,
        gsd_m=_gsd(key, raw), bytes=None if size is None else int(size),
    )  # fmt: skip


def _gsd(key: str, raw: Fields) -> float | None:
    """Size of an asset's pixels, metres."""
    gsd = number(raw, "gsd", "raster:spatial_resolution") or number(_first(raw), "spatial_resolution", "gsd")
    if gsd is None and (width := _WIDTH.search(key)):
        gsd = float(width[1])
    return within(gsd, 0.01, 1e5)


def _first(raw: Fields) -> Fields:
    """What an asset says of its first band."""
    for name in ("raster:bands", "bands"):
        for band in entries(raw.get(name)):
            return fields(band)
    return {}


def band_of(key: str, raw: Fields, family: str) -> str | None:
    """Canonical name of an asset's one band, by its key and what it says of its bands (``eo:bands`` or ``bands``)."""
    plain = key.removesuffix("-jp2")
    if family != "other" and (found := _named(plain, family)):
        return found
    said = [fields(b) for b in entries(raw.get("eo:bands")) or entries(raw.get("bands"))]
    if len(said) > 1:
        return None
    words = [plain, *(w for b in said for w in (text(b, "name"), text(b, "common_name", "eo:common_name")) if w)]
    if family != "other":
        return next((n for w in words[1:] if (n := _named(w, family))), None)
    named = [found for word in words if (found := canonical(word))]
    colours = (found for found in named if not found.startswith("B"))  # B3 of another sensor is not Sentinel-2's
    return next(colours, next((w.upper() for w in words if re.fullmatch(r"B(\d\d|8A)", w, re.I)), None))


@lru_cache(maxsize=4096)
def _named(word: str, family: str) -> str | None:
    """The band that a word means for a family of satellites."""
    if family == "sentinel-1":
        return word.upper() if word.upper() in POLARISATIONS else None
    if family == "sentinel-2":
        return _SENTINEL_2.get(word.lower()) or _numbered(word)
    return _LANDSAT.get(word.lower()) or _colour(word)


def _numbered(word: str) -> str | None:
    """``B02``, ``SCL`` … of a key such as ``B02_10m``; nothing of words that only hold one."""
    found = canonical(_WIDTH.sub("", word))
    return found if found and (found[0] == "B" or found == "SCL") else None


def _colour(word: str) -> str | None:
    found = canonical(word)
    return found if found in ("red", "green", "blue", "nir", "pan", "coastal") else None


def _scaling(raw: Fields) -> tuple[float | None, float | None]:
    """(scale, offset) of a band's numbers, as declared; None: not said."""
    first = _first(raw)
    scale = within(number(raw, "raster:scale") or number(first, "scale", "raster:scale"), -1e6, 1e6) or None
    offset = number(raw, "raster:offset")
    return scale, within(offset if offset is not None else number(first, "offset", "raster:offset"), -1e9, 1e9)


def _sentinel_2_offset(properties: Fields, item: str) -> float | None:
    """The offset that a Sentinel-2 product's numbers have, whatever its bands say; None: it cannot be told."""
    if properties.get("earthsearch:boa_offset_applied") is True:
        return 0.0  # the bands still say -0.1; the flag is right, the pixels agree with it
    since = baseline(properties, item)
    return None if since is None else BASELINE_OFFSET if since >= 4.0 else 0.0


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
    if _PLAIN.fullmatch(href):
        return href
    try:
        parts = urlsplit(href if "://" in href else urljoin(base, href))
        if parts.scheme.lower() not in _SCHEMES or not parts.netloc or "@" in parts.netloc:
            return None
        kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _SIGNATURES.match(k)]
    except ValueError:
        return None
    whole = urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept) if kept else "", ""))
    return whole if len(whole) <= _HREF and whole.isprintable() else None


def _rank(key: str, raw: Fields) -> tuple[float, bool, bool, str]:
    """Which of two assets of one band is kept: the finer, then GeoTIFF, then https."""
    href = (_href(raw) or "").lower()
    tiff = "tiff" in (text(raw, "type") or "") or href.endswith((".tif", ".tiff"))
    return _gsd(key, raw) or 1e6, not tiff, not href.startswith("http"), key
