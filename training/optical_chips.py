"""Labelled optical pictures in memory, and the altered chips of them that the networks are shown."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from chips import kept_inside
from offing.imagery.reading import open_picture
from offing.vessels.detection.optical_channels import Kind, Tone, bands_of, channels, tone_among

SHOWN_M: dict[Kind, float] = {"coarse": 5.0, "fine": 2.0}
"""Metres a pixel of what the networks are shown."""
NAVAL_M = 1.04
"""About the pixel size of the naval pictures, by the lengths of destroyers in them."""
SCALES = {False: (0.6, 1.5), True: (0.6, 2.4)}
"""Least and greatest scale of real and of simulated chips of the fine network, which must know ships of 400 m too."""
MARINA = 6
"""Class of the naval pictures that marks rows of yachts as one: not sought. The others are ships of one kind or
another."""
MASK_EXCESS = 1.6
"""Pixels by which the masks of Sentinel-2 are longer and wider than hulls are."""


@dataclass
class OpticalChip:
    """A picture with its ships, as the network's planes before their tone."""

    name: str
    values: np.ndarray  # (planes, rows, cols) float32; planes that it lacks are NaN
    tone: Tone  # of these planes
    gsd_m: float
    ships: np.ndarray  # (m, 7) col, row, length, beam, cosine and sine of the bow's direction, 1 where it is known
    ignored: np.ndarray  # (k, 4) upright boxes
    kind: str  # port, naval, simulated

    @property
    def lacks(self) -> list[int]:
        return [i for i, plane in enumerate(self.values) if np.isnan(plane[0, 0])]


def toned(values: np.ndarray, *, reflectance: bool) -> Tone:
    """The tone of planes of which some may be NaN throughout."""
    have = [i for i, plane in enumerate(values) if np.isfinite(plane).any()]
    tone = tone_among(values[have].reshape(len(have), -1), reflectance=reflectance)
    dark = np.zeros(len(values))
    dark[have] = tone.dark
    return Tone(dark=tuple(dark.tolist()), white=tone.white)


def read_ports(folder: Path) -> list[OpticalChip]:
    """The ports of s2-ports, by name."""
    from pycocotools import mask as rle

    labels = json.loads((folder / "annotations.json").read_text())
    chips = []
    for image in sorted(labels["images"], key=lambda i: i["file_name"]):
        with open_picture([folder / image["file_name"]]) as picture:
            names = bands_of(picture.bands, "coarse")
            stack = picture.read([n for n in names if n])
            gsd = float(np.mean(picture.gsd_m))
        planes = np.full((len(names), *stack.shape[1:]), np.nan, np.float32)
        planes[[i for i, n in enumerate(names) if n]] = stack
        ships = []
        for label in labels["annotations"]:
            if label["image_id"] == image["id"]:
                mask = rle.decode(rle.frPyObjects(label["segmentation"], image["height"], image["width"]))
                ships.append(_of_mask(mask))
        tone = toned(planes, reflectance=True)
        chips.append(OpticalChip(image["file_name"], planes, tone, gsd, _table(ships), _no_boxes(), "port"))
    return chips


def _of_mask(mask: np.ndarray) -> tuple[float, ...]:
    outline, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    points = max(outline, key=len).astype(np.float32).reshape(-1, 2) + 0.5
    (col, row), (a, b), degrees = cv2.minAreaRect(points)
    length, beam, angle = (a, b, degrees) if a >= b else (b, a, degrees + 90)
    length, beam = length + 1 - MASK_EXCESS, beam + 1 - MASK_EXCESS  # corners of pixels, not their centres
    beam = min(max(beam, 1.5, 0.11 * length), length)
    return col, row, max(length, beam), beam, np.cos(np.radians(angle)), np.sin(np.radians(angle)), 0.0


def read_naval(folder: Path) -> tuple[list[OpticalChip], dict[str, str]]:
    """The pictures of optical-naval by name, and the place of each."""
    rows: dict[str, list[dict]] = {}
    for row in csv.DictReader((folder / "ships.csv").open()):
        rows.setdefault(row["image"], []).append(row)
    chips = []
    for name, mine in sorted(rows.items()):
        values = cv2.imread(str(folder / "images" / name)).astype(np.float32).transpose(2, 0, 1) / 255
        marked = [{k: float(v) for k, v in r.items() if k not in ("image", "place")} for r in mine]
        ships = _table([_of_ends(r) for r in marked if r["class"] != MARINA])
        tone = toned(values, reflectance=False)
        chips.append(OpticalChip(name, values, tone, NAVAL_M, ships, _no_boxes(), "naval"))
    return chips, {name: mine[0]["place"] for name, mine in rows.items()}


def _of_ends(r: dict[str, float]) -> tuple[float, ...]:
    """From bow and stern and the upright box: the beam is the one that fits the box best; some have none."""
    bow, stern = np.array([r["bow_x"], r["bow_y"]]), np.array([r["stern_x"], r["stern_y"]])
    length = max(float(np.hypot(*(bow - stern))), 2.0)
    cos, sin = (bow - stern) / length
    size = np.array([r["xmax"] - r["xmin"], r["ymax"] - r["ymin"]])
    beams = np.linspace(0.07, 0.32, 51) * length
    # A hull: pointed bow, broad shoulders, stern nearly as broad.
    along, across = np.array([0.5, 0.25, -0.3, -0.5]) * length, np.array([0.05, 0.45, 0.5, 0.42])
    wide = [_reach(along * cos, b * across * abs(sin)) for b in beams]
    high = [_reach(along * sin, b * across * abs(cos)) for b in beams]
    misfit = np.abs(np.array(wide) - size[0]) + np.abs(np.array(high) - size[1])
    misfit = (misfit if size.min() > 0 else 0.0) + 0.15 * np.abs(beams - 0.125 * length)
    beam = float(beams[misfit.argmin()])
    centre = (bow + stern) / 2 + 0.5
    return float(centre[0]), float(centre[1]), length, beam, float(cos), float(sin), 1.0


def _reach(middle: np.ndarray, half: np.ndarray) -> float:
    return float((middle + half).max() - (middle - half).min())


def read_simulated(path: Path, kind: Kind) -> list[OpticalChip]:
    """What ``simulated_optical.py`` wrote."""
    with np.load(path) as kept:
        planes, boxes, ignored, gsd = kept["planes"], kept["boxes"], kept["ignore"], kept["gsd"]
    chips = []
    for i, stored in enumerate(planes):
        values = stored.astype(np.float32) / (255 if stored.dtype == np.uint8 else 1)
        mine, skip = boxes[boxes[:, 0] == i, 1:], ignored[ignored[:, 0] == i, 1:]
        ships = np.column_stack([mine[:, :4], np.cos(mine[:, 4]), np.sin(mine[:, 4]), mine[:, 5]])
        tone = toned(values, reflectance=kind == "coarse")
        chips.append(OpticalChip(f"simulated-{i}", stored, tone, float(gsd[i]), ships, skip, "simulated"))
    return chips


def reduced_naval(chips: list[OpticalChip], gsd_m: float = 10.0) -> list[OpticalChip]:
    """Naval pictures as a sensor of Sentinel-2's pixels would show them, without the infrared."""
    made = []
    factor = NAVAL_M / gsd_m
    for chip in chips:
        rows, cols = (round(n * factor) for n in chip.values.shape[1:])
        small = [cv2.resize(cv2.GaussianBlur(p, (0, 0), 0.35 / factor), (cols, rows), interpolation=cv2.INTER_AREA)
                 for p in chip.values]  # fmt: skip
        planes = np.full((5, rows, cols), np.nan, np.float32)
        planes[:3] = np.stack(small)
        ships = chip.ships.copy()
        ships[:, :4] *= factor
        tone = toned(planes, reflectance=False)
        boats = ships[:, 2] < 4
        skip = np.column_stack([ships[boats, :2] - 3, ships[boats, :2] + 3])
        made.append(OpticalChip(chip.name, planes, tone, gsd_m, ships[~boats], skip, "naval"))
    return made


def _table(ships: list[tuple[float, ...]]) -> np.ndarray:
    return np.array(ships, np.float64).reshape(-1, 7)


def _no_boxes() -> np.ndarray:
    return np.zeros((0, 4))


@dataclass
class Shown:
    """What a network is given of one chip."""

    planes: np.ndarray  # (planes, side, side)
    truth: np.ndarray  # (m, 8) col, row, length, beam, cos 2θ, sin 2θ, to the bow
    frame: np.ndarray  # (m, 4)
    ignored: np.ndarray  # (k, 4)


def altered(chip: OpticalChip, kind: Kind, side: int, rng: np.random.Generator) -> Shown:
    """A random window of ``side`` pixels, scaled, turned, mirrored, with another tone, blur and noise."""
    low, high = SCALES[chip.kind == "simulated"] if kind == "fine" else (0.77, 1.3)
    scale = chip.gsd_m / SHOWN_M[kind] * float(np.exp(rng.uniform(np.log(low), np.log(high))))
    angle = float(rng.integers(4)) * 90 if rng.random() < 0.4 else float(rng.uniform(0, 360))
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    rows, cols = chip.values.shape[1:]
    if len(chip.ships) and rng.random() < 0.75:
        focus = chip.ships[rng.integers(len(chip.ships)), :2] + rng.uniform(-0.4, 0.4, 2) * side / scale
    else:
        focus = rng.uniform(0, 1, 2) * [cols, rows]
    half = side / scale / 2
    focus = np.array([kept_inside(focus[0], half, cols), kept_inside(focus[1], half, rows)])
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    turn = scale * np.array([[c * mirror, -s], [s * mirror, c]])
    shift = np.array([side / 2, side / 2]) - turn @ focus
    values = _resampled(chip, turn, shift, side, scale, rng)
    truth, frame, ignored = _moved(chip, turn, shift, side, scale)
    return Shown(_recast(values, chip, kind, rng), truth, frame, ignored)


def _resampled(
    chip: OpticalChip, turn: np.ndarray, shift: np.ndarray, side: int, scale: float, rng: np.random.Generator
) -> np.ndarray:
    """(planes, side, side); outside of the picture NaN."""
    back = np.linalg.inv(turn)
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]], float)
    corners = (corners - shift) @ back.T
    low = np.floor(corners.min(0) - 4).clip(0).astype(int)
    high = np.ceil(corners.max(0) + 4).astype(int)
    part = chip.values[:, low[1] : high[1], low[0] : high[0]].astype(np.float32)
    if chip.values.dtype == np.uint8:
        part /= 255
    centred = shift + turn @ (low + 0.5) - 0.5  # from outer corners to pixel centres
    blur = 0.4 / scale if scale < 0.8 else 0.0
    if rng.random() < 0.25:  # coarser sensors, enlarged
        blur = max(blur, 0.5 * rng.uniform(0.8, 2.2) / scale)
    out = np.full((len(part), side, side), np.nan, np.float32)
    for i, plane in enumerate(part):
        if plane.size and not np.isnan(plane[0, 0]):
            soft = cv2.GaussianBlur(plane, (0, 0), blur) if blur else plane
            out[i] = cv2.warpAffine(
                soft, np.column_stack([turn, centred]), (side, side), flags=cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_CONSTANT, borderValue=float("nan"),
            )  # fmt: skip
    return out


def _moved(
    chip: OpticalChip, turn: np.ndarray, shift: np.ndarray, side: int, scale: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    truths, frames, skip = [], [], []
    for box in chip.ignored:
        points = np.array([box[[0, 1]], box[[2, 1]], box[[2, 3]], box[[0, 3]]]) @ turn.T + shift
        skip.append(np.concatenate([points.min(0), points.max(0)]))
    for col, row, length, beam, cos, sin, known in chip.ships:
        centre = turn @ [col, row] + shift
        ahead = turn @ [cos, sin] / scale
        abeam = np.array([-ahead[1], ahead[0]])
        long, wide = ahead * length * scale / 2, abeam * beam * scale / 2
        points = centre + np.array([long + wide, long - wide, -long - wide, -long + wide])
        full = np.concatenate([points.min(0), points.max(0)])
        seen = _share_inside(centre, ahead, length * scale, side)
        if seen < 0.03:
            continue
        if seen < 0.55:
            skip.append(np.clip(full, 0, side))
            continue
        cos2, sin2 = ahead[0] ** 2 - ahead[1] ** 2, 2 * ahead[0] * ahead[1]
        truths.append([*centre, length * scale, beam * scale, cos2, sin2, *(ahead * known)])
        frames.append(full)
    return (
        np.array(truths, np.float32).reshape(-1, 8),
        np.array(frames, np.float32).reshape(-1, 4),
        np.array(skip, np.float32).reshape(-1, 4),
    )


def _share_inside(centre: np.ndarray, ahead: np.ndarray, length: float, side: int) -> float:
    points = centre + np.linspace(-0.5, 0.5, 21)[:, None] * ahead * length
    return float(((points >= 0) & (points < side)).all(1).mean())


def _recast(values: np.ndarray, chip: OpticalChip, kind: Kind, rng: np.random.Generator) -> np.ndarray:
    """Other gain, haze, contrast, noise; missing bands; grey pictures."""
    tone = chip.tone
    planes = len(values)
    visible = values[:3]
    if rng.random() < 0.12:
        visible[...] = np.nanmean(visible, axis=0) if rng.random() < 0.5 else visible[rng.integers(3)]
    if kind == "coarse":
        if rng.random() < 0.2:
            values[4] = np.nan
        if rng.random() < 0.12:
            values[3:] = np.nan
        if rng.random() < 0.08:
            values[0] = np.nan
    white = tone.white * float(np.exp(rng.normal(0, 0.25)))
    if rng.random() < 0.1:  # pictures of little but sea are stretched until ships are white all over
        white *= float(rng.uniform(0.25, 0.6))
    gains = np.exp(rng.normal(0, 0.07, planes)).astype(np.float32)
    lift = (rng.normal(0, 0.02, planes) * tone.white).astype(np.float32)
    values = (values - np.array(tone.dark, np.float32)[:, None, None]) * gains[:, None, None] + lift[:, None, None]
    if rng.random() < 0.3:
        values += rng.normal(0, 0.03 * tone.white * rng.random(), values.shape).astype(np.float32)
    if kind == "fine" and rng.random() < 0.3:
        gamma = float(np.exp(rng.normal(0, 0.25)))
        values = np.sign(values) * tone.white * (np.abs(values) / tone.white) ** gamma
    if rng.random() < 0.2:
        soft = np.stack([cv2.GaussianBlur(p, (0, 0), 1.2) for p in values])
        values = values + float(rng.uniform(0.3, 1.0)) * (values - soft)
    rows: list[int | None] = [i if np.isfinite(plane).any() else None for i, plane in enumerate(values)]
    return channels(values, Tone(dark=(0.0,) * planes, white=white), rows, kind)


def whole(chip: OpticalChip, kind: Kind) -> tuple[np.ndarray, float]:
    """The planes of the whole picture, sides multiples of 32, and the scale at which they are shown."""
    scale = chip.gsd_m / SHOWN_M[kind] if chip.kind != "naval" else 0.5
    how = cv2.INTER_LINEAR if scale > 1 else cv2.INTER_AREA
    values = np.stack([cv2.resize(p, None, fx=scale, fy=scale, interpolation=how) for p in chip.values])
    rows: list[int | None] = [i if np.isfinite(plane).any() else None for i, plane in enumerate(values)]
    planes = channels(values, chip.tone, rows, kind)
    return np.pad(planes, ((0, 0), (0, -planes.shape[1] % 32), (0, -planes.shape[2] % 32)), mode="edge"), scale
