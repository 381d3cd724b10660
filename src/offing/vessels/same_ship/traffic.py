"""The ships that it could have been instead: classes with their shares, and the sizes that follow."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.records import Record
from offing.sites.model import Baseline
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import VesselClass

F64 = NDArray[np.float64]

_COLUMNS = ["class", "share"]
_SHORTEST_M, _LONGEST_M, _STEP = 8.0, 450.0, 0.01
_BEAM_SD = 0.06
"""Standard deviation of the logarithm of beam over length within a class that has a range of sizes: declared."""


class Traffic(Record, frozen=True):
    """What passes there: shares that add up to 1."""

    shares: dict[str, float]
    """Class id → share."""
    basis: str
    """Where they are known from."""


class Sizes(Record, frozen=True, eq=False):
    """Lengths and beams of a traffic, on a lattice of logarithms of the length."""

    length_m: F64
    """(n,)."""
    probability: F64
    """(classes, n), all of them adding up to 1."""
    beam_ratio: F64
    """(classes,) middle of beam over length."""
    beam_sd: F64
    """(classes,) standard deviation of its logarithm."""


def library_traffic(library: ClassLibrary) -> Traffic:
    """Every class of the library whose layout is known, equally often."""
    ids = sorted(c.id for c in library if c.parts and c.length_m and c.beam_m)
    return _made(dict.fromkeys(ids, 1.0), f"{len(ids)} classes of the library that have a layout, equally often")


def baseline_traffic(baselines: Iterable[Baseline], library: ClassLibrary) -> Traffic:
    """What a site's baseline expects: calls shared equally among the classes of each entry, and of each wide class
    among the classes below it. Entries for any ship stand for the whole library.
    """
    shares: dict[str, float] = {}
    for entry in baselines:
        below = library.leaves(entry.classes)
        ids = [c for c in below if library.get(c).beam_m] or list(library_traffic(library).shares)
        for class_id in ids:
            shares[class_id] = shares.get(class_id, 0.0) + entry.calls_per_30d / len(ids)
    if not sum(shares.values()) > 0.0:
        return library_traffic(library)
    return _made(shares, "the site's baseline")


def read_traffic(path: Path, library: ClassLibrary) -> Traffic:
    """A CSV with the columns class and share. Raises OffingError that names file and line, CaseFileError for a class
    that is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise OffingError("is not UTF-8 text", where=str(path), fix="save it as UTF-8 CSV") from None
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    if [h.strip() for h in header] != _COLUMNS:
        raise OffingError("the columns are not class,share", where=f"{path}, line 1", fix="write class,share")
    shares: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        if row:
            class_id, share = _line(row, f"{path}, line {number}", library)
            if class_id in shares:
                raise OffingError(f"{class_id!r} stands there twice", where=f"{path}, line {number}", fix="add them up")
            shares[class_id] = share
    if not sum(shares.values()) > 0.0:
        raise OffingError("no class has a share above 0", where=str(path), fix="give one line a class")
    return _made(shares, f"stated in {path.name}")


def sizes(traffic: Traffic, library: ClassLibrary) -> Sizes:
    """The sizes of a traffic: within a class log-uniform lengths, the beam in proportion."""
    return _sizes(tuple(sorted(traffic.shares.items())), library)


@lru_cache(maxsize=8)
def _sizes(shares: tuple[tuple[str, float], ...], library: ClassLibrary) -> Sizes:
    grid = np.arange(math.log(_SHORTEST_M), math.log(_LONGEST_M), _STEP)
    classes = [(library.get(c), share) for c, share in shares if share > 0.0]
    probability = np.stack([share * _lengths(c, grid) for c, share in classes])
    ratios = [_beam(c) for c, _ in classes]
    return Sizes(
        length_m=np.exp(grid),
        probability=probability / probability.sum(),
        beam_ratio=np.array([r for r, _ in ratios]),
        beam_sd=np.array([s for _, s in ratios]),
    )


def _lengths(entry: VesselClass, grid: F64) -> F64:
    """P(length) on the lattice; ships of a class with one published length differ by 1 %."""
    assert entry.length_m is not None
    low, high = (math.log(v) for v in entry.length_m)
    edge = 0.01
    from scipy.special import ndtr

    shape = ndtr((grid - low) / edge) * ndtr((high - grid) / edge)
    return np.asarray(shape / max(float(shape.sum()), 1e-300), np.float64)


def _beam(entry: VesselClass) -> tuple[float, float]:
    """(beam over length, standard deviation of its logarithm)."""
    assert entry.length_m is not None
    assert entry.beam_m is not None
    low, high = entry.beam_m[0] / entry.length_m[0], entry.beam_m[1] / entry.length_m[1]
    wide = entry.length_m[1] > 1.1 * entry.length_m[0]
    return math.sqrt(low * high), max(abs(math.log(high / low)) / 3.3, _BEAM_SD if wide else 0.01)


def _line(row: list[str], where: str, library: ClassLibrary) -> tuple[str, float]:
    if len(row) != len(_COLUMNS):
        raise OffingError(f"{len(row)} values", where=where, fix="write class,share")
    entry = library.get(row[0].strip())
    try:
        share = float(row[1])
    except ValueError:
        share = math.nan
    if not 0.0 <= share < math.inf:
        raise OffingError(f"{row[1]!r} is no share", where=where, fix="write a number from 0 up")
    if not (entry.length_m and entry.beam_m):
        raise OffingError(f"class {entry.id!r} has no size", where=where, fix="name narrower classes")
    return entry.id, share


def _made(shares: Mapping[str, float], basis: str) -> Traffic:
    total = sum(shares.values())
    if not total > 0.0:
        raise OffingError("no class of the library has a layout", fix="state the traffic")
    return Traffic(shares={c: s / total for c, s in sorted(shares.items())}, basis=basis)
