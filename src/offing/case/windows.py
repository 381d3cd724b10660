"""The sites that claims speak of, each with the windows that it is claimed for."""

from __future__ import annotations

from offing.case.definition import CaseDefinition
from offing.claims.model import sites_named
from offing.sites import Site
from offing.timespan import TimeSpan


def claimed_windows(definition: CaseDefinition, site: str | None = None) -> tuple[tuple[Site, TimeSpan], ...]:
    """Each site that a claim names with each window it is claimed for, once; of ``site`` alone when it is given.

    Windows are read in the site's time zone, else in the case's, else in UTC.
    """
    sites = {s.id: s for s in definition.sites}
    found: dict[tuple[str, TimeSpan], None] = {}
    for claim in definition.claims:
        for name in sites_named(claim.elements):
            if name not in sites or site not in (None, name):
                continue
            window = claim.elements.span(sites[name].timezone or definition.timezone)
            if window is not None:
                found[(name, window)] = None
    return tuple((sites[name], window) for name, window in found)
