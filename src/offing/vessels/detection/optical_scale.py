"""How large the networks are shown an optical picture, and where what they see lies in it.

What they see is kept in pixels as shown, counted from the picture's outer corner, until boxes are chosen: pixels as
shown are square on the ground, those of a picture in degrees are not.
"""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.model import Box
from offing.imagery.picture import Picture
from offing.records import Record
from offing.vessels.detection.finds import Find
from offing.vessels.detection.kernels import F32
from offing.vessels.detection.network import Boxes
from offing.vessels.detection.optical_channels import Kind
from offing.vessels.model import OrientedBox

SHOWN_M: dict[Kind, float] = {"coarse": 5.0, "fine": 2.0}
"""Ground metres of a pixel as shown."""
ENLARGED_LESS = 0.7
"""Fine pictures of coarser pixels than that are not enlarged all the way: large ships would be larger than any that
the network knows, and blurred (chosen by eye on one picture of 3 m)."""
COARSE_M = 7.0
"""Pixels from this size on are coarse."""
SENTINEL2_M, SENTINEL2_LEAST_M = 10.0, 3.5
"""Its pixels, and their size on the ground where a map projection stretches them most."""
UNKNOWN_ZOOM = 0.5
"""Pictures of unknown pixel size are shown at half their size."""
ZOOMS = (0.02, 3.5)
LEAST_SIDE = 8


class Scale(Record, frozen=True):
    """Pixels as shown in one of the picture's."""

    cols: float
    rows: float

    @property
    def mean(self) -> float:
        """Of both."""
        return math.sqrt(self.cols * self.rows)

    def shown(self, values: F32) -> F32:
        """(bands, rows, cols) at the size that the network is shown: area means, or bilinear where it is larger."""
        import cv2

        if self.cols == self.rows == 1.0:
            return values
        rows, cols = (
            max(LEAST_SIDE, round(n * z)) for n, z in zip(values.shape[1:], (self.rows, self.cols), strict=True)
        )
        how = cv2.INTER_AREA if self.mean < 1 else cv2.INTER_LINEAR
        return np.stack([cv2.resize(band, (cols, rows), interpolation=how) for band in values])

    def placed(self, boxes: Boxes, window: Box, shape: tuple[int, int]) -> Boxes:
        """``boxes`` of a ``window`` shown in ``shape`` (rows, cols), in pixels as shown of the whole picture."""
        stretch = np.array([window.width * self.cols / shape[1], window.height * self.rows / shape[0]])
        corner = np.array([window.col0 * self.cols, window.row0 * self.rows])
        return Boxes(
            centre=boxes.centre * stretch + corner,
            size=boxes.size * math.sqrt(stretch.prod()),
            angle=boxes.angle,
            log_odds=boxes.log_odds,
            bow=boxes.bow,
        )

    def find(self, boxes: Boxes, i: int, flags: tuple[str, ...]) -> Find:
        """Box ``i`` in pixels of the picture, its length pointing to the likelier end for the bow."""
        length, beam = float(boxes.size[i, 0]), float(boxes.size[i].min())
        angle = float(boxes.angle[i])
        ahead = np.array([math.cos(angle), math.sin(angle)])
        bow = float(boxes.bow[i])
        if bow < 0:
            ahead = -ahead
        lc, lr = (ahead * length / 2).tolist()
        bc, br = (np.array([-ahead[1], ahead[0]]) * beam / 2).tolist()
        col, row = boxes.centre[i].tolist()
        return Find(
            box=OrientedBox(
                col=col / self.cols,
                row=row / self.rows,
                length_px=(lc / self.cols, lr / self.rows),
                beam_px=(bc / self.cols, br / self.rows),
            ),
            log_odds=float(boxes.log_odds[i]),
            edge_px=max(0.5, 1 / self.mean),
            flags=flags,
            bow_log_odds=abs(bow),
        )


def kind_of(picture: Picture) -> Kind:
    """Which network a picture is shown to: by its pixel size, and by its bands where that is unknown.

    Sentinel-2's pixels of 10 m measure half of that in Web Mercator at 60° of latitude, and show no more for it.
    """
    size = pixel_m(picture)
    least = SENTINEL2_LEAST_M if sentinel2(picture) else COARSE_M
    return "coarse" if size is not None and math.sqrt(size[0] * size[1]) >= least else "fine"


def sentinel2(picture: Picture) -> bool:
    """Whether its platform or the names of its bands say so."""
    return picture.platform == "sentinel-2" or {"B03", "B04"} <= set(picture.bands)


def pixel_m(picture: Picture) -> tuple[float, float] | None:
    """Ground metres of a pixel along columns and rows; where they are unknown Sentinel-2's if its bands say so."""
    if picture.gsd_m is not None:
        return picture.gsd_m
    return (SENTINEL2_M, SENTINEL2_M) if sentinel2(picture) else None


def shown_m(kind: Kind, size_m: float) -> float:
    """Ground metres of a pixel as shown, of a picture with pixels of ``size_m``."""
    usual = SHOWN_M[kind]
    return usual * max(1.0, size_m / usual) ** ENLARGED_LESS if kind == "fine" else usual


def scale_of(picture: Picture) -> tuple[Scale, tuple[str, ...]]:
    """(how large it is shown, what was assumed)."""
    size = pixel_m(picture)
    if size is None:
        note = "pixel size unknown: ships were sought at half its size, as in sub-metre pictures; give it with --gsd"
        return Scale(cols=UNKNOWN_ZOOM, rows=UNKNOWN_ZOOM), (note,)
    shown = shown_m(kind_of(picture), math.sqrt(size[0] * size[1]))
    cols, rows = (float(np.clip(m / shown, *ZOOMS)) for m in size)
    notes = () if picture.gsd_m else (f"pixel size unknown: taken as {SENTINEL2_M:g} m, as its bands are Sentinel-2's",)
    return Scale(cols=cols, rows=rows), notes
