"""NMEA sentences of AIS (IEC 61162-1, ITU-R M.1371) with the time of their reception, decoded by pyais."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np

from offing.errors import AisError
from offing.vessels.ais.files import Text
from offing.vessels.ais.gathering import Block, Gathered
from offing.vessels.ais.numbers import ship_number, why_no_ship
from offing.vessels.ais.times import seconds_of

_POSITIONS = frozenset("123BK")
"""Of those that tell a position and nothing of the ship."""
PENDING_MAX = 500
"""Messages in several sentences that wait for the rest of them."""
_BLOCK = 20_000
_SENTENCE = re.compile(r"!(?:AI|AB|AN|BS|SA|AR|AS|AT|AX)VD[MO],[^!\\]*?\*[0-9A-Fa-f]{2}")
_TAGS = re.compile(r"\\([^\\]*)\\")
_WANTED = frozenset("123BC5HK")
"""First character of the payload of types 1, 2, 3, 18, 19, 5, 24, 27."""


def read_sentences(first: str, rest: Iterator[str], text: Text, gathered: Gathered) -> None:
    """Gather the positions of a log. Raises AisError where no sentence has a time."""
    found = Sentences(text.where, gathered)
    found.line(1, first)
    for number, line in enumerate(rest, start=2):
        found.line(number, line)
    found.end()


class Sentences:
    """A log line by line: parts put together, positions in blocks."""

    def __init__(self, where: str, gathered: Gathered) -> None:
        self.where, self.gathered = where, gathered
        self._waiting: OrderedDict[tuple[str, str, str, str], tuple[list[str | None], float | None]] = OrderedDict()
        self._rows: list[tuple[str, float, float, float, float, float, float, float, int]] = []
        self._timed = self._untimed = 0

    def line(self, number: int, line: str) -> None:
        """Take one line."""
        match = _SENTENCE.search(line)
        if match is None:
            if line.strip() and not line.lstrip().startswith("#"):
                self.gathered.skipped["line with no AIS sentence"] += 1
            return
        sentence = match[0]
        if not _sums(sentence[1:]):
            self.gathered.skipped["wrong checksum"] += 1
            return
        fields = sentence.split(",")
        if len(fields) != 7 or not (fields[1].isdigit() and fields[2].isdigit()):
            self.gathered.skipped["broken sentence"] += 1
            return
        seconds = self._time(line, match)
        total, part = int(fields[1]), int(fields[2])
        if total == 1:
            if fields[5][:1] in _WANTED:
                self._decode((sentence,), seconds, number)
        elif 1 <= part <= total <= 9:
            self._join(sentence, (fields[3], fields[4], fields[1], _source(line)), part, seconds, number)
        else:
            self.gathered.skipped["broken sentence"] += 1

    def _join(
        self, sentence: str, group: tuple[str, str, str, str], part: int, seconds: float | None, number: int
    ) -> None:
        parts, began = self._waiting.pop(group, ([None] * int(group[2]), seconds))
        late = began is not None and seconds is not None and abs(seconds - began) > 60.0
        if parts[part - 1] is not None or late:
            self.gathered.skipped["message whose other parts are missing"] += 1
            parts, began = [None] * int(group[2]), seconds
        parts[part - 1] = sentence
        if all(parts):
            if str(parts[0]).split(",")[5][:1] in _WANTED:
                self._decode(tuple(p for p in parts if p), began if began is not None else seconds, number)
            return
        self._waiting[group] = (parts, began)
        if len(self._waiting) > PENDING_MAX:
            self._waiting.popitem(last=False)
            self.gathered.skipped["message whose other parts are missing"] += 1

    def _time(self, line: str, match: re.Match[str]) -> float | None:
        """Reception of the sentence: of its tag block, or what stands before or behind it."""
        for block in _TAGS.findall(line[: match.start()]):
            body, _, check = block.partition("*")
            if check and not _sums(block):
                self.gathered.skipped["wrong checksum of a tag block"] += 1
                continue
            for tag in body.split(","):
                if tag.startswith("c:"):
                    return seconds_of(tag[2:], "epoch")
        sides = (_TAGS.sub("", line[: match.start()]), line[match.end() :])
        for side in sides:
            if side.strip(" ,;\t\r\n"):
                for word in (side.strip(" ,;\t\r\n"), *re.split(r"[,;\t]", side)):
                    found = _any_time(word.strip())
                    if found is not None:
                        return found
        return None

    def _decode(self, parts: tuple[str, ...], seconds: float | None, number: int) -> None:
        if parts[0].split(",")[5][:1] in _POSITIONS and seconds is not None and self.gathered.untimely(seconds):
            self._timed += 1
            return
        from pyais import decode
        from pyais.exceptions import AISBaseException

        try:
            message: Any = decode(*parts)
        except (AISBaseException, ValueError, IndexError, KeyError, TypeError, OverflowError):
            self.gathered.skipped["message that cannot be decoded"] += 1
            return
        key = str(message.mmsi).zfill(9)
        if message.msg_type in (5, 19, 24):
            self._static(key, message)
        if message.msg_type in (5, 24):
            return
        if seconds is None:
            self._untimed += 1
            return
        self._timed += 1
        values = (message.lon, message.lat, message.speed, message.course)
        if any(v is None for v in values):
            self.gathered.skipped["message cut short"] += 1
            return
        coarse = message.msg_type == 27
        lon, lat, sog, cog = (float(v) for v in values)
        if coarse:
            sog, cog = (102.3 if sog >= 63.0 else sog), (360.0 if cog >= 360.0 else cog)
        heading = float(getattr(message, "heading", None) or 0.0) if hasattr(message, "heading") else 511.0
        self._rows.append((key, seconds, lon, lat, sog, cog, heading, float(coarse), number))
        if len(self._rows) >= _BLOCK:
            self._flush()

    def _static(self, key: str, message: Any) -> None:  # noqa: ANN401 - one of many kinds of message
        if ship_number(key) is None:
            return
        ends = [getattr(message, n, None) for n in ("to_bow", "to_stern", "to_port", "to_starboard")]
        known = all(isinstance(e, (int, float)) for e in ends) and bool(ends[0]) and bool(ends[1])
        bow, stern, port, starboard = (float(e or 0.0) for e in ends)
        whole = isinstance(ends[0], (int, float)) and bow + stern > 0.0
        self.gathered.say(
            key,
            (
                (getattr(message, "shipname", None) or "").strip() or None,
                str(message.imo) if getattr(message, "imo", 0) else None,
                (getattr(message, "callsign", None) or "").strip() or None,
                str(int(message.ship_type)) if getattr(message, "ship_type", 0) else None,
                bow + stern if whole else None,
                port + starboard if whole and port + starboard > 0.0 else None,
                (stern - bow) / 2.0 if known else None,
                (port - starboard) / 2.0 if known else None,
                message.msg_type != 5,
            ),
        )

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if not rows:
            return
        table = np.array([r[1:] for r in rows], float)
        keys = [r[0] for r in rows]
        # A receiver's bit errors give latitudes of up to 111°; in sentences they are noise, not exchanged columns.
        table[np.abs(table[:, 2]) > 90.0, 2] = 91.0
        block = Block(keys, table[:, 0], table[:, 1], table[:, 2], table[:, 7].astype(np.int64))
        by_key: dict[str, list[int]] = {}
        for i in self.gathered.usable(block, self.where):
            by_key.setdefault(keys[i], []).append(int(i))
        for written, chosen in by_key.items():
            if ship_number(written) is None:
                self.gathered.skipped[why_no_ship(written)] += len(chosen)
            else:
                self.gathered.keep(written, table[chosen], self.where)

    def end(self) -> None:
        """The log is at its end. Raises AisError where positions have no time."""
        self._flush()
        left = len(self._waiting)
        if left:
            self.gathered.skipped["message whose other parts are missing"] += left
        if self._untimed and not self._timed:
            raise AisError(
                "its sentences have no time of reception, and AIS itself sends only the second",
                where=self.where,
                fix="get a log with tag blocks (\\c:…*hh\\) or with the time before each sentence",
            )
        if self._untimed:
            self.gathered.skipped["no time"] += self._untimed


def _sums(sentence: str) -> bool:
    """Whether the checksum behind the star fits what stands before it."""
    body, _, check = sentence.rpartition("*")
    total = 0
    for character in body.encode("utf-8", "replace"):
        total ^= character
    try:
        return total == int(check[:2], 16)
    except ValueError:
        return False


def _source(line: str) -> str:
    """The receiver by the tag block, so that parts from two of them are not joined."""
    match = re.search(r"[\\,]s:([^,*\\]{1,40})", line)
    return match[1] if match else ""


def _any_time(text: str) -> float | None:
    for order in ("epoch", "iso"):
        found = seconds_of(text, order)
        if found is not None:
            return found
    return None
