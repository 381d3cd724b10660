"""A generated Sentinel-1-sized GeoTIFF: one pass over it, and all of ``offing detect``, against only reading it."""

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
from statistics import median

import numpy as np

from offing.bench.matching import count_matches
from offing.bench.model import BenchOptions, BenchResult
from offing.bench.radar_file import write_scene

SIZE, QUICK_SIZE = (25_000, 16_700), (5_000, 4_000)
WORKERS, TURNS = 2, 3


def run(options: BenchOptions) -> BenchResult:
    """Reads and scans in turns, each in a process of its own."""
    width, height = QUICK_SIZE if options.quick else SIZE
    with tempfile.TemporaryDirectory(prefix="offing-bench-") as folder:
        path = Path(folder) / "S1_VV.tif"
        ships = write_scene(path, width, height, options.seed)
        turns = [
            tuple(_apart(path, w) for w in ("read", "scan", "detect")) for _ in range(1 if options.quick else TURNS)
        ]
    found = np.array(turns[0][1]["centres"], np.float64).reshape(-1, 2)
    count = count_matches(found, ships)
    figures: dict[str, float | str] = {}
    for what, i in (("reading alone", 0), ("pass", 1), ("network and all", 2)):
        figures[f"{what}, s"] = round(median(t[i]["wall"] for t in turns), 2)
        figures[f"{what}, processor s"] = round(median(t[i]["processor"] for t in turns), 2)
        figures[f"{what}, peak resident size, MiB"] = round(max(t[i]["peak"] for t in turns))
    for what in ("wall", "processor"):
        figures[f"pass over reading, {what}"] = round(median(t[1][what] / t[0][what] for t in turns), 2)
        figures[f"network and all over reading, {what}"] = round(median(t[2][what] / t[0][what] for t in turns), 2)
    figures["pass, recall"] = round(count.recall, 4)
    listed = count_matches(np.array(turns[0][2]["centres"], np.float64).reshape(-1, 2), ships)
    figures["network and all, recall"] = round(listed.recall, 4)
    figures["network and all, false alarms"] = listed.alarms
    figures["tiles to look at, share of all"] = round(float(turns[0][1]["tiles"]) / (width * height / 128**2), 4)
    return BenchResult(
        name="scan",
        protocol=(
            f"{width}×{height} uint16 amplitude GeoTIFF, tiles of 512, DEFLATE with predictor 2; gamma clutter of 4 "
            f"looks under a range ramp, textured land, ships of 8–40 times the sea. File to components, coarse "
            f"means, water and tiles, against reading the same chunks as stored by rasterio; {WORKERS} threads, "
            f"median of turns, a process each, imports and opening not counted in times"
        ),
        n=len(ships),
        split=f"generated, seed {options.seed}",
        figures=figures,
    )


def _apart(path: Path, what: str) -> dict[str, float]:
    """``measure`` in a process of its own, so that its peak memory is its own."""
    code = f"from offing.bench.scan import measure; measure({str(path)!r}, {what!r})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def measure(path: str, what: str) -> None:
    """Prints the seconds, processor seconds and peak MiB of one ``read``, ``scan`` or ``detect``, as JSON."""
    wall, processor, answer = {"read": _read, "scan": _scan, "detect": _detect}[what](Path(path))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": wall, "processor": processor, "peak": peak, **answer}))  # noqa: T201


def _read(path: Path) -> tuple[float, float, dict[str, object]]:
    import rasterio
    from rasterio.windows import Window

    from offing.imagery.reading import open_picture
    from offing.vessels.detection.banding import layout_of

    with open_picture([path], sensor="sar") as picture:
        layout = layout_of(picture)
    handles = threading.local()

    def read(window: Window) -> None:
        if not hasattr(handles, "file"):
            handles.file = rasterio.open(path)
        handles.file.read(1, window=window)

    chunks = [c for panel in layout.panels() for band, _ in layout.bands(panel) for c in layout.chunks(band)]
    windows = [Window(c.col0, c.row0, c.width, c.height) for c in chunks]
    begin, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(read, windows))
    return time.perf_counter() - begin, time.process_time() - used, {}


def _scan(path: Path) -> tuple[float, float, dict[str, object]]:
    from offing.imagery.reading import open_picture
    from offing.vessels.detection.clutter import clutter, threshold
    from offing.vessels.detection.scan import scan

    threshold(clutter(np.ones((64, 64), np.float32)), 1e-6)  # imports and tables
    with open_picture([path], sensor="sar") as picture:
        begin, used = time.perf_counter(), time.process_time()
        found = scan(picture, lambda block: [len(block.tiles)], workers=WORKERS)
        taken = time.perf_counter() - begin, time.process_time() - used
    return *taken, {"centres": found.components.centre.tolist(), "tiles": sum(found.results)}


def _detect(path: Path) -> tuple[float, float, dict[str, object]]:
    from offing.exchange.detections import detections_text
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect
    from offing.vessels.detection.network import network
    from offing.vessels.detection.radar_search import MODEL

    network(MODEL)
    begin, used = time.perf_counter(), time.process_time()
    with open_picture([path], sensor="sar") as picture:
        found = detect(picture, workers=WORKERS)
    detections_text([found], "geojson")
    taken = time.perf_counter() - begin, time.process_time() - used
    return *taken, {"centres": [(d.box.col, d.box.row) for d in found.detections]}
