"""Windows along the axes of labelled ships, cut by boxes that are wrong as detections are.

    python training/ends_windows.py coarse|fine DATA OUT.npz --simulated CHIPS.npz [--turns 2]

``DATA`` holds s2-ports and optical-naval. The coarse set: simulated chips, naval pictures reduced to
8–12 m, and ports, whose masks are taken for longer and wider than hulls. The fine set: simulated chips and naval
pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from folds import fold_of_port, place_folds
from offing.bench.datasets import s2_ports
from offing.vessels.detection.optical_channels import Kind
from offing.vessels.measurement.hull_windows import ACROSS, ALONG, Frame, cut_of, frame_of, sampled_window, shown_window
from offing.vessels.measurement.optical_size import SENTINEL2_GRAIN_M
from offing.vessels.model import OrientedBox
from optical_chips import OpticalChip, read_naval, read_ports, read_simulated, reduced_naval

NO_FOLD = -1
REDUCED_M = (8.0, 10.0, 12.0)
FIRST_PORT_FOLD, PORT_TURNS = 100, 6
MASK_LONGER_PX, MASK_WIDER_PX, MASK_FULL = 0.8, 1.0, 0.92
"""Pixels by which masks are taken to be longer and wider than hulls, and how much of its box a hull fills. By a network
that had seen no port, masks were 9 m longer than hulls (median), of which it was itself 2 to 3 m too short."""


def box_of(ship: np.ndarray) -> OrientedBox:
    col, row, length, beam, cos, sin = ship[:6]
    return OrientedBox(col=col, row=row, length_px=(cos * length / 2, sin * length / 2),
                       beam_px=(-sin * beam / 2, cos * beam / 2))  # fmt: skip


def jittered(ship: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A box as wrong as a detection may be, in pixels, its ends in either order."""
    col, row, length, beam, cos, sin = ship[:6]
    wild = rng.random() < 0.12
    along = rng.normal(0, 0.05 * length + 0.5) * (2.2 if wild else 1)
    across = rng.normal(0, 0.12 * beam + 0.35)
    turn = np.radians(rng.normal(0, 7.0 if wild else 2.5))
    angle = np.arctan2(sin, cos) + turn + np.pi * rng.integers(2)
    return np.array([
        col + along * cos - across * sin, row + along * sin + across * cos,
        max(length * np.exp(rng.normal(0, 0.3 if wild else 0.11)) + rng.normal(0, 0.7), 2.0),
        max(beam * np.exp(rng.normal(0, 0.3)) + rng.normal(0, 0.4), 0.8), np.cos(angle), np.sin(angle),
    ])  # fmt: skip


def truth_in(frame: Frame, ship: np.ndarray) -> np.ndarray:
    """(5,) first and last end, first and last side, in samples from the window's corner; tangent of the lean."""
    col, row, length, beam, cos, sin = ship[:6]
    dx, dy = (col - frame.col) * frame.wide, (row - frame.row) * frame.high
    fc, fs = np.cos(frame.angle), np.sin(frame.angle)
    along, across = dx * fc + dy * fs, -dx * fs + dy * fc
    turn = np.arctan2(sin, cos) - frame.angle
    turn = (turn + np.pi / 2) % np.pi - np.pi / 2
    tangent = np.tan(turn)
    half, wide = length / 2 * np.cos(turn), beam / 2 / np.cos(turn)
    middle = across - tangent * along  # where the axis crosses the window's
    ends = (np.array([along - half, along + half]) + frame.reach) / frame.step_along
    sides = (np.array([middle - wide, middle + wide]) + frame.side) / frame.step_across
    return np.array([*ends, *sides, tangent])


def windows(
    chip: OpticalChip, turns: int, least_px: float, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, ...]]:
    values = chip.values.astype(np.float32) / (255 if chip.values.dtype == np.uint8 else 1)
    have = [i for i in range(len(values)) if np.isfinite(values[i]).any()]
    present = tuple(have.index(i) if i in have else None for i in range(len(values)))
    rows, cols = values.shape[1:]
    for ship in chip.ships:
        if ship[2] < least_px:
            continue
        for _ in range(turns):
            frame = frame_of(
                box_of(jittered(ship, rng)), (1.0, 1.0), SENTINEL2_GRAIN_M / chip.gsd_m if chip.kind == "port" else 0.0
            )
            cut = cut_of(frame, cols, rows)
            if cut is None:
                continue
            window = sampled_window(values[have, cut.row0 : cut.row1, cut.col0 : cut.col1], cut, frame)
            known = np.isfinite(window).all(axis=0).mean()
            if known < 0.5:
                continue
            shown = shown_window(window, present).astype(np.float16)
            facts = np.array(
                [frame.grain / frame.step_along, frame.grain / frame.step_across, frame.length, ship[2], ship[3]]
            )
            yield shown, truth_in(frame, ship), facts


def of_masks(masks: list[np.ndarray]) -> np.ndarray:
    """(m, 7) hulls in labelled masks: second moments give the axis, the outermost pixels the ends."""
    made = []
    for mask in masks:
        rows, cols = np.nonzero(mask)
        points = np.stack([cols, rows], 1) + 0.5
        off = points - points.mean(0)
        angle = 0.5 * np.arctan2(2 * (off[:, 0] * off[:, 1]).mean(), (off[:, 0] ** 2 - off[:, 1] ** 2).mean())
        axis = np.array([np.cos(angle), np.sin(angle)])
        side = np.array([-axis[1], axis[0]])
        along, across = off @ axis, off @ side
        full = np.ptp(along) + np.abs(axis).sum()
        col, row = points.mean(0) + axis * (along.max() + along.min()) / 2 + side * (across.max() + across.min()) / 2
        length = full - MASK_LONGER_PX
        beam = min(max(len(points) / full / MASK_FULL - MASK_WIDER_PX, 0.1 * length, 1.2), 0.4 * length)
        made.append([col, row, length, beam, *axis, 0.0])
    return np.array(made).reshape(-1, 7)


def ports(folder: Path) -> Iterator[tuple[OpticalChip, int]]:
    masks = {p.name: p.masks() for p in s2_ports(folder)}
    for chip in read_ports(folder):
        hulls = of_masks(masks[chip.name])
        named = OpticalChip(chip.name, chip.values, chip.tone, chip.gsd_m, hulls, chip.ignored, chip.kind)
        yield named, FIRST_PORT_FOLD + fold_of_port(chip.name)


def chips_of(kind: Kind, data: Path, simulated: Path) -> Iterator[tuple[OpticalChip, int]]:
    for chip in read_simulated(simulated, kind):
        yield chip, NO_FOLD
    naval, places = read_naval(data / "optical-naval")
    folds = place_folds(data / "optical-naval" / "ships.csv")
    if kind == "fine":
        for chip in naval:
            for zoom in (1.0, 0.5):
                yield zoomed(chip, zoom), folds[places[chip.name]]
    else:
        for gsd in REDUCED_M:
            for chip in reduced_naval(naval, gsd):
                yield chip, folds[places[chip.name]]
        yield from ports(data / "s2-ports")


def zoomed(chip: OpticalChip, zoom: float) -> OpticalChip:
    if zoom == 1.0:
        return chip
    rows, cols = (round(n * zoom) for n in chip.values.shape[1:])
    values = np.stack([cv2.resize(p, (cols, rows), interpolation=cv2.INTER_AREA) for p in chip.values])
    ships = chip.ships.copy()
    ships[:, :4] *= zoom
    return OpticalChip(chip.name, values, chip.tone, chip.gsd_m / zoom, ships, chip.ignored, chip.kind)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("coarse", "fine"))
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--simulated", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    planes, truths, facts, folds = [], [], [], []
    for chip, fold in chips_of(given.kind, given.data, given.simulated):
        turns = PORT_TURNS if fold >= FIRST_PORT_FOLD else given.turns
        for shown, truth, fact in windows(chip, turns, 3.5 if given.kind == "coarse" else 12.0, rng):
            planes.append(shown)
            truths.append(truth)
            facts.append(fact)
            folds.append(fold)
    print(len(planes), "windows of", (ALONG, ACROSS))
    np.savez(given.out, planes=np.stack(planes), truth=np.array(truths, np.float32),
             facts=np.array(facts, np.float32), fold=np.array(folds))  # fmt: skip


if __name__ == "__main__":
    main()
