"""The training loop: AdamW, a cosine of rates, and an average of the weights over the last steps."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from losses import loss
from network import ShipNetwork

RATE, LAST_RATE, DECAY, WARM = 2.0e-3, 1e-5, 0.03, 200

Batch = tuple[Tensor, list[Tensor], list[Tensor], list[Tensor]]
"""Channels, truths, frames, and what is ignored: see ``losses.loss``."""


def train(net: ShipNetwork, batches: Iterable[Batch], steps: int, out: Path) -> ShipNetwork:
    """Trained weights, averaged over the last steps; written to ``out`` every thousand steps."""
    net = net.to(memory_format=torch.channels_last)
    kept = copy.deepcopy(net)
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}])
    begin, total = time.time(), 0.0
    for step, (x, truths, frames, ignored) in enumerate(batches):
        if step == steps:
            break
        rate = RATE * min(1, (step + 1) / WARM) * (0.5 + 0.5 * math.cos(math.pi * step / steps)) + LAST_RATE
        for group in optimiser.param_groups:
            group["lr"] = rate
        value = loss(net(x.to(memory_format=torch.channels_last)), truths, frames, ignored)
        optimiser.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        optimiser.step()
        average(kept, net, min(0.998, (1 + step) / (10 + step)))
        total += value.item()
        if step % 100 == 99:
            print(f"step {step + 1} loss {total / 100:.3f} {(time.time() - begin) / (step + 1):.3f} s/step", flush=True)
            total = 0.0
        if step % 1000 == 999:
            torch.save(kept.state_dict(), out)
    torch.save(kept.state_dict(), out)
    return kept.eval()


@torch.no_grad()
def average(kept: ShipNetwork, net: ShipNetwork, share: float) -> None:
    for a, b in zip(kept.state_dict().values(), net.state_dict().values(), strict=True):
        if a.is_floating_point():
            a.mul_(share).add_(b, alpha=1 - share)
        else:
            a.copy_(b)
