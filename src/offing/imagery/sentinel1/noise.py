"""A product's thermal noise: power along range, times a factor along azimuth (ESA, MPC-0392, 2017)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.markup import Node
from offing.imagery.sentinel1.tables import Table, read_table
from offing.records import Record

F32 = NDArray[np.float32]
Floats = NDArray[np.float64]


class AzimuthFactor(Record, frozen=True):
    """A factor on the noise in one part of the picture, as the antenna swept along azimuth there."""

    lines: tuple[int, int]
    """First line, line behind the last."""
    samples: tuple[int, int]
    """First range sample, sample behind the last."""
    at: Floats
    """Lines that have a value, ascending."""
    factors: Floats
    """The values there."""


class Noise(Record, frozen=True):
    """The noise of one polarisation, in squared digital numbers."""

    table: Table
    azimuth: tuple[AzimuthFactor, ...]
    """Empty in products of processors before 2.90."""

    @property
    def is_zero(self) -> bool:
        """Whether the product annotates no noise at all, as some of the first ones."""
        return not self.table.vectors.any()

    def strips(self, samples: slice, first: int, last: int, lines: int) -> Iterator[F32]:
        """Noise power (lines, samples) in runs of ``lines`` from ``first`` to ``last``; the caller's to change."""
        for start, _, level in self.table.strips(samples, first, last, lines):
            self.scale(level, start, samples.start)
            yield level

    def scale(self, noise: F32, first_line: int, first_sample: int) -> None:
        """Applies the factors along azimuth to (lines, samples) of noise whose first pixel is given, in place."""
        lines, samples = noise.shape
        for part in self.azimuth:
            top, bottom = max(part.lines[0], first_line), min(part.lines[1], first_line + lines)
            left, right = max(part.samples[0], first_sample), min(part.samples[1], first_sample + samples)
            if top < bottom and left < right:
                factor = np.interp(np.arange(top, bottom), part.at, part.factors).astype(np.float32)
                noise[top - first_line : bottom - first_line, left - first_sample : right - first_sample] *= factor[
                    :, None
                ]


def read_noise(root: Node, samples: int) -> Noise:
    """The noise of one polarisation, in either layout of the file. Raises PictureError where it is not whole."""
    old = root.all("noiseVectorList/noiseVector")
    if old:
        return Noise(table=_positive(read_table(old, "noiseLut", samples, root.where), root.where), azimuth=())
    table = read_table(root.all("noiseRangeVectorList/noiseRangeVector"), "noiseRangeLut", samples, root.where)
    factors = tuple(_factor(v) for v in root.all("noiseAzimuthVectorList/noiseAzimuthVector"))
    return Noise(table=_positive(table, root.where), azimuth=factors)


def _factor(vector: Node) -> AzimuthFactor:
    at, factors = vector.numbers("line"), vector.numbers("noiseAzimuthLut")
    if len(at) != len(factors) or (np.diff(at) <= 0).any() or (factors < 0.0).any():
        raise PictureError(
            "has noise factors along azimuth that do not fit", where=vector.where, fix="download the product again"
        )
    return AzimuthFactor(
        lines=(vector.whole("firstAzimuthLine"), vector.whole("lastAzimuthLine") + 1),
        samples=(vector.whole("firstRangeSample"), vector.whole("lastRangeSample") + 1),
        at=at,
        factors=factors,
    )


def _positive(table: Table, where: str) -> Table:
    if (table.vectors < 0.0).any():
        raise PictureError("claims negative noise", where=where, fix="download the whole product again")
    return table
