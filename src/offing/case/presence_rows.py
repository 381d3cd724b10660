"""Presence and weighed port calls as rows of their layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from offing.movements.model import PortCall, Presence

Cell = None | bool | int | float | str | bytes
Stamp = Callable[[datetime | None], str | None]


def presence_row(presence: Presence, places: Mapping[str, bytes], stamp: Stamp) -> tuple[Cell, ...]:
    """A row of the layer ``presence``, without ``fid``."""
    calls = presence.calls
    told: tuple[Cell, ...] = (None,) * 5
    if calls is not None:
        told = (1.0 - calls.probabilities[0], 1.0 - calls.before_looks[0], calls.mean, calls.low, calls.high)
    return (
        places.get(presence.site), presence.site, _join(presence.classes), _join(presence.vessels),
        _join(presence.claims), stamp(presence.window.start), stamp(presence.window.end), *told, len(presence.looks),
        _join(presence.undeclared), presence.traffic, presence.simulated,
    )  # fmt: skip


def weighed_row(call: PortCall, places: Mapping[str, bytes], stamp: Stamp) -> tuple[Cell, ...]:
    """A row of the layer ``weighed_calls``, without ``fid``."""
    found = call.posterior
    times: tuple[Cell, ...] = (None,) * 7
    if found is not None:
        came, left = found.arrived, found.departed
        times = (*(stamp(t) for t in (came.p05, came.p50, came.p95, left.p05, left.p50, left.p95)), found.look_alike)
    return (
        places.get(call.site), call.site, call.vessel_class, call.vessel, _join(call.looks), *times, call.unweighed,
        call.simulated,
    )  # fmt: skip


def _join(values: Iterable[str]) -> str | None:
    return "; ".join(values) or None
