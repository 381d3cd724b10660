"""Reference pictures, and what is read off one: a silhouette, and what stands along the deck."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from offing.errors import CaseFileError, OffingError
from offing.quantities import Interval, LikelihoodRatio
from offing.records import Record
from offing.vessels.model import PartKind
from offing.vessels.profile.model import Relief

Side = Literal["port", "starboard", "unknown"]
"""Which side of the ship is seen; from abeam the bow is at the left of the picture on the port side."""
Origin = Literal["photograph", "mask", "trace"]
"""What a silhouette comes from: segmented here, a mask given, a polygon traced by a person."""


Verdict = Literal["match", "mismatch", "not visible"]
"""Of one part in a comparison."""


class ReferenceImage(Record, frozen=True, rename={"vessel_class": "class"}):
    """A photograph or drawing that ships are compared with; an entry of ``references:`` in case.yaml."""

    id: str
    """Unique in the case: ``ropucha-kaliningrad-2019``."""
    path: str
    """The picture, mask or trace, within the case folder."""
    vessel: str | None = None
    """Vessel id, where it shows one ship that is known."""
    vessel_class: str | None = None
    """Class id; ``class`` in case.yaml."""
    side: Side = "unknown"
    source: str | None = None
    """Who published it, and where; it is only as good as that."""
    taken: date | None = None
    """When, as far as is known."""
    licence: str | None = None
    """What its owner allows: a note, nothing is checked."""
    bow: Literal["left", "right"] | None = None
    """Where the bow is; None: it is estimated."""
    view_deg: float | None = None
    """How far from abeam the ship is seen; None: not known."""
    length_m: float | None = None
    """Of the ship shown, metres; None: her class's."""

    def __post_init__(self) -> None:
        if self.vessel is None and self.vessel_class is None:
            raise CaseFileError(f"reference {self.id!r} shows no ship", fix="give it a vessel: or a class:")
        if self.length_m is not None and not 0.0 < self.length_m < 1000.0:
            raise CaseFileError(f"reference {self.id!r}: a length of {self.length_m:g} m", fix="give metres, above 0")
        if self.view_deg is not None and not abs(self.view_deg) <= 60.0:
            raise CaseFileError(f"reference {self.id!r}: seen {self.view_deg:g}° from abeam", fix="within 60°")


class Quality(Record, frozen=True):
    """How far a silhouette can be relied on; each part 0–1, 1 is best. A trace or mask is taken as given: all 1."""

    contrast: float
    """Share of the outline where ship and surroundings differ by more than the surroundings do among themselves."""
    agreement: float
    """Intersection over union of two ways of segmenting."""
    waterline: float
    """How straight the foot of the hull is."""

    @property
    def value(self) -> float:
        """The least of the parts."""
        return min(self.contrast, self.agreement, self.waterline)


class PhotoPart(Record, frozen=True):
    """A step of the silhouette: something that stands on the deck, as far as an outline tells."""

    kind: PartKind | None
    """What its shape suggests; None: nothing certain. An outline cannot tell a mast from a crane's post."""
    start: float
    """Forward end, fraction of the length from the bow."""
    start_90: Interval
    end: float
    """After end, fraction of the length from the bow."""
    end_90: Interval
    height: float
    """Above the deck, fraction of the length."""
    height_90: Interval


class BowEnd(Record, frozen=True):
    """Where the bow is."""

    side: Literal["left", "right"]
    """Of the picture: the likelier."""
    probability: float
    """P(the bow is at ``side``), 0.5–1."""
    basis: str
    """``given``, or what it was estimated from."""


class PhotoRelief(Record, frozen=True):
    """What a silhouette says of the line from bow to stern. All heights are fractions of the length overall."""

    name: str
    """Name of the picture as given."""
    origin: Origin
    simulated: bool
    width: int
    """Pixels of the picture as given; of a trace its extent, rounded."""
    height: int
    length_px: float
    """Pixels from bow to stern, in the picture as given."""
    bow: BowEnd
    tilt_deg: float
    """Clockwise tilt of the waterline, which was taken out."""
    view_deg: float | None
    """How far from abeam the ship is seen, as given; None: not known, within 15° assumed for the intervals."""
    quality: Quality
    fractions: tuple[float, ...]
    """Middles of the samples, 0–1 from the bow: ``profile.model.FRACTIONS``."""
    above_deck: tuple[float, ...]
    """Height of the outline above the deck at each sample; 0 on a bare deck."""
    above_water: tuple[float, ...]
    """Height of the outline above the waterline at each sample."""
    deck: tuple[float, ...]
    """Height of the deck above the waterline at each sample."""
    height_sd: tuple[float, ...]
    """Standard deviation of ``above_deck``: pixels, the deck line and the view angle together."""
    deck_seen: float
    """Share of the samples at which the deck line itself forms the outline; below 0.15 the deck is guessed."""
    position_sd: float
    """Standard deviation of a position along the hull, fraction of the length."""
    parts: tuple[PhotoPart, ...]
    """Steps of the outline, from the bow."""
    kinds: tuple[PartKind | None, ...]
    """Kind of the part at each sample; None: the bare deck, or not told."""
    overhang: tuple[float, ...]
    """Share of open sky below the outline at each sample: a jib, a boom, a wire."""
    outline: tuple[tuple[float, float], ...]
    """The silhouette as (fraction from the bow, height above the waterline), for drawing."""
    length_m: float | None = None
    """Length overall, as given; None: not known."""
    notes: tuple[str, ...] = ()
    """What a reader of the result has to know."""

    def __post_init__(self) -> None:
        lists = (self.above_deck, self.above_water, self.deck, self.height_sd, self.overhang, self.kinds)
        if not self.fractions or any(len(values) != len(self.fractions) for values in lists):
            raise OffingError("a relief's lists differ in length", where=self.name, fix="give one value a sample")

    def relief(self, length_m: float | None = None) -> Relief:
        """As a ``Relief`` in metres, for a ship ``length_m`` long. Raises OffingError where no length is known."""
        length = length_m or self.length_m
        if length is None:
            raise OffingError("heights need the ship's length", where=self.name, fix="give --length in metres")
        known = f"photograph {self.name}, scaled to {length:g} m"
        return Relief(
            name=self.name,
            fractions=self.fractions,
            height_m=tuple(h * length for h in self.above_deck),
            kinds=self.kinds,
            freeboard_m=max(0.0, sorted(self.deck)[len(self.deck) // 2] * length),
            length_m=length,
            position_sd=self.position_sd,
            height_basis=f"simulated {known}" if self.simulated else known,
        )

    def turned(self) -> PhotoRelief:
        """The same read from the other end: the bow where the stern was."""
        other: Literal["left", "right"] = "left" if self.bow.side == "right" else "right"
        swapped = tuple(
            msgspec.structs.replace(
                p,
                start=1.0 - p.end,
                end=1.0 - p.start,
                start_90=Interval(low=1.0 - p.end_90.high, high=1.0 - p.end_90.low),
                end_90=Interval(low=1.0 - p.start_90.high, high=1.0 - p.start_90.low),
            )
            for p in reversed(self.parts)
        )
        return msgspec.structs.replace(
            self,
            bow=msgspec.structs.replace(self.bow, side=other, probability=1.0 - self.bow.probability),
            above_deck=self.above_deck[::-1],
            above_water=self.above_water[::-1],
            deck=self.deck[::-1],
            height_sd=self.height_sd[::-1],
            overhang=self.overhang[::-1],
            kinds=self.kinds[::-1],
            parts=swapped,
            outline=tuple((1.0 - f, z) for f, z in reversed(self.outline)),
        )


class PartMatch(Record, frozen=True):
    """What a comparison finds of one part."""

    kind: PartKind | None
    what: str
    """In words: ``house 0.50–0.83, 6 m``."""
    start: float
    """Fraction of the length from the bow."""
    end: float
    verdict: Verdict
    log_ratio: float | None = None
    """Natural logarithm of what it adds, where it can be told apart from the rest."""


class ReferenceComparison(Record, frozen=True):
    """A photograph's relief held against something."""

    against: str
    """Class id, photograph or picture, as named."""
    kind: Literal["class", "photograph", "overhead"]
    ratio: LikelihoodRatio
    """P(this fit | the same class) / P(this fit | another ship of that size)."""
    misfit: float | None
    """0: none; 1: as much as there is to compare. None of an overhead picture."""
    bow_as_taken: float
    """P(the bow is where it was taken to be | the ship is of this kind)."""
    parts: tuple[PartMatch, ...]
    basis: str
