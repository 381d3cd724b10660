"""Items of other sensors: what is read of them, and that it opens as the picture it is."""

import contextlib
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from rasterio import Affine
from remote_parts import Parts

from offing.errors import PictureError
from offing.geo import LonLat, circle
from offing.imagery.catalogue.model import Asset, CatalogueItem
from offing.imagery.reading import open_picture
from offing.imagery.remote.items import Access, read_item
from remote_scenes import LAT, LON, UTM, middle, write

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
PLACES = circle(LonLat(lon=LON, lat=LAT), 1500.0)
SIZE = 400


def item(url, platform, sensor, bands, **more):
    assets = tuple(
        Asset(key=band, href=f"{url}/{band}.tif", band=band, scale=scale, offset=offset)
        for band, (scale, offset) in bands.items()
    )
    return CatalogueItem(
        id="here/some/X1", catalogue="here", collection="some", item="X1", time=datetime(2024, 10, 9, 2, 0, tzinfo=UTC),
        sensor=sensor, platform=platform, gsd_m=10.0, outline=(((132.0, 42.5), (133.0, 42.5), (133.0, 43.5)),),
        assets=assets, **more,
    )  # fmt: skip


@pytest.fixture
def files(served, tmp_path):
    """``files(band → (pixel size, numbers))`` → (access, address of the files)."""

    def start(bands, **tags):
        x, y = middle()
        data = {}
        for band, (pixel, level) in bands.items():
            n = SIZE * 10 // pixel
            numbers = np.random.default_rng(1).integers(level, level + 50, (n, n), np.uint16)
            path = tmp_path / f"{band}.tif"
            write(path, numbers, Affine(pixel, 0, x - n * pixel / 2, 0, -pixel, y + n * pixel / 2), UTM, 0, tags)
            data[f"/{band}.tif"] = Parts(path.read_bytes(), etag=f'"{band}"')

        def answer(asked):
            with contextlib.suppress(KeyError):
                asked_for = asked.path.partition("?")
                assert asked_for[2] == "sig=secret"
                data[asked_for[0]](asked)

        server, network = served(answer)
        return Access(network=network, sign=lambda href, _: f"{href}?sig=secret"), server.url

    return start


def test_landsat_is_multispectral_reflectance(files, tmp_path):
    scale = (2.75e-05, -0.2)
    access, url = files(dict.fromkeys(("blue", "green", "red", "nir", "qa_pixel"), (10, 9000)))
    listed = item(url, "landsat-9", "multispectral", dict.fromkeys(("blue", "green", "red", "nir"), scale))
    mask = Asset(key="qa_pixel", href=f"{url}/qa_pixel.tif", band=None)
    listed = msgspec.structs.replace(listed, assets=(*listed.assets, mask))
    found = read_item(listed, PLACES, tmp_path / "X1", access)
    with open_picture([found.folder]) as picture:
        assert set(picture.bands) == {"blue", "green", "red", "nir"}
        assert picture.platform == "landsat"
        assert picture.quality_bands == ("QA_PIXEL",)
        assert (picture.scale.basis, picture.scale.quantity) == ("metadata", "reflectance")
        assert float(np.nanmean(picture.read())) == pytest.approx(9025 * 2.75e-05 - 0.2, abs=1e-4)
        assert picture.time == datetime(2024, 10, 9, 2, 0, tzinfo=UTC)


def test_colours_of_any_platform_become_one_picture_of_the_finest_grid(files, tmp_path):
    access, url = files({"red": (10, 100), "green": (10, 400), "blue": (10, 900), "nir": (20, 500)})
    listed = dict.fromkeys(("red", "green", "blue", "nir"), (None, None))
    found = read_item(item(url, "some-sat", "rgb", listed), PLACES, tmp_path / "X1", access)
    with open_picture([found.folder], sensor="rgb") as picture:
        assert set(picture.bands) == {"red", "green", "blue"}
        red, blue = picture.numbers(["red", "blue"])
        assert red.max() < 160 < 890 < blue.min()


def test_no_signature_is_in_what_is_kept(files, tmp_path):
    access, url = files({"B02": (10, 1500), "B08": (10, 1500)})
    found = read_item(
        item(url, "sentinel-2b", "multispectral", {"B02": (1e-4, -0.1), "B08": (1e-4, -0.1)}),
        PLACES, tmp_path / "X1", access,
    )  # fmt: skip
    assert "secret" not in repr(found)
    assert [(a.band, a.href, a.etag) for a in found.assets] == [
        ("B02", f"{url}/B02.tif", '"B02"'), ("B08", f"{url}/B08.tif", '"B08"'),
    ]  # fmt: skip
    assert not any(b"secret" in path.read_bytes() for path in (tmp_path / "X1").iterdir())


def test_a_simulated_file_stays_simulated(files, tmp_path):
    access, url = files({"B02": (10, 1500), "B08": (10, 1500)}, OFFING_SIMULATED="yes")
    listed = {"B02": (1e-4, -0.1), "B08": (1e-4, -0.1)}
    found = read_item(item(url, "sentinel-2b", "multispectral", listed), PLACES, tmp_path / "X1", access)
    with open_picture([found.folder]) as picture:
        assert picture.simulated


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cost": "bought"}, "has to be ordered"),
        ({"assets": ()}, "lists no band"),
        ({"assets": (Asset(key="B02", href="s3://bucket/B02.tif", band="B02"),)}, "store that wants keys"),
        ({"assets": (Asset(key="SCL", href="https://x.org/SCL.tif", band="SCL"),)}, "lists no band"),
    ],
)
def test_items_that_cannot_be_read_say_why(tmp_path, change, problem):
    one = msgspec.structs.replace(item("https://x.org", "sentinel-2b", "multispectral", {}), **change)
    with pytest.raises(PictureError, match=problem):
        read_item(one, PLACES, tmp_path / "X1", Access(network=None, sign=lambda href, _: href))
