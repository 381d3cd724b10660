"""Simulated ships of known class, their profiles and sizes as a detection would give them."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from offing.geo import LonLat
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.simulation.layouts import layout_of
from offing.simulation.model import SceneSpec, ShipSpec, SimulatedSensor, TrueShip
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.measurement import Z90
from offing.vessels.model import Detection, Measurement, OrientedBox
from offing.vessels.profile.measured import profile_of
from offing.vessels.profile.model import Profile

LENGTH_SD = 0.03
"""Error of a measured length, share of it; beside ``LENGTH_SD_PX``."""
LENGTH_SD_PX, BEAM_SD_PX, CENTRE_SD_PX, AXIS_SD_PX, AXIS_SD_DEG = 1.0, 0.35, 0.4, 0.25, 1.0
BOW_RIGHT = {0.7: 0.95, 3.0: 0.85, 10.0: 0.6}
"""P(the likelier end is the bow) by pixel size: about what the networks for optical pictures reach."""

_PLACE = LonLat(lon=134.0, lat=40.5)
_DAY = datetime(2024, 10, 16, 1, 30, tzinfo=UTC)


KNOWN = (
    "ropucha", "alligator", "ivan-gren", "polnocny", "go-jun-bong", "yuting-ii", "osumi", "vishnya", "amur-repair",
    "elbrus", "river-sea", "general-cargo-geared", "general-cargo-gearless", "sparta-ro-ro", "reefer", "product-handy",
    "feeder", "krivak", "steregushchiy", "coaster",
)  # fmt: skip
"""The twenty classes among which ships are identified."""
OTHERS = ("factory-trawler", "jason", "meko-200", "heavy-lift-forward-bridge", "kashtan")
"""Classes that are drawn as well and are not among the candidates: none of these."""
STRANGE = 1.5
"""Mean number of things on a deck that no layout knows: vehicles, containers, awnings, open hatches, a barge alongside;
each 3 to 20 % of the length and brighter or darker than the deck by ``STRANGE_SD`` of the profile's spread."""
STRANGE_SD = 0.7


class SeenShip(Record, frozen=True):
    """One simulated ship as she was seen."""

    vessel_class: str
    seed: int
    detection: Detection
    profile: Profile | None


def seen_ships(
    classes: Sequence[str], sensor: SimulatedSensor, gsd_m: float, ships: int, first_seed: int
) -> Iterator[SeenShip]:
    """``ships`` of each class, each another one of her class, on open water in a picture of her own."""
    for number in range(ships):
        for k, vessel_class in enumerate(classes):
            yield seen_ship(vessel_class, sensor, gsd_m, first_seed + number * len(classes) + k)


def seen_ship(vessel_class: str, sensor: SimulatedSensor, gsd_m: float, seed: int) -> SeenShip:
    """A ship of the class in a picture of her own: true box, put off by errors of measurement."""
    from offing.imagery.reading import open_picture

    rng = np.random.default_rng([seed, 87])
    ship = ShipSpec(
        vessel_class=vessel_class, x_m=0.0, y_m=0.0, heading_deg=float(rng.uniform(0.0, 360.0)), identity=seed
    )
    side = math.ceil((1.15 * _longest(vessel_class) + 60.0) / gsd_m)
    spec = SceneSpec(
        sensor=sensor,
        time=_DAY.replace(hour=int(rng.integers(0, 5))) if sensor == "optical" else _DAY.replace(hour=9),
        position=_PLACE,
        gsd_m=gsd_m,
        size=(max(side, 24), max(side, 24)),
        seed=seed,
        ships=(ship,),
        wind_m_s=float(rng.uniform(1.0, 10.0)),
        harbour=False,
    )
    scene = simulate(spec)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ship.tif"
        write_scene(scene, path)
        with open_picture([path]) as picture:
            detection = detected(scene.ships[0], spec, rng, picture.pixel)
            profile = profile_of(picture, detection)
    if profile is not None:
        profile = msgspec.structs.replace(profile, image=detection.image)
    strange = disturbed(profile, np.random.default_rng([seed, 88])) if profile else None
    return SeenShip(vessel_class=vessel_class, seed=seed, detection=detection, profile=strange)


def disturbed(profile: Profile, rng: np.random.Generator) -> Profile:
    """The profile with things on the deck that no layout knows, as the picture would show them."""
    from scipy.special import ndtr

    at, blur = np.array(profile.fractions), max(profile.psf, 1e-3)
    values = np.array(profile.brightness)
    for _ in range(int(rng.poisson(STRANGE))):
        start, wide = float(rng.uniform(0.0, 0.95)), float(rng.uniform(0.03, 0.20))
        values += rng.normal(0.0, STRANGE_SD) * (ndtr((at - start) / blur) - ndtr((at - start - wide) / blur))
    values = np.where(profile.usable, values - np.median(values[np.array(profile.usable)]), 0.0)
    spread = 1.4826 * float(np.median(np.abs(values)))
    scale = max(spread, profile.noise, 1e-9)
    return msgspec.structs.replace(
        profile, brightness=tuple(float(v) for v in values / scale), noise=profile.noise / scale
    )


def _longest(vessel_class: str) -> float:
    return layout_of(vessel_class).length_m[1]


def detected(
    truth: TrueShip, spec: SceneSpec, rng: np.random.Generator, pixel: Callable[[float, float], tuple[float, float]]
) -> Detection:
    """What a detector would say of the ship: her true box, put off, and the wrong end for the bow now and then."""
    gsd = spec.gsd_m
    bow, stern = (np.array(pixel(*end)) for end in (truth.bow, truth.stern))
    right = bow_probability(gsd)
    if rng.random() > right:
        bow, stern = stern, bow
    length_sd = math.hypot(LENGTH_SD * truth.length_m, LENGTH_SD_PX * gsd)
    length = max(truth.length_m + float(rng.normal(0.0, length_sd)), 2.0 * gsd)
    beam = max(truth.beam_m + float(rng.normal(0.0, BEAM_SD_PX * gsd)), gsd)
    centre = 0.5 * (bow + stern) + rng.normal(0.0, CENTRE_SD_PX, 2)
    axis_sd = math.hypot(math.radians(AXIS_SD_DEG), AXIS_SD_PX * gsd / (0.25 * truth.length_m))
    turn = math.atan2(*(bow - stern)[::-1]) + float(rng.normal(0.0, axis_sd))
    ahead = np.array([math.cos(turn), math.sin(turn)])
    heading = math.degrees(math.atan2(ahead[0], -ahead[1])) % 360.0
    (lc, lr), (bc, br) = 0.5 * length / gsd * ahead, 0.5 * beam / gsd * np.array([-ahead[1], ahead[0]])
    return Detection(
        id="0001",
        image="simulated",
        time=spec.time,
        score=Probability(value=1.0, low=1.0, high=1.0, basis="simulated"),
        box=OrientedBox(
            col=float(centre[0]),
            row=float(centre[1]),
            length_px=(float(lc), float(lr)),
            beam_px=(float(bc), float(br)),
        ),
        ring=None,
        measurement=Measurement(
            length_m=length,
            length_m_90=_interval(length, length_sd),
            beam_m=beam,
            beam_m_90=_interval(beam, BEAM_SD_PX * gsd),
            axis_deg=heading % 180.0,
            heading_deg=heading,
            bow_probability=right,
        ),
    )


def bow_probability(gsd_m: float) -> float:
    """P(the likelier end is the bow) that a detection in pixels of that size states, and keeps to."""
    sizes = sorted(BOW_RIGHT)
    return float(np.interp(math.log(gsd_m), np.log(sizes), [BOW_RIGHT[s] for s in sizes]))


def _interval(value: float, sd: float) -> Interval:
    return Interval(low=max(0.0, value - Z90 * sd), high=value + Z90 * sd)
