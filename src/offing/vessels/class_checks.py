"""What a described class can get wrong that its types alone do not show, and the form of a file of classes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from offing.records import Record
from offing.vessels.class_data import Library
from offing.vessels.model import VesselClass

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_COUNTRY = re.compile(r"[A-Z]{3}")
_NOT_VALUES = ("id", "name", "aka", "parent", "sources", "cited", "capacity", "features")
"""Fields that need no source of their own: names and places in the tree, and what carries its source within."""


class Fault(Record, frozen=True):
    """Something wrong with a class."""

    key: str
    what: str
    """A clause that begins with the key's value."""
    fix: str


def faults(entry: VesselClass) -> Iterator[Fault]:
    """Everything wrong with the class, in the order of its keys; its type has checked intervals and fractions."""
    if not _SAFE_ID.fullmatch(entry.id):
        yield Fault(key="id", what=f"{entry.id!r} is not safe", fix="use up to 100 letters, digits, '.', '_' and '-'")
    for code in entry.navies:
        if not _COUNTRY.fullmatch(code):
            yield Fault(key="navies", what=f"{code!r} is no ISO 3166 code", fix="write three capitals such as RUS")
    if entry.built is not None and entry.built < 1:
        yield Fault(key="built", what=f"{entry.built} is no number of ships", fix="leave it out where it is not known")
    yield from _capacities(entry)
    fields = {f.name for f in msgspec.structs.fields(VesselClass)}
    for name in entry.cited:
        if name not in fields:
            yield Fault(key="cited", what=f"{name!r} is no key of a class", fix="cite the keys of this class")
        elif not getattr(entry, name):
            yield Fault(key="cited", what=f"{name!r} has no value here", fix="give the value, or cite another key")


def uncited(entry: VesselClass) -> tuple[str, ...]:
    """The keys that have a value and no source of their own."""
    fields = [f.name for f in msgspec.structs.fields(VesselClass) if f.name not in _NOT_VALUES]
    return tuple(name for name in fields if getattr(entry, name) and name not in entry.cited)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a file of classes, made from the types that read it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Library)}


def _capacities(entry: VesselClass) -> Iterator[Fault]:
    for carried in entry.capacity:
        if not 0.0 < carried.low <= carried.high < math.inf:
            what = f"{carried.low:g} to {carried.high:g} {carried.unit}"
            yield Fault(key="capacity", what=what, fix="write numbers above 0, the smaller one first")
