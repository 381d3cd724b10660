"""The case as flat tables: one row a thing, plain cells, the same columns in every format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from offing.exchange.snapshot import CaseDetection, CaseSnapshot
from offing.looks.model import Look, Observation
from offing.movements.model import PortCall
from offing.quantities import Interval
from offing.records import Record
from offing.timespan import iso
from offing.vessels.model import Sighting

Cell = str | float | int | bool | None
"""What a cell may hold; lists are joined with ``; `` before."""


class Table(Record, frozen=True):
    """Named columns and their rows."""

    name: str
    """File and layer name: ``looks``."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    """Cells in the order of ``columns``."""


def when(instant: datetime | None) -> str | None:
    """ISO 8601 UTC; None stays None."""
    return None if instant is None else iso(instant)


def joined(parts: Iterable[str]) -> str | None:
    """Parts in one cell; None for none."""
    return "; ".join(parts) or None


def all_tables(case: CaseSnapshot) -> tuple[Table, ...]:
    """Every table of the case, in reading order."""
    return (
        verdict_table(case),
        look_table(case),
        observation_table(case),
        site_table(case),
        scene_table(case),
        detection_table(case),
        dismissed_table(case),
        sighting_table(case),
        port_call_table(case),
        lift_table(case),
        source_table(case),
    )


def site_table(case: CaseSnapshot) -> Table:
    """Sites with their positions in degrees, EPSG:4326."""
    columns = ("site", "name", "role", "lon", "lat", "radius_m", "aka", "timezone", "simulated", "note")
    rows = tuple(
        (
            s.id,
            s.name,
            s.role,
            s.position[0],
            s.position[1],
            s.radius_m,
            joined(s.aka),
            s.timezone,
            s.simulated,
            s.note,
        )
        for s in case.definition.sites
    )
    return Table(name="sites", columns=columns, rows=rows)


def look_table(case: CaseSnapshot) -> Table:
    """Every look, also the empty and unusable ones."""
    columns = ("look", "site", "time", "sensor", "status", "usable", "reason", "seen", "observations", "p_detect",
               "p_false", "p_basis", "sun_elevation_deg", "scene", "source", "simulated", "note")  # fmt: skip
    return Table(name="looks", columns=columns, rows=tuple(_look_row(look) for look in case.looks))


def seen_word(look: Look) -> str | None:
    """``yes`` when any ship was seen, else ``no`` or ``indeterminate``; None where nothing was noted."""
    said = {o.seen for o in look.observations}
    return next((word for word in ("yes", "no", "indeterminate") if word in said), None)


def in_words(observation: Observation, names: Mapping[str, str] | None = None) -> str:
    """One observation on one line; ``names`` gives the names of class and vessel ids."""
    if observation.seen != "yes":
        words = "nothing of interest seen" if observation.seen == "no" else "cannot say"
        return ", ".join(part for part in (words, observation.activity) if part)
    ship = observation.vessel or observation.vessel_class or "a ship"
    ship = (names or {}).get(ship, ship)
    size = None
    if observation.length_m is not None:
        spread = f" ± {observation.length_sd_m:.0f}" if observation.length_sd_m is not None else ""
        size = f"{observation.length_m:.0f}{spread} m"
    return ", ".join(part for part in (ship, size, observation.activity) if part)


def _look_row(look: Look) -> tuple[Cell, ...]:
    return (
        look.id,
        look.site,
        iso(look.time),
        look.sensor,
        look.status,
        look.usable,
        look.reason,
        seen_word(look),
        joined(in_words(o) for o in look.observations),
        look.p_detect,
        look.p_false,
        look.p_basis,
        look.sun_elevation_deg,
        look.scene,
        look.source,
        look.simulated,
        look.note,
    )


def observation_table(case: CaseSnapshot) -> Table:
    """Looks and observations in the columns of ``offing observations import``; a look without any has one row."""
    columns = ("look_id", "site", "time", "sensor", "status", "usable", "p_detect", "p_false", "seen", "vessel_class",
               "vessel", "length_m", "length_sd_m", "activity", "source", "note")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for k in case.looks:
        head = (k.id, k.site, iso(k.time), k.sensor, k.status, k.usable, k.p_detect, k.p_false)
        for o in k.observations or (Observation(seen="indeterminate"),):
            body = (o.seen, o.vessel_class, o.vessel, o.length_m, o.length_sd_m, o.activity, k.source, o.note or k.note)
            rows.append((*head, *body))
    return Table(name="observations", columns=columns, rows=tuple(rows))


def scene_table(case: CaseSnapshot) -> Table:
    """Pictures with their time, size and hash."""
    columns = ("scene", "time", "time_basis", "sensor", "platform", "gsd_col_m", "gsd_row_m", "width", "height", "crs",
               "sites", "original", "path", "sha256", "simulated", "licence", "credit")  # fmt: skip
    rows = tuple(
        (
            s.id,
            iso(s.time),
            s.time_basis,
            s.sensor,
            s.platform,
            s.gsd_m[0],
            s.gsd_m[1],
            s.width,
            s.height,
            s.crs,
            joined(s.sites),
            s.original,
            s.path,
            s.sha256,
            s.simulated,
            s.licence,
            s.credit,
        )
        for s in case.scenes
    )
    return Table(name="scenes", columns=columns, rows=rows)


_DETECTION_COLUMNS = (
    "detection", "scene", "time", "score", "score_low", "score_high", "lon", "lat", "length_m", "length_m_low",
    "length_m_high", "beam_m", "beam_m_low", "beam_m_high", "axis_deg", "heading_deg", "bow_probability", "flags",
    "simulated",
)  # fmt: skip


def detection_table(case: CaseSnapshot) -> Table:
    """Detections with their measurements; lon and lat are of the box's middle."""
    simulated = case.simulated_scenes()
    rows = tuple(_detection_row(d, simulated=d.scene in simulated) for d in case.detections)
    return Table(name="detections", columns=_DETECTION_COLUMNS, rows=rows)


def dismissed_table(case: CaseSnapshot) -> Table:
    """What looks like a vessel and is named as something else, with the reasons."""
    simulated = case.simulated_scenes()
    rows = tuple(
        (*_detection_row(d, simulated=d.scene in simulated), joined(d.detection.reasons)) for d in case.dismissed
    )
    return Table(name="dismissed", columns=(*_DETECTION_COLUMNS, "reasons"), rows=rows)


def middle(ring: tuple[tuple[float, float], ...] | None) -> tuple[float, float] | None:
    """The middle (lon, lat) of a closed ring of a small box; None without a ring."""
    if not ring:
        return None
    corners = ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring
    return sum(p[0] for p in corners) / len(corners), sum(p[1] for p in corners) / len(corners)


def _bounds(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _detection_row(entry: CaseDetection, *, simulated: bool) -> tuple[Cell, ...]:
    d, m = entry.detection, entry.detection.measurement
    lon, lat = middle(d.ring) or (None, None)
    return (
        entry.id,
        entry.scene,
        when(d.time),
        d.score.value,
        d.score.low,
        d.score.high,
        lon,
        lat,
        m.length_m,
        *_bounds(m.length_m_90),
        m.beam_m,
        *_bounds(m.beam_m_90),
        m.axis_deg,
        m.heading_deg,
        m.bow_probability,
        joined(d.flags),
        simulated,
    )


def sighting_table(case: CaseSnapshot) -> Table:
    """Detections attributed to classes."""
    columns = ("sighting", "site", "scene", "detection", "time", "named", "candidates", "none_of_these", "basis",
               "simulated")  # fmt: skip
    return Table(name="sightings", columns=columns, rows=tuple(_sighting_row(s) for s in case.sightings))


def _sighting_row(s: Sighting) -> tuple[Cell, ...]:
    candidates = joined(f"{c.vessel or c.vessel_class} {c.probability:.2f}" for c in s.candidates)
    return (
        s.id,
        s.site,
        s.scene,
        s.detection,
        iso(s.time),
        s.named,
        candidates,
        s.none_of_these,
        s.basis,
        s.simulated,
    )


def port_call_table(case: CaseSnapshot) -> Table:
    """Stays with their four bounds; blank where no look bounds them."""
    columns = ("site", "vessel_class", "vessel", "arrived_after", "arrived_before", "departed_after",
               "departed_before", "looks", "simulated")  # fmt: skip
    return Table(name="port_calls", columns=columns, rows=tuple(_port_call_row(c) for c in case.port_calls))


def _port_call_row(c: PortCall) -> tuple[Cell, ...]:
    return (
        c.site,
        c.vessel_class,
        c.vessel,
        when(c.arrived_after),
        iso(c.arrived_before),
        iso(c.departed_after),
        when(c.departed_before),
        joined(c.looks),
        c.simulated,
    )


def lift_table(case: CaseSnapshot) -> Table:
    """What the calls can have carried, against what is claimed."""
    columns = ("claim", "ships", "unit", "calls", "carried_low", "carried_high", "claimed", "shiploads_low",
               "shiploads_high", "load_p05", "load_p50", "load_p95", "enough", "basis")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for k in case.lifts:
        head = (k.claim, k.ships, k.unit, k.calls, k.carried.low, k.carried.high, k.claimed)
        points = (k.load.p05, k.load.p50, k.load.p95) if k.load else (None, None, None)
        enough = k.load.enough.value if k.load and k.load.enough else None
        rows.append((*head, *_bounds(k.shiploads), *points, enough, joined(k.basis)))
    return Table(name="lifts", columns=columns, rows=tuple(rows))


def source_table(case: CaseSnapshot) -> Table:
    """Who speaks, how graded, and to which origin it goes back."""
    columns = ("source", "title", "publisher", "published", "reliability", "credibility", "origin", "quotes", "url",
               "licence", "simulated", "note")  # fmt: skip
    rows = tuple(
        (
            s.id,
            s.title,
            s.publisher,
            s.published,
            s.reliability,
            s.credibility,
            s.origin or s.id,
            joined(s.quotes),
            s.url,
            s.licence,
            s.simulated,
            s.note,
        )
        for s in case.definition.sources
    )
    return Table(name="sources", columns=columns, rows=rows)


def verdict_table(case: CaseSnapshot) -> Table:
    """A verdict per claim element."""
    columns = ("claim", "element", "statement", "verdict", "lr", "lr_low", "lr_high", "probability",
               "probability_low", "probability_high", "prior", "power", "word", "strength", "confidence",
               "confidence_reasons", "origins", "evidence", "reasons", "simulated")  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for v in case.verdicts:
        ratio, p = v.likelihood_ratio, v.probability
        lr = (ratio.value, ratio.low, ratio.high) if ratio else (None, None, None)
        odds = (p.value, p.low, p.high, p.prior) if p else (None, None, None, None)
        head = (v.claim, v.element, v.statement, v.verdict)
        ground = (v.confidence, joined(v.confidence_reasons), v.origins, joined(v.evidence), joined(v.reasons))
        rows.append((*head, *lr, *odds, v.power, v.word, v.strength, *ground, v.simulated))
    return Table(name="verdicts", columns=columns, rows=tuple(rows))
