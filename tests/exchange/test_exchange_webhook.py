"""The webhook against a real server on loopback: what is sent, what counts as taken, and what is never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from loopback import serving
from offing.case.change_model import Change
from offing.case.told import Message
from offing.errors import NetworkError, OffingError
from offing.exchange.webhook import MOST_CHANGES, Webhook, document
from offing.network import open_network

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

SECRET = "T0PS3CRET"


def message(count: int = 2) -> Message:
    changes = tuple(
        Change(
            kind="verdict", subject="c/destination", text=f"sentence {n}", before="consistent", after="corroborated",
            evidence=("look:a",), simulated=n == 1,
        )
        for n in range(count)
    )  # fmt: skip
    return Message(
        id="urn:uuid:1", time=datetime(2026, 11, 22, 6, tzinfo=UTC), feed="urn:uuid:0", case="A case", changes=changes
    )


@pytest.fixture
def network():
    with open_network(timeout_s=5.0, pause=lambda _: None) as opened:
        yield opened


def test_what_is_sent(network) -> None:
    with serving(lambda asked: asked.reply(b"ok", 202)) as server:
        Webhook(network, f"{server.url}/hook?key={SECRET}").tell(message())
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", f"/hook?key={SECRET}")
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Idempotency-Key"] == "urn:uuid:1"
    sent = json.loads(asked.body)
    assert sent.pop("offing")
    assert sent == {
        "id": "urn:uuid:1",
        "time": "2026-11-22T06:00:00Z",
        "case": "A case",
        "simulated": True,
        "text": "sentence 0\nsentence 1",
        "changes": [
            {
                "kind": "verdict", "subject": "c/destination", "text": f"sentence {n}", "before": "consistent",
                "after": "corroborated", "evidence": ["look:a"], "simulated": n == 1,
            }
            for n in range(2)
        ],
    }  # fmt: skip


def test_a_vast_message_is_cut_and_says_so() -> None:
    sent = document(message(MOST_CHANGES + 7))
    assert len(sent["changes"]) == MOST_CHANGES  # type: ignore[arg-type]
    assert str(sent["text"]).endswith("\nand 7 more")


def elsewhere(asked) -> None:
    asked.reply(b"", 303, Location="/login") if asked.method == "POST" else asked.reply(b"please log in")


FAILURES = {
    "an error": lambda asked: asked.reply(SECRET.encode(), 500),
    "no such page": lambda asked: asked.reply(SECRET.encode(), 404),
    "a redirect to a login page": elsewhere,
    "an endless answer": lambda asked: asked.reply(b"x" * 2_000_000),
    "half an answer": lambda asked: asked.reply(b"x", length=100),
}


@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES)
def test_what_is_not_taken_is_an_error_that_shows_no_secret(network, answer) -> None:
    with serving(answer) as server, pytest.raises(NetworkError) as caught:
        Webhook(network, f"{server.url}/{SECRET}/hook?key={SECRET}").tell(message())
    said = str(caught.value)
    assert "the webhook at 127.0.0.1" in said
    assert SECRET not in said
    assert len([asked for asked in server.asked if asked.method == "POST"]) == 1, "not sent twice in one go"


def test_a_server_that_is_not_there_is_an_error_that_shows_no_secret(network) -> None:
    with serving(lambda asked: None) as server:
        url = f"{server.url}/{SECRET}"
    with pytest.raises(NetworkError) as caught:
        Webhook(network, url).tell(message())
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        SECRET,
        f"ftp://h/{SECRET}",
        f"https:///{SECRET}",
        f"https://u:{SECRET}@h/",
        f"https://[{SECRET}/",
        "https://h:99999/",
    ],
)
def test_an_address_that_is_none_is_refused_without_showing_it(network, url) -> None:
    with pytest.raises(OffingError, match="address of the webhook is none") as caught:
        Webhook(network, url)
    assert SECRET not in str(caught.value)
