"""The class library: ids, their tree from ``any`` downwards, and what is known of each class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from offing.errors import CaseFileError, did_you_mean
from offing.vessels.class_data import built_in_classes
from offing.vessels.model import VesselClass

Relation = Literal["match", "may-be", "other"]
"""How an observed class stands to a class that is sought."""

UNKNOWN = "unknown"
"""A ship whose class nobody could say."""


class ClassLibrary:
    """Classes by id, each under a wider one; ``any`` is the root.

    A class that differs from the built-in one of its id, or has none, is the case's own: whoever describes a class
    means it, so it stands beside those that its wider classes stand for.
    """

    def __init__(self, classes: Iterable[VesselClass]) -> None:
        self._classes = {c.id: c for c in classes}
        for entry in self:
            self._check_lineage(entry)
        shipped = {c.id: c for c in built_in_classes()}
        self._own = tuple(c.id for c in self if shipped.get(c.id) != c)
        for class_id in self._own:
            self._check_stands_for(self._classes[class_id])

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

    def meant(self, class_ids: Iterable[str]) -> tuple[str, ...]:
        """The classes that the ids stand for where nothing narrower is said, the ids themselves first.

        A wide class brings those that it names under ``stands_for`` and the case's own below it; the other built-in
        classes below it are examples, and do not change what the wide name means. ``any`` brings none.
        """
        found: dict[str, None] = {}
        waiting = list(class_ids)
        while waiting:
            entry = self.get(waiting.pop(0))
            if entry.id in found:
                continue
            found[entry.id] = None
            if entry.id != "any":
                mine = [c for c in (*entry.stands_for, *self._own) if c != entry.id and self.is_a(c, entry.id)]
                waiting = [*mine, *waiting]
        return tuple(found)

    def leaves(self, class_ids: Iterable[str]) -> list[str]:
        """The classes with a length that the ids stand for; a class that stands for others is none, nor is ``any``."""
        meant = [self._classes[c] for c in self.meant(class_ids)]
        return [c.id for c in meant if c.length_m and not c.stands_for]

    def below(self, class_id: str) -> tuple[str, ...]:
        """Every narrower class, whether the id stands for it or not, in the library's order."""
        self.get(class_id)
        return tuple(c.id for c in self if c.id != class_id and self.is_a(c.id, class_id))

    def described(self) -> tuple[str, ...]:
        """Every class with a length that a detected ship may be.

        A wide one is among them, and means a ship of that kind and of no class listed below it; one that has no size
        of its own (``any``, ``unknown``, ``warship``) is not.
        """
        return tuple(c.id for c in self if c.length_m)

    def _check_lineage(self, entry: VesselClass) -> None:
        seen = {entry.id}
        while entry.id != "any":
            if entry.parent in seen:
                raise CaseFileError(f"class {entry.id!r} is its own parent", fix="give it a wider class")
            seen.add(entry.parent)
            entry = self.get(entry.parent)

    def _check_stands_for(self, entry: VesselClass) -> None:
        for name in entry.stands_for:
            if name == entry.id or not self.is_a(name, entry.id):
                raise CaseFileError(
                    f"class {entry.id!r} stands_for {name!r}, which is not below it",
                    fix="name classes whose parent, or parent's parent, it is",
                )


def library(extra: Iterable[VesselClass] = ()) -> ClassLibrary:
    """The built-in classes with a case's own; an entry of the same id replaces the built-in one."""
    return ClassLibrary([*built_in_classes(), *extra])
