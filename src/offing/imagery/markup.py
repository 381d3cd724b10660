"""XML from outside, parsed without anything that XML can do besides holding values: no DTD, no entities, no depth."""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError

_ELEMENTS_MAX = 500_000
_DEPTH_MAX = 64
_FIX = "download the whole product again"


class Node:
    """An element with its place in the file, whose values are asked for by path and checked."""

    def __init__(self, element: Element, where: str) -> None:
        self._element, self.where = element, where

    @property
    def tag(self) -> str:
        """The element's name."""
        return self._element.tag

    def all(self, path: str) -> list[Node]:
        """The elements at a path below, none when there are none."""
        return [Node(found, self.where) for found in self._element.findall(path)]

    def attribute(self, name: str) -> str | None:
        """An attribute's value; None: it has none."""
        return self._element.get(name)

    def text(self, path: str, otherwise: str | None = None) -> str:
        """The text at a path. Raises PictureError when there is none and nothing is to stand for it."""
        found = self._element.findtext(path)
        value = "".join(c for c in (found or "").strip()[:200] if c.isprintable())
        if value:
            return value
        if otherwise is None:
            raise PictureError(f"lacks <{path}>", where=self.where, fix=_FIX)
        return otherwise

    def number(self, path: str) -> float:
        """The finite number at a path. Raises PictureError."""
        text = self.text(path)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise PictureError(f"holds no number in <{path}> ({text[:20]})", where=self.where, fix=_FIX)
        return value

    def whole(self, path: str) -> int:
        """The whole number at a path. Raises PictureError."""
        value = self.number(path)
        if value != int(value) or abs(value) > 1e9:
            raise PictureError(f"holds no whole number in <{path}>", where=self.where, fix=_FIX)
        return int(value)

    def numbers(self, path: str) -> NDArray[np.float64]:
        """The list of finite numbers at a path. Raises PictureError."""
        text = self._element.findtext(path)
        if not text or not text.strip():
            raise PictureError(f"lacks <{path}>", where=self.where, fix=_FIX)
        try:
            values = np.array(text.split(), np.float64)
        except ValueError:
            values = np.array([np.nan])
        if not np.isfinite(values).all():
            raise PictureError(f"holds something else than numbers in <{path}>", where=self.where, fix=_FIX)
        return values


def parse(content: bytes, where: str) -> Node:
    """The root element. Raises PictureError for anything that is not plain, well-formed XML; namespaces are dropped."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    counts = [0, 0]

    def start(name: str, attributes: dict[str, str]) -> None:
        counts[0] += 1
        counts[1] += 1
        if counts[0] > _ELEMENTS_MAX or counts[1] > _DEPTH_MAX:
            raise PictureError("is built like no product's file", where=where, fix=_FIX)
        builder.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        counts[1] -= 1
        builder.end(name.rpartition(":")[2])

    def refuse(*_: object) -> None:
        raise PictureError("declares document types or entities, which no product does", where=where, fix=_FIX)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.buffer_text = True
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise PictureError(f"is not whole XML (line {error.lineno})", where=where, fix=_FIX) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise PictureError("is not XML in UTF-8", where=where, fix=_FIX) from error
    return Node(builder.close(), where)
