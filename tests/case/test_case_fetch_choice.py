"""Of what lists the same pass, the item is fetched that can be read and shows most."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from offing.case.fetch_choice import one_a_pass
from offing.imagery.catalogue.model import Asset, CatalogueItem
from offing.sites import Site

SITE = Site(id="s", name="S", role="port", position=(132.0, 43.0), radius_m=3000)


def listed(name: str, href: str, west: float = 131.5, **said: object) -> CatalogueItem:
    ring = ((west, 42.5), (132.5, 42.5), (132.5, 43.5), (west, 43.5), (west, 42.5))
    return CatalogueItem(
        **{  # type: ignore[arg-type]
            "id": f"{name}/sentinel-1-grd/x", "catalogue": name, "collection": "sentinel-1-grd", "item": "x",
            "time": datetime(2024, 10, 8, 9, 9, tzinfo=UTC), "sensor": "sar", "platform": "sentinel-1a", "gsd_m": 10.0,
            "outline": (ring,), "assets": (Asset(key="vv", href=href, band="VV"),), **said,
        }
    )  # fmt: skip


@pytest.mark.parametrize("share", [131.5, 132.0])
def test_files_that_can_be_read_come_before_files_that_cannot(share: float) -> None:
    paid = listed("a", "s3://requester-pays/vv.tiff")
    free = listed("b", "https://pictures.example/vv.tiff", west=share)
    assert [i.catalogue for i in one_a_pass([paid, free], SITE)] == ["b"]


def test_of_files_that_can_be_read_the_one_that_shows_more() -> None:
    half = listed("a", "https://pictures.example/vv.tiff", west=132.0)
    whole = listed("b", "https://pictures.example/vv.tiff")
    assert [i.catalogue for i in one_a_pass([half, whole], SITE)] == ["b"]


def test_what_has_to_be_bought_is_kept_where_there_is_nothing_else() -> None:
    assert [i.cost for i in one_a_pass([listed("a", "https://x.example/vv.tif", cost="bought")], SITE)] == ["bought"]
