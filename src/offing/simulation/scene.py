"""A simulated picture with the truth about what it shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.errors import OffingError
from offing.imagery.radar_geometry import RadarGeometry
from offing.looks.darkness import sun_azimuth_deg, sun_elevation_deg
from offing.records import Record
from offing.simulation.artefacts import TrueGhost, flown
from offing.simulation.canvas import Bands, shadow_per_metre
from offing.simulation.clouds import cloud_cover, under_clouds
from offing.simulation.daylight import draw_ship
from offing.simulation.draws import Field
from offing.simulation.land import with_land
from offing.simulation.model import PlacedShip, SceneSpec, TrueShip
from offing.simulation.placing import place_ships
from offing.simulation.position import PictureGrid, picture_grid
from offing.simulation.quay import Harbour, harbour
from offing.simulation.radar import geometry, radar_picture, true_ghosts
from offing.simulation.sea import sunlit_sea
from offing.simulation.sensors import digital_numbers, through_optics
from offing.simulation.ships import box_corners, on_grid

LEAST_SUN_DEG = 5.0
"""Optical pictures are not taken with the sun lower than this."""

BANDS = {"sar": ("VV", "VH"), "optical": ("blue", "green", "red", "nir")}


class SimulatedScene(Record, frozen=True, eq=False):
    """The picture, where it lies, and the truth."""

    spec: SceneSpec
    pixels: NDArray[np.float32] | NDArray[np.uint16]
    """(bands, rows, cols): VV, VH sigma0 linear float32; or blue, green, red, nir as 10,000 × reflectance, uint16."""
    bands: tuple[str, ...]
    grid: PictureGrid
    ships: tuple[TrueShip, ...]
    """In the order asked for."""
    radar: RadarGeometry | None
    """How the radar looked; None: an optical picture."""
    ghosts: tuple[TrueGhost, ...]
    """The azimuth ambiguities of the ships that the picture shows."""


def simulate(spec: SceneSpec) -> SimulatedScene:
    """The picture that ``spec`` describes; the same specification gives the same pixels.

    Raises OffingError when a ship cannot be drawn or placed, or an optical picture is asked for in the dark.
    """
    port = harbour(spec.place_seed) if spec.harbour else None
    ships = place_ships(spec, port)
    shape = (spec.size[1], spec.size[0])
    opacity = np.zeros(shape, np.float32)
    pixels: NDArray[np.float32] | NDArray[np.uint16]
    if spec.sensor == "sar":
        pixels = radar_picture(spec, port, ships)
    else:
        reflectance, opacity = _optical(spec, port, ships)
        pixels = np.ascontiguousarray(np.moveaxis(digital_numbers(reflectance), 2, 0))
    grid = picture_grid(spec)
    return SimulatedScene(
        spec=spec,
        pixels=pixels,
        bands=BANDS[spec.sensor],
        grid=grid,
        ships=tuple(_truth(ship, grid, opacity) for ship in ships),
        radar=_flown(spec, grid) if spec.sensor == "sar" else None,
        ghosts=true_ghosts(spec, ships) if spec.sensor == "sar" else (),
    )


def _flown(spec: SceneSpec, grid: PictureGrid) -> RadarGeometry:
    look = geometry(spec)
    return flown(spec, look.flight_deg, look.incidence_deg, grid.convergence_deg)


def _optical(spec: SceneSpec, port: Harbour | None, ships: Sequence[PlacedShip]) -> tuple[Bands, Field]:
    """(reflectance (rows, cols, 4), opacity of the clouds)."""
    elevation = sun_elevation_deg(spec.position, spec.time)
    if elevation < LEAST_SUN_DEG:
        raise OffingError(
            f"the sun stands {elevation:.1f}° high there at that time, too low for an optical picture",
            fix="choose a time of day with the sun above 5°, or a radar picture",
        )
    shadow = shadow_per_metre(sun_azimuth_deg(spec.position, spec.time), elevation)
    shape = (spec.size[1], spec.size[0])
    scene = sunlit_sea(spec.seed, shape, spec.gsd_m, spec.wind_m_s)
    if port is not None:
        scene = with_land(scene, spec.gsd_m, spec.place_seed, port, shadow)
    for ship in ships:
        draw_ship(scene, spec.gsd_m, ship, shadow)
    opacity, shade = cloud_cover(spec.seed, shape, spec.gsd_m, spec.cloud, shadow)
    if spec.cloud > 0.0:
        scene = under_clouds(scene, spec.seed, opacity, shade)
    return through_optics(scene, spec), opacity


def _truth(ship: PlacedShip, grid: PictureGrid, opacity: Field) -> TrueShip:
    corners = [grid.lonlat(float(x), float(y)) for x, y in box_corners(ship)]
    half = 0.5 * ship.length_m
    ends = on_grid(ship, np.array([[half, 0.0], [-half, 0.0]]))
    bow, stern = (grid.lonlat(float(x), float(y)) for x, y in ends)
    return TrueShip(
        vessel_class=ship.vessel_class,
        ring=(*corners, corners[0]),
        bow=bow,
        stern=stern,
        length_m=ship.length_m / grid.scale,
        beam_m=ship.beam_m / grid.scale,
        heading_deg=grid.true_bearing(ship.heading_deg),
        speed_kn=ship.speed_kn,
        at_quay=ship.at_quay,
        hidden_by_cloud=_hidden(ship, grid, opacity),
        identity=ship.identity,
    )


def _hidden(ship: PlacedShip, grid: PictureGrid, opacity: Field) -> float:
    """Share of the hull's axis under cloud that lets less than half of the light through."""
    points = on_grid(ship, np.column_stack([np.linspace(-0.45, 0.45, 19) * ship.length_m, np.zeros(19)]))
    cols = np.floor(points[:, 0] / grid.gsd_m + 0.5 * opacity.shape[1]).astype(int)
    rows = np.floor(0.5 * opacity.shape[0] - points[:, 1] / grid.gsd_m).astype(int)
    inside = (cols >= 0) & (rows >= 0) & (cols < opacity.shape[1]) & (rows < opacity.shape[0])
    return float(np.mean(opacity[rows[inside], cols[inside]] > 0.5)) if inside.any() else 0.0
