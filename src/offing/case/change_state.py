"""What of a case is watched for changes: its state, as the store and case.yaml have it."""

from __future__ import annotations

import msgspec

from offing.case.case import Case
from offing.case.change_model import CaseState, ElementState, ItemState, LookState, SceneState, VerdictState
from offing.case.ledger import digest
from offing.claims.model import Claim, place_ids
from offing.imagery.catalogue.model import CatalogueItem
from offing.imagery.model import Scene
from offing.judgement.model import Verdict
from offing.looks.model import Look, Seen


def state_of(case: Case) -> CaseState:
    """The state of ``case`` as it was kept last; nothing is written. Raises StoreError."""
    store = case.store
    items = tuple(_item(item, site.id) for site in case.definition.sites for item in store.items(site.id))
    listed = {f"{item.id}@{item.site}" for item in items}
    return CaseState(
        items=items,
        scenes=tuple(_scene(scene) for scene in store.scenes()),
        looks=tuple(_look(look) for look in store.looks() if look.scene is not None or look.id not in listed),
        verdicts=tuple(_verdict(verdict) for verdict in store.verdicts()),
        elements=tuple(element for claim in case.definition.claims for element in _elements(claim)),
    )


def _item(item: CatalogueItem, site: str) -> ItemState:
    taken_by = item.platform or item.sensor
    return ItemState(id=item.id, site=site, time=item.time, taken_by=taken_by, cost=item.cost, simulated=item.simulated)


def _scene(scene: Scene) -> SceneState:
    return SceneState(
        id=scene.id,
        sites=scene.sites,
        time=scene.time,
        sensor=scene.sensor,
        platform=scene.platform,
        simulated=scene.simulated,
    )


def _look(look: Look) -> LookState:
    return LookState(
        id=look.id,
        site=look.site,
        time=look.time,
        sensor=look.sensor,
        status=look.status,
        seen=_seen(look),
        scene=look.scene,
        simulated=look.simulated,
    )


def _seen(look: Look) -> Seen:
    said = {observation.seen for observation in look.observations}
    if "yes" in said:
        return "yes"
    return "no" if "no" in said else "indeterminate"


def _verdict(verdict: Verdict) -> VerdictState:
    return VerdictState(
        claim=verdict.claim,
        element=verdict.element,
        verdict=verdict.verdict,
        ratio=verdict.likelihood_ratio.value if verdict.likelihood_ratio else None,
        word=verdict.word,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
        simulated=verdict.simulated,
    )


def _elements(claim: Claim) -> list[ElementState]:
    values = msgspec.to_builtins(claim.elements)
    shown = {
        "window": claim.elements.window,
        "origin": ", ".join(place_ids(claim.elements.origin)),
        "destination": ", ".join(place_ids(claim.elements.destination)),
    }
    return [
        ElementState(claim=claim.id, element=name, sha256=digest(value), shown=shown.get(name))
        for name, value in sorted(values.items())
        if value is not None
    ]
