"""A whole simulated world from its spec: stage, claims, traffic, looks, and the truth beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from offing.claims import Source
from offing.looks.gathering import Gathered
from offing.looks.model import Look
from offing.looks.observation_row import Row
from offing.movements.lift import capacity_range, figures
from offing.simulation.world.declaring import declared_baseline, declared_row, undeclared
from offing.simulation.world.model import ShipCall, SimulatedWorld, Voyage, WorldSpec, WorldTruth
from offing.simulation.world.planning import Plan, Planner
from offing.simulation.world.setting import SISTERS, SOUGHT, START, Lane, Setting, setting
from offing.simulation.world.showing import DESK, Shower
from offing.simulation.world.telling import REPORT, claim_of, on_named, truth_of
from offing.simulation.world.traffic import booked_calls, everyday, named_ships, sailed
from offing.sites import Site
from offing.timespan import iso
from offing.vessels.classes import library
from offing.vessels.model import Vessel

OBSERVATIONS = "observations.csv"
"""Name of the table of looks."""


class _Happened:
    """Everything that happens, kept as it is found."""

    def __init__(self) -> None:
        self.calls: list[ShipCall] = []
        self.voyages: list[Voyage] = []


def make_world(spec: WorldSpec) -> SimulatedWorld:
    """The world of ``spec``: deterministic, and the same truth whatever is declared.

    Raises OffingError where so many claims do not fit into so many days and sites.
    """
    rng = np.random.default_rng([spec.seed, 7])
    stage = setting(spec, rng, _capacities())
    planner = Planner(spec, stage, rng)
    plans = planner.plans()
    happened = _happen(spec, stage, planner, plans, rng)
    plans = [on_named(p, happened.calls, spec.days, rng) if p.vessel else p for p in plans]
    typical = {c: sum(_capacities()[c]) / 2.0 for c in SOUGHT}
    claims = tuple(claim_of(p, typical[p.vessel_class]) for p in plans)
    sites = tuple(_site(name, stage, spec) for name in stage.places)
    looks = _looks(spec, stage, happened.calls, rng)
    return SimulatedWorld(
        title=f"SIMULATED world {spec.seed}",
        summary="Made by offing simulate world: no place, ship, source or picture in it is real.",
        sources=(
            Source(id=REPORT, title="SIMULATED report", reliability="B", credibility=3, simulated=True),
            Source(id=DESK, title="SIMULATED table of looks", reliability="B", credibility=2, simulated=True),
        ),
        sites=sites,
        vessels=tuple(_vessel(v) for v in stage.sisters),
        claims=claims,
        looks=looks,
        truth=WorldTruth(
            simulated=True,
            spec=spec,
            begins=iso(START),
            rates_per_30d={s: {c: stage.rates[Lane(site=s, vessel_class=c)] for c in SOUGHT} for s in stage.places},
            stays=stage.stays,
            sensors=tuple(s.true for s in stage.sensors),
            lookalikes_fool=stage.fool,
            calls=tuple(sorted(happened.calls, key=lambda c: (c.arrived_h, c.site, c.vessel_class))),
            voyages=tuple(sorted(happened.voyages, key=lambda v: (v.departed_h, v.origin))),
            claims=tuple(
                truth_of(p, c, happened.calls, stage.load[p.vessel_class]) for p, c in zip(plans, claims, strict=True)
            ),
        ),
    )


def _happen(
    spec: WorldSpec, stage: Setting, planner: Planner, plans: Sequence[Plan], rng: np.random.Generator
) -> _Happened:
    out, until = _Happened(), spec.days * 24.0
    for site in stage.places:
        for vessel_class in SOUGHT:
            lane = Lane(site=site, vessel_class=vessel_class)
            booked = planner.bookings.get(lane, [])
            out.calls += everyday(rng, stage, lane, until, booked)
            out.calls += booked_calls(rng, stage, lane, booked)
    for plan in plans:
        if plan.linked and plan.origin is not None:
            _link(plan, stage, out, rng)
    if stage.sisters:
        calls, voyages = named_ships(rng, stage, until, planner.bookings)
        out.calls += calls
        out.voyages += voyages
    return out


def _link(plan: Plan, stage: Setting, out: _Happened, rng: np.random.Generator) -> None:
    """The call at the origin of a ship that came to the destination in the window."""
    assert plan.origin is not None
    origin = Lane(site=plan.origin, vessel_class=plan.vessel_class)
    came = [
        c
        for c in out.calls
        if c.site == plan.destination
        and c.vessel_class == plan.vessel_class
        and plan.window[0] < c.arrived_h < plan.window[1]
    ]
    for call in sorted(came, key=lambda c: -c.arrived_h):
        found = sailed(rng, stage, origin, call, plan.window, plan.id)
        if found is not None:
            out.calls.append(found[0])
            out.voyages.append(found[1])
            return


@lru_cache(maxsize=1)
def _capacities() -> dict[str, tuple[float, float]]:
    known = library()
    return {c: capacity_range(figures((c,), "persons", known)) for c in SOUGHT}


def _site(name: str, stage: Setting, spec: WorldSpec) -> Site:
    return Site(
        id=name,
        name=f"Simulated {name}",
        role="port",
        position=stage.places[name],
        simulated=True,
        baseline=declared_baseline(stage, name, spec.declared),
    )


def _vessel(name: str) -> Vessel:
    return Vessel(
        id=name,
        vessel_class=SOUGHT[0],
        names=(name.replace("-", " ").title(),),
        note="simulated, sister of " + " and ".join(v for v in SISTERS if v != name),
    )


def _looks(spec: WorldSpec, stage: Setting, calls: Sequence[ShipCall], rng: np.random.Generator) -> tuple[Look, ...]:
    """The looks as reading the table would give them."""
    rows: list[Row] = []
    for site in stage.places:
        rows += Shower(stage, site, calls, spec.days * 24.0, np.random.default_rng(rng.integers(2**63))).rows()
    blank = undeclared(stage, spec)
    gathered = Gathered(Path(OBSERVATIONS), Counter())
    for row in rows:
        gathered.add(replace(row, **declared_row(row, spec.declared, blank)))
    return gathered.looks(frozenset(stage.places), frozenset({REPORT, DESK}))
