"""Lengths measured in Sentinel-1 against AIS: error, bias, and how often the 90 % interval holds."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.errors import OffingError
from offing.records import Record
from offing.vessels.model import Detection

_GSD_M = 10.0
"""Pixel spacing of the ground-range products; the others' is not square and is left out."""
_NEAR_PX = 12.0
"""The labelled ship is in the middle of its chip."""
MIN_SCORE = 0.2


class Measured(Record, frozen=True):
    """A ship whose length is known, as it was measured."""

    truth_m: float
    """AIS length over all."""
    length_m: float
    low_m: float
    high_m: float


def run(options: BenchOptions) -> BenchResult:
    """Measure the ship in the middle of each ground-range chip of OpenSARShip."""
    folder = options.folder("s1-ship-chips")
    listed = list(chips(folder))[:: 8 if options.quick else 1]
    found = [_measure(path, truth) for path, truth in listed]
    ships = [m for m in found if m is not None]
    if not ships:
        raise OffingError("no ship was found in any chip", where=str(folder))
    error = np.array([m.length_m - m.truth_m for m in ships])
    truth = np.array([m.truth_m for m in ships])
    held = np.array([m.low_m <= m.truth_m <= m.high_m for m in ships])
    return BenchResult(
        name="ship-chips",
        protocol=f"ground-range chips at {_GSD_M:g} m; the detection nearest the middle, within {_NEAR_PX:g} pixels, "
        f"score at least {MIN_SCORE}; its length against the length that AIS gives. In-sample: the excess taken "
        "off was set on these scenes; each held out in turn: design/fit_radar_excess.py",
        n=len(listed),
        split=f"all ground-range scenes, sha256 {split_hash(p.name for p, _ in listed)}",
        figures={
            "ships found": f"{len(ships)} of {len(listed)}",
            "length, mean absolute error, m": round(float(np.abs(error).mean()), 1),
            "length, median absolute error, m": round(float(np.median(np.abs(error))), 1),
            "length, bias, m": round(float(error.mean()), 1),
            "length, median relative error": round(float(np.median(np.abs(error) / truth)), 3),
            "90 % interval holds": f"{held.mean():.1%}",
            "always the mean length: mean absolute error, m": round(float(np.abs(truth - truth.mean()).mean()), 1),
        },
    )


def chips(folder: Path) -> Iterator[tuple[Path, float]]:
    """(picture, AIS length in metres) of each ground-range chip, in the order of the table."""
    with (folder / "chips.csv").open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            if "_GRD" in row["scene"] and float(row["ais_len"]) > 0.0:
                yield folder / row["scene"] / "Patch_Cal" / row["chip"], float(row["ais_len"])


def _measure(path: Path, truth_m: float) -> Measured | None:
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    with open_picture([path], sensor="sar", gsd_m=_GSD_M) as picture:
        middle = (picture.width / 2.0, picture.height / 2.0)
        near = [d for d in detect(picture, min_score=MIN_SCORE, workers=1).detections if _away(d, middle) <= _NEAR_PX]
    for detection in sorted(near, key=lambda d: _away(d, middle)):
        length, interval = detection.measurement.length_m, detection.measurement.length_m_90
        if length is not None and interval is not None:
            return Measured(truth_m=truth_m, length_m=length, low_m=interval.low, high_m=interval.high)
    return None


def _away(detection: Detection, middle: tuple[float, float]) -> float:
    return float(np.hypot(detection.box.col - middle[0], detection.box.row - middle[1]))
