"""Everything a judgement is made from, checked for names that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterable

from offing.claims import Claim, Source
from offing.claims.model import place_ids
from offing.errors import CaseFileError, ObservationError, OffingError, did_you_mean
from offing.judgement.model import Candidate, Thresholds
from offing.looks.model import Look
from offing.records import Record
from offing.sites import Site
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Vessel


class Situation(Record, frozen=True):
    """Claims, and what there is to judge them by."""

    claims: tuple[Claim, ...]
    library: ClassLibrary
    sources: tuple[Source, ...] = ()
    sites: tuple[Site, ...] = ()
    vessels: tuple[Vessel, ...] = ()
    looks: tuple[Look, ...] = ()
    """All looks of the case, in any order."""
    candidates: tuple[Candidate, ...] = ()
    """Looks that could still be had, in any order; they weigh nothing, they are only ranked."""
    thresholds: Thresholds = Thresholds()
    timezone: str | None = None
    """IANA zone whose local days the windows mean, where a site does not say its own; UTC when None."""

    def site(self, site_id: str, where: str) -> Site:
        """The site of that id. Raises CaseFileError that names the nearest ids."""
        found = {s.id: s for s in self.sites}
        if site_id not in found:
            raise CaseFileError(f"{site_id!r} is no site of this case", where=where, fix=_nearest(site_id, found))
        return found[site_id]

    def source(self, source_id: str | None) -> Source | None:
        """The source of that id, None where there is none."""
        return next((s for s in self.sources if s.id == source_id), None)


def check(situation: Situation) -> None:
    """Raises an OffingError for a name that leads nowhere, and for simulated looks at a real site."""
    for claim in situation.claims:
        _check_claim(situation, claim)
    sites = {s.id: s for s in situation.sites}
    for look in situation.looks:
        if look.site not in sites:
            raise ObservationError(
                f"look {look.id!r} is at {look.site!r}, no site of this case", fix=_nearest(look.site, sites)
            )
        if look.simulated and not sites[look.site].simulated:
            raise OffingError(
                f"look {look.id!r} is simulated but site {look.site!r} is real",
                fix="keep simulated pictures to a site marked simulated: true",
            )


def _check_claim(situation: Situation, claim: Claim) -> None:
    where = f"claim {claim.id}"
    sources = {s.id for s in situation.sources}
    if sources and claim.source not in sources:
        raise CaseFileError(
            f"{claim.source!r} is no source of this case", where=where, fix=_nearest(claim.source, sources)
        )
    for place in (claim.elements.origin, claim.elements.destination):
        ids = place_ids(place)
        if place is not None and not ids:
            raise CaseFileError("an origin or destination names no site", where=where, fix="name at least one")
        for site_id in ids:
            situation.site(site_id, where)
    carrier = claim.elements.carrier
    vessels = {v.id for v in situation.vessels}
    for class_id in carrier.classes if carrier else ():
        situation.library.get(class_id)
    for vessel_id in carrier.vessels if carrier else ():
        if vessel_id not in vessels:
            raise CaseFileError(
                f"{vessel_id!r} is no vessel of this case", where=where, fix=_nearest(vessel_id, vessels)
            )


def _nearest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return did_you_mean(name, names, f"known: {', '.join(names[:12])}" if names else "the case lists none yet")
