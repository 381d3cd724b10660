"""Maps: the sites with the great circles between them, and a plan of one site. Mercator; no coastline is at hand."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

from offing.geo import geod
from offing.records import Record
from offing.report.figures.labels import Placed, hidden, place_label
from offing.report.figures.scale import degree_step, degrees_label, north_arrow, scale_bar
from offing.report.figures.svg import add, canvas, path, rendered
from offing.report.model import PassageRow
from offing.sites import Site

Ring = tuple[tuple[float, float], ...]
_EARTH_M = 6371008.8
"""Mean radius: the scale bar's error on the ellipsoid stays below 0.6 %."""
_HIGHEST_LAT = 85.0


class View(Record, frozen=True):
    """A Mercator window: (lon, lat) in degrees to user units. Longitudes are counted from ``lon0``."""

    lon0: float
    """Degrees at the middle."""
    y0: float
    """Mercator ordinate at the middle, radians."""
    units_per_rad: float
    width: float
    height: float

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """User units of a position."""
        turn = math.radians((lon - self.lon0 + 180.0) % 360.0 - 180.0)
        return self.width / 2 + turn * self.units_per_rad, self.height / 2 - (
            _ordinate(lat) - self.y0
        ) * self.units_per_rad

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """Position of user units."""
        lat = math.degrees(math.atan(math.sinh(self.y0 - (y - self.height / 2) / self.units_per_rad)))
        return self.lon0 + math.degrees((x - self.width / 2) / self.units_per_rad), lat

    def units_per_m(self) -> float:
        """User units of a metre on the ground at the middle of the map."""
        lat = self.lonlat(self.width / 2, self.height / 2)[1]
        return self.units_per_rad / (_EARTH_M * math.cos(math.radians(lat)))


def _ordinate(lat: float) -> float:
    held = math.radians(min(max(lat, -_HIGHEST_LAT), _HIGHEST_LAT))
    return math.asinh(math.tan(held))


def fitted(points: list[tuple[float, float]], width: float, least_m: float, margin: float) -> View:
    """A view of ``width`` user units that holds all (lon, lat) points with ``margin`` units around.

    It shows at least ``least_m`` metres across; its height follows the points, from 0.45 of the width to 0.7 of a wide
    drawing and 1.1 of a narrow one.
    """
    lon0 = _middle_longitude([p[0] for p in points])
    turns = [math.radians((lon - lon0 + 180.0) % 360.0 - 180.0) for lon, _ in points]
    ordinates = [_ordinate(lat) for _, lat in points]
    y0 = (min(ordinates) + max(ordinates)) / 2
    lon0 += math.degrees((min(turns) + max(turns)) / 2)
    least = least_m / (_EARTH_M * math.cos(math.atan(math.sinh(y0))))
    across, up = max(max(turns) - min(turns), least), max(max(ordinates) - min(ordinates), least * 0.45)
    height = min(max(width * up / across, 0.45 * width), (0.7 if width > 600 else 1.1) * width)
    units = min((width - 2 * margin) / across, (height - 2 * margin) / up)
    return View(lon0=lon0, y0=y0, units_per_rad=units, width=width, height=height)


def _middle_longitude(lons: list[float]) -> float:
    """The middle on the circle, so that sites on both sides of 180° stay together."""
    east = sum(math.cos(math.radians(x)) for x in lons)
    north = sum(math.sin(math.radians(x)) for x in lons)
    return math.degrees(math.atan2(north, east))


def overview_map(sites: tuple[Site, ...], passages: tuple[PassageRow, ...], width: float, key: str) -> str:
    """All sites with the great circles of the claimed passages; needs at least one site."""
    view = fitted([s.position for s in sites], width, least_m=20_000.0, margin=0.13 * width)
    names = ", ".join(s.name for s in sites)
    lines = "; ".join(f"{p.origin} to {p.destination} {p.nautical_miles:.0f} nautical miles" for p in passages)
    root = canvas(
        view.width, view.height, "Map of the sites", f"Sites: {names}. Great circles: {lines or 'none'}.", key
    )
    root.set("class", "map")
    _graticule(root, view)
    placed: list[Placed] = []
    for site in sites:
        x, y = view.xy(*site.position)
        placed.append((x - 6, y - 6, x + 6, y + 6))
    arcs = [_great_circle(root, view, p) for p in passages]
    for site in sites:
        _site(root, view, site, placed)
    for passage, arc in zip(passages, arcs, strict=True):
        _distance(root, passage, arc, placed)
    scale_bar(root, 16, view.height - 26, view.units_per_m(), 0.24 * width)
    north_arrow(root, view.width - 22, 30, 0.0)
    return rendered(root)


def _graticule(root: ET.Element, view: View) -> None:
    add(root, "rect", x=0.5, y=0.5, width=view.width - 1, height=view.height - 1, class_="sea", rx=3)
    (west, north), (east, south) = view.lonlat(0, 0), view.lonlat(view.width, view.height)
    step = degree_step(east - west, 5 if view.width > 600 else 3)
    group = add(root, "g", class_="graticule")
    for i in range(math.ceil(west / step), math.floor(east / step) + 1):
        x = view.xy(i * step, 0.0)[0]
        add(group, "line", x1=x, x2=x, y1=0, y2=view.height, class_="grid")
        if 24 < x < view.width - 24:
            lon = (i * step + 180.0) % 360.0 - 180.0
            add(group, "text", degrees_label(lon, "E", "W"), x=x + 3, y=view.height - 5, class_="tick")
    for i in range(math.ceil(south / step), math.floor(north / step) + 1):
        y = view.xy(view.lon0, i * step)[1]
        add(group, "line", x1=0, x2=view.width, y1=y, y2=y, class_="grid")
        if 14 < y < view.height - 40:
            add(group, "text", degrees_label(i * step, "N", "S"), x=4, y=y - 3, class_="tick")


def _great_circle(root: ET.Element, view: View, passage: PassageRow) -> list[tuple[float, float]]:
    (lon1, lat1), (lon2, lat2) = passage.origin_at, passage.destination_at
    between = [(float(lon), float(lat)) for lon, lat in geod().npts(lon1, lat1, lon2, lat2, 24)]
    arc = [view.xy(lon, lat) for lon, lat in [(lon1, lat1), *between, (lon2, lat2)]]
    group = add(root, "g", class_="passage")
    add(group, "title", f"{passage.origin} to {passage.destination}: {passage.nautical_miles:.0f} nautical miles")
    path(group, arc, class_="arc")
    return arc


def _site(root: ET.Element, view: View, site: Site, placed: list[Placed]) -> None:
    x, y = view.xy(*site.position)
    group = add(root, "g", class_="site simulated" if site.simulated else "site")
    add(group, "title", f"{site.name}, {site.role}, {site.position[1]:.4f}, {site.position[0]:.4f}")
    if site.role in ("town", "cape", "beach", "airfield"):
        add(group, "circle", cx=x, cy=y, r=3.6, class_="dot hollow")
    else:
        add(group, "circle", cx=x, cy=y, r=4.2, class_="dot")
    text = f"{site.name} (simulated)" if site.simulated else site.name
    at = place_label(x, y, 8.0 * len(text), 14.0, placed, view.width, view.height)
    add(group, "text", text, x=at.x, y=at.y, class_="site-text", text_anchor=at.anchor)


def _distance(root: ET.Element, passage: PassageRow, arc: list[tuple[float, float]], placed: list[Placed]) -> None:
    text = f"{passage.nautical_miles:.0f} nm"
    need = 6.6 * len(text)
    best = (math.inf, arc[len(arc) // 2])
    for part in (0.5, 0.4, 0.6, 0.3, 0.7):
        x, y = arc[round(part * (len(arc) - 1))]
        box = (x - need / 2, y - 8, x + need / 2, y + 5)
        best = min(best, (sum(hidden(box, other) for other in placed), (x, y)))
    x, y = best[1]
    placed.append((x - need / 2, y - 8, x + need / 2, y + 5))
    add(root, "text", text, x=x, y=y + 3, class_="distance-text", text_anchor="middle")


def site_plan(site: Site, berths: tuple[Ring, ...], ships: tuple[tuple[str, Ring], ...], width: float, key: str) -> str:
    """One site: its berths and every detection of every picture, north up, over nothing but a grid.

    ``ships`` are (label, closed ring). Needs a berth or a ship.
    """
    points = [p for ring in (*berths, *(r for _, r in ships)) for p in ring]
    view = fitted(points, width, least_m=400.0, margin=0.1 * width)
    about = f"{len(berths)} berths and {len(ships)} detections of all pictures together."
    root = canvas(view.width, view.height, f"Plan of {site.name}", about, key)
    root.set("class", "map plan")
    _graticule(root, view)
    for ring in berths:
        path(root, [view.xy(*p) for p in ring], closed=True, class_="berth")
    for label, ring in ships:
        group = add(root, "g", class_="ship")
        add(group, "title", label)
        path(group, [view.xy(*p) for p in ring], closed=True, class_="ship-box")
    scale_bar(root, 16, view.height - 26, view.units_per_m(), 0.3 * width)
    north_arrow(root, view.width - 22, 30, 0.0)
    return rendered(root)
