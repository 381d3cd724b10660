"""Where ships begin and end in windows along their axes: a small network, trained as ``training/train_ends.py`` says.

It gives a distribution over the samples for either end and either side, from which come a place and how far it is open,
ship by ship. What those spreads are worth was measured on ships of known size: see the card's ``calibration``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import WeightsError
from offing.records import Record
from offing.vessels.detection.additive import Card
from offing.vessels.detection.kernels import F32, F64
from offing.vessels.detection.optical_channels import Kind
from offing.vessels.measurement.hull_windows import ACROSS, ALONG, Frame

CARDS: dict[Kind, str] = {"coarse": "optical-coarse-ends-1", "fine": "optical-fine-ends-1"}
STRIPS, BARS = 8, 12
"""Strips along the axis and bars across it that the network is shown a window in."""


class Worth(Record, frozen=True):
    """What a measurement of the network is worth: its error's standard deviation, and what is taken off."""

    excess_px: float
    """By how much it is too long, pixels."""
    of_box: float
    """Share of the box's own size in what is given, 0–1."""
    stretch: float
    """Standard deviations of the true error in one of the network's own."""
    pixels: float
    """Standard deviation beside that, pixels …"""
    relative: float
    """… and over the size."""
    known_to: float | None = None
    """Greatest size, in ground units, that most of the truth had; None: no such limit."""
    beyond: float = 0.0
    """Standard deviation over what exceeds it."""

    def sd(self, own: float, grain: float, size: float) -> float:
        """Standard deviation of a size in ground units; ``own``: what the network says of it."""
        beyond = self.beyond * max(0.0, size - self.known_to) if self.known_to is not None else 0.0
        return math.hypot(self.stretch * own, self.pixels * grain, self.relative * size, beyond)


class EndsCard(Record, frozen=True):
    """The network with its model card."""

    card: Card
    weights: str
    """Name of the ONNX file beside the card."""
    sha256: str
    """Of that file."""
    length: Worth
    beam: Worth


class Ends(Record, frozen=True, eq=False):
    """What is seen in windows, in ground units from the centres of their frames; a row a ship."""

    ends: F64
    """(n, 2) astern and ahead, along the axis."""
    ends_sd: F64
    """(n, 2) standard deviations, as the network says them."""
    sides: F64
    """(n, 2) across the axis."""
    sides_sd: F64
    """(n, 2)"""
    tangent: F64
    """(n,) of the angle by which the axis differs from the frame's."""


class EndsNetwork:
    """A network ready to run; may be called from several threads."""

    def __init__(self, weights: bytes) -> None:
        """``weights``: an ONNX file."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def seen(self, windows: F32, frames: Sequence[Frame]) -> Ends:
        """Ends and sides in (n, planes + 1, ALONG, ACROSS) ``windows``.

        Windows are shown in all four ways that they can be flipped, and what is seen is averaged: so that a ship is
        measured alike whichever way its box points.
        """
        scales = np.log(
            [[f.grain / f.step_along, f.grain / f.step_across] for f in frames], dtype=np.float64
        ).reshape(-1, 2).astype(np.float32)  # fmt: skip
        ends, sides = np.zeros((len(windows), 2, ALONG)), np.zeros((len(windows), 2, ACROSS))
        tangent = np.zeros(len(windows))
        for fore in (1, -1):
            for port in (1, -1):
                one, other, lean = self._run(windows[:, :, ::fore, ::port], scales)
                ends += one[:, ::fore, ::fore] / 4
                sides += other[:, ::port, ::port] / 4
                tangent += lean[:, 0] * fore * port / 4
        steps = np.array([[f.step_along, f.step_across] for f in frames], np.float64).reshape(-1, 2)
        reach = np.array([[f.reach, f.side] for f in frames], np.float64).reshape(-1, 2)
        at, spread = _places(ends)
        side, side_spread = _places(sides)
        return Ends(
            ends=at * steps[:, :1] - reach[:, :1],
            ends_sd=spread * steps[:, :1],
            sides=side * steps[:, 1:] - reach[:, 1:],
            sides_sd=side_spread * steps[:, 1:],
            tangent=tangent,
        )

    def _run(self, windows: F32, scales: F32) -> tuple[NDArray[np.float32], ...]:
        n, planes = windows.shape[:2]
        strips = windows.reshape(n, planes, ALONG, STRIPS, ACROSS // STRIPS).mean(axis=4)
        bars = windows.reshape(n, planes, BARS, ALONG // BARS, ACROSS).mean(axis=3)
        return tuple(self._session.run(None, {"strips": strips, "bars": bars, "scales": scales}))


def _places(logits: F64) -> tuple[F64, F64]:
    """(means, standard deviations) in samples from the window's corner; (n, 2) each."""
    share = np.exp(logits - logits.max(axis=2, keepdims=True))
    share /= share.sum(axis=2, keepdims=True)
    at = np.arange(logits.shape[2]) + 0.5
    mean = np.asarray((share * at).sum(axis=2))
    return mean, np.sqrt(np.maximum((share * (at - mean[:, :, None]) ** 2).sum(axis=2), 1e-4))


@cache
def ends_network(kind: Kind) -> EndsNetwork:
    """The network for pictures of a kind. Raises WeightsError when its weights are not those of the card."""
    card = ends_card(kind)
    weights = (files("offing") / "weights" / card.weights).read_bytes()
    if hashlib.sha256(weights).hexdigest() != card.sha256:
        raise WeightsError("are not the weights of the model card", where=card.weights, fix="install offing again")
    return EndsNetwork(weights)


@cache
def ends_card(kind: Kind) -> EndsCard:
    """Its model card from ``offing/weights``."""
    return msgspec.json.decode((files("offing") / "weights" / f"{CARDS[kind]}.json").read_bytes(), type=EndsCard)
