"""What a watch has told and what it still owes: a small file in the case folder, replaced as a whole.

News is written into this file, as a message that is owed to every channel, in the same step in which the state that it
was found in becomes the one to compare with. Only then is it told. Whatever ends the watch, a message is either not
yet made, and will be found again, or it is owed until a channel has taken it.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from offing.case.change_model import CaseState, Change
from offing.case.files import explain, replacing
from offing.case.ledger import digest
from offing.errors import CaseError, OffingError
from offing.records import Record

STATE_FILE = "watch.json"
FORMAT = 1
MOST_OWED = 200
"""Messages that are kept for channels that do not take them; beyond it the oldest are given up."""
_MOST_BYTES = 500_000_000


class Message(Record, frozen=True):
    """What one round found, as it is told everywhere."""

    id: str
    """``urn:uuid:…``; the same message never has another, nor another message the same."""
    time: datetime
    """When it was found, UTC."""
    feed: str
    """``urn:uuid:…`` of the case's feed, the same for all messages of a watch."""
    case: str
    """Title of the case."""
    changes: tuple[Change, ...]
    """At least one."""

    @property
    def simulated(self) -> bool:
        """Whether any of it is."""
        return any(change.simulated for change in self.changes)


class Owed(Record, frozen=True):
    """A message that channels have not taken yet."""

    message: Message
    channels: tuple[str, ...]
    """Names of the channels, in the order in which they are told."""


class Told(Record, frozen=True):
    """Everything that a watch remembers."""

    format: int
    """Of this file: 1."""
    feed: str
    """``urn:uuid:…`` of the case's feed."""
    began: datetime
    """When the watch began, UTC."""
    messages: int
    """How many there were."""
    state: CaseState
    """What the last news was found in; the next round is compared with it."""
    owed: tuple[Owed, ...] = ()
    """Oldest first."""
    warned: tuple[str, ...] = ()
    """What the last round warned of: said when it is new, not in every round."""


def begin(title: str, state: CaseState, at: datetime) -> Told:
    """What a watch remembers that begins now: all that is there is known, nothing is owed."""
    return Told(format=FORMAT, feed=_urn([title, at.isoformat()]), began=at, messages=0, state=state)


def add(
    told: Told, title: str, changes: tuple[Change, ...], state: CaseState, channels: tuple[str, ...], at: datetime
) -> Told:
    """``told`` with a message of ``changes`` owed to ``channels``, and ``state`` as the one to compare with."""
    number = told.messages + 1
    name = _urn([told.feed, number, msgspec.to_builtins(changes)])
    message = Message(id=name, time=at, feed=told.feed, case=title, changes=changes)
    owed = (*told.owed[-MOST_OWED + 1 :], Owed(message=message, channels=channels))
    return msgspec.structs.replace(told, messages=number, state=state, owed=owed)


def taken(told: Told, message: Message, channel: str) -> Told:
    """``told`` after ``channel`` took ``message``."""
    left = (
        Owed(message=o.message, channels=tuple(c for c in o.channels if (o.message.id, c) != (message.id, channel)))
        for o in told.owed
    )
    return msgspec.structs.replace(told, owed=tuple(o for o in left if o.channels))


def read(root: Path) -> Told | None:
    """What the watch of the case folder ``root`` remembers; None: there was none. Raises CaseError."""
    path = root / STATE_FILE
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise explain(error, path) from error
    try:
        told = msgspec.json.decode(content, type=Told)
    except (msgspec.MsgspecError, OffingError, TypeError, ValueError, RecursionError) as error:
        raise _unreadable(path) from error
    if told.format != FORMAT:
        raise _unreadable(path)
    return told


def write(root: Path, told: Told) -> None:
    """Remember ``told`` in the case folder ``root``. Raises CaseError."""
    with replacing(root / STATE_FILE) as out:
        out.write(msgspec.json.encode(told))


def _unreadable(path: Path) -> CaseError:
    return CaseError(
        "what the watch told before cannot be read", where=str(path), fix="remove it, and the watch begins anew"
    )


def _urn(parts: object) -> str:
    """A UUID of version 8 (RFC 9562): 122 bits of the SHA-256 of ``parts``."""
    value = int(digest(parts)[:32], 16)
    value = value & ~(0xF << 76) | 8 << 76
    value = value & ~(0x3 << 62) | 2 << 62
    text = f"{value:032x}"
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
