"""Radar detectors side by side on generated clutter: speed, recall at given false alarms, and the rate of those."""

from __future__ import annotations

import resource
import time
from statistics import median

import numpy as np

from offing.bench.cfar_methods import Centres, Method, methods
from offing.bench.matching import Count, count_matches
from offing.bench.model import BenchOptions, BenchResult
from offing.bench.radar_scenes import AREA, RadarTruth, dense, easy, harbour, speckle
from offing.vessels.detection.clutter import clutter, threshold
from offing.vessels.detection.kernels import nearest

SIDE = 8192
REPEATS = 5
ALLOWED = (1, 10, 100)
DUE = 1e-5
TEXTURES: tuple[float | None, ...] = (None, 8.0, 3.0, 1.0)


def run(options: BenchOptions) -> BenchResult:
    """Every detector on every scene."""
    side = SIDE // 4 if options.quick else SIDE
    compared = methods()
    figures: dict[str, float | str] = {}
    ships = 0
    for make in (easy, dense, harbour):
        truth = make(side, options.seed)
        ships += len(truth.ships)
        if make is easy:
            figures.update(_speeds(truth, compared))
        for method in compared:
            figures.update(_quality(truth, method, make.__name__))
    if len(compared) < 3:
        figures["strait-observatory"] = "not installed"
    figures.update(_alarms(side // 2, options.seed))
    return BenchResult(
        name="cfar",
        protocol=(
            f"{side}×{side} float32 gamma clutter of 4 looks with ships of 8–40 times the sea: easy, at least 80 px "
            f"apart; dense, 30 an anchorage at 1–3 lengths; harbour, along bright quays of textured land. Array in "
            f"memory to labelled centres, median of {REPEATS} in turns, 2 threads. Recall: the best over settings "
            f"(nominal rate 1e-4 to 1e-9; k for strait-observatory) with that many false alarms a 67 Mpx or fewer; "
            f"one-to-one matching; what lies on land is not counted. K clutter: texture in squares of 8 px"
        ),
        n=ships,
        split=f"generated, seed {options.seed}",
        figures=figures,
    )


def _speeds(truth: RadarTruth, compared: list[Method]) -> dict[str, float | str]:
    """Mpx/s and growth of the peak memory, in turns so that a busy machine is busy for all."""
    megapixels = truth.power.size / 1e6
    walls: dict[str, list[float]] = {m.name: [] for m in compared}
    works: dict[str, list[float]] = {m.name: [] for m in compared}
    growth: dict[str, float] = {}
    for turn in range(REPEATS + 1):
        for method in compared:
            if turn > 1 and method.name.startswith("strait"):
                continue
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            wall, work = time.perf_counter(), time.process_time()
            method.find(truth.power, method.usual)
            wall, work = time.perf_counter() - wall, time.process_time() - work
            growth.setdefault(method.name, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
            if turn > 0:
                walls[method.name].append(wall)
                works[method.name].append(work)
    figures: dict[str, float | str] = {}
    for name in walls:
        figures[f"{name}, Mpx/s"] = round(megapixels / median(walls[name]), 1)
        figures[f"{name}, Mpx a second of processor time"] = round(megapixels / median(works[name]), 1)
        figures[f"{name}, growth of the peak resident size, MiB (in this order)"] = round(growth[name])
    return figures


def _quality(truth: RadarTruth, method: Method, scene: str) -> dict[str, float | str]:
    counts = {s: _counted(truth, method.find(truth.power, s)) for s in method.settings}
    figures: dict[str, float | str] = {}
    for allowed in ALLOWED:
        within = [c.recall for c in counts.values() if c.alarms * AREA / truth.power.size <= allowed]
        key = f"{method.name}, {scene}, recall at {allowed} false alarms a 67 Mpx"
        figures[key] = round(max(within), 4) if within else "more false alarms at every setting"
    usual = counts[method.usual]
    figures[f"{method.name}, {scene}, detections a ship"] = round(usual.a_ship, 3)
    return figures


def _counted(truth: RadarTruth, found: Centres) -> Count:
    cells = np.clip(found, 0, truth.land.shape[0] - 1).astype(np.intp)
    return count_matches(found[~truth.land[cells[:, 1], cells[:, 0]]], truth.ships)


def _alarms(side: int, seed: int) -> dict[str, float | str]:
    """Pixels over offing's threshold over those due."""
    figures: dict[str, float | str] = {}
    for texture in TEXTURES:
        power = speckle(np.random.default_rng(seed), side, texture)
        over = float((power > nearest(threshold(clutter(power), DUE), side, side)).sum())
        name = f"K clutter of order {texture:g}" if texture else "gamma clutter"
        figures[f"offing, false alarms over those due at {DUE:g}, {name}"] = round(over / (DUE * power.size), 2)
    return figures
