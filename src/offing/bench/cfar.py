"""Speed and one-to-one recall of the radar threshold and labelling, on generated clutter with ships."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from offing.bench.model import BenchOptions, BenchResult
from offing.vessels.detection.cfar import components
from offing.vessels.detection.kernels import labelled

F32 = NDArray[np.float32]
SIDE, SHIPS, LOOKS = 8192, 1000, 4.0
MATCH_PX = 12.0
PFA = 1e-7
REPEATS = 5
WORKERS = 2


def run(options: BenchOptions) -> BenchResult:
    """The detector and plain CA-CFAR on the same clutter, in turns."""
    side = SIDE // 4 if options.quick else SIDE
    count = SHIPS // 16 if options.quick else SHIPS
    sea, places = scene(side, count, options.seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours: list[float] = []
    plain: list[float] = []
    components(sea, pfa=PFA, workers=WORKERS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    found, cells = np.zeros((0, 2)), np.zeros((0, 2))
    for _ in range(REPEATS):
        found = _timed(lambda: components(sea, pfa=PFA, workers=WORKERS).centre, ours)
        cells = _timed(lambda: cell_averaging(sea), plain)
    megapixels = side * side / 1e6
    figures: dict[str, float | str] = {
        "offing, Mpx/s": round(megapixels / median(ours), 1),
        "plain CA-CFAR by OpenCV, Mpx/s": round(megapixels / median(plain), 1),
        "ratio of times": round(median(ours) / median(plain), 2),
        **{f"offing, {k}": v for k, v in counted(found, places).items()},
        **{f"plain CA-CFAR, {k}": v for k, v in counted(cells, places).items()},
        "offing, growth of the peak resident size since the scene was made, MiB": round(peak / 1024),
    }
    return BenchResult(
        name="cfar",
        protocol=(
            f"{side}×{side} float32 gamma clutter ({LOOKS:g} looks), {count} ships of 8–30 px at 8–40 times the "
            f"sea, array in memory to labelled centres, median of {REPEATS} in turns, {WORKERS} threads, nominal rate "
            f"{PFA:g}; one-to-one matching within {MATCH_PX:g} px"
        ),
        n=count,
        split=f"generated, seed {options.seed}",
        figures=figures,
    )


def scene(side: int, count: int, seed: int) -> tuple[F32, NDArray[np.float64]]:
    """(sea with ships, (count, 2) col, row of their centres); ships lie at least 80 px apart."""
    import cv2

    rng = np.random.default_rng(seed)
    sea = rng.standard_gamma(LOOKS, (side, side), dtype=np.float32) / np.float32(LOOKS)
    places: list[tuple[float, float]] = []
    while len(places) < count:
        col, row = rng.uniform(60, side - 60, 2)
        if not places or np.hypot(*(np.array(places) - [col, row]).T).min() >= 80:
            places.append((float(col), float(row)))
    for col, row in places:
        length = rng.uniform(8, 30)
        box = ((col % 1 + 32, row % 1 + 32), (length, max(2.0, length / 6)), float(np.degrees(rng.uniform(0, np.pi))))
        mask = np.zeros((64, 64), np.uint8)
        cv2.fillPoly(mask, [cv2.boxPoints(box).round().astype(np.int32)], 1)
        bright = rng.uniform(8, 40) * rng.standard_gamma(2.0, (64, 64), dtype=np.float32) / 2
        left, top = int(col) - 32, int(row) - 32
        sea[top : top + 64, left : left + 64] += (mask * bright).astype(np.float32)
    return sea, np.array(places)


def cell_averaging(sea: F32, guard: int = 31, ring: int = 61) -> NDArray[np.float64]:
    """Centres found by plain cell averaging: the mean of a ring around a guard window, times the gamma quantile."""
    import cv2
    from scipy import special

    outer = cv2.boxFilter(sea, -1, (ring, ring), normalize=False)
    inner = cv2.boxFilter(sea, -1, (guard, guard), normalize=False)
    factor = float(special.gammainccinv(LOOKS, PFA) / LOOKS) / (ring * ring - guard * guard)
    limit = np.asarray(cv2.addWeighted(outer, factor, inner, -factor, 0.0), np.float32)
    mask = np.asarray(cv2.compare(sea, limit, cv2.CMP_GT), np.uint8)
    _, stats, centre = labelled(mask)
    return np.asarray(centre[1:][stats[1:, 4] >= 3] + 0.5)


def counted(found: NDArray[np.float64], places: NDArray[np.float64]) -> dict[str, float]:
    """Recall, false alarms and detections a ship: what lies near a ship and is not its match is a split."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial import cKDTree

    if not len(found):
        return {"recall": 0.0, "false alarms": 0, "detections a ship": 0.0}
    cost = np.full((len(found), len(places)), 1e6)
    near = cKDTree(places).query_ball_point(found, MATCH_PX + 15)
    alone = 0
    for i, ships in enumerate(near):
        distance = np.hypot(*(places[ships] - found[i]).T)
        cost[i, ships] = np.where(distance <= MATCH_PX, distance, 1e6)
        alone += not ships
    matched = sum(cost[i, j] < 1e6 for i, j in zip(*linear_sum_assignment(cost), strict=True))
    return {
        "recall": round(float(matched) / len(places), 4),
        "false alarms": alone,
        "detections a ship": round((len(found) - alone) / len(places), 3),
    }


def _timed(work: Callable[[], NDArray[np.float64]], seconds: list[float]) -> NDArray[np.float64]:
    begin = time.perf_counter()
    result = work()
    seconds.append(time.perf_counter() - begin)
    return result
