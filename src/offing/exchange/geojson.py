"""The case as GeoJSON (RFC 7946): longitude first, WGS 84, exterior rings counter-clockwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from offing.exchange.files import write_atomically
from offing.exchange.layers import Layer, Shape, all_layers
from offing.exchange.snapshot import CaseSnapshot
from offing.exchange.tables import Cell
from offing.exchange.text import printable

ONE_FILE = (".geojson", ".json")
"""A path that ends so is one file with every layer; any other is a folder with a file a layer."""


def write_geojson(case: CaseSnapshot, path: Path) -> tuple[Path, ...]:
    """Write the case to ``path`` and return the files. Raises OSError."""
    layers = all_layers(case)
    if path.suffix.lower() in ONE_FILE:
        return (write_atomically(path, collection_bytes(layers)),)
    return tuple(write_atomically(path / f"{x.table.name}.geojson", collection_bytes([x])) for x in layers)


def collection_bytes(layers: Iterable[Layer]) -> bytes:
    """One FeatureCollection with a Feature a row; the property ``layer`` names the table it comes from."""
    features = [
        _feature(layer.table.name, layer.table.columns, row, shape)
        for layer in layers
        for row, shape in zip(layer.table.rows, layer.shapes, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features}
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _feature(layer: str, columns: tuple[str, ...], row: tuple[Cell, ...], shape: Shape | None) -> dict[str, object]:
    values = (printable(v) if isinstance(v, str) else v for v in row)
    properties: dict[str, object] = {"layer": layer, **dict(zip(columns, values, strict=True))}
    geometry = None if shape is None else {"type": shape.kind, "coordinates": _coordinates(shape)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _coordinates(shape: Shape) -> object:
    if shape.kind == "LineString":
        return shape.ring
    return shape.ring[0] if shape.kind == "Point" else [shape.ring]
