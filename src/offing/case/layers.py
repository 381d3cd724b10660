"""The current results as rows of the GeoPackage layers: what QGIS shows of them.

Geometry is EPSG:4326, longitude first, as GeoPackage blobs: a header, then ISO WKB by shapely.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import cast

from msgspec.structs import replace

from offing.case.identity_rows import identity_rows
from offing.case.identity_rows import texts as identity_texts
from offing.case.model import Results
from offing.case.presence_rows import presence_row, weighed_row
from offing.case.voyage_rows import TIMES, cells
from offing.imagery.model import Scene
from offing.judgement.model import ClaimVerdict, Verdict
from offing.looks.model import Look
from offing.movements.model import PortCall
from offing.movements.voyages.model import Voyage
from offing.quantities import Interval
from offing.sites import Berth, Site
from offing.vessels.model import Detection, Sighting

Cell = None | bool | int | float | str | bytes
Row = tuple[Cell, ...]
Ring = Sequence[tuple[float, float]]

LAYERS = (
    "sites", "berths", "looks", "detections", "sightings", "port_calls", "verdicts", "dismissed", "identities",
    "voyages", "presence", "weighed_calls", "claim_verdicts",
)  # fmt: skip
"""Layers that are rebuilt from the results; ``footprints`` grows with the scenes."""
LATER = ("dismissed", "identities", "voyages", "presence", "weighed_calls", "claim_verdicts")
"""Those that older stores did not have: the digest of results leaves them out while they are empty."""

_HEADER = struct.Struct("<2sBBi")
_SRS = 4326


def blob(wkb: bytes, bounds: tuple[float, float, float, float] | None = None) -> bytes:
    """A GeoPackage geometry (OGC 12-128r18, 2.1.3): header with SRS 4326, optional envelope, then ``wkb``.

    ``bounds`` is (min lon, min lat, max lon, max lat).
    """
    if bounds is None:
        return _HEADER.pack(b"GP", 0, 0b0000_0001, _SRS) + wkb
    west, south, east, north = bounds
    return _HEADER.pack(b"GP", 0, 0b0000_0011, _SRS) + struct.pack("<4d", west, east, south, north) + wkb


def point(lon: float, lat: float) -> bytes:
    """A point as a GeoPackage blob."""
    from shapely import Point, to_wkb

    return blob(to_wkb(Point(lon, lat), byte_order=1))


def polygon(ring: Ring | None) -> bytes | None:
    """A closed ring of (lon, lat) as a GeoPackage blob; None stays None."""
    if ring is None or len(ring) < 4:
        return None
    from shapely import Polygon, to_wkb

    shape = Polygon(ring)
    return blob(to_wkb(shape, byte_order=1), shape.bounds)


def line(points: Sequence[tuple[float, float]]) -> bytes | None:
    """A line of (lon, lat) as a GeoPackage blob; None for fewer than two points."""
    if len(points) < 2:
        return None
    from shapely import LineString, to_wkb

    shape = LineString(points)
    return blob(to_wkb(shape, byte_order=1), shape.bounds)


def stamp(instant: datetime | None) -> str | None:
    """A GeoPackage DATETIME: UTC with milliseconds."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def extent(blobs: Iterable[bytes | None]) -> tuple[float | None, ...]:
    """(min lon, min lat, max lon, max lat) of geometries made by ``point`` and ``polygon``; Nones for no geometry."""
    boxes = {_bounds(data) for data in blobs if data}
    if not boxes:
        return (None, None, None, None)
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _bounds(data: bytes) -> tuple[float, float, float, float]:
    if data[3] & 0b0000_1110:
        west, east, south, north = struct.unpack_from("<4d", data, _HEADER.size)
        return west, south, east, north
    lon, lat = struct.unpack_from("<2d", data, _HEADER.size + 5)
    return lon, lat, lon, lat


def rows(results: Results) -> dict[str, Iterator[Row]]:
    """Layer → its rows, without ``fid``, in the order of the results."""
    places = {site.id: point(*site.position) for site in results.sites}
    boxes = {
        (group.scene, found.id): found.ring for group in results.detections for found in group.detections if found.ring
    }
    return {
        "sites": (_site(site, places) for site in results.sites),
        "berths": (_berth(berth) for berth in results.berths),
        "looks": look_rows(results.looks, places),
        "detections": (
            _detection(found, group.scene, group.simulated)
            for group in results.detections
            for found in group.detections
        ),
        "sightings": (
            _sighting(s, _middle(boxes.get((s.scene, s.detection))) or places.get(s.site)) for s in results.sightings
        ),
        "port_calls": (_port_call(call, places) for call in results.port_calls),
        "verdicts": _verdicts(results),
        "claim_verdicts": (_claim(v) for v in results.claims),
        "dismissed": (
            (*_detection(found, group.scene, group.simulated), _join(found.reasons))
            for group in results.detections
            for found in group.dismissed
        ),
        "identities": (
            (
                polygon(boxes.get((row.scene, row.found.detection))),
                row.sighting,
                row.site,
                row.scene,
                row.found.detection,
                stamp(row.time),
                *identity_texts(row),
                row.found.simulated,
            )
            for row in identity_rows(results.identities, {s.scene: s.time for s in results.sightings})
        ),
        "voyages": (_voyage(voyage) for voyage in results.voyages.voyages),
        "presence": (presence_row(p, places, stamp) for p in results.presence),
        "weighed_calls": (weighed_row(c, places, stamp) for c in results.port_calls if c.posterior or c.unweighed),
    }


def look_rows(looks: Iterable[Look], places: dict[str, bytes]) -> Iterator[Row]:
    """Rows of the layer ``looks``; ``places``: site id → its point."""
    return (_look(look, places) for look in looks)


def footprint(scene: Scene) -> Row:
    """A scene's row in the layer ``footprints``."""
    return (
        polygon(scene.footprint), scene.id, stamp(scene.time), scene.sensor, scene.platform, max(scene.gsd_m),
        _join(scene.sites), scene.path, scene.original, scene.sha256, scene.licence, scene.credit, scene.simulated,
    )  # fmt: skip


def _site(site: Site, places: dict[str, bytes]) -> Row:
    return (
        places[site.id], site.id, site.name, site.role, _join(site.aka), site.radius_m, site.timezone,
        site.simulated, site.note,
    )  # fmt: skip


def _berth(berth: Berth) -> Row:
    return polygon(berth.ring), berth.id, berth.site, berth.name


def _look(look: Look, places: dict[str, bytes]) -> Row:
    seen = {observation.seen for observation in look.observations}
    word = next((w for w in ("yes", "indeterminate", "no") if w in seen), None)
    ships = [o for o in look.observations if o.seen == "yes"]
    return (
        places.get(look.site), look.id, look.site, stamp(look.time), look.sensor, look.status, look.usable,
        look.reason, look.p_detect, look.p_false, look.p_basis, word, _join(o.vessel_class for o in ships),
        _join(o.vessel for o in ships), _join(o.activity for o in look.observations), look.source, look.scene,
        look.sun_elevation_deg, look.simulated, look.note,
    )  # fmt: skip


def _detection(found: Detection, scene: str, simulated: bool) -> Row:
    size = found.measurement
    return (
        polygon(found.ring), scene, found.id, found.image, stamp(found.time),
        found.score.value, found.score.low, found.score.high, size.length_m, *_ends(size.length_m_90),
        size.beam_m, *_ends(size.beam_m_90), size.axis_deg, size.heading_deg, size.bow_probability,
        _join(found.flags), simulated,
    )  # fmt: skip


def _sighting(sighting: Sighting, place: bytes | None) -> Row:
    candidates = _join(f"{c.vessel or c.vessel_class} {c.probability:.2f}" for c in sighting.candidates)
    return (
        place, sighting.id, sighting.site, sighting.scene, sighting.detection, stamp(sighting.time), sighting.named,
        candidates, sighting.none_of_these, sighting.basis, sighting.simulated,
    )  # fmt: skip


def _port_call(call: PortCall, places: dict[str, bytes]) -> Row:
    return (
        places.get(call.site), call.site, call.vessel_class, call.vessel, stamp(call.arrived_after),
        stamp(call.arrived_before), stamp(call.departed_after), stamp(call.departed_before), _join(call.looks),
        call.simulated,
    )  # fmt: skip


def _voyage(voyage: Voyage) -> Row:
    values = list(cells(voyage))
    values[TIMES] = [stamp(cast("datetime | None", t)) for t in values[TIMES]]
    return cast("Row", (line(voyage.points), *values))


def _verdicts(results: Results) -> Iterator[Row]:
    return (_verdict(v) for v in results.verdicts)


def _verdict(v: Verdict) -> Row:
    ratio, chance = v.likelihood_ratio, v.probability
    strength: Row = (ratio.value, ratio.low, ratio.high) if ratio else (None, None, None)
    odds: Row = (chance.value, chance.low, chance.high, chance.prior) if chance else (None, None, None, None)
    return (
        v.claim, v.element, v.statement, v.verdict, *strength, *odds, v.power, v.word, v.strength, v.confidence,
        _join(v.confidence_reasons), v.origins, _join(v.evidence), _join(v.reasons), v.simulated,
    )  # fmt: skip


def _claim(v: ClaimVerdict) -> Row:
    """Its numbers are those of presence, also where the claim says more than that."""
    presence = next((k for k in v.levels if k.level == "presence"), None)
    if presence is not None:
        v = replace(
            v, likelihood_ratio=presence.likelihood_ratio, probability=presence.probability, power=presence.power
        )
    levels = _join(level.statement for level in v.levels)
    return (*_verdict(v), levels, _join(v.carried_by), _join((*v.doubted, *v.missed)), _join(v.unseen))


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _middle(ring: Ring | None) -> bytes | None:
    """The middle of a box's corners."""
    if ring is None:
        return None
    corners = ring[:-1]
    return point(sum(p[0] for p in corners) / len(corners), sum(p[1] for p in corners) / len(corners))


def _join(values: Iterable[str | None]) -> str | None:
    return "; ".join(value for value in values if value) or None
