"""Pictures into a case: found out about, clipped to the sites they show, hashed and kept; all of them or none."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from offing.case.case import Case
from offing.case.clock import Clock
from offing.case.files import explain
from offing.errors import GeometryError, NoTimeError, PictureError
from offing.geo import LonLat, circle, distance_m
from offing.hashing import sha256_of
from offing.imagery.model import GroundPoint, Scene, SensorKind
from offing.imagery.picture import Picture
from offing.records import Record
from offing.sites import Site
from offing.timespan import iso

_LONGEST = 500
"""Characters of a platform, credit or licence."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
FIRST_YEAR = 1957
"""Before it nothing looked down from space."""


class SceneRequest(Record, frozen=True):
    """Pictures to add, with what their files may not tell."""

    files: tuple[Path, ...]
    """One file a picture, or the band files of one acquisition, or a folder of them."""
    time: datetime | None = None
    """Acquisition, UTC."""
    sensor: SensorKind | None = None
    points: tuple[GroundPoint, ...] = ()
    """Ground points of a picture without georeference."""
    gsd_m: float | None = None
    """Ground metres a pixel of a picture without georeference."""
    site: str | None = None
    """The site that a picture without georeference shows."""
    platform: str | None = None
    credit: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        for name in ("platform", "credit", "licence"):
            text = getattr(self, name) or ""
            if len(text) > _LONGEST or _CONTROL.search(text):
                raise PictureError(
                    f"the {name} is too long or holds control characters", fix="write a short plain text in UTF-8"
                )


def add_scenes(case: Case, request: SceneRequest, clock: Clock) -> tuple[Scene, ...]:
    """Add the pictures of ``request``: a scene for each picture and site that it shows, in that order.

    What is there already is left as it is. Raises PictureError, NoTimeError, GeometryError or CaseError, and then
    the case is as it was.
    """
    from offing.imagery.gathering import pictures

    if request.site is not None:
        case.site(request.site)
    groups = pictures(request.files)
    if len(groups) > 1 and (request.points or request.site):
        raise PictureError(
            f"{len(groups)} pictures cannot share ground points or a stated site", fix="add them one at a time"
        )
    with case.writing(), workbench(case.root) as bench:
        latest = clock() + timedelta(days=1)
        made = [scene for group in groups for scene in _clips(case, request, group, bench, latest)]
        known = {scene.id: scene for scene in case.store.scenes()}
        for scene in made:
            if scene.id in known:
                _check_known(scene, known[scene.id])
        for scene in made:
            if scene.id not in known:
                keep(case, scene, bench, clock())
    return tuple(made)


def keep(case: Case, scene: Scene, bench: Path, at: datetime, read: Mapping[str, Any] | None = None) -> None:
    """Move a scene's files from ``bench`` into the case and record it; they go again when that fails."""
    files = _move(case, scene, bench)
    try:
        case.add_scene(scene, files, at=at, read=read)
    except BaseException:
        if scene.id not in {known.id for known in case.store.scenes()}:
            for file in files:
                file.unlink(missing_ok=True)
        raise


def _clips(case: Case, request: SceneRequest, files: Sequence[Path], bench: Path, latest: datetime) -> list[Scene]:
    """The scenes of one picture, with their clips written to ``bench``."""
    from offing.imagery.clipping import clip_to
    from offing.imagery.reading import open_picture
    from offing.vessels.detection.detect import has_data

    with open_picture(
        files, sensor=request.sensor, gsd_m=request.gsd_m, time=request.time, gcps=request.points
    ) as picture:
        check_time(picture, latest)
        if not has_data(picture):
            raise PictureError("holds nothing but nodata", where=picture.name, fix="give a picture with data in it")
        original = sha256_of(picture.paths)
        return [
            clip_to(
                picture,
                site,
                case.berths(site.id),
                bench,
                sha256=original,
                platform=request.platform,
                credit=request.credit,
                licence=request.licence,
            )
            for site in _sites_shown(case, picture, request.site)
        ]


def check_time(picture: Picture, latest: datetime) -> None:
    """Raises NoTimeError for no time, and for one at which no satellite can have seen it."""
    if picture.time is None:
        day = f"{picture.date_hint.isoformat()}Thh:mmZ" if picture.date_hint else "YYYY-MM-DDThh:mmZ"
        raise NoTimeError("the picture does not say when it was taken", where=picture.name, fix=f"give --time {day}")
    if not picture.simulated and not (picture.time.year >= FIRST_YEAR and picture.time <= latest):
        when = "lies in the future" if picture.time > latest else "lies before the first satellite"
        raise NoTimeError(f"the time {iso(picture.time)} {when}", where=picture.name, fix="correct --time")


def _sites_shown(case: Case, picture: Picture, stated: str | None) -> list[Site]:
    """The sites of the case that a picture shows at least in part."""
    sites = [s for s in case.definition.sites if s.simulated == picture.simulated]
    if not sites:
        kind = "simulated" if picture.simulated else "real"
        raise PictureError(
            f"the picture is {kind} and the case has no {kind} site",
            where=picture.name,
            fix="add the site to case.yaml" + (" with simulated: true" if picture.simulated else ""),
        )
    footprint = picture.footprint
    if footprint is None:
        return [_stated_site(sites, stated, picture.name)]
    from shapely import Polygon

    outline = Polygon(footprint)
    shown = [s for s in sites if stated in (None, s.id) and outline.intersects(Polygon(circle(s.lonlat, s.radius_m)))]
    if not shown:
        raise GeometryError(_far_away(sites, footprint), where=picture.name, fix="add its site to case.yaml")
    return shown


def _stated_site(sites: Sequence[Site], stated: str | None, name: str) -> Site:
    """The site of a picture that does not know where it lies."""
    if stated is None and len(sites) == 1:
        return sites[0]
    for site in sites:
        if site.id == stated:
            return site
    raise GeometryError(
        "the picture does not say which place it shows",
        where=name,
        fix=f"give --gcp points, or --site with one of: {', '.join(s.id for s in sites)}",
    )


def _far_away(sites: Sequence[Site], footprint: Sequence[tuple[float, float]]) -> str:
    corners = footprint[:-1]
    middle = LonLat(lon=sum(p[0] for p in corners) / len(corners), lat=sum(p[1] for p in corners) / len(corners))
    nearest = min(sites, key=lambda s: distance_m(middle, s.lonlat))
    away = distance_m(middle, nearest.lonlat) / 1000.0
    return f"the picture shows no site of the case; its middle lies {away:.0f} km from the nearest, {nearest.id}"


class workbench:  # noqa: N801 - used as a function
    """A folder inside the case for files that are not yet part of it; gone afterwards, whatever happens."""

    def __init__(self, root: Path) -> None:
        self._scenes = root / "scenes"

    def __enter__(self) -> Path:
        try:
            self._scenes.mkdir(exist_ok=True)
            self._path = Path(tempfile.mkdtemp(prefix=".adding-", dir=self._scenes))
        except OSError as error:
            raise explain(error, self._scenes) from error
        return self._path

    def __exit__(self, *failure: object) -> None:
        shutil.rmtree(self._path, ignore_errors=True)


def _move(case: Case, scene: Scene, bench: Path) -> list[Path]:
    """Move a finished clip with its STAC item into the case."""
    moved = []
    for path in sorted(bench.glob(f"{scene.id}.*")):
        target = case.root / "scenes" / path.name
        try:
            path.replace(target)
        except OSError as error:
            raise explain(error, target) from error
        moved.append(target)
    return moved


def _check_known(scene: Scene, known: Scene) -> None:
    if scene != known:
        raise PictureError(
            f"it is in the case already as {scene.id}, with other particulars",
            where=scene.original,
            fix="state the same time, sensor, credit and licence as before",
        )
