"""Tracks, and what comes of comparing them with the ships of a picture."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from offing.geo import LonLat
from offing.quantities import Probability
from offing.records import Record


class Fix(Record, frozen=True):
    """One position that a ship sent."""

    time: datetime
    """UTC."""
    lon: float
    """Degrees east, of the ship's antenna."""
    lat: float
    """Degrees north."""
    sog_kn: float | None = None
    """Speed over ground; None: not available."""
    cog_deg: float | None = None
    """Course over ground, 0–360 from true north; None: not available."""
    heading_deg: float | None = None
    """Where the bow points, 0–360; None: not available."""
    coarse: bool = False
    """True: of a long-range message (type 27), rounded to a tenth of a minute of arc."""


class Static(Record, frozen=True):
    """What a ship says of herself; typed in by her crew, so none of it is sure."""

    name: str | None = None
    imo: str | None = None
    callsign: str | None = None
    ship_type: str | None = None
    """As given: a code such as 70 (cargo), or words."""
    length_m: float | None = None
    beam_m: float | None = None
    antenna_m: tuple[float, float] | None = None
    """(forward, to starboard) metres from the middle of the hull to the antenna; None: not said."""
    class_b: bool = False
    """True: a class B transponder, as small craft carry."""
    conflicts: tuple[str, ...] = ()
    """What was said differently at different times: ``length_m: 190 (of 12), 19 (of 1)``."""


class Track(Record, frozen=True):
    """The fixes of one ship, in order of time."""

    key: str
    """Unique among the tracks: the MMSI, or the file's own id; ``/2`` … where one number was heard at two places."""
    mmsi: str | None
    """Nine digits; None in tables that only have ids of their own."""
    static: Static
    fixes: tuple[Fix, ...]
    """By time, none twice."""
    notes: tuple[str, ...] = ()
    """What is odd about the track."""


class Part(Record, frozen=True):
    """One of the ways a ship may have moved, and where she was then: a normal distribution."""

    weight: float
    """0–1; those of one place sum to 1."""
    name: str
    """``at rest``, ``steady``, ``manoeuvring``."""
    east_m: float
    """Mean, metres east of the place's anchor."""
    north_m: float
    east_m_s: float
    """Mean velocity over ground."""
    north_m_s: float
    covariance: tuple[tuple[float, ...], ...]
    """4 × 4, of (east, north, eastward velocity, northward velocity): m², m²/s, m²/s²."""


class Expected(Record, frozen=True):
    """Where a ship was at one time, by her fixes."""

    key: str
    """Of the track."""
    time: datetime
    anchor: LonLat
    """From which metres are counted: azimuthal equidistant on the ellipsoid."""
    parts: tuple[Part, ...]
    before_s: float | None
    """Seconds from the last fix before; None: there is none."""
    after_s: float | None
    """Seconds to the first fix after; None: there is none."""
    place: LonLat
    """Mean over the parts."""
    error_m: float
    """Radius around ``place`` within which the ship was with 90 % probability."""
    speed_kn: float
    """Of the mean velocity."""
    course_deg: float
    """0–360, of the mean velocity."""
    heading_deg: float | None
    """Bow, by the nearest fix that says it; None: not known."""


class RadarView(Record, frozen=True):
    """How a radar shows what moves: displaced along its flight by so many seconds of the speed across it."""

    heading_deg: float
    """Flight direction of the image lines, 0–360 from true north."""
    heading_error_deg: float
    """Standard deviation."""
    anchor: LonLat
    """From which ground range is counted."""
    seconds: tuple[float, ...]
    """Coefficients of the powers 0, 1, 2 of the ground range in km (away from the radar, from the anchor): slant range
    × sin(incidence) / speed of the satellite; negative for one that looks to the left."""
    seconds_error: float
    """Standard deviation, seconds."""
    prior: float
    """P(it is this view), where it is one of several; they sum to 1."""
    basis: str
    """``annotation``, or what it was inferred from."""


class Coverage(Record, frozen=True):
    """Where and when somebody says that AIS was received."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    """Closed rings of (lon, lat); the first is the outline, the others are holes."""
    start: datetime | None
    """UTC; None: always."""
    end: datetime | None
    reception: float | None = None
    """P(a ship that sends there is received within the hour), 0–1, as declared; None: not declared."""
    source: str = "declared"


class Assumptions(Record, frozen=True):
    """What a comparison takes for granted; each can be stated otherwise."""

    shown_large: float = 0.9
    """P(a ship of 30 m or more, or of unknown length, that is in the picture is among the detections)."""
    shown_small: float = 0.5
    """The same of shorter ships and of class B."""
    own_place_m: float = 30.0
    """Standard deviation of a detection's place, georeference included."""
    picture_time_s: float = 8.0
    """Standard deviation of the picture's time at the ship: radar takes a scene over half a minute."""
    others_per_km2: float | None = None
    """Detections a km² that belong to no track; None: estimated from the picture's own density."""
    most_gap_h: float = 12.0
    """Longest time between two fixes over which a place is still told."""
    most_dead_h: float = 3.0
    """Longest time after the last or before the first fix."""
    reception_km: float = 25.0
    """Ships within this distance tell whether AIS was received at a place…"""
    reception_min: float = 30.0
    """…when they were heard within so many minutes of the picture."""
    sure: float = 0.8
    """Probability from which on a match is said…"""
    sure_dark: float = 0.95
    """…and that there is none: that a ship was silent weighs more. Between them the answer is ``ambiguous``."""
    least_reception: float = 0.8
    """Lower 90 % bound of the chance of reception from which on silence means something."""


Outcome = Literal["matched", "dark", "ambiguous", "not searched"]
"""``dark``: AIS was received there, and no ship that sent it fits. ``not searched``: AIS cannot tell, which is the
default. ``ambiguous``: it fits some, but neither one of them nor none is likely enough."""


class Alternative(Record, frozen=True):
    """A ship that a detection may be."""

    key: str
    mmsi: str | None
    name: str | None
    probability: float
    """P(the detection is this ship), 0–1."""


class Factor(Record, frozen=True):
    """One thing compared between a detection and a track."""

    name: str
    """``position``, ``length``, ``axis``, ``velocity``."""
    log_ratio: float
    """Natural logarithm of the likelihood ratio: this ship against something that is in no track."""
    note: str
    """What was compared."""


class AisMatch(Record, frozen=True):
    """What AIS says of one detection."""

    detection: str
    """Id of the detection within its picture."""
    image: str
    outcome: Outcome
    reason: str
    """Why this outcome."""
    nobody: float
    """P(the detection belongs to no track), 0–1."""
    key: str | None = None
    """Track of the likeliest ship, where any fits."""
    mmsi: str | None = None
    name: str | None = None
    probability: Probability | None = None
    """P(the detection is that ship), over all one-to-one assignments; bounds over the density of ships without AIS
    a third and three times as high."""
    alternatives: tuple[Alternative, ...] = ()
    """The likeliest first, that ship included; those below 1 % left out."""
    factors: tuple[Factor, ...] = ()
    residual_m: float | None = None
    """Distance from the detection to where the track puts the ship, without correction for her motion."""
    residual_corrected_m: float | None = None
    """The same where radar should show her; None: not a radar picture, or its geometry is not known."""
    error_m: float | None = None
    """90 % radius of where the track puts her."""
    place: LonLat | None = None
    """Where the track puts the ship: her true place."""
    shown_at: LonLat | None = None
    """Where radar should show her; None as above."""
    gap_s: float | None = None
    """Seconds from the picture to the nearest fix."""
    reception: Probability | None = None
    """P(a ship that sends there is received); None: not known."""


class Unseen(Record, frozen=True):
    """A ship of the tracks that was in the picture's area and is no detection."""

    key: str
    mmsi: str | None
    name: str | None
    length_m: float | None
    place: LonLat
    """Her true place at the time."""
    error_m: float
    inside: float
    """P(the picture holds the place where she is shown), 0–1."""
    undetected: float
    """P(she was within it and is none of the detections), 0–1."""
    gap_s: float
    reason: str


class Matching(Record, frozen=True):
    """Detections of one picture against tracks."""

    time: datetime
    """Of the picture, UTC."""
    matches: tuple[AisMatch, ...]
    """In the order of the detections."""
    unseen: tuple[Unseen, ...]
    """Likeliest to be missed first."""
    view: RadarView | None
    """How the radar looked; None: no correction was made."""
    view_probability: float | None
    """P(that view), after the comparison, where several were tried."""
    assumptions: Assumptions
    others_per_km2: float
    """Detections a km² without a track that was reckoned with: where ships are as dense as on average."""
    notes: tuple[str, ...]
    simulated: bool = False


class Reading(Record, frozen=True):
    """What was read from files of AIS."""

    tracks: tuple[Track, ...]
    """By key."""
    rows: int
    """Lines or rows that were read."""
    kept: int
    """Fixes in the tracks."""
    skipped: tuple[tuple[str, int], ...]
    """(why, how many) of what was left out as unusable."""
    first: datetime | None
    """Earliest fix of the files, near or far, UTC; None: none."""
    last: datetime | None


class Reach(Record, frozen=True):
    """Which fixes matter for a picture: those from which a ship can have come into it, or gone to, at speed."""

    time: datetime
    """Of the picture, UTC."""
    window_h: float
    """Hours before and after it."""
    box: tuple[float, float, float, float]
    """West, south, east, north in degrees of the picture; west > east: across the antimeridian."""
    most_kn: float = 40.0
    slack_km: float = 30.0
    """Beyond the box at the picture's own time: coverage is told from ships around it."""
