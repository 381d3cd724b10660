"""The news of a watch as an Atom feed (RFC 4287): one file, one entry a message, the newest first.

All text is of type ``text``, so that nothing in it is markup. An entry has the id of its message: telling a message
again changes nothing. A file that is there already is read as what it may be: anything.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from offing import __version__
from offing.case.files import explain
from offing.case.told import Message
from offing.errors import CaseError, TimeError
from offing.exchange.files import write_atomically
from offing.records import Record
from offing.timespan import iso, parse_instant

NAMESPACE = "http://www.w3.org/2005/Atom"
GENERATOR = "offing"
MOST_ENTRIES = 200
"""Older ones are dropped."""
_MOST_BYTES = 20_000_000
_TITLE = 200
"""Characters."""
_SUMMARY = 3
"""Sentences."""


class Entry(Record, frozen=True):
    """One message in the feed."""

    id: str
    updated: datetime
    """UTC."""
    title: str
    summary: str
    content: str
    """One sentence a line."""
    simulated: bool = False


class Feed(Record, frozen=True):
    """A feed as it stands in a file."""

    id: str
    title: str
    entries: tuple[Entry, ...]
    """Newest first."""


class AtomFeed:
    """A channel that keeps the feed in a file; the file appears with the first message."""

    name = "feed"

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def check(self) -> None:
        """Raises CaseError when the file is there and is no feed of offing: it is not written over."""
        read_feed(self.path)

    def tell(self, message: Message) -> None:
        """Put the message on top, unless it is there. Raises CaseError."""
        old = read_feed(self.path)
        if old is not None and message.feed != old.id and plain(message.case) != old.title:
            raise CaseError(
                f"it is the feed of another case ({old.title[:60]!r})",
                where=str(self.path),
                fix="name another file, or remove it",
            )
        entries = old.entries if old else ()
        if any(entry.id == message.id for entry in entries):
            return
        feed = Feed(
            id=old.id if old else message.feed,
            title=plain(message.case),
            entries=(entry_of(message), *entries)[:MOST_ENTRIES],
        )
        write_atomically(self.path, feed_bytes(feed))


def entry_of(message: Message) -> Entry:
    """The entry of a message."""
    lines = [plain(change.text) for change in message.changes]
    more = len(lines) - _SUMMARY
    count = f"{len(lines)} changes: " if len(lines) > 1 else ""
    return Entry(
        id=message.id,
        updated=message.time,
        title=_cut(count + lines[0]),
        summary="\n".join([*lines[:_SUMMARY], *([f"and {more} more"] if more > 0 else [])]),
        content="\n".join(lines),
        simulated=message.simulated,
    )


def feed_bytes(feed: Feed) -> bytes:
    """The document in UTF-8."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("feed"))
    _put(root, "id", feed.id)
    _put(root, "title", feed.title or "untitled", type="text")
    _put(root, "updated", iso(max(entry.updated for entry in feed.entries)))
    _put(ET.SubElement(root, _tag("author")), "name", GENERATOR)
    _put(root, "generator", GENERATOR, version=__version__)
    for entry in feed.entries:
        node = ET.SubElement(root, _tag("entry"))
        _put(node, "id", entry.id)
        _put(node, "title", entry.title, type="text")
        _put(node, "updated", iso(entry.updated))
        if entry.simulated:
            ET.SubElement(node, _tag("category"), term="simulated")
        _put(node, "summary", entry.summary, type="text")
        _put(node, "content", entry.content, type="text")
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def read_feed(path: Path) -> Feed | None:
    """The feed of offing that ``path`` holds; None: it is missing or empty. Raises CaseError for anything else."""
    content = _content(path)
    if not content.strip():
        return None
    try:
        text = content.decode("utf-8")
        if "<!" in text.replace("<!--", ""):
            raise _foreign(path)
        root = ET.fromstring(text)  # noqa: S314 - no declarations in it, so no entities either
    except (UnicodeError, ET.ParseError, ValueError, RecursionError, MemoryError) as error:
        raise _foreign(path) from error
    generator = _text(root, "generator")
    if root.tag != _tag("feed") or generator != GENERATOR or not _text(root, "id"):
        raise _foreign(path)
    entries = [_entry(node) for node in root.findall(_tag("entry"))]
    return Feed(id=_text(root, "id"), title=_text(root, "title"), entries=tuple(e for e in entries if e is not None))


def plain(text: str) -> str:
    """``text`` on one line, without control and direction characters and what XML forbids."""
    return " ".join("".join(c if c.isprintable() else " " if c.isspace() else "" for c in text).split())


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise _foreign(path)
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return b""
    except (OSError, ValueError) as error:
        raise explain(error, path) if isinstance(error, OSError) else _foreign(path) from error
    if len(content) > _MOST_BYTES:
        raise _foreign(path)
    return content


def _entry(node: ET.Element) -> Entry | None:
    """An entry that can be told on; None: it cannot."""
    name, title, updated = (_text(node, tag) for tag in ("id", "title", "updated"))
    try:
        time = parse_instant(updated)[0]
    except TimeError:
        return None
    if not name or not title:
        return None
    lines = {tag: _lines(node, tag) for tag in ("summary", "content")}
    category = node.find(_tag("category"))
    simulated = category is not None and category.get("term") == "simulated"
    return Entry(id=name, updated=time, title=_cut(title), simulated=simulated, **lines)


def _text(node: ET.Element, tag: str) -> str:
    return plain(node.findtext(_tag(tag)) or "")


def _lines(node: ET.Element, tag: str) -> str:
    return "\n".join(plain(line) for line in (node.findtext(_tag(tag)) or "").splitlines())


def _put(parent: ET.Element, tag: str, text: str, **attributes: Any) -> None:  # noqa: ANN401 - names of attributes
    ET.SubElement(parent, _tag(tag), attributes).text = text


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _cut(text: str) -> str:
    return text if len(text) <= _TITLE else f"{text[: _TITLE - 2]} …"


def _foreign(path: Path) -> CaseError:
    return CaseError(
        "it is no feed that offing wrote, and is not written over", where=str(path), fix="name another file"
    )
