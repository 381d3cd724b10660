"""From YAML nodes to typed records: what each key may hold, said in words when it does not.

The rules are those of the record types themselves (``msgspec.inspect``), so there is no second
schema to keep in step.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from msgspec import inspect

from offing.case.yamltext import Node
from offing.errors import CaseFileError, OffingError, did_you_mean

T = TypeVar("T")
Path = tuple[str | int, ...]
"""Keys and 0-based indices from the root, e.g. ``("claims", 0, "elements", "origin")``."""
Lines = dict[Path, int]
"""The 1-based line of every value."""

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?([0-9]{1,18}(\.[0-9]{0,30})?|\.[0-9]{1,30})([eE][-+]?[0-9]{1,2})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_NOUNS = {
    "CaseDefinition": "a case",
    "Elements": "elements",
    "VesselClass": "a class",
    "AnyOf": "any_of",
    "Thresholds": "options",
    "AchItem": "an item",
    "ReferenceImage": "a reference",
    "AisFile": "an entry of ais",
}


class Converter:
    """Converts one document; ``lines`` fills up with the line of every value on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: Lines = {}

    def convert(self, node: Node, target: type[T]) -> T:
        """``node`` as ``target``. Raises CaseFileError with ``where`` = ``file:line``."""
        result: T = self._value(node, inspect.type_info(target), ())
        return result

    def fail(self, what: str, line: int, fix: str | None = None) -> CaseFileError:
        """An error at ``line`` of this file."""
        return CaseFileError(what, where=f"{self.name}:{line}", fix=fix)

    def _value(self, node: Node, kind: inspect.Type, path: Path) -> Any:  # noqa: ANN401 - any of the record's fields
        self.lines[path] = node.line
        for option in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
            handler = self._handler(node, option)
            if handler is not None:
                return handler(node, option, path)
        key = next((p for p in reversed(path) if isinstance(p, str)), "the file")
        raise self.fail(f"{key} is {_found(node)}, expected {_expected(kind)}", node.line)

    def _handler(self, node: Node, kind: inspect.Type) -> Callable[[Node, Any, Path], Any] | None:
        """What turns this node into that type, or None where it cannot be one."""
        if node.kind == "mapping":
            if isinstance(kind, inspect.StructType):
                return self._struct
            return self._dict if isinstance(kind, inspect.DictType) else None
        if node.kind == "list":
            if isinstance(kind, inspect.VarTupleType):
                return self._list
            return self._fixed if isinstance(kind, inspect.TupleType) and self._fits(node, kind) else None
        convert = _SCALARS.get(type(kind))
        if convert is None or convert(node, kind) is _NO:
            return None
        return lambda n, k, _path: convert(n, k)

    @staticmethod
    def _fits(node: Node, kind: inspect.TupleType) -> bool:
        return len(node.items) == len(kind.item_types)

    def _list(self, node: Node, kind: inspect.VarTupleType, path: Path) -> tuple[Any, ...]:
        return tuple(self._value(item, kind.item_type, (*path, i)) for i, item in enumerate(node.items))

    def _fixed(self, node: Node, kind: inspect.TupleType, path: Path) -> tuple[Any, ...]:
        pairs = zip(node.items, kind.item_types, strict=True)
        return tuple(self._value(item, of, (*path, i)) for i, (item, of) in enumerate(pairs))

    def _dict(self, node: Node, kind: inspect.DictType, path: Path) -> dict[str, Any]:
        return {key.text: self._value(value, kind.value_type, (*path, key.text)) for key, value in node.entries}

    def _struct(self, node: Node, kind: inspect.StructType, path: Path) -> Any:  # noqa: ANN401
        fields = {f.encode_name: f for f in kind.fields}
        values: dict[str, Any] = {}
        for key, value in node.entries:
            known = fields.get(key.text)
            if known is None:
                raise self._unknown_key(key, kind.cls, tuple(fields))
            inner = (*path, key.text)
            if value.is_null and not known.required and not _takes_null(known.type):
                self.lines[inner] = key.line
                continue
            values[known.name] = self._value(value, known.type, inner)
            self.lines[inner] = key.line
        missing = [f.encode_name for f in kind.fields if f.required and f.name not in values]
        if missing:
            raise self.fail(f"{_noun(kind.cls)} lacks {' and '.join(missing)}", node.line, "it is mandatory")
        return self._make(node, kind.cls, values)

    def _make(self, node: Node, cls: type, values: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            return cls(**values)
        except OffingError as error:
            raise self.fail(error.what, _culprit(node, error.what), error.fix) from error

    def _unknown_key(self, key: Node, cls: type, known: tuple[str, ...]) -> CaseFileError:
        hint = did_you_mean(key.text, known, f"expected one of {', '.join(known)}")
        return self.fail(f"{_shown(key.text)} is no key of {_noun(cls)}", key.line, hint)


_NO = object()
"""The scalar is not of that type (None is a value)."""


def _null(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    return None if node.is_null else _NO


def _text(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    return _NO if node.is_null or not node.text.strip() else node.text.strip()


def _integer(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    return int(node.text) if node.plain and _INTEGER.fullmatch(node.text) else _NO


def _number(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    return float(node.text) if node.plain and _NUMBER.fullmatch(node.text) else _NO


def _flag(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    words = {"true": True, "false": False}
    return words.get(node.text.lower(), _NO) if node.plain else _NO


def _date(node: Node, kind: inspect.Type) -> Any:  # noqa: ANN401, ARG001
    try:
        return date.fromisoformat(node.text) if _DATE.fullmatch(node.text) else _NO
    except ValueError:
        return _NO


def _literal(node: Node, kind: inspect.LiteralType) -> Any:  # noqa: ANN401
    return next((v for v in kind.values if str(v) == node.text), _NO)


_SCALARS: dict[type, Callable[[Node, Any], Any]] = {
    inspect.NoneType: _null,
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.FloatType: _number,
    inspect.BoolType: _flag,
    inspect.DateType: _date,
    inspect.LiteralType: _literal,
}


def _takes_null(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.UnionType) and kind.includes_none


def _noun(cls: type) -> str:
    name = cls.__name__
    return _NOUNS.get(name) or f"{'an' if name[0] in 'AEIOU' else 'a'} {name.lower()}"


def _shown(text: str) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= 40 else flat[:39] + "…")


def _found(node: Node) -> str:
    if node.kind == "list":
        return f"a list of {len(node.items)}"
    if node.kind == "mapping":
        return "a mapping"
    if node.is_null or not node.text.strip():
        return "empty"
    return _shown(node.text) + ("" if node.plain else " (in quotes)")


def _expected(kind: inspect.Type) -> str:
    """A type in words."""
    if isinstance(kind, inspect.UnionType):
        return " or ".join(_expected(t) for t in kind.types if not isinstance(t, inspect.NoneType))
    if isinstance(kind, inspect.LiteralType):
        return "one of " + ", ".join(str(v) for v in sorted(kind.values, key=str))
    if isinstance(kind, inspect.VarTupleType):
        return f"a list of {_plural(kind.item_type)}"
    if isinstance(kind, inspect.TupleType):
        return f"a list of {len(kind.item_types)} numbers"
    if isinstance(kind, inspect.StructType):
        return "a mapping with " + ", ".join(f.encode_name for f in kind.fields)
    words = {
        inspect.StrType: "text",
        inspect.IntType: "a whole number",
        inspect.FloatType: "a number",
        inspect.DateType: "a date such as 2024-10-17",
    }
    return words.get(type(kind), "true or false" if isinstance(kind, inspect.BoolType) else "a mapping")


def _plural(kind: inspect.Type) -> str:
    if isinstance(kind, inspect.StrType):
        return "texts such as [a, b]"
    return "mappings, each behind a dash" if isinstance(kind, inspect.StructType) else "values"


def _culprit(node: Node, what: str) -> int:
    """The line of the key or value that an error speaks of, or the record's own."""
    words = set(re.findall(r"[\w-]+", what)) | ({"position"} if what.startswith("longitude") else set())
    for key, value in node.entries:
        if key.text in words or (value.kind == "scalar" and value.text and repr(value.text) in what):
            return key.line
    return node.line
