"""Tables of ships at sites: how many called in each window, and what all looks together say of each port call."""

from __future__ import annotations

from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell, Table, joined
from offing.movements.model import PortCall, Presence
from offing.timespan import iso

_NUMBERS = ("site", "classes", "vessels", "from", "to", "claims", "calls_low", "calls_high", "calls_mean", "none",
            "none_before_looks", "distribution", "looks", "undeclared", "traffic", "simulated")  # fmt: skip
_CALLS = ("site", "vessel_class", "vessel", "looks", "arrived_p05", "arrived_p50", "arrived_p95", "departed_p05",
          "departed_p50", "departed_p95", "look_alike", "one_call", "unweighed", "simulated")  # fmt: skip


def presence_table(case: CaseSnapshot) -> Table:
    """The number of calls of the claimed ships in each claimed window; blank where no number is given."""
    return Table(name="presence", columns=_NUMBERS, rows=tuple(_presence_row(p) for p in case.presence))


def weighed_call_table(case: CaseSnapshot) -> Table:
    """Port calls with 5, 50 and 95 % points of arrival and departure given all looks; blank where there are none."""
    return Table(name="weighed_calls", columns=_CALLS, rows=tuple(_call_row(c) for c in case.port_calls))


def _presence_row(found: Presence) -> tuple[Cell, ...]:
    calls = found.calls
    numbers: tuple[Cell, ...] = (None,) * 6
    if calls is not None:
        shares = joined(f"{p:.4g}" for p in calls.probabilities)
        numbers = (calls.low, calls.high, calls.mean, calls.probabilities[0], calls.before_looks[0], shares)
    return (
        found.site, joined(found.classes), joined(found.vessels), iso(found.window.start), iso(found.window.end),
        joined(found.claims), *numbers, len(found.looks), joined(found.undeclared), found.traffic, found.simulated,
    )  # fmt: skip


def _call_row(call: PortCall) -> tuple[Cell, ...]:
    found = call.posterior
    told: tuple[Cell, ...] = (None,) * 8
    if found is not None:
        came, left = found.arrived, found.departed
        times = tuple(iso(t) for t in (came.p05, came.p50, came.p95, left.p05, left.p50, left.p95))
        told = (*times, found.look_alike, joined(f"{p:.4g}" for p in found.same))
    return call.site, call.vessel_class, call.vessel, joined(call.looks), *told, call.unweighed, call.simulated
