"""Real ships in port in Sentinel-2: what band delays tell of them, port by port."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.bench.datasets import LabelledPicture, s2_ports
from offing.bench.model import BenchOptions
from offing.imagery.reading import Picture, open_picture
from offing.quantities import Probability
from offing.vessels.measurement import measure
from offing.vessels.model import Detection, OrientedBox
from offing.vessels.velocity.delays import tracked_bands
from offing.vessels.velocity.watching import Seen, Watch

T90 = 1.8125
"""Half of the 90 % interval of a t distribution with 10 degrees of freedom, as four bands have."""


def port_figures(options: BenchOptions) -> dict[str, float | str]:
    """Figures of each labelled port."""
    pictures = s2_ports(options.folder("s2-ports"))
    figures: dict[str, float | str] = {}
    sideways: list[bool] = []
    for labelled in pictures[:2] if options.quick else pictures:
        own, seen = _port(labelled)
        figures |= own
        sideways += [abs(s.motion.starboard) < T90 * np.sqrt(s.motion.covariance[1, 1]) for s in seen]
    held = f"{sum(sideways)} of {len(sideways)}: {np.mean(sideways):.3f}" if sideways else "none tried"
    return {"real ships, 90 % intervals across the axis that hold rest": held, **figures}


def box_of(mask: NDArray[np.bool_]) -> OrientedBox:
    """The rectangle of least area around the pixels of a mask."""
    import cv2

    rows, cols = np.nonzero(mask)
    (col, row), (one, other), angle = cv2.minAreaRect(np.stack([cols, rows], axis=1).astype(np.float32))
    turn = np.deg2rad(angle if one >= other else angle + 90.0)
    length, beam = (max(one, other) + 0.2) / 2, (min(one, other) + 0.2) / 2
    c, s = float(np.cos(turn)), float(np.sin(turn))
    return OrientedBox(col=col + 0.5, row=row + 0.5, length_px=(length * c, length * s), beam_px=(-beam * s, beam * c))


def detections(boxes: Sequence[OrientedBox], picture: Picture) -> list[Detection]:
    """Boxes as detections, measured."""
    sure = Probability(value=1.0, low=1.0, high=1.0, basis="given")
    return [
        Detection(
            id=f"{i:04d}", image=picture.name, time=picture.time, score=sure, box=box, ring=None,
            measurement=measure(box, picture),
        )
        for i, box in enumerate(boxes)
    ]  # fmt: skip


def _port(labelled: LabelledPicture) -> tuple[dict[str, float | str], list[Seen]]:
    """(figures, what was seen of the ships that were tried)."""
    from offing.vessels.detection.model import DetectionSet
    from offing.vessels.velocity import with_velocities

    with open_picture(labelled.paths) as picture:
        ships = detections([box_of(mask) for mask in labelled.masks()], picture)
        watch = Watch(ships, picture, tracked_bands(picture))
        seen = [s for i in range(len(ships)) if isinstance(s := watch.seen(i), Seen)]
        found = with_velocities(
            DetectionSet(
                image=picture.name, detections=tuple(ships), notes=(), width=picture.width, height=picture.height,
                georeferenced=True, sensor=picture.sensor,
            ),
            picture,
        )  # fmt: skip
    moving = [d.velocity for d in found.detections if d.velocity]
    shifts = [s.still.shift for s in seen if s.still.tiles]
    off = np.abs(np.median(shifts, axis=0)).max() if shifts else None
    speeds = ", ".join(f"{v.speed_kn:.0f}" for v in sorted(moving, key=lambda v: v.speed_kn))
    figures: dict[str, float | str] = {
        f"{labelled.name}, told to move of tried of labelled": f"{len(moving)} of {len(seen)} of {len(ships)}",
        f"{labelled.name}, speeds, kn": speeds or "none",
        f"{labelled.name}, largest shift of a band, px": "declared" if off is None else round(float(off), 3),
    }
    return figures, seen
