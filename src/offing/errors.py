"""One tree of errors and warnings.

::

    OffingError                 the data, not the program, is at fault: exit 1, one line
    ├── CaseError               a case folder that cannot be used
    │   ├── CaseFileError       case.yaml: file, line, what was expected
    │   ├── StoreError          case.gpkg cannot be opened, read or written
    │   ├── LedgerError         ledger.jsonl is broken, or a kept file is not what it says
    │   └── CaseBusyError       another process holds the case
    ├── PictureError            a picture that cannot be read as one
    │   ├── NoGeoreferenceError
    │   └── NoTimeError
    ├── AisError                a file of AIS that cannot be used: file, line
    ├── PortIndexError          a table of ports that cannot be used: file, line
    ├── ObservationError        an observations table that breaks the contract: file, line, column
    ├── TimeError               a date, time or span that cannot be read
    ├── OrbitError              orbital elements that cannot be read, or are too old for the time asked
    ├── GeometryError           a position, area or coordinate system that makes no sense
    ├── NetworkError            another machine that cannot be asked, or does not answer as it should
    ├── WeightsError            weights of a network that are not those of its model card
    └── MissingExtraError       a command that needs an optional dependency
    OffingWarning               something a reader of the result has to know
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class OffingError(Exception):
    """What is wrong, where, and what to do about it, on one line.

    ``what`` and ``fix`` are clauses without a full stop; ``where`` names a file, line, row or key.
    """

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        self.what, self.where, self.fix = what, where, fix
        super().__init__(what)

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        if self.fix:
            text = f"{text}; {self.fix}"
        return " ".join(text.split())


class CaseError(OffingError):
    """A case folder that cannot be used."""


class CaseFileError(CaseError):
    """case.yaml breaks its schema; ``where`` is ``file:line``."""


class StoreError(CaseError):
    """case.gpkg cannot be opened, read or written."""


class LedgerError(CaseError):
    """The ledger's chain is broken, or a kept file is not what the ledger says."""


class CaseBusyError(CaseError):
    """Another process holds the case."""


class PictureError(OffingError):
    """A picture that cannot be read, or holds nothing that can be used."""


class NoGeoreferenceError(PictureError):
    """A place on the ground was asked of a picture that does not know where it lies."""


class NoTimeError(PictureError):
    """A picture that must have an acquisition time has none."""


class ObservationError(OffingError):
    """An observations table that breaks the contract."""


class AisError(OffingError):
    """A file of AIS positions, or of its coverage, that cannot be used."""


class PortIndexError(OffingError):
    """A table of ports that cannot be used."""


class TimeError(OffingError):
    """A date, time or span that cannot be read."""


class OrbitError(OffingError):
    """Orbital elements that cannot be read, or that are too old for the time they are asked about."""


class GeometryError(OffingError):
    """A position, area or coordinate system that makes no sense."""


class NetworkError(OffingError):
    """Another machine that cannot or may not be asked, or does not answer as it should; ``where`` has no secrets."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        fix: str | None = None,
        status: int | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.status = status
        """HTTP status from 400 up; None: it did not come to one."""
        self.detail = detail
        """Beginning of what it said with that status; foreign text, never shown without being cleaned of keys."""


class WeightsError(OffingError):
    """Weights of a network that are not those of its model card."""


class MissingExtraError(OffingError):
    """A command that needs an optional dependency which is not installed."""


class OffingWarning(UserWarning):
    """Something that a reader of the result has to know."""


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a name that is not known: the nearest known ones, or ``otherwise`` where none is near."""
    near = difflib.get_close_matches(word.lower(), sorted(known), n=3, cutoff=0.5)
    return f"did you mean {' or '.join(near)}?" if near else otherwise
