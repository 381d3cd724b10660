"""What a detector is, and what it gives."""

from __future__ import annotations

from typing import Protocol

from offing.imagery.model import Box, SensorKind
from offing.records import Record
from offing.vessels.detection.candidates import Candidate
from offing.vessels.detection.regions import Limits
from offing.vessels.model import Detection


class DetectionSet(Record, frozen=True):
    """The vessels found in one picture."""

    image: str
    """Name of the picture as given."""
    detections: tuple[Detection, ...]
    """In order of falling score."""
    notes: tuple[str, ...]
    """What was inferred or assumed, one clause each."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    georeferenced: bool
    sensor: SensorKind
    simulated: bool = False
    """True: the picture was made by ``offing simulate``."""
    dismissed: tuple[Detection, ...] = ()
    """What looks like a vessel and is named as something else: each with its ``reasons``. In order of falling score."""


class Detector(Protocol):
    """Finds candidates in one window of the picture it was made for; may be called from several threads.

    Of optical pictures; radar pictures are searched by a network in a pass of their own (``radar_search``).
    """

    @property
    def model(self) -> str:
        """Name of the score model in ``offing/weights``."""
        ...

    @property
    def reduction(self) -> int:
        """Pixels of the picture along a side of one working pixel: above 1 where the picture is finer than needed."""
        ...

    @property
    def limits(self) -> Limits:
        """What a candidate may measure, in working pixels."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed of the picture."""
        ...

    def candidates(self, window: Box) -> list[Candidate]:
        """Candidates of ``window`` (pixels of the picture), in working pixels from the window's corner."""
        ...
