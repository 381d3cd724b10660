"""Which claims are made, what is wrong with them, and what must have happened for that."""

from __future__ import annotations

from typing import Literal

import numpy as np

from offing.errors import OffingError
from offing.records import Record
from offing.simulation.world.model import Distortion, Hours, WorldSpec
from offing.simulation.world.setting import SISTERS, SOUGHT, Lane, Setting
from offing.simulation.world.traffic import Booking, Bookings, overlaps, usual_number

_APART_H = 144.0
"""Booked windows of one lane lie at least so far apart."""

_TRIES = 300
_EDGE_DAYS = 12

Form = Literal["one", "list", "any"]


class Plan(Record, frozen=True):
    """One claim as it will be told, before it is put into words."""

    id: str
    distortion: Distortion | None
    vessel_class: str
    destination: str
    days: tuple[int, int]
    """First and last day of the window, from the start of the world."""
    count: int = 1
    vessel: str | None = None
    """The named ship that is claimed."""
    origin: str | None = None
    others: tuple[str, ...] = ()
    """Further origins that are named beside it."""
    form: Form = "one"
    loads: int | None = None
    """Ship-loads that the claimed quantity amounts to."""
    fullness: float = 1.0
    """The claimed quantity as a share of ``loads`` full loads."""
    linked: bool = False
    """Whether a ship at the destination came from the origin."""

    @property
    def window(self) -> Hours:
        """The claimed window, hours: whole days, the last included."""
        return self.days[0] * 24.0, (self.days[1] + 1) * 24.0


class Planner:
    """Places claims so that no two need different things of one lane at one time."""

    def __init__(self, spec: WorldSpec, stage: Setting, rng: np.random.Generator) -> None:
        self.spec, self.stage, self.rng = spec, stage, rng
        self.bookings: Bookings = {}
        wrong = [d for d in spec.distort if d != "wrong-ship" or stage.sisters]
        self._wrong: list[Distortion] = wrong
        self._sites = sorted(stage.places)

    def plans(self) -> list[Plan]:
        """All claims but those about named ships, which are told of what those ships happened to do."""
        return [p for i in range(self.spec.claims) if (p := self._plan(f"claim-{i + 1}")) is not None]

    def _plan(self, name: str) -> Plan | None:
        wrong = None if self.rng.random() < 0.5 else self._wrong[int(self.rng.integers(len(self._wrong)))]
        if wrong == "wrong-ship" or (wrong is None and self.stage.sisters and self.rng.random() < self._named_share()):
            return Plan(
                id=name,
                distortion=wrong,
                vessel_class=SOUGHT[0],
                destination=self._sites[0],
                days=(0, 0),
                vessel=SISTERS[int(self.rng.integers(len(SISTERS)))],
            )
        for _ in range(_TRIES):
            plan = self._drawn(name, wrong)
            needs = self._needs(plan)
            if all(self._free(lane, b.window, needs) for lane, b in needs):
                for lane, booking in needs:
                    self.bookings.setdefault(lane, []).append(booking)
                return plan
        raise OffingError(
            f"{self.spec.claims} claims do not fit into {self.spec.days} days at {self.spec.sites} sites",
            where="--claims",
            fix="ask for fewer claims, more days or more sites",
        )

    def _named_share(self) -> float:
        """Of the true claims, as many are about named ships as of the false ones."""
        return 1.0 / len(self._wrong)

    def _drawn(self, name: str, wrong: Distortion | None) -> Plan:
        rng = self.rng
        length = int(rng.integers(2, 13))
        first = int(rng.integers(_EDGE_DAYS, self.spec.days - _EDGE_DAYS - length))
        count = int(rng.integers(2, 5)) if wrong == "overstated-count" or rng.random() < 0.35 else 1
        if wrong == "doubled-count":
            count = 2 * int(rng.integers(1, 3))
        destination = self._sites[int(rng.integers(len(self._sites)))]
        elsewhere = [s for s in self._sites if s != destination]
        origin: str | None = None
        others: tuple[str, ...] = ()
        form: Form = "one"
        if wrong == "wrong-origin" or rng.random() < 0.4:
            order = [elsewhere[int(i)] for i in rng.permutation(len(elsewhere))]
            origin = order[0]
            if wrong != "wrong-origin" and len(order) > 1 and rng.random() < 0.4:
                others, form = (order[1],), ("list" if rng.random() < 0.6 else "any")
        loads = count if wrong == "quantity-too-large" or rng.random() < 0.3 else None
        return Plan(
            id=name,
            distortion=wrong,
            vessel_class=SOUGHT[int(rng.integers(len(SOUGHT)))],
            destination=destination,
            days=(first, first + length - 1),
            count=count,
            origin=origin,
            others=others,
            form=form,
            loads=loads + int(rng.integers(1, 4)) if loads and wrong == "quantity-too-large" else loads,
            fullness=float(rng.uniform(0.8, 1.0)),
            linked=origin is not None and wrong != "wrong-origin",
        )

    def _needs(self, plan: Plan) -> list[tuple[Lane, Booking]]:
        """What must have happened: the claimed lane first, then where it happened instead."""
        here = Lane(site=plan.destination, vessel_class=plan.vessel_class)
        there = self._instead(plan, here)
        number = self._number(plan, here)
        out = [(here, Booking(window=plan.window, ships=number))]
        if there is not None:
            lane, window = there
            ships = usual_number(self.rng, self.stage, lane, window, plan.count)
            out.append((lane, Booking(window=window, ships=ships)))
        if plan.origin is not None:
            lane = Lane(site=plan.origin, vessel_class=plan.vessel_class)
            out.append((lane, Booking(window=plan.window, ships=self._left(plan, lane, came=number > 0))))
        return out

    def _left(self, plan: Plan, lane: Lane, *, came: bool) -> int:
        """Ships at the claimed origin, without the one that sailed from there to the destination."""
        if plan.distortion == "wrong-origin" or not (came or plan.distortion == "wrong-port"):
            return 0
        ships = usual_number(self.rng, self.stage, lane, plan.window, 1)
        return ships - 1 if came else ships

    def _number(self, plan: Plan, here: Lane) -> int:
        """Ships of the claimed class at the claimed place in the claimed window."""
        match plan.distortion:
            case None | "wrong-origin":
                return usual_number(self.rng, self.stage, here, plan.window, plan.count)
            case "doubled-count":
                return plan.count // 2
            case "overstated-count":
                return int(self.rng.integers(0, plan.count))
            case "quantity-too-large":
                return plan.count
            case _:
                return 0

    def _instead(self, plan: Plan, here: Lane) -> tuple[Lane, Hours] | None:
        """Where and when that which is claimed happened in truth, if anywhere."""
        if plan.distortion == "wrong-port":
            sites = [s for s in self._sites if s not in (plan.destination, plan.origin)]
            if not sites:
                return None
            site = sites[int(self.rng.integers(len(sites)))]
            return Lane(site=site, vessel_class=plan.vessel_class), plan.window
        if plan.distortion == "wrong-week":
            length = plan.window[1] - plan.window[0]
            by = float(self.rng.choice([-1.0, 1.0])) * (length + 24.0 * float(self.rng.integers(0, 8)))
            return here, (plan.window[0] + by, plan.window[1] + by)
        if plan.distortion == "wrong-class":
            other = SOUGHT[1 - SOUGHT.index(plan.vessel_class)]
            return Lane(site=plan.destination, vessel_class=other), plan.window
        return None

    def _free(self, lane: Lane, window: Hours, needs: list[tuple[Lane, Booking]]) -> bool:
        """Whether the lane is free around the window; windows of one claim may lie side by side."""
        if window[0] < 0.0 or window[1] > self.spec.days * 24.0:
            return False
        if sum(at == lane and b.window == window for at, b in needs) > 1:
            return False
        wide = (window[0] - _APART_H, window[1] + _APART_H)
        return not any(overlaps(wide, b.window) for b in self.bookings.get(lane, []))
