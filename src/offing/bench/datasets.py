"""Labelled sets as they are published, read for scoring and fitting."""

from __future__ import annotations

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
