"""What a benchmark is given and what it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from offing.errors import OffingError
from offing.records import Record


class BenchOptions(Record, frozen=True):
    """What a benchmark may use."""

    data: Path | None = None
    """Folder with the labelled sets; None when the user named none."""
    quick: bool = False
    """True: a smaller n, to try the benchmark itself; the figures say so."""
    seed: int = 0
    """Where generated data starts."""

    def __post_init__(self) -> None:
        if self.seed < 0:
            raise OffingError(f"the seed is {self.seed}", fix="give a whole number from 0 up")

    def folder(self, name: str) -> Path:
        """The labelled set of that name. Raises OffingError that says how to give it."""
        if self.data is None:
            raise OffingError(f"this benchmark needs the labelled set {name!r}", fix="name its folder: --data DIR")
        path = self.data / name
        if not path.is_dir():
            raise OffingError("there is no such labelled set", where=str(path), fix=f"put {name} under --data DIR")
        return path


class BenchResult(Record, frozen=True):
    """Figures with what they stand on."""

    name: str
    protocol: str
    """What was done, so that somebody else can do it."""
    n: int
    """How many things were measured."""
    split: str
    """Which they were, with ``split_hash`` of their names; ``generated`` with the seeds where they were made."""
    figures: dict[str, float | str]
    """Name with unit → value."""


def split_hash(names: Iterable[str]) -> str:
    """The first 12 hex digits of the SHA-256 of the sorted names, one a line."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:12]
