"""The radar geometry as a tag of a clip, so that it outlives the product it was cut from."""

from __future__ import annotations

from collections.abc import Mapping

from offing.errors import OffingError
from offing.imagery.radar_geometry import RadarGeometry

RADAR_TAG = "OFFING_RADAR"


def as_tag(radar: RadarGeometry) -> str:
    """The geometry as one line of JSON."""
    import msgspec

    return msgspec.json.encode(radar).decode()


def from_tags(tags: Mapping[str, str]) -> RadarGeometry | None:
    """The geometry that a clip carries; None: it carries none, or nothing that is one."""
    import msgspec

    text = tags.get(RADAR_TAG)
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=RadarGeometry)
    except (msgspec.MsgspecError, OffingError):
        return None
