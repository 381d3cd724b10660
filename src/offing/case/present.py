"""The step of a run that says when ships of the claimed kinds were there, and weighs the port calls."""

from __future__ import annotations

from collections.abc import Sequence

from offing.case.steps import StepKey, Steps, hash_of
from offing.judgement.situation import Situation
from offing.looks.model import Look
from offing.movements.model import PortCall, Presence, SightingLink
from offing.movements.sought import Sought
from offing.movements.worlds import Groups
from offing.records import Record
from offing.sites import Site
from offing.timespan import TimeSpan

REVISION = 1
"""Raised when the method changes within a version."""


class Present(Record, frozen=True):
    """Ships at the sites of a case, from all looks together."""

    port_calls: tuple[PortCall, ...] = ()
    """With what the looks together say of each."""
    links: tuple[SightingLink, ...] = ()
    presence: tuple[Presence, ...] = ()
    """For each site, kind of ship and window that claims speak of."""


def ships_present(situation: Situation, steps: Steps) -> Present:
    """Presence and port calls of ``situation``, from the store where they were computed before."""
    return steps.do(_key(situation), Present, lambda: _present(situation))


def _key(situation: Situation) -> StepKey:
    return StepKey(
        step="presence",
        subject=f"{len(situation.looks)} looks",
        inputs={
            "claims": hash_of(situation.claims),
            "sites": hash_of(situation.sites),
            "vessels": hash_of(situation.vessels),
            "classes": hash_of(situation.library),
            "looks": hash_of(situation.looks),
        },
        parameters={"timezone": situation.timezone, "revision": REVISION},
    )


def _present(situation: Situation) -> Present:
    from offing.judgement.situation import check
    from offing.movements.call_posteriors import weighed_calls

    check(situation)
    weighed = weighed_calls(situation.looks, ["any"], situation.sites, situation.library)
    return Present(port_calls=weighed.calls, links=weighed.links, presence=claimed_presence(situation))


def claimed_presence(situation: Situation) -> tuple[Presence, ...]:
    """Presence of each claim's ships at each site it names, in its window; claims that ask alike share one."""
    from offing.claims.model import sites_named
    from offing.judgement.question import sought, span_at

    asked: dict[tuple[str, Sought, TimeSpan], list[str]] = {}
    for claim in situation.claims:
        for name in sites_named(claim.elements):
            site = situation.site(name, f"claim {claim.id}")
            window = span_at(situation, claim, site)
            if window is not None:
                asked.setdefault((name, sought(situation, claim), window), []).append(claim.id)
    sites = {site.id: site for site in situation.sites}
    looks: dict[str, list[Look]] = {name: [] for name, _, _ in asked}
    for look in situation.looks:
        if look.site in looks:
            looks[look.site].append(look)
    return tuple(
        presence_at(situation, sites[name], kind, window, looks[name], claims)
        for (name, kind, window), claims in asked.items()
    )


def presence_at(
    situation: Situation, site: Site, kind: Sought, window: TimeSpan, looks: Sequence[Look], claims: Sequence[str] = ()
) -> Presence:
    """Presence of one kind of ship at one site, from the looks there, with the range over the varied assumptions."""
    from offing.looks.distinct import distinct
    from offing.movements.presence_over_time import presence
    from offing.movements.sought import read_look

    acquired = distinct(looks)
    copies = (copy for group in acquired.copies.values() for copy in group)
    return presence(
        site,
        kind,
        window,
        [read_look(look, kind, situation.library) for look in acquired.kept],
        situation.library,
        varied=varied(),
        claims=claims,
        simulated=any(look.simulated for look in copies),
    )


def varied() -> Groups:
    """The assumptions that the judgement varies, by group."""
    from offing.judgement.assumptions import VARIED

    return tuple(tuple(vary for _, vary in variants) for _, variants in VARIED)


def asked_presence(
    situation: Situation, sites: Sequence[tuple[Site, TimeSpan]], kind: Sought, kept: Sequence[Presence]
) -> tuple[Presence, ...]:
    """Presence of one kind of ship at sites in windows: what is kept of it, and the rest computed now."""
    known = {(p.site, p.classes, p.vessels, p.window): p for p in kept}
    found = []
    for site, window in sites:
        one = known.get((site.id, kind.classes, kind.vessels, window))
        looks = [look for look in situation.looks if look.site == site.id]
        found.append(one or presence_at(situation, site, kind, window, looks))
    return tuple(found)
