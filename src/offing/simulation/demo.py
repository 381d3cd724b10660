"""The example case: what was published about Dunai, and a simulated harbour beside it."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

from offing.records import Record
from offing.simulation.stack import DEFAULT_SEED, SITE, StackPicture, berths_geojson, write_stack
from offing.simulation.writing import geojson_bytes


class DemoContent(Record, frozen=True):
    """The files of the example, ready to be imported into a case."""

    case_file: Path
    """case.yaml in the case folder."""
    observations: Path
    """The published looks, for ``offing observations import``."""
    areas: tuple[Path, ...]
    """Berths as GeoJSON, where case.yaml names them."""
    pictures: tuple[StackPicture, ...]
    """Simulated pictures of ``site``, outside the case folder."""
    site: str
    """The site that the pictures show."""


def build_demo(root: Path, pictures: Path | None = None, seed: int = DEFAULT_SEED) -> DemoContent:
    """Write case.yaml, observations.csv and sites/ into ``root``, and the simulated pictures into ``pictures``.

    Without ``pictures`` a fresh temporary folder is made for them, which is the caller's to remove. Files of the same
    names are replaced.
    """
    folder = pictures if pictures is not None else Path(tempfile.mkdtemp(prefix="offing-simulated-"))
    (root / "sites").mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    area = root / "sites" / f"{SITE}.geojson"
    area.write_bytes(geojson_bytes(berths_geojson(seed)))
    return DemoContent(
        case_file=_copy("case.yaml", root),
        observations=_copy("observations.csv", root),
        areas=(area,),
        pictures=write_stack(folder, seed),
        site=SITE,
    )


def is_demo(root: Path) -> bool:
    """Whether the case in ``root`` is the example as it ships, not edited since."""
    case_file = root / "case.yaml"
    return case_file.is_file() and case_file.read_bytes() == _shipped("case.yaml")


def _copy(name: str, root: Path) -> Path:
    target = root / name
    target.write_bytes(_shipped(name))
    return target


def _shipped(name: str) -> bytes:
    return (files("offing.simulation") / "dunai" / name).read_bytes()
