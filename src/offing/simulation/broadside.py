"""Simulated photographs of ships from abeam, whose truth is known; every one says that it is simulated."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError, PictureError
from offing.exchange.files import write_atomically
from offing.records import Record
from offing.simulation.broadside_scene import backdrop, composed
from offing.simulation.broadside_ship import SideShip, side_ship
from offing.simulation.draws import stream
from offing.vessels.model import VesselClass

DESCRIPTION = "SIMULATED photograph made by offing; it shows no real ship"
_FINE = 2
"""Polygons are drawn so many times finer, for smooth edges."""


class BroadsideSpec(Record, frozen=True):
    """What is to be photographed, and how."""

    vessel_class: VesselClass
    seed: int = 0
    bow: Literal["left", "right"] = "left"
    width: int = 1000
    """Pixels; the height is 0.6 of it."""
    span: float = 0.62
    """Part of the width that the ship takes."""
    tilt_deg: float = 0.0
    """Of the picture, clockwise."""
    view_deg: float = 0.0
    """How far from abeam the ship is seen, towards her bow; -60 to 60."""
    distance_lengths: float = 12.0
    """From the camera to the ship, lengths of the ship."""
    haze: float = 0.15
    """0: none; 1: nothing else."""
    sea_state: float = 0.4
    """0–1."""
    cloudy: bool = True
    coast: bool = False
    jpeg_quality: int = 88
    ships: Literal["one", "none", "two", "cut"] = "one"
    """``cut``: the ship goes on beyond the picture's left edge."""

    def __post_init__(self) -> None:
        if not (self.width >= 200 and 0.05 <= self.span <= 0.95 and abs(self.view_deg) <= 60.0):
            raise OffingError(
                f"a photograph {self.width} pixels wide, the ship {self.span:g} of it, {self.view_deg:g}° from abeam",
                fix="at least 200 pixels, 0.05 to 0.95, within 60°",
            )


class Broadside(Record, frozen=True):
    """A simulated photograph with its truth."""

    spec: BroadsideSpec
    pixels: NDArray[np.uint8]
    """(rows, cols, 3) red, green, blue."""
    mask: NDArray[np.bool_]
    """(rows, cols): True on the ships."""
    ship: SideShip
    bow_px: tuple[float, float]
    """(col, row) of the stem at the waterline's height; GDAL's corners."""
    stern_px: tuple[float, float]


def broadside(spec: BroadsideSpec) -> Broadside:
    """The photograph. Raises OffingError where the class has no layout."""
    rng = stream(spec.seed, "broadside")
    ship = side_ship(spec.vessel_class, stream(spec.seed, "broadside-ship"))
    rows, cols = round(0.6 * spec.width), spec.width
    waterline = round(rows * rng.uniform(0.62, 0.75))
    horizon = max(4, waterline - round(rows * rng.uniform(0.01, 0.07)))
    picture = backdrop(rng, (rows, cols), horizon, cloudy=spec.cloudy, coast=spec.coast, sea_state=spec.sea_state)
    body, cover = np.zeros_like(picture), np.zeros((rows, cols), np.float32)
    ends = ((0.0, 0.0), (0.0, 0.0))
    for middle in _middles(spec):
        ends = _draw(body, cover, ship, spec, middle * cols, waterline)
    body += 0.02 * rng.standard_normal((rows, cols, 1)).astype(np.float32)
    out = composed(picture, body, cover, waterline, spec.haze, rng)
    out, cover, turn = _tilted(out, cover, spec.tilt_deg)
    points = [turn @ np.array([*p, 1.0]) for p in ends]
    return Broadside(
        spec=spec,
        pixels=_developed(out, spec, rng),
        mask=cover > 0.5,
        ship=ship,
        bow_px=(float(points[0][0]), float(points[0][1])),
        stern_px=(float(points[1][0]), float(points[1][1])),
    )


def _middles(spec: BroadsideSpec) -> tuple[float, ...]:
    """Where the ships' middles lie, parts of the picture's width."""
    if spec.ships == "two":
        return (0.27, 0.73)
    return {"none": (), "one": (0.5,), "cut": (0.4 * spec.span,)}[spec.ships]


def _draw(
    body: NDArray[np.float32], cover: NDArray[np.float32], ship: SideShip, spec: BroadsideSpec, middle: float, row: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Paint the ship; (bow, stern) in pixels."""
    import cv2

    rows, cols = cover.shape
    span = min(spec.span, 0.4) if spec.ships == "two" else spec.span
    scale = span * cols / ship.length_m
    fine, mask = np.zeros((rows * _FINE, cols * _FINE, 3), np.float32), np.zeros((rows * _FINE, cols * _FINE), np.uint8)
    for shape in ship.shapes:
        xy = _projected(np.array(shape.points), ship, spec, scale) + np.array([middle, row])
        corners = np.round(xy * _FINE * 16 - 8).astype(np.int32)
        cv2.fillPoly(fine, [corners], shape.tone, cv2.LINE_8, 4)
        cv2.fillPoly(mask, [corners], 255, cv2.LINE_8, 4)
    size = (cols, rows)
    weight: NDArray[Any] = cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
    paint: NDArray[Any] = cv2.resize(fine, size, interpolation=cv2.INTER_AREA) / np.maximum(weight, 1e-3)[..., None]
    body[:] = np.where(weight[..., None] > 0, paint, body)
    cover[:] = np.maximum(cover, weight)
    ends = np.array([[0.0, 0.0, 0.0], [ship.length_m, 0.0, 0.0]])
    (bx, by), (sx, sy) = _projected(ends, ship, spec, scale) + np.array([middle, row])
    return (float(bx), float(by)), (float(sx), float(sy))


def _projected(points: NDArray[Any], ship: SideShip, spec: BroadsideSpec, scale: float) -> NDArray[np.float64]:
    """(col, row) about the ship's middle at the waterline, of points (aft of the stem, to starboard, up) in metres.

    The camera stands ``view_deg`` from abeam towards the bow, on the side that puts the bow where it is asked for.
    """
    angle = np.deg2rad(spec.view_deg)
    aft = points[:, 0] - 0.5 * ship.length_m
    side = points[:, 1] if spec.bow == "left" else -points[:, 1]
    right = aft * np.cos(angle) + side * np.sin(angle)
    away = aft * np.sin(angle) - side * np.cos(angle)
    distance = spec.distance_lengths * ship.length_m
    near = distance / (distance + away)
    col = right * near * scale * (1.0 if spec.bow == "left" else -1.0)
    return np.column_stack([col, -points[:, 2] * near * scale])


def _tilted(
    picture: NDArray[np.float32], cover: NDArray[np.float32], tilt: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    import cv2

    rows, cols = cover.shape
    grown = 1.0 + abs(np.sin(np.deg2rad(tilt))) * 0.9 * cols / rows
    turn: NDArray[Any] = cv2.getRotationMatrix2D((cols / 2 - 0.5, rows / 2 - 0.5), -tilt, 1.0 if tilt == 0 else grown)
    if tilt == 0:
        return picture, cover, turn
    size = (cols, rows)
    turned: NDArray[Any] = cv2.warpAffine(picture, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return turned, np.asarray(cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR), np.float32), turn


def _developed(picture: NDArray[np.float32], spec: BroadsideSpec, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Lens, noise, the label, and what JPEG leaves."""
    import cv2

    soft: NDArray[Any] = cv2.GaussianBlur(picture, (0, 0), 0.7 * spec.width / 1000.0)
    noisy = soft + 0.008 * rng.standard_normal(soft.shape).astype(np.float32)
    eight = (np.clip(noisy, 0.0, 1.0) * 255 + 0.5).astype(np.uint8)
    at, size = (round(0.012 * spec.width), eight.shape[0] - round(0.008 * spec.width)), spec.width / 2600.0
    cv2.putText(eight, "SIMULATED", at, cv2.FONT_HERSHEY_SIMPLEX, size, (235, 235, 235), 1, cv2.LINE_AA)
    _, data = cv2.imencode(".jpg", eight[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, spec.jpeg_quality])
    read: NDArray[Any] | None = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert read is not None  # what was just encoded
    return np.ascontiguousarray(read[..., ::-1], np.uint8)


def write_broadside(picture: Broadside, path: Path) -> Path:
    """Write it as JPEG whose EXIF description says that it is simulated. Raises OffingError, CaseError."""
    import cv2

    if path.suffix.lower() not in (".jpg", ".jpeg"):
        raise OffingError("a simulated photograph is written as JPEG", where=str(path), fix="end its name in .jpg")
    done, data = cv2.imencode(".jpg", picture.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    if not done:
        raise PictureError("the photograph cannot be written as JPEG", where=str(path))
    content = bytes(data.tobytes())
    return write_atomically(path, content[:2] + _described(DESCRIPTION) + content[2:])


def _described(text: str, orientation: int = 1) -> bytes:
    """An APP1 segment with EXIF's ImageDescription and Orientation (CIPA DC-008, 4.6)."""
    words = text.encode("ascii") + b"\0"
    entries = struct.pack("<HHII", 0x010E, 2, len(words), 38) + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + struct.pack("<I", 0) + words
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
