"""Voyages for tests of stores and exports, made by the search itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from offing.movements.model import PortCall
from offing.movements.voyages.find import voyages
from offing.movements.voyages.model import Voyages, Way
from offing.sites import Site
from offing.vessels.classes import library

NOW = datetime(2024, 10, 17, 0, 30, tzinfo=UTC)
PLACES = {"rajin": (130.28663, 42.22578), "dunai": (132.33542, 42.87879)}


def sample_voyages() -> Voyages:
    """A ship from Rajin to Dunai, one that can have made it and one that cannot."""
    calls = [_call("rajin", 0, 6), _call("dunai", 30, 40), _call("dunai", 8, 12)]
    sites = [Site(id=name, name=name, role="port", position=place) for name, place in PLACES.items()]
    points = (PLACES["rajin"], (131.0, 42.3), PLACES["dunai"])
    way = Way(start="rajin", end="dunai", geodesic_nm=97.6, path_nm=99.0, most_nm=101.0, points=points, basis="drawn")
    return voyages(calls, sites=sites, library=library(), ways=[way])


def _call(site: str, first: float, last: float) -> PortCall:
    return PortCall(
        site=site, vessel_class="ropucha", vessel=None, arrived_after=None, arrived_before=NOW + timedelta(hours=first),
        departed_after=NOW + timedelta(hours=last), departed_before=None, looks=(),
    )  # fmt: skip
