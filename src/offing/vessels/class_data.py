"""The class library's files, which are part of the package: read when first asked for, and then kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from offing.records import Record
from offing.vessels.model import Vessel, VesselClass

SOURCES_FILE = "sources.toml"
VESSELS_FILE = "vessels.toml"
FIRST_FILE = "generic.toml"
"""The wide classes come first, the other files in the order of their names."""


class Library(Record, frozen=True):
    """A file of classes and named ships, built-in or a user's own."""

    classes: tuple[VesselClass, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    """Named ships; a class of theirs may be one of this file or built in."""
    sources: dict[str, str] = msgspec.field(default_factory=dict)
    """Id → what a person reads in its place, with an address where there is one."""


@cache
def built_in_classes() -> tuple[VesselClass, ...]:
    """The classes that come with offing, every value's source written out."""
    texts = built_in_sources()
    return tuple(cited(entry, texts) for name in class_files() for entry in _file(name).classes)


@cache
def built_in_vessels() -> tuple[Vessel, ...]:
    """The named ships that come with offing."""
    texts = built_in_sources()
    return tuple(cited_vessel(entry, texts) for entry in _file(VESSELS_FILE).vessels)


@cache
def built_in_sources() -> Mapping[str, str]:
    """Id of a source → its text."""
    return _file(SOURCES_FILE).sources


def class_files() -> tuple[str, ...]:
    """Names of the files that hold classes, in the library's order."""
    names = sorted(f.name for f in _folder().iterdir() if f.name.endswith(".toml"))
    return (FIRST_FILE, *(n for n in names if n not in (FIRST_FILE, SOURCES_FILE, VESSELS_FILE)))


def classes_of(name: str) -> tuple[str, ...]:
    """Ids of the classes that one of ``class_files`` holds."""
    return tuple(entry.id for entry in _file(name).classes)


def cited(entry: VesselClass, texts: Mapping[str, str]) -> VesselClass:
    """The class with the ids of sources replaced by their ``texts``; what is no id stays as it is.

    Where two sources bound a value their ids stand together, ``one + other``.
    """
    changes: dict[str, Any] = {
        "sources": tuple(source_text(s, texts) for s in entry.sources),
        "cited": {field: source_text(s, texts) for field, s in entry.cited.items()},
    }
    for key in ("capacity", "features"):
        parts = getattr(entry, key)
        changes[key] = tuple(msgspec.structs.replace(p, source=source_text(p.source, texts)) for p in parts)
    return msgspec.structs.replace(entry, **changes)


def cited_vessel(entry: Vessel, texts: Mapping[str, str]) -> Vessel:
    """The ship with the ids of sources replaced by their ``texts``."""
    return msgspec.structs.replace(entry, sources=tuple(source_text(s, texts) for s in entry.sources))


def source_text(source: str, texts: Mapping[str, str]) -> str:
    """What a person reads for ``source``: the texts of its ids, or itself."""
    ids = source.split(" + ")
    return "; ".join(texts[i] for i in ids) if all(i in texts for i in ids) else source


def _file(name: str) -> Library:
    text = (_folder() / name).read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Library)


def _folder() -> Traversable:
    return files("offing.vessels") / "library"
