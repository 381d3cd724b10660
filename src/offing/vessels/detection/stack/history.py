"""What the other looks of a place know of the ground under the finds of an optical picture.

The looks are read one after the other, so that memory does not grow with their number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.model import Box
from offing.records import Record
from offing.vessels.detection.cfar import cores
from offing.vessels.detection.stack.aligned import Other
from offing.vessels.detection.stack.clear import has_index, look_at, water_in
from offing.vessels.detection.stack.fixed import Shown, masks
from offing.vessels.detection.stack.tiles import BLOCK, Stack
from offing.vessels.model import Detection, OrientedBox

F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]

MARGIN_M = 150.0
"""Read around the finds: enough water and land to judge by."""
LEAST_CLEAR = 4
"""Cloudless looks with fewer of which it is not known what a pixel is."""
DARK = 0.02
"""Reflectance over the water's below which brightness is not told apart."""
BARE = 0.5
"""Water is less bright over the water around than this part of the land: painted hulls pass for water by the index."""
GAIN_RANGE = (0.5, 2.0)
PATTERN_PX = 12
"""Pixels in a box with fewer of which its surroundings are needed to see a pattern."""
_ENOUGH = 200
"""Pixels from which a level is found."""


class Ground(Record, frozen=True, eq=False):
    """One window of the picture with what its looks know."""

    window: Box
    clear: NDArray[np.uint8]
    """(rows, cols) other looks that show the pixel without cloud."""
    wet: NDArray[np.uint8]
    """(rows, cols) those in which it is water; none without near infrared, as colour alone is too rough a guess."""
    now: dict[str, Shown | None]
    """What the picture shows, by the id of the find; None: it has no data there, or a cloud."""
    looks: dict[str, tuple[Shown | None, ...]]
    """What the other looks show there, in their order."""

    @property
    def known(self) -> Mask:
        """(rows, cols), True: enough cloudless looks."""
        return np.asarray(self.clear >= LEAST_CLEAR)

    @property
    def water(self) -> Mask:
        """(rows, cols), True: most of the cloudless looks show water."""
        return np.asarray(self.known & (2 * self.wet.astype(np.int16) > self.clear))


def grounds(stack: Stack, finds: Sequence[Detection]) -> Iterator[tuple[Ground, list[Detection]]]:
    """The windows around the ``finds``, each with the finds that lie in it."""
    picture, margin = stack.picture, math.ceil(MARGIN_M / stack.gsd_m)
    for col0, row0, col1, row1 in cores(picture.height, picture.width, BLOCK):
        inside = [d for d in finds if col0 <= d.box.col < col1 and row0 <= d.box.row < row1]
        if not inside:
            continue
        corners = np.array([d.box.corners() for d in inside], np.float64).reshape(-1, 2)
        left, top = np.floor(corners.min(axis=0)).astype(int) - margin
        right, bottom = np.ceil(corners.max(axis=0)).astype(int) + margin
        window = Box(
            col0=max(0, int(left)),
            row0=max(0, int(top)),
            col1=min(picture.width, int(right)),
            row1=min(picture.height, int(bottom)),
        )
        yield _ground(stack, window, inside), inside


def _ground(stack: Stack, window: Box, finds: Sequence[Detection]) -> Ground:
    ours, wet = _seen(stack, None, window)
    clear, wet_looks = np.zeros(wet.shape, np.uint8), np.zeros(wet.shape, np.uint8)
    looks: dict[str, list[Shown | None]] = {d.id: [] for d in finds}
    tells_water = has_index(stack.bands)
    for other in stack.others:
        theirs, their_wet = _seen(stack, other, window)
        clear += np.isfinite(theirs[0])
        wet_looks += their_wet & tells_water
        level = _levelled(ours, theirs, ~wet & ~their_wet)
        for d in finds:
            looks[d.id].append(_shown(level, d.box, window))
    return Ground(
        window=window,
        clear=clear,
        wet=wet_looks,
        now={d.id: _shown(ours, d.box, window) for d in finds},
        looks={name: tuple(shown) for name, shown in looks.items()},
    )


def _seen(stack: Stack, other: Other | None, window: Box) -> tuple[F32, Mask]:
    """(values over the water without clouds, where they show bare water)."""
    values = look_at(stack.picture, other, stack.bands, window, stack.gsd_m)
    good = np.isfinite(values[0])
    if not good.any():
        return values, good
    # Without near infrared the picture's own water, ships and all, serves to find the level.
    wet = (water_in(values, stack.bands) if has_index(stack.bands) else stack.water.mask(window)) & good
    over = _over_water(values, wet)
    bright = over.mean(axis=0)
    ground = bright[good & ~wet]
    limit = BARE * float(np.median(ground)) if ground.size >= _ENOUGH else DARK
    with np.errstate(invalid="ignore"):
        return over, np.asarray(wet & (bright < max(limit, DARK)))


def _over_water(values: F32, wet: Mask) -> F32:
    """The bands over the level of the water around; over the darkest twentieth where there is hardly any."""
    out = values.copy()
    good = np.isfinite(values[0])
    for band in out:
        if wet.sum() >= _ENOUGH:
            band -= np.float32(np.median(band[wet]))
        elif good.any():
            band -= np.float32(np.percentile(band[good], 5))
    return out


def _levelled(ours: F32, theirs: F32, land: Mask) -> F32:
    """``theirs`` with every band's gain made that of ``ours`` over land: sun and haze differ from look to look."""
    both = land & np.isfinite(ours[0]) & np.isfinite(theirs[0])
    if both.sum() < _ENOUGH:
        return theirs
    level = np.median(theirs[:, both], axis=1)
    gain = np.clip(np.median(ours[:, both], axis=1) / np.maximum(level, 1e-4), *GAIN_RANGE)
    return np.asarray(theirs * gain[:, None, None], np.float32)


def _shown(over: F32, box: OrientedBox, window: Box) -> Shown | None:
    """What a look (over its water) shows of a find; None where it has no data or a cloud."""
    inside, patch = masks(local(box, window), over.shape[1:])
    part = over[:, *patch]
    if not inside.any() or not np.isfinite(part).all():
        return None
    own = part[:, inside]
    # What lies beside a berth is alike whatever ship is there, so the pattern is the box's own where it has one.
    pattern = own if inside.sum() >= PATTERN_PX else part.reshape(len(part), -1)
    pattern = np.asarray(pattern - pattern.mean(axis=1, keepdims=True), np.float32)
    return Shown(bright=math.log(max(DARK, float(own.mean()))), patch=pattern)


def local(box: OrientedBox, window: Box) -> OrientedBox:
    """The box in pixels of the window."""
    return OrientedBox(
        col=box.col - window.col0, row=box.row - window.row0, length_px=box.length_px, beam_px=box.beam_px
    )
