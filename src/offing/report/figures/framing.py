"""Where a cutting is taken: around the ships and berths that it is about, else around the site."""

from __future__ import annotations

from offing.geo import circle
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.report.model import ChipRequest

LEAST_M, LEAST_PX = 500.0, 48
"""A cutting shows at least this much ground, or so many pixels where the pixel size is unknown."""
MOST_PX = 4096
"""And at most so many pixels a side."""
_MARGIN, _REACH_MARGIN = 0.22, 0.02
"""Part of the extent left free on each side of ships and berths, and of the site's reach."""


def cutting(picture: Picture, request: ChipRequest) -> Box | None:
    """The pixels to cut, square on the ground where the picture allows it; None when it does not reach the site."""
    points = _focus(picture, request)
    if not points:
        return Box(col0=0, row0=0, col1=min(picture.width, MOST_PX), row1=min(picture.height, MOST_PX))
    across, down = picture.gsd_m or (1.0, 1.0)
    cols, rows = [p[0] for p in points], [p[1] for p in points]
    wide, high = (max(cols) - min(cols)) * across, (max(rows) - min(rows)) * down
    least = LEAST_M if picture.gsd_m else float(LEAST_PX)
    margin = _MARGIN if request.detections or request.rings else _REACH_MARGIN
    side = max(max(wide, high) * (1.0 + 2.0 * margin), least)
    first, last = _held((min(cols) + max(cols)) / 2, max(side / across, 16.0), picture.width)
    top, bottom = _held((min(rows) + max(rows)) / 2, max(side / down, 16.0), picture.height)
    if last <= first or bottom <= top:
        return None
    return Box(col0=first, row0=top, col1=last, row1=bottom)


def _held(centre: float, size: float, extent: int) -> tuple[int, int]:
    """First and after-last pixel of a stretch around ``centre``, shifted into 0 … ``extent`` where it fits."""
    half = min(size, MOST_PX, extent) / 2
    if centre + half < 0 or centre - half > extent:
        return 0, 0
    centre = min(max(centre, half), extent - half)
    return max(0, round(centre - half)), min(extent, round(centre + half))


def _focus(picture: Picture, request: ChipRequest) -> list[tuple[float, float]]:
    """What has to be in the cutting, as (col, row): ships and berths inside the picture, else the site's reach."""
    points = [c for d in request.detections for c in d.detection.box.corners()]
    if picture.crs is None or request.site is None:
        return points
    points += [picture.pixel(*p) for ring in request.rings for p in ring]
    points = [p for p in points if 0 <= p[0] <= picture.width and 0 <= p[1] <= picture.height]
    return points or [picture.pixel(*p) for p in circle(request.site.lonlat, request.site.radius_m, 16)]
