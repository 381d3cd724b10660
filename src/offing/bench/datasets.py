"""Labelled sets as they are published, read for scoring and fitting."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import MissingExtraError, OffingError
from offing.records import Record


class LabelledPicture(Record, frozen=True):
    """A picture of a set with its ships."""

    name: str
    paths: tuple[Path, ...]
    width: int
    height: int
    boxes: NDArray[np.float64]
    """(n, 4) col0, row0, col1, row1."""
    segmentations: tuple[Any, ...]
    """As COCO has them: polygons or run lengths."""

    def masks(self) -> list[NDArray[np.bool_]]:
        """(rows, cols) each."""
        rle = _rle()
        made = []
        with warnings.catch_warnings():
            # pycocotools' arrays do not take numpy 2's copy keyword; the masks are right all the same.
            warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy", DeprecationWarning)
            for segmentation in self.segmentations:
                encoded = rle.frPyObjects(segmentation, self.height, self.width)
                made.append(rle.decode(rle.merge(encoded) if isinstance(segmentation, list) else encoded).astype(bool))
        return made


def _rle() -> Any:  # noqa: ANN401 - pycocotools has no types
    try:
        from pycocotools import mask
    except ImportError as error:
        raise MissingExtraError("pycocotools is not installed", fix="pip install 'offing[bench]'") from error
    return mask


def labels_of(folder: Path, what: str) -> dict[str, Any]:
    """``annotations.json`` of a set. Raises OffingError that says how to give the folder."""
    path = folder / "annotations.json"
    try:
        return dict(msgspec.json.decode(path.read_bytes()))
    except FileNotFoundError as error:
        raise OffingError("is not there", where=str(path), fix=f"give the folder of {what} with --data") from error
    except msgspec.DecodeError as error:
        raise OffingError(f"is no JSON ({error})", where=str(path), fix=f"get {what} again") from error


def ssdd(folder: Path) -> list[LabelledPicture]:
    """SSDD (Zhang et al. 2021): pictures under ``images/``, polygons in ``annotations.json``."""
    return _pictures(labels_of(folder, "SSDD"), lambda name: (folder / "images" / name,))


def s2_ports(folder: Path) -> list[LabelledPicture]:
    """Sentinel-2 bands of ports, a folder each (ShipDetectionExperts/sen2ships), masks in ``annotations.json``."""
    return _pictures(
        labels_of(folder, "the Sentinel-2 ports"), lambda name: tuple(sorted((folder / name).glob("*_B*.jp2")))
    )


def _pictures(data: dict[str, Any], paths: Any) -> list[LabelledPicture]:  # noqa: ANN401
    ships: dict[int, list[dict[str, Any]]] = {}
    for ship in data["annotations"]:
        ships.setdefault(ship["image_id"], []).append(ship)
    found = []
    for image in sorted(data["images"], key=lambda i: str(i["file_name"])):
        own = ships.get(image["id"], [])
        corner = np.array([s["bbox"] for s in own], np.float64).reshape(-1, 4)
        found.append(
            LabelledPicture(
                name=image["file_name"],
                paths=paths(image["file_name"]),
                width=image["width"],
                height=image["height"],
                boxes=np.concatenate([corner[:, :2], corner[:, :2] + corner[:, 2:]], axis=1),
                segmentations=tuple(s["segmentation"] for s in own),
            )
        )
    return found


class NavalPicture(Record, frozen=True, eq=False):
    """A picture of a naval harbour with its ships, in GDAL's pixel coordinates."""

    name: str
    place: str
    """Pictures of one place share it, whatever their date."""
    paths: tuple[Path, ...]
    codes: NDArray[np.int64]
    """(n,) classes as published: 2 is a warship, the others are undocumented."""
    boxes: NDArray[np.float64]
    """(n, 4) col0, row0, col1, row1; made from the ends where the set has none."""
    bows: NDArray[np.float64]
    """(n, 2) col, row."""
    sterns: NDArray[np.float64]
    """(n, 2) col, row."""


WARSHIP = 2
BEAM_SHARE = 0.2
"""Beam over length of ships that are labelled by their ends alone."""


def optical_naval(folder: Path) -> list[NavalPicture]:
    """Sub-metre pictures of naval harbours: pictures under ``images/``, a row a ship in ``ships.csv``, by name.

    Its points are (x, y) with pixel centres at whole numbers. Ships of code 0 have no box there but zeros: theirs is
    the one around a hull between their ends. Raises OffingError that says how to give the folder, or which row is bad.
    """
    path = folder / "ships.csv"
    try:
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
    except FileNotFoundError as error:
        raise OffingError(
            "is not there", where=str(path), fix="give the folder of optical-naval with --data"
        ) from error
    ships: dict[tuple[str, str], list[list[float]]] = {}
    for number, row in enumerate(rows, 2):
        try:
            values = [float(row[name]) for name in _NAVAL_COLUMNS]
            ships.setdefault((row["image"], row["place"]), []).append(values)
            if not np.isfinite(values).all():
                raise ValueError("not a number")
        except (KeyError, TypeError, ValueError) as error:
            raise OffingError(f"line {number} is no ship", where=str(path), fix="get optical-naval again") from error
    return [
        _naval_picture(image, place, folder / "images" / image, np.array(own))
        for (image, place), own in sorted(ships.items())
    ]


_NAVAL_COLUMNS = ("class", "bow_x", "bow_y", "stern_x", "stern_y", "xmin", "ymin", "xmax", "ymax")


def _naval_picture(name: str, place: str, path: Path, values: NDArray[np.float64]) -> NavalPicture:
    bows, sterns, boxes = values[:, 1:3] + 0.5, values[:, 3:5] + 0.5, values[:, 5:9] + 0.5
    none = (boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1])
    half = np.abs(bows - sterns) / 2
    reach = half + BEAM_SHARE * half[:, ::-1]
    middle = (bows + sterns) / 2
    made = np.concatenate([middle - reach, middle + reach], axis=1)
    return NavalPicture(
        name=name,
        place=place,
        paths=(path,),
        codes=values[:, 0].astype(np.int64),
        boxes=np.where(none[:, None], made, boxes),
        bows=bows,
        sterns=sterns,
    )
