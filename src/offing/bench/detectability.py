"""What the detectors find of simulated landing ships, and what else they take for one.

Protocol: for each sensor and pixel size, simulated pictures of a port, 1.3 to 1.9 km a side, each of another harbour,
without cloud, wind 2 to 10 m/s. In one half of them lie a landing ship (Ropucha and Alligator in turn; half of
them alongside, half at anchor) and other traffic, in the other half other traffic only. The pictures are written,
read, searched and attributed by the same calls as in a case. P(detect): the landing ship has a detection whose centre
lies within half its length, and this detection is named a landing ship. P(false): at least one detection of a picture
without any is named so. Values: (k + 1/2) / (n + 1), so that nothing measured on few pictures is called impossible
(Jeffreys). Intervals: Wilson (1927), 90 %.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from offing import __version__
from offing.bench.model import BenchResult
from offing.geo import LonLat, distance_m
from offing.imagery.model import SensorKind
from offing.looks.detectability import Cell, Curve
from offing.quantities import Probability
from offing.records import Record
from offing.simulation.model import SceneSpec, ShipSpec, SimulatedSensor, TrueShip
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.sites import Baseline, Site
from offing.vessels.attribution import attribute, site_prior
from offing.vessels.classes import library
from offing.vessels.model import Detection

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions

FIRST_SEED = 1_000_000
"""Seeds from here on are kept for this benchmark; no simulated picture elsewhere uses them."""

KINDS: tuple[tuple[SimulatedSensor, float, int], ...] = (
    ("sar", 10.0, 128),
    ("sar", 20.0, 96),
    ("optical", 3.0, 420),
    ("optical", 5.0, 256),
    ("optical", 10.0, 128),
)
"""(sensor, side of a pixel in metres, pixels a side)."""

_Z90 = 1.6448536269514722
_SENSORS: dict[SimulatedSensor, SensorKind] = {"sar": "sar", "optical": "multispectral"}
_TIMES: dict[SimulatedSensor, datetime] = {
    "sar": datetime(2024, 10, 16, 9, 0, tzinfo=UTC),
    "optical": datetime(2024, 10, 16, 1, 30, tzinfo=UTC),
}
_POSITION = LonLat(lon=134.0, lat=40.5)
_SOUGHT = ("landing-ship",)

SITE = Site(
    id="simulated",
    name="Simulated harbour",
    role="port",
    position=(_POSITION.lon, _POSITION.lat),
    simulated=True,
    baseline=(
        Baseline(classes=_SOUGHT, calls_per_30d=1.0),
        Baseline(classes=("any",), calls_per_30d=6.0, stay_h=(6.0, 24.0, 96.0)),
    ),
)
"""The everyday traffic that the naming assumes; the example's simulated harbour states the same."""


class Trial(Record, frozen=True):
    """What came of one simulated picture."""

    there: bool
    """A landing ship was there."""
    moored: bool
    """It lay alongside; False where none was there."""
    hit: bool
    """The landing ship was detected and named so; where none was there, something was named so."""


def run(options: BenchOptions) -> BenchResult:
    """Measure every kind of picture; 400 pictures each, 24 when quick."""
    pictures = 24 if options.quick else 400
    first = FIRST_SEED + options.seed
    curve = measure(pictures, first)
    figures: dict[str, float | str] = {}
    for cell in curve.cells:
        kind = f"{cell.sensor} {cell.gsd_m:g} m"
        figures[f"{kind}: P(detect and name), anchored"] = _said(cell.anchored)
        figures[f"{kind}: P(detect and name), moored"] = _said(cell.moored)
        figures[f"{kind}: P(name falsely)"] = _said(cell.p_false)
    return BenchResult(
        name="detectability",
        protocol=curve.protocol,
        n=pictures * len(KINDS),
        split=curve.origin,
        figures=figures,
    )


def measure(pictures: int, first_seed: int, kinds: Sequence[tuple[SimulatedSensor, float, int]] = KINDS) -> Curve:
    """The curve from ``pictures`` simulated pictures of each kind."""
    cells = tuple(_cell(kind, trials(kind, pictures, first_seed)) for kind in kinds)
    last = first_seed + pictures - 1
    return Curve(
        simulated=True,
        origin=f"simulated scenes, seeds {first_seed}–{last}, offing {__version__}",
        protocol="half of the pictures with one landing ship and other traffic, half with other traffic only; named by "
        "the same calls as in a case; 90 % Wilson intervals",
        cells=cells,
    )


def write_curve(curve: Curve, path: Path) -> None:
    """Write the curve as the JSON that ``offing.looks.detectability`` reads."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(curve), indent=1) + b"\n")


def trials(kind: tuple[SimulatedSensor, float, int], pictures: int, first_seed: int) -> list[Trial]:
    """One trial a picture; with and without a landing ship in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simulated.tif"
        return [_trial(kind, seed, path) for seed in range(first_seed, first_seed + pictures)]


def traffic(rng: np.random.Generator) -> tuple[ShipSpec, ...]:
    """One to three everyday ships: tugs, patrol vessels, cargo ships and tankers of 60 to 190 m, about half moored.

    Lengths of merchant ships are log-uniform, so that one in five has 100 to 125 m, about a landing ship's.
    """
    ships: list[ShipSpec] = []
    for _ in range(int(rng.integers(1, 4))):
        vessel_class = str(rng.choice(["tug", "patrol", "cargo", "tanker"], p=[0.35, 0.25, 0.28, 0.12]))
        merchant = vessel_class in ("cargo", "tanker")
        length = float(np.exp(rng.uniform(math.log(60.0), math.log(190.0)))) if merchant else None
        # The port has two berths for ships of more than 135 m, and one of them may be taken.
        room = not merchant or not any(s.place == "berth" and s.length_m for s in ships)
        moored = room and rng.random() < 0.6
        ships.append(ShipSpec(vessel_class=vessel_class, place="berth" if moored else "open", length_m=length))
    return tuple(ships)


def wilson(hits: int, n: int, basis: str) -> Probability:
    """(hits + 1/2) / (n + 1) with the share's 90 % interval (Wilson 1927)."""
    share, value, z2 = hits / n, (hits + 0.5) / (n + 1.0), _Z90**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z90 / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Probability(value=value, low=low, high=high, basis=basis)


def _trial(kind: tuple[SimulatedSensor, float, int], seed: int, path: Path) -> Trial:
    sensor, gsd, size = kind
    rng = np.random.default_rng([seed, 91])
    there, moored = seed % 2 == 0, seed % 4 == 0
    landing = ShipSpec(
        vessel_class="ropucha" if seed % 8 < 4 else "alligator",
        place="berth" if moored else "open",
    )
    others = traffic(rng)
    spec = SceneSpec(
        sensor=sensor,
        time=_TIMES[sensor],
        position=_POSITION,
        gsd_m=gsd,
        size=(size, size),
        seed=seed,
        place_seed=seed,
        ships=(landing, *others) if there else others,
        wind_m_s=float(rng.uniform(2.0, 10.0)),
    )
    scene = simulate(spec)
    write_scene(scene, path)
    named = _named(path)
    if not there:
        return Trial(there=False, moored=False, hit=bool(named))
    return Trial(there=True, moored=moored, hit=any(_is_it(d, scene.ships[0]) for d in named))


def _named(path: Path) -> list[Detection]:
    """The detections of a picture that are named a landing ship, by the calls that a case uses."""
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    classes = library()
    with open_picture([path]) as picture:
        found = {d.id: d for d in detect(picture).detections}
    sightings = attribute(
        found.values(),
        site=SITE,
        scene="simulated",
        prior=site_prior(SITE, _SOUGHT, classes),
        library=classes,
        simulated=True,
    )
    return [found[s.detection] for s in sightings if classes.relation(s.named, _SOUGHT) == "match"]


def _is_it(detection: Detection, ship: TrueShip) -> bool:
    """Whether the detection's centre lies within half the ship's length of the ship's."""
    assert detection.ring is not None
    lon, lat = np.mean(detection.ring[:4], axis=0)
    true_lon, true_lat = np.mean([ship.bow, ship.stern], axis=0)
    away = distance_m(LonLat(lon=float(lon), lat=float(lat)), LonLat(lon=float(true_lon), lat=float(true_lat)))
    return away <= 0.5 * ship.length_m


def _cell(kind: tuple[SimulatedSensor, float, int], found: Sequence[Trial]) -> Cell:
    moored = [t.hit for t in found if t.there and t.moored]
    anchored = [t.hit for t in found if t.there and not t.moored]
    absent = [t.hit for t in found if not t.there]
    return Cell(
        sensor=_SENSORS[kind[0]],
        gsd_m=kind[1],
        moored=wilson(sum(moored), len(moored), f"{sum(moored)} of {len(moored)} ships alongside"),
        n_moored=len(moored),
        anchored=wilson(sum(anchored), len(anchored), f"{sum(anchored)} of {len(anchored)} ships at anchor"),
        n_anchored=len(anchored),
        p_false=wilson(sum(absent), len(absent), f"{sum(absent)} of {len(absent)} pictures"),
        n_false=len(absent),
    )


def _said(p: Probability) -> str:
    return f"{p.value:.2f} [{p.low:.2f}, {p.high:.2f}], {p.basis}"
