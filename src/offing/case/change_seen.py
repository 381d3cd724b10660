"""News of pictures, looks and catalogue items. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from offing.case.change_model import CaseState, Change, ChangeKind, ItemState, LookState, SceneState
from offing.case.change_words import SEEN, change, count, counted, moment, spread, where

T = TypeVar("T")

SINGLY = 5
"""Scenes and looks of one site beyond this number are told together, not one by one."""


def scene_changes(before: CaseState, after: CaseState) -> Iterator[Change]:
    """Pictures that came, each with what its look says."""
    known = {scene.id for scene in before.scenes}
    at_scene = {look.scene: look for look in after.looks if look.scene is not None}
    fresh = [scene for scene in after.scenes if scene.id not in known]
    for sites, simulated, scenes in _grouped(fresh, lambda scene: (", ".join(scene.sites), scene.simulated)):
        if len(scenes) > SINGLY:
            states = Counter(at_scene[s.id].status if s.id in at_scene else "no look yet" for s in scenes)
            text = f"{sites}: {len(scenes)} new pictures, {spread(s.time for s in scenes)} ({counted(states)})"
            yield change("scene-added", sites, text, simulated=simulated)
        else:
            yield from (_scene_change(scene, at_scene.get(scene.id)) for scene in scenes)


def _scene_change(scene: SceneState, look: LookState | None) -> Change:
    taken = scene.platform or scene.sensor
    said = "" if look is None else f": {look.status}, {SEEN[look.seen]}"
    text = f"{', '.join(scene.sites)}: new picture of {taken}, {moment(scene.time)}{said}"
    return change("scene-added", scene.id, text, after=look.status if look else None, simulated=scene.simulated)


def look_changes(before: CaseState, after: CaseState) -> Iterator[Change]:
    """Looks that came, went or say something else; those at pictures that came too are told with them."""
    old, new = ({look.id: look for look in state.looks} for state in (before, after))
    told = {scene.id for scene in after.scenes} - {scene.id for scene in before.scenes}
    added = [look for look in after.looks if look.id not in old and look.scene not in told]
    gone = [look for look in before.looks if look.id not in new]
    yield from _looks("look-added", "new look", added)
    moved = [k for k in after.looks if k.id in old and (old[k.id].status, old[k.id].seen) != (k.status, k.seen)]
    for site, simulated, group in _grouped(moved, lambda look: (look.site, look.simulated)):
        if len(group) > SINGLY:
            text = (
                f"{site}: {len(group)} looks say something else, {spread(k.time for k in group)} ({_statuses(group)})"
            )
            yield change("look-changed", site, text, simulated=simulated)
        else:
            yield from (_look_change(old[look.id], look) for look in group)
    yield from _looks("look-gone", "look withdrawn", gone)


def _look_change(was: LookState, now: LookState) -> Change:
    parts = [f"{was.status} → {now.status}" if was.status != now.status else now.status]
    if was.seen != now.seen:
        parts.append(f"{SEEN[was.seen]} → {SEEN[now.seen]}")
    text = f"look {now.id} ({where(now)}): {'; '.join(parts)}"
    return change("look-changed", now.id, text, before=was.status, after=now.status, simulated=now.simulated)


def _looks(kind: ChangeKind, what: str, looks: Sequence[LookState]) -> Iterator[Change]:
    for site, simulated, group in _grouped(looks, lambda look: (look.site, look.simulated)):
        if len(group) > SINGLY:
            text = f"{site}: {what}, {len(group)} of them, {spread(k.time for k in group)} ({_statuses(group)})"
            yield change(kind, site, text, simulated=simulated)
            continue
        for look in group:
            text = f"{what} {look.id} ({where(look)}): {look.status}, {SEEN[look.seen]}"
            before, after = (look.status, None) if kind == "look-gone" else (None, look.status)
            yield change(kind, look.id, text, before=before, after=after, simulated=look.simulated)


def item_changes(before: Sequence[ItemState], after: Sequence[ItemState]) -> Iterator[Change]:
    """What catalogues list that they did not list before, a sentence a site."""
    known = {(item.site, item.id) for item in before}
    fresh = [item for item in after if (item.site, item.id) not in known]
    for site, simulated, items in _grouped(fresh, lambda item: (item.site, item.simulated)):
        satellites = counted(Counter(item.taken_by for item in items))
        listed = count(len(items), "item is newly listed", "items are newly listed")
        text = f"{site}: {listed} by catalogues, {spread(i.time for i in items)} ({satellites})"
        bought = sum(item.cost == "bought" for item in items)
        if bought:
            text += f"; {bought} to be bought"
        yield change("items-listed", site, text, simulated=simulated)


def _statuses(looks: Iterable[LookState]) -> str:
    return counted(Counter(look.status for look in looks))


def _grouped(found: Iterable[T], name: Callable[[T], tuple[str, bool]]) -> Iterator[tuple[str, bool, list[T]]]:
    """(place, whether simulated, what is there), real and simulated things never in one group."""
    for (place, simulated), group in groupby(sorted(found, key=name), key=name):
        yield place, simulated, list(group)
