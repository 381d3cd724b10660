"""What a picture tells of one ship for the comparison."""

from __future__ import annotations

from offing.errors import PictureError
from offing.geo import LonLat
from offing.imagery.reading import Picture
from offing.vessels.model import Detection
from offing.vessels.profile.measured import profile_of
from offing.vessels.same_ship.backscatter import cross_section_db
from offing.vessels.same_ship.model import View
from offing.vessels.same_ship.paint import paint_of


def view_of(picture: Picture, detection: Detection) -> View:
    """The view of ``detection``, found in ``picture``, with what its pixels tell.

    Raises PictureError when the box lies outside the picture, or for pixels that cannot be decoded.
    """
    box = detection.box
    if not (0.0 <= box.col <= picture.width and 0.0 <= box.row <= picture.height):
        raise PictureError(
            f"detection {detection.id} lies at column {box.col:.0f}, row {box.row:.0f}, outside the "
            f"{picture.width} × {picture.height} pixels",
            where=picture.name,
            fix="name the picture that it was found in",
        )
    gsd = picture.gsd_m
    return View(
        detection=detection.id,
        image=detection.image,
        sensor=picture.sensor,
        simulated=picture.simulated,
        measurement=detection.measurement,
        time=detection.time,
        place=middle_of(detection),
        gsd_m=(gsd[0] * gsd[1]) ** 0.5 if gsd else None,
        flags=detection.flags,
        profile=profile_of(picture, detection),
        paint=paint_of(picture, detection.box),
        backscatter_db=cross_section_db(picture, detection.box),
    )


def bare_view(detection: Detection, *, simulated: bool) -> View:
    """The view of a detection without its picture: size, time and place."""
    return View(
        detection=detection.id,
        image=detection.image,
        sensor=None,
        simulated=simulated,
        measurement=detection.measurement,
        time=detection.time,
        place=middle_of(detection),
        flags=detection.flags,
    )


def middle_of(detection: Detection) -> LonLat | None:
    """The middle of the detection's ring; None without georeference."""
    if detection.ring is None:
        return None
    corners = detection.ring[:-1]
    lons = [p[0] for p in corners]
    if max(lons) - min(lons) > 180.0:  # across the date line
        lons = [v + 360.0 if v < 0.0 else v for v in lons]
    lon = (sum(lons) / len(lons) + 180.0) % 360.0 - 180.0
    return LonLat(lon=lon, lat=sum(p[1] for p in corners) / len(corners))
