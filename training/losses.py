"""Which position of the grid answers for which ship, and what it is told: task-aligned learning (Feng et al. 2021),
with the generalised overlap of the enclosing boxes and the Gaussian overlap (ProbIoU, Llerena et al. 2021) of the
oriented ones.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from network import STRIDE, decode, enclosing

TOP = 10
"""Positions a ship may have."""


def overlap(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """(overlap, generalised overlap) of upright boxes (…, 4)."""
    size = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp_min(0)
    inter = size.prod(-1)
    areas = (a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1)
    union = (areas - inter).clamp_min(1e-6)
    around = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1).clamp_min(1e-6)
    return inter / union, inter / union - (around - union) / around


def gaussian_overlap(a: Tensor, b: Tensor) -> Tensor:
    """1 − Hellinger distance of the Gaussians that two oriented boxes (…, 6) stand for."""
    ax, bx = _covariance(a), _covariance(b)
    sxx, syy, sxy = (p + q for p, q in zip(ax, bx, strict=True))
    dx, dy = a[..., 0] - b[..., 0], a[..., 1] - b[..., 1]
    det = (sxx * syy - sxy**2).clamp_min(1e-6)
    near = 0.25 * (syy * dx**2 + sxx * dy**2 - 2 * sxy * dx * dy) / det
    det_a, det_b = ((p[0] * p[1] - p[2] ** 2).clamp_min(1e-6) for p in (ax, bx))
    shape = 0.5 * (det / (4 * (det_a * det_b).sqrt())).clamp_min(1.0).log()
    distance = (1 - torch.exp(-(near + shape).clamp(1e-6, 100.0)) + 1e-6).sqrt()
    return 1 - distance


def _covariance(boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    long, short = boxes[..., 2] ** 2 / 12, boxes[..., 3] ** 2 / 12
    mean, half = (long + short) / 2, (long - short) / 2
    return mean + half * boxes[..., 4], mean - half * boxes[..., 4], half * boxes[..., 5]


def assign(logits: Tensor, boxes: Tensor, truth: Tensor, frame: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Positions (k,), their ships (k,) and targets (k,) for one picture; ``truth`` (m, 6), ``frame`` (m, 4)."""
    side = math.isqrt(len(logits))
    step = torch.arange(side) * STRIDE + STRIDE / 2.0
    centre = torch.stack([step.repeat(side), step.repeat_interleave(side)], -1)
    offset = centre[None] - truth[:, None, :2]
    cos = ((1 + truth[:, 4]).clamp_min(0) / 2).sqrt()
    sin = ((1 - truth[:, 4]).clamp_min(0) / 2).sqrt() * torch.where(truth[:, 5] < 0, -1.0, 1.0)
    along = (offset[..., 0] * cos[:, None] + offset[..., 1] * sin[:, None]).abs()
    across = (offset[..., 1] * cos[:, None] - offset[..., 0] * sin[:, None]).abs()
    reach = (truth[:, 2:4] / 2).clamp_min(STRIDE * 0.75)
    inside = (along <= reach[:, :1]) & (across <= reach[:, 1:])
    covered, _ = overlap(enclosing(boxes)[None], frame[:, None])
    score = logits.sigmoid()[None].sqrt() * covered.clamp_min(0) ** 4 + 1e-9 / (1 + along**2 + across**2)
    score = torch.where(inside, score, 0.0)
    best = score.topk(min(TOP, score.shape[1]), dim=1)
    chosen = torch.zeros_like(inside).scatter_(1, best.indices, best.values > 0)
    several = chosen.sum(0) > 1
    if several.any():
        winner = torch.where(chosen, covered, -1.0)[:, several].argmax(0)
        chosen[:, several] = functional.one_hot(winner, len(truth)).T.bool()
    ship, position = chosen.nonzero(as_tuple=True)
    if not len(ship):
        return position, ship, torch.zeros(0)
    value = score[ship, position]
    top = torch.zeros(len(truth)).scatter_reduce_(0, ship, value, "amax", include_self=True)
    good = torch.zeros(len(truth)).scatter_reduce_(0, ship, covered[ship, position], "amax", include_self=True)
    return position, ship, value / top[ship].clamp_min(1e-9) * good[ship].clamp_min(0.05)


def loss(raw: Tensor, truths: list[Tensor], frames: list[Tensor], ignored: list[Tensor]) -> Tensor:
    """Mean over the ships of one batch. ``truths``: (m, 6) oriented boxes a picture, or (m, 8) with the unit vector
    to the bow, zeros where it is not known; ``frames``: (m, 4) what encloses them; ``ignored``: (k, 4) upright boxes
    where nothing is asked.
    """
    logits, boxes = decode(raw)
    target, weight = torch.zeros_like(logits), torch.ones_like(logits)
    found, wanted, framed, strength, halves = [], [], [], [], []
    for i, (truth, frame) in enumerate(zip(truths, frames, strict=True)):
        if len(ignored[i]):
            weight[i] = _outside(ignored[i], len(logits[i]))
        if not len(truth):
            continue
        with torch.no_grad():
            position, ship, value = assign(logits[i], boxes[i], truth, frame)
        target[i, position], weight[i, position] = value, 1.0
        found.append(boxes[i, position])
        if raw.shape[1] > 7:
            halves.append(_halves(raw[i, 7], truth))
        wanted.append(truth[ship])
        framed.append(frame[ship])
        strength.append(value)
    total = target.sum().clamp_min(1.0)
    scoring = (functional.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).sum() / total
    if not found:
        return scoring
    a, b, f, s = torch.cat(found), torch.cat(wanted), torch.cat(framed), torch.cat(strength)
    _, general = overlap(enclosing(a), f)
    sharp = (b[:, 2] / b[:, 3] - 1).clamp(0, 1)  # a round blob has no axis to learn
    turn = 1 - (a[:, 4:] * b[:, 4:6]).sum(-1)
    placing = 2.5 * (1 - general) + 1.5 * (1 - gaussian_overlap(a, b)) + 0.5 * sharp * turn
    ends = sum(h.sum() for h in halves) / max(1, sum(len(h) for h in halves))
    return scoring + (placing * s).sum() / total + ends


def _halves(logits: Tensor, truth: Tensor) -> Tensor:
    """(k,) of each ship whose bow is known: how badly the positions on it are told to lie in its bow's half."""
    known = truth[truth[:, 6:8].abs().sum(-1) > 0]
    side = logits.shape[0]
    step = torch.arange(side) * STRIDE + STRIDE / 2.0
    centre = torch.stack([step.repeat(side), step.repeat_interleave(side)], -1)
    offset = centre[None] - known[:, None, :2]
    along = (offset * known[:, None, 6:8]).sum(-1) / known[:, 2:3]
    across = (offset[..., 1] * known[:, 6:7] - offset[..., 0] * known[:, 7:8]).abs()
    inside = (along.abs() < 0.5) & (across <= (known[:, 3:4] / 2).clamp_min(STRIDE * 0.6))
    weight = inside * (along.abs() / 0.2).clamp_max(1.0)  # amidships there is nothing to tell
    wrong = functional.binary_cross_entropy_with_logits(
        logits.flatten().expand_as(along), (along > 0).float(), reduction="none"
    )
    return (wrong * weight).sum(-1) / weight.sum(-1).clamp_min(1e-3)


def _outside(ignored: Tensor, count: int) -> Tensor:
    side = math.isqrt(count)
    step = torch.arange(side) * STRIDE + STRIDE / 2.0
    centre = torch.stack([step.repeat(side), step.repeat_interleave(side)], -1)[None]
    inside = ((centre >= ignored[:, None, :2]) & (centre <= ignored[:, None, 2:])).all(-1).any(0)
    return (~inside).float()
