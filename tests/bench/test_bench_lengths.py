"""What the benchmark of lengths compares: rows against truth, drawn boxes, plain methods on known shapes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from offing.bench.length_methods import plain_sizes
from offing.bench.length_rows import (
    METHODS,
    drawn_detections,
    excess_taken_off,
    jittered,
    mask_hull,
    rows_of,
)
from offing.bench.length_truths import between, scene
from offing.imagery.reading import open_picture
from offing.vessels.model import OrientedBox


def _box(col: float, row: float, length: float, beam: float, degrees: float) -> OrientedBox:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return OrientedBox(
        col=col, row=row, length_px=(c * length / 2, s * length / 2), beam_px=(-s * beam / 2, c * beam / 2)
    )


def test_a_mask_has_the_box_of_its_pixels() -> None:
    mask = np.zeros((30, 40), bool)
    mask[10:14, 5:25] = True
    hull = mask_hull(mask)
    assert (hull.col, hull.row) == pytest.approx((15.0, 12.0))
    assert 2 * math.hypot(*hull.length_px) == pytest.approx(20.0)
    assert 2 * math.hypot(*hull.beam_px) == pytest.approx(4.0)
    assert 2 * math.hypot(*excess_taken_off(hull, 1.5).length_px) == pytest.approx(18.5)


def test_drawn_boxes_are_wrong_but_near_and_the_same_for_a_seed() -> None:
    hull = _box(50.0, 50.0, 18.0, 3.0, 30.0)
    boxes = [jittered(hull, np.random.default_rng(seed)) for seed in range(60)]
    again = [jittered(hull, np.random.default_rng(seed)) for seed in range(60)]
    assert boxes == again
    lengths = np.array([2 * math.hypot(*b.length_px) for b in boxes])
    assert 1.0 < lengths.std() < 5.0
    assert abs(np.median(lengths) - 18.0) < 1.5
    assert max(math.hypot(b.col - 50, b.row - 50) for b in boxes) < 8.0


def test_plain_methods_measure_a_plain_rectangle(tmp_path: Path) -> None:
    values = np.full((1, 60, 60), 0.02, np.float32)
    values[0, 28:32, 20:40] = 0.3
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=60, height=60, count=1, dtype="float32", crs="EPSG:32652",
        transform=Affine(10.0, 0.0, 500_000.0, 0.0, -10.0, 4.75e6),
    ) as out:  # fmt: skip
        out.write(values)
        out.update_tags(OFFING_SENSOR="multispectral")
    with open_picture([path], sensor="multispectral") as picture:
        sizes = plain_sizes(picture, _box(30.0, 30.0, 18.0, 3.0, 0.0))
    assert sizes["minimum-area rectangle"].length_m == pytest.approx(200.0, rel=0.01)
    assert sizes["minimum-area rectangle"].beam_m == pytest.approx(40.0, rel=0.01)
    assert sizes["inertia ellipse"].length_m == pytest.approx(200.0, rel=0.01)
    assert sizes["axis-aligned box"].length_m == pytest.approx(180.0, rel=0.01)


def test_simulated_ships_are_measured_better_than_their_drawn_boxes() -> None:
    rows = []
    rng = np.random.default_rng(1)
    for seed in (40, 42, 44):
        with scene(10.0, 144, seed) as (picture, hulls):
            for hull, detection in zip(hulls, drawn_detections(picture, hulls, rng), strict=True):
                rows += rows_of(picture, "scene", [hull], [detection])
    assert len(rows) >= 10
    assert set(rows[0].sizes) == set(METHODS)
    error = {m: np.mean([abs(r.sizes[m].length_m - r.length_m) for r in rows]) for m in METHODS[:2]}
    assert error["offing"] < 0.7 * error["network's box"]
    assert all(r.beam_m is not None and r.length_90[0] < r.sizes["offing"].length_m < r.length_90[1] for r in rows)


def test_a_hull_between_its_ends_points_to_the_bow() -> None:
    hull = between(np.array([30.0, 10.0]), np.array([10.0, 10.0]), 0.2)
    assert hull.length_px == (10.0, 0.0)
    assert hull.beam_px == pytest.approx((0.0, 2.0))
