"""Pictures and tracks of ships whose truth is known: simulated traffic, some of it without AIS, most of it with gaps.

Ships sail on courses that they change now and then, stop and go on, or lie at anchor; nothing of how they move is taken
from the model that is measured. Half of them are of one size, so that size tells them apart badly.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from offing.geo import KNOT_M_S, LonLat
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.vessels.ais.model import Fix, RadarView, Static, Track
from offing.vessels.ais.plane import to_place, to_places
from offing.vessels.ais.views import displacement, usual_views
from offing.vessels.model import Detection, Measurement, OrientedBox

F64 = NDArray[np.float64]
HALF_M = 25_000.0
"""Half the side of a picture."""
HOURS, STEP_S = 11.0, 60.0
"""How long ships are followed before and after the picture."""
SENDING, DETECTED = 0.75, 0.9
"""Share of ships that send; of ships that are detected."""
GAPS_H = (1.0, 9.0)
"""Six ships in ten have a gap of so many hours around the picture."""
GAPPED = 0.6
WRONG_LENGTH, WRONG_AXIS = 0.05, 0.05


class World(Record, frozen=True):
    """One picture, its tracks, and the truth."""

    time: datetime
    detections: tuple[Detection, ...]
    tracks: tuple[Track, ...]
    truth: tuple[str | None, ...]
    """Detection → key of its ship's track; None: sends nothing, or no ship."""
    ships: tuple[bool, ...]
    """Whether each detection is a ship at all."""
    gaps_h: dict[str, float]
    """Track → hours between the fixes around the picture."""
    speeds_kn: dict[str, float]
    """Track → true speed over ground at the picture's time."""
    undetected: frozenset[str]
    """Tracks of ships within the picture that are no detection."""
    places: dict[str, LonLat]
    """Track → where its ship truly was."""
    footprint: tuple[tuple[float, float], ...]
    views: tuple[RadarView, ...]
    """As they can be told without annotation."""
    exact: tuple[RadarView, ...]
    """As the annotation would tell."""


class _Ship(Record, frozen=True):
    path: F64
    """(steps, 4): east, north, m; eastward, northward, m/s."""
    length_m: float
    bow_deg: F64


def world(seed: int) -> World:
    """The world of a seed."""
    rng = np.random.default_rng([seed, 75])
    middle, time, usual, exact = _frame(rng)
    ships = _ships(rng)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], float) * HALF_M
    shift = displacement(exact, middle)
    detections: list[Detection] = []
    truth: list[str | None] = []
    real: list[bool] = []
    tracks: list[Track] = []
    gaps: dict[str, float] = {}
    places: dict[str, LonLat] = {}
    speeds: dict[str, float] = {}
    undetected: set[str] = set()
    now = len(ships[0].path) // 2
    for n, ship in enumerate(ships):
        state = ship.path[now]
        here = bool(np.abs(state[:2]).max() < HALF_M)
        sends, seen = bool(rng.random() < SENDING), here and bool(rng.random() < DETECTED)
        key = f"2{n:08d}"
        if sends:
            track, gap = _track(rng, ship, key, middle, time)
            tracks.append(track)
            gaps[key] = gap
            speeds[key] = float(np.hypot(*state[2:])) / KNOT_M_S
            places[key] = to_place(middle, float(state[0]), float(state[1]))
            if here and not seen:
                undetected.add(key)
        if seen:
            shown = state[:2] + shift @ state[2:] + rng.normal(0.0, 25.0, 2)
            detections.append(_detection(rng, shown, ship.length_m, float(ship.bow_deg[now]), middle))
            truth.append(key if sends else None)
            real.append(True)
    for _ in range(int(rng.poisson(3.0))):
        place = rng.uniform(-HALF_M, HALF_M, 2)
        length = float(np.exp(rng.normal(math.log(60.0), 0.6)))
        detections.append(_detection(rng, place, length, float(rng.uniform(0.0, 360.0)), middle))
        truth.append(None)
        real.append(False)
    order = rng.permutation(len(detections))
    return World(
        time=time,
        detections=tuple(_numbered(detections[i], n) for n, i in enumerate(order)),
        tracks=tuple(tracks),
        truth=tuple(truth[i] for i in order),
        ships=tuple(real[i] for i in order),
        gaps_h=gaps,
        speeds_kn=speeds,
        undetected=frozenset(undetected),
        places=places,
        footprint=tuple((float(x), float(y)) for x, y in to_places(middle, corners)),
        views=(usual,),
        exact=(exact,),
    )


def _frame(rng: np.random.Generator) -> tuple[LonLat, datetime, RadarView, RadarView]:
    """(middle, time, the view that is known without annotation, the true view) of a picture."""
    middle = LonLat(lon=float(rng.uniform(-170.0, 170.0)), lat=float(rng.uniform(-55.0, 60.0)))
    local = 18.0 if rng.random() < 0.5 else 6.0
    hour = (local - middle.lon / 15.0) % 24.0
    time = datetime(2024, 5, 17, tzinfo=UTC) + timedelta(hours=hour)
    (usual,) = usual_views(middle, time)[:1]
    seconds = usual.seconds[0] + float(rng.uniform(-1.0, 1.0)) * 1.7 * usual.seconds_error
    exact = RadarView(
        heading_deg=usual.heading_deg + float(rng.normal(0.0, 0.5)), heading_error_deg=0.3, anchor=middle,
        seconds=(seconds,), seconds_error=0.3, prior=1.0, basis="annotation",
    )  # fmt: skip
    return middle, time, usual, exact


def _ships(rng: np.random.Generator) -> list[_Ship]:
    """Traffic in and around the picture; anchored ships in one or two crowds."""
    steps = int(2 * HOURS * 3600 / STEP_S) + 1
    crowds = rng.uniform(-0.7 * HALF_M, 0.7 * HALF_M, (2, 2))
    found = []
    for _ in range(int(rng.integers(25, 70))):
        alike = rng.random() < 0.5
        length = float(rng.normal(190.0, 6.0)) if alike else float(np.clip(np.exp(rng.normal(4.6, 0.6)), 20.0, 370.0))
        if rng.random() < 0.45:
            crowd = crowds[int(rng.integers(2))]
            found.append(_anchored(rng, crowd + rng.normal(0.0, 2500.0, 2), length, steps))
        else:
            found.append(_sailing(rng, length, steps))
    return found


def _anchored(rng: np.random.Generator, place: F64, length: float, steps: int) -> _Ship:
    bow = float(rng.uniform(0.0, 360.0)) + np.cumsum(rng.normal(0.0, 0.7, steps))
    swing = float(rng.uniform(10.0, 150.0))
    turned = np.radians(bow)
    path = np.zeros((steps, 4))
    path[:, 0], path[:, 1] = place[0] - swing * np.sin(turned), place[1] - swing * np.cos(turned)
    return _Ship(path=path, length_m=length, bow_deg=bow % 360.0)


def _sailing(rng: np.random.Generator, length: float, steps: int) -> _Ship:
    """A course with turns, changes of speed and stops; somewhere in or near the picture at its time."""
    turns = np.where(rng.random(steps) < STEP_S / 5400.0, rng.normal(0.0, 35.0, steps), 0.0)
    courses = float(rng.uniform(0.0, 360.0)) + np.cumsum(turns) + rng.normal(0.0, 0.5, steps)
    changes = np.where(rng.random(steps) < STEP_S / 14_400.0, rng.normal(0.0, 3.0, steps), 0.0)
    speeds = np.clip(float(rng.uniform(7.0, 19.0)) + np.cumsum(changes), 4.0, 22.0)
    for start in np.flatnonzero(rng.random(steps) < STEP_S / 36_000.0):
        speeds[start : start + int(rng.exponential(7200.0) / STEP_S)] = 0.05
    turned = np.radians(courses)
    velocity = (speeds * KNOT_M_S)[:, None] * np.column_stack([np.sin(turned), np.cos(turned)])
    place = np.vstack([np.zeros(2), np.cumsum(velocity[:-1] * STEP_S, axis=0)])
    place += rng.uniform(-1.2 * HALF_M, 1.2 * HALF_M, 2) - place[steps // 2]
    return _Ship(path=np.hstack([place, velocity]), length_m=length, bow_deg=courses % 360.0)


def _track(rng: np.random.Generator, ship: _Ship, key: str, middle: LonLat, time: datetime) -> tuple[Track, float]:
    """(what the ship sent, hours between the fixes around the picture)."""
    steps = len(ship.path)
    now = steps // 2
    at = np.arange(int(rng.integers(8)), steps, int(rng.integers(3, 11)))
    if rng.random() < GAPPED:
        gap = float(rng.uniform(*GAPS_H)) * 3600.0 / STEP_S
        before = float(rng.uniform(0.05, 0.95)) * gap
        at = at[(at <= now - before) | (at >= now + gap - before)]
    places = to_places(middle, ship.path[at, :2] + rng.normal(0.0, 10.0, (len(at), 2)))
    speeds = np.hypot(*ship.path[at, 2:].T) / KNOT_M_S
    courses = np.degrees(np.arctan2(ship.path[at, 2], ship.path[at, 3])) % 360.0
    bows = rng.random() < 0.85
    fixes = tuple(
        Fix(
            time=time + timedelta(seconds=float((n - now) * STEP_S)), lon=float(x), lat=float(y),
            sog_kn=round(float(s), 1), cog_deg=round(float(c), 1) % 360.0 if s > 0.3 else None,
            heading_deg=round(float(ship.bow_deg[n])) % 360.0 if bows else None,
        )
        for n, (x, y), s, c in zip(at, places, speeds, courses, strict=True)
    )  # fmt: skip
    wrong = rng.random() < WRONG_LENGTH
    length = float(rng.uniform(20.0, 300.0)) if wrong else round(ship.length_m)
    static = Static(name=f"SIMULATED {key}", length_m=length, beam_m=round(ship.length_m / 6.5), antenna_m=(0.0, 0.0))
    past, later = at[at <= now], at[at > now]
    hours = (later[0] - past[-1]) * STEP_S / 3600.0 if len(past) and len(later) else math.inf
    return Track(key=key, mmsi=key, static=static, fixes=fixes), float(hours)


def _detection(rng: np.random.Generator, place: F64, length: float, bow: float, middle: LonLat) -> Detection:
    """A detection as the detector would give it; its box matters only for its middle and its axis."""
    sd = 0.05 + 5.0 / length
    measured = length * math.exp(float(rng.normal(0.0, sd)))
    beam = length / 6.5 * math.exp(float(rng.normal(0.0, 0.25)))
    axis = (
        float(rng.uniform(0.0, 180.0))
        if rng.random() < WRONG_AXIS
        else bow + float(rng.normal(0.0, max(3.0, 500.0 / length)))
    )
    sin, cos = math.sin(math.radians(axis)), math.cos(math.radians(axis))
    half = np.array([[sin, cos]]) * length / 2.0
    side = np.array([[cos, -sin]]) * beam / 2.0
    ring = to_places(middle, place + np.vstack([half + side, half - side, -half - side, -half + side, half + side]))
    return Detection(
        id="0", image="simulated", time=None, score=Probability(value=0.9, low=0.9, high=0.9, basis="simulated"),
        box=OrientedBox(col=0.0, row=0.0, length_px=(1.0, 0.0), beam_px=(0.0, 1.0)),
        ring=tuple((float(x), float(y)) for x, y in ring),
        measurement=Measurement(
            length_m=measured, length_m_90=_around(measured, sd), beam_m=beam, beam_m_90=_around(beam, 0.25),
            axis_deg=axis % 180.0, heading_deg=axis % 360.0, bow_probability=0.5,
        ),
    )  # fmt: skip


def _around(value: float, sd: float) -> Interval:
    return Interval(low=value * math.exp(-1.6449 * sd), high=value * math.exp(1.6449 * sd))


def _numbered(detection: Detection, n: int) -> Detection:
    import msgspec

    return msgspec.structs.replace(detection, id=f"{n + 1:04d}")
