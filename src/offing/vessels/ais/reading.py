"""Files of AIS, whatever they are, as tracks: NMEA logs and tables, plain, gzip or ZIP."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path

from offing.errors import AisError, OffingWarning
from offing.vessels.ais.csv_table import Dates, read_table
from offing.vessels.ais.files import Text, opened
from offing.vessels.ais.gathering import Gathered
from offing.vessels.ais.model import Reach, Reading
from offing.vessels.ais.nmea import read_sentences
from offing.vessels.ais.tracks import build

SNIFFED = 20
"""Lines that are looked at to tell a log from a table: a log may begin with remarks and other sentences."""


def read_tracks(
    paths: Sequence[Path], *, clock: datetime, reach: Reach | None = None, dates: Dates = "auto"
) -> Reading:
    """The tracks in files of AIS; with ``reach`` only what can matter for a picture, sifted while reading.

    ``clock`` is now: what lies after it cannot be true. ``dates`` tells the order of day and month where dates with
    slashes do not show it. What is left out is counted, and said by OffingWarning. Raises AisError for files that
    cannot be used, and for rows whose latitude and longitude are exchanged, which are named and never mended.
    """
    gathered = Gathered(reach, clock)
    for path in paths:
        before = (gathered.sound, gathered.skipped.total())
        with opened(path) as texts:
            for text in texts:
                _read(text, dates, gathered)
        _check(path, gathered, before)
    gathered.check_exchanged()
    tracks = build(gathered)
    _say(gathered)
    return Reading(
        tracks=tracks,
        rows=gathered.rows,
        kept=sum(len(t.fixes) for t in tracks),
        skipped=tuple(sorted((why, n) for why, n in gathered.skipped.items() if n)),
        first=_time(gathered.first),
        last=_time(gathered.last),
    )


def _read(text: Text, dates: Dates, gathered: Gathered) -> None:
    lines = text.lines()
    first = next((line for line in lines if line.strip()), None)
    if first is None:
        raise AisError("there is nothing in it", where=text.where, fix="name a file with AIS in it")
    start = [first, *islice(lines, SNIFFED)]
    rest = chain(start[1:], lines)
    if any(_is_sentence(line) for line in start):
        read_sentences(first, rest, text, gathered)
    else:
        read_table(first, rest, text, dates, gathered)
    if text.mended:
        _warn(f"{text.where}: {text.mended} lines are not UTF-8; what is wrong in names is shown as \ufffd")


def _is_sentence(line: str) -> bool:
    return "!" in line and ("VDM," in line or "VDO," in line)


def _check(path: Path, gathered: Gathered, before: tuple[int, int]) -> None:
    skipped = gathered.skipped.total() - before[1]
    if skipped and gathered.sound == before[0]:
        why = ", ".join(f"{name} ({n})" for name, n in gathered.skipped.most_common(3) if n)
        raise AisError(f"no usable position in {skipped} rows: {why}", where=str(path), fix="check what the file holds")


def _say(gathered: Gathered) -> None:
    for why, number in sorted(gathered.skipped.items()):
        if number and why != "fix that is there twice":
            _warn(f"AIS: {number} {'row' if number == 1 else 'rows'} left out: {why}")


def _warn(text: str) -> None:
    warnings.warn(text, OffingWarning, stacklevel=4)


def _time(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
