"""The one closed shape of an SVG drawing as points. Nothing in it is run, loaded or styled: only numbers are read."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator

from offing.errors import PictureError
from offing.imagery.markup import Node, parse

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f as in SVG: x' = a x + c y + e."""

POINTS_MAX = 20_000
_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_ACTIVE = {"script", "foreignobject", "image", "use", "iframe", "animate", "animatetransform", "set", "handler"}
"""Elements that run, fetch or move something: no traced outline needs them."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_TOKEN = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])|([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|([\s,]+)")
_COUNTS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "q": 4, "z": 0}
_CURVE = 12
"""Straight pieces that a curve becomes."""
_FIX = "give a drawing with one closed path or polygon: the ship's outline"


def outline_of_svg(content: bytes, where: str) -> list[Point]:
    """The longest path or polygon of the drawing, as (x, y) with y downwards.

    Raises PictureError for anything that is not plain SVG, holds active or linked content, or no shape.
    """
    try:
        root = parse(content, where)
    except PictureError as error:
        raise PictureError(error.what, where=where, fix="save it as plain SVG, without a document type") from error
    if root.tag != "svg":
        raise PictureError(f"is XML, but no SVG drawing (<{root.tag[:40]}>)", where=where, fix=_FIX)
    shapes = sorted(_shapes(root, _SAME, where), key=_extent, reverse=True)
    if not shapes or _extent(shapes[0]) == 0.0:
        raise PictureError("holds no path or polygon", where=where, fix=_FIX)
    if len(shapes) > 1 and _extent(shapes[1]) > 0.5 * _extent(shapes[0]):
        raise PictureError("holds several outlines", where=where, fix=_FIX)
    return shapes[0]


def _shapes(node: Node, matrix: Matrix, where: str) -> Iterator[list[Point]]:
    if node.tag.lower() in _ACTIVE:
        raise PictureError(f"holds <{node.tag[:40]}>, which may run or fetch something", where=where, fix=_FIX)
    matrix = _times(matrix, _transform(node.attribute("transform") or "", where))
    points: list[Point] = []
    if node.tag in ("polygon", "polyline"):
        numbers = [float(t) for t in _NUMBER.findall((node.attribute("points") or "")[: 40 * POINTS_MAX])]
        points = list(zip(numbers[::2], numbers[1::2], strict=False))
    elif node.tag == "path":
        points = list(_path(node.attribute("d") or "", where))
    if len(points) > POINTS_MAX:
        raise PictureError(f"holds an outline of {len(points)} points", where=where, fix="simplify the path")
    if len(points) >= 3:
        yield [_moved(p, matrix) for p in points]
    for child in node.all("*"):
        if child.tag not in ("defs", "clipPath", "symbol", "metadata"):
            yield from _shapes(child, matrix, where)


def _extent(points: list[Point]) -> float:
    xs = [x for x, _ in points]
    return max(xs) - min(xs)


def _path(text: str, where: str) -> Iterator[Point]:
    """The points of a path's first subpath, curves as short pieces."""
    at: Point = (0.0, 0.0)
    begun = False
    for command, numbers in _commands(text, where):
        kind, relative = command.lower(), command.islower()
        if kind == "m" and begun:
            return
        if kind == "z":
            return
        begun = True
        base = at if relative else (0.0, 0.0)
        if kind in ("m", "l"):
            at = (base[0] + numbers[0], base[1] + numbers[1])
            yield at
        elif kind == "h":
            at = (base[0] + numbers[0], at[1])
            yield at
        elif kind == "v":
            at = (at[0], base[1] + numbers[0])
            yield at
        else:
            control = [(base[0] + x, base[1] + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            yield from (_bezier([at, *control], (i + 1) / _CURVE) for i in range(_CURVE))
            at = control[-1]


def _commands(text: str, where: str) -> Iterator[tuple[str, list[float]]]:
    """(command, its numbers), repeated commands written out."""
    command, numbers, end = "", list[float](), 0
    for token in _TOKEN.finditer(text[: 40 * POINTS_MAX]):
        letter, number, _ = token.groups()
        whole = token.start() == end and not (letter and numbers) and not (number and command in ("", "z", "Z"))
        if not whole:
            break
        end = token.end()
        if letter:
            command = letter
            if command.lower() not in _COUNTS:
                raise PictureError(
                    f"its path has the command {letter!r}, which is not read",
                    where=where,
                    fix="turn arcs and smooth curves into lines (Inkscape: Flatten Beziers)",
                )
            if command in "zZ":
                yield command, []
        elif number:
            numbers.append(float(number))
            if len(numbers) == _COUNTS[command.lower()]:
                yield command, numbers
                numbers = []
                command = {"m": "l", "M": "L"}.get(command, command)
    if numbers or end < len(text):
        raise PictureError("its path cannot be read", where=where, fix=_FIX)


def _bezier(points: list[Point], t: float) -> Point:
    """De Casteljau."""
    while len(points) > 1:
        points = [((1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]) for a, b in itertools.pairwise(points)]
    return points[0]


def _transform(text: str, where: str) -> Matrix:
    matrix = _SAME
    for name, inside in re.findall(r"([A-Za-z]+)\s*\(([^)]*)\)", text[:2000]):
        v = [float(t) for t in _NUMBER.findall(inside)]
        turned = math.radians(v[0]) if v else 0.0
        cos, sin = math.cos(turned), math.sin(turned)
        known: dict[str, Matrix | None] = {
            "matrix": (v[0], v[1], v[2], v[3], v[4], v[5]) if len(v) == 6 else None,
            "translate": (1.0, 0.0, 0.0, 1.0, v[0], v[1] if len(v) > 1 else 0.0) if v else None,
            "scale": (v[0], 0.0, 0.0, v[1] if len(v) > 1 else v[0], 0.0, 0.0) if v else None,
            "rotate": (cos, sin, -sin, cos, 0.0, 0.0) if len(v) == 1 else None,
        }
        step = known.get(name)
        if step is None:
            raise PictureError(
                f"has the transform {name}, which is not read", where=where, fix="apply it in the drawing"
            )
        matrix = _times(matrix, step)
    return matrix


def _times(m: Matrix, n: Matrix) -> Matrix:
    a, b, c, d, e, f = m
    g, h, i, j, k, l = n  # noqa: E741
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f)


def _moved(point: Point, m: Matrix) -> Point:
    return m[0] * point[0] + m[2] * point[1] + m[4], m[1] * point[0] + m[3] * point[1] + m[5]
