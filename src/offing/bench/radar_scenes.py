"""Generated radar clutter with ships: an easy sea, a dense anchorage, and a harbour with ships along its quays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from offing.records import Record

F32 = NDArray[np.float32]
LOOKS = 4.0
AREA = 8192 * 8192
"""Pixels to which false alarms are counted."""


class RadarTruth(Record, frozen=True, eq=False):
    """A generated scene."""

    power: F32
    """(rows, cols), linear, the sea's mean 1."""
    ships: NDArray[np.float64]
    """(n, 2): col, row of their centres."""
    land: NDArray[np.bool_]
    """(rows, cols), True: land, quays included."""


def easy(side: int, seed: int) -> RadarTruth:
    """1,000 ships a scene of 67 Mpx, at least 80 px apart."""
    rng = np.random.default_rng(seed)
    power = speckle(rng, side)
    ships = _spread(rng, side, round(1000 * side * side / AREA), 80.0)
    for place in ships:
        draw_ship(power, rng, place, float(rng.uniform(0, np.pi)), float(rng.uniform(8, 30)))
    return RadarTruth(power=power, ships=ships, land=np.zeros(power.shape, np.bool_))


def dense(side: int, seed: int) -> RadarTruth:
    """600 ships a scene of 67 Mpx in anchorages of 30, neighbours at 1–3 lengths."""
    rng = np.random.default_rng(seed)
    power = speckle(rng, side)
    heads = _spread(rng, side, max(1, round(20 * side * side / AREA)), 500.0, edge=250)
    ships = np.concatenate([_anchorage(rng, head, 30) for head in heads])
    for place, length in zip(ships, rng.uniform(12, 24, len(ships)), strict=True):
        draw_ship(power, rng, place, float(rng.uniform(0, np.pi)), float(length))
    return RadarTruth(power=power, ships=ships, land=np.zeros(power.shape, np.bool_))


def harbour(side: int, seed: int) -> RadarTruth:
    """Blocks of land with bright quays on a fifth of the scene, and ships along them, 1–3 px off."""
    rng = np.random.default_rng(seed)
    power = speckle(rng, side)
    land = np.zeros(power.shape, np.bool_)
    ships: list[tuple[float, float]] = []
    for row in range(200, side - 500, 700):
        for col in range(200, side - 500, 700):
            land[row : row + 310, col : col + 310] = True
            built = 12 * np.kron(rng.standard_gamma(2.0, (31, 31)) / 2, np.ones((10, 10))).astype(np.float32)
            power[row : row + 310, col : col + 310] *= built
            power[row + 308 : row + 310, col : col + 310] = 40 * rng.standard_gamma(2.0, (2, 310)) / 2
            for along in range(40, 280, 60):
                length = float(rng.uniform(12, 30))
                off = rng.uniform(1, 3) + max(2.0, length / 6) / 2
                ships.append((col + along + rng.uniform(-8, 8), row + 310 + off))
                draw_ship(power, rng, np.array(ships[-1]), 0.0, length)
    return RadarTruth(power=power, ships=np.array(ships).reshape(-1, 2), land=land)


def speckle(rng: np.random.Generator, side: int, texture: float | None = None, scale: int = 8) -> F32:
    """(side, side) speckle of LOOKS looks, on gamma texture of that order in squares of ``scale`` px: K-distributed."""
    power: F32 = rng.standard_gamma(LOOKS, (side, side), dtype=np.float32) / np.float32(LOOKS)
    if texture is not None:
        cells = -(-side // scale)
        coarse = rng.standard_gamma(texture, (cells, cells), dtype=np.float32) / np.float32(texture)
        power *= np.repeat(np.repeat(coarse, scale, axis=0), scale, axis=1)[:side, :side]
    return power


def _spread(rng: np.random.Generator, side: int, count: int, apart: float, edge: float = 60) -> NDArray[np.float64]:
    """(count, 2) places that lie apart; fewer where there is no room."""
    places: list[NDArray[np.float64]] = []
    for _ in range(200 * count):
        place = rng.uniform(edge, side - edge, 2)
        if not places or np.hypot(*(np.array(places) - place).T).min() >= apart:
            places.append(place)
        if len(places) == count:
            break
    return np.array(places)


def _anchorage(rng: np.random.Generator, head: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count, 2) places, each at 1–3 lengths of 24 px from one before it and no nearer to any."""
    places = [head]
    while len(places) < count:
        turn = rng.uniform(0, 2 * np.pi)
        place = places[rng.integers(len(places))] + rng.uniform(24, 72) * np.array([np.cos(turn), np.sin(turn)])
        if np.abs(place - head).max() < 230 and np.hypot(*(np.array(places) - place).T).min() >= 24:
            places.append(place)
    return np.array(places)


def draw_ship(power: F32, rng: np.random.Generator, place: NDArray[np.float64], axis: float, length: float) -> None:
    """Adds a ship of 8–40 times the sea, a sixth as broad as long."""
    import cv2

    col, row = float(place[0]), float(place[1])
    size = (length, max(2.0, length / 6))
    corners = cv2.boxPoints(((col % 1 + 32, row % 1 + 32), size, float(np.degrees(axis))))
    mask = np.zeros((64, 64), np.uint8)
    cv2.fillPoly(mask, [corners.round().astype(np.int32)], 1)
    bright = rng.uniform(8, 40) * rng.standard_gamma(2.0, (64, 64), dtype=np.float32) / 2
    left, top = int(col) - 32, int(row) - 32
    part = power[max(0, top) : top + 64, max(0, left) : left + 64]
    part += (mask * bright).astype(np.float32)[max(0, -top) :, max(0, -left) :][: part.shape[0], : part.shape[1]]
