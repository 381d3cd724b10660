"""What measurements of ships' ends in optical pictures are worth: card and weights of ``offing/weights``.

    python design/fit_optical_size.py coarse DATA OUT.json --ends E0.onnx E1.onnx E2.onnx E.onnx --boxes F0.onnx F1.onnx
    python design/fit_optical_size.py fine DATA OUT.json --ends E0.onnx E1.onnx E.onnx --boxes F0.onnx F1.onnx

``--ends``: networks trained with fold 0, 1, … of ports or places held out (``training/train_ends.py``), then the one
that is kept. ``--boxes``: networks that find ships with those folds held out; folds without one are measured from
boxes drawn about labelled ships alone. Every port or place is measured by networks that have not seen it. Simulated
scenes stand beside them, so that intervals hold on either. A share of the box, what is taken off, and the spread are
fitted to all;
the figures of the card are those of each port (place) with what was fitted to the others.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "training"))
from folds import fold_of_port, place_folds
from offing.bench.datasets import optical_naval, s2_ports
from offing.bench.length_rows import detection_at, drawn_detections, rows_of
from offing.bench.length_truths import MASK_PX, SCENES, pier, port, scene
from offing.vessels.detection.additive import Card
from offing.vessels.detection.network import Network
from offing.vessels.detection.optical_search import optical_search
from offing.vessels.measurement import Z90
from offing.vessels.measurement.ends import EndsCard, EndsNetwork, Worth
from offing.vessels.measurement.optical_size import Sizing

AS_SAID = Worth(excess_px=0.0, of_box=0.0, stretch=1.0, pixels=0.0, relative=0.0)
NO_CARD = Card(id="", data="", licence="", split="", target="", figures={}, calibration="", limits="")
LIKELY = {"coarse": 0.0, "fine": 0.0}
"""Log odds from which what a network finds is measured, about a half of which are ships."""
SHARES = np.arange(0.0, 0.55, 0.05)
SIMULATED, FIRST_SEED = 16, 7000
SIMULATED_SHARE = 0.15
"""Intervals must hold on real ships first, whose labels err too: on simulated ones they are then too wide."""
KNOWN_TO, BEYOND = {"fine": 150.0, "coarse": None}, 0.35
"""Metres up to which there are many labelled ships, and the standard deviation over what exceeds it, declared:
simulated merchants of 200 m and more come out short by a tenth in fine pictures."""
LESS_PIERS = 3
"""Every so many pictures of naval harbours are measured."""


def columns(rows, real, found, longer=0.0):
    """(n, 12) of rows: group's number is kept apart."""
    made = []
    for r in rows:
        said, box = r.sizes["offing"], r.sizes["network's box"]
        made.append([
            r.length_m - longer * r.pixel_m, r.length_m,
            said.length_m, (r.length_90[1] - said.length_m) / Z90, box.length_m,
            np.nan if r.beam_m is None else r.beam_m, said.beam_m, (r.beam_90[1] - said.beam_m) / Z90, box.beam_m,
            max(r.pixel_m, 8.0 if real == "ports" else 0.0), float(real == "simulated"), float(found),
        ])  # fmt: skip
    return np.array(made).reshape(-1, 12)


def measured(picture, group, hulls, boxes, ends, rng, real, longer=0.0):
    """Rows from what is found and from boxes drawn about the labelled ships."""
    sizing = Sizing(network=ends, card=EndsCard(card=NO_CARD, weights="", sha256="", length=AS_SAID, beam=AS_SAID))
    parts, names = [], []
    beams = real == "simulated"
    drawn = drawn_detections(picture, hulls, rng)
    for found, detections in ((False, drawn), (True, likely(picture, boxes) if boxes else [])):
        rows = []
        if found:
            rows = rows_of(picture, group, hulls, detections, sizing, beams=beams)
        else:
            for hull, one in zip(hulls, detections, strict=True):
                rows += rows_of(picture, group, [hull], [one], sizing, beams=beams)
        parts.append(columns([r for r in rows if "clipped" not in r.flags], real, found, longer))
        names += [group] * len(parts[-1])
    return np.concatenate(parts), names


def likely(picture, network):
    return [detection_at(picture, f.box) for f in optical_search(picture, 1, network).finds if f.log_odds > 0]


def table(kind, data, ends, boxes, quick):
    rng = np.random.default_rng(17)
    tables, groups = [], []
    if kind == "coarse":
        for one in s2_ports(data / "s2-ports")[:: 4 if quick else 1]:
            fold = fold_of_port(one.name)
            with port(one) as (picture, hulls):
                t, g = measured(picture, one.name, hulls, boxes.get(fold), ends[fold], rng, "ports", MASK_PX)
            tables.append(t), groups.extend(g)
    else:
        folds = place_folds(data / "optical-naval" / "ships.csv")
        for one in optical_naval(data / "optical-naval")[:: LESS_PIERS * (4 if quick else 1)]:
            fold = folds[one.place]
            if fold in ends and fold in boxes:
                with pier(one) as (picture, hulls):
                    t, g = measured(picture, one.place, hulls, boxes[fold], ends[fold], rng, "piers")
                tables.append(t), groups.extend(g)
    for gsd, size in SCENES:
        if (gsd >= 7) == (kind == "coarse"):
            for seed in range(FIRST_SEED, FIRST_SEED + SIMULATED // (4 if quick else 1)):
                with scene(gsd, size, seed) as (picture, hulls):
                    t, g = measured(picture, f"scene {seed}", hulls, None, ends["final"], rng, "simulated")
                tables.append(t), groups.extend(g)
    return np.concatenate(tables), np.array(groups)


def weight_of(t):
    """Found ships and those that boxes were drawn about count alike, simulated ones together ``SIMULATED_SHARE``."""
    kind = np.where(t[:, 10] > 0, 2, t[:, 11].astype(int))
    share = np.array([0.5 - SIMULATED_SHARE / 2, 0.5 - SIMULATED_SHARE / 2, SIMULATED_SHARE])
    return share[kind] / np.maximum(1, np.bincount(kind, minlength=3))[kind]


def fitted(truth, said, own, box, pixel, weight):
    """A ``Worth``: share of the box and excess by least absolute error, spread by likelihood, then scaled to hold."""
    best = None
    for share in SHARES:
        mixed = (1 - share) * said + share * box
        excess = weighted_quantile((mixed - truth) / pixel, weight, 0.5)
        loss = (weight * np.abs(mixed - excess * pixel - truth)).sum()
        if best is None or loss < best[0] * 0.995:
            best = (loss, share, excess)
    _, share, excess = best
    given = (1 - share) * said + share * box - excess * pixel
    error = given - truth
    chosen = None
    for stretch in (0.0, 0.5, 1.0, 1.5, 2.0):
        for pixels in (0.1, 0.2, 0.4, 0.6, 0.9, 1.2):
            for relative in (0.0, 0.01, 0.02, 0.03, 0.05, 0.07):
                sd = np.sqrt((stretch * own) ** 2 + (pixels * pixel) ** 2 + (relative * given) ** 2)
                # Laplace: errors have long tails.
                loss = (weight * (np.log(sd) + 1.6 * np.abs(error) / sd)).sum()
                if chosen is None or loss < chosen[0]:
                    chosen = (loss, stretch, pixels, relative, sd)
    _, stretch, pixels, relative, sd = chosen
    scale = weighted_quantile(np.abs(error) / sd, weight, 0.9) / Z90
    return Worth(excess_px=round(float(excess), 3), of_box=round(float(share), 2), stretch=round(stretch * scale, 3),
                 pixels=round(pixels * scale, 3), relative=round(relative * scale, 4))  # fmt: skip


def weighted_quantile(values, weight, share):
    order = np.argsort(values)
    return float(np.interp(share, np.cumsum(weight[order]) / weight.sum(), values[order]))


def longer(worth, kind):
    """The worth of lengths with more doubt beyond the labelled ones."""
    return msgspec.structs.replace(worth, known_to=KNOWN_TO[kind], beyond=BEYOND) if KNOWN_TO[kind] else worth


def given(worth, said, own, box, pixel):
    size = (1 - worth.of_box) * said + worth.of_box * box - worth.excess_px * pixel
    return size, np.array([worth.sd(o, p, s) for o, p, s in zip(own, pixel, size, strict=True)])


def held_out(t, groups, columns_):
    """(sizes, standard deviations) of each group by what is fitted to the others; simulated ones by a hash."""
    truth, said, own, box = (t[:, c] for c in columns_)
    size, sd = np.full(len(t), np.nan), np.full(len(t), np.nan)
    known = np.isfinite(truth)
    for group in sorted(set(groups)):
        mine, rest = groups == group, (groups != group) & known
        worth = fitted(truth[rest], said[rest], own[rest], box[rest], t[rest, 9], weight_of(t[rest]))
        size[mine], sd[mine] = given(worth, said[mine], own[mine], box[mine], t[mine, 9])
    return size, sd


def figures(name, t, columns_, size, sd, as_labelled=None):
    truth, _, _, box = (t[:, c] for c in columns_)
    made = {}
    simulated, found = t[:, 10] > 0, t[:, 11] > 0
    parts = {"found": ~simulated & found, "drawn": ~simulated & ~found, "simulated": simulated}
    for what, part in parts.items():
        k = part & np.isfinite(truth)
        if not k.any():
            continue
        e, b = (size - truth)[k], (box - truth)[k]
        made |= {f"{name}_{what}_ships": int(k.sum()), f"{name}_{what}_mean_absolute": np.abs(e).mean(),
                 f"{name}_{what}_median_absolute": np.median(np.abs(e)), f"{name}_{what}_bias": e.mean(),
                 f"{name}_{what}_median_relative": np.median(np.abs(e) / truth[k]),
                 f"{name}_{what}_inside_90": (np.abs(e) <= Z90 * sd[k]).mean(),
                 f"{name}_{what}_mean_absolute_of_box": np.abs(b).mean(),
                 f"{name}_{what}_median_relative_of_box": np.median(np.abs(b) / truth[k])}  # fmt: skip
        if as_labelled is not None and what != "simulated":
            raw = size[k] - as_labelled[k]
            made |= {f"{name}_{what}_mean_absolute_to_mask": np.abs(raw).mean(),
                     f"{name}_{what}_bias_to_mask": raw.mean(),
                     f"{name}_{what}_box_mean_absolute_to_mask": np.abs(box[k] - as_labelled[k]).mean(),
                     f"{name}_{what}_inside_90_to_mask": (np.abs(raw) <= Z90 * sd[k]).mean()}  # fmt: skip
    return {k: round(float(v), 4) for k, v in made.items()}


LENGTH, BEAM = (0, 2, 3, 4), (5, 6, 7, 8)


def card_of(kind, made):
    about = {
        "coarse": ("simulated chips (training/simulated_optical.py), optical-naval reduced to 8–12 m, and s2-ports "
                   "(ShipDetectionExperts/sen2ships)",
                   "weights: Apache-2.0; s2-ports: MIT; optical-naval states no licence and is never redistributed"),
        "fine": ("simulated chips (training/simulated_optical.py) and optical-naval",
                 "weights: Apache-2.0; optical-naval states no licence and is never redistributed"),
    }  # fmt: skip
    return Card(
        id=f"optical-{kind}-ends-1", data=about[kind][0], licence=about[kind][1],
        split="each port (place) by a network that had not seen it, and by what was fitted to the others",
        target="the hull's length over all and its beam" + (
            f"; masks of s2-ports are taken for {MASK_PX:g} pixels longer than hulls" if kind == "coarse" else ""),
        figures=made,
        calibration="90 % intervals are scaled to hold on real and on simulated ships together: see inside_90",
        limits="Beams are measured on simulated ships alone. Real lengths are those of labels: masks drawn on pixels "
        "of 10 m, or points in pictures whose pixel size is unknown; no ship of either has a length from a register.",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("coarse", "fine"))
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--ends", type=Path, nargs="+", required=True)
    parser.add_argument("--boxes", type=Path, nargs="+", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--table", type=Path, help=".npz that keeps what is measured; where it is there, it is read")
    a = parser.parse_args()
    ends = {k: EndsNetwork(p.read_bytes()) for k, p in enumerate(a.ends[:-1])}
    ends["final"] = EndsNetwork(a.ends[-1].read_bytes())
    boxes = {k: Network(p.read_bytes()) for k, p in enumerate(a.boxes)}
    if a.table and a.table.exists():
        with np.load(a.table) as kept:
            t, groups = kept["t"], kept["groups"]
    else:
        t, groups = table(a.kind, a.data, ends, boxes, a.quick)
        if a.table:
            np.savez(a.table, t=t, groups=groups)
    made = {}
    for name, c in (("length", LENGTH), ("beam", BEAM)):
        size, sd = held_out(t, groups, c)
        made |= figures(name, t, c, size, sd, t[:, 1] if name == "length" and a.kind == "coarse" else None)
    worth = []
    for truth, said, own, box in (LENGTH, BEAM):
        k = np.isfinite(t[:, truth])
        worth.append(fitted(t[k, truth], t[k, said], t[k, own], t[k, box], t[k, 9], weight_of(t[k])))
    weights = a.out.with_suffix(".onnx")
    weights.write_bytes(a.ends[-1].read_bytes())
    sha256 = hashlib.sha256(weights.read_bytes()).hexdigest()
    card = EndsCard(
        card=card_of(a.kind, made), weights=weights.name, sha256=sha256, length=longer(worth[0], a.kind), beam=worth[1]
    )
    a.out.write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    print(
        msgspec.json.format(
            msgspec.json.encode({"figures": made, "length": worth[0], "beam": worth[1]}), indent=1
        ).decode()
    )


if __name__ == "__main__":
    main()
