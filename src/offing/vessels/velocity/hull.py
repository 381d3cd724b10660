"""A ship as every band sees it: one outline, and a profile along the hull that each band may paint in its own colours.

Beyond both ends there is room for a wake. All is blurred by the band's point spread (a Gaussian with the sampled pixel
in it) in closed form, so that positions are continuous.
"""

from __future__ import annotations

import numpy as np

from offing.vessels.velocity.model import F64

SEGMENT = 1.5
"""Pixels of the hull that one value of the profile stands for."""
WAKE_SEGMENTS = 2
"""Values beyond each end."""
CORRELATION = 2.0
"""Pixels over which a profile is alike."""
WAKE_SHARE = 0.2
"""How much a wake may differ from the water, over how much a hull may."""


class Profile:
    """The pieces of a hull of a given length, and how alike neighbouring ones are expected to be."""

    def __init__(self, length: float) -> None:
        self.hull = max(2, round(length / SEGMENT))
        self.size = self.hull + 2 * WAKE_SEGMENTS
        self.inside = np.zeros(self.size, np.bool_)
        self.inside[WAKE_SEGMENTS : WAKE_SEGMENTS + self.hull] = True
        edges = self._edges(length)
        middle = (edges[1:] + edges[:-1]) / 2
        part = np.where(self.inside, 0.0, np.sign(middle))
        share = np.where(self.inside, 1.0, WAKE_SHARE)
        alike = np.exp(-0.5 * ((middle[:, None] - middle) / CORRELATION) ** 2)
        self.prior: F64 = alike * (part[:, None] == part) * share[:, None] * share + 1e-3 * np.eye(self.size)
        self.precision: F64 = np.linalg.inv(self.prior)

    def _edges(self, length: float) -> F64:
        wake = SEGMENT * np.arange(1, WAKE_SEGMENTS + 1)
        inner = np.linspace(-length / 2, length / 2, self.hull + 1)
        return np.concatenate([-length / 2 - wake[::-1], inner, length / 2 + wake])

    def shapes(self, ahead: F64, starboard: F64, length: float, width: float, blur: float) -> F64:
        """(n, 1 + size): what the whole hull and each piece of the profile, at brightness 1, give to pixels."""
        from scipy.special import ndtr

        over = ndtr((ahead[:, None] - self._edges(length)) / blur)
        across = ndtr((starboard + width / 2) / blur) - ndtr((starboard - width / 2) / blur)
        pieces = (over[:, :-1] - over[:, 1:]) * across[:, None]
        return np.concatenate([pieces[:, self.inside].sum(axis=1)[:, None], pieces], axis=1)
