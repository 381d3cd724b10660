"""The trained network that finds ships: oriented boxes on a grid of every fourth pixel, run by onnxruntime.

Weights and model card lie in ``offing/weights``; ``training/`` makes them anew.
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
from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.kernels import F32, F64

STRIDE = 4
"""Pixels along a side of a grid cell; one position in each answers for a ship."""
DEEPEST = 32
"""Both sides of what the network is shown are multiples of this."""
ALONG = (0.12, 0.2, 0.28, 0.36, 0.44)
"""Where along the axis, as shares of the length from the middle, it is asked which end the bow is."""


class NetworkCard(Record, frozen=True):
    """A network with its model card."""

    card: Card
    weights: str
    """Name of the ONNX file beside the card."""
    sha256: str
    """Of that file."""
    calibration: Curve
    """From a box's own log odds to those of a ship."""
    turned: bool = False
    """Whether it is shown everything a second time, upside down, and both are averaged."""
    bow: Curve | None = None
    """From the network's log odds that the bow lies at the likelier end to those that held; None: it does not tell."""

    def probability(self, log_odds: F64) -> F64:
        """P(a vessel), 0–1."""
        curve = self.calibration
        return np.asarray(1 / (1 + np.exp(-np.interp(log_odds, curve.knots, curve.values))), np.float64)

    def bow_probability(self, log_odds: float) -> float:
        """P(the bow lies at the end it is said to), 0.5–1, from the network's own ``log_odds`` of that."""
        if self.bow is None:
            return 0.5
        held = float(np.interp(abs(log_odds), self.bow.knots, self.bow.values))
        return max(0.5, 1 / (1 + math.exp(-held)))


class Boxes(Record, frozen=True, eq=False):
    """What the network sees: one row a position of its grid that is likely enough."""

    centre: F64
    """(n, 2) col, row in pixels, (0, 0) the outer corner of the first pixel."""
    size: F64
    """(n, 2) length, beam in pixels."""
    angle: F64
    """(n,) of the axis, radians clockwise from right, in [0, π)."""
    log_odds: F64
    """(n,) as the network gives them, not calibrated."""
    bow: F64
    """(n,) log odds, not calibrated, that the bow lies where the axis points to; zeros from a network that does not
    tell."""

    def __len__(self) -> int:
        return len(self.log_odds)

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Boxes:
        """Those where ``which`` is True, or those that it counts, in its order."""
        return Boxes(
            centre=self.centre[which],
            size=self.size[which],
            angle=self.angle[which],
            log_odds=self.log_odds[which],
            bow=self.bow[which],
        )

    def placed(self, col: float, row: float, scale: float = 1.0) -> Boxes:
        """The same in a picture ``scale`` times as fine, in which the corner lies at ``col``, ``row``."""
        return Boxes(
            centre=self.centre * scale + np.array([col, row]),
            size=self.size * scale,
            angle=self.angle,
            log_odds=self.log_odds,
            bow=self.bow,
        )

    @staticmethod
    def joined(parts: Sequence[Boxes]) -> Boxes:
        """All of ``parts``, in their order."""
        none = np.zeros((0, 2))
        return Boxes(
            centre=np.concatenate([none, *(p.centre for p in parts)]),
            size=np.concatenate([none, *(p.size for p in parts)]),
            angle=np.concatenate([none[:, 0], *(p.angle for p in parts)]),
            log_odds=np.concatenate([none[:, 0], *(p.log_odds for p in parts)]),
            bow=np.concatenate([none[:, 0], *(p.bow for p in parts)]),
        )

    def upright(self) -> F64:
        """(n, 4) col0, row0, col1, row1 of the upright boxes around them."""
        cos, sin = np.abs(np.cos(self.angle)), np.abs(np.sin(self.angle))
        half = 0.5 * np.stack([self.size[:, 0] * cos + self.size[:, 1] * sin,
                               self.size[:, 0] * sin + self.size[:, 1] * cos], axis=1)  # fmt: skip
        return np.concatenate([self.centre - half, self.centre + half], axis=1)


class Network:
    """A network ready to run; may be called from several threads."""

    def __init__(self, weights: bytes, *, turned: bool = False) -> None:
        """``weights``: an ONNX file; ``turned``: see ``NetworkCard``."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # Blocks are searched in threads already; one thread each keeps results the same whatever their number.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._turned = turned
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def boxes(self, channels: F32, least: float) -> Boxes:
        """Every position of at least ``least`` log odds in ``channels`` (channels, rows, cols), overlaps and all."""
        _, rows, cols = channels.shape
        full = np.pad(channels, ((0, 0), (0, -rows % DEEPEST), (0, -cols % DEEPEST)), mode="edge")
        raw = self._raw(full)
        if self._turned:
            # Boxes stay those of the upright view; what is asked of each position is the same in both.
            again = self._raw(np.ascontiguousarray(full[:, ::-1, ::-1]))[:, ::-1, ::-1]
            raw[[0, 7]] = (raw[[0, 7]] + again[[0, 7]]) / 2
        raw = raw[:, : -(-rows // STRIDE), : -(-cols // STRIDE)]
        row, col = np.nonzero(raw[0] > least)
        value = raw[:, row, col].astype(np.float64)
        centre, size = np.stack([col, row], axis=1) + 0.5 + value[1:3].T, np.exp(np.clip(value[3:5].T, -2, 5.5))
        angle = (0.5 * np.arctan2(value[6], value[5])) % np.pi
        return Boxes(
            centre=centre * STRIDE,
            size=size * STRIDE,
            angle=angle,
            log_odds=value[0],
            bow=bow_log_odds(raw[7], centre, size[:, 0], angle) if len(raw) > 7 else np.zeros(len(row)),
        )

    def _raw(self, channels: F32) -> F32:
        """(7 or 8, rows / 4, cols / 4): logit, place, size, axis, and where the bow's half lies."""
        return np.asarray(self._session.run(None, {"channels": channels[None]})[0][0], np.float32)


def bow_log_odds(halves: F32, centre: F64, length: F64, angle: F64) -> F64:
    """(n,) log odds that the bow lies where the axis points to, from those of the grid's positions along it.

    ``halves``: (rows, cols) log odds that a position lies in the bow's half of the ship it is on; ``centre`` (n, 2)
    col, row and ``length`` (n,) in cells of the grid, ``angle`` (n,) in radians clockwise from right.
    """
    axis = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ends = []
    for share in (*ALONG, *(-s for s in ALONG)):
        col, row = np.floor(centre + axis * (share * length)[:, None]).astype(np.intp).T
        ends.append(halves[np.clip(row, 0, halves.shape[0] - 1), np.clip(col, 0, halves.shape[1] - 1)])
    fore, aft = np.split(np.array(ends, np.float64), 2)
    return np.asarray(fore.mean(axis=0) - aft.mean(axis=0), np.float64)


@cache
def network(name: str) -> Network:
    """The network of the model card ``name``. Raises WeightsError when its weights are not those of the card."""
    card = network_card(name)
    weights = (files("offing") / "weights" / card.weights).read_bytes()
    if hashlib.sha256(weights).hexdigest() != card.sha256:
        raise WeightsError("are not the weights of the model card", where=card.weights, fix="install offing again")
    return Network(weights, turned=network_card(name).turned)


@cache
def network_card(name: str) -> NetworkCard:
    """The model card ``name`` from ``offing/weights``."""
    return msgspec.json.decode((files("offing") / "weights" / f"{name}.json").read_bytes(), type=NetworkCard)
