"""The small network that finds where ships end, looking along and across the axis of their box.

Input ``strips`` (n, planes + 1, 96, 8): the window in eight strips along the axis; ``bars`` (n, planes + 1, 12, 24): in
twelve bars across it; the last plane says where there is data. ``scales`` (n, 2): logs of the samples of a pixel, along
and across. Output ends (n, 2, 96) and sides (n, 2, 24): logits of where either end, either side lies; lean (n, 1):
tangent of the angle by which the ship's axis differs from the window's.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIPS, BARS = 8, 12
WIDTH = 32


class Unit(nn.Module):
    """Convolution along one axis, batch normalisation, rectifier."""

    def __init__(self, inputs: int, outputs: int, side: int = 5, spread: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, side, padding=side // 2 * spread, dilation=spread, bias=False)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.norm(self.conv(x)))


class EndsNetwork(nn.Module):
    """About 50 thousand weights, 3 million multiplications a ship."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        self.enter = Unit((planes + 1) * STRIPS + 2, WIDTH)
        self.along = nn.ModuleList(Unit(WIDTH, WIDTH, 5, d) for d in (1, 2, 4, 8))
        self.ends = nn.Conv1d(WIDTH, 2, 1)
        self.aside = Unit((planes + 1) * BARS + 2, WIDTH)
        self.across = nn.ModuleList(Unit(WIDTH, WIDTH, 5, d) for d in (1, 2))
        self.sides = nn.Conv1d(WIDTH, 2, 1)
        self.lean = nn.Linear(WIDTH * 12, 1)

    def forward(self, strips: Tensor, bars: Tensor, scales: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        y = self.enter(_joined(strips.transpose(2, 3), scales))
        for step in self.along:
            y = y + step(y)
        z = self.aside(_joined(bars, scales))
        for step in self.across:
            z = z + step(z)
        lean = self.lean(nn.functional.avg_pool1d(z, 2).flatten(1))
        return self.ends(y), self.sides(z), lean


def _joined(parts: Tensor, scales: Tensor) -> Tensor:
    """(n, planes · parts + 2, samples)."""
    flat = parts.flatten(1, 2)
    return torch.cat([flat, scales[:, :, None].expand(-1, -1, flat.shape[2])], 1)
