"""``offing classes``: the class library, each value with its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from offing.cli.output import Format, emit, note, print_json

if TYPE_CHECKING:
    from offing.vessels.classes import ClassLibrary
    from offing.vessels.model import VesselClass

_FIGURES = ("length_m", "beam_m", "draught_m", "displacement_t", "speed_kn")
_UNITS = {"length_m": "m", "beam_m": "m", "draught_m": "m", "displacement_t": "t", "speed_kn": "kn"}


def classes(
    id: str | None = None,
    /,
    *,
    classes: Path | None = None,
    under: str | None = None,
    vessels: Annotated[bool, Parameter(negative="")] = False,
    schema: Annotated[bool, Parameter(negative="")] = False,
    format: Format = "table",
) -> None:
    """List the classes of ships that offing knows, or one of them with every value and its source.

    Example: offing classes ropucha

    Example: offing classes --under landing-ship --format csv

    Parameters
    ----------
    id
        A class to show in full.
    classes
        Your own classes, a TOML or YAML file; one with the id of a built-in class replaces it.
    under
        Only this class and those below it.
    vessels
        List the named ships instead.
    schema
        Print the JSON Schema of a file of classes.
    """
    if schema:
        from offing.vessels.class_checks import schema as schema_of_file

        print_json(schema_of_file())
        return
    from offing.vessels.class_data import Library
    from offing.vessels.classes import library

    own = Library() if classes is None else _read(classes)
    known = library(own.classes)
    if vessels:
        _vessels(own, known, under, format)
    elif id is not None:
        _one(known.get(id), format)
    else:
        shown = known if under is None else [known.get(c) for c in (under, *known.below(under))]
        rows = [_row(entry) for entry in shown] if format == "table" else [_flat(entry, format) for entry in shown]
        emit(rows, _columns(format), format, "classes")


def _read(path: Path) -> Any:  # noqa: ANN401 - Library, which is imported when it is needed
    from offing.case.class_file import read_class_file

    return read_class_file(path)


def _row(entry: VesselClass) -> dict[str, Any]:
    """A class as one line for people."""
    return {
        "id": entry.id,
        "name": entry.name or "",
        "parent": "" if entry.id == "any" else entry.parent,
        "length_m": _span(entry.length_m),
        "beam_m": _span(entry.beam_m),
        "capacity": ", ".join(_capacities(entry)),
    }


def _flat(entry: VesselClass, format: Format) -> dict[str, Any]:
    """A class for programs: the whole record as JSON, the ends of its intervals in columns as CSV."""
    if format == "json":
        from msgspec import to_builtins

        whole: dict[str, Any] = to_builtins(entry)
        return whole
    ends = {
        f"{f}_{end}": (getattr(entry, f) or (None, None))[i] for f in _FIGURES for i, end in enumerate(("low", "high"))
    }
    return {**_row(entry), **ends, "navies": entry.navies, "built": entry.built}


def _columns(format: Format) -> tuple[str, ...]:
    if format != "csv":
        return ("id", "name", "parent", "length_m", "beam_m", "capacity")
    ends = tuple(f"{f}_{end}" for f in _FIGURES for end in ("low", "high"))
    return ("id", "name", "parent", *ends, "built", "navies", "capacity")


def _one(entry: VesselClass, format: Format) -> None:
    if format == "json":
        from msgspec import to_builtins

        print_json(to_builtins(entry))
        return
    rows = [{"key": key, "value": value, "source": source} for key, value, source in _values(entry)]
    if format == "table":
        _shorten(rows)
    if entry.parts:
        note(
            "positions along the hull count from the bow, as fractions of the length; widths are fractions of the beam"
        )
    emit(rows, ("key", "value", "source"), format, "values")


def _shorten(rows: list[dict[str, str]]) -> None:
    """Say "as above" where a row has the source of the one before it."""
    last = ""
    for row in rows:
        if row["source"] and row["source"] == last:
            row["source"] = "as above"
        else:
            last = row["source"]


def _values(entry: VesselClass) -> Iterator[tuple[str, str, str]]:
    """(key, value in words, source) of everything that is known of a class."""
    yield "id", entry.id, ""
    yield "name", entry.name or entry.id, ""
    if entry.aka:
        yield "aka", ", ".join(entry.aka), ""
    if entry.id != "any":
        yield "parent", entry.parent, ""
    for key in ("navies", "stands_for"):
        if getattr(entry, key):
            yield key, ", ".join(getattr(entry, key)), _source(entry, key)
    for key in _FIGURES:
        if getattr(entry, key):
            yield key, f"{_span(getattr(entry, key))} {_UNITS[key]}", _source(entry, key)
    if entry.built is not None:
        yield "built", str(entry.built), _source(entry, "built")
    for words, carried in zip(_capacities(entry), entry.capacity, strict=True):
        yield "capacity", words, carried.source
    yield from _layout(entry)


def _layout(entry: VesselClass) -> Iterator[tuple[str, str, str]]:
    for words in entry.layout:
        yield "layout", words, _source(entry, "layout")
    if entry.hull:
        hull = entry.hull
        words = (
            f"bow over {hull.bow:g} of the length, transom {hull.transom:g} of the beam, deck {hull.freeboard_m:g} m up"
        )
        yield "hull", words, _source(entry, "hull")
    for part in entry.parts:
        side = f", {abs(part.across):g} to {'starboard' if part.across > 0 else 'port'}" if part.across else ""
        words = f"{part.kind} {part.start:g}–{part.end:g}, {part.width:g} wide, {part.height_m:g} m high{side}"
        yield "parts", words, _source(entry, "parts")
    for seen in entry.features:
        words = (
            f"{seen.id}: {seen.statement} (pixels to {seen.coarsest_m:g} m; {seen.if_it:g} if it is one, "
            f"{seen.if_other:g} if not)"
        )
        yield "features", words, seen.source


def _vessels(own: Any, known: ClassLibrary, under: str | None, format: Format) -> None:  # noqa: ANN401 - Library
    from offing.vessels.named import named_vessels

    rows = [
        {
            "id": ship.id,
            "names": ship.names,
            "class": ship.vessel_class,
            "imo": ship.imo,
            "mmsi": ship.mmsi,
            "pennant": ship.pennant,
            "length_m": _span(ship.length_m),
            "note": ship.note,
            "sources": ship.sources,
        }
        for ship in named_vessels(own.vessels)
        if under is None or known.is_a(ship.vessel_class, known.get(under).id)
    ]
    emit(rows, ("id", "names", "class", "imo", "pennant", "length_m", "note"), format, "vessels")


def _source(entry: VesselClass, key: str) -> str:
    return entry.cited.get(key) or "; ".join(entry.sources)


def _capacities(entry: VesselClass) -> list[str]:
    return [f"{_span((c.low, c.high))} {c.unit}" for c in entry.capacity]


def _span(bounds: tuple[float, float] | None) -> str:
    if bounds is None:
        return ""
    low, high = bounds
    return f"{low:g}" if low == high else f"{low:g}–{high:g}"
