"""What a catalogue lists and the case does not hold is a look too."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.geo import LonLat, destination
from offing.imagery.catalogue.model import CatalogueItem
from offing.looks.catalogued import catalogued_looks
from offing.looks.gaps import is_usable
from offing.sites import Site

NOON = datetime(2024, 10, 12, 2, 10, tzinfo=UTC)
DUNAI = Site(id="dunai", name="Dunai", role="naval berth", position=(132.335, 42.879))


def box(lon: float, lat: float, half: float = 0.5) -> tuple[tuple[float, float], ...]:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


def item(name: str, *, minutes: float = 0.0, at: tuple[float, float] = (132.3, 42.9), **said: object) -> CatalogueItem:
    return CatalogueItem(
        **{  # type: ignore[arg-type]
            "id": f"earth-search/sentinel-2-l2a/{name}", "catalogue": "earth-search", "collection": "sentinel-2-l2a",
            "item": name, "time": NOON + timedelta(minutes=minutes), "sensor": "multispectral",
            "platform": "sentinel-2b", "gsd_m": 10.0, "outline": (box(*at),), **said,
        }
    )  # fmt: skip


def test_what_is_listed_and_not_held_is_not_obtained_and_says_why() -> None:
    (look,) = catalogued_looks([item("a", cloud=0.83)], DUNAI)
    assert (look.status, look.usable, look.sensor, look.time) == ("not-obtained", 0.0, "sentinel-2b", NOON)
    assert look.reason == (
        "listed by earth-search, not obtained; 83% cloud over the whole scene by the catalogue, "
        "which says nothing of this place"
    )
    assert not is_usable(look)
    # by hand: declination −7.5°, hour angle −12°: asin(.680 · −.131 + .733 · .991 · .978)
    assert look.sun_elevation_deg == pytest.approx(38.4, abs=0.3)


def test_tiles_levels_and_catalogues_of_one_pass_are_one_look() -> None:
    parts = [item("a"), item("b", minutes=0.2), item("c", minutes=0.3, catalogue="copernicus"), item("d", minutes=100)]
    first, second = catalogued_looks(parts, DUNAI)
    assert first.reason == "listed by copernicus and earth-search, not obtained"
    assert second.time - first.time == timedelta(minutes=100)


def test_other_satellites_at_the_same_minute_are_looks_of_their_own() -> None:
    assert len(catalogued_looks([item("a"), item("b", platform="landsat-9", minutes=0.5)], DUNAI)) == 2


def test_an_item_that_misses_the_site_is_no_look() -> None:
    assert catalogued_looks([item("a", at=(131.0, 42.9))], DUNAI) == ()
    edge = item("a", at=(132.335 + 0.5 + 0.03, 42.879))  # 2.4 km from the middle: within the radius of 3 km
    assert len(catalogued_looks([edge], DUNAI)) == 1


@pytest.mark.parametrize("platform", ["sentinel-2", "sentinel-2b", None])
def test_a_picture_that_the_case_holds_is_no_longer_missing(platform: str | None) -> None:
    held = catalogued_looks([item("a")], DUNAI, [(platform, NOON + timedelta(seconds=40))])
    assert len(held) == (1 if platform is None else 0), "a picture of an unknown satellite may be another"


def test_simulated_items_are_no_looks_at_a_real_site() -> None:
    assert catalogued_looks([item("a", simulated=True)], DUNAI) == ()


@given(lon=st.floats(-180, 180), lat=st.floats(-80, 80), bearing=st.floats(0, 360), away=st.floats(0, 2500))
def test_a_place_anywhere_meets_the_item_that_covers_it(lon: float, lat: float, bearing: float, away: float) -> None:
    """Also across the antimeridian, where an outline is split in two."""
    site = Site(id="s", name="S", role="port", position=(lon, lat))
    near = destination(LonLat(lon=lon, lat=lat), bearing, away)
    west, east = near.lon - 0.4, near.lon + 0.4
    spans = [(west, east)]
    if west < -180:
        spans = [(west + 360, 180.0), (-180.0, east)]
    elif east > 180:
        spans = [(west, 180.0), (-180.0, east - 360)]
    rings = tuple(
        ((a, near.lat - 0.4), (b, near.lat - 0.4), (b, near.lat + 0.4), (a, near.lat + 0.4), (a, near.lat - 0.4))
        for a, b in spans
        if b > a
    )
    assert len(catalogued_looks([item("a", outline=rings)], site)) == 1


@given(st.lists(st.integers(0, 600), max_size=12))
def test_no_two_looks_are_parts_of_one_pass(seconds: list[int]) -> None:
    found = catalogued_looks([item(f"{n}", minutes=s / 60) for n, s in enumerate(seconds)], DUNAI)
    times = [k.time for k in found]
    assert times == sorted(times)
    assert bool(found) == bool(seconds)
    assert all(b > a for a, b in itertools.pairwise(times))
    assert all(any(t <= NOON + timedelta(seconds=s) for t in times) for s in seconds)
