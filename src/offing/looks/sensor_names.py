"""Whether two names can mean the same sensor: tables, catalogues and newspapers do not spell alike."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["radar", "optical"]

_KINDS: dict[str, Kind] = {
    "sar": "radar",
    "radar": "radar",
    "optical": "optical",
    "multispectral": "optical",
    "rgb": "optical",
    "colour": "optical",
    "color": "optical",
    "panchromatic": "optical",
    "pan": "optical",
}
"""Names that say no more than the kind; ``satellite`` and ``unknown`` say nothing."""
_NOTHING = frozenset({"", "satellite", "unknown", "imagery", "image", "picture"})
_RADARS = (
    "sentinel1", "terrasar", "tandem", "paz", "radarsat", "rcm", "cosmo", "csk", "iceye", "capella", "umbra", "palsar",
    "risat", "kompsat5", "saocom", "novasar", "gaofen3", "ers1", "ers2", "envisatasar",
)  # fmt: skip
_SHORT = {"s1": "sentinel1", "s2": "sentinel2", "s3": "sentinel3", "l8": "landsat8", "l9": "landsat9"}
_LEAST = 4
"""Letters of a name that another may begin with to be the same."""


@lru_cache(maxsize=4096)
def same_sensor(a: str, b: str) -> bool:
    """Whether ``a`` and ``b`` can name one sensor.

    They are the same but for case and punctuation; or one goes on where the other stops (``sentinel-2`` and
    ``Sentinel-2B``, not ``sensor-1`` and ``sensor-12``); or one says only the kind that the other is of.
    """
    first, second = _plain(a), _plain(b)
    if first == second:
        return True
    if first in _NOTHING or second in _NOTHING:
        return True
    if first in _KINDS or second in _KINDS:
        return _kind(first) == _kind(second)
    short, long = sorted((first, second), key=len)
    goes_on = len(short) >= _LEAST and long.startswith(short)
    return goes_on and not (short[-1].isdigit() and long[len(short)].isdigit())


def _plain(name: str) -> str:
    bare = re.sub(r"[^a-z0-9]", "", name.casefold())
    short = re.fullmatch(r"([sl]\d)([a-z]?)", bare)
    return _SHORT.get(short.group(1), short.group(1)) + short.group(2) if short else bare


def _kind(plain: str) -> Kind:
    if plain in _KINDS:
        return _KINDS[plain]
    return "radar" if plain.startswith(_RADARS) else "optical"
