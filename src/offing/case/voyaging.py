"""The step that joins the port calls of a case to voyages: ways by sea, and what pictures tell of one ship.

A voyage says that two sightings may be of one ship. No verdict is made from it: origin and destination are judged
from the looks at each site alone, and the same looks would count twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations

from offing.case.case import Case
from offing.case.opening import opened
from offing.case.recognised import judgements, meant, of_scene
from offing.case.steps import StepKey, Steps, hash_of
from offing.geo import NAUTICAL_MILE_M, distance_m
from offing.imagery.model import Scene
from offing.looks.model import Look
from offing.movements.model import PortCall
from offing.movements.voyages.candidates import Candidates, candidates
from offing.movements.voyages.model import SameShipRatio, Voyages, Way
from offing.records import Record
from offing.sites import Baseline, Site
from offing.sites.sea import SeaPath, SeaRoutes, sea_routes
from offing.vessels.classes import UNKNOWN
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection
from offing.vessels.same_ship.model import View

MOST_COMPARED = 60
"""Pairs of calls whose pictures are compared, those closest in time first."""
MOST_WAYS = 120
"""Pairs of sites whose way by water is searched; beyond it the geodesic stands, and that is said."""
_ALIKE = 1.3
"""A class whose lengths differ by less than this is one of sisters."""
_REVISION = 2


class _Shown(Record, frozen=True):
    """The detection that shows the ship of a call best."""

    scene: Scene
    detection: Detection
    others: tuple[Detection, ...]
    """All detections of the scene, in whose midst a person's recognitions are placed."""


@cache
def _routes() -> SeaRoutes:
    return sea_routes()


def voyaged(
    case: Case,
    calls: Sequence[PortCall],
    looks: Sequence[Look],
    scenes: Sequence[Scene],
    found: Sequence[DetectionSet],
    steps: Steps,
    routes: SeaRoutes | None = None,
) -> Voyages:
    """The voyages of the case; ``found`` are the detections of ``scenes``, in their order."""
    detections = {s.id: (s, d.detections) for s, d in zip(scenes, found, strict=True)}
    sites = case.definition.sites
    shown = [_shown(call, looks, detections) for call in calls]
    key = StepKey(
        step="voyages",
        subject=f"{len(calls)} port calls",
        inputs={
            "calls": hash_of(calls),
            "sites": hash_of(sites),
            "classes": hash_of(case.library),
            "pictures": hash_of([s.scene for s in shown if s]),
            "detections": hash_of([s.detection for s in shown if s]),
            "recognition": hash_of(case.definition.recognition),
        },
        parameters={"revision": _REVISION},
    )
    return steps.do(key, Voyages, lambda: _voyages(case, calls, shown, routes or _routes()))


def _voyages(case: Case, calls: Sequence[PortCall], shown: Sequence[_Shown | None], routes: SeaRoutes) -> Voyages:
    import msgspec

    from offing.movements.voyages.find import voyages

    sites = case.definition.sites
    real, made = (len({c.site for c in calls if c.simulated == s}) for s in (False, True))
    if max(real, made) < 2:
        where = f"sites with calls: {real}" + (f", and simulated ones: {made}" if made else "")
        needed = "A voyage needs two calls at different sites, both real or both simulated"
        return Voyages(voyages=(), notes=(f"{len(calls)} port calls were seen, {where}. {needed}",))
    straight = [_straight(a, b) for a, b in combinations(_visited(calls, sites), 2)]
    first = candidates(calls, sites=sites, library=case.library, ways=straight)
    ways, notes = _by_water(straight, first, sites, routes)
    same, more = _compared(case, calls, shown, first)
    joined = voyages(calls, sites=sites, library=case.library, ways=ways, same=same)
    return msgspec.structs.replace(joined, notes=(*joined.notes, *notes, *more))


def _visited(calls: Iterable[PortCall], sites: Sequence[Site]) -> list[Site]:
    """The sites with a call where ships come to."""
    called = {call.site for call in calls}
    return [s for s in sites if s.id in called and s.role != "airfield"]


def _straight(a: Site, b: Site) -> Way:
    miles = distance_m(a.lonlat, b.lonlat) / NAUTICAL_MILE_M
    return Way(
        start=a.id, end=b.id, geodesic_nm=miles, path_nm=miles, points=(a.position, b.position),
        basis="the geodesic: the way by water was not searched and is longer",
    )  # fmt: skip


def _by_water(
    straight: Sequence[Way], first: Candidates, sites: Sequence[Site], routes: SeaRoutes
) -> tuple[list[Way], tuple[str, ...]]:
    """The ways that pairs need which are not excluded, by water; the others as they are."""
    needed = {(p.way.start, p.way.end) for p in first.pairs if not p.excluded}
    wanted = [w for w in straight if (w.start, w.end) in needed or (w.end, w.start) in needed]
    searched = wanted[:MOST_WAYS]
    at = {s.id: s.lonlat for s in sites}
    paths = routes.paths([(at[w.start], at[w.end]) for w in searched])
    found = {(w.start, w.end): _way(w, path) for w, path in zip(searched, paths, strict=True)}
    left = len(wanted) - len(searched)
    notes = (f"the way by water was searched for {MOST_WAYS} pairs of sites; {left} stand by the geodesic",)
    return [found.get((w.start, w.end), w) for w in straight], notes if left else ()


def _way(way: Way, path: SeaPath) -> Way:
    if not path.reached:
        return Way(
            start=way.start, end=way.end, geodesic_nm=way.geodesic_nm, path_nm=way.geodesic_nm, points=way.points,
            basis="; ".join((path.basis, *path.notes)),
        )  # fmt: skip
    miles = max(path.metres / NAUTICAL_MILE_M, way.geodesic_nm)
    most = None if path.high_m is None else max(path.high_m / NAUTICAL_MILE_M, miles)
    return Way(
        start=way.start, end=way.end, geodesic_nm=way.geodesic_nm, path_nm=miles, most_nm=most, points=path.points,
        basis="; ".join((path.basis, *path.notes)),
    )  # fmt: skip


def _shown(
    call: PortCall, looks: Iterable[Look], detections: dict[str, tuple[Scene, tuple[Detection, ...]]]
) -> _Shown | None:
    """The ship of the call in the finest picture that shows her alone of her kind; None: in none."""
    found: list[_Shown] = []
    of_call = set(call.looks)
    for look in looks:
        if look.id not in of_call or look.scene not in detections:
            continue
        rows = [
            o for o in look.observations
            if o.seen == "yes" and (o.vessel_class or UNKNOWN) == call.vessel_class and o.vessel == call.vessel
        ]  # fmt: skip
        scene, ships = detections[look.scene]
        if len(rows) == 1:
            found += [
                _Shown(scene=scene, detection=d, others=ships)
                for d in ships
                if rows[0].detection == f"{scene.id}/{d.id}"
            ]
    return min(found, key=lambda s: (max(s.scene.gsd_m), s.scene.time, s.scene.id), default=None)


def _compared(
    case: Case, calls: Sequence[PortCall], shown: Sequence[_Shown | None], first: Candidates
) -> tuple[list[SameShipRatio], tuple[str, ...]]:
    """What the pictures of each pair that is not excluded tell."""
    pairs = [p for p in first.pairs if not p.excluded and p.identity != "given"]
    able = [p for p in pairs if shown[p.departure] and shown[p.arrival]]
    chosen = sorted(able, key=lambda p: (p.least_h, p.most_h, p.departure, p.arrival))[:MOST_COMPARED]
    views: dict[int, View] = {}
    told = []
    for pair in chosen:
        for number in (pair.departure, pair.arrival):
            one = shown[number]
            if number not in views and one is not None:
                views[number] = _view(case, one)
        ids = (first.ids[pair.departure], first.ids[pair.arrival])
        told.append(_ratio(case, ids, calls[pair.arrival].vessel_class, views[pair.departure], views[pair.arrival]))
    notes = []
    if len(able) < len(pairs):
        notes.append(f"{len(pairs) - len(able)} of {len(pairs)} pairs of calls were not compared: no picture of the "
                     f"case shows the one ship of that kind at both ends")  # fmt: skip
    if len(chosen) < len(able):
        notes.append(f"pictures were compared for the {MOST_COMPARED} pairs closest in time, of {len(able)}")
    return told, tuple(notes)


def _view(case: Case, shown: _Shown) -> View:
    """Without its time, so that the passage, which the voyage weighs, is not weighed twice."""
    import msgspec

    from offing.vessels.same_ship.views import view_of

    with opened(case.root, shown.scene) as picture:
        view = view_of(picture, shown.detection)
    said = judgements(meant(of_scene(case.definition.recognition, shown.scene), shown.others), case.library)
    judged = tuple(j for j in said if j.detection == shown.detection.id)
    return msgspec.structs.replace(view, image=shown.scene.id, time=None, judged=judged)


def _ratio(case: Case, ids: tuple[str, str], class_id: str, a: View, b: View) -> SameShipRatio:
    """Against another ship of the class that was named at the end: chance traffic is of that class."""
    from offing.vessels.same_ship.compare import SISTER_SHARE, same_ship
    from offing.vessels.same_ship.traffic import baseline_traffic

    size = None if class_id == UNKNOWN else case.library.get(class_id).length_m
    sisters = 1.0 if size and size[1] < _ALIKE * size[0] else SISTER_SHARE
    there = baseline_traffic((Baseline(classes=(class_id,), calls_per_30d=1.0),), case.library)
    found = same_ship(a, b, library=case.library, traffic=there, sister_share=sisters)
    return SameShipRatio(
        departure=ids[0],
        arrival=ids[1],
        ratio=found.ratio,
        basis=f"{found.a} beside {found.b}, against another {class_id} ({sisters:g} of them sisters): {found.why}",
    )
