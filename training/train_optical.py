"""Trains an optical network.

Usage: python training/train_optical.py coarse|fine DATA OUT.pt [--simulated CHIPS.npz] [--only-simulated]
[--start NET.pt] [--fold K] [--steps S] [--seed 1]

DATA holds s2-ports and optical-naval. With ``--fold`` the ports or places of that fold are held out and scored at the
end.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import IterableDataset

from folds import fold_of_port, place_folds
from loop import train
from network import ShipNetwork
from offing.vessels.detection.optical_channels import PLANES, Kind
from optical_chips import OpticalChip, altered, read_naval, read_ports, read_simulated, reduced_naval
from score_optical import scored

SIDE: dict[Kind, int] = {"coarse": 160, "fine": 192}
BATCH: dict[Kind, int] = {"coarse": 16, "fine": 12}
SHARES: dict[Kind, dict[str, float]] = {
    "coarse": {"port": 0.6, "naval": 0.1, "simulated": 0.3},
    "fine": {"naval": 0.75, "simulated": 0.25},
}
"""How often a chip of each origin is shown, where there are such."""


class Stream(IterableDataset):
    """Batches without end: channels, truths, frames and what is ignored."""

    def __init__(self, chips: list[OpticalChip], kind: Kind, seed: int) -> None:
        self.kind, self.seed = kind, seed
        self.origins = {o: [c for c in chips if c.kind == o] for o in SHARES[kind]}
        self.origins = {o: mine for o, mine in self.origins.items() if mine}
        shares = np.array([SHARES[kind][o] for o in self.origins])
        self.shares = shares / shares.sum()
        self.weights = {o: _drawn(mine) for o, mine in self.origins.items()}

    def __iter__(self):
        rng = np.random.default_rng(self.seed)
        while True:
            shown = [self.draw(rng) for _ in range(BATCH[self.kind])]
            yield (
                torch.from_numpy(np.stack([s.planes for s in shown])),
                [torch.from_numpy(s.truth) for s in shown],
                [torch.from_numpy(s.frame) for s in shown],
                [torch.from_numpy(s.ignored) for s in shown],
            )

    def draw(self, rng: np.random.Generator):
        origin = list(self.origins)[rng.choice(len(self.shares), p=self.shares)]
        mine = self.origins[origin]
        return altered(mine[rng.choice(len(mine), p=self.weights[origin])], self.kind, SIDE[self.kind], rng)


def _drawn(chips: list[OpticalChip]) -> np.ndarray:
    """Pictures with more ships more often, but not in proportion."""
    many = np.array([np.sqrt(1.0 + len(c.ships)) for c in chips])
    return many / many.sum()


def labelled(kind: Kind, data: Path, fold: int | None) -> tuple[list[OpticalChip], list[OpticalChip]]:
    """(shown, held out)."""
    naval, places = read_naval(data / "optical-naval")
    if kind == "fine":
        folds = place_folds(data / "optical-naval" / "ships.csv")
        held = [c for c in naval if fold is not None and folds[places[c.name]] == fold]
        return [c for c in naval if c not in held], held
    ports = read_ports(data / "s2-ports")
    held = [c for c in ports if fold is not None and fold_of_port(c.name) == fold]
    return [c for c in ports if c not in held] + reduced_naval(naval), held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["coarse", "fine"])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--simulated", type=Path)
    parser.add_argument("--only-simulated", action="store_true")
    parser.add_argument("--start", type=Path)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(0)
    torch.manual_seed(given.seed)
    shown, held = labelled(given.kind, given.data, given.fold)
    made = read_simulated(given.simulated, given.kind) if given.simulated else []
    shown = made if given.only_simulated else shown + made
    print(
        f"{len(shown) - len(made)} pictures, {len(made)} simulated, {sum(len(c.ships) for c in shown)} ships",
        flush=True,
    )
    net = ShipNetwork(len(PLANES[given.kind]), bow=True)
    if given.start:
        net.load_state_dict(torch.load(given.start))
    net = train(net, Stream(shown, given.kind, given.seed), given.steps, given.out)
    if held:
        print(scored(net, held, given.kind), flush=True)


if __name__ == "__main__":
    main()
