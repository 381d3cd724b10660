"""The class library: ids, their tree from ``any`` downwards, and what is known of each class."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from offing.errors import CaseFileError, did_you_mean
from offing.vessels.model import VesselClass

Relation = Literal["match", "may-be", "other"]
"""How an observed class stands to a class that is sought."""

UNKNOWN = "unknown"
"""A ship whose class nobody could say."""


class ClassLibrary:
    """Classes by id, each under a wider one; ``any`` is the root."""

    def __init__(self, classes: Iterable[VesselClass]) -> None:
        self._classes = {c.id: c for c in classes}
        for entry in self._classes.values():
            self._check_lineage(entry)

    def __contains__(self, class_id: str) -> bool:
        return class_id in self._classes

    def __iter__(self) -> Iterator[VesselClass]:
        return iter(self._classes.values())

    def get(self, class_id: str) -> VesselClass:
        """The class of that id. Raises CaseFileError that names the nearest ids."""
        try:
            return self._classes[class_id]
        except KeyError:
            hint = did_you_mean(class_id, self._classes, f"known ids: {', '.join(sorted(self._classes))}")
            raise CaseFileError(f"{class_id!r} is no vessel class", fix=hint) from None

    def lineage(self, class_id: str) -> tuple[str, ...]:
        """The id itself and every wider class, ``any`` last."""
        line = [self.get(class_id).id]
        while line[-1] != "any":
            line.append(self._classes[line[-1]].parent)
        return tuple(line)

    def is_a(self, class_id: str, wider: str) -> bool:
        """Whether every ship of ``class_id`` is one of ``wider``."""
        return wider in self.lineage(class_id)

    def relation(self, observed: str, sought: Iterable[str]) -> Relation:
        """How a ship named ``observed`` stands to the classes ``sought``.

        ``match``: it is one of them; ``may-be``: the name is wider than they are, or ``unknown``;
        ``other``: it is none of them.
        """
        sought = tuple(sought)
        if any(self.is_a(observed, s) for s in sought):
            return "match"
        if observed == UNKNOWN or any(self.is_a(s, observed) for s in sought):
            return "may-be"
        return "other"

    def leaves(self, class_ids: Iterable[str]) -> list[str]:
        """The narrow classes that the ids stand for: with a length, and nothing narrower below; none for ``any``."""
        found: dict[str, None] = {}
        for class_id in class_ids:
            below = [c.id for c in self if c.id != class_id and class_id != "any" and self.is_a(c.id, class_id)]
            wide = {self._classes[c].parent for c in below}
            found.update(dict.fromkeys([c for c in below if c not in wide] or [class_id]))
        return [c for c in found if self.get(c).length_m]

    def _check_lineage(self, entry: VesselClass) -> None:
        seen = {entry.id}
        while entry.id != "any":
            if entry.parent in seen:
                raise CaseFileError(f"class {entry.id!r} is its own parent", fix="give it a wider class")
            seen.add(entry.parent)
            entry = self.get(entry.parent)


@cache
def _built_in() -> tuple[VesselClass, ...]:
    text = (files("offing.vessels") / "classes.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["classes"], tuple[VesselClass, ...])


def library(extra: Iterable[VesselClass] = ()) -> ClassLibrary:
    """The built-in classes with a case's own; an entry of the same id replaces the built-in one."""
    return ClassLibrary([*_built_in(), *extra])
