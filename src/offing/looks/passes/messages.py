"""The keywords of orbit mean-elements messages (OMM, CCSDS 502.0-B) in the four forms in which they are published."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec

from offing.errors import OrbitError

_FIX = "get the file anew from its publisher"
_MOST = 50_000
"""More satellites than this in one file are refused."""


def messages(text: str, where: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(``where`` and number, keyword → value) of each message in ``text``. Raises OrbitError."""
    start = text.lstrip()
    if start.startswith("<"):
        found = _xml(start, where)
    elif start.startswith(("{", "[")):
        found = _json(start, where)
    elif "CCSDS_OMM_VERS" in start[:2000]:
        found = _key_value(start)
    else:
        found = _csv(start, where)
    for number, fields in enumerate(found, 1):
        if number > _MOST:
            raise OrbitError(f"more than {_MOST} satellites", where=where, fix="give only what is needed")
        yield f"{where}: message {number}", fields


def _xml(text: str, where: str) -> Iterator[dict[str, str]]:
    from xml.etree import ElementTree

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise OrbitError("XML with a document type is not read", where=where, fix=_FIX)
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - entities were refused above
    except (ElementTree.ParseError, ValueError) as error:
        raise OrbitError(f"this is no XML: {error}", where=where, fix=_FIX) from error
    for message in root.iter("omm"):
        yield {leaf.tag: leaf.text or "" for leaf in message.iter() if len(leaf) == 0}


def _json(text: str, where: str) -> Iterator[dict[str, str]]:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise OrbitError(f"this is no JSON: {error}", where=where, fix=_FIX) from error
    for fields in value if isinstance(value, list) else [value]:
        if not isinstance(fields, dict):
            raise OrbitError("a message is no object", where=where, fix=_FIX)
        yield {str(key): "" if item is None else str(item) for key, item in fields.items()}


def _csv(text: str, where: str) -> Iterator[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(text), restkey="", restval="")
    try:
        for row in rows:
            if "" in row:
                raise OrbitError("a row has more cells than the header", where=f"{where}:{rows.line_num}", fix=_FIX)
            yield dict(row)
    except csv.Error as error:
        raise OrbitError(f"this is no CSV: {error}", where=f"{where}:{rows.line_num}", fix=_FIX) from error


def _key_value(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if not equals:
            continue
        if key.strip() == "CCSDS_OMM_VERS" and fields:
            yield fields
            fields = {}
        fields[key.strip()] = value.strip()
    if fields:
        yield fields
