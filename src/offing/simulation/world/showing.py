"""What the pictures of a simulated world show: passes, clouds, nights, ships and look-alikes, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from offing.geo import LonLat
from offing.imagery.model import Status
from offing.looks.darkness import DARK_DEG, sun_elevation_deg
from offing.looks.model import Observation
from offing.looks.observation_row import Row
from offing.simulation.world.model import Hours, ShipCall
from offing.simulation.world.setting import BEFORE_H, SISTERS, SOUGHT, START, Lane, Sensor, Setting
from offing.simulation.world.stays import EVERYDAY, lognormal

DESK = "simulated-desk"
"""Source id of every look."""

NOTE = "simulated"
"""Stands in every row."""

_LENGTH_M = {"ropucha": 112.5, "alligator": 112.9, "cargo": 138.0, "tanker": 150.0, "fishing": 55.0, "unknown": 110.0}
_EVERYDAY_CLASSES = ("cargo", "tanker", "fishing")
_EVERYDAY_MEAN = 0.8
_UNKNOWN = 0.1
"""P(a ship sought that was not named is noted as of unknown class)."""
_STRANGER = 0.02
"""P(some other ship is noted as of unknown class)."""
_WRONG_NAME = 0.05
"""P(a named ship is taken for her sister)."""
_ALIKE_MEAN_H = 33.6
"""Mean stay of a look-alike, hours: that of the log-normal 6–24–96."""


class LookAlikes:
    """What lies at a site and may pass for a ship of one class; some of it fools only some of the sensors."""

    def __init__(self, rng: np.random.Generator, stage: Setting, until_h: float) -> None:
        self.fool = stage.fool
        load = max(s.true.p_false / s.true.p_detect for s in stage.sensors)
        number = 0
        if self.fool:
            number = int(rng.poisson(load / self.fool / _ALIKE_MEAN_H * (until_h + BEFORE_H)))
        arrived = rng.uniform(-BEFORE_H, until_h, number)
        self._arrived, self._left = arrived, arrived + lognormal(rng, EVERYDAY, number)
        self._depth = rng.uniform(0.0, load, number)

    def named(self, rng: np.random.Generator, sensor: Sensor, hour: float, usable: float) -> int:
        """How many are named as the class in one look."""
        p, q = sensor.true.p_detect, sensor.true.p_false
        if not self.fool:
            return int(rng.random() < q * usable)
        here = (self._arrived <= hour) & (hour < self._left) & (self._depth < q / p)
        return int((rng.random(int(here.sum())) < self.fool * p * usable).sum())


def clouds(rng: np.random.Generator, stage: Setting, until_h: float) -> list[Hours]:
    """Cloudy spells over one site: they last and leave off at random."""
    share, mean = stage.cloud_share, stage.cloud_h
    clear = mean * (1.0 - share) / share
    now, out = -float(rng.exponential(clear)), []
    while now < until_h:
        cloudy = float(rng.exponential(mean))
        out.append((now, now + cloudy))
        now += cloudy + float(rng.exponential(clear))
    return out


def passes(rng: np.random.Generator, sensor: Sensor, until_h: float) -> list[float]:
    """Hours at which a sensor looks at one site."""
    if sensor.ordered:
        days = np.sort(rng.uniform(0.0, until_h / 24.0, int(rng.poisson(until_h / sensor.every_h))))
    else:
        days = np.arange(rng.uniform(0.0, sensor.every_h / 24.0), until_h / 24.0, sensor.every_h / 24.0)
    if sensor.hour_utc is None:
        return [float(d) * 24.0 for d in days]
    once = sorted({int(d) for d in days})
    return [d * 24.0 + sensor.hour_utc + float(rng.normal(0.0, 0.3)) for d in once]


class Shower:
    """Makes the rows of every look at one site."""

    def __init__(
        self, stage: Setting, site: str, calls: Sequence[ShipCall], until_h: float, rng: np.random.Generator
    ) -> None:
        self.stage, self.site, self.rng = stage, site, rng
        self.until_h = until_h
        self.cloudy = clouds(rng, stage, until_h)
        here = [c for c in calls if c.site == site]
        self.calls = {c: [k for k in here if k.vessel_class == c] for c in SOUGHT}
        self.alikes = {c: LookAlikes(rng, stage, until_h) for c in SOUGHT}

    def rows(self) -> list[Row]:
        """All rows, by sensor and time; ``line`` is 0 and the probabilities are the true ones."""
        out: list[Row] = []
        for sensor in self.stage.sensors:
            for i, hour in enumerate(h for h in passes(self.rng, sensor, self.until_h) if 0.0 < h < self.until_h):
                out += self._look(f"{self.site}-{sensor.true.name}-{i + 1}", sensor, hour)
        return out

    def _look(self, name: str, sensor: Sensor, hour: float) -> list[Row]:
        time = START + timedelta(minutes=round(hour * 60.0))
        status, usable = self._usable(sensor, hour, time)
        seen = self._seen(sensor, hour, usable) if usable > 0.0 else [Observation(seen="indeterminate", note=NOTE)]
        return [
            Row(
                line=0,
                look=name,
                site=self.site,
                time=time,
                sensor=sensor.true.name,
                status=status,
                usable=usable,
                p_detect=sensor.true.p_detect,
                p_false=declared_false(self.stage, sensor, self.site),
                source=DESK,
                observation=row,
            )
            for row in seen or [Observation(seen="no", note=NOTE)]
        ]

    def _usable(self, sensor: Sensor, hour: float, time: datetime) -> tuple[Status, float]:
        lon, lat = self.stage.places[self.site]
        if sensor.clouds and sensor.hour_utc is None and sun_elevation_deg(LonLat(lon=lon, lat=lat), time) < DARK_DEG:
            return "night", 0.0
        if sensor.gsd_m > _LENGTH_M[SOUGHT[0]] / 4.0:
            return "too-coarse", 0.0
        if self.rng.random() < 0.02:
            return "nodata", 0.0
        if not sensor.clouds:
            return "clear", 1.0
        under = any(a <= hour < b for a, b in self.cloudy)
        if under and self.rng.random() < 0.75:
            return "cloud", 0.0
        part = round(float(self.rng.uniform(0.1, 0.5) if under else self.rng.uniform(0.4, 1.0)), 2)
        return ("partly", part) if under or self.rng.random() < 0.3 else ("clear", 1.0)

    def _seen(self, sensor: Sensor, hour: float, usable: float) -> list[Observation]:
        out: list[Observation] = []
        for vessel_class in SOUGHT:
            for call in self.calls[vessel_class]:
                if call.arrived_h <= hour < call.departed_h:
                    out += self._shown(sensor, call, usable)
            fooled = self.alikes[vessel_class].named(self.rng, sensor, hour, usable)
            out += [self._noted(vessel_class) for _ in range(fooled)]
        for _ in range(int(self.rng.poisson(_EVERYDAY_MEAN * usable))):
            out.append(self._noted(_EVERYDAY_CLASSES[int(self.rng.integers(len(_EVERYDAY_CLASSES)))]))
        if self.rng.random() < _STRANGER * usable:
            out.append(self._noted("unknown"))
        return _once_each(out)

    def _shown(self, sensor: Sensor, call: ShipCall, usable: float) -> list[Observation]:
        """The row of a ship that is there, if the look shows her."""
        if self.rng.random() < sensor.true.p_detect * usable:
            return [self._noted(call.vessel_class, self._name(call) if sensor.names else None)]
        rest = self.rng.random()
        if rest < self.stage.misnamed * usable:
            return [self._noted(SOUGHT[1 - SOUGHT.index(call.vessel_class)])]
        return [self._noted("unknown")] if rest > 1.0 - _UNKNOWN * usable else []

    def _name(self, call: ShipCall) -> str | None:
        if call.vessel is None or self.rng.random() >= _WRONG_NAME:
            return call.vessel
        return SISTERS[1 - SISTERS.index(call.vessel)]

    def _noted(self, vessel_class: str, vessel: str | None = None) -> Observation:
        length = round(_LENGTH_M[vessel_class] * float(self.rng.normal(1.0, 0.05)), 1)
        return Observation(
            seen="yes", vessel_class=vessel_class, vessel=vessel, length_m=length, length_sd_m=6.0, note=NOTE
        )


def declared_false(stage: Setting, sensor: Sensor, site: str) -> float:
    """The true P(a look names a class though none is there): look-alikes, and the other class taken for it."""
    present = max(min(stage.rates[Lane(site=site, vessel_class=c)] / 720.0 * 48.0, 1.0) for c in SOUGHT)
    confused = stage.misnamed * (1.0 - sensor.true.p_detect) * present
    return round(1.0 - (1.0 - sensor.true.p_false) * (1.0 - confused), 4)


def _once_each(rows: list[Observation]) -> list[Observation]:
    """Rows as a person would write them: a named ship once, and no two rows alike in all particulars."""
    out: list[Observation] = []
    names: set[str] = set()
    for row in rows:
        if row.vessel is not None and row.vessel in names:
            continue
        if row.vessel is not None:
            names.add(row.vessel)
        if row not in out:
            out.append(row)
    return out
