"""A window of a remote file is what rasterio reads of the whole file, for a small part of its bytes."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import rasterio
from remote_parts import Parts

from offing.errors import GeometryError, NetworkError, PictureError
from offing.geo import LonLat, circle
from offing.imagery.remote.cache import PartCache
from offing.imagery.remote.content import Content
from offing.imagery.remote.model import Limits, Purse
from offing.imagery.remote.tiff import open_remote
from offing.imagery.remote.windows import read_window
from remote_scenes import LAT, LON, UTM, middle

PLACES = circle(LonLat(lon=LON, lat=LAT), 3000.0)
pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


def window(network, url, cache=None, limits=None, places=PLACES):
    """(window, what it cost)."""
    purse = Purse(limits or Limits())
    with open_remote(Content(network, url, purse, cache)) as remote:
        return read_window(remote, "B02", places), purse.spent


def test_window_equals_the_same_window_of_the_file(cog, served, tmp_path):
    answer = Parts(cog.read_bytes())
    server, network = served(answer)
    found, spent = window(network, f"{server.url}/B02.tif")
    box = found.box
    with rasterio.open(cog) as whole:
        expected = whole.read(1)[box.row0 : box.row1, box.col0 : box.col1]
        assert (found.transform.c, found.transform.f) == whole.xy(box.row0, box.col0, offset="ul")
    assert np.array_equal(found.numbers, expected)
    assert 600 <= box.width <= 610
    assert spent.bytes == answer.sent
    assert spent.requests == len(server.asked) <= 6
    assert spent.bytes < 0.2 * len(answer.data)


def test_cached_blocks_are_not_asked_for_again_and_give_the_same(cog, served, tmp_path):
    server, network = served(Parts(cog.read_bytes()))
    cache = PartCache(tmp_path)
    first, cost = window(network, f"{server.url}/B02.tif?sig=secret", cache)
    again, free = window(network, f"{server.url}/B02.tif?sig=another", cache)
    assert np.array_equal(first.numbers, again.numbers)
    assert first.sha256 == again.sha256
    assert free.requests == 1  # what it is has to be asked each time
    assert 0 <= cost.bytes - free.bytes - free.cached_bytes < 1000  # a few bytes lie between blocks
    assert not any("secret" in str(path) for path in tmp_path.rglob("*"))


def test_a_new_file_at_the_same_address_is_not_answered_from_the_cache(cog, served, tmp_path):
    answer = Parts(cog.read_bytes())
    server, network = served(answer)
    cache = PartCache(tmp_path)
    window(network, f"{server.url}/B02.tif", cache)
    answer.etag = '"two"'
    assert window(network, f"{server.url}/B02.tif", cache)[1].cached_bytes == 0


def test_without_a_validator_nothing_is_cached(cog, served, tmp_path):
    server, network = served(Parts(cog.read_bytes(), etag=None))
    cache = PartCache(tmp_path)
    window(network, f"{server.url}/B02.tif", cache)
    assert window(network, f"{server.url}/B02.tif", cache)[1].cached_bytes == 0


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:40] + b"x" + b[41:], lambda b: b""])
def test_torn_parts_of_the_cache_are_read_anew(cog, served, tmp_path, damage):
    server, network = served(Parts(cog.read_bytes()))
    cache = PartCache(tmp_path)
    first, cost = window(network, f"{server.url}/B02.tif", cache)
    for path in tmp_path.glob("parts/*/*/*"):
        path.write_bytes(damage(path.read_bytes()))
    again, spent = window(network, f"{server.url}/B02.tif", cache)
    assert np.array_equal(first.numbers, again.numbers)
    assert spent == cost


def test_cache_stays_within_its_size_and_lets_the_oldest_go(tmp_path):
    import os

    cache = PartCache(tmp_path, most_bytes=2500)
    for number in range(4):
        cache.put("c" * 64, 1000 * number, bytes(1000))
        os.utime(tmp_path / "parts" / "cc" / ("c" * 64) / f"{1000 * number}-{1000 * number + 1000}", (number, number))
    cache.trim()
    kept = [cache.get("c" * 64, 1000 * n, 1000 * n + 1000) is not None for n in range(4)]
    assert kept == [False, False, True, True]


def test_budget_of_bytes_and_requests_ends_reading(cog, served):
    server, network = served(Parts(cog.read_bytes()))
    with pytest.raises(NetworkError, match=r"more than 0 MB would be read.*--max-mb"):
        window(network, f"{server.url}/B02.tif", limits=Limits(most_bytes=300_000))
    with pytest.raises(NetworkError, match="more than 2 requests"):
        window(network, f"{server.url}/B02.tif", limits=Limits(most_requests=2))


def test_a_place_outside_is_told(cog, served):
    server, network = served(Parts(cog.read_bytes()))
    with pytest.raises(GeometryError, match="shows nothing of the site"):
        window(network, f"{server.url}/B02.tif", places=circle(LonLat(lon=10.0, lat=50.0), 3000.0))


def test_cache_of_several_writers_gives_the_right_bytes_or_none(tmp_path):
    """Writers, readers and the one who tidies up, all at once."""
    parts = {number: bytes([number]) * 5000 for number in range(6)}

    def work(number):
        cache = PartCache(tmp_path, most_bytes=12_000)
        for turn in range(20):
            n = (number + turn) % 6
            cache.put("d" * 64, n * 5000, parts[n])
            found = cache.get("d" * 64, n * 5000, n * 5000 + 5000)
            assert found in (None, parts[n])
            if turn % 5 == number:
                cache.trim()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(work, number) for number in range(4)]:
            done.result()
    assert not list(tmp_path.rglob(".*"))


def test_jpeg_2000_is_read_in_part_too(served, tmp_path):
    size = 2048
    x, y = middle()
    numbers = np.random.default_rng(5).integers(1, 9000, (size, size), np.uint16)
    path = tmp_path / "B02.jp2"
    with rasterio.open(
        path, "w", driver="JP2OpenJPEG", width=size, height=size, count=1, dtype="uint16", crs=UTM, REVERSIBLE="YES",
        QUALITY="100", BLOCKXSIZE=256, BLOCKYSIZE=256, TLM="YES",
        transform=rasterio.Affine(10, 0, x - size * 5, 0, -10, y + size * 5),
    ) as out:  # fmt: skip
        out.write(numbers, 1)
    answer = Parts(path.read_bytes())
    server, network = served(answer)
    found, spent = window(network, f"{server.url}/B02.jp2", places=circle(LonLat(lon=LON, lat=LAT), 1000.0))
    box = found.box
    assert np.array_equal(found.numbers, numbers[box.row0 : box.row1, box.col0 : box.col1])
    assert spent.bytes < 0.5 * len(answer.data)


class Changing(Parts):
    def __call__(self, asked):
        super().__call__(asked)
        self.etag = '"another"'


class Whole(Parts):
    def __call__(self, asked):
        asked.reply(self.data)


class Shifted(Parts):
    def give(self, asked, first, last, size, part, **more):
        super().give(asked, first + (first > 0), last + (first > 0), size, part)


class Short(Parts):
    def give(self, asked, first, last, size, part, **more):
        asked.reply(part[: len(part) // 2], 206, Content_Range=f"bytes {first}-{last}/{size}")


class Growing(Parts):
    def give(self, asked, first, last, size, part, **more):
        super().give(asked, first, last, size + first, part)


class Unsized(Parts):
    def give(self, asked, first, last, size, part, **more):
        super().give(asked, first, last, "*", part)


class Away(Parts):
    def __call__(self, asked):
        asked.reply(b"", 302, Location="http://169.254.169.254/latest/meta-data")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Changing, PictureError, "changed while it was read"),
        (Whole, NetworkError, "does not give parts of files"),
        (Shifted, NetworkError, "does not give the part of the file"),
        (Short, NetworkError, "does not give the part of the file"),
        (Growing, PictureError, "changed while it was read"),
        (Unsized, NetworkError, "does not give the part of the file"),
        (Away, NetworkError, "is not asked"),
    ],
)
def test_servers_that_misbehave_get_one_clear_error(cog, served, answer, error, words):
    server, network = served(answer(cog.read_bytes()))
    with pytest.raises(error, match=words) as caught:
        window(network, f"{server.url}/B02.tif?sig=secret")
    assert "secret" not in str(caught.value)


def cut(data):
    return data[: len(data) // 3]


def zeroed(data):
    return data[:100_000] + bytes(len(data) - 100_000)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut, "cannot be read"),
        (zeroed, "cannot be read"),
        (lambda data: data[:8] + bytes(len(data) - 8), "cannot be read"),
        (lambda data: b"<VRTDataset/>" + data, "is no GeoTIFF"),
        (lambda data: b"<html>no such blob</html>", "is no GeoTIFF"),
        (lambda data: b"", "416|part of the file|empty"),
    ],
)
def test_damaged_files_get_one_clear_error(cog, served, damage, words):
    server, network = served(Parts(damage(cog.read_bytes())))
    with pytest.raises((PictureError, NetworkError), match=words):
        window(network, f"{server.url}/B02.tif")


def test_absurd_sizes_are_refused_before_they_are_read(served, tmp_path):
    path = tmp_path / "huge.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=400_000,
        height=400_000,
        count=1,
        dtype="uint16",
        tiled=True,
        blockxsize=4096,
        blockysize=4096,
        sparse_ok=True,
        compress="deflate",
        BIGTIFF="YES",
        crs="EPSG:32653",
        transform=rasterio.Affine(1, 0, 300000, 0, -1, 4900000),
    ):
        pass  # fmt: skip
    server, network = served(Parts(path.read_bytes()))
    with pytest.raises(PictureError, match="holds next to none of them"):
        window(network, f"{server.url}/huge.tif")
