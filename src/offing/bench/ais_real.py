"""The radar's displacement on real ships, and the places between fixes on real tracks with fixes taken away."""

from __future__ import annotations

import csv
import math
import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from offing.bench.model import split_hash
from offing.errors import OffingError, OffingWarning
from offing.geo import LonLat
from offing.imagery.sentinel1_orbit import EARTH_RADIUS_M, ORBIT_RADIUS_M, central_angle_rad, pass_over
from offing.records import Record
from offing.vessels.ais import read_tracks
from offing.vessels.ais.expected import expected
from offing.vessels.ais.model import Assumptions, RadarView, Track
from offing.vessels.ais.motion import speed_vector
from offing.vessels.ais.plane import to_metres
from offing.vessels.ais.views import displacement

MOVING_KN, RESTING_KN = 3.0, 0.5
GAPS_H = (1.0, 2.0, 3.0, 5.0, 9.0)
CLOCK = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 11
F64 = NDArray[np.float64]
_SCENE = re.compile(r"_(\d{8})T(\d{6})_")


class Chip(Record, frozen=True):
    """A ship that was seen, and where AIS says she was."""

    scene: str
    name: str
    apart_m: F64
    """East, north from the AIS place to the ship in the picture."""
    shift_m: F64
    """East, north by which her motion displaces her."""
    course_deg: float
    speed_kn: float


def chip_figures(folder: Path) -> dict[str, float | str]:
    """Residuals of OpenSARShip's ships before and after the correction.

    The AIS place has no time of its own there, so it may be minutes old: the residual at right angles to the course
    does not depend on that, the whole one does.
    """
    chips = _chips(folder)
    moving = [c for c in chips if c.speed_kn >= MOVING_KN]
    resting = [c for c in chips if c.speed_kn < RESTING_KN]
    before = [float(np.hypot(*c.apart_m)) for c in moving]
    after = [float(np.hypot(*(c.apart_m - c.shift_m))) for c in moving]
    what = f"chips, under way ({len({c.scene for c in moving})} scenes, names {split_hash(c.name for c in moving)})"
    return {
        f"{what}: residual before, m": _spread(before),
        f"{what}: residual after, m": _spread(after),
        f"{what}: across the course before, m": _spread([abs(_across(c, c.apart_m)) for c in moving]),
        f"{what}: across the course after, m": _spread([abs(_across(c, c.apart_m - c.shift_m)) for c in moving]),
        f"{what}: across the course after, by scene": "; ".join(
            f"{scene[17:25]}: {_spread([abs(_across(c, c.apart_m - c.shift_m)) for c in moving if c.scene == scene])}"
            for scene in sorted({c.scene for c in moving})
        ),
        f"{what}: displacement seen over displacement reckoned, each scene with an offset of its own": _factor(moving),
        "chips, at rest: residual, m": _spread([float(np.hypot(*c.apart_m)) for c in resting]),
    }


def _chips(folder: Path) -> list[Chip]:
    with (folder / "chips.csv").open(encoding="utf-8", newline="") as table:
        return [_chip(row) for row in csv.DictReader(table)]


def _chip(row: dict[str, str]) -> Chip:
    """Speeds and courses of the table are in tenths."""
    place = LonLat(lon=float(row["lon"]), lat=float(row["lat"]))
    speed, course = float(row["sog"]) / 10.0, float(row["cog"]) / 10.0
    velocity = speed_vector(speed, course % 360.0)
    view = _view(row["scene"], place, float(row["incidence"]))
    return Chip(
        scene=row["scene"],
        name=f"{row['scene']}/{row['chip']}",
        apart_m=to_metres(LonLat(lon=float(row["ais_lon"]), lat=float(row["ais_lat"])), place.lon, place.lat)[0],
        shift_m=displacement(view, place) @ np.array(velocity),
        course_deg=course,
        speed_kn=speed,
    )


def _view(scene: str, place: LonLat, incidence_deg: float) -> RadarView:
    match = _SCENE.search(scene)
    if match is None:
        raise OffingError("the name of the scene holds no time", where=scene)
    hour = (int(match[2][:2]) + int(match[2][2:4]) / 60.0 + place.lon / 15.0) % 24.0
    passes = [p for way in ("ascending", "descending") if (p := pass_over(place.lat, way, incidence_deg)) is not None]
    flown = min(passes, key=lambda p: abs((p.solar_hour - hour + 12.0) % 24.0 - 12.0))
    angle = central_angle_rad(incidence_deg)
    reach = math.sqrt(EARTH_RADIUS_M**2 + ORBIT_RADIUS_M**2 - 2.0 * EARTH_RADIUS_M * ORBIT_RADIUS_M * math.cos(angle))
    seconds = reach * math.sin(math.radians(incidence_deg)) / flown.velocity_m_s
    return RadarView(
        heading_deg=flown.heading_deg, heading_error_deg=0.3, anchor=place, seconds=(seconds,), seconds_error=0.5,
        prior=1.0, basis="the orbit, and the incidence of the chip",
    )  # fmt: skip


def _across(chip: Chip, metres: F64) -> float:
    turned = math.radians(chip.course_deg)
    return float(metres @ (math.cos(turned), -math.sin(turned)))


def _factor(moving: Sequence[Chip]) -> str:
    """By least squares across the courses, with the standard error."""
    scenes = sorted({c.scene for c in moving})
    unit = np.eye(2)
    rows = [
        [_across(c, c.shift_m), *((c.scene == s) * _across(c, axis) for s in scenes for axis in unit)] for c in moving
    ]
    known, seen = np.array(rows, float), np.array([_across(c, c.apart_m) for c in moving])
    fitted, *_ = np.linalg.lstsq(known, seen, rcond=None)
    freedom = max(1, len(seen) - known.shape[1])
    noise = float(((seen - known @ fitted) ** 2).sum()) / freedom
    error = math.sqrt(noise * float(np.linalg.pinv(known.T @ known)[0, 0]))
    return f"{fitted[0]:.2f} ± {error:.2f} (n = {len(seen)}, {len(scenes)} scenes)"


def gap_figures(folder: Path, quick: bool) -> dict[str, float | str]:
    """How often the true place lies within the 90 % radius, on real tracks whose fixes around it are taken away.

    On the half of the ships (even ids) on which nothing was chosen.
    """
    tracks: list[Track] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        for path in sorted(folder.glob("suez*.csv")):
            tracks += read_tracks([path], clock=CLOCK).tracks
    chosen = [t for t in tracks if len(t.fixes) >= 20 and int(t.key.split("/")[0]) % 2 == 0]
    rng = np.random.default_rng(SEED)
    figures: dict[str, float | str] = {}
    for gap in GAPS_H:
        found = [f for t in chosen for _ in range(1 if quick else 4) if (f := _held_out(t, gap, rng)) is not None]
        held, away = [f[0] <= f[1] for f in found], [f[0] for f in found]
        figures[f"real tracks at Suez, gap from {gap:g} h: within the 90 % radius"] = (
            f"{sum(held)} of {len(held)}: {np.mean(held):.3f}; off by a median of {np.median(away):.0f} m, "
            f"radius {np.median([f[1] for f in found]):.0f} m"
        )
    return figures


def _held_out(track: Track, gap_h: float, rng: np.random.Generator) -> tuple[float, float] | None:
    """(metres off, 90 % radius) at a fix, without the fixes around it."""
    import msgspec

    truth = track.fixes[int(rng.integers(1, len(track.fixes) - 1))]
    before = float(rng.uniform(0.2, 0.8)) * gap_h * 3600.0
    away = [(f, (f.time - truth.time).total_seconds()) for f in track.fixes]
    kept = tuple(f for f, s in away if s <= -before or s >= gap_h * 3600.0 - before)
    place = LonLat(lon=truth.lon, lat=truth.lat)
    found = expected(msgspec.structs.replace(track, fixes=kept), truth.time, place, Assumptions())
    if found is None or found.before_s is None or found.after_s is None:
        return None
    return float(np.hypot(*to_metres(place, found.place.lon, found.place.lat)[0])), found.error_m


def _spread(metres: Sequence[float]) -> str:
    if not metres:
        return "none"
    values = np.array(metres)
    high = np.quantile(values, 0.9)
    return f"median {np.median(values):.0f}, 90 % {high:.0f}, mean {values.mean():.0f} (n = {len(values)})"
