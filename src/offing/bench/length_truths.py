"""Pictures with ships of known size, for the benchmark of lengths and for what is fitted to it.

Ports in Sentinel-2: masks, drawn on the very pixels, so that they are longer and wider than hulls by what ``MASK_PX``
says. Naval harbours: bow and stern points, in pixels. Simulated scenes: exact, in metres on the ground.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from offing.bench.datasets import WARSHIP, LabelledPicture, NavalPicture
from offing.bench.length_rows import mask_hull
from offing.bench.optical_scenes import TOUCHED, clouded, optical_drawn
from offing.imagery.picture import Picture
from offing.imagery.reading import open_picture
from offing.simulation.model import TrueShip
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.model import OrientedBox

MASK_PX = 0.8
"""Pixels by which masks of s2-ports are taken to be longer than hulls: by a network that no port had taught they were
longer by 9 m (median of 236), of which it was itself 2 to 3 m too short on other pictures of 10 m."""
NAVAL_BEAM = 0.13
"""Beam over length that naval ships are given where only their ends are known."""
SCENES: tuple[tuple[float, int], ...] = ((0.7, 1400), (3.0, 448), (10.0, 144))
"""(side of a pixel in metres, pixels a side) of simulated scenes."""
SHORTEST_M = 30.0


@contextmanager
def port(labelled: LabelledPicture) -> Iterator[tuple[Picture, list[OrientedBox]]]:
    """A port and its masks' boxes."""
    with open_picture(labelled.paths) as picture:
        yield picture, [mask_hull(mask) for mask in labelled.masks()]


@contextmanager
def pier(labelled: NavalPicture) -> Iterator[tuple[Picture, list[OrientedBox]]]:
    """A naval harbour and its warships, pixels taken for metres."""
    war = labelled.codes == WARSHIP
    with open_picture(labelled.paths, gsd_m=1.0) as picture:
        ends = zip(labelled.bows[war], labelled.sterns[war], strict=True)
        yield picture, [between(bow, stern, NAVAL_BEAM) for bow, stern in ends]


@contextmanager
def scene(gsd_m: float, size: int, seed: int) -> Iterator[tuple[Picture, list[OrientedBox]]]:
    """A simulated picture and its ships that no cloud hides."""
    spec, _ = optical_drawn(gsd_m, size, seed)
    drawn = simulate(spec)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"simulated-{seed}.tif"
        write_scene(drawn, path)
        with open_picture([path]) as picture:
            hulls = [simulated_hull(ship, picture) for ship in drawn.ships]
            covered, _ = clouded(spec, [np.array(h.corners()) for h in hulls])
            yield picture, [h for h, share in zip(hulls, covered, strict=True) if share <= TOUCHED]


def scenes(kinds: Sequence[tuple[float, int]], seeds: Iterable[int]) -> Iterator[tuple[float, int, int]]:
    """(pixel, size, seed) of every scene of a run."""
    listed = list(seeds)
    for gsd, size in kinds:
        for seed in listed:
            yield gsd, size, seed


def simulated_hull(ship: TrueShip, picture: Picture) -> OrientedBox:
    """A simulated ship's box in pixels, its length pointing to the bow."""
    bow, stern = (np.array(picture.pixel(*end)) for end in (ship.bow, ship.stern))
    return between(bow, stern, ship.beam_m / ship.length_m)


def between(bow: np.ndarray, stern: np.ndarray, beam_share: float) -> OrientedBox:
    """The box from stern to bow, (col, row) each, of a beam of that share of the length; square pixels."""
    half = (np.asarray(bow, np.float64) - np.asarray(stern, np.float64)) / 2
    middle = np.asarray(stern, np.float64) + half
    return OrientedBox(
        col=float(middle[0]),
        row=float(middle[1]),
        length_px=(float(half[0]), float(half[1])),
        beam_px=(float(-half[1] * beam_share), float(half[0] * beam_share)),
    )
