"""A generated Sentinel-2 tile from JPEG 2000 files to detections, against only reading it; and a small picture."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from offing.bench.matching import count_matches
from offing.bench.model import BenchOptions, BenchResult
from offing.bench.optical_file import write_bands

SIDE, QUICK_SIDE = 10_980, 2_560
WORKERS = 2


def run(options: BenchOptions) -> BenchResult:
    """Writes the files, then reads and searches them, each in a process of its own."""
    side = QUICK_SIDE if options.quick else SIDE
    with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
        paths, ships = write_bands(Path(folder), side, options.seed)
        size = sum(p.stat().st_size for p in paths)
        read, found = (_apart([str(p) for p in paths], what) for what in ("read", "detect"))
        small = Path(folder) / "small.png"
        _write_small(small, options.seed)
        colour = _apart([str(small)], "detect")
    count = count_matches(np.array(found["centres"], np.float64).reshape(-1, 2), ships)
    return BenchResult(
        name="optical-tile",
        protocol=(
            f"four simulated bands of {side}×{side} uint16 in lossless JPEG 2000, blocks of 1024, {size / 1e6:.0f} MB; "
            "noise of 14 in 10000, textured land, ships at sea and alongside, all of them plain bars, so that recall "
            "says nothing of real ones. Opening, detecting and writing GeoJSON, against reading the same blocks by "
            f"rasterio; {WORKERS} threads, a process each, imports and the network's loading not counted in times. "
            "And a simulated 1024×768 colour PNG"
        ),
        n=len(ships),
        split=f"generated, seed {options.seed}",
        figures={
            "reading alone, s": round(float(read["wall"]), 2),
            "reading alone, processor s": round(float(read["processor"]), 2),
            "files to detections, s": round(float(found["wall"]), 2),
            "files to detections, processor s": round(float(found["processor"]), 2),
            "files to detections over reading, wall": round(float(found["wall"]) / float(read["wall"]), 2),
            "files to detections over reading, processor": round(
                float(found["processor"]) / float(read["processor"]), 2
            ),
            "peak resident size, MiB": round(float(found["peak"])),
            "bars found, share": round(count.recall, 3),
            "false alarms": count.alarms,
            "1024×768 colour picture, s": round(float(colour["wall"]), 2),
            "1024×768 colour picture, processor s": round(float(colour["processor"]), 2),
        },
    )


def _apart(paths: list[str], what: str) -> dict[str, float]:
    """``measure`` in a process of its own, so that its peak memory is its own."""
    code = f"from offing.bench.optical_tile import measure; measure({paths!r}, {what!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def measure(paths: list[str], what: str) -> None:
    """Prints the seconds, processor seconds and peak MiB of one ``read`` or ``detect``, as JSON."""
    wall, processor, answer = {"read": _read, "detect": _detect}[what]([Path(p) for p in paths])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "processor": processor, "peak": peak, **answer}))  # noqa: T201


def _read(paths: list[Path]) -> tuple[float, float, dict[str, object]]:
    import rasterio
    from rasterio.windows import Window

    local = threading.local()

    def read(window: Window) -> None:
        if not hasattr(local, "files"):
            local.files = [rasterio.open(p) for p in paths]
        for file in local.files:
            file.read(1, window=window)

    with rasterio.open(paths[0]) as first:
        block, width, height = first.block_shapes[0], first.width, first.height
    windows = [
        Window(c, r, min(block[1], width - c), min(block[0], height - r))
        for r in range(0, height, block[0])
        for c in range(0, width, block[1])
    ]
    begin, used = time.perf_counter(), time.process_time()
    with rasterio.Env(GDAL_NUM_THREADS="1"), ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(read, windows))
    return time.perf_counter() - begin, time.process_time() - used, {}


def _detect(paths: list[Path]) -> tuple[float, float, dict[str, object]]:
    from offing.exchange.detections import detections_text
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect
    from offing.vessels.detection.network import network
    from offing.vessels.detection.optical_search import MODELS, kind_of

    with open_picture(paths) as picture:
        network(MODELS[kind_of(picture)])
    begin, used = time.perf_counter(), time.process_time()
    with open_picture(paths) as picture:
        found = detect(picture, workers=WORKERS)
    detections_text([found], "geojson")
    taken = time.perf_counter() - begin, time.process_time() - used
    return *taken, {"centres": [(d.box.col, d.box.row) for d in found.detections]}


def _write_small(path: Path, seed: int) -> None:
    """A simulated harbour: water, a quay, and bars alongside."""
    import cv2

    rng = np.random.default_rng(seed)
    bands = np.full((768, 1024, 3), (70, 60, 40), np.float32)
    bands[:, :300] = (120, 120, 115)
    for row in range(80, 720, 160):
        bands[row : row + 18, 310:470] = (170, 170, 175)
    bands += rng.normal(0, 4, bands.shape).astype(np.float32)
    cv2.imwrite(str(path), np.clip(bands, 0, 255).astype(np.uint8))
