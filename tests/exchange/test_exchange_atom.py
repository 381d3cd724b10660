"""The feed is valid Atom, holds each message once, and takes nothing on trust: not even its own file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.dom import minidom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.case.change_model import Change
from offing.case.told import Message
from offing.errors import CaseError
from offing.exchange.atom import MOST_ENTRIES, AtomFeed, Feed, entry_of, feed_bytes, plain, read_feed
from offing.timespan import parse_instant

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
FEED = "urn:uuid:00000000-0000-8000-8000-000000000000"
HOSTILE = "</title><script>alert(1)</script>&amp;\x00\x07\x1b[31m\u202eevil]]>\ud800\ufffe\n\n  & < \" '"


def message(number: int = 1, *texts: str, case: str = "A case", **said: object) -> Message:
    changes = tuple(
        Change(kind="verdict", subject="c/destination", text=t, before="consistent", after="corroborated", **said)  # type: ignore[arg-type]
        for t in (texts or (f"sentence {number}",))
    )
    name = f"urn:uuid:00000000-0000-8000-8000-{number:012d}"
    return Message(id=name, time=NOW + timedelta(hours=number), feed=FEED, case=case, changes=changes)


@pytest.fixture
def feed(tmp_path: Path) -> AtomFeed:
    return AtomFeed(tmp_path / "deep" / "news.atom")


def child_texts(node: minidom.Element, tag: str) -> list[str]:
    """The text of every child of that name, by another reader than the one that wrote it."""
    found = [c for c in node.childNodes if c.nodeType == c.ELEMENT_NODE and c.localName == tag]
    return ["".join(t.data for t in c.childNodes if t.nodeType == t.TEXT_NODE) for c in found]


def check_rfc4287(content: bytes) -> list[minidom.Element]:
    """What RFC 4287 demands of a feed (4.1.1) and its entries (4.1.2); gives the entries."""
    root = minidom.parseString(content).documentElement
    assert root is not None
    assert (root.localName, root.namespaceURI) == ("feed", "http://www.w3.org/2005/Atom")
    entries = [c for c in root.childNodes if c.nodeType == c.ELEMENT_NODE and c.localName == "entry"]
    for node in (root, *entries):
        for tag in ("id", "title", "updated"):
            (value,) = child_texts(node, tag)
            assert value.strip(), f"{tag} is mandatory, once"
        parse_instant(child_texts(node, "updated")[0])
        assert child_texts(node, "id")[0].startswith("urn:uuid:")
        assert len(child_texts(node, "author")) == (1 if node is root else 0), (
            "the feed's author is that of its entries"
        )
    assert len(root.getElementsByTagName("name")) == 1
    for entry in entries:
        assert len(child_texts(entry, "content")) == 1, "an entry without a link must have its content in it"
        for tag in ("title", "summary", "content"):
            (node,) = (c for c in entry.childNodes if c.nodeType == c.ELEMENT_NODE and c.localName == tag)
            assert node.getAttribute("type") == "text"
            assert all(c.nodeType == c.TEXT_NODE for c in node.childNodes), "text alone, no markup"
    ids = [child_texts(entry, "id")[0] for entry in entries]
    assert len(ids) == len(set(ids))
    return entries


def test_a_message_is_an_entry(feed) -> None:
    feed.tell(message(1, "destination of c: not-observable → consistent", "two", "three", "four"))
    (entry,) = check_rfc4287(feed.path.read_bytes())
    assert child_texts(entry, "title") == ["4 changes: destination of c: not-observable → consistent"]
    assert child_texts(entry, "summary")[0].endswith("three\nand 1 more")
    assert child_texts(entry, "content")[0].splitlines()[-1] == "four"
    assert child_texts(entry, "updated") == ["2026-11-22T07:00:00Z"]


def test_the_newest_is_on_top_and_the_same_is_there_once(feed) -> None:
    for number in (1, 2, 2, 1, 3):
        feed.tell(message(number))
    content = feed.path.read_bytes()
    entries = check_rfc4287(content)
    assert [child_texts(e, "title")[0] for e in entries] == ["sentence 3", "sentence 2", "sentence 1"]
    feed.tell(message(2))
    assert feed.path.read_bytes() == content
    assert b"<updated>2026-11-22T09:00:00Z</updated>" in content


def test_no_more_than_so_many_are_kept(feed, monkeypatch) -> None:
    monkeypatch.setattr("offing.exchange.atom.MOST_ENTRIES", 3)
    for number in range(1, 8):
        feed.tell(message(number))
    found = read_feed(feed.path)
    assert found is not None
    assert [e.title for e in found.entries] == ["sentence 7", "sentence 6", "sentence 5"]
    assert MOST_ENTRIES == 200


def test_hostile_words_are_words(feed) -> None:
    feed.tell(message(1, HOSTILE, case=HOSTILE))
    feed.tell(message(2, "plain", case=HOSTILE))
    content = feed.path.read_bytes()
    entries = check_rfc4287(content)
    assert child_texts(entries[1], "title")[0] == plain(HOSTILE)
    assert child_texts(entries[1], "title")[0].startswith("</title><script>")
    assert b"<script>" not in content
    assert not set("\x00\x07\x1b\u202e\ufffe") & set(content.decode("utf-8"))


@given(st.text(min_size=1), st.text())
def test_any_text_makes_a_feed_that_reads_back_as_it_was(tmp_path_factory, text: str, title: str) -> None:
    entry = entry_of(message(1, text or "x"))
    feed = Feed(id=FEED, title=plain(title) or "untitled", entries=(entry,))
    path = tmp_path_factory.mktemp("feed") / "f"
    path.write_bytes(feed_bytes(feed))
    back = read_feed(path)
    assert back is not None
    assert back.title == feed.title
    if plain(text):
        check_rfc4287(path.read_bytes())
        assert back == feed


def test_simulated_news_are_marked(feed) -> None:
    feed.tell(message(1, "simulated: destination of c: …", simulated=True))
    feed.tell(message(2))
    entries = check_rfc4287(feed.path.read_bytes())
    terms = [[c.getAttribute("term") for c in e.getElementsByTagName("category")] for e in entries]
    assert terms == [[], ["simulated"]]


OTHERS = {
    "text": b"title: my case\n",
    "cut short": feed_bytes(Feed(id=FEED, title="A case", entries=(entry_of(message()),)))[:-20],
    "html": b"<html><body>hello</body></html>",
    "somebody else's feed": b'<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title></feed>',
    "bytes": bytes(range(256)),
    "a bomb": b'<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><feed>&b;</feed>',
    "deep": b"<a>" * 50_000,
    "utf-16": "<feed/>".encode("utf-16"),
}


@pytest.mark.parametrize("content", OTHERS.values(), ids=OTHERS)
def test_what_offing_did_not_write_is_not_written_over(tmp_path, content) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    for attempt in (AtomFeed(path).check, lambda: AtomFeed(path).tell(message())):
        with pytest.raises(CaseError, match="not written over"):
            attempt()
    assert path.read_bytes() == content


def test_a_folder_an_empty_file_and_another_case(tmp_path, feed) -> None:
    with pytest.raises(CaseError):
        AtomFeed(tmp_path).check()
    empty = tmp_path / "empty"
    empty.touch()
    AtomFeed(empty).tell(message())
    check_rfc4287(empty.read_bytes())
    other = message(5, case="Another case")
    with pytest.raises(CaseError, match="the feed of another case"):
        AtomFeed(empty).tell(
            Message(id=other.id, time=other.time, feed=other.id, case=other.case, changes=other.changes)
        )


def test_entries_that_make_no_sense_are_left_out_and_the_rest_stays(feed) -> None:
    feed.tell(message(1))
    content = feed.path.read_text(encoding="utf-8")
    feed.path.write_text(
        content.replace("</feed>", "<entry><id>x</id><title>t</title><updated>soon</updated></entry><entry/></feed>"),
        encoding="utf-8",
    )
    feed.tell(message(2))
    assert len(check_rfc4287(feed.path.read_bytes())) == 2


def test_a_feed_that_cannot_be_written_stays_as_it_was(feed, monkeypatch) -> None:
    feed.tell(message(1))
    before = feed.path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CaseError, match="disk is full"):
        feed.tell(message(2))
    assert feed.path.read_bytes() == before
    assert [p.name for p in feed.path.parent.iterdir()] == ["news.atom"]
