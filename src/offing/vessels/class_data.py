"""The class library's files, which are part of the package: read when first asked for, and then kept."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from offing.vessels.model import Vessel, VesselClass

SOURCES_FILE = "sources.toml"
VESSELS_FILE = "vessels.toml"
FIRST_FILE = "generic.toml"
"""The wide classes come first, the other files in the order of their names."""


@cache
def built_in_classes() -> tuple[VesselClass, ...]:
    """The classes that come with offing, every value's source written out."""
    texts = _sources()
    return tuple(
        msgspec.convert(with_sources(entry, texts), VesselClass) for name in class_files() for entry in entries(name)
    )


@cache
def built_in_vessels() -> tuple[Vessel, ...]:
    """The named ships that come with offing."""
    texts = _sources()
    listed = _parsed(VESSELS_FILE)["vessels"]
    return tuple(msgspec.convert(with_sources(entry, texts), Vessel) for entry in listed)


def class_files() -> tuple[str, ...]:
    """Names of the files that hold classes, in the library's order."""
    names = sorted(f.name for f in _folder().iterdir() if f.name.endswith(".toml"))
    return (FIRST_FILE, *(n for n in names if n not in (FIRST_FILE, SOURCES_FILE, VESSELS_FILE)))


def entries(name: str) -> list[dict[str, Any]]:
    """The classes of one file as they are written there."""
    found: list[dict[str, Any]] = _parsed(name)["classes"]
    return found


def with_sources(entry: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """A class or vessel as written, with the ids of sources replaced by their texts; other texts stay as they are.

    Where two sources bound a value their ids stand together, ``one + other``.
    """
    made = dict(entry)

    def text(source: Any) -> Any:  # noqa: ANN401 - of a user's file it may be anything
        ids = source.split(" + ") if isinstance(source, str) else []
        return "; ".join(texts[i] for i in ids) if ids and all(i in texts for i in ids) else source

    if isinstance(made.get("sources"), list):
        made["sources"] = [text(s) for s in made["sources"]]
    if isinstance(made.get("cited"), dict):
        made["cited"] = {field: text(s) for field, s in made["cited"].items()}
    for key in ("capacity", "features"):
        if isinstance(made.get(key), list):
            made[key] = [{**e, "source": text(e["source"])} if _sourced(e) else e for e in made[key]]
    return made


def _sourced(value: object) -> bool:
    return isinstance(value, dict) and "source" in value


def _sources() -> dict[str, str]:
    found: dict[str, str] = _parsed(SOURCES_FILE)["sources"]
    return found


def _parsed(name: str) -> dict[str, Any]:
    return tomllib.loads((_folder() / name).read_text(encoding="utf-8"))


def _folder() -> Traversable:
    return files("offing.vessels") / "library"
