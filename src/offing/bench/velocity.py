"""Velocities by band delays: whether the intervals hold on generated ships, and what is told of real ones in port."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from offing.bench.model import BenchOptions, BenchResult
from offing.bench.velocity_ports import T90, detections, port_figures
from offing.bench.velocity_scenes import BANDS, Sailing, roads, write_roads
from offing.imagery.reading import Picture, open_picture
from offing.records import Record
from offing.vessels.velocity.delays import tracked_bands
from offing.vessels.velocity.ground import KNOT_M_S, Course, ground_velocity
from offing.vessels.velocity.watching import Watch

SCENES = 8
LENGTHS = ((40.0, 80.0), (80.0, 150.0), (150.0, 300.0))
SPEEDS = ((2.0, 5.0), (5.0, 8.0), (8.0, 12.0), (12.0, 18.0), (18.0, 25.0))


class Told(Record, frozen=True):
    """A generated ship with what was measured of it."""

    ship: Sailing
    land: bool
    """Whether land told how the bands lie on each other."""
    moves: bool
    course: Course
    """The way round that is nearer to the truth."""
    off_kn: float
    """Error along the ship's axis, in the true direction, knots."""
    off_sds: float
    """The same over its standard deviation."""


def run(options: BenchOptions) -> BenchResult:
    """Generated roads, and the labelled ports where the labels are given."""
    told: list[Told] = []
    drawn = 0
    with tempfile.TemporaryDirectory() as folder:
        for i in range(4 if options.quick else SCENES):
            seed, land = options.seed * 1000 + i, i % 4 != 3
            scene = roads(seed, land=land)
            path = Path(folder) / f"S2_{seed}.tif"
            write_roads(scene, path)
            with open_picture([path]) as picture:
                told += _told(scene.ships, picture, land, 1.0 if scene.forward else -1.0)
            drawn += len(scene.ships)
    figures = _figures(told, drawn)
    if options.data is not None:
        figures |= port_figures(options)
    return BenchResult(
        name="velocity",
        protocol=(
            f"generated ships of 40–300 m in bands {', '.join(BANDS)}, 10 m: a third at anchor, the others at 2–25 kn; "
            "hulls of 2–6 colours, wakes on four in five, shadows, waves, noise, bands off by 0.06 px, either order of "
            "the bands; three pictures in four with land. Boxes off by 0.4 px, 8 % in length, 15 % in width, 3°. "
            "Courses are scored the nearer way round. Real ports: boxes around the labelled masks"
        ),
        n=len(told),
        split=f"generated, seeds {options.seed * 1000} on" + ("" if options.data is None else "; s2-ports whole"),
        figures=figures,
    )


def _told(ships: Sequence[Sailing], picture: Picture, land: bool, order: float) -> list[Told]:
    watch = Watch(detections([s.box for s in ships], picture), picture, tracked_bands(picture))
    north = picture.north_deg_at(picture.width / 2, picture.height / 2)
    found = []
    for i, ship in enumerate(ships):
        seen = watch.seen(i)
        if isinstance(seen, str):
            continue
        course = ground_velocity(seen.motion, seen.track.outline, picture)
        true = (ship.course_deg - north) % 360.0
        if abs((course.course_deg - true + 180.0) % 360.0 - 180.0) > 90.0:
            course = course.reversed()
        metres = picture.metres_per_pixel_at(ship.box.col, ship.box.row)[0]
        angle = seen.track.outline.angle
        same = np.sign(
            np.cos(angle) * np.sin(np.deg2rad(ship.course_deg)) - np.sin(angle) * np.cos(np.deg2rad(ship.course_deg))
        )
        off = (seen.motion.ahead * metres / KNOT_M_S) * order * same - ship.speed_kn
        sd = float(np.sqrt(seen.motion.covariance[0, 0])) * metres / KNOT_M_S
        found.append(
            Told(ship=ship, land=land, moves=seen.moves, course=course, off_kn=float(off), off_sds=float(off) / sd)
        )
    return found


def _figures(told: Sequence[Told], drawn: int) -> dict[str, float | str]:
    anchored = [t for t in told if t.ship.speed_kn == 0.0]
    sailing = [t for t in told if t.ship.speed_kn > 0.0]
    moving = [t for t in sailing if t.moves]
    figures: dict[str, float | str] = {
        "generated, tried of drawn": f"{len(told)} of {drawn}",
        "at anchor, told to move": _share([t.moves for t in anchored]),
        "under way, told to move": _share([t.moves for t in sailing]),
        "90 % intervals of the speed that hold, told to move": _share([_speed_holds(t) for t in moving]),
        "90 % intervals of the course that hold, told to move": _share([_course_holds(t) for t in moving]),
        "90 % intervals along the axis that hold, all tried": _share([abs(t.off_sds) < T90 for t in told]),
        "error of the speed, told to move, median kn": _median([t.course.speed_kn - t.ship.speed_kn for t in moving]),
        "half the speed interval, told to move, median kn": _median(
            [(t.course.speed_kn_90.high - t.course.speed_kn_90.low) / 2 for t in moving]
        ),
    }
    for land in (True, False):
        some = [t for t in told if t.land == land]
        what = "with land" if land else "without land"
        figures[f"absolute error along the axis, {what}, median kn"] = _median([abs(t.off_kn) for t in some])
        figures[f"{what}, under way, told to move"] = _share([t.moves for t in some if t.ship.speed_kn > 0])
    for wake in (True, False):
        some = [t for t in sailing if t.ship.wake == wake]
        figures[f"error along the axis, {'with' if wake else 'without'} wake, median kn"] = _median(
            [t.off_kn for t in some]
        )
    for low, high in LENGTHS:
        for slow, fast in SPEEDS:
            some = [t for t in sailing if t.land and low <= t.ship.length_m < high and slow <= t.ship.speed_kn < fast]
            figures[f"told to move, with land, {low:g}–{high:g} m, {slow:g}–{fast:g} kn"] = _share(
                [t.moves for t in some]
            )
    return figures


def _speed_holds(told: Told) -> bool:
    return told.ship.speed_kn in told.course.speed_kn_90


def _course_holds(told: Told) -> bool:
    # The true course was given from the picture's up, which in the middle of a UTM zone is true north to a tenth.
    reach = (told.course.course_deg_90.high - told.course.course_deg_90.low) / 2
    return abs((told.ship.course_deg - told.course.course_deg + 180.0) % 360.0 - 180.0) <= reach + 0.1


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values)} of {len(values)}" + (f": {sum(values) / len(values):.3f}" if values else "")


def _median(values: Sequence[float]) -> float | str:
    return round(float(np.median(values)), 2) if values else "none"
