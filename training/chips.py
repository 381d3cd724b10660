"""Labelled pictures in memory, and the altered chips of them that the network is shown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

GROUP = 24
"""Neighbouring numbers of SSDD are frames of one scene: so many in a row stay together when folds are made."""

SCALES = {False: (0.4, 1.2), True: (0.7, 2.2)}
"""Least and greatest scale of real and of simulated chips, whose ships are smaller."""


@dataclass
class Chip:
    """A picture with its ships."""

    name: str
    power: np.ndarray  # (rows, cols) float32, linear, nodata 0
    ships: np.ndarray  # (m, 5) col, row, length, beam, axis angle in radians clockwise from right
    outlines: list[np.ndarray]  # (k, 2) each, col and row
    ignored: np.ndarray  # (k, 4) upright boxes


def read_ssdd(folder: Path) -> list[Chip]:
    """The training split of SSDD, in the order of its file names."""
    labels = json.loads((folder / "annotations.json").read_text())
    own: dict[int, list[dict]] = {}
    for ship in labels["annotations"]:
        own.setdefault(ship["image_id"], []).append(ship)
    chips = []
    for image in sorted(labels["images"], key=lambda i: i["file_name"]):
        grey = cv2.imread(str(folder / "images" / image["file_name"]), cv2.IMREAD_GRAYSCALE)
        outlines = [_fitted(s) for s in own.get(image["id"], [])]
        ships = np.array([drawn_box(p) for p in outlines], np.float32).reshape(-1, 5)
        power = (grey.astype(np.float32) / 255) ** 2
        chips.append(Chip(image["file_name"], power, ships, outlines, np.zeros((0, 4), np.float32)))
    return chips


def read_simulated(path: Path) -> list[Chip]:
    """What ``simulated_chips.py`` wrote."""
    with np.load(path) as kept:
        power = kept["power"].astype(np.float32) ** 2 * kept["valid"].astype(np.float32)
        boxes, ignored = kept["boxes"], kept["ignore"]
    chips = []
    for i, values in enumerate(power):
        mine, skip = boxes[boxes[:, 0] == i, 1:6], ignored[ignored[:, 0] == i, 1:6]
        outlines = [hull(b) for b in mine]
        upright = np.array([_extent(_corners(b)) for b in skip], np.float32).reshape(-1, 4)
        chips.append(Chip(f"simulated-{i}", values, mine.astype(np.float32), outlines, upright))
    return chips


def is_inshore(chip: Chip) -> bool:
    """Whether much of it is bright: land and quays, where ships are hard to tell."""
    return float((cv2.blur(chip.power, (15, 15)) > 0.06).mean()) > 0.12


def fold_of(name: str, folds: int) -> int:
    """The fold that holds a picture of SSDD, by its number."""
    return (int("".join(c for c in name if c.isdigit())) // GROUP) % folds


def _fitted(ship: dict) -> np.ndarray:
    """The outline, stretched to fill the box by which it is scored."""
    points = np.array(ship["segmentation"][0], np.float32).reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    corner, size = np.array(ship["bbox"][:2], np.float32), np.array(ship["bbox"][2:], np.float32)
    return (points - low) / np.maximum(high - low, 1) * size + corner


def drawn_box(outline: np.ndarray) -> tuple[float, float, float, float, float]:
    """The rectangle to draw: along the outline's axis, no larger than keeps its upright box near the outline's.

    The smallest rectangle around an oblique hull sticks out of the hull's upright box by its empty corners, by which
    it would be scored; its sides are drawn in, the beam first.
    """
    (_, _), (a, b), degrees = cv2.minAreaRect(outline.astype(np.float32))
    length, beam, angle = (a, b, degrees) if a >= b else (b, a, degrees + 90)
    angle = float(np.radians(angle) % np.pi)
    length, beam = max(length, 1.5), max(beam, 1.0)
    low, high = outline.min(0), outline.max(0)
    centre, size = (low + high) / 2, np.maximum(high - low, 1)
    k, m = np.meshgrid(np.linspace(0.8, 1.05, 26), np.linspace(0.5, 1.05, 23), indexing="ij")
    cos, sin = abs(np.cos(angle)), abs(np.sin(angle))
    wide, tall = k * length * cos + m * beam * sin, k * length * sin + m * beam * cos
    inter = np.minimum(wide, size[0]) * np.minimum(tall, size[1])
    fit = inter / (wide * tall + size[0] * size[1] - inter) - 1.0 * (k - 1) ** 2 - 0.3 * (m - 1) ** 2
    i = np.unravel_index(fit.argmax(), fit.shape)
    return float(centre[0]), float(centre[1]), float(k[i] * length), float(m[i] * beam), angle


def _corners(box: np.ndarray) -> np.ndarray:
    col, row, length, beam, angle = box
    along = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    across = np.array([-np.sin(angle), np.cos(angle)]) * beam / 2
    return np.array([[col, row]]) + np.array([along + across, along - across, -along - across, across - along])


def hull(box: np.ndarray) -> np.ndarray:
    """A pointed outline that fills an oriented box."""
    col, row, length, beam, angle = box
    shape = np.array([[-1, -0.7], [-1, 0.7], [-0.5, 1], [0.5, 1], [1, 0.3], [1, -0.3], [0.5, -1], [-0.5, -1]])
    local = shape * [length / 2, beam / 2]
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (local @ turn + [col, row]).astype(np.float32)


def _extent(points: np.ndarray) -> np.ndarray:
    return np.concatenate([points.min(0), points.max(0)])


@dataclass
class Shown:
    """What the network is given of one chip."""

    power: np.ndarray
    truth: np.ndarray  # (m, 6) col, row, length, beam, cos 2θ, sin 2θ
    frame: np.ndarray  # (m, 4)
    ignored: np.ndarray  # (k, 4)
    shift_db: float  # how far the sea's level is misjudged
    top_scale: float


def altered(chip: Chip, side: int, rng: np.random.Generator) -> Shown:
    """A random window of ``side`` pixels, scaled, turned, mirrored, with another contrast and noise."""
    least, most = SCALES[chip.name.startswith("simulated")]
    scale = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    if len(chip.ships):  # neither a ship of two pixels nor one that fills the window teaches anything
        typical = float(np.median(chip.ships[:, 2]))
        scale = float(np.clip(scale, min(1.0, 6 / typical), max(0.25, min(most, 0.8 * side / typical))))
    angle = float(rng.integers(4)) * 90 if rng.random() < 0.6 else float(rng.uniform(0, 360))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    rows, cols = chip.power.shape
    if len(chip.ships) and rng.random() < 0.8:
        focus = chip.ships[rng.integers(len(chip.ships)), :2] + rng.uniform(-0.35, 0.35, 2) * side / scale
    else:
        focus = rng.uniform(0, 1, 2) * [cols, rows]
    # Where the picture allows, the window is full.
    reach = side / scale / 2
    focus = np.array([kept_inside(focus[0], reach, cols), kept_inside(focus[1], reach, rows)])
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = scale * np.array([[c * mirror, -s], [s * mirror, c]])
    shift = np.array([side / 2, side / 2]) - turn @ focus
    power = _resampled(chip.power, turn, shift, side, scale)
    frame, truth, ignored = _moved(chip, turn, shift, side)
    power = _recast(power, rng)
    return Shown(power, truth, frame, ignored, float(rng.normal(0, 2.5)), float(np.exp(rng.normal(0, 0.4))))


def kept_inside(value: float, reach: float, extent: int) -> float:
    """``value`` moved so that ``reach`` around it lies in the picture; its middle where the picture is too small."""
    return extent / 2 if 2 * reach >= extent else float(np.clip(value, reach, extent - reach))


def _resampled(power: np.ndarray, turn: np.ndarray, shift: np.ndarray, side: int, scale: float) -> np.ndarray:
    if scale < 0.7:  # averaged first, so that nothing between the new pixels is lost
        power = cv2.GaussianBlur(power, (0, 0), 0.4 / scale)
    centred = shift + turn @ [0.5, 0.5] - 0.5  # from outer corners to pixel centres
    return cv2.warpAffine(power, np.column_stack([turn, centred]), (side, side), flags=cv2.INTER_LINEAR)


def _moved(chip: Chip, turn: np.ndarray, shift: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    frames, truths = [], []
    skip = []
    for box in chip.ignored:
        points = np.array([box[[0, 1]], box[[2, 1]], box[[2, 3]], box[[0, 3]]]) @ turn.T + shift
        skip.append(_extent(points))
    for outline in chip.outlines:
        points = (outline @ turn.T + shift).astype(np.float32)
        full = _extent(points)
        cut = np.clip(full, 0, side)
        seen = np.prod(np.maximum(cut[2:] - cut[:2], 0)) / max(1e-6, np.prod(full[2:] - full[:2]))
        if seen < 0.02:
            continue
        if seen < 0.5:
            skip.append(cut)
            continue
        frames.append(full)
        col, row, length, beam, angle = drawn_box(points)
        truths.append([col, row, length, beam, np.cos(2 * angle), np.sin(2 * angle)])
    return (
        np.array(frames, np.float32).reshape(-1, 4),
        np.array(truths, np.float32).reshape(-1, 6),
        np.array(skip, np.float32).reshape(-1, 4),
    )


def _recast(power: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other contrast, speckle, blur and saturation: pictures are stretched to 8 bits in many ways."""
    top = float(power.max()) + 1e-9
    if rng.random() < 0.5:
        power = (power / top) ** float(np.exp(rng.normal(0, 0.2))) * top
    if rng.random() < 0.3:
        looks = float(rng.uniform(4, 30))
        power = power * rng.standard_gamma(looks, power.shape).astype(np.float32) / np.float32(looks)
    if rng.random() < 0.2:
        power = cv2.GaussianBlur(power, (0, 0), float(rng.uniform(0.4, 0.9)))
    if rng.random() < 0.2:
        power = np.minimum(power, np.float32(np.percentile(power, rng.uniform(97, 99.9))))
    if rng.random() < 0.2:
        power = power + np.float32(10 ** rng.uniform(-4, -2) * top)
    return power.astype(np.float32)
