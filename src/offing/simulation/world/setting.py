"""The stage of a simulated world: sites, classes, rates, sensors and named ships, drawn from a seed."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

from offing.geo import LonLat, distance_m
from offing.records import Record
from offing.simulation.world.model import TrueSensor, TrueStay, WorldSpec
from offing.simulation.world.stays import SHAPES, draw

START = datetime(2024, 3, 1, tzinfo=UTC)
"""Hours of a world count from here."""

SOUGHT: tuple[str, ...] = ("ropucha", "alligator")
"""Classes that claims speak of."""

BEFORE_H = 60.0 * 24.0
"""Traffic begins so long before the world does."""

RATES: tuple[float, ...] = tuple(round(0.25 * 2.0 ** (k / 2.0), 4) for k in range(11))
"""Calls in 30 days, from 0.25 to 8 in steps of half an octave."""

SISTERS: tuple[str, ...] = ("simulated-anna", "simulated-berta")
"""Ids of the named ships, both of the first class."""

AWAY_H = 20.0 * 24.0
"""Mean time that a named ship is under way or elsewhere between two calls."""

_NM = 1852.0


class Lane(Record, frozen=True):
    """Ships of one class at one site."""

    site: str
    vessel_class: str


class Sensor(Record, frozen=True):
    """One kind of look, and when it comes."""

    true: TrueSensor
    gsd_m: float
    every_h: float
    """Hours between passes; of looks that are ordered, on average."""
    ordered: bool
    """True: at random; False: passes repeat."""
    hour_utc: float | None
    """Hour of the day of a pass; None: any."""
    clouds: bool
    """Whether clouds hide the ground."""
    names: bool
    """Whether the pictures tell one ship of a class from another."""


class Setting(Record, frozen=True):
    """All that holds before anything happens."""

    places: dict[str, tuple[float, float]]
    """Site id → (lon, lat), degrees, EPSG:4326."""
    stays: dict[str, TrueStay]
    """Class → stay."""
    rates: dict[Lane, float]
    """Expected calls in 30 days, named ships included."""
    sensors: tuple[Sensor, ...]
    sisters: tuple[str, ...]
    """Named ships; empty in worlds without any."""
    fool: float
    """As ``WorldTruth.lookalikes_fool``."""
    misnamed: float
    """P(a ship seen and not rightly named is taken for the other class)."""
    cloud_share: float
    """Share of the time under cloud, 0–1."""
    cloud_h: float
    """Mean length of a cloudy spell, hours."""
    load: dict[str, float]
    """Persons that one ship of a class carries in truth."""

    def distance_nm(self, a: str, b: str) -> float:
        """Great circle between two sites, nautical miles."""
        first, second = (LonLat(lon=p[0], lat=p[1]) for p in (self.places[a], self.places[b]))
        return distance_m(first, second) / _NM


_KINDS: tuple[tuple[str, float, float, bool, float | None, bool, bool, tuple[float, float]], ...] = (
    # name, pixel m, every h, ordered, hour UTC, clouds, names, p between
    ("sentinel-1", 10.0, 144.0, False, 21.3, False, False, (0.35, 0.7)),
    ("sentinel-2", 10.0, 120.0, False, 2.2, True, False, (0.4, 0.75)),
    ("planetscope", 3.0, 40.0, True, 1.5, True, False, (0.55, 0.9)),
    ("worldview", 0.5, 160.0, True, 2.0, True, True, (0.75, 0.95)),
    ("aircraft", 0.3, 250.0, True, None, True, True, (0.7, 0.95)),
    ("landsat-8", 30.0, 384.0, False, 1.9, True, False, (0.3, 0.5)),
)


def setting(spec: WorldSpec, rng: np.random.Generator, capacities: dict[str, tuple[float, float]]) -> Setting:
    """The stage for ``spec``. ``capacities``: class → least and greatest persons carried by one ship."""
    places = _places(spec.sites, rng)
    stays = {c: SHAPES[int(rng.integers(len(SHAPES)))] for c in SOUGHT}
    sisters = SISTERS if "wrong-ship" in spec.distort and (len(spec.distort) == 1 or rng.random() < 0.5) else ()
    named = named_rate(stays[SOUGHT[0]], spec.sites) if sisters else 0.0
    rates = {}
    for site in places:
        for c in SOUGHT:
            least = named if c == SOUGHT[0] else 0.0
            fit = [r for r in RATES if r >= least] or [RATES[-1]]
            rates[Lane(site=site, vessel_class=c)] = fit[int(rng.integers(len(fit)))]
    return Setting(
        places=places,
        stays=stays,
        rates=rates,
        sensors=_sensors(rng),
        sisters=sisters,
        fool=float(rng.choice([0.0, 1.0, 0.5, 0.25])),
        misnamed=0.02,
        cloud_share=float(rng.uniform(0.3, 0.7)),
        cloud_h=float(rng.uniform(12.0, 96.0)),
        load={c: float(rng.uniform(*capacities[c])) for c in SOUGHT},
    )


def _places(number: int, rng: np.random.Generator) -> dict[str, tuple[float, float]]:
    """Ports on an invented coast, 50 nautical miles or more apart."""
    found: list[LonLat] = []
    while len(found) < number:
        spot = LonLat(lon=round(float(rng.uniform(128.0, 142.0)), 3), lat=round(float(rng.uniform(38.0, 46.0)), 3))
        if all(distance_m(spot, other) > 50.0 * _NM for other in found):
            found.append(spot)
    return {f"port-{i + 1}": (spot.lon, spot.lat) for i, spot in enumerate(found)}


def _sensors(rng: np.random.Generator) -> tuple[Sensor, ...]:
    """Two to five kinds; the coarse one is of no use and comes on top."""
    usual = [int(i) for i in rng.choice(5, size=int(rng.integers(2, 6)), replace=False)]
    chosen = sorted([*usual, *([5] if rng.random() < 0.3 else [])])
    pace = float(np.exp(rng.uniform(np.log(0.2), np.log(1.5))))
    return tuple(_sensor(rng, i, pace) for i in chosen)


def _sensor(rng: np.random.Generator, kind: int, pace: float) -> Sensor:
    name, gsd, every, ordered, hour, clouds, names, between = _KINDS[kind]
    p = round(float(rng.uniform(*between)), 3)
    q = round(float(np.exp(rng.uniform(np.log(0.004), np.log(0.08)))), 4)
    return Sensor(
        true=TrueSensor(name=name, p_detect=p, p_false=q),
        gsd_m=gsd,
        every_h=every * pace if ordered else every,
        ordered=ordered,
        hour_utc=hour,
        clouds=clouds,
        names=names,
    )


@lru_cache(maxsize=64)
def mean_h(stay: TrueStay) -> float:
    """Mean stay, hours, from many draws."""
    return float(draw(np.random.default_rng(1), stay, 40_000).mean())


def named_rate(stay: TrueStay, sites: int) -> float:
    """Expected calls of the named ships together in 30 days at one of the sites."""
    return len(SISTERS) * 720.0 / (AWAY_H + mean_h(stay)) / sites
