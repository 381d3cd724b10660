"""Simulated pictures as GeoTIFF with their truth as GeoJSON beside them.

Every file says that it is simulated: in its tags, in TIFFTAG_IMAGEDESCRIPTION, and in every feature of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from offing import __version__
from offing.case.files import replacing
from offing.errors import OffingError, PictureError
from offing.exchange.files import write_atomically
from offing.exchange.text import printable
from offing.imagery.radar_tag import RADAR_TAG, as_tag
from offing.simulation.artefacts import TrueGhost
from offing.simulation.model import TrueShip
from offing.simulation.scene import SimulatedScene
from offing.timespan import iso

_SUFFIXES = (".tif", ".tiff")


def truth_path(picture: Path) -> Path:
    """Where the truth about a picture is written: ``NAME.truth.geojson`` beside it."""
    return picture.with_name(f"{picture.stem}.truth.geojson")


def write_scene(scene: SimulatedScene, path: Path) -> tuple[Path, Path]:
    """Write the picture to ``path`` and its truth beside it; both paths are returned.

    The GeoTIFF is tiled and DEFLATE-compressed, in UTM. Raises OffingError when ``path`` is no .tif, PictureError or
    CaseError when it cannot be written; then both files are as they were.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise OffingError("a simulated picture is written as GeoTIFF", where=str(path), fix="end its name in .tif")
    if not path.parent.is_dir():
        raise PictureError("the folder does not exist", where=str(path.parent), fix="make it first")
    truth = truth_path(path)
    with replacing(truth) as out:
        out.write(truth_geojson(scene, printable(path.name)))
        write_atomically(path, _tiff(scene))
    return path, truth


def tags(scene: SimulatedScene) -> dict[str, str]:
    """The picture's tags: acquisition, sensor, and that it is simulated."""
    spec = scene.spec
    kind = "sar" if spec.sensor == "sar" else "multispectral"
    return {
        "TIFFTAG_IMAGEDESCRIPTION": "SIMULATED picture made by offing; it shows no real place",
        "TIFFTAG_SOFTWARE": f"offing {__version__}",
        "TIFFTAG_DATETIME": spec.time.strftime("%Y:%m:%d %H:%M:%S"),
        "AREA_OR_POINT": "Area",
        "OFFING_TIME": iso(spec.time),
        "OFFING_SENSOR": kind,
        "OFFING_PLATFORM": "simulated-radar" if kind == "sar" else "simulated-optical",
        "OFFING_SIMULATED": "YES",
        "OFFING_SEED": f"{spec.seed}/{spec.place_seed}",
        **({RADAR_TAG: as_tag(scene.radar)} if scene.radar else {}),
    }


def truth_geojson(scene: SimulatedScene, image: str) -> bytes:
    """The truth about the picture called ``image``: a Feature a ship, the box around its hull in lon/lat."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "simulated": True,
        "image": image,
        "time": iso(scene.spec.time),
        "features": [_feature(i, ship) for i, ship in enumerate(scene.ships, start=1)],
    }
    if scene.ghosts:
        document["ghosts"] = [_ghost(ghost, scene) for ghost in scene.ghosts]
    return geojson_bytes(document)


def geojson_bytes(document: Mapping[str, Any]) -> bytes:
    """GeoJSON text, indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _feature(number: int, ship: TrueShip) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": f"truth-{number}",
        "geometry": {"type": "Polygon", "coordinates": [[[round(v, 7) for v in p] for p in ship.ring]]},
        "properties": {
            "class": ship.vessel_class,
            "length_m": round(ship.length_m, 2),
            "beam_m": round(ship.beam_m, 2),
            "heading_deg": round(ship.heading_deg, 2),
            "bow": [round(v, 7) for v in ship.bow],
            "stern": [round(v, 7) for v in ship.stern],
            "speed_kn": ship.speed_kn,
            "at_quay": ship.at_quay,
            "hidden_by_cloud": round(ship.hidden_by_cloud, 3),
            **({} if ship.identity is None else {"identity": ship.identity}),
            "simulated": ship.simulated,
        },
    }


def _ghost(ghost: TrueGhost, scene: SimulatedScene) -> dict[str, Any]:
    """Where an azimuth ambiguity lies, also outside the picture."""
    lonlat = scene.grid.lonlat(ghost.x_m, ghost.y_m)
    return {
        "of": f"truth-{ghost.ship + 1}",
        "order": ghost.order,
        "lonlat": [round(v, 7) for v in lonlat],
        "fainter_db": round(ghost.fainter_db, 2),
        "simulated": True,
    }


def _tiff(scene: SimulatedScene) -> bytes:
    """The picture as a file; put together in memory, because GDAL does not say when a disk is full."""
    import rasterio
    from rasterio.io import MemoryFile

    count, rows, cols = scene.pixels.shape
    west, north = scene.grid.origin
    radar = scene.spec.sensor == "sar"
    with MemoryFile(ext=".tif") as memory:
        with memory.open(
            driver="GTiff",
            width=cols,
            height=rows,
            count=count,
            dtype=scene.pixels.dtype.name,
            crs=f"EPSG:{scene.grid.epsg}",
            transform=rasterio.Affine(scene.grid.gsd_m, 0.0, west, 0.0, -scene.grid.gsd_m, north),
            nodata=None if radar else 0,
            compress="DEFLATE",
            predictor=3 if radar else 2,
            tiled=True,
            blockxsize=256,
            blockysize=256,
        ) as out:
            out.write(scene.pixels)
            out.descriptions = scene.bands
            out.update_tags(**tags(scene))
            if not radar:
                out.scales = (1e-4,) * count
        return bytes(memory.read())
