"""Fits the additive score models of offing.vessels.detection and writes their cards to src/offing/weights.

Usage: python design/fit_scores.py FOLDER [nir|colour|grey]…   (FOLDER holds s2-ports)

Candidates come from the very detectors that use the models. Two steps: a model over all candidates, fitted to how
well each covers a
labelled ship; then, over what is kept of overlapping candidates *on held-out groups*, the calibration from log odds
to P(vessel).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize

from offing.bench.datasets import LabelledPicture, s2_ports
from offing.bench.scoring import best_f1, calibration_error, match_points
from offing.imagery.model import Box
from offing.imagery.reading import open_picture
from offing.vessels.detection import optical
from offing.vessels.detection.additive import Card, Curve, ScoreModel
from offing.vessels.detection.candidates import feature_table, upright_boxes
from offing.vessels.detection.optical_detector import OpticalDetector
from offing.vessels.detection.regions import best_of_overlapping

WEIGHTS = Path(__file__).parents[1] / "src" / "offing" / "weights"
KNOTS, RIDGE, SMOOTH = 8, 0.6, 4.0


class Sample(msgspec.Struct):
    """Candidates of one picture."""

    name: str
    group: str
    features: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    target: np.ndarray  # soft, 0–1
    picture: LabelledPicture
    gsd: float


def examine(job: tuple[LabelledPicture, str, tuple[Path, ...], str]) -> list[Sample]:
    """Candidates of one picture with their targets, first as it is."""
    import cv2

    cv2.setNumThreads(1)
    labelled, group, paths, _ = job
    with open_picture(paths, sensor="multispectral") as picture:
        detector = OpticalDetector(picture)
        found = detector.candidates(Box(col0=0, row0=0, col1=picture.width, row1=picture.height))
        gsd = float(np.mean(picture.gsd_m)) if picture.gsd_m else 1.0
    features = feature_table(found).reshape(-1, len(optical.FEATURES))
    boxes = upright_boxes(found)
    points = np.array([[c.box.col, c.box.row] for c in found]).reshape(-1, 2)
    target = _cover_target(found, points, labelled, gsd)
    return [Sample(labelled.name, group, features, boxes, points, target, labelled, gsd)]


def _cover_target(found, points, labelled, gsd) -> np.ndarray:
    """1 for a region that lies in one ship's mask and covers a good part of it; masks are drawn generously."""
    import cv2

    number = np.zeros((labelled.height, labelled.width), np.int32)
    masks = labelled.masks()
    for k, mask in enumerate(masks):
        number[mask] = k + 1
    area = np.bincount(number.ravel(), minlength=len(masks) + 1)
    metres = cv2.distanceTransform((number == 0).astype(np.uint8), cv2.DIST_L2, 5) * gsd
    target = np.zeros(len(found))
    for i, c in enumerate(found):
        r = c.region
        inside = number[r.row0 : r.row0 + r.mask.shape[0], r.col0 : r.col0 + r.mask.shape[1]][r.mask]
        counts = np.bincount(inside, minlength=len(masks) + 1)
        counts[0] = 0
        k = int(counts.argmax())
        row, col = np.clip(points[i][::-1].astype(int), 0, np.array(number.shape) - 1)
        if counts[k] and metres[row, col] <= 30:
            target[i] = np.clip((counts[k] / r.area - 0.4) / 0.4, 0, 1) * np.clip(counts[k] / area[k] / 0.4, 0, 1)
    return target


# ---------------------------------------------------------------- the model
def knots_of(x: np.ndarray) -> np.ndarray:
    known = x[np.isfinite(x)]
    if not known.size:
        return np.array([0.0, 1.0])
    knots = np.unique(np.round(np.quantile(known, np.linspace(0.01, 0.99, KNOTS)), 5))
    return knots if len(knots) > 1 else np.array([knots[0], knots[0] + 1.0])


def basis(features: np.ndarray, knots: list[np.ndarray]) -> np.ndarray:
    """Hat functions; a feature that is not known (NaN) adds nothing."""
    columns = []
    for x, k in zip(features.T, knots, strict=True):
        known = np.isfinite(x)
        at = np.where(known, x, 0)
        columns += [np.where(known, np.interp(at, k, hat), 0.0) for hat in np.eye(len(k))]
    return np.stack(columns, 1)


def fit(features: np.ndarray, target: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Penalised maximum likelihood: ridge on the values, and on second differences for smooth curves."""
    knots = [knots_of(x) for x in features.T]
    b = basis(features, knots)
    n = b.shape[1]
    penalty = RIDGE * np.eye(n)
    at = 0
    for k in knots:
        for j in range(at, at + len(k) - 2):
            row = np.zeros(n)
            row[j : j + 3] = 1, -2, 1
            penalty += SMOOTH * np.outer(row, row)
        at += len(k)

    def loss(t: np.ndarray) -> tuple[float, np.ndarray]:
        z = t[0] + b @ t[1:]
        residual = 1 / (1 + np.exp(-z)) - target
        value = float(np.sum(np.logaddexp(0, z) - target * z) + 0.5 * t[1:] @ penalty @ t[1:])
        return value, np.concatenate([[residual.sum()], b.T @ residual + penalty @ t[1:]])

    start = np.zeros(n + 1)
    start[0] = np.log(max(target.mean(), 1e-6))
    return knots, minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200}).x


def as_curves(knots, theta, names) -> tuple[float, tuple[Curve, ...]]:
    curves, at = [], 1
    for name, k in zip(names, knots, strict=True):
        values = theta[at : at + len(k)]
        curves.append(Curve(feature=name, knots=tuple(k.tolist()), values=tuple(np.round(values, 4).tolist())))
        at += len(k)
    return float(round(theta[0], 4)), tuple(curves)


def log_odds(fitted, features) -> np.ndarray:
    knots, theta = fitted
    return theta[0] + basis(features, knots) @ theta[1:]


# ---------------------------------------------------------------- held out
def right_ones(sample: Sample, kept: list[int]) -> np.ndarray:
    right = np.zeros(len(kept), bool)
    # Points compete by score, not only by distance: a poor candidate must not take a ship from a good one.
    for i, _ in match_points(sample.points[kept], sample.picture.masks(), sample.gsd):
        right[i] = True
    return right


def run(kind: str, samples: list[Sample], names: tuple[str, ...], card: dict[str, str]) -> None:
    groups = sorted({s.group for s in samples})
    total = np.concatenate([s.features for s in samples])
    target = np.concatenate([s.target for s in samples])
    group = np.concatenate([[s.group] * len(s.features) for s in samples])
    samples = [s for s in samples if s.name]
    folds = {g: fit(total[group != g], target[group != g]) for g in groups}
    z_all, right_all, spread, rows = [], [], [], []
    for s in samples:
        if not len(s.features):
            rows.append((s.name, s.group, np.zeros(0), np.zeros(0, bool), len(s.picture.boxes)))
            continue
        z = log_odds(folds[s.group], s.features)
        likely = np.flatnonzero(z > -4)
        kept = likely[best_of_overlapping(s.boxes[likely], z[likely], 0.4)] if len(likely) else likely
        right = right_ones(s, list(kept))
        z_all.append(z[kept]), right_all.append(right)
        spread.append(np.array([log_odds(f, s.features[kept]) for f in folds.values()]))
        rows.append((s.name, s.group, z[kept], right, len(s.picture.boxes)))
    z, right = np.concatenate(z_all), np.concatenate(right_all)
    slope, shift = platt(z, right)
    labels = sum(len(s.picture.boxes) for s in samples)
    figures = held_out_figures(rows, labels, platt)
    k = len(groups)
    jack = np.concatenate(spread, axis=1)
    figures["refit_sd_log_odds"] = float(slope * np.median(np.sqrt((k - 1) / k * ((jack - jack.mean(0)) ** 2).sum(0))))
    bias, curves = as_curves(*fit(total, target), names)
    figures = {key: round(float(v), 4) for key, v in figures.items()}
    ece = figures["expected_calibration_error"]
    text = (
        f"expected calibration error {ece:.3f} over ten bins, {len(z)} kept candidates, calibration itself fitted on "
        "the other groups"
    )
    model = ScoreModel(
        card=Card(figures=figures, calibration=text, **card), bias=bias, curves=curves,
        calibration=Curve(feature="log odds", knots=(-15.0, 15.0), values=(shift - 15 * slope, shift + 15 * slope)),
    )  # fmt: skip
    path = WEIGHTS / f"{card['id']}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")
    print(kind, figures, len(total), "candidates")
    for g in groups if k < 15 else []:
        p = [1 / (1 + np.exp(-(shift + slope * r[2]))) for r in rows if r[1] == g]
        hit = sum(int(r[3][q >= 0.5].sum()) for r, q in zip([r for r in rows if r[1] == g], p, strict=True))
        all_ = sum(int((q >= 0.5).sum()) for q in p)
        n = sum(r[4] for r in rows if r[1] == g)
        print(f"  {g}: right {hit} false {all_ - hit} missed {n - hit} F1 {2 * hit / (all_ + n):.2f}")


def platt(z: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and shift from log odds to the log odds of being right (Platt 1999)."""

    def loss(t: np.ndarray) -> float:
        w = t[0] * z + t[1]
        return float(np.sum(np.logaddexp(0, w) - right * w))

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return float(slope), float(shift)


def held_out_figures(rows, labels, calibrate: Callable) -> dict[str, float]:
    """Figures on held-out groups; the calibration of each group comes from the others."""
    p, right = [], []
    for name in sorted({r[1] for r in rows}):
        others = [r for r in rows if r[1] != name]
        a, b = calibrate(np.concatenate([r[2] for r in others]), np.concatenate([r[3] for r in others]))
        for r in rows:
            if r[1] == name:
                p.append(1 / (1 + np.exp(-(a * r[2] + b))))
                right.append(r[3])
    p, right = np.concatenate(p), np.concatenate(right)
    top, at = best_f1(p, right, labels)
    sure = p >= 0.5
    hit = int(right[sure].sum())
    return {
        "labelled_ships": labels, "groups": len({r[1] for r in rows}),
        "precision_at_half": hit / max(1, sure.sum()), "recall_at_half": hit / labels,
        "average_precision": average_precision(p, right, labels),
        "f1_at_half": 2 * hit / max(1, sure.sum() + labels), "best_f1": top, "best_f1_score": at,
        "expected_calibration_error": calibration_error(p, right),
    }  # fmt: skip


def average_precision(p: np.ndarray, right: np.ndarray, labels: int) -> float:
    """Mean over 101 recalls of the best precision at that recall or beyond, as COCO counts it."""
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(right[order])
    precision = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    at = np.searchsorted(hits / labels, np.linspace(0, 1, 101))
    return float(np.where(at < len(hits), precision[np.minimum(at, len(hits) - 1)], 0).mean())


def jobs_of(kind: str, folder: Path):
    wanted = {"nir": ("B03", "B04", "B08", "B11"), "colour": ("B03", "B04"), "grey": ("B04",)}[kind]
    return [
        (p, p.name, tuple(q for q in p.paths if any(f"_{b}." in q.name for b in wanted)), kind)
        for p in s2_ports(folder / "s2-ports")
    ]


CARDS = {
    kind: {
        "id": f"optical-{kind}-additive-1",
        "data": f"Sentinel-2 L2A of nine ports (ShipDetectionExperts/sen2ships, 236 ships), {bands}, masks by "
        "its authors",
        "licence": "annotations MIT; contains modified Copernicus Sentinel data 2023",
        "split": "leave one port out",
        "target": "P(the centre lies within 30 m of a labelled ship, one to one)",
        "limits": "fitted at 10 m; at other pixel sizes its probabilities were not calibrated. One clear date a port; "
        "clouds hardly occur in it",
    }
    for kind, bands in (
        ("nir", "green, red, near infrared, short-wave infrared"),
        ("colour", "green and red"),
        ("grey", "red"),
    )
}


def main() -> None:
    folder, kinds = Path(sys.argv[1]), sys.argv[2:] or list(CARDS)
    for kind in kinds:
        start = time.perf_counter()
        jobs = jobs_of(kind, folder)
        with ProcessPoolExecutor(2) as pool:
            parts = pool.map(examine, jobs, chunksize=1)
            samples = [s for part in parts for s in part]
        print(kind, f"examined in {time.perf_counter() - start:.0f} s")
        run(kind, samples, optical.FEATURES, CARDS[kind])


if __name__ == "__main__":
    main()
