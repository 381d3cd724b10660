"""What the bands of a picture are called, from descriptions, file names and colour interpretation."""

from __future__ import annotations

import re
from pathlib import Path

from offing.imagery.source import SourceFile

POLARISATIONS = ("VV", "VH", "HH", "HV")
QUALITY_BANDS = ("SCL", "UDM2", "QA_PIXEL", "UDM", "MSK_CLASSI")
"""Masks that classify pixels; kept apart from the bands that are looked at. The first that is there speaks first."""
MASK_BANDS = {
    "UDM2": (
        "UDM2", "UDM2_SNOW", "UDM2_SHADOW", "UDM2_LIGHT_HAZE", "UDM2_HEAVY_HAZE", "UDM2_CLOUD", "UDM2_CONFIDENCE",
        "UDM2_UNUSABLE",
    ),
    "MSK_CLASSI": ("MSK_CLASSI", "MSK_CLASSI_CIRRUS", "MSK_CLASSI_SNOW"),
}  # fmt: skip
"""The bands of the masks that have several, in order. UDM2: Planet Imagery Product Specification."""
QUALITY_LAYERS = frozenset(QUALITY_BANDS) | {name for names in MASK_BANDS.values() for name in names}
"""Every band of every mask."""

_S2 = re.compile(r"(?<![0-9A-Za-z])B(0?[1-9]|1[0-2]|8A)(?![0-9A-Za-z])", re.I)
_POL = re.compile(r"(?<![0-9A-Za-z])(VV|VH|HH|HV)(?![0-9A-Za-z])", re.I)
_QUALITY = re.compile(r"(?<![0-9A-Za-z])(SCL|UDM2?|QA PIXEL|MSK CLASSI)(?![0-9A-Za-z])", re.I)
_S1_PRODUCT = re.compile(r"S1[A-D]_(?:IW|EW|SM|S\d|WV)_\w{4}_\d?S(SV|SH|DV|DH)_", re.I)
_S1_BANDS = {"SV": ("VV",), "SH": ("HH",), "DV": ("VV", "VH"), "DH": ("HH", "HV")}
_COLOURS = {
    "red": "red", "r": "red", "green": "green", "g": "green", "blue": "blue", "b": "blue",
    "nir": "nir", "near infrared": "nir", "near-infrared": "nir", "nearinfrared": "nir", "infrared": "nir", "n": "nir",
    "pan": "pan", "panchromatic": "pan", "coastal": "coastal", "coastal_blue": "coastal", "yellow": "yellow",
    "rededge": "rededge", "red edge": "rededge", "red_edge": "rededge", "green_i": "green_i",
    "cloud": "cloud", "clear": "clear",
}  # fmt: skip
_LANDSAT = {"1": "coastal", "2": "blue", "3": "green", "4": "red", "5": "nir", "6": "swir1", "7": "swir2", "8": "pan"}
_PLANET = {
    4: ("blue", "green", "red", "nir"),
    5: ("blue", "green", "red", "rededge", "nir"),
    8: ("coastal", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"),
}
_ALL_S2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B09", "B10", "B11", "B12")
_SENTINEL_2 = {
    4: ("B02", "B03", "B04", "B08"),
    5: ("B02", "B03", "B04", "B08", "B11"),
    10: ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B8A", "B11", "B12"),
    12: tuple(b for b in _ALL_S2 if b != "B10"),
    13: _ALL_S2,
}
_USUAL = {"planetscope": _PLANET, "rapideye": _PLANET, "sentinel-2": _SENTINEL_2}
"""Order of the bands in stacks that do not name them, by platform and number: ascending in all products."""


def canonical(text: str) -> str | None:
    """The name that a band's description stands for (``B2`` → ``B02``, ``Sigma0_VV_db`` → ``VV``); None: none known."""
    cleaned = text.strip()
    if found := _COLOURS.get(cleaned.lower()):
        return found
    spaced = cleaned.replace("_", " ")
    for pattern in (_QUALITY, _S2, _POL):
        named = {_named(n, pattern) for n in pattern.findall(spaced)}
        if named:
            return named.pop() if len(named) == 1 else None  # a ratio of two bands is neither of them
    return None


def _named(found: str, pattern: re.Pattern[str]) -> str:
    name = found.upper()
    return _pad(name) if pattern is _S2 else name.replace(" ", "_") if pattern is _QUALITY else name


def _pad(number: str) -> str:
    return "B" + (number.zfill(2) if number.isdigit() else number)


def band_in_file_name(path: Path) -> str | None:
    """The one band that a file's name says it holds (``…_B02_10m.jp2``, ``…-vv-…``); None: it says none, or several."""
    stem = path.stem.replace("_", " ").replace("-", " ").replace(".", " ")
    if re.search(r"(?<![A-Za-z0-9])L[COET]0[4-9](?![0-9A-Za-z])", stem):
        if re.search(r"(?<![0-9A-Za-z])QA PIXEL$", stem, re.I):
            return "QA_PIXEL"
        landsat = re.search(r"(?<![0-9A-Za-z])B(\d)(?![0-9])", stem)
        return _LANDSAT.get(landsat[1]) if landsat else None
    for pattern in (_QUALITY, _S2, _POL):
        found = {m.upper() for m in pattern.findall(stem)}
        if len(found) == 1:
            return _named(found.pop(), pattern)
    return None


def product_polarisations(path: Path) -> tuple[str, ...]:
    """The polarisations that a Sentinel-1 product name in the file's name or folders states; empty: none."""
    for part in (path.name, *(p.name for p in list(path.absolute().parents)[:4])):
        if match := _S1_PRODUCT.search(part):
            return _S1_BANDS[match[1].upper()]
    return ()


def name_bands(source: SourceFile, platform: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names, notes): one name per colour band of a file; ``band1`` … where nothing says what a band is."""
    bands = source.colour_bands
    kept = tuple(re.findall(r"[A-Za-z][A-Za-z0-9_]{0,19}", source.tags.get("OFFING_BANDS", "")))
    if len(kept) == len(bands) and len(set(kept)) == len(kept):
        return kept, ()
    if source.palette is not None:
        return ("red", "green", "blue"), ("its colour table (palette) was expanded",)
    described = [canonical(source.descriptions[i - 1] or "") for i in bands]
    if all(described) and len(set(described)) == len(described):
        return tuple(str(name) for name in described), ()
    if set(described) & set(POLARISATIONS) and len(set(described)) == len(described):
        return tuple(name or f"band{i + 1}" for i, name in enumerate(described)), ()
    if len(bands) == 1:
        name = band_in_file_name(source.path)
        return ((name,), ()) if name else (("band1",), ())
    return _by_colour(source, platform)


def _by_colour(source: SourceFile, platform: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names by colour interpretation, by the platform's usual order, or plain numbers."""
    bands = source.colour_bands
    shown = [_COLOURS.get(source.interpretations[i - 1]) for i in bands]
    if all(shown) and len(set(shown)) == len(shown):
        return tuple(str(name) for name in shown), ()
    usual = _USUAL.get(platform or "", {}).get(len(bands))
    if {"red", "green", "blue"} <= set(shown) and len(bands) == 4 and platform != "planetscope":
        return tuple(name or "nir" for name in shown), ("its fourth band is taken as near infrared",)
    if usual:
        return usual, (f"band order taken as {platform}'s usual: {', '.join(usual)}",)
    if len(bands) == 3:
        return ("red", "green", "blue"), ("its three bands are taken as red, green, blue",)
    if len(bands) == 4 and source.dtype != "float32":
        return ("red", "green", "blue", "nir"), ("its four bands are taken as red, green, blue, near infrared",)
    return tuple(f"band{i + 1}" for i in range(len(bands))), (
        "nothing says what its bands are: describe them as B02, B03 … or red, green …, or the first stands for all",
    )
