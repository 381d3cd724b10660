"""One training run of the network that finds ships' ends.

    python training/train_ends.py OUT.pt WINDOWS.npz… [--hold K…] [--steps N] [--start W.pt]

``--hold`` holds the windows of folds out, 0–2 places of optical-naval, 100–102 ports; simulated ships, naval harbours
and ports count alike. Prints the error of lengths on what is held out, and on every tenth simulated window.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ends_network import BARS, STRIPS, EndsNetwork

BATCH = 64
SOFT = 0.8
"""Samples: standard deviation of what is asked around the true place."""
RATE = 3e-3


class Windows:
    """Strips and bars in memory."""

    def __init__(self, paths: Sequence[Path]) -> None:
        read: list[tuple[np.ndarray, ...]] = []
        for path in paths:
            with np.load(path) as kept:
                read.append(tuple(kept[k] for k in ("planes", "truth", "facts", "fold")))
        planes, self.truth, self.facts, self.fold = (np.concatenate(v) for v in zip(*read, strict=True))
        self.source = np.where(self.fold < 0, 0, 1 + self.fold // 100)
        n, count, along, across = planes.shape
        parts = [p.astype(np.float32) for p in np.array_split(planes, max(1, n // 500))]
        self.strips = np.concatenate(
            [p.reshape(-1, count, along, STRIPS, across // STRIPS).mean(4).astype(np.float16) for p in parts]
        )
        self.bars = np.concatenate(
            [p.reshape(-1, count, BARS, along // BARS, across).mean(3).astype(np.float16) for p in parts]
        )

    def batch(self, which: np.ndarray, rng: np.random.Generator | None) -> tuple[tuple[Tensor, ...], Tensor]:
        """Inputs and truths; altered when ``rng`` is given."""
        strips, bars = self.strips[which].astype(np.float32), self.bars[which].astype(np.float32)
        truth = self.truth[which].copy()
        if rng is not None:
            altered(strips, bars, truth, rng)
        scales = np.log(self.facts[which, :2]).astype(np.float32)
        return tuple(torch.from_numpy(a) for a in (strips, bars, scales)), torch.from_numpy(truth)


def altered(strips: np.ndarray, bars: np.ndarray, truth: np.ndarray, rng: np.random.Generator) -> None:
    """Flipped, with other gains, noise, missing bands; in place."""
    n, planes = strips.shape[:2]
    some = rng.random(n) < 0.5
    strips[some], bars[some] = strips[some][:, :, ::-1], bars[some][:, :, ::-1]
    truth[some, :2] = strips.shape[2] - truth[some, 1::-1]
    truth[some, 4] *= -1
    some = rng.random(n) < 0.5
    strips[some], bars[some] = strips[some][..., ::-1], bars[some][..., ::-1]
    truth[some, 2:4] = bars.shape[3] - truth[some, 3:1:-1]
    truth[some, 4] *= -1
    gain = np.exp(rng.normal(0, 0.12, (n, planes - 1, 1, 1)) + rng.normal(0, 0.15, (n, 1, 1, 1)))
    lift = rng.normal(0, 0.04, (n, planes - 1, 1, 1))
    only = np.flatnonzero(rng.random(n) < 0.12)
    shown = rng.integers(3, size=len(only))
    lost = rng.random((n, 2)) < 0.13
    rough = 0.04 * rng.random((n, 1, 1, 1)) ** 2
    for a in (strips, bars):
        a[:, :-1] = a[:, :-1] * gain + lift + rough * rng.standard_normal((n, planes - 1, *a.shape[2:]), np.float32)
        a[only, :3] = a[only, shown][:, None]
        if planes > 4:
            a[lost[:, 0], 4] = 0
            a[lost[:, 1], 3:5] = 0


def loss_of(out: tuple[Tensor, Tensor, Tensor], truth: Tensor) -> Tensor:
    ends, sides, lean = out
    found = _cross(ends, truth[:, :2]) + 0.5 * _cross(sides, truth[:, 2:4])
    return found + 10 * nn.functional.smooth_l1_loss(lean[:, 0], truth[:, 4].clamp(-0.4, 0.4), beta=0.05)


def _cross(logits: Tensor, place: Tensor) -> Tensor:
    size = logits.shape[2]
    at = torch.arange(size) + 0.5
    asked = torch.softmax(-0.5 * ((at - place.clamp(0.5, size - 0.5)[:, :, None]) / SOFT) ** 2, 2)
    return -(asked * torch.log_softmax(logits, 2)).sum(2).mean()


def places_of(logits: Tensor) -> tuple[Tensor, Tensor]:
    """(means, standard deviations) in samples."""
    share = torch.softmax(logits, 2)
    at = torch.arange(logits.shape[2]) + 0.5
    mean = (share * at).sum(2)
    return mean, ((share * at**2).sum(2) - mean**2).clamp_min(1e-4).sqrt()


def scored(net: EndsNetwork, windows: Windows, which: np.ndarray) -> str:
    net.eval()
    errors, sides, lean, inside = [], [], [], []
    with torch.no_grad():
        for part in np.array_split(which, max(1, len(which) // 256)):
            x, truth = windows.batch(part, None)
            ends, side, tangent = net(*x)
            mean, sd = places_of(ends)
            step = windows.facts[part, 0]
            errors.append(((mean[:, 1] - mean[:, 0]) - (truth[:, 1] - truth[:, 0])).numpy() / step)
            inside.append((np.abs(mean - truth[:, :2]) < 1.645 * sd).numpy().mean(1))
            beam, _ = places_of(side)
            sides.append(((beam[:, 1] - beam[:, 0]) - (truth[:, 3] - truth[:, 2])).numpy() / windows.facts[part, 1])
            lean.append(np.degrees(np.abs((tangent[:, 0] - truth[:, 4]).numpy())))
    net.train()
    e, s = np.concatenate(errors), np.concatenate(sides)
    size = windows.facts[which, 3]
    box = windows.facts[which, 2] - size
    return (f"n {len(e)}: length {np.abs(e).mean():.2f} px (median {np.median(np.abs(e)):.2f}, "
            f"{np.median(np.abs(e) / size):.1%}; box {np.abs(box).mean():.2f}), bias {e.mean():+.2f}; "
            f"beam {np.abs(s).mean():.2f}, bias {s.mean():+.2f}; lean {np.median(np.concatenate(lean)):.2f}; "
            f"ends inside {np.concatenate(inside).mean():.2f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("windows", type=Path, nargs="+")
    parser.add_argument("--hold", type=int, nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--start", type=Path)
    parser.add_argument("--seed", type=int, default=3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(given.seed)
    rng = np.random.default_rng(given.seed)
    windows = Windows(given.windows)
    number = np.arange(len(windows.truth))
    held = np.isin(windows.fold, given.hold)
    mine = number[~held]
    weight = 1 / np.bincount(windows.source[mine])[windows.source[mine]]
    weight /= weight.sum()
    net = EndsNetwork(windows.strips.shape[1] - 1)
    if given.start:
        net.load_state_dict(torch.load(given.start))
    optimiser = torch.optim.AdamW(net.parameters(), given.rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, given.rate, given.steps, pct_start=0.1)
    begun, mean = time.time(), 0.0
    for step in range(1, given.steps + 1):
        x, truth = windows.batch(rng.choice(mine, BATCH, p=weight), rng)
        loss = loss_of(net(*x), truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        mean += (float(loss) - mean) * max(0.02, 1 / step)
        if step % 600 == 0 or step == given.steps:
            print(f"{step} loss {mean:.3f} {time.time() - begun:.0f} s", flush=True)
            parts = {"harbours": held & (windows.source == 1), "ports": held & (windows.source == 2),
                     "simulated": (windows.source == 0) & (number % 10 == 0)}  # fmt: skip
            for name, part in parts.items():
                if part.any():
                    print("  ", name, scored(net, windows, number[part][:: max(1, part.sum() // 600)]), flush=True)
    torch.save(net.state_dict(), given.out)


if __name__ == "__main__":
    main()
