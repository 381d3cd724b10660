"""Which pictures are cut, and where: the ones that carry a verdict first, then those that show ships."""

from __future__ import annotations

from offing.exchange.snapshot import CaseDetection, CaseSnapshot
from offing.imagery.model import Scene
from offing.looks.model import Look
from offing.report.model import ChipRequest
from offing.report.naming import site_name
from offing.report.words import local_moment, moment
from offing.sites import Site

MOST_CHIPS = 36
"""So many cuttings keep the report readable and below 8 MB."""


def chip_requests(case: CaseSnapshot) -> tuple[tuple[ChipRequest, ...], tuple[str, ...]]:
    """The cuttings in order of site and time, and a line for each picture that was left out."""
    every = [_request(case, scene, site) for scene in case.scenes for site in (scene.sites or (None,))]
    carried = {e for v in case.verdicts for e in v.evidence}
    ranked = sorted(every, key=lambda r: (_rank(r, carried), r.scene.time, r.scene.id))
    order = {s.id: number for number, s in enumerate(case.definition.sites)}
    chosen = sorted(ranked[:MOST_CHIPS], key=lambda r: (_place(r.site, order), r.scene.time, r.scene.id))
    left_out = [_line(case, r) for r in ranked[MOST_CHIPS:]]
    return tuple(chosen), tuple(left_out)


def _place(site: Site | None, order: dict[str, int]) -> int:
    return order[site.id] if site else len(order)


def _rank(request: ChipRequest, carried: set[str]) -> int:
    """0: bears on a verdict and shows ships … 3: neither."""
    bears = request.look is not None and f"look:{request.look.id}" in carried
    return (0 if bears else 1) + (0 if request.detections else 2)


def _request(case: CaseSnapshot, scene: Scene, site_id: str | None) -> ChipRequest:
    site = case.site(site_id) if site_id else None
    look = _look(case, scene, site_id)
    sightings = {s.id: s for s in case.sightings if s.scene == scene.id}
    entries = [d for d in case.detections if d.scene == scene.id]
    if site is not None and scene.crs is not None:
        here = {s.id for s in sightings.values() if s.site == site.id}
        entries = [d for d in entries if d.id in here]
    return ChipRequest(
        scene=scene,
        site=site,
        look=look,
        detections=tuple(entries),
        names=named(case, entries),
        rings=tuple(b.ring for b in case.berths if site and b.site == site.id),
        local_time=local_moment(scene.time, (site.timezone if site else None) or case.definition.timezone),
    )


def named(case: CaseSnapshot, entries: list[CaseDetection]) -> dict[str, str]:
    """``scene/detection`` → the narrowest class that the sighting can stand by, as people write it."""
    classes = {c.id: c.name or c.id for c in case.classes}
    by_id = {s.id: classes.get(s.named, s.named) for s in case.sightings}
    return {d.id: by_id[d.id] for d in entries if d.id in by_id}


def _look(case: CaseSnapshot, scene: Scene, site_id: str | None) -> Look | None:
    return next((k for k in case.looks if k.scene == scene.id and k.site == site_id), None)


def _line(case: CaseSnapshot, request: ChipRequest) -> str:
    where = site_name(case, request.site.id) if request.site else request.scene.original
    tag = "SIMULATED · " if request.scene.simulated else ""
    return f"{tag}{moment(request.scene.time)} UTC · {where} · {request.scene.platform or request.scene.sensor}"
