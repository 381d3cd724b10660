"""What radar pictures show that is not there: ghosts of bright things, other transmitters, the edge of the data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from offing.imagery.radar_geometry import LIGHT_M_S, RadarGeometry, SubSwath
from offing.quantities import Interval
from offing.records import Record
from offing.simulation.draws import stream
from offing.simulation.model import SceneSpec

SLANT_RANGE_M = 850_000.0
PLATFORM_M_S = 7_590.0
"""Speed of Sentinel-1 over the turning Earth."""
GROUND_M_S = 6_790.0
CARRIER_HZ = 5.405e9
PRF_HZ = 1_451.627
"""Of IW2, the middle of the swath."""
ORDERS = (1, 2)
FAINTER_DB, FAINTER_SD_DB, ORDER_DB = 27.0, 3.0, 6.0
"""Ghosts of the first order under their source, their spread, and what each further order loses."""
STEERING = 3.0
"""2·(Doppler of the steered beam) / PRF at the end of a TOPS burst: where a source lies in its burst is drawn."""
BLUR_M = 10.0
"""A ghost of order n is smeared along the flight by n times this (standard deviation)."""
BAND_M, BAND_DB = (500.0, 1500.0), (4.0, 8.0)
"""Width along the flight of an interfered stretch, and how far it is raised over the mean VV sea."""
BORDER_PX, BORDER_FACTOR = 2.0, 12.0
"""Lines before the edge of the data that resampling and border noise brighten, and by how much."""


class TrueGhost(Record, frozen=True):
    """Where a ship's azimuth ambiguity lies."""

    ship: int
    """Number of the ship, from 0, in the order asked for."""
    order: int
    """−2 to 2, positive along the flight."""
    x_m: float
    """Grid east of the picture's centre."""
    y_m: float
    """Grid north of the picture's centre."""
    fainter_db: float
    """Under its source, in mean power."""


def flown(spec: SceneSpec, flight_deg: float, incidence_deg: float, convergence_deg: float) -> RadarGeometry:
    """The geometry that the picture was simulated with; directions in degrees from grid north.

    One incidence and slant range for the whole picture, which shows a few kilometres of a swath of 250.
    """
    turn, right = math.radians(flight_deg), math.radians(flight_deg + 90.0)
    reach = Interval(low=SLANT_RANGE_M, high=SLANT_RANGE_M, level=1.0)
    return RadarGeometry(
        azimuth_px=(math.sin(turn), -math.cos(turn)),
        range_px=(math.sin(right), -math.cos(right)),
        azimuth_spacing_m=spec.gsd_m,
        range_spacing_m=spec.gsd_m,
        anchor_px=(0.5 * spec.size[0], 0.5 * spec.size[1]),
        heading_deg=(flight_deg + convergence_deg) % 360.0,
        heading_error_deg=0.0,
        passing="descending" if 90.0 < flight_deg < 270.0 else "ascending",
        wavelength_m=LIGHT_M_S / CARRIER_HZ,
        velocity_m_s=PLATFORM_M_S,
        ground_velocity_m_s=GROUND_M_S,
        incidence_bounds_deg=Interval(low=incidence_deg, high=incidence_deg, level=1.0),
        slant_range_bounds_m=reach,
        subswaths=(SubSwath(name="IW2", prf_hz=PRF_HZ, slant_range_m=reach),),
        basis="annotation: simulated",
        incidence=(incidence_deg,),
        slant_range=(SLANT_RANGE_M,),
    )


def ghosts_of(
    spec: SceneSpec, ships: Sequence[NDArray[np.float64]], flight_deg: float, incidence_deg: float
) -> tuple[TrueGhost, ...]:
    """The ambiguities of each ship, given the (n, 2) metres east and north of its scatterers.

    n·λ·R·PRF / (2·V) along the flight; in range further by what the range history of the other place differs, more or
    less by where in its burst the ship lies (Cumming & Wong 2005, ch. 5; De Zan & Monti Guarnieri 2006 on TOPS).
    """
    first = LIGHT_M_S / CARRIER_HZ * SLANT_RANGE_M * PRF_HZ / (2.0 * PLATFORM_M_S)
    walk = first**2 / (2.0 * SLANT_RANGE_M * math.sin(math.radians(incidence_deg)))
    turn = math.radians(flight_deg)
    along = np.array([math.sin(turn), math.cos(turn)])
    away = np.array([math.cos(turn), -math.sin(turn)])
    found = []
    for number, xy in enumerate(ships):
        rng = stream(spec.seed, f"ghosts {number}")
        for order in (n * s for n in ORDERS for s in (1, -1)):
            size = abs(order)
            further = walk * (size**2 + float(rng.uniform(-STEERING, STEERING)) * size)
            x, y = xy.mean(axis=0) + order * first * along + further * away
            fainter = float(rng.normal(FAINTER_DB + ORDER_DB * (size - 1), FAINTER_SD_DB))
            found.append(TrueGhost(ship=number, order=order, x_m=float(x), y_m=float(y), fainter_db=fainter))
    return tuple(found)


def with_interference(
    spec: SceneSpec, bands: NDArray[np.float32], flight_deg: float, level: float
) -> NDArray[np.float32]:
    """(bands, rows, cols) power with a stretch of the flight raised over all ranges, as speckle of four looks.

    ``level``: mean power of the VV sea. Both polarisations receive the same, so the fainter one shows it more.
    """
    rng = stream(spec.seed, "interference")
    inside = interfered(spec, flight_deg)
    raised = np.float32(level * (10.0 ** (float(rng.uniform(*BAND_DB)) / 10.0) - 1.0))
    noise = rng.standard_gamma(4.0, bands.shape, np.float32) * np.float32(0.25)
    return np.asarray(bands + raised * noise * inside, np.float32)


def interfered(spec: SceneSpec, flight_deg: float) -> NDArray[np.bool_]:
    """(rows, cols), True where the picture is interfered with: a band along range, some way off the middle."""
    rng = stream(spec.seed, "interfered")
    along, _ = _turned(spec, flight_deg)
    half = 0.5 * float(rng.uniform(*BAND_M))
    middle = float(rng.uniform(-0.2, 0.2)) * min(spec.size) * spec.gsd_m
    return np.asarray(np.abs(along - middle) <= half)


def with_edge(spec: SceneSpec, bands: NDArray[np.float32], flight_deg: float) -> NDArray[np.float32]:
    """(bands, rows, cols) power, NaN beyond the near edge of the swath, which is bright by border noise."""
    _, across = _turned(spec, flight_deg)
    edge = across + 0.35 * min(spec.size) * spec.gsd_m
    out = np.where(edge < BORDER_PX * spec.gsd_m, bands * np.float32(BORDER_FACTOR), bands)
    return np.asarray(np.where(edge < 0.0, np.float32(np.nan), out), np.float32)


def _turned(spec: SceneSpec, flight_deg: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(rows, cols) metres of each pixel's middle from the picture's, along the flight and away from the radar."""
    cols, rows = spec.size
    x = (np.arange(cols) + 0.5 - 0.5 * cols)[None, :] * spec.gsd_m
    y = (0.5 * rows - np.arange(rows) - 0.5)[:, None] * spec.gsd_m
    turn = math.radians(flight_deg)
    return x * math.sin(turn) + y * math.cos(turn), x * math.cos(turn) - y * math.sin(turn)
