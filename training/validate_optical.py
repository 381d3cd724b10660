"""Scores optical networks on ports or places they were not trained on, calibrates them there, and writes the card.

Usage: python training/validate_optical.py coarse|fine DATA CARD.json FINAL.onnx FOLD0.onnx FOLD1.onnx …

Every picture is searched as ``offing detect`` would, by the network of the fold that held its port or place out; what
lies on clouds or land is dismissed as there. Figures at a score stand on curves fitted to the other folds; the curves
that are kept are fitted to all. Intervals: 90 %, bootstrap over whole ports or places.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from folds import FOLDS, fold_of_port, place_folds
from offing.bench import naval_scores, port_scores
from offing.bench.datasets import LabelledPicture, NavalPicture, optical_naval, s2_ports
from offing.bench.found import SURE, Found, found_boxes
from offing.bench.naval_scores import NavalSeen, naval_figures, naval_seen, together
from offing.bench.pooled import intervals_90
from offing.bench.port_scores import PortSeen, best_f1_of, port_figures, port_seen
from offing.bench.scoring import metres_apart
from offing.imagery.reading import Picture, open_picture
from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.dismissal.cover import dismiss_by_cover
from offing.vessels.detection.finds import detection_of
from offing.vessels.detection.network import Network, NetworkCard
from offing.vessels.detection.optical_search import optical_search
from validation import ABSENT, calibrated, calibrated_bow, others, probability, refit_sd, written

WORKERS = 2
BANDS = {"": (), "_visible_bands": ("B02", "B03", "B04"), "_without_swir": ("B02", "B03", "B04", "B08")}
"""Which bands of the ports are searched; (): all."""
SURVEYED = {
    "fine": ("ap50", "ap50_strict", "ap50_all_codes", "f1_at_half", "precision_at_half", "recall_at_half",
             "axis_within_10", "bow_right", "length_median_relative", "length_bias_relative"),
    "coarse": ("f1_at_half", "precision_at_half", "recall_at_half", "f1_at_half_quay", "recall_at_half_quay",
               "f1_at_half_water", "recall_at_half_water", "axis_within_10", "length_mean_absolute_m", "length_bias_m"),
}  # fmt: skip
"""Figures that are given an interval."""
TURNED = {"fine": True, "coarse": False}
"""Whether the network is shown everything upside down as well: bow and stern gain by it; of large tiles it would take
too long."""
RAW = NetworkCard(
    card=Card(id="none", data="", licence="", split="", target="", figures={"refit_sd_log_odds": 0.0}, calibration="",
              limits=""),
    weights="", sha256="", calibration=Curve(feature="log odds", knots=(-9.0, 9.0), values=(-9.0, 9.0)),
)  # fmt: skip
"""Says what a network says, before anything is calibrated."""


@dataclass
class Held:
    """A picture searched by a network that has not seen its port or place."""

    fold: int
    place: str
    seen: Any  # NavalSeen or PortSeen; scores are calibrated later
    found: Found  # scores and bows as the network gives them
    labels: Any  # NavalPicture or LabelledPicture
    dismissed: np.ndarray  # (n, 2) col, row of what was dismissed
    lost: int  # labelled ships on which something was dismissed and nothing is left


def searched(picture: Picture, network: Network) -> tuple[Found, np.ndarray]:
    """(what is left after dismissals, (n, 2) centres of the rest): ranks are log odds, ``bow`` those of the bow."""
    finds = optical_search(picture, 1, network)
    detections = [
        msgspec.structs.replace(detection_of(f, 0.5, picture, RAW), id=str(i)) for i, f in enumerate(finds.finds)
    ]
    kept, dismissed = dismiss_by_cover(detections, finds.cover)
    mine = [finds.finds[int(d.id)] for d in kept]
    odds = np.array([f.log_odds for f in mine], np.float64)
    bow = np.array([f.bow_log_odds for f in mine], np.float64)
    # A network's box points to the bow, which the card above does not know of: the boxes are those of the finds.
    lengths = [d.measurement.length_m for d in kept]
    left = found_boxes([f.box for f in mine], odds.tolist(), probability(RAW.calibration, odds), bow, lengths)
    return left, np.array([(d.box.col, d.box.row) for d in dismissed], np.float64).reshape(-1, 2)


def at_pier(job: tuple[NavalPicture, Path, int]) -> Held:
    labels, weights, fold = job
    with open_picture(labels.paths) as picture:
        found, gone = searched(picture, Network(weights.read_bytes(), turned=TURNED["fine"]))
    return Held(fold, labels.place, naval_seen(labels, found), found, labels, gone, 0)


def in_port(job: tuple[LabelledPicture, Path, int, tuple[str, ...]]) -> Held:
    labels, weights, fold, bands = job
    shown = [p for p in labels.paths if not bands or any(b in p.stem for b in bands)]
    with open_picture(shown) as picture:
        found, gone = searched(picture, Network(weights.read_bytes(), turned=TURNED["coarse"]))
    with open_picture(labels.paths) as picture:
        seen = port_seen(labels, picture, found)
        size = float(np.mean(picture.gsd_m))
    hit = np.isfinite(metres_apart(gone, labels.masks(), size)).any(axis=0)
    lost = int((hit & ~np.isfinite(seen.metres).any(axis=0)).sum())
    return Held(fold, labels.name, seen, found, labels, gone, lost)


def scored(held: Held, curve: Curve, bow: Curve | None) -> Held:
    """The same with scores and bow probabilities by the curves."""
    card = msgspec.structs.replace(RAW, bow=bow)
    bows = np.array([card.bow_probability(b) for b in held.found.bow])
    found = msgspec.structs.replace(held.found, score=probability(curve, held.found.rank), bow=bows)
    if isinstance(held.seen, PortSeen):
        return replace(held, seen=msgspec.structs.replace(held.seen, found=found))
    return replace(held, seen=naval_seen(held.labels, found))


def curves(held: Sequence[Held]) -> tuple[Curve, Curve | None]:
    """(of scores, of bows) from pictures as they were searched."""
    if isinstance(held[0].seen, PortSeen):
        odds, right = (np.concatenate(v) for v in zip(*((h.found.rank, h.seen.right) for h in held), strict=True))
        return calibrated(odds, right, balanced=True), None
    every: NavalSeen = together([h.seen for h in held])
    curve = calibrated(every.rank[~every.other], every.right[~every.other], balanced=True)
    known = every.right & (probability(curve, every.rank) >= SURE)
    return curve, calibrated_bow(every.bow[known], every.bow_right[known])


def honest(held: Sequence[Held], shown: Sequence[Held]) -> list[Held]:
    """Each of ``shown`` by curves fitted to the other folds of ``held``."""
    folds = [h.fold for h in held]
    fitted = {fold: curves([held[i] for i in others(fold, folds)]) for fold in set(folds)}
    return [scored(h, *fitted[h.fold]) for h in shown]


def figures(kind: str, held: Sequence[Held]) -> dict[str, float]:
    """Of pictures that are scored already."""
    measure: Callable[..., dict[str, float]] = naval_figures if kind == "fine" else port_figures
    seen = [h.seen for h in held]
    made = measure(seen)
    scores = naval_scores if kind == "fine" else port_scores
    made |= scores.calibration_figures(seen)
    bounds = intervals_90(held, lambda h: h.place, lambda some: measure([h.seen for h in some]))
    for name in SURVEYED[kind]:
        if name in bounds:
            made |= {f"{name}_low": bounds[name].low, f"{name}_high": bounds[name].high}
    main = "ap50" if kind == "fine" else "f1_at_half"
    for fold in sorted({h.fold for h in held}):
        made[f"{main}_fold_{fold}"] = measure([h.seen for h in held if h.fold == fold])[main]
    made["dismissed"] = sum(len(h.dismissed) for h in held)
    made["ships_lost_to_dismissal"] = sum(h.lost for h in held)
    return made


def by_port(held: Sequence[Held]) -> dict[str, float]:
    made: dict[str, float] = {}
    for h in sorted(held, key=lambda h: h.place):
        of_port = port_figures([h.seen])
        made |= {f"{k}_{h.place}": of_port[f"{k}_at_half"] for k in ("right", "false", "missed", "f1")}
    return made


def best_seen(held: Held) -> np.ndarray:
    """Of every labelled ship (warship) the greatest log odds of a box about its place."""
    rank = held.found.rank
    if isinstance(held.seen, PortSeen):
        near = np.isfinite(held.seen.metres)
    else:
        war = held.labels.codes == naval_scores.WARSHIP
        bow, stern = held.labels.bows[war], held.labels.sterns[war]
        away = np.hypot(*(held.found.centre[:, None] - (bow + stern) / 2).transpose(2, 0, 1))
        near = away <= 0.2 * np.hypot(*(bow - stern).T)
    return np.where(near, rank[:, None], ABSENT).max(axis=0, initial=ABSENT)


def about(kind: str, card: Path, measured: dict[str, float], folds: int) -> Card:
    sets = {
        "fine": ("optical-naval (170 sub-metre pictures of 50 naval harbours, 1,535 ships, 1,323 of them warships) and "
                 "1,150 simulated chips (training/simulated_optical.py)",
                 "weights: Apache-2.0; optical-naval states no licence and is never redistributed", "place"),
        "coarse": ("s2-ports (nine ports in Sentinel-2, 236 ships; ShipDetectionExperts/sen2ships), pictures of "
                   "optical-naval reduced to 10 m, and 550 simulated chips (training/simulated_optical.py)",
                   "weights: Apache-2.0; s2-ports: MIT (ShipDetectionExperts/sen2ships); optical-naval states no "
                   "licence and is never redistributed", "port"),
    }  # fmt: skip
    data, licence, unit = sets[kind]
    target = {
        "fine": "a ship, by overlap of the upright boxes of at least one half; what lies on ships of undocumented "
        "codes counted neither for nor against",
        "coarse": "a ship, its labelled mask within 30 m of the centre and not taken by a likelier one",
    }
    limits = {
        "fine": "measured on sub-metre pictures of unknown pixel size alone; pixels of 1 to 7 m are not measured on "
        "labels; warships at piers, other ships by the few in the same pictures",
        "coarse": "Sentinel-2 of nine ports, one date each; masks are wider than hulls; the bow is not measured; "
        "coarser pixels and other sensors are not measured on labels",
    }
    bow = f", of the bow {measured['bow_ece']:.3f}" if kind == "fine" else ""
    return Card(
        id=card.stem,
        data=data,
        licence=licence,
        split=f"{folds} of {FOLDS} folds, each {unit} held out whole (training/folds.py); the weights themselves are "
        "trained on all",
        target=target[kind],
        figures=measured,
        calibration=f"expected calibration error {measured['ece']:.3f} ({measured['ece_from_0.1']:.3f} from a score "
        f"of 0.1 on){bow}, each fold left out of the fit in turn",
        limits=limits[kind],
    )


def main() -> None:
    kind, data, card, final, *folds = sys.argv[1], *(Path(p) for p in sys.argv[2:])
    if kind not in SURVEYED or len(folds) < 2:
        sys.exit(__doc__)
    os.environ["OFFING_DATA"] = str(data)
    with ProcessPoolExecutor(WORKERS) as pool:
        if kind == "fine":
            pictures = optical_naval(data / "optical-naval")
            number = place_folds(data / "optical-naval" / "ships.csv")
            jobs = [(p, folds[k], k) for p in pictures if (k := number[p.place]) < len(folds)]
            held = list(pool.map(at_pier, jobs, chunksize=8))
            again = [[(p, f, 0) for p in pictures[::8]] for f in folds]
            tables = [np.concatenate([best_seen(h) for h in pool.map(at_pier, j, chunksize=8)]) for j in again]
            variants = {}
        else:
            ports = s2_ports(data / "s2-ports")
            jobs = [(p, folds[k], k) for p in ports if (k := fold_of_port(p.name)) < len(folds)]
            variants = {n: list(pool.map(in_port, [(*j, bands) for j in jobs])) for n, bands in BANDS.items()}
            held = variants.pop("")
            again = [[(p, f, 0, ()) for p in sorted(ports, key=lambda p: p.width * p.height)[:5]] for f in folds]
            tables = [np.concatenate([best_seen(h) for h in pool.map(in_port, j)]) for j in again]
    curve, bow = curves(held)
    fair = honest(held, held)
    measured = figures(kind, fair)
    if kind == "coarse":
        top, at = best_f1_of([h.seen for h in fair])
        measured |= {"best_f1": top, "best_f1_score": at} | by_port(fair)
    for name, variant in variants.items():
        part = port_figures([h.seen for h in honest(held, variant)])
        measured |= {f"{k}{name}": part[k] for k in ("f1_at_half", "precision_at_half", "recall_at_half")}
    measured["refit_sd_log_odds"] = refit_sd(tables, curve)
    written(card, final, about(kind, card, measured, len(folds)), curve, bow, turned=TURNED[kind])


if __name__ == "__main__":
    main()
