"""What is read off a ship along her hull, and what a class or a photograph says stands there."""

from __future__ import annotations

import msgspec

from offing.errors import OffingError
from offing.imagery.model import SensorKind
from offing.records import Record
from offing.vessels.model import Part, PartKind

SAMPLES = 96
"""Samples along the hull."""

FRACTIONS: tuple[float, ...] = tuple((i + 0.5) / SAMPLES for i in range(SAMPLES))
"""Middles of the samples, fractions of the length from the bow."""


class Profile(Record, frozen=True):
    """What a picture shows along one hull, from the end that is taken for the bow."""

    image: str
    """Name of the picture as given."""
    sensor: SensorKind
    simulated: bool
    gsd_m: float | None
    """Ground metres of a pixel along the hull; None: not known."""
    length_m: float | None
    """Ground metres that the samples span, the length of the box; None: not known."""
    length_px: float
    """Pixels that the samples span."""
    psf: float
    """Standard deviation of what one point of the ship is spread over, fraction of the length."""
    fractions: tuple[float, ...]
    """Middles of the samples, 0–1 from the bow."""
    brightness: tuple[float, ...]
    """Mean over the middle of the beam: reflectance, or decibels of radar; shifted and scaled so that the usable
    samples have median 0 and robust standard deviation 1. 0 where a sample is not usable."""
    noise: float
    """Standard deviation of a sample that the pixels' noise leaves, in the unit of ``brightness``; neighbours share
    pixels, so their noises are not independent where a pixel is longer than a sample."""
    contrast: float
    """Robust standard deviation along the hull before it was scaled to 1: reflectance, or decibels."""
    shadow: tuple[float, ...] | None
    """Height above the water that would throw the shadow seen beside the hull, metres; -1 where none can be read. None
    where the sun is not known, stands along the hull or too high, where pixels are too coarse, and in radar."""
    usable: tuple[bool, ...]
    """Whether a sample lies within the picture and has data."""
    bow_probability: float
    """P(the first sample is the bow end), 0.5–1; 0.5 where the picture cannot tell."""

    def __post_init__(self) -> None:
        counts = {len(self.fractions), len(self.brightness), len(self.usable)}
        if self.shadow is not None:
            counts.add(len(self.shadow))
        if len(counts) != 1 or not self.fractions:
            raise OffingError("a profile's lists differ in length", where=self.image, fix="give one value a sample")


class Relief(Record, frozen=True):
    """What stands along the deck, from bow to stern."""

    name: str
    """Class id, or the photograph's name."""
    fractions: tuple[float, ...]
    """Middles of the samples, 0–1 from the bow: ``FRACTIONS``."""
    height_m: tuple[float, ...]
    """The highest thing at each sample, metres above the deck; 0 on a bare deck."""
    kinds: tuple[PartKind | None, ...]
    """What the highest thing is; None: the bare deck, or (on a photograph) not told."""
    parts: tuple[Part, ...] = ()
    """What it was drawn from, where that is known: a class of the library; empty for a photograph."""
    freeboard_m: float | None = None
    """Deck above the water, metres."""
    length_m: float | None = None
    """Length overall that the heights belong to, metres; None: not known."""
    position_sd: float = 0.02
    """Standard deviation of where a part begins, fraction of the length: declared, positions in published drawings are
    good to a few hundredths."""
    height_basis: str = "declared"
    """Where the heights are known from."""
    cited: dict[str, str] = msgspec.field(default_factory=dict)
    """Field → source, as of the class."""

    def __post_init__(self) -> None:
        if len({len(self.fractions), len(self.height_m), len(self.kinds)}) != 1 or not self.fractions:
            raise OffingError("a relief's lists differ in length", where=self.name, fix="give one value a sample")


class Evidence(Record, frozen=True):
    """What one kind of part contributes to a comparison."""

    name: str
    """``superstructure``, ``hatches`` …; ``rest``: deck, ends and the interplay of the parts."""
    start: float
    """Where the first such part begins, fraction of the length from the bow."""
    end: float
    """Where the last such part ends."""
    log_ratio: float
    """Natural logarithm; above 0 speaks for the relief. The parts sum to the comparison's."""
