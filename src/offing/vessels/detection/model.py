"""What detection gives."""

from __future__ import annotations

from offing.imagery.model import SensorKind
from offing.records import Record
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
