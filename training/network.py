"""The small network that finds ships: a stride-4 grid of oriented boxes with a score each.

A convolutional encoder to stride 32, a decoder back to stride 4 (cross-stage partial blocks throughout), one shared
head. Input (n, planes, rows, cols), both sides multiples of 32: see ``offing.vessels.detection.channels`` and
``optical_channels``. Output (n, 7 or 8, rows / 4, cols / 4): logit, centre offset (dcol, drow) in strides, logs of
length and beam in strides, cosine and sine of twice the axis angle (clockwise from right, pixels); with the bow, the
log odds that a position on a ship lies in its bow's half: that is the same however the ship is turned, and easily
learnt.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 4
CHANNELS = (16, 32, 64, 96, 128)
NECK = 40


class Unit(nn.Module):
    """Convolution, batch normalisation, rectifier."""

    def __init__(self, inputs: int, outputs: int, side: int = 3, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, stride, side // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.norm(self.conv(x)))


class Partial(nn.Module):
    """Cross-stage partial block: half of the channels pass through ``depth`` pairs of convolutions."""

    def __init__(self, inputs: int, outputs: int, depth: int, *, residual: bool = True) -> None:
        super().__init__()
        half = outputs // 2
        self.enter = Unit(inputs, outputs, 1)
        self.steps = nn.ModuleList(nn.Sequential(Unit(half, half), Unit(half, half)) for _ in range(depth))
        self.leave = Unit(half * (2 + depth), outputs, 1)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self.enter(x).chunk(2, 1))
        for step in self.steps:
            parts.append(step(parts[-1]) + parts[-1] if self.residual else step(parts[-1]))
        return self.leave(torch.cat(parts, 1))


class ShipNetwork(nn.Module):
    """About 0.6 million weights, 1.5 billion multiplications for 512 × 512 pixels."""

    def __init__(self, inputs: int = 2, *, bow: bool = False) -> None:
        super().__init__()
        a, b, c, d, e = CHANNELS
        self.stem = Unit(inputs, a, 3, 2)
        self.quarter = nn.Sequential(Unit(a, b, 3, 2), Partial(b, b, 1))
        self.eighth = nn.Sequential(Unit(b, c, 3, 2), Partial(c, c, 2))
        self.sixteenth = nn.Sequential(Unit(c, d, 3, 2), Partial(d, d, 2))
        self.deepest = nn.Sequential(Unit(d, e, 3, 2), Partial(e, e, 1))
        self.up = nn.Upsample(scale_factor=2)
        self.join16 = Partial(e + d, d, 1, residual=False)
        self.join8 = Partial(d + c, c, 1, residual=False)
        self.join4 = Partial(c + b, NECK, 1, residual=False)
        self.shared = Unit(NECK, NECK)
        self.head = nn.Conv2d(NECK, 8 if bow else 7, 1)
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.bias[0] = -4.6  # one position in a hundred is on a ship
            self.head.bias[3], self.head.bias[4] = 1.6, 0.6

    def forward(self, x: Tensor) -> Tensor:
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        y = self.join16(torch.cat([self.up(self.deepest(sixteenth)), sixteenth], 1))
        y = self.join8(torch.cat([self.up(y), eighth], 1))
        y = self.join4(torch.cat([self.up(y), quarter], 1))
        return self.head(self.shared(y))


def decode(raw: Tensor) -> tuple[Tensor, Tensor]:
    """(n, positions) logits and (n, positions, 6) boxes: col, row, length, beam in pixels, cos 2θ, sin 2θ."""
    _, _, rows, cols = raw.shape
    flat = raw.flatten(2).transpose(1, 2).float()
    row, col = torch.meshgrid(torch.arange(rows), torch.arange(cols), indexing="ij")
    centre = (torch.stack([col, row], -1).reshape(-1, 2) + 0.5) * STRIDE
    place = centre + flat[..., 1:3] * STRIDE
    size = flat[..., 3:5].clamp(-2, 5.5).exp() * STRIDE
    turn = nn.functional.normalize(flat[..., 5:7], dim=-1, eps=1e-4)
    return flat[..., 0], torch.cat([place, size, turn], -1)


def enclosing(boxes: Tensor) -> Tensor:
    """(…, 4) col0, row0, col1, row1 of the upright boxes around (…, 6) oriented ones."""
    col, row, length, beam, cos2, _ = boxes.unbind(-1)
    cos = ((1 + cos2).clamp_min(1e-6) / 2).sqrt()
    sin = ((1 - cos2).clamp_min(1e-6) / 2).sqrt()
    width, height = length * cos + beam * sin, length * sin + beam * cos
    return torch.stack([col - width / 2, row - height / 2, col + width / 2, row + height / 2], -1)
