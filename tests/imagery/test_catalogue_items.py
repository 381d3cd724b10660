"""Items of every provider's shape, and of no shape at all."""

import copy
import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import catalogue_answers as made
from offing.imagery.catalogue.catalogues import BUILT_IN, catalogue
from offing.imagery.catalogue.planet_items import read_planet_item
from offing.imagery.catalogue.stac_items import LeftOut, ReadItem, read_item

EARTH, COMPUTER, COPERNICUS, PLANET = (
    BUILT_IN[n] for n in ("earth-search", "planetary-computer", "copernicus", "planet")
)
BASE = "https://api.example/v1/search"


def item(raw, source=EARTH):
    read = read_item(raw, source, BASE)
    assert isinstance(read, ReadItem), read
    return read.item


def bands(read):
    return {a.band: a for a in read.assets if a.band}


def test_sentinel_2_of_earth_search():
    read = item(made.earth_search_s2())
    assert (read.sensor, read.platform, read.gsd_m, read.mode) == ("multispectral", "sentinel-2b", 10.0, "L2A")
    assert (read.cloud, read.sun_elevation_deg, read.cost) == (0.125, 33.25, "free")
    assert read.id == f"earth-search/sentinel-2-l2a/{read.item}"
    found = bands(read)
    assert set(found) == {"B02", "B03", "B04", "B08", "B8A", "B11", "B12", "SCL"}
    assert found["B02"].href.endswith("/blue.tif")
    assert (found["B02"].scale, found["B02"].offset) == (1e-4, 0.0)
    assert (found["SCL"].scale, found["SCL"].gsd_m) == (None, 20.0)
    assert read.credit == "Contains modified Copernicus Sentinel data 2024"
    assert read.outline == (tuple(map(tuple, made.SQUARE[0])),)


@pytest.mark.parametrize(
    ("applied", "baseline", "offset"),
    [
        (True, "05.11", 0.0),
        (False, "05.11", -0.1),
        (False, "04.00", -0.1),
        (False, "03.01", 0.0),
        (None, "05.00", -0.1),
    ],
)
def test_the_offset_of_sentinel_2_follows_the_baseline_and_the_flag(applied, baseline, offset):
    flag = {} if applied is None else {"earthsearch:boa_offset_applied": applied}
    raw = made.earth_search_s2(**{"s2:processing_baseline": baseline})
    del raw["properties"]["earthsearch:boa_offset_applied"]
    raw["properties"] |= flag
    assert bands(item(raw))["B04"].offset == offset


def test_sentinel_2_of_planetary_computer():
    read = item(made.planetary_computer_s2(), COMPUTER)
    found = bands(read)
    assert set(found) == {"B02", "B03", "B04", "B08", "SCL"}
    assert (read.platform, read.orbit, read.cloud) == ("sentinel-2a", 89, 0.004)
    assert (found["B03"].scale, found["B03"].offset) == (1e-4, -0.1)
    assert bands(item(made.planetary_computer_s2(baseline="02.12"), COMPUTER))["B03"].offset == 0.0


def test_sentinel_2_of_copernicus():
    read = item(made.copernicus_s2(), COPERNICUS)
    found = bands(read)
    assert {b: (a.key, a.gsd_m) for b, a in found.items()} == {
        "B02": ("B02_10m", 10.0), "B03": ("B03_10m", 10.0), "B11": ("B11_20m", 20.0), "SCL": ("SCL_20m", 20.0)
    }  # fmt: skip
    assert found["B02"].href.startswith("https://zipper.")
    assert (found["B02"].bytes, found["B02"].offset, found["SCL"].offset) == (1010, -0.1, None)


def test_sentinel_1():
    read = item(made.sentinel_1(), COMPUTER)
    assert (read.sensor, read.platform, read.gsd_m, read.mode) == ("sar", "sentinel-1a", 10.0, "IW GRDH VV VH")
    assert (read.orbit, read.direction, read.cloud) == (134, "ascending", None)
    assert {a.key: a.band for a in read.assets} == {"vv": "VV", "vh": "VH", "schema-calibration-vv": None}


def test_landsat():
    read = item(made.landsat(), COMPUTER)
    assert (read.sensor, read.platform, read.gsd_m, read.cloud) == ("multispectral", "landsat-9", 30.0, None)
    assert set(bands(read)) == {"blue", "green", "red", "nir", "swir1"}
    assert bands(read)["red"].offset == -0.2
    assert read_item(made.landsat(), COMPUTER, BASE).note == "cloud cover outside 0–100 % dropped"


def test_an_old_item_with_relative_addresses():
    read = item(made.old_item(), catalogue("https://old.example/catalog"))
    assert (read.sensor, read.platform, read.gsd_m) == ("multispectral", "eye-1", 2.5)
    assert bands(read)["red"].href == "https://old.example/catalog/items/red.tif"
    assert read.id.startswith("old.example/catalog/old/")


def test_planet():
    read = read_planet_item(made.planet_item(), PLANET, BASE).item
    assert (read.cost, read.sensor, read.platform, read.gsd_m) == ("bought", "multispectral", "planetscope", 3.0)
    assert (read.cloud, read.collection, read.sun_elevation_deg) == (0.25, "PSScene", 31.2)
    assert read.time.microsecond == 123000
    skysat = read_planet_item(made.planet_item(kind="SkySatCollect"), PLANET, BASE).item
    assert skysat.platform == "skysat"


@pytest.mark.parametrize(("said", "share"), [(0, 0.0), (100, 1.0), (-1, None), (101, None), ("5", None), (True, None)])
def test_cloud_cover(said, share):
    assert item(made.earth_search_s2(**{"eo:cloud_cover": said})).cloud == share


def test_times():
    start, end = "2024-10-11T21:21:00Z", "2024-10-11T21:21:30Z"
    middle = made.sentinel_1(datetime=None, start_datetime=start, end_datetime=end)
    assert item(middle).time == datetime(2024, 10, 11, 21, 21, 15, tzinfo=UTC)
    for later, reason in (("2024-10-20T00:00:00Z", "put together"), ("2024-10-01T00:00:00Z", "without a time")):
        left = read_item(made.sentinel_1(datetime=None, start_datetime=start, end_datetime=later), EARTH, BASE)
        assert isinstance(left, LeftOut)
        assert reason in left.reason
    zoned = made.earth_search_s2(datetime="2024-10-11T21:21:00.123456+09:00")
    assert item(zoned).time == datetime(2024, 10, 11, 12, 21, 0, 123000, tzinfo=UTC)


def test_addresses_that_cannot_be_read_or_hold_signatures_are_not_kept():
    raw = made.planetary_computer_s2()
    hrefs = {"B02": "file:///etc/passwd", "B03": "https://u:p@host.example/a.tif", "B04": "../../b.tif",
             "B08": "https://host.example/c.tif?a=1&sig=s3cret&X-Amz-Signature=s3cret"}  # fmt: skip
    for band, href in hrefs.items():
        raw["assets"][band]["href"] = href
    found = bands(item(raw, COMPUTER))
    assert set(found) == {"B04", "B08", "SCL"}
    assert found["B04"].href == "https://api.example/b.tif"
    assert found["B08"].href == "https://host.example/c.tif?a=1"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "name"), ({"id": "a\nb"}, "name"), ({"properties": None}, "time"), ({"assets": {}}, None),
        ({"geometry": None, "bbox": None}, "outline"), ({"properties": {"datetime": "yesterday"}}, "time"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(change, reason):
    read = read_item(made.earth_search_s2() | change, EARTH, BASE)
    assert isinstance(read, ReadItem) if reason is None else reason in read.reason


def test_no_pictures_are_left_out():
    dem = made.old_item()
    dem["assets"] = {"data": {"href": "https://x.example/dem.tif", "roles": ["data"]}}
    assert read_item(dem, EARTH, BASE).reason == "of no sensor that offing reads"
    coarse = made.old_item()
    coarse["properties"]["eo:gsd"] = 300
    assert "more than 100 m" in read_item(coarse, EARTH, BASE).reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10**20, 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12) | st.sampled_from(["Polygon", "Feature", "2024-10-11T21:21:00Z", "B02", "s3://a/b", "-1"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["id", "properties", "geometry", "type", "coordinates", "assets", "href", "datetime", "bbox",
                         "eo:bands", "bands", "raster:bands", "links", "rel", "gsd", "roles", "alternate"])
        | st.text(max_size=5), inner, max_size=5),
    max_leaves=15,
)  # fmt: skip
SHAPES = [made.earth_search_s2(), made.sentinel_1(), made.copernicus_s2(), made.planet_item(), made.landsat()]


def paths(value, before=()):
    """Where everything in a JSON document is."""
    yield before
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from paths(child, (*before, key))


SPOTS = [(number, path) for number, shape in enumerate(SHAPES) for path in paths(shape) if path]


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_json_is_read_or_left_out(raw):
    for read in (read_item, read_planet_item):
        assert isinstance(read(raw, EARTH, BASE), (ReadItem, LeftOut))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SPOTS), JSON)
def test_an_item_with_one_thing_wrong_is_read_or_left_out(spot, value):
    number, path = spot
    raw = copy.deepcopy(SHAPES[number])
    *before, last = path
    inner = raw
    for key in before:
        inner = inner[key]
    inner[last] = value
    for read in (read_item, read_planet_item):
        result = read(raw, EARTH, BASE)
        assert isinstance(result, (ReadItem, LeftOut))
        if isinstance(result, ReadItem):
            json.dumps(result.item.id)
            assert result.item.time.tzinfo is UTC
            for ring in result.item.outline:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4
                assert all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 and math.isfinite(lon) for lon, lat in ring)
