"""What the report shows, as plain data: everything is decided here, nothing in the template."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from offing.case.model import KeptFile
from offing.exchange.snapshot import CaseDetection
from offing.imagery.model import Scene, Status
from offing.judgement.competing_result import Analysis
from offing.judgement.model import Thresholds, Verdict, VerdictWord
from offing.looks.model import Look
from offing.records import Record
from offing.report.identity_model import Identities
from offing.sites import Site
from offing.timespan import TimeSpan

Outcome = Literal["seen", "other", "not-seen", "unclear", "blind"]
"""A ship of the class sought; another ship; nothing of interest; the look cannot say; nothing could be seen."""

DayState = Literal["seen", "not-seen", "partly", "cloud", "dark", "not-obtained", "none"]
"""Best first: the ship sought seen; looked and not seen; a part seen, or it cannot be told; hidden by cloud, without
data or too coarse; only in the dark; listed and not obtained; nothing at all."""


class Subject(Record, frozen=True):
    """An element of a claim as people say it."""

    element: str
    """``Destination``."""
    value: str
    """What is claimed of it: ``Vladivostok``; empty where the element no longer stands in the claim."""


class Headline(Record, frozen=True):
    """The elements of one claim of which the same can be said, in plain words."""

    subjects: tuple[Subject, ...]
    verdict: VerdictWord
    sentence: str
    """What the looks say of it; never "verified"."""
    likelihood: str | None
    """A sentence with the ICD 203 word; None where none may be given."""
    confidence: str
    """A sentence of its own."""
    simulated: bool


class SourceLine(Record, frozen=True):
    """A source as it is named beside what it said."""

    id: str
    name: str
    """Publisher and title, as far as known."""
    published: str | None
    grade: str
    """``B3``, ``B–``, ``ungraded``."""
    url: str | None
    simulated: bool


class ElementRow(Record, frozen=True):
    """A verdict with what its row in the table needs."""

    title: str
    """``Origin: Chongjin``."""
    anchor: str
    """Id of the row, unique in the report."""
    verdict: Verdict
    evidence: tuple[str, ...]
    """Looks that bear on it, one line each."""


class WholeClaim(Record, frozen=True):
    """What can be said of a claim as a whole."""

    row: ElementRow
    sentence: str
    """Presence, activity, cargo and agent in one breath."""
    numbers: str | None
    """Ratio and probability of presence, in words; None where none may be given."""
    likelihood: str | None
    confidence: str
    """A sentence of its own."""


class ClaimSection(Record, frozen=True):
    """One claim with its elements."""

    id: str
    source: SourceLine
    attribution: tuple[SourceLine, ...]
    """The sources that it relays, nearest first."""
    quote: str | None
    statement: str | None
    note: str | None
    window: str | None
    """The claimed window in words."""
    headlines: tuple[Headline, ...]
    grounds: tuple[str, ...]
    """Why the confidences are what they are, the commonest reason first."""
    rows: tuple[ElementRow, ...]
    whole: WholeClaim | None = None
    """All elements together; None where a store was written before this was judged."""


class StripMark(Record, frozen=True):
    """One look on a time axis."""

    look: str
    time: datetime
    outcome: Outcome
    full: bool
    """Whether the whole berth could be seen; False draws the mark broken."""
    label: str
    """For a pointer or a screen reader."""
    simulated: bool
    status: Status | None = None
    """What stood in the way; None: not told."""
    usable: bool = False
    """Whether it could see enough to say that nothing was there."""


class StripGap(Record, frozen=True):
    """A stretch of the axis without a usable look."""

    start: datetime
    end: datetime


class StripWindow(Record, frozen=True):
    """A claimed window; ``start`` ≤ t < ``end``."""

    label: str
    start: datetime
    end: datetime


class StripCall(Record, frozen=True):
    """A port call on a time axis; None where no look bounds it."""

    label: str
    arrived_after: datetime | None
    arrived_before: datetime
    departed_after: datetime
    departed_before: datetime | None
    simulated: bool


class SiteStrip(Record, frozen=True):
    """Every look at one site."""

    site: Site
    sought: str
    """Whose presence the marks speak of: ``Ropucha or Alligator``; ``any ship`` where no claim names the site."""
    start: datetime
    """Left end of the axis."""
    end: datetime
    marks: tuple[StripMark, ...]
    windows: tuple[StripWindow, ...]
    calls: tuple[StripCall, ...]
    usable: int
    """Looks that could see enough to say something."""
    gaps: tuple[StripGap, ...] = ()
    """Stretches of the axis of two days and more without a usable look; none where nobody looked at all."""
    shown: tuple[str, ...] = ()
    """What its pictures would have shown of the ship sought, a sentence for each kind."""


class CalendarDay(Record, frozen=True):
    """A day with looks."""

    day: date
    """UTC."""
    state: DayState
    """By the best of them."""
    looks: int


class CalendarRow(Record, frozen=True):
    """One site."""

    name: str
    simulated: bool
    days: tuple[CalendarDay, ...]
    """Those with looks, in order."""
    windows: tuple[StripWindow, ...]
    """Claimed windows."""


class Calendar(Record, frozen=True):
    """Days × sites."""

    start: date
    """UTC."""
    end: date
    """The last day shown."""
    rows: tuple[CalendarRow, ...]
    left_out: int
    """Looks before ``start`` or after ``end``."""


class LiftRow(Record, frozen=True):
    """A lift in words and numbers."""

    claim: str | None
    """Whose quantity it is held against."""
    ships: str
    """Which ships or calls were counted."""
    carried: str
    """``988 to 1,460``."""
    claimed: str | None
    shiploads: str | None
    """Ship-loads that the claimed quantity needs."""
    unit: str
    basis: tuple[str, ...]
    """Each capacity used, with its source."""


class PassageRow(Record, frozen=True):
    """How long a ship of the claim needs at the least."""

    origin: str
    """Site name."""
    destination: str
    origin_at: tuple[float, float]
    """(lon, lat)."""
    destination_at: tuple[float, float]
    nautical_miles: float
    """Along the great circle: no sea path is shorter."""
    hours: tuple[float, float] | None
    """At the greatest and the least speed of the classes; None where no class has a speed."""
    speed_kn: tuple[float, float] | None
    longest_night_h: float | None
    """Longest night at the origin within the claimed windows, hours; None without a window."""
    claims: tuple[str, ...]


class NightRow(Record, frozen=True):
    """How long it was dark at a site within a claimed window."""

    site: str
    claim: str
    nights: int
    shortest_h: float
    longest_h: float
    dark_fraction: float
    """Part of the window that was dark, 0–1."""


class ChanceRow(Record, frozen=True):
    """How likely a call at a site was to meet a usable look of one kind of pass."""

    site: str
    """Its name."""
    span: TimeSpan
    """From the first to the last day that claims speak of."""
    passes: str
    """``Sentinel-1``, ``Sentinel-2`` or ``both``."""
    satellites: tuple[str, ...]
    """Those that passed over in that time."""
    by_length: tuple[float, ...]
    """P(at least one usable look) for calls of 12, 24 and 48 h at any time of day, 0–1."""
    by_night: float | None
    """The same for a call of 6 h that lies wholly within one night; None: no night is as long."""


class RecognitionRow(Record, frozen=True):
    """What a class sought looks like, and what its length cannot separate it from."""

    name: str
    length_m: tuple[float, float] | None
    beam_m: tuple[float, float] | None
    layout: tuple[str, ...]
    """Features, bow to stern."""
    same_length_as: tuple[str, ...]
    """Names of other classes sought whose length is the same within what a measurement can tell."""
    sources: tuple[str, ...]


class AchItemLine(Record, frozen=True):
    """Who says an item of an analysis, or what shows it."""

    named: str
    """The source's name, or the look or verdict in a line."""
    grade: str | None
    """Of a source."""
    link: str | None = None
    """Where in the report it stands."""


class AchTable(Record, frozen=True):
    """One analysis of competing hypotheses."""

    analysis: Analysis
    lines: tuple[AchItemLine, ...]
    """In the order of its items."""


class ChipRequest(Record, frozen=True):
    """A cutting from one scene at one site."""

    scene: Scene
    site: Site | None
    look: Look | None
    detections: tuple[CaseDetection, ...]
    """Those at the site; all of the scene where it has no georeference."""
    names: dict[str, str]
    """``scene/detection`` → what the ship was named."""
    rings: tuple[tuple[tuple[float, float], ...], ...]
    """Berths of the site, closed rings of (lon, lat)."""
    local_time: str | None
    """In the site's time zone; None where it has none."""


class GapRow(Record, frozen=True):
    """A stretch within a claimed window without a usable look."""

    site: str
    """Site name."""
    claim: str
    start: datetime
    end: datetime
    hours: float
    unusable: int
    """Looks within it that could not see enough."""


class OriginRow(Record, frozen=True):
    """Sources that go back to one origin."""

    origin: str
    sources: tuple[str, ...]


class SourceRow(Record, frozen=True):
    """A source with its grade in words."""

    line: SourceLine
    reliability: str
    credibility: str
    origin: str
    relays: tuple[str, ...]
    licence: str | None
    note: str | None


class LookRow(Record, frozen=True):
    """A look in the appendix."""

    look: Look
    site: str
    """Site name."""
    outcome: Outcome
    seen: str
    """What was noted, in words."""
    local_time: str | None


class ReportContent(Record, frozen=True):
    """The whole report."""

    title: str
    summary: str | None
    offing: str
    """Version."""
    as_of: datetime | None
    """When the ledger was last written, UTC."""
    simulated: str | None
    """Which parts are simulated, in a sentence; None where none is."""
    counts: tuple[tuple[str, str], ...]
    """(number, what) pairs for the head."""
    claims: tuple[ClaimSection, ...]
    strips: tuple[SiteStrip, ...]
    calendar: Calendar
    lifts: tuple[LiftRow, ...]
    capacities: tuple[str, ...]
    """Every capacity that the lifts used, with its source, each once."""
    passages: tuple[PassageRow, ...]
    nights: tuple[NightRow, ...]
    chances: tuple[ChanceRow, ...]
    recognition: tuple[RecognitionRow, ...]
    identities: Identities
    competing: tuple[AchTable, ...]
    chips: tuple[ChipRequest, ...]
    chips_left_out: tuple[str, ...]
    """Pictures without a cutting, with the reason."""
    sites: tuple[Site, ...]
    sources: tuple[SourceRow, ...]
    origins: tuple[OriginRow, ...]
    gaps: tuple[GapRow, ...]
    blind: tuple[LookRow, ...]
    """Looks that could not see enough."""
    thresholds: Thresholds
    window_zone: str | None
    """IANA zone whose days the windows mean; None is UTC."""
    assumptions: tuple[str, ...]
    looks: tuple[LookRow, ...]
    detections: tuple[CaseDetection, ...]
    dismissed: tuple[CaseDetection, ...]
    """What looks like a vessel and is named as something else."""
    named: dict[str, str]
    """``scene/detection`` → what the ship was named."""
    simulated_scenes: frozenset[str]
    """Ids of the scenes that were made, not taken."""
    scenes: tuple[Scene, ...]
    kept: tuple[KeptFile, ...]
    ledger_head: str | None
    ledger_entries: int
