"""The satellites that are known as dated facts, and when which of them was at work."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files

import msgspec

from offing.errors import OrbitError, did_you_mean
from offing.looks.passes.model import Elements, Orbit, Satellite, Station, Swath
from offing.records import Record


class _File(Record, frozen=True):
    satellites: tuple[Satellite, ...]


@cache
def satellites() -> tuple[Satellite, ...]:
    """Every known satellite, as in ``satellites.toml``."""
    text = (files("offing.looks.passes") / "satellites.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _File).satellites


def satellite(name: str) -> Satellite:
    """The satellite of that id, name or NORAD number. Raises OrbitError naming the nearest ids."""
    wanted = name.strip().lower().replace(" ", "-").replace("_", "-")
    for known in satellites():
        if wanted in (known.id, known.name.lower().replace(" ", "-"), str(known.norad)):
            return known
    ids = [s.id for s in satellites()]
    raise OrbitError(
        f"{name[:40]!r} is no known satellite", fix=did_you_mean(wanted, ids, f"known are {', '.join(ids)}")
    )


def at_work(known: Satellite, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """The part of ``start`` to ``end`` in which the satellite gave routine data, as far as known; None: no part.

    A satellite without a known first day of data counts from its launch.
    """
    first = _midnight((known.data_from or known.launch).on)
    last = _midnight(known.data_to.on) + timedelta(days=1) if known.data_to else end
    start, end = max(start, first), min(end, last)
    return (start, end) if start < end else None


def on_station(station: Station, start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """The part of ``start`` to ``end`` that lies within the station; None: no part."""
    start = max(start, _midnight(station.start))
    end = min(end, _midnight(station.end)) if station.end else end
    return (start, end) if start < end else None


def acquired(known: Satellite, moment: datetime) -> str:
    """Of what, and by whose plan, the satellite took pictures at that time."""
    held = (s for s in known.stations if on_station(s, moment, moment + timedelta(seconds=1)))
    return next((s.acquires for s in held if s.acquires), known.acquires)


def orbits(
    names: Iterable[str] = (), elements: Sequence[Elements] = (), swaths_km: Mapping[int, float] | None = None
) -> tuple[Orbit, ...]:
    """What passes are computed of: the satellites named (``sentinel-1a`` or ``sentinel-1a:EW``), else all there are.

    ``elements`` refine the known satellites; those of others are added, each with the width of its swath in kilometres
    from ``swaths_km`` (by NORAD number). Raises OrbitError for an unknown name or mode, and for elements of a satellite
    whose swath is not known.
    """
    sets: dict[int, list[Elements]] = {}
    for one in elements:
        sets.setdefault(one.norad, []).append(one)
    own = _own_names(sets)
    wanted = list(names) or [*(s.id for s in satellites()), *own]
    found = {}
    for name in wanted:
        label = next((label for label in own if label.lower() == name.strip().lower()), None)
        orbit = _own(label, sets[own[label]], swaths_km or {}) if label else _known(name, sets)
        found[(orbit.satellite, orbit.swath.mode)] = orbit
    return tuple(found[key] for key in sorted(found))


def _own_names(sets: Mapping[int, Sequence[Elements]]) -> dict[str, int]:
    """How satellites that only the user's files know are called → their number."""
    known = {s.norad for s in satellites()}
    names: dict[str, int] = {}
    for number in sorted(set(sets) - known):
        label = next((e.name for e in sets[number] if e.name), f"NORAD {number}")
        names[label if label not in names else f"{label} ({number})"] = number
    return names


def _known(name: str, sets: Mapping[int, Sequence[Elements]]) -> Orbit:
    plain, _, mode = name.partition(":")
    known = satellite(plain)
    modes = {s.mode.lower(): s for s in known.swaths}
    if mode and mode.strip().lower() not in modes:
        there = ", ".join(s.mode for s in known.swaths)
        raise OrbitError(f"{known.name} has no mode {mode[:20]!r}", fix=f"it has {there}")
    swath = modes[mode.strip().lower()] if mode else known.swaths[0]
    return Orbit(satellite=known.id, swath=swath, known=known, elements=_by_epoch(sets.get(known.norad, ())))


def _own(name: str, sets: Sequence[Elements], swaths_km: Mapping[int, float]) -> Orbit:
    width = swaths_km.get(sets[0].norad)
    if width is None:
        raise OrbitError(
            f"how wide a swath {name} sees is not known",
            where=sets[0].origin,
            fix="say it: swath_km in case.yaml, --swath-km on the command line",
        )
    swath = Swath(mode="as given", band="optical", source="as given by the user", width_km=width)
    return Orbit(satellite=name, swath=swath, elements=_by_epoch(sets))


def _by_epoch(sets: Sequence[Elements]) -> tuple[Elements, ...]:
    return tuple(sorted(sets, key=lambda e: e.epoch))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
