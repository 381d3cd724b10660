"""The looks of a case asked for another ship than the one claimed: what they declare of her."""

from __future__ import annotations

import msgspec

from offing.case.case import Case
from offing.case.sought import classes_sought, length_sought_m
from offing.imagery.model import SensorKind
from offing.looks.declared import declared
from offing.looks.detectability import curve
from offing.looks.model import Look
from offing.looks.scene_look import Detectability
from offing.sites import Site
from offing.vessels.attribution import site_prior


def looks_for(case: Case, site: Site, class_id: str) -> tuple[Look, ...]:
    """The looks at ``site`` with the p_detect of a ship of ``class_id``; p_false is left as it is.

    Measured ones are computed anew for her length. Stated ones hold where she is one of the ships that the claims look
    for there, and are undeclared where she is not. What is usable is not judged again: a pixel that was too coarse for
    the ship claimed stays so. Raises CaseFileError for a class that the library does not hold.
    """
    case.library.get(class_id)
    claimed = classes_sought(case.definition.claims, site.id)
    as_stated = bool(claimed) and case.library.relation(class_id, claimed) == "match"
    scenes = {s.id: s for s in case.store.scenes()}
    known: dict[tuple[SensorKind, float, bool, bool], Detectability | None] = {}
    found = []
    for look in case.store.looks(site.id):
        scene = scenes.get(look.scene or "")
        if look.p_basis == "stated" or scene is None:
            found.append(look if as_stated else _with(look, None))
            continue
        key = (scene.sensor, max(scene.gsd_m), scene.simulated, look.status == "clear")
        if key not in known:
            known[key] = _measured(case, site, class_id, *key)
        found.append(_with(look, known[key]))
    return tuple(found)


def _measured(
    case: Case, site: Site, class_id: str, sensor: SensorKind, gsd_m: float, simulated: bool, clear: bool
) -> Detectability | None:
    sought = (class_id,)
    prior = site_prior(site, sought, case.library)
    length = length_sought_m(sought, case.library)
    return curve(sensor, gsd_m, simulated=simulated) or declared(
        sensor, gsd_m, length, sought, case.library, prior, clear=clear, simulated=simulated
    )


def _with(look: Look, chances: Detectability | None) -> Look:
    p, basis = (chances.p_detect, chances.basis) if chances else (None, None)
    return msgspec.structs.replace(look, p_detect=p, p_basis=basis)
