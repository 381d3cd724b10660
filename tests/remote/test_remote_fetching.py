"""From a real STAC API to a look at the berth: search, fetch the site's window alone, run."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
import rasterio

from offing.case.case import Case
from offing.case.check import check_case
from offing.case.fetching import FetchRequest, fetch
from offing.case.pipeline import run_case
from offing.errors import CaseError
from offing.imagery.catalogue.model import Query
from offing.imagery.catalogue.search import search
from offing.imagery.clipping import clip_to
from offing.imagery.reading import open_picture
from offing.imagery.remote.cache import PartCache
from offing.imagery.remote.model import Limits
from offing.network import open_network
from offing.timespan import TimeSpan
from remote_scenes import SHIP_AT_M, middle

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Silent:
    def begin(self, total):
        pass

    def finished(self, step, *, unchanged):
        pass


CLEAR = FetchRequest(items=("S2B_53TKH_clear",))


def clock():
    return datetime(2024, 12, 1, tzinfo=UTC)


def look_up(case, network, collection):
    """Keep what the server lists of a collection."""
    site = case.site("dunai")
    span = TimeSpan(start=datetime(2024, 10, 1, tzinfo=UTC), end=datetime(2024, 11, 1, tzinfo=UTC))
    query = Query(
        catalogue=case.definition.search.catalogues[0], collections=(collection,), site="dunai",
        place=(*site.position, site.radius_m), span=span,
    )  # fmt: skip
    found = search(query, network, clock=clock)
    assert found.answer.complete, found.answer.stopped
    with case.writing() as store:
        store.add_search(found, at=clock())


@pytest.fixture
def searched(case, network):
    """The case with what the server lists of Sentinel-2."""
    look_up(case, network, "sentinel-2-l2a")
    assert len(case.store.items("dunai")) == 5
    return case


def test_radar_product_is_clipped_as_if_it_were_here_whole(case, network, stac, tmp_path):
    look_up(case, network, "sentinel-1-grd")
    stac.forget()
    (got,) = fetch(case, network, clock)
    assert (got.state, got.problem) == ("fetched", None)
    (scene,) = case.store.scenes()
    measured = [line for line in stac.asked("/measurement/") if line["status"] == 206]
    whole = sum(p.stat().st_size for p in stac.folder("").glob("S1A*/measurement/*.tiff"))
    assert sum(line["bytes"] for line in measured) < 0.45 * whole
    (product,) = stac.folder("").glob("S1A*")
    with open_picture([product]) as picture:
        kept = clip_to(picture, case.site("dunai"), case.berths("dunai"), tmp_path / "scenes")
    with open_picture([case.root / scene.path]) as one, open_picture([tmp_path / kept.path]) as other:
        assert one.bands == other.bands == ("VV", "VH")
        assert np.array_equal(one.read(), other.read())
        assert one.radar == other.radar
        assert (one.transform, one.crs, one.time) == (other.transform, other.crs, other.time)


def test_only_the_window_is_read_and_it_is_that_of_the_file(searched, network, stac):
    stac.forget()
    (got,) = fetch(searched, network, clock, CLEAR)
    assert (got.state, got.problem) == ("fetched", None)
    asked = [line for line in stac.asked("/files/") if line["status"] == 206]
    assert (got.spent.requests, got.spent.bytes) == (len(asked), sum(line["bytes"] for line in asked))
    whole = sum(path.stat().st_size for path in stac.folder("clear").iterdir())
    assert got.spent.bytes < 0.3 * whole
    (scene,) = searched.store.scenes()
    assert scene.item.endswith("/sentinel-2-l2a/S2B_53TKH_clear")
    assert (scene.original, scene.time_basis) == ("S2B_53TKH_clear", "metadata: ACQUISITION_TIME")
    with rasterio.open(searched.root / scene.path) as clip:
        assert clip.descriptions == ("B02", "B03", "B04", "B08", "B11", "SCL")
        assert (clip.scales[0], round(clip.offsets[0], 6)) == (0.0001, -0.1)
        for index, band in enumerate(("B02", "B03", "B04", "B08"), 1):
            with rasterio.open(stac.folder("clear") / f"{band}.tif") as original:
                window = rasterio.windows.from_bounds(*clip.bounds, transform=original.transform)
                assert np.array_equal(clip.read(index), original.read(1, window=window.round_offsets().round_lengths()))


def test_scenes_can_be_run_and_the_ship_at_the_berth_is_found(searched, network):
    fetch(searched, network, clock, FetchRequest(items=("S2B_53TKH_clear", "S2B_53TKH_clouded")))
    run_case(searched, Silent(), clock, workers=1)
    clear, clouded = (look for look in searched.store.looks("dunai") if look.scene is not None)
    assert (clear.status, clouded.status) == ("clear", "cloud")
    assert clouded.usable == 0.0
    x, y = middle()
    from pyproj import Transformer

    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32653", always_xy=True)
    ships = [to_utm.transform(*np.mean(d.ring[:-1], axis=0)) for d in searched.store.detections(clear.scene)]
    assert any(np.hypot(e - x - SHIP_AT_M[0], n - y - SHIP_AT_M[1]) < 60.0 for e, n in ships)


def test_one_item_of_a_pass_is_fetched_once_and_failures_are_told(searched, network, stac):
    said = []
    first = fetch(searched, network, clock, said=said.append)
    assert list(first) == said
    assert [(f.item.item, f.state) for f in first] == [
        ("S2B_53TKH_clear", "fetched"), ("S2B_53TKH_clouded", "fetched"), ("S2B_53TKH_shifted", "fetched"),
        ("S2B_53TKH_gone", "failed"),
    ]  # fmt: skip
    assert "nothing at this address" in first[3].problem
    assert sorted(p.name for p in (searched.root / "scenes").iterdir()) == sorted(
        f"{s.id}{suffix}" for s in searched.store.scenes() for suffix in (".tif", ".json")
    )
    stac.forget()
    again = fetch(searched, network, clock)
    assert [f.state for f in again] == ["held", "held", "held", "failed"]
    assert {line["path"].split("/")[2] for line in stac.asked("/files/")} == {"gone"}
    assert not check_case(searched.root).problems


def test_an_offset_that_the_numbers_deny_is_not_taken(searched, network):
    (got,) = fetch(searched, network, clock, FetchRequest(items=("S2B_53TKH_shifted",)))
    assert "the catalogue says that 1000 was added to B02" in got.notes[0]
    (scene,) = searched.store.scenes()
    with open_picture([searched.root / scene.path]) as picture:
        assert 0.01 < float(np.nanmedian(picture.read(["B08"]))) < 0.05


def test_what_was_read_is_in_the_ledger(searched, network):
    (got,) = fetch(searched, network, clock, CLEAR)
    (line,) = (e for e in searched.ledger.lines() if e.kind == "scene-added")
    read = line.payload["read"]
    assert (read["item"], read["spent"]["bytes"]) == (got.item.id, got.spent.bytes)
    assert {a["band"] for a in read["assets"]} == {"B02", "B03", "B04", "B08", "B11", "SCL"}
    (item,) = (searched.root / "scenes").glob("*.json")
    assert json.loads(item.read_text())["properties"]["offing:item"] == got.item.id


def test_the_same_bytes_are_not_read_twice_even_for_another_case(searched, network, tmp_path, stac):
    cache = PartCache(tmp_path / "cache")
    (first,) = fetch(searched, network, clock, CLEAR, cache=cache)
    (scene,) = searched.store.scenes()
    other = searched.root.with_name("other")
    import shutil

    shutil.copytree(searched.root, other, ignore=shutil.ignore_patterns("case.gpkg*", "ledger*", "*.tif", ".lock"))
    with Case.open(other) as second:
        answers = [searched.store.searches("dunai")[0].answer]
        from offing.imagery.catalogue.model import Found

        with second.writing() as store:
            store.add_search(Found(answer=answers[0], items=searched.store.items("dunai")), at=clock())
        (again,) = fetch(second, network, clock, CLEAR, cache=cache)
        assert again.spent.requests == 6
        assert again.spent.bytes < 0.5 * first.spent.bytes
        assert second.store.scenes()[0].sha256 == scene.sha256


def test_limits_filters_and_a_dry_run(searched, network, stac):
    stac.forget()
    planned = fetch(searched, network, clock, FetchRequest(dry_run=True, max_cloud=0.5, most=2))
    assert [(f.item.item, f.state) for f in planned] == [
        ("S2B_53TKH_clear", "planned"), ("S2B_53TKH_shifted", "planned"),
    ]  # fmt: skip
    assert stac.asked() == []
    (one,) = fetch(searched, network, clock, FetchRequest(items=CLEAR.items, limits=Limits(most_bytes=200_000)))
    assert one.state == "failed"
    assert "--max-mb" in one.problem
    assert searched.store.scenes() == ()
    assert list((searched.root / "scenes").iterdir()) == []


def test_what_was_finished_before_an_interruption_is_not_fetched_again(searched, network, stac):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(searched, network, clock, said=stop)
    assert [s.original for s in searched.store.scenes()] == ["S2B_53TKH_clear"]
    stac.forget()
    again = fetch(searched, network, clock, FetchRequest(most=2))
    assert [f.state for f in again] == ["held", "fetched"]
    assert {line["path"].split("/")[2] for line in stac.asked("/files/")} == {"clouded"}


def test_items_that_no_search_listed_are_refused(searched, network):
    with pytest.raises(CaseError, match="no search has listed"):
        fetch(searched, network, clock, FetchRequest(items=("S2B_53TKH_cleer",)))


def test_before_any_search_the_way_is_told(case, network):
    with pytest.raises(CaseError, match=r"nothing was searched yet.*offing scenes search"):
        fetch(case, network, clock)


def test_items_in_the_store_do_not_open_the_way_to_private_hosts(searched, stac):
    """A case that somebody else made must not make offing ask hosts that its reader never named."""
    text = (searched.root / "case.yaml").read_text()
    (searched.root / "case.yaml").write_text(text.replace(f'["{stac.url}"]', "[earth-search]"))
    with Case.open(searched.root) as other, open_network(retries=0, pause=lambda _: None) as network:
        (got,) = fetch(other, network, clock, CLEAR)
        assert got.state == "failed"
        assert "is not asked" in got.problem
        named = FetchRequest(items=CLEAR.items, catalogue=stac.url)
        assert fetch(other, network, clock, named)[0].state == "fetched"


def test_a_catalogue_cannot_make_offing_ask_a_private_address(searched, network):
    import msgspec

    from offing.imagery.catalogue.model import Found

    (kept,) = searched.store.searches("dunai")
    item = searched.store.items("dunai")[0]
    port = item.assets[0].href.split(":")[2].split("/")[0]
    assets = tuple(
        msgspec.structs.replace(a, href=a.href.replace(f"127.0.0.1:{port}", f"localhost:{int(port) + 1}"))
        for a in item.assets
    )
    with searched.writing() as store:
        store.add_search(Found(answer=kept.answer, items=(msgspec.structs.replace(item, assets=assets),)), at=clock())
    (got,) = fetch(searched, network, clock, FetchRequest(items=(item.item,)))
    assert got.state == "failed"
    assert "is not asked" in got.problem
