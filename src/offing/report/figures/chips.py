"""Cuttings from kept pictures as PNG, with where the ships lie in them. SIMULATED is burned into the pixels."""

from __future__ import annotations

from pathlib import Path

from offing.errors import OffingError, PictureError
from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record
from offing.report.figures.framing import cutting
from offing.report.figures.png import fitted_png
from offing.report.figures.toning import toned
from offing.report.model import ChipRequest

BUDGET_BYTES = 4_400_000
"""Of all cuttings together: 5.9 MB in base64."""
_EACH_AT_MOST = 420_000


class ChipBox(Record, frozen=True):
    """A ship in a cutting."""

    points: tuple[tuple[float, float], ...]
    """Four corners as fractions of the cutting's width and height."""
    id: str
    """``scene/detection``."""


class Chip(Record, frozen=True):
    """A cutting, ready to be shown; without ``png`` it says why there is none."""

    request: ChipRequest
    png: bytes
    """Empty when the picture could not be shown."""
    width: int
    """Pixels of the PNG."""
    height: int
    """Pixels of the PNG."""
    top: float
    """Part of the height that the burned-in band takes, 0 where there is none."""
    boxes: tuple[ChipBox, ...]
    berths: tuple[tuple[tuple[float, float], ...], ...]
    """Rings of the berths as fractions of width and height."""
    width_m: float | None
    """Ground that the cutting is wide, metres; None: pixel size unknown."""
    north_deg: float | None
    """Direction of true north clockwise from up; None: unknown."""
    toning: str
    """How the values became tones."""
    failure: str | None = None
    """Why there is no picture."""


def make_chips(root: Path, requests: tuple[ChipRequest, ...]) -> tuple[Chip, ...]:
    """A cutting a request, in order; a picture that cannot be read gives a chip that says so."""
    each = min(_EACH_AT_MOST, BUDGET_BYTES // max(1, len(requests)))
    return tuple(_chip(root, request, each) for request in requests)


def _chip(root: Path, request: ChipRequest, budget: int) -> Chip:
    try:
        return _cut(_kept(root, request.scene.path), request, budget)
    except OffingError as error:
        return _failed(request, f"the picture cannot be shown: {str(error).replace(str(root), '').lstrip('/')}")


def _kept(root: Path, relative: str) -> Path:
    """The kept file, which must lie in the case folder. Raises PictureError."""
    path = (root / relative).resolve()
    if not path.is_relative_to(root.resolve()):
        raise PictureError("lies outside the case folder", where=relative)
    return path


def _failed(request: ChipRequest, reason: str) -> Chip:
    return Chip(
        request=request,
        png=b"",
        width=0,
        height=0,
        top=0.0,
        boxes=(),
        berths=(),
        width_m=None,
        north_deg=None,
        toning="",
        failure=reason,
    )


def _cut(path: Path, request: ChipRequest, budget: int) -> Chip:
    from offing.imagery.reading import open_picture

    scene = request.scene
    gsd = None if scene.crs else scene.gsd_m[0]
    with open_picture([path], sensor=scene.sensor, gsd_m=gsd, time=scene.time) as picture:
        box = cutting(picture, request)
        if box is None:
            return _failed(request, "the picture does not reach the site")
        tones, toning = toned(picture, box)
        simulated = scene.simulated or picture.simulated
        known = _pixel_m(picture, box)
        png, width, height, band = fitted_png(tones, known or (1.0, 1.0), simulated=simulated, budget=budget)
        return Chip(
            request=request,
            png=png,
            width=width,
            height=height,
            top=band / height,
            boxes=tuple(
                ChipBox(points=_fractions(d.detection.box.corners(), box, band / height), id=d.id)
                for d in request.detections
            ),
            berths=_berths(picture, request, box, band / height),
            width_m=(box.col1 - box.col0) * known[0] if known else None,
            north_deg=_north(picture, box),
            toning=toning,
        )


def _pixel_m(picture: Picture, box: Box) -> tuple[float, float] | None:
    """Ground metres of a pixel along columns and rows in the middle of the cutting; None: unknown."""
    if picture.gsd_m is None:
        return None
    return picture.metres_per_pixel_at((box.col0 + box.col1) / 2, (box.row0 + box.row1) / 2)


def _berths(
    picture: Picture, request: ChipRequest, box: Box, top: float
) -> tuple[tuple[tuple[float, float], ...], ...]:
    if picture.crs is None:
        return ()
    rings = [tuple(picture.pixel(*p) for p in ring) for ring in request.rings]
    return tuple(_fractions(ring, box, top) for ring in rings)


def _north(picture: Picture, box: Box) -> float | None:
    if picture.crs is None:
        return None
    return picture.north_deg_at((box.col0 + box.col1) / 2, (box.row0 + box.row1) / 2)


def _fractions(points: tuple[tuple[float, float], ...], box: Box, top: float) -> tuple[tuple[float, float], ...]:
    """Picture pixels as fractions of the cutting, below the burned-in band."""
    wide, high = box.col1 - box.col0, box.row1 - box.row0
    return tuple(((c - box.col0) / wide, top + (1.0 - top) * (r - box.row0) / high) for c, r in points)
