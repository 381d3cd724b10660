"""A user's own file of classes: TOML, or YAML as under ``classes:`` in case.yaml, read without trusting it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from offing.case.files import explain
from offing.case.schema import Converter
from offing.case.yamltext import MAX_DEPTH, MAX_NODES, Node, parse
from offing.errors import CaseFileError, OffingError
from offing.vessels.class_checks import faults
from offing.vessels.class_data import Library, built_in_sources, cited, cited_vessel
from offing.vessels.classes import library
from offing.vessels.model import Vessel, VesselClass

MAX_BYTES = 1_000_000
"""People write such files; anything larger is something else."""

_TABLE = re.compile(r"^[ \t]*\[\[[ \t]*(classes|vessels)[ \t]*\]\]", re.MULTILINE)
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)| \(at end of document\)")


def read_classes(path: Path) -> tuple[VesselClass, ...]:
    """The classes of a file; see ``read_class_file``."""
    return read_class_file(path).classes


def read_class_file(path: Path) -> Library:
    """Classes and named ships of ``path`` (.toml, .yaml or .yml), sources written out.

    Raises CaseFileError with ``where`` = ``file:line`` that names the class and the key: a file that cannot be read,
    an unknown key, an interval upside down, a part outside of the hull, an id twice, a parent that is no class.
    """
    name = str(path)
    if path.suffix.lower() not in (".toml", ".yaml", ".yml"):
        raise CaseFileError("not a file of classes by its name", where=name, fix="name a .toml, .yaml or .yml file")
    text = _text(path)
    root = _toml(text, name) if path.suffix.lower() == ".toml" else parse(text, name)
    if root.kind != "mapping":
        raise CaseFileError("it holds no keys", where=f"{name}:1", fix="begin with classes:, or [[classes]] in TOML")
    read = _converted(root, name)
    lines = {key: _ids(root, key, name) for key in ("classes", "vessels")}
    for entry in read.classes:
        for fault in faults(entry):
            where = f"{name}:{lines['classes'][entry.id]}"
            raise CaseFileError(f"class {entry.id!r}: {fault.key} {fault.what}", where=where, fix=fault.fix)
    _cross_check(read.classes, read.vessels, lines, name)
    texts = {**built_in_sources(), **read.sources}
    return Library(
        classes=tuple(cited(entry, texts) for entry in read.classes),
        vessels=tuple(cited_vessel(entry, texts) for entry in read.vessels),
        sources=read.sources,
    )


def _text(path: Path) -> str:
    try:
        if path.exists() and not path.is_file():
            raise CaseFileError("this is no ordinary file", where=str(path), fix="name a file of classes")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise CaseFileError("there is no such file", where=str(path), fix="check the name") from error
    except OSError as error:
        raise explain(error, path) from error
    except ValueError as error:
        raise CaseFileError("this is no name of a file", where=repr(str(path)), fix="check the name") from error
    if len(data) > MAX_BYTES:
        raise CaseFileError(f"larger than {MAX_BYTES // 1_000_000} MB", where=str(path), fix="split it")
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CaseFileError("not UTF-8 text", where=f"{path}:{line}", fix="save the file as UTF-8") from error


def _toml(text: str, name: str) -> Node:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = int(at[1]) if at and at[1] else text.count("\n") + 1
        what = _AT_LINE.sub("", str(error))
        raise CaseFileError(
            f"not TOML: {what}", where=f"{name}:{line}", fix="check brackets, quotes and '='"
        ) from error
    except (RecursionError, ValueError) as error:
        raise CaseFileError("this is no TOML that can be read", where=f"{name}:1", fix="write it less deep") from error
    return _Nodes(text, name).tree(values)


class _Nodes:
    """What TOML held, as the nodes that case.yaml is read from; a node's line is that of its class."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._count = 0
        self._tables: dict[str, list[int]] = {"classes": [], "vessels": []}
        for found in _TABLE.finditer(text):
            self._tables[found[1]].append(text.count("\n", 0, found.start()) + 1)

    def tree(self, values: dict[str, Any]) -> Node:
        root = Node("mapping", 1, 0, 0)
        for key, value in values.items():
            node = self._node(value, 1, 1)
            tables = self._tables.get(key, [])
            if node.kind == "list" and len(tables) == len(node.items):
                node.items = [self._node(v, line, 2) for v, line in zip(value, tables, strict=True)]
            root.entries.append((Node("scalar", node.line, 0, 0, text=key), node))
        return root

    def _node(self, value: object, line: int, depth: int) -> Node:
        self._count += 1
        if depth > MAX_DEPTH or self._count > 2 * MAX_NODES:
            raise CaseFileError(
                "too deep or too long", where=f"{self._name}:{line}", fix="describe fewer classes in it"
            )
        if isinstance(value, dict):
            node = Node("mapping", line, 0, 0)
            for key, inner in value.items():
                node.entries.append((Node("scalar", line, 0, 0, text=key), self._node(inner, line, depth + 1)))
            return node
        if isinstance(value, list):
            return Node("list", line, 0, 0, items=[self._node(inner, line, depth + 1) for inner in value])
        if isinstance(value, bool):
            return Node("scalar", line, 0, 0, text=str(value).lower(), plain=True)
        plain = isinstance(value, (int, float))
        return Node("scalar", line, 0, 0, text=repr(value) if isinstance(value, float) else str(value), plain=plain)


def _converted(root: Node, name: str) -> Library:
    try:
        return Converter(name).convert(root, Library)
    except CaseFileError as error:
        owner = _owner(root, error.where)
        if owner is None:
            raise
        raise CaseFileError(f"{owner}: {error.what}", where=error.where, fix=error.fix) from error


def _owner(root: Node, where: str | None) -> str | None:
    """``class 'ropucha'``: the last class or ship that begins at or before the line of an error."""
    line = int(where.rpartition(":")[2]) if where else 0
    found: tuple[int, str] | None = None
    for key, noun in (("classes", "class"), ("vessels", "vessel")):
        members = root.get(key)
        for i, entry in enumerate(members.items if members else (), 1):
            named = entry.get("id") if entry.kind == "mapping" else None
            if entry.line <= line and (found is None or entry.line > found[0]):
                found = entry.line, f"{noun} {named.text!r}" if named and named.text else f"{noun} number {i}"
    return found and found[1]


def _ids(root: Node, key: str, name: str) -> dict[str, int]:
    """Line of each id under ``key``. Raises CaseFileError for one that is there twice."""
    lines: dict[str, int] = {}
    members = root.get(key)
    for entry in members.items if members else ():
        named = entry.get("id")
        assert named is not None  # the conversion asked for it
        if named.text.strip() in lines:
            raise CaseFileError(
                f"the id {named.text!r} is used twice under {key}",
                where=f"{name}:{entry.line}",
                fix=f"give each its own; the other one is on line {lines[named.text.strip()]}",
            )
        lines[named.text.strip()] = entry.line
    return lines


def _cross_check(
    classes: Sequence[VesselClass], vessels: Sequence[Vessel], lines: dict[str, dict[str, int]], name: str
) -> None:
    """Parents, classes stood for and classes of ships are there. Raises CaseFileError."""
    known = library(()) if not classes else None
    try:
        known = known or library(classes)
    except OffingError as error:
        culprit = next((c for c in classes if repr(c.id) in error.what or repr(c.parent) in error.what), classes[0])
        where = f"{name}:{lines['classes'][culprit.id]}"
        raise CaseFileError(f"class {culprit.id!r}: {error.what}", where=where, fix=error.fix) from error
    for ship in vessels:
        if ship.vessel_class not in known:
            where = f"{name}:{lines['vessels'][ship.id]}"
            what = f"vessel {ship.id!r}: {ship.vessel_class!r} is no vessel class"
            raise CaseFileError(what, where=where, fix="name a class of this file or of the library")
