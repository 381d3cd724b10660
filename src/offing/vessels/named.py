"""Ships by name: those that come with offing, and a case's own."""

from __future__ import annotations

from collections.abc import Iterable

from offing.vessels.class_data import built_in_vessels
from offing.vessels.model import Vessel


def named_vessels(extra: Iterable[Vessel] = ()) -> tuple[Vessel, ...]:
    """The built-in named ships with a case's own; one of the same id replaces the built-in one.

    Nothing reads the built-in list unless it is asked for: a case is judged by the vessels that it names itself.
    """
    found = {vessel.id: vessel for vessel in (*built_in_vessels(), *extra)}
    return tuple(found.values())
