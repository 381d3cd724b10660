"""The guarded network against a real server on loopback that behaves badly."""

import gzip
import shutil
import ssl
import subprocess
import tracemalloc

import pytest

from loopback import serving
from offing.network import NetworkError, open_network, shown

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def made():
    """Networks that are closed after the test, and what they waited."""
    opened, waits = [], []

    def make(*servers, **options):
        options.setdefault("pause", waits.append)
        network = open_network(allow=[s.url for s in servers], timeout_s=5.0, **options)
        opened.append(network)
        return network

    make.waits = waits
    yield make
    for network in opened:
        network.close()


def test_an_answer_comes_whole(made):
    def answer(asked):
        asked.reply(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip", X_Thing="yes")

    with serving(answer) as server:
        reply = made(server).get(f"{server.url}/a?b=1", params={"c": "ü&"}, headers={"Accept": "application/json"})
    assert (reply.status, reply.json(), reply.headers["x-thing"]) == (200, {"a": 1}, "yes")
    assert server.asked[0].path == "/a?b=1&c=%C3%BC%26"
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


def test_a_private_address_is_refused_unless_the_user_named_it(made):
    with serving(lambda asked: asked.reply(b"secret")) as server:
        with pytest.raises(NetworkError, match="private or reserved"):
            made().get(server.url)
        with pytest.raises(NetworkError, match="private or reserved"):
            made(resolve=lambda host, port: ["127.0.0.1"]).get(f"http://public.example:{server.port}/")
        assert server.asked == []
        assert made(server).get(server.url).body == b"secret"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_a_private_address_is_refused(made, status):
    with (
        serving(lambda asked: asked.reply(b"secret")) as private,
        serving(lambda asked: asked.reply(status=status, Location=f"{private.url}/x")) as server,
    ):
        with pytest.raises(NetworkError, match="private or reserved"):
            made(server).get(server.url)
        assert private.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(made):
    """A host that answers first with a public and then with a private address gains nothing."""
    answers = iter([["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]])
    asked_for = []

    def resolve(host, port):
        asked_for.append(host)
        return next(answers)

    with serving(lambda asked: asked.reply(b"x")) as server:
        named = f"http://rebinding.example:{server.port}/"
        network = made(resolve=resolve)
        network.allow(named)
        assert network.get(named).body == b"x"
    assert asked_for == ["rebinding.example"]
    assert server.asked[0].headers["Host"] == f"rebinding.example:{server.port}"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"]
)
def test_private_addresses_in_any_spelling_are_refused(made, host):
    with pytest.raises(NetworkError, match="private or reserved"):
        made().get(f"http://{host}:9/")


@pytest.mark.parametrize(
    "url",
    [
        "http://public.example\\@127.0.0.1/",
        "http://a b/",
        "http://a%00b/",
        "http://:80/",
        "http://x:99999/",
        "//127.0.0.1/",
        "http://u@127.0.0.1/",
        "gopher://127.0.0.1/",
    ],
)
def test_addresses_that_two_readers_could_take_for_two_hosts_are_refused(made, url):
    with pytest.raises(NetworkError):
        made(resolve=lambda host, port: ["127.0.0.1"]).get(url)


def test_one_private_answer_among_public_ones_refuses_the_host(made):
    with pytest.raises(NetworkError, match="private or reserved"):
        made(resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"]).get("http://mixed.example/")


def test_redirects_end(made):
    with (
        serving(lambda asked: asked.reply(status=302, Location=asked.path + "x")) as server,
        pytest.raises(NetworkError, match="more than 5 times"),
    ):
        made(server).get(f"{server.url}/")
    assert len(server.asked) == 6


@pytest.mark.parametrize("target", ["ftp://x.example/", "file:///etc/passwd", "http://u:p@127.0.0.1/", "http:///x"])
def test_other_schemes_and_credentials_are_refused(made, target):
    with serving(lambda asked: asked.reply(status=302, Location=target)) as server:
        with pytest.raises(NetworkError):
            made(server).get(server.url)
        with pytest.raises(NetworkError):
            made(server).get(target)


def test_keys_do_not_travel_to_another_host(made):
    with (
        serving(lambda asked: asked.reply(b"other")) as other,
        serving(lambda asked: asked.reply(status=302, Location=f"{other.url}/x")) as server,
    ):
        keys = {"Authorization": "api-key s3cret", "Cookie": "s3cret", "X-Key": "s3cret", "Range": "bytes=0-4"}
        assert made(server, other).get(server.url, headers=keys).body == b"other"
    assert "s3cret" in server.asked[0].headers["X-Key"]
    assert "s3cret" not in str(other.asked[0].headers)
    assert other.asked[0].headers["Range"] == "bytes=0-4"


def test_what_is_posted_does_not_travel_to_another_host(made):
    with (
        serving(lambda asked: asked.reply(b"other")) as other,
        serving(lambda asked: asked.reply(status=307, Location=f"{other.url}/x")) as server,
    ):
        with pytest.raises(NetworkError, match="another host"):
            made(server, other).post(server.url, json={"a": 1}, search=True)
        assert other.asked == []


def test_a_bomb_is_not_unpacked(made):
    bomb = gzip.compress(bytes(60_000_000), 1)
    with serving(lambda asked: asked.reply(bomb, Content_Encoding="gzip")) as server:
        network = made(server)
        tracemalloc.start()
        with pytest.raises(NetworkError, match="larger than 1,000,000 bytes"):
            network.get(server.url, most_bytes=1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize("chunked", [False, True])
def test_an_endless_body_ends(made, chunked):
    def answer(asked):
        head = b"Transfer-Encoding: chunked\r\n" if chunked else b""
        asked.wire.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        while True:
            asked.wire.write(b"1000\r\n" + b"x" * 4096 + b"\r\n" if chunked else b"x" * 4096)

    with serving(answer) as server, pytest.raises(NetworkError, match="larger than 300,000 bytes"):
        made(server).get(server.url, most_bytes=300_000)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_a_slow_answer_ends_at_the_deadline(made, head):
    """A byte now and then keeps every single wait short; the whole is ended all the same, in body and header."""
    times = iter(range(10_000))

    def answer(asked):
        asked.wire.write(head)
        while True:
            asked.wire.write(b"x")
            asked.wire.flush()

    with serving(answer) as server, pytest.raises(NetworkError, match="took longer than 20 s"):
        made(server, deadline_s=20.0, elapsed=lambda: float(next(times))).get(server.url)


def test_a_lying_length_is_a_torn_body_and_asked_again(made):
    bodies = iter([(b"abc", 10), (b"abcdef", None)])

    def answer(asked):
        body, length = next(bodies)
        asked.reply(body, length=length)

    with serving(answer) as server:
        network = made(server)
        assert network.get(server.url).body == b"abcdef"
    assert made.waits == [0.5]


def test_a_torn_gzip_body_is_an_error(made):
    packed = gzip.compress(b"abc" * 1000)
    with (
        serving(lambda asked: asked.reply(packed[:-9], Content_Encoding="gzip")) as server,
        pytest.raises(NetworkError, match="ends early"),
    ):
        made(server, retries=1).get(server.url)
    assert len(server.asked) == 2


def test_too_many_requests_waits_as_long_as_told(made):
    after = iter(["7", "Sun, 22 Nov 2026 10:00:30 GMT", "100000", None])

    def answer(asked):
        wait = next(after)
        if wait is None:
            asked.reply(b"ok")
            return
        asked.wire.write(b"HTTP/1.1 429 No\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\n")
        asked.wire.write(f"Retry-After: {wait}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())

    with serving(answer) as server:
        assert made(server).get(server.url).body == b"ok"
    assert made.waits == [7.0, 30.0, 60.0]


def test_retries_end_with_the_status(made):
    with (
        serving(lambda asked: asked.reply(b"overloaded", status=503)) as server,
        pytest.raises(NetworkError, match="status 503") as raised,
    ):
        made(server, retries=3).get(f"{server.url}/a?key=s3cret")
    assert made.waits == [0.5, 1.0, 2.0]
    assert raised.value.status == 503
    assert raised.value.detail == "overloaded"
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(("search", "times"), [(True, 5), (False, 1)])
def test_only_a_post_that_searches_is_repeated(made, search, times):
    with serving(lambda asked: asked.reply(status=500)) as server, pytest.raises(NetworkError):
        made(server).post(server.url, json={"a": [1]}, search=search)
    assert len(server.asked) == times
    assert server.asked[0].body == b'{"a":[1]}'


def test_a_client_error_is_not_repeated(made):
    with (
        serving(lambda asked: asked.reply(b"no such thing", status=404)) as server,
        pytest.raises(NetworkError, match="nothing at this address"),
    ):
        made(server).get(server.url)
    assert len(server.asked) == 1


def test_nobody_there(made):
    with serving(lambda asked: None) as server:
        network = made(server, retries=2)
    with pytest.raises(NetworkError, match="connection failed"):
        network.get(server.url)
    assert made.waits == [0.5, 1.0]
    with pytest.raises(NetworkError, match="not found"):
        made(resolve=lambda host, port: []).get("http://nowhere.example/")


def test_parts_of_files(made):
    whole = bytes(range(256)) * 4

    def answer(asked):
        first, last = (int(n) for n in asked.headers["Range"].removeprefix("bytes=").split("-"))
        part = whole[first : last + 1]
        span = f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
        if asked.path == "/shifted":
            span = f"bytes {first + 1}-{first + len(part)}/{len(whole)}"
        asked.reply(whole if asked.path == "/whole" else part, status=200 if asked.path == "/whole" else 206,
                    **({} if asked.path == "/whole" else {"Content_Range": span}))  # fmt: skip

    with serving(answer) as server:
        network = made(server)
        assert network.ranged(f"{server.url}/file", 10, 500) == whole[10:500]
        assert network.ranged(f"{server.url}/file", 1000, 2000) == whole[1000:]
        assert network.ranged(f"{server.url}/whole", 0, 5000) == whole
        with pytest.raises(NetworkError):
            network.ranged(f"{server.url}/shifted", 10, 500)
        with pytest.raises(NetworkError, match="larger than"):
            network.ranged(f"{server.url}/whole", 0, 5)
        with pytest.raises(NetworkError, match="does not give the part"):
            network.ranged(f"{server.url}/whole", 1, 5000)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for good.example and its key, made for this run."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl")
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", "key.pem", "-out", "cert.pem", "-days", "2", "-subj", "/CN=good.example",
               "-addext", "subjectAltName=DNS:good.example"]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder


def test_certificates_are_verified_for_the_host_that_was_asked(made, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    names = []
    tls.sni_callback = lambda sock, name, context: names.append(name)
    with serving(lambda asked: asked.reply(b"x"), tls) as server:
        urls = {host: f"https://{host}:{server.port}/" for host in ("good.example", "bad.example")}

        def network(**options):
            opened = made(resolve=lambda host, port: ["127.0.0.1"], retries=0, **options)
            for url in urls.values():
                opened.allow(url)
            return opened

        with pytest.raises(NetworkError, match="certificate"):
            network().get(urls["good.example"])
        trusting = network(certificates=certificate / "cert.pem")
        assert trusting.get(urls["good.example"]).body == b"x"
        with pytest.raises(NetworkError, match="certificate"):
            trusting.get(urls["bad.example"])
    assert names == ["good.example", "good.example", "bad.example"]


def test_a_slow_answer_over_tls_ends_at_the_deadline(made, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    times = iter(range(10_000))

    def answer(asked):
        asked.wire.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            asked.wire.write(b"x")

    with serving(answer, tls) as server:
        network = made(
            resolve=lambda host, port: ["127.0.0.1"], certificates=certificate / "cert.pem",
            deadline_s=30.0, elapsed=lambda: float(next(times)),
        )  # fmt: skip
        network.allow(f"https://good.example:{server.port}/")
        with pytest.raises(NetworkError, match="took longer than 30 s"):
            network.get(f"https://good.example:{server.port}/")


def test_https_is_not_left_for_http(made, certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with (
        serving(lambda asked: asked.reply(b"plain")) as plain,
        serving(lambda asked: asked.reply(status=302, Location=plain.url), tls) as server,
    ):
        network = made(plain, resolve=lambda host, port: ["127.0.0.1"], certificates=certificate / "cert.pem")
        network.allow(f"https://good.example:{server.port}/")
        with pytest.raises(NetworkError, match="from https to http"):
            network.get(f"https://good.example:{server.port}/")
        assert plain.asked == []


def test_environment_proxies_are_not_used(made, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with serving(lambda asked: asked.reply(b"x")) as server:
        assert made(server).get(server.url).body == b"x"


def test_headers_cannot_be_split(made):
    with serving(lambda asked: asked.reply(b"x")) as server, pytest.raises(NetworkError, match="cannot be sent"):
        made(server).get(server.url, headers={"X": "a\r\nHost: b"})


def test_addresses_are_shown_without_secrets():
    assert shown("https://u:p@host.example/a/b?sig=s#f") == "https://host.example/a/b"
    assert len(shown("https://host.example/" + "a" * 5000)) == 200
    assert "\n" not in shown("https://host.example/a\nb")
