"""Keeps of a picture what shows a site: a COG in the picture's own grid, with a STAC item beside it."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from offing.errors import GeometryError, NoTimeError, PictureError
from offing.geo import circle, geod
from offing.hashing import sha256_of
from offing.imagery.cog import write_cog
from offing.imagery.georeference import Georeference
from offing.imagery.model import Box, Scene
from offing.imagery.picture import Picture
from offing.imagery.radar_geometry import RadarGeometry
from offing.imagery.radar_tag import RADAR_TAG, as_tag
from offing.imagery.stac import stac_item
from offing.sites import Berth, Site
from offing.timespan import iso

MARGIN_M = 1000.0
"""Kept around the site and its berths: surroundings that detection and cloud judgement look at."""
BEND_PIXELS = 3.0
"""Largest error, in pixels, of the place of a clip that is kept in the radar's own geometry."""


def clip_to(
    picture: Picture,
    site: Site,
    berths: Sequence[Berth],
    out: Path,
    *,
    sha256: str | None = None,
    platform: str | None = None,
    credit: str | None = None,
    licence: str | None = None,
    item: str | None = None,
) -> Scene:
    """Writes ``ID.tif`` and ``ID.json`` into the folder ``out`` and returns the scene, its path ``scenes/ID.tif``.

    The clip holds the box around the site's circle, its berths and a margin, without resampling; a picture without
    georeference is kept whole. ``sha256`` is of the original files (computed when None); ``platform`` fills in what
    the picture does not say; ``item`` is the catalogue item that it was read from. Both files are written beside and
    renamed, so nothing half-written stays. Raises NoTimeError, PictureError (pixel size unknown, cannot be written)
    and GeometryError (the site is not in it).
    """
    time = _time(picture)
    if picture.gsd_m is None:
        raise PictureError(
            "does not know the size of its pixels", where=picture.name, fix="state --gsd METRES, or give --gcp points"
        )
    digest = sha256 or sha256_of(picture.paths)
    box = site_window(picture, site, berths)
    _check_place(picture, box)
    scene = _scene(picture, box, site, time, digest, platform or picture.platform, credit, licence, item)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"cannot be made ({error.strerror})", where=str(out), fix="check its permissions") from error
    final, described = out / f"{scene.id}.tif", out / f"{scene.id}.json"
    parts = [path.with_name(f".{path.name}.part") for path in (final, described)]
    try:
        write_cog(picture, box, parts[0], _tags(picture, scene, box))
        _write_text(parts[1], json.dumps(stac_item(scene, picture, box), indent=1, sort_keys=True) + "\n")
        for part, target in zip(parts, (final, described), strict=True):
            os.replace(part, target)  # noqa: PTH105 - the atomic rename is the point
    except OSError as error:
        raise PictureError(
            f"the clip cannot be written ({error.strerror})", where=str(out), fix="check the free space there"
        ) from error
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    return scene


def _time(picture: Picture) -> datetime:
    if picture.time is not None:
        return picture.time.astimezone(UTC)
    day = f"{picture.date_hint}Thh:mmZ" if picture.date_hint else "YYYY-MM-DDThh:mmZ"
    raise NoTimeError("does not say when it was taken", where=picture.name, fix=f"state --time {day}")


def site_window(picture: Picture, site: Site, berths: Sequence[Berth], margin_m: float = MARGIN_M) -> Box:
    """The picture's pixels around the site's circle and its berths; all of them without georeference.

    Raises GeometryError when the picture shows none of it.
    """
    whole = Box(col0=0, row0=0, col1=picture.width, row1=picture.height)
    if picture.crs is None or picture.gsd_m is None:
        return whole
    places = [*circle(site.lonlat, site.radius_m + margin_m), *(p for b in berths if b.site == site.id for p in b.ring)]
    points = np.array([picture.pixel(lon, lat) for lon, lat in places], np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    if len(points):
        left, top = np.maximum(np.floor(points.min(axis=0)), 0.0)
        right, bottom = np.minimum(np.ceil(points.max(axis=0)), (picture.width, picture.height))
        if right - left >= 1.0 and bottom - top >= 1.0:
            return Box(col0=int(left), row0=int(top), col1=int(right), row1=int(bottom))
    raise GeometryError(f"site {site.id} lies outside the picture", where=picture.name, fix="name a site that it shows")


def _check_place(picture: Picture, box: Box) -> None:
    """Raises PictureError where a picture in radar geometry bends too much within the window to be kept unwarped."""
    place = picture.placed(box)
    if place is not None and picture.gsd_m is not None and place[2] > BEND_PIXELS * max(picture.gsd_m):
        raise PictureError(
            f"bends by {place[2]:.0f} m over a site this large",
            where=picture.name,
            fix="give the site a smaller radius, or geocode the picture first (gdalwarp, SNAP)",
        )


def _scene(
    picture: Picture,
    box: Box,
    site: Site,
    time: datetime,
    digest: str,
    platform: str | None,
    credit: str | None,
    licence: str | None,
    item: str | None,
) -> Scene:
    place = _placed(picture, box)
    gsd = place.gsd_m if place else picture.gsd_m
    assert gsd is not None
    name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{time:%Y%m%dT%H%M%SZ}-{picture.sensor}-{digest[:8]}-{site.id}")
    return Scene(
        id=name,
        path=f"scenes/{name}.tif",
        original=Path(picture.name).name,
        sha256=digest,
        time=time,
        time_basis=picture.time_basis or "stated",
        sensor=picture.sensor,
        gsd_m=(float(gsd[0]), float(gsd[1])),
        width=box.width,
        height=box.height,
        platform=platform,
        crs=place.crs if place else None,
        footprint=place.outline() if place else None,
        sites=(site.id,),
        simulated=picture.simulated,
        licence=licence,
        credit=credit,
        item=item,
    )


def _placed(picture: Picture, box: Box) -> Georeference | None:
    """The clip's own georeference."""
    place = picture.placed(box)
    if place is None:
        return None
    return Georeference(place[0], place[1], width=box.width, height=box.height, where=picture.name)


def _tags(picture: Picture, scene: Scene, box: Box) -> dict[str, str]:
    """What a file cannot say by itself, so that the clip speaks for itself."""
    tags = {
        "OFFING_TIME": iso(scene.time),
        "OFFING_TIME_BASIS": scene.time_basis,
        "OFFING_SENSOR": scene.sensor,
        "OFFING_SIMULATED": "yes" if scene.simulated else "no",
        "OFFING_SOURCE": scene.original,
        "OFFING_SOURCE_SHA256": scene.sha256,
        "OFFING_BANDS": ",".join(layer.name for layer in picture.layers),
        "OFFING_QUANTITY": picture.scale.quantity,
        "OFFING_SCALE": repr(picture.scale.scale),
        "OFFING_OFFSET": repr(picture.scale.offset),
        "OFFING_SCALE_BASIS": picture.scale.basis,
    }
    if scene.platform:
        tags["OFFING_PLATFORM"] = scene.platform
    if scene.crs is None:
        tags["OFFING_GSD"] = repr(math.sqrt(scene.gsd_m[0] * scene.gsd_m[1]))
    if picture.radar is not None:
        tags[RADAR_TAG] = as_tag(_radar_in(picture, picture.radar, box))
    return tags


def _radar_in(picture: Picture, radar: RadarGeometry, box: Box) -> RadarGeometry:
    """The radar geometry in the clip's pixels, with the flight direction as it is there."""
    col, row = (box.col0 + box.col1) / 2.0, (box.row0 + box.row1) / 2.0
    ahead = radar.displaced_px(col, row, 100.0)
    lons, lats = picture.lonlat([col, ahead[0]], [row, ahead[1]])
    heading = float(geod().inv(lons[0], lats[0], lons[1], lats[1])[0]) % 360.0
    return radar.moved(box.col0, box.row0, heading)


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
