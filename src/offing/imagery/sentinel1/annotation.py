"""What a product's annotation says of one polarisation (Sentinel-1 Product Specification, S1-RS-MDA-52-7441)."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError, TimeError
from offing.imagery.bands import POLARISATIONS
from offing.imagery.markup import Node
from offing.imagery.radar_geometry import Passing
from offing.quantities import Interval
from offing.records import Record
from offing.timespan import parse_instant

_FIX = "download the whole product again"
_SIDE_MAX = 200_000
Floats = NDArray[np.float64]


class GridPoints(Record, frozen=True):
    """The geolocation grid: (lines, pixels) arrays of what holds at its nodes."""

    lines: Floats
    """Image lines of its rows, ascending, counted from the centre of the first line."""
    pixels: Floats
    """Range samples of its columns, ascending, counted from the centre of the first sample."""
    lats: Floats
    """Degrees north, geodetic."""
    lons: Floats
    """Degrees east."""
    heights_m: Floats
    """Above the ellipsoid."""
    incidence_deg: Floats
    """From the local vertical."""
    slant_range_times_s: Floats
    """Two-way travel time."""


class SwathBounds(Record, frozen=True):
    """Where one sub-swath lies in the picture."""

    name: str
    """``IW1`` …"""
    prf_hz: float
    """Pulse repetition frequency."""
    samples: Interval
    """First and last range sample."""


class Annotation(Record, frozen=True):
    """The annotation of one polarisation."""

    mission: str
    """``S1A`` …"""
    product_type: str
    """``GRD`` or ``SLC``."""
    mode: str
    """``IW``, ``EW``, ``S1`` …"""
    polarisation: str
    """``VV`` …"""
    start: datetime
    """First line, UTC."""
    stop: datetime
    """Last line, UTC."""
    passing: Passing
    frequency_hz: float
    """Of the carrier."""
    lines: int
    """Image lines, along azimuth."""
    samples: int
    """Range samples of a line."""
    azimuth_spacing_m: float
    """Between lines, on the ground."""
    line_interval_s: float
    """Between lines."""
    velocity_m_s: float
    """Of the satellite in the Earth-fixed frame, in the middle of the acquisition."""
    grid: GridPoints
    swaths: tuple[SwathBounds, ...]
    """In range order; empty where the pulse rate or the bounds are not annotated."""


def read_annotation(root: Node) -> Annotation:
    """The annotation of one polarisation. Raises PictureError where it is not whole or not of this kind of product."""
    head, image = "adsHeader", "imageAnnotation/imageInformation"
    product_type = root.text(f"{head}/productType").upper()
    if product_type != "GRD":
        raise PictureError(
            f"is a {product_type} product" + (": complex values of single looks" if product_type == "SLC" else ""),
            where=root.where,
            fix="take the GRD product of the same acquisition (…_GRDH_… in its name)",
        )
    polarisation = root.text(f"{head}/polarisation").upper()
    if polarisation not in POLARISATIONS:
        raise PictureError(f"names a polarisation {polarisation[:10]}", where=root.where, fix=_FIX)
    lines, samples = root.whole(f"{image}/numberOfLines"), root.whole(f"{image}/numberOfSamples")
    if not (16 <= lines <= _SIDE_MAX and 16 <= samples <= _SIDE_MAX):
        raise PictureError(f"claims {samples} × {lines} pixels", where=root.where, fix=_FIX)
    start, stop = (_instant(root, f"{image}/product{end}LineUtcTime") for end in ("First", "Last"))
    if not 0.0 <= (stop - start).total_seconds() < 3600.0:
        raise PictureError("takes longer than an hour, or ends before it starts", where=root.where, fix=_FIX)
    return Annotation(
        mission=root.text(f"{head}/missionId").upper()[:3],
        product_type=product_type,
        mode=root.text(f"{head}/mode").upper()[:3],
        polarisation=polarisation,
        start=start,
        stop=stop,
        passing=_passing(root),
        frequency_hz=_between(root, "generalAnnotation/productInformation/radarFrequency", 1e9, 1e11),
        lines=lines,
        samples=samples,
        azimuth_spacing_m=_between(root, f"{image}/azimuthPixelSpacing", 0.1, 1000.0),
        line_interval_s=_between(root, f"{image}/azimuthTimeInterval", 1e-5, 1.0),
        velocity_m_s=_velocity(root, start + (stop - start) / 2),
        grid=_grid(root),
        swaths=_swaths(root, samples),
    )


def _between(root: Node, path: str, low: float, high: float) -> float:
    value = root.number(path)
    if not low <= value <= high:
        raise PictureError(f"says {value:g} in <{path.rpartition('/')[2]}>", where=root.where, fix=_FIX)
    return value


def _passing(root: Node) -> Passing:
    text = root.text("generalAnnotation/productInformation/pass").lower()
    if text not in {"ascending", "descending"}:
        raise PictureError(f"names a pass {text[:20]}", where=root.where, fix=_FIX)
    return "ascending" if text == "ascending" else "descending"


def _instant(node: Node, path: str) -> datetime:
    """A time; the products give UTC without saying so."""
    text = node.text(path)
    try:
        found, _ = parse_instant(text if text.endswith("Z") else text + "Z")
    except TimeError as error:
        raise PictureError(f"holds no time in <{path}>", where=node.where, fix=_FIX) from error
    return found.astimezone(UTC)


def _velocity(root: Node, middle: datetime) -> float:
    """Speed by the orbit's state vector nearest in time."""
    vectors = root.all("generalAnnotation/orbitList/orbit")
    if not vectors:
        raise PictureError("lacks <orbitList>", where=root.where, fix=_FIX)
    nearest = min(vectors, key=lambda v: abs((_instant(v, "time") - middle).total_seconds()))
    speed = sum(nearest.number(f"velocity/{axis}") ** 2 for axis in "xyz") ** 0.5
    if not 6_500.0 <= speed <= 8_500.0:
        raise PictureError(f"says that the satellite flew at {speed:g} m/s", where=root.where, fix=_FIX)
    return float(speed)


_POINT = ("line", "pixel", "latitude", "longitude", "height", "incidenceAngle", "slantRangeTime")


def _grid(root: Node) -> GridPoints:
    points = root.all("geolocationGrid/geolocationGridPointList/geolocationGridPoint")
    if not 4 <= len(points) <= 20_000:
        raise PictureError(f"has {len(points)} geolocation points", where=root.where, fix=_FIX)
    table = np.array([[p.number(name) for name in _POINT] for p in points])
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    lines, pixels = np.unique(table[:, 0]), np.unique(table[:, 1])
    shape = (len(lines), len(pixels))
    whole = min(shape) >= 2 and shape[0] * shape[1] == len(table)
    if not whole or (table[:, 1].reshape(shape) != pixels).any():
        raise PictureError("has a geolocation grid with holes", where=root.where, fix=_FIX)
    lats, lons, heights, incidence, times = (table[:, i].reshape(shape) for i in range(2, 7))
    sound = (
        (np.abs(lats) <= 90.0).all()
        and (np.abs(lons) <= 360.0).all()
        and (np.abs(heights) < 10_000.0).all()
        and ((incidence > 5.0) & (incidence < 75.0)).all()
        and ((times > 2e-3) & (times < 2e-2)).all()
    )
    if not sound:
        raise PictureError("has geolocation points that lie nowhere a satellite sees", where=root.where, fix=_FIX)
    return GridPoints(
        lines=lines, pixels=pixels, lats=lats, lons=lons, heights_m=heights, incidence_deg=incidence,
        slant_range_times_s=times,
    )  # fmt: skip


def _swaths(root: Node, samples: int) -> tuple[SwathBounds, ...]:
    """The sub-swaths by ``swathMerging``, with their pulse rates; of a product of one swath, all of it."""
    rates = {
        node.text("swath"): _between(node, "prf", 300.0, 10_000.0)
        for node in root.all("generalAnnotation/downlinkInformationList/downlinkInformation")
    }
    found = []
    for merge in root.all("swathMerging/swathMergeList/swathMerge"):
        name = merge.text("swath")
        bounds = merge.all("swathBoundsList/swathBounds")
        if name in rates and bounds:
            first = min(max(0, b.whole("firstRangeSample")) for b in bounds)
            last = max(min(samples - 1, b.whole("lastRangeSample")) for b in bounds)
            if first <= last:
                where = Interval(low=float(first), high=float(last), level=1.0)
                found.append(SwathBounds(name=name[:4], prf_hz=rates[name], samples=where))
    if not found and len(rates) == 1:
        ((name, rate),) = rates.items()
        whole = Interval(low=0.0, high=samples - 1.0, level=1.0)
        found = [SwathBounds(name=name[:4], prf_hz=rate, samples=whole)]
    return tuple(sorted(found, key=lambda s: s.samples.low))
