"""Trains the radar network and writes it with its model card.

Usage: python training/train_radar.py DATA OUT.pt [--simulated CHIPS.npz] [--fold K --folds N] [--steps S] [--seed 1]

DATA holds sar-ssdd-train. With ``--fold`` the pictures of that fold are held out and scored at the end.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import IterableDataset

from chips import Chip, Shown, altered, fold_of, is_inshore, read_simulated, read_ssdd
from loop import train
from network import ShipNetwork
from offing.vessels.detection.channels import channels, levels

SIDE, BATCH = 160, 16
SIMULATED_SHARE = 0.2


class Stream(IterableDataset):
    """Batches without end: channels, truths, frames and what is ignored."""

    def __init__(self, real: list[Chip], made: list[Chip], seed: int) -> None:
        self.real, self.made, self.seed = real, made, seed
        many = np.array([(1.0 + min(6, len(c.ships)) * 0.5) * (2.0 if is_inshore(c) else 1.0) for c in real])
        self.weight = many / many.sum()

    def __iter__(self):
        rng = np.random.default_rng(self.seed)
        while True:
            shown = [self.draw(rng) for _ in range(BATCH)]
            yield (
                torch.from_numpy(np.stack([seen(s) for s in shown])),
                [torch.from_numpy(s.truth) for s in shown],
                [torch.from_numpy(s.frame) for s in shown],
                [torch.from_numpy(s.ignored) for s in shown],
            )

    def draw(self, rng: np.random.Generator) -> Shown:
        if self.made and rng.random() < SIMULATED_SHARE:
            return altered(self.made[rng.integers(len(self.made))], SIDE, rng)
        return altered(self.real[rng.choice(len(self.real), p=self.weight)], SIDE, rng)


def seen(shown: Shown) -> np.ndarray:
    sea, top = levels(shown.power)
    return channels(shown.power, sea * 10 ** (shown.shift_db / 10), top * shown.top_scale)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--simulated", type=Path)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    pictures = read_ssdd(given.data / "sar-ssdd-train")
    shown = [c for c in pictures if given.fold is None or fold_of(c.name, given.folds) != given.fold]
    made = read_simulated(given.simulated) if given.simulated else []
    torch.manual_seed(given.seed)
    net = ShipNetwork()
    if given.start:
        net.load_state_dict(torch.load(given.start))
    print(f"{len(shown)} pictures, {sum(len(c.ships) for c in shown)} ships, {len(made)} simulated", flush=True)
    net = train(net, Stream(shown, made, given.seed), given.steps, given.out)
    if given.fold is not None:
        from score_radar import scored

        print(scored(net, [c for c in pictures if fold_of(c.name, given.folds) == given.fold]), flush=True)


if __name__ == "__main__":
    main()
