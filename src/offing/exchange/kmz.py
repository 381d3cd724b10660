"""The case as KMZ: KML 2.2 (OGC 07-147r2) in a zip, a folder a site, every placemark with its time."""

from __future__ import annotations

import html
import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable
from pathlib import Path

from offing.exchange.files import write_atomically
from offing.exchange.layers import Layer, Shape, all_layers, polygon
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell
from offing.exchange.text import printable
from offing.geo import circle
from offing.sites import Site

NAMESPACE = "http://www.opengis.net/kml/2.2"
_STYLES = {"sites": "ffa86a2c", "berths": "ff8c8c8c", "looks": "ffb0a090", "detections": "ff2fa6f2",
           "sightings": "ff1f6fe0", "dismissed": "ff9a9a9a", "port_calls": "ff7a3a1b",
           "voyages": "ff5a7a3a"}  # fmt: skip
"""Layer → colour as aabbggrr."""
_TITLES = {
    "looks": "Looks",
    "detections": "Detections",
    "sightings": "Sightings",
    "dismissed": "Dismissed",
    "port_calls": "Port calls",
}

Row = dict[str, Cell]


def write_kmz(case: CaseSnapshot, path: Path) -> Path:
    """Write the case to ``path`` and return it; the same case gives the same bytes. Raises OSError."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        entry = zipfile.ZipInfo("doc.kml", date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        archive.writestr(entry, kml_bytes(case), compresslevel=9)
    return write_atomically(path, packed.getvalue())


def kml_bytes(case: CaseSnapshot) -> bytes:
    """The KML document."""
    root = ET.Element("kml", xmlns=NAMESPACE)
    document = ET.SubElement(root, "Document")
    _leaf(document, "name", case.definition.title)
    _leaf(document, "description", _about(case))
    for layer, colour in _STYLES.items():
        _style(document, layer, colour)
    layers = {layer.table.name: layer for layer in all_layers(case)}
    scene_sites = {s.id: s.sites for s in case.scenes}
    for site in case.definition.sites:
        _site_folder(document, site, layers, scene_sites)
    _voyage_folder(document, layers["voyages"])
    ET.indent(root, " ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _about(case: CaseSnapshot) -> str:
    parts = [case.definition.summary or "", f"Made with offing {case.offing}."]
    if any(k.simulated for k in case.looks) or any(s.simulated for s in case.scenes):
        parts.append("Parts of this case are SIMULATED; each is marked.")
    return " ".join(part for part in parts if part)


def _site_folder(
    document: ET.Element, site: Site, layers: dict[str, Layer], scene_sites: dict[str, tuple[str, ...]]
) -> None:
    folder = ET.SubElement(document, "Folder")
    _leaf(folder, "name", f"{_tag(site.simulated)}{site.name}")
    for row, shape in _rows(layers["sites"]):
        if row["site"] == site.id:
            _placemark(folder, "sites", site.name, row, shape)
    reach = _placemark(folder, "sites", f"{site.name}: reach of {site.radius_m:.0f} m", {}, None)
    _geometry(reach, polygon(tuple(circle(site.lonlat, site.radius_m))))
    for row, shape in _rows(layers["berths"]):
        if row["site"] == site.id:
            _placemark(folder, "berths", f"Berth {row['name'] or row['berth']}", row, shape)
    for name, title in _TITLES.items():
        chosen = [(row, shape) for row, shape in _rows(layers[name]) if _belongs(row, site.id, scene_sites)]
        if chosen:
            inner = ET.SubElement(folder, "Folder")
            _leaf(inner, "name", title)
            for row, shape in chosen:
                _placemark(inner, name, _name_of(name, row), row, shape)


def _voyage_folder(document: ET.Element, layer: Layer) -> None:
    """Lines along the shortest way by water, not tracks; those that are excluded have none worth drawing."""
    chosen = [(row, shape) for row, shape in _rows(layer) if row["status"] != "excluded"]
    if not chosen:
        return
    folder = ET.SubElement(document, "Folder")
    _leaf(folder, "name", "Voyages that one ship may have made (shortest ways by water, no tracks)")
    for row, shape in chosen:
        ship = row["vessel"] or row["vessel_class"]
        name = f"{_tag(bool(row['simulated']))}{ship}: {row['from_site']} to {row['to_site']}, {row['status']}"
        _placemark(folder, "voyages", name, row, shape)


def _rows(layer: Layer) -> Iterable[tuple[Row, Shape | None]]:
    for row, shape in zip(layer.table.rows, layer.shapes, strict=True):
        yield dict(zip(layer.table.columns, row, strict=True)), shape


def _belongs(row: Row, site: str, scene_sites: dict[str, tuple[str, ...]]) -> bool:
    if "site" in row:
        return row["site"] == site
    return site in scene_sites.get(str(row["scene"]), ())


def _name_of(layer: str, row: Row) -> str:
    tag = _tag(bool(row.get("simulated")))
    if layer == "looks":
        return f"{tag}{row['time']} {row['sensor']}: {row['seen'] or row['status']}"
    if layer == "detections":
        return f"{tag}{row['detection']}"
    if layer == "dismissed":
        return f"{tag}{row['detection']}: {row['flags']}"
    if layer == "sightings":
        return f"{tag}{row['named']} {row['time']}"
    return f"{tag}{row['vessel'] or row['vessel_class']}: {row['arrived_before']} to {row['departed_after']}"


def _tag(simulated: bool) -> str:
    return "SIMULATED · " if simulated else ""


def _placemark(parent: ET.Element, layer: str, name: str, row: Row, shape: Shape | None) -> ET.Element:
    """Children in the order that KML's schema fixes: name, time, style, data, geometry."""
    mark = ET.SubElement(parent, "Placemark")
    _leaf(mark, "name", name)
    _time(mark, layer, row)
    _leaf(mark, "styleUrl", f"#{layer}")
    if row:
        data = ET.SubElement(mark, "ExtendedData")
        for key, value in row.items():
            if value is not None:
                _leaf(ET.SubElement(data, "Data", name=key), "value", _text(value))
    if shape is not None:
        _geometry(mark, shape)
    return mark


def _time(mark: ET.Element, layer: str, row: Row) -> None:
    """A moment where the row has one; a port call from its earliest arrival to its latest departure."""
    if layer == "port_calls":
        span = ET.SubElement(mark, "TimeSpan")
        _leaf(span, "begin", str(row["arrived_after"] or row["arrived_before"]))
        _leaf(span, "end", str(row["departed_before"] or row["departed_after"]))
    elif layer == "voyages":
        span = ET.SubElement(mark, "TimeSpan")
        _leaf(span, "begin", str(row["departed_after"]))
        _leaf(span, "end", str(row["arrived_before"]))
    elif row.get("time"):
        _leaf(ET.SubElement(mark, "TimeStamp"), "when", str(row["time"]))


def _geometry(mark: ET.Element, shape: Shape) -> None:
    text = " ".join(f"{lon:.7f},{lat:.7f}" for lon, lat in shape.ring)
    if shape.kind == "Point":
        _leaf(ET.SubElement(mark, "Point"), "coordinates", text)
        return
    if shape.kind == "LineString":
        drawn = ET.SubElement(mark, "LineString")
        _leaf(drawn, "tessellate", "1")
        _leaf(drawn, "coordinates", text)
        return
    outer = ET.SubElement(ET.SubElement(mark, "Polygon"), "outerBoundaryIs")
    _leaf(ET.SubElement(outer, "LinearRing"), "coordinates", text)


def _style(document: ET.Element, layer: str, colour: str) -> None:
    style = ET.SubElement(document, "Style", id=layer)
    _leaf(ET.SubElement(style, "IconStyle"), "color", colour)
    line = ET.SubElement(style, "LineStyle")
    _leaf(line, "color", colour)
    _leaf(line, "width", "2")
    _leaf(ET.SubElement(style, "PolyStyle"), "fill", "0")


def _leaf(parent: ET.Element, tag: str, text: str) -> None:
    """Viewers take a text with ``<`` in it for HTML, even in names: such text is escaped once more."""
    shown = printable(text)
    ET.SubElement(parent, tag).text = html.escape(shown, quote=False) if "<" in shown else shown


def _text(value: Cell) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
