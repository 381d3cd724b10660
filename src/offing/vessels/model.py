"""Detections, their measurements, and what a class of ships is."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

import msgspec

from offing.errors import CaseFileError
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.vessels.identifiers import check_imo, check_mmsi


class OrientedBox(Record, frozen=True):
    """A rectangle in pixel coordinates: GDAL's, (0, 0) is the outer corner of the first pixel."""

    col: float
    """Centre, pixels to the right."""
    row: float
    """Centre, pixels down."""
    length_px: tuple[float, float]
    """Vector (dcol, drow) from the centre to the middle of the bow-side end: half the length."""
    beam_px: tuple[float, float]
    """Vector (dcol, drow) from the centre to the middle of one long side: half the beam."""

    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four (col, row) corners in order around the box."""
        (lc, lr), (bc, br) = self.length_px, self.beam_px
        signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))
        return tuple((self.col + s * lc + t * bc, self.row + s * lr + t * br) for s, t in signs)


class Measurement(Record, frozen=True):
    """Size and direction on the ground, with 90 % intervals; None where the pixel size is unknown."""

    length_m: float | None
    length_m_90: Interval | None
    beam_m: float | None
    beam_m_90: Interval | None
    axis_deg: float
    """0–180 clockwise from true north; from the picture's up where there is no georeference."""
    heading_deg: float
    """0–360, the likelier bow end, counted like ``axis_deg``."""
    bow_probability: float
    """P(the bow is at ``heading_deg``), 0.5–1; 0.5 where the picture cannot tell."""


class Velocity(Record, frozen=True):
    """How a ship moved while a picture was taken, with 90 % intervals."""

    speed_kn: float
    """Over ground, knots."""
    speed_kn_90: Interval
    course_deg: float
    """0–360, over ground, the likelier way; counted like ``Measurement.axis_deg``."""
    course_deg_90: Interval
    """Around ``course_deg``, so that it may begin below 0 or end above 360; the opposite course is left to
    ``course_probability``."""
    course_probability: float
    """P(``course_deg`` rather than the opposite), 0.5–1; 0.5 where nothing tells."""
    basis: str
    """What it was measured from."""


class Detection(Record, frozen=True):
    """A vessel candidate in the pixels of one picture."""

    id: str
    """Unique within the picture: ``0001`` …, in order of falling score."""
    image: str
    """Name of the picture as given."""
    time: datetime | None
    """Acquisition, UTC; None when the picture does not tell."""
    score: Probability
    """P(a vessel), with what it was computed from."""
    box: OrientedBox
    ring: tuple[tuple[float, float], ...] | None
    """Closed ring of (lon, lat) of the box; None without georeference."""
    measurement: Measurement
    flags: tuple[str, ...] = ()
    """``near-land``, ``clipped``, ``merged``, ``ambiguity``, ``large``…"""
    reasons: tuple[str, ...] = ()
    """Why it is kept out of the ship list, one clause each: what it is taken for, and from what. Empty: a ship."""
    velocity: Velocity | None = None
    """None: not measured, or not told from rest."""


class Capacity(Record, frozen=True):
    """How much a ship of a class carries, according to one source."""

    unit: str
    """``persons``, ``t``, ``containers``, ``vehicles``."""
    low: float
    high: float
    source: str
    """Who says so, with ``(unverified)`` where it could not be checked."""
    exact: bool = False
    """True: ``low`` and ``high`` are figures of actual modifications, not a round range for the class."""


PartKind = Literal["hatch", "house", "funnel", "crane", "mast", "gun", "boxes", "gear", "helideck", "ramp", "well"]
"""What stands on a deck or is let into it: ``house`` is any superstructure, ``boxes`` containers, ``gear`` winches,
pipes and the like, ``ramp`` a bow or stern ramp, ``well`` a dock open to the sky."""


class Part(Record, frozen=True):
    """Something on the deck of a class of ships."""

    kind: PartKind
    start: float
    """Forward end, fraction of the length from the bow, 0–1."""
    end: float
    """After end, fraction of the length from the bow, 0–1."""
    width: float
    """Fraction of the beam, 0–1."""
    height_m: float
    """Above the deck; 0 for what lies in it."""
    across: float = 0.0
    """Middle, fraction of the beam to starboard of the centre line."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.start < self.end <= 1.0:
            raise CaseFileError(
                f"a {self.kind} from {self.start:g} to {self.end:g} of the length",
                fix="count both from the bow, 0 to 1, the forward end first",
            )
        if not (0.0 < self.width <= 1.0 and 0.0 <= self.height_m < math.inf and abs(self.across) <= 0.5):
            raise CaseFileError(
                f"a {self.kind} {self.width:g} of the beam wide, {self.height_m:g} m high, {self.across:g} across",
                fix="give width in (0, 1], height from 0 m, across from -0.5 (port) to 0.5 (starboard)",
            )


class Hull(Record, frozen=True):
    """The outline of a class of ships from above, and how high its deck lies."""

    bow: float
    """Fraction of the length over which the hull narrows to the bow."""
    transom: float
    """Breadth of the stern as a fraction of the beam."""
    freeboard_m: float
    """Main deck above the water, metres."""

    def __post_init__(self) -> None:
        if not (0.0 <= self.bow <= 1.0 and 0.0 <= self.transom <= 1.0 and 0.0 <= self.freeboard_m < math.inf):
            raise CaseFileError(
                f"hull with bow {self.bow:g}, transom {self.transom:g}, freeboard_m {self.freeboard_m:g}",
                fix="give bow as a fraction of the length, transom as one of the beam, freeboard in metres from 0",
            )


class RecognitionFeature(Record, frozen=True):
    """Something that a person looks for in a picture: match, mismatch, or not visible."""

    id: str
    """Short, unique within the class: ``four-holds``."""
    statement: str
    """What is seen where it matches: ``four holds forward of the superstructure``."""
    coarsest_m: float
    """Coarsest pixel at which it can be judged, ground metres."""
    if_it: float = 0.9
    """P(match | a ship of the class and the feature is visible)."""
    if_other: float = 0.3
    """P(match | another ship of that size and the feature is visible)."""
    source: str = "declared"
    """Where the feature is known from."""

    def __post_init__(self) -> None:
        if not (0.0 < self.if_it < 1.0 and 0.0 < self.if_other < 1.0 and self.coarsest_m > 0.0):
            raise CaseFileError(
                f"feature {self.id!r}: chances {self.if_it:g} and {self.if_other:g}, pixels of {self.coarsest_m:g} m",
                fix="give both chances between 0 and 1, neither included, and a pixel size above 0",
            )


class VesselClass(Record, frozen=True):
    """What is known of a class of ships."""

    id: str
    name: str | None = None
    """As people write it: ``Ropucha (Project 775)``."""
    aka: tuple[str, ...] = ()
    """Other names and spellings."""
    navies: tuple[str, ...] = ()
    """ISO 3166 alpha-3 codes of those who sail or sailed it; empty for merchant ships."""
    parent: str = "any"
    """Id of the wider class: ``landing-ship``, ``cargo``, ``warship``, ``any`` …"""
    stands_for: tuple[str, ...] = ()
    """Of a wide class: the classes below it that are meant where a claim or a baseline says only this one. Empty: the
    class itself, as a ship of none of the classes listed below it."""
    length_m: tuple[float, float] | None = None
    """Least and greatest length overall, metres; None for a generic class of any size."""
    beam_m: tuple[float, float] | None = None
    draught_m: tuple[float, float] | None = None
    displacement_t: tuple[float, float] | None = None
    """Standard to full load, or the range of the class."""
    speed_kn: tuple[float, float] | None = None
    built: int | None = None
    """How many ships of the class there have been, as far as is known."""
    capacity: tuple[Capacity, ...] = ()
    layout: tuple[str, ...] = ()
    """The layout in words, bow to stern."""
    hull: Hull | None = None
    parts: tuple[Part, ...] = ()
    """What stands on the deck, bow to stern; positions are good to a few hundredths of the length."""
    features: tuple[RecognitionFeature, ...] = ()
    sources: tuple[str, ...] = ()
    """Where the values come from."""
    cited: dict[str, str] = msgspec.field(default_factory=dict)
    """Field → source, for the values that a source of their own is known for."""

    def __post_init__(self) -> None:
        for name in ("length_m", "beam_m", "draught_m", "displacement_t", "speed_kn"):
            low, high = getattr(self, name) or (1.0, 1.0)
            if not 0.0 < low <= high < math.inf:
                raise CaseFileError(f"{name} is {low:g} to {high:g}", fix="write the smaller number first, above 0")
        if self.length_m and self.beam_m and any(b > n for b, n in zip(self.beam_m, self.length_m, strict=True)):
            raise CaseFileError(
                f"beam_m is {_span(self.beam_m)} and length_m {_span(self.length_m)}: broader than long",
                fix="check that they are not swapped",
            )
        ids = [feature.id for feature in self.features]
        if twice := next((i for i in ids if ids.count(i) > 1), None):
            raise CaseFileError(f"features has the id {twice!r} twice", fix="give each feature an id of its own")


def _span(bounds: tuple[float, float]) -> str:
    return f"{bounds[0]:g} to {bounds[1]:g}"


class Vessel(Record, frozen=True, rename={"vessel_class": "class"}):
    """A named ship of interest."""

    id: str
    vessel_class: str
    """Class id; ``class`` in case.yaml."""
    names: tuple[str, ...] = ()
    """Names and spellings, the usual one first."""
    imo: str | None = None
    """Seven digits, the last of which checks the others; ``(unverified)`` may follow."""
    mmsi: str | None = None
    """Nine digits; ``(unverified)`` may follow."""
    pennant: str | None = None
    length_m: tuple[float, float] | None = None
    """Of this very ship; None: as her class."""
    beam_m: tuple[float, float] | None = None
    sources: tuple[str, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        check_imo(self.imo)
        check_mmsi(self.mmsi)
        for name in ("length_m", "beam_m"):
            low, high = getattr(self, name) or (1.0, 1.0)
            if not 0.0 < low <= high < math.inf:
                raise CaseFileError(f"{name} is {low:g} to {high:g}", fix="write the smaller number first, above 0")

    @property
    def title(self) -> str:
        """The usual name, or the id where none is given."""
        return self.names[0] if self.names else self.id


class Candidate(Record, frozen=True):
    """What a detected ship may be."""

    vessel_class: str
    """Class id."""
    probability: float
    """P(this class | what was measured), 0–1."""
    vessel: str | None = None
    """Vessel id, where one ship is meant."""


class Sighting(Record, frozen=True):
    """A detection attributed to candidates, at a site and time."""

    id: str
    """``scene/detection``."""
    site: str
    scene: str
    detection: str
    time: datetime
    """UTC."""
    named: str
    """The narrowest class id that can be stood by, ``unknown`` where none can; or what a person decided."""
    candidates: tuple[Candidate, ...]
    """Most probable first."""
    none_of_these: float
    """P(a ship of no class in the library that was considered)."""
    basis: str
    """What the probabilities were computed from."""
    simulated: bool = False
    vessel: str | None = None
    """Vessel id that a person decided on; no machine names a ship."""
    decided: str | None = None
    """What a person decided and who, in words; None: named by the machine."""
