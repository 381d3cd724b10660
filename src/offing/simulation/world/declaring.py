"""What the case declares of rates and looks, rightly or wrongly."""

from __future__ import annotations

import math

from offing.looks.observation_row import Row
from offing.simulation.world.model import Declared, WorldSpec
from offing.simulation.world.setting import SOUGHT, Lane, Setting
from offing.simulation.world.stays import EVERYDAY
from offing.sites import Baseline

_RATE: dict[Declared, float] = {"rates-doubled": 2.0, "rates-halved": 0.5}
_P: dict[Declared, float] = {"p-plus-0.1": 0.1, "p-minus-0.1": -0.1}
_Q: dict[Declared, float] = {"p-false-doubled": 2.0, "p-false-halved": 0.5}


def declared_baseline(stage: Setting, site: str, declared: Declared) -> tuple[Baseline, ...]:
    """The baseline of a site as case.yaml has it."""
    if declared == "no-baseline":
        return ()
    factor = _RATE.get(declared, 1.0)
    entries = [
        Baseline(
            classes=(c,),
            calls_per_30d=round(stage.rates[Lane(site=site, vessel_class=c)] * factor, 4),
            stay_h=stage.stays[c].points_h,
        )
        for c in SOUGHT
    ]
    return (*entries, Baseline(classes=("any",), calls_per_30d=20.0, stay_h=EVERYDAY))


def undeclared(stage: Setting, spec: WorldSpec) -> frozenset[str]:
    """Sensors whose p_false is left blank."""
    if spec.declared != "blank-p":
        return frozenset()
    names = [s.true.name for s in stage.sensors]
    return frozenset(names[: math.ceil(len(names) / 2)])


def declared_row(row: Row, declared: Declared, blank: frozenset[str]) -> dict[str, float | None]:
    """``p_detect`` and ``p_false`` of a row as declared."""
    assert row.p_detect is not None
    assert row.p_false is not None
    p = min(max(round(row.p_detect + _P.get(declared, 0.0), 4), 0.01), 1.0)
    q = min(round(row.p_false * _Q.get(declared, 1.0), 5), 1.0)
    return {"p_detect": p, "p_false": None if row.sensor in blank else q}
