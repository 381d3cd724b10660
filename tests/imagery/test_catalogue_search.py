"""Searching catalogues that answer well, badly and without end, on a real server on loopback."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

import catalogue_answers as made
from loopback import serving
from offing.errors import CaseFileError, NetworkError
from offing.imagery.catalogue import paging
from offing.imagery.catalogue.catalogues import BUILT_IN, Keys, catalogue, collections_for, keys_of
from offing.imagery.catalogue.search import search
from offing.imagery.catalogue.signing import Signer, container
from offing.network import open_network

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def network():
    with open_network(timeout_s=5.0, retries=1, pause=lambda seconds: None) as opened:
        yield opened


def front(url, method="POST"):
    return {"type": "Catalog", "id": "x", "links": [{"rel": "search", "href": f"{url}/search", "method": method}]}


class Api:
    """A STAC API of these items that pages by number, as token in the body of the next link."""

    def __init__(self, items, size=10, method="POST", **changes):
        self.items, self.size, self.method, self.changes = items, size, method, changes

    def __call__(self, asked):
        url = f"http://{asked.headers['Host']}"
        if urlsplit(asked.path).path in ("/", ""):
            return asked.reply(json.dumps(front(url, self.method)).encode())
        if asked.method == "POST":
            said = json.loads(asked.body)
            begin = int(said.get("token", 0))
        else:
            said = {k: v[0] for k, v in parse_qs(urlsplit(asked.path).query).items()}
            begin = int(said.get("token", 0))
        end = begin + self.size
        following = None
        if end < len(self.items):
            following = {"rel": "next", "href": f"{url}/search", "method": "POST", "body": {**said, "token": end}}
            if self.method == "GET":
                following = {"rel": "next", "href": f"?token={end}"}
        answer = made.page(self.items[begin:end], len(self.items), following) | self.changes
        return asked.reply(json.dumps(answer).encode())


def found(answer, network, **changes):
    with serving(answer) as server:
        found.server = server
        return search(made.query(server.url, **changes), network, clock=lambda: made.NOW)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_all_pages_are_read(network, method):
    items = [made.earth_search_s2(n) for n in range(20)] + [made.sentinel_1(n) for n in range(15)]
    result = found(Api(items, method=method), network)
    assert (result.answer.complete, result.answer.stopped, result.answer.notes) == (True, None, ())
    assert (result.answer.matched, result.answer.listed, len(result.items)) == (35, 35, 35)
    assert [i.time for i in result.items] == sorted(i.time for i in result.items)
    assert result.answer.asked == made.NOW
    assert result.answer.url == f"{found.server.url}/search"
    assert len(found.server.asked) == 1 + 4


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_what_is_asked_is_what_pystac_client_asks(network, method):
    from pystac_client.item_search import ItemSearch

    found(Api([], method=method), network)
    sent = found.server.asked[1]
    said = (
        json.loads(sent.body) if method == "POST" else {k: v[0] for k, v in parse_qs(urlsplit(sent.path).query).items()}
    )
    shape = said["intersects"] if method == "POST" else json.loads(said["intersects"])
    theirs = ItemSearch(
        url="http://x.example/search", method=method, limit=100, intersects=shape, collections=list(made.COLLECTIONS),
        datetime=[made.SPAN.start, made.SPAN.end],
    ).get_parameters()  # fmt: skip
    if method == "GET":
        theirs = {key: str(value) for key, value in theirs.items()} | {"intersects": said["intersects"]}
    assert said == json.loads(json.dumps(theirs))


def test_pystac_client_finds_the_same_items(network):
    from pystac_client.item_search import ItemSearch

    items = [made.earth_search_s2(n) for n in range(25)]
    with serving(Api(items)) as server:
        ours = search(made.query(server.url), network, clock=lambda: made.NOW)
        theirs = ItemSearch(f"{server.url}/search", method="POST", collections=list(made.COLLECTIONS))
        assert {i.item for i in ours.items} == {i["id"] for i in theirs.items_as_dicts()}


def test_a_catalogue_that_lies_about_its_count(network):
    items = [made.earth_search_s2(n) for n in range(12)]
    more = found(Api(items, numberMatched=500), network).answer
    assert (more.complete, more.stopped) == (False, "it says that there are 500 and gave 12")
    less = found(Api(items, numberMatched=3), network).answer
    assert less.complete
    assert less.notes == ("it says that there are 3 and gave 12",)
    assert found(Api(items, numberMatched="many"), network).answer.matched is None


def test_a_page_that_leads_to_itself(network):
    def answer(asked):
        url = f"http://{asked.headers['Host']}"
        link = {"rel": "next", "href": f"{url}/search?page=2"}
        body = front(url) if asked.path == "/" else made.page([made.earth_search_s2(1)], following=link)
        asked.reply(json.dumps(body).encode())

    result = found(answer, network)
    assert result.answer.stopped == "its next page is one that it gave before"
    assert (len(result.items), len(found.server.asked)) == (1, 3)


@pytest.mark.parametrize(("items", "reason"), [(1, "repeat what it listed"), (0, "in a row were empty")])
def test_pages_without_end(network, items, reason):
    def answer(asked):
        url = f"http://{asked.headers['Host']}"
        link = {"rel": "next", "href": f"{url}/search?n={len(asked.path)}&{'x' * len(asked.path)}"}
        body = front(url) if asked.path == "/" else made.page([made.earth_search_s2(1)] * items, following=link)
        asked.reply(json.dumps(body).encode())

    result = found(answer, network)
    assert reason in result.answer.stopped
    assert not result.answer.complete
    assert len(found.server.asked) < 10


def test_items_without_end(network, monkeypatch):
    monkeypatch.setattr(paging, "MOST_ITEMS", 50)
    monkeypatch.setattr("offing.imagery.catalogue.search.MOST_ITEMS", 50)
    count = iter(range(10_000))

    def answer(asked):
        url = f"http://{asked.headers['Host']}"
        items = [made.sentinel_1(next(count)) for _ in range(20)]
        body = (
            front(url)
            if asked.path == "/"
            else made.page(items, following={"rel": "next", "href": f"?t={items[0]['id']}"})
        )
        asked.reply(json.dumps(body).encode())

    result = found(answer, network)
    assert "more than 50 items" in result.answer.stopped
    assert (result.answer.listed, len(result.items)) == (50, 50)


def test_an_answer_of_any_size_is_cut(network, monkeypatch):
    monkeypatch.setattr(paging, "PAGE_BYTES", 200_000)

    def answer(asked):
        if asked.path == "/":
            return asked.reply(json.dumps(front(f"http://{asked.headers['Host']}")).encode())
        asked.wire.write(b'HTTP/1.0 200 OK\r\n\r\n{"features": [')
        while True:
            asked.wire.write(b'{"id": "a"},' * 1000)

    result = found(answer, network)
    assert result.answer.stopped == "its answer is larger than 200,000 bytes"


def test_what_is_read_of_one_query_is_bounded_in_bytes_memory_and_time(network, monkeypatch):
    items = [made.earth_search_s2(n) for n in range(30)]
    monkeypatch.setattr(paging, "QUERY_BYTES", 150_000)
    assert "its pages are larger than 150,000" in found(Api(items), network).answer.stopped
    monkeypatch.undo()
    monkeypatch.setattr("offing.imagery.catalogue.search.KEPT_BYTES", 50_000)
    result = found(Api(items), network)
    assert "larger than can be kept" in result.answer.stopped
    assert 0 < len(result.items) < 30
    monkeypatch.undo()
    minutes = iter(range(0, 1000, 16))
    with serving(Api(items)) as server:
        moving = search(made.query(server.url), network, clock=lambda: made.NOW + timedelta(minutes=next(minutes)))
    assert moving.answer.stopped == "it took longer than 30 minutes"
    assert len(moving.items) == 10


def test_a_later_page_that_fails_keeps_what_came_before(network):
    items = [made.earth_search_s2(n) for n in range(30)]
    api = Api(items)

    def answer(asked):
        if asked.method == "POST" and b'"token":20' in asked.body.replace(b" ", b""):
            return asked.reply(b"down", status=503)
        return api(asked)

    result = found(answer, network)
    assert len(result.items) == 20
    assert result.answer.stopped == "it answers with an error (status 503); try again later"


def test_a_link_to_a_private_address_is_refused(network):
    with serving(lambda asked: asked.reply(b"{}")) as private:

        def answer(asked):
            url = f"http://{asked.headers['Host']}"
            link = {"rel": "next", "href": f"{private.url}/admin"}
            body = front(url) if asked.path == "/" else made.page([made.earth_search_s2(1)], following=link)
            asked.reply(json.dumps(body).encode())

        result = found(answer, network)
        assert "private or reserved" in result.answer.stopped
        assert f"{private.url}/admin" in result.answer.stopped
        assert len(result.items) == 1
        assert private.asked == []


def test_items_that_were_not_asked_for_are_left_out_and_counted(network):
    elsewhere = made.earth_search_s2(3)
    elsewhere["geometry"] = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}
    bow = made.earth_search_s2(6)
    bow["geometry"]["coordinates"] = [[[131, 42], [133, 44], [133, 42], [131, 44], [131, 42]]]
    items = [
        made.earth_search_s2(1), made.earth_search_s2(1), elsewhere,
        made.earth_search_s2(4, datetime="2031-01-01T00:00:00Z"),
        made.earth_search_s2(5, datetime="2024-09-01T00:00:00Z"),
        made.earth_search_s2(7, datetime="2024-11-01T00:00:00Z"),
        made.sentinel_1(8, collection="other"), bow, 5, None, {"id": []}, "x",
    ]  # fmt: skip
    result = found(Api(items, size=100, numberMatched=None), network)
    assert result.answer.complete
    assert result.answer.notes == (
        "1 left out: in the future", "1 left out: listed twice", "1 left out: of other collections than asked for",
        "1 left out: outside the place asked for", "1 left out: outside the time asked for",
        "1 left out: unreadable", "3 left out: without a name",
        "1 with outline mended",
    )  # fmt: skip
    assert {i.item for i in result.items} == {items[0]["id"], bow["id"]}
    assert result.answer.listed == 12


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"", "no JSON"), (b"<html>", "no JSON"), (b"[]", "no items"), (b"{}", "no items"),
     (b'{"features": 5}', "no items"), (b'{"features": {"a": 1}}', "no items"),
     (b'{"features": [' + b"[" * 50_000, "no JSON"), (b"\xff\xfe{}", "no JSON"),
     (b'{"features": null, "links": 5}', "no items")],
)  # fmt: skip
def test_answers_that_are_no_page(network, body, reason):
    def answer(asked):
        asked.reply(json.dumps(front(f"http://{asked.headers['Host']}")).encode() if asked.path == "/" else body)

    result = found(answer, network)
    assert reason in result.answer.stopped
    assert result.items == ()


@pytest.mark.parametrize("links", [5, None, "x", [5], [{"rel": 5}], [{"rel": "next"}], [{"rel": "next", "href": 5}],
                                   [{"rel": "next", "href": "file:///etc/passwd"}], {"rel": "next"},
                                   [{"rel": "next", "href": "http://["}],
                                   [{"rel": "next", "href": "?x", "method": "DELETE"}]])  # fmt: skip
def test_links_of_any_shape(network, links):
    result = found(Api([made.earth_search_s2(1)], links=links), network)
    assert len(result.items) == 1
    assert result.answer.complete or "next page cannot be followed" in result.answer.stopped


def test_nan_in_a_page_is_null(network):
    item = made.earth_search_s2(1)
    item["properties"]["eo:cloud_cover"] = float("nan")
    result = found(Api([item]), network)
    assert result.answer.complete
    assert result.items[0].cloud is None


def test_a_catalogue_without_search(network):
    result = found(lambda asked: asked.reply(b'{"type": "Catalog", "links": [{"rel": "child", "href": "x"}]}'), network)
    assert result.answer.stopped == "its front page names no search; give the address of a STAC API"


def test_a_catalogue_that_is_not_there(network):
    with serving(lambda asked: None) as server:
        query = made.query(server.url)
    answer = search(query, network, clock=lambda: made.NOW).answer
    assert (answer.complete, answer.listed) == (False, 0)
    assert answer.stopped == "the connection failed; check the network and try again"


def test_the_antimeridian_is_asked_in_two_parts(network):
    item = made.earth_search_s2(1)
    item["geometry"]["coordinates"] = [[[179.5, 64], [-179.5, 64], [-179.5, 66], [179.5, 66], [179.5, 64]]]
    result = found(Api([item]), network, place=(179.99, 65.0, 3000.0))
    assert json.loads(found.server.asked[1].body)["intersects"]["type"] == "MultiPolygon"
    assert [len(i.outline) for i in result.items] == [2]


KEYS = Keys(planet="s3cret-key")


def planet_search(server, network, keys=KEYS):
    source = replace(BUILT_IN["planet"], search_url=f"{server.url}/data/v1/quick-search")
    network.allow(server.url)
    asked = made.query("planet", collections=source.collections)
    return search(asked, network, clock=lambda: made.NOW, keys=keys, source=source)


def test_planet(network):
    def answer(asked):
        url = f"http://{asked.headers['Host']}"
        number = int(parse_qs(urlsplit(asked.path).query).get("page", ["0"])[0])
        features = [made.planet_item(number * 2 + i) for i in range(2)] if number < 3 else []
        links = {"_self": url, "_next": f"{url}/data/v1/searches/x/results?page={number + 1}"}
        asked.reply(json.dumps({"type": "FeatureCollection", "features": features, "_links": links}).encode())

    with serving(answer) as server:
        result = planet_search(server, network)
    assert result.answer.complete
    assert len(result.items) == 6
    assert {i.cost for i in result.items} == {"bought"}
    first = server.asked[0]
    assert {a.headers["Authorization"] for a in server.asked} == {"Basic czNjcmV0LWtleTo="}
    assert json.loads(first.body)["item_types"] == ["PSScene", "SkySatCollect"]
    assert json.loads(first.body)["filter"]["config"][1]["config"] == {
        "gte": "2024-10-01T00:00:00Z", "lt": "2024-11-01T00:00:00Z"
    }  # fmt: skip


def test_the_key_reaches_no_other_host_and_no_answer(network):
    with serving(lambda asked: asked.reply(b"{}")) as other:
        network.allow(other.url)

        def answer(asked):
            links = {"_next": f"{other.url}/results"}
            asked.reply(json.dumps({"features": [made.planet_item()], "_links": links}).encode())

        with serving(answer) as server:
            result = planet_search(server, network)
        assert "another host" in result.answer.stopped
        assert other.asked == []
    with serving(lambda asked: asked.reply(b"bad key s3cret-key", status=400)) as server:
        result = planet_search(server, network)
    assert "status 400" in result.answer.stopped
    assert "s3cret" not in repr((result, KEYS, str(KEYS)))


def test_planet_without_a_key_is_an_answer(network):
    with serving(lambda asked: asked.reply(b"{}")) as server:
        result = planet_search(server, network, Keys())
    assert "PL_API_KEY" in result.answer.stopped
    assert server.asked == []


def test_catalogues_by_name():
    assert catalogue("Earth-Search").name == "earth-search"
    assert catalogue("https://earth-search.aws.element84.com/v1/") is BUILT_IN["earth-search"]
    assert catalogue("http://127.0.0.1:8080/stac/").name == "127.0.0.1:8080/stac"
    with pytest.raises(CaseFileError, match="holds a query"):
        catalogue("http://127.0.0.1:8080/stac/?key=s3cret")
    with pytest.raises(CaseFileError, match="did you mean"):
        catalogue("earthsearch")
    with pytest.raises(NetworkError):
        catalogue("ftp://x.example")
    assert collections_for(BUILT_IN["planet"], ("sentinel-2-l2a",)) is None
    assert collections_for(BUILT_IN["planet"], ("sentinel-2-l2a", "PSScene")) == ("PSScene",)
    assert keys_of({"PL_API_KEY": " k ", "PC_SDK_SUBSCRIPTION_KEY": ""}) == Keys(planet="k")


def test_blobs_are_signed_once_for_each_container(network):
    now = [made.NOW]
    until = made.NOW + timedelta(hours=1)

    def answer(asked):
        asked.reply(json.dumps({"msft:expiry": until.isoformat(), "token": f"sig=s3cret{len(server.asked)}"}).encode())

    blob = "https://sentinel1euwest.blob.core.windows.net/s1-grd/a/b.tif"
    with serving(answer) as server:
        network.allow(server.url)
        signer = Signer(network, lambda: now[0], Keys(planetary_computer="k"), tokens=f"{server.url}/token")
        assert signer.signed(blob, "planetary-computer") == f"{blob}?sig=s3cret1"
        assert signer.signed(blob.replace("b.tif", "c.tif"), "planetary-computer").endswith("c.tif?sig=s3cret1")
        assert signer.signed(blob, "earth-search") == blob
        assert signer.signed("https://x.example/a.tif", "planetary-computer") == "https://x.example/a.tif"
        now[0] = until - timedelta(minutes=4)
        assert signer.signed(blob, "planetary-computer").endswith("sig=s3cret2")
        now[0] = until
        with pytest.raises(NetworkError, match="no token"):
            signer.signed(blob, "planetary-computer")
    assert server.asked[0].path == "/token/sentinel1euwest/s1-grd"
    assert server.asked[0].headers["Ocp-Apim-Subscription-Key"] == "k"
    assert container("https://evil.example/.blob.core.windows.net/a") is None
    assert container("https://a.blob.core.windows.net/../x") is None
