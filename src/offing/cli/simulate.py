"""``offing simulate``: pictures and whole cases with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from offing.cli.output import note
from offing.errors import OffingError

if TYPE_CHECKING:
    from datetime import datetime

    from offing.geo import LonLat
    from offing.simulation.model import ShipSpec
    from offing.simulation.world.model import Declared, Distortion

app = App(name="simulate", help="Pictures and whole cases whose truth is known, marked simulated everywhere.")

_DEFAULT_SHIPS = ("ropucha@berth", "alligator@berth", "cargo@open", "tug@open")
_DEFAULT_POSITION = "134.0,40.5"


@app.command
def scene(
    *,
    output: Annotated[Path, Parameter(name=["--output", "-o"])],
    sensor: Literal["sar", "optical"] = "optical",
    gsd: float | None = None,
    seed: int = 0,
    position: Annotated[str, Parameter(allow_leading_hyphen=True)] = _DEFAULT_POSITION,
    time: str | None = None,
    ships: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="--no-ships")] = _DEFAULT_SHIPS,
    cloud: float = 0.0,
    artefacts: Annotated[
        tuple[Literal["ambiguities", "interference", "edge"], ...], Parameter(consume_multiple=True, negative="")
    ] = (),
    size: int = 400,
) -> None:
    """Simulate one picture of a port and write the truth about it beside it.

    Example: offing simulate scene -o simulated.tif --sensor sar --ships ropucha@berth cargo@open

    Parameters
    ----------
    output
        GeoTIFF to write; the truth goes to NAME.truth.geojson beside it.
    sensor
        sar: VV and VH, linear power, like Sentinel-1. optical: blue, green, red, nir, like PlanetScope.
    gsd
        Side of a pixel in metres; 10 for sar and 3 for optical unless given.
    seed
        The same seed gives the same bytes.
    position
        LON,LAT of the picture's centre, in degrees; it is only a label, the port is invented.
    time
        Acquisition, ISO 8601; unless given 17 October 2024, about 10:30 local solar time for optical, 06:00 for sar.
    ships
        CLASS@berth or CLASS@open, any number; CLASS#7@open is ship 7 of the class, the same one in every picture.
        Classes: ropucha, alligator, cargo, tanker, patrol, tug, and those of the library that have a layout.
    cloud
        Fraction of an optical picture under cloud, 0 to 1.
    artefacts
        What a radar picture shows beside what is there: ghosts of the ships, 4.5 km along the flight; a band of
        interference; an end of the data.
    size
        Pixels a side.
    """
    from offing.simulation.model import SceneSpec
    from offing.simulation.scene import simulate
    from offing.simulation.writing import write_scene

    place = _position(position)
    spec = SceneSpec(
        sensor=sensor,
        time=_time(time, place, sensor),
        position=place,
        gsd_m=gsd if gsd is not None else {"sar": 10.0, "optical": 3.0}[sensor],
        size=(size, size),
        seed=seed,
        place_seed=seed,
        ships=tuple(_ship(s) for s in ships),
        cloud=cloud,
        artefacts=artefacts,
    )
    for path in write_scene(simulate(spec), output):
        print(path)  # noqa: T201 - the result
    if "simulated" not in output.name.lower():
        note(f"note: the name {output.name} does not say that the picture is simulated; its tags do")


@app.command
def world(
    folder: Path,
    /,
    *,
    sites: int = 3,
    days: int = 180,
    claims: int = 8,
    seed: int = 0,
    distort: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="")] = (),
    declare: str = "as-true",
) -> None:
    """Simulate a whole case: sites, traffic, looks, and claims of which half are true. The truth stands beside it.

    Writes case.yaml, observations.csv (already imported) and truth.json. Go on with: offing run FOLDER

    Example: offing simulate world simulated-world --seed 7 --distort wrong-port wrong-week --declare rates-doubled

    Parameters
    ----------
    folder
        A new or empty folder.
    sites
        Ports, 2 to 12.
    days
        Length of the time that is looked at, 60 to 2000.
    claims
        Claims, 1 to 500.
    seed
        The same seed gives the same world.
    distort
        What false claims suffer from, any number: invented, wrong-port, wrong-week, wrong-class, doubled-count,
        overstated-count, wrong-origin, quantity-too-large, wrong-ship. All unless given.
    declare
        How what is declared differs from the truth: as-true, rates-doubled, rates-halved, p-plus-0.1, p-minus-0.1,
        p-false-doubled, p-false-halved, no-baseline, blank-p.
    """
    from offing.case.clock import system_clock
    from offing.simulation.world.making import make_world
    from offing.simulation.world.model import DISTORTIONS, WorldSpec
    from offing.simulation.world.writing import write_world

    wrong = tuple(dict.fromkeys(_distortion(text) for text in distort)) or DISTORTIONS
    spec = WorldSpec(seed=seed, sites=sites, days=days, claims=claims, distort=wrong, declared=_declared(declare))
    for path in write_world(make_world(spec), folder, system_clock):
        print(path)  # noqa: T201 - the result


def _distortion(text: str) -> Distortion:
    from offing.simulation.world.model import DISTORTIONS

    for known in DISTORTIONS:
        if text == known:
            return known
    raise OffingError(f"{text!r} is no distortion", where="--distort", fix=f"write some of {', '.join(DISTORTIONS)}")


def _declared(text: str) -> Declared:
    from offing.simulation.world.model import DECLARED

    for known in DECLARED:
        if text == known:
            return known
    raise OffingError(f"{text!r} is no declaration", where="--declare", fix=f"write one of {', '.join(DECLARED)}")


def _ship(text: str) -> ShipSpec:
    from offing.simulation.model import ShipSpec

    vessel_class, at, place = text.partition("@")
    if not at or place not in ("berth", "open"):
        raise OffingError(f"{text!r} is no ship", where="--ships", fix="write CLASS@berth or CLASS@open")
    vessel_class, marked, number = vessel_class.partition("#")
    if marked and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise OffingError(f"{number!r} is no ship's number", where="--ships", fix="write CLASS#7@open, 0 or more")
    identity = int(number) if marked else None
    return ShipSpec(vessel_class=vessel_class, place="berth" if place == "berth" else "open", identity=identity)


def _position(text: str) -> LonLat:
    from offing.geo import LonLat

    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise OffingError(f"{text!r} is no position", where="--position", fix="write LON,LAT in degrees") from None
    return LonLat(lon=lon, lat=lat)


def _time(text: str | None, place: LonLat, sensor: str) -> datetime:
    """The time asked for, or the morning pass of such a sensor on 17 October 2024."""
    from datetime import UTC, datetime, timedelta

    from offing.timespan import parse_instant

    if text is not None:
        return parse_instant(text)[0]
    local = datetime(2024, 10, 17, 6 if sensor == "sar" else 10, 0 if sensor == "sar" else 30, tzinfo=UTC)
    return local - timedelta(minutes=round(4.0 * place.lon))
