"""The tables a person gives to ``offing identify``: how common classes are, and what was seen of their features."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from offing.errors import CaseFileError, OffingError
from offing.vessels.classes import ClassLibrary
from offing.vessels.identification.factors import feature_of
from offing.vessels.identification.model import Judgement, Seen

PRIOR_COLUMNS = ("class", "share")
JUDGED_COLUMNS = ("detection", "feature", "score", "by")
JUDGED_MORE = ("image", "note")
_SCORES: dict[str, Seen] = {s: s for s in get_args(Seen)}
_MOST_BYTES = 5_000_000


def read_prior(path: Path, library: ClassLibrary) -> dict[str, float]:
    """Class id → share of a CSV with the columns class and share; ``unknown`` stands for none of these.

    Raises OffingError that names file and line: another header, an unknown class, one twice, a share below 0.
    """
    shares: dict[str, float] = {}
    for where, row in _rows(path, PRIOR_COLUMNS, ()):
        class_id = row["class"]
        _known(class_id, library, where)
        if class_id in shares:
            raise OffingError(f"{class_id!r} stands there twice", where=where, fix="give each class one line")
        shares[class_id] = _share(row["share"], where)
    if not sum(shares.values()) > 0.0:
        raise OffingError("no class has a share above 0", where=str(path), fix="give one line a class")
    return shares


def read_judged(path: Path, library: ClassLibrary) -> tuple[Judgement, ...]:
    """A CSV with the columns detection, feature (CLASS/FEATURE), score (match, mismatch, not-visible) and by; image and
    note where wanted. Raises OffingError that names file and line.
    """
    return tuple(_judgement(row, where, library) for where, row in _rows(path, JUDGED_COLUMNS, JUDGED_MORE))


def _judgement(row: dict[str, str], where: str, library: ClassLibrary) -> Judgement:
    class_id, _, feature = row["feature"].partition("/")
    seen = _SCORES.get(row["score"].replace("-", " "))
    if seen is None:
        raise OffingError(f"{row['score'][:40]!r} is no score", where=where, fix="write match, mismatch or not-visible")
    if not row["by"]:
        raise OffingError("nobody stands for this judgement", where=where, fix="write a name into the column by")
    _known(class_id, library, where)
    found = Judgement(
        detection=row["detection"],
        vessel_class=class_id,
        feature=feature,
        seen=seen,
        by=row["by"],
        image=row.get("image") or None,
        note=row.get("note") or None,
    )
    try:
        feature_of(found, library)
    except CaseFileError as error:
        raise OffingError(error.what, where=where, fix=error.fix) from None
    return found


def _known(class_id: str, library: ClassLibrary, where: str) -> None:
    try:
        library.get(class_id)
    except CaseFileError as error:
        raise OffingError(error.what, where=where, fix=error.fix) from None


def _share(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and 0.0 <= value < 1e9):
        raise OffingError(f"{text[:40]!r} is no share", where=where, fix="write a number from 0 up")
    return value


def _rows(path: Path, columns: tuple[str, ...], more: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """(file and line, column → text without blanks around it) of a CSV that has ``columns``, and of ``more`` some."""
    lines = csv.reader(_text(path).splitlines())
    header = [h.strip() for h in next(lines, [])]
    if not ({*columns} <= {*header} <= {*columns, *more}) or len(header) != len({*header}):
        wanted = ",".join(columns)
        raise OffingError(f"the columns are not {wanted}", where=f"{path}, line 1", fix=f"begin with {wanted}")
    while True:
        try:
            row = next(lines, None)
        except csv.Error as error:
            raise OffingError(
                f"is no CSV: {error}", where=f"{path}, line {lines.line_num}", fix="save it anew"
            ) from None
        if row is None:
            return
        where = f"{path}, line {lines.line_num}"
        if row and len(row) != len(header):
            raise OffingError(
                f"{len(row)} values, not {len(header)}", where=where, fix="put text with commas in quotes"
            )
        if row:
            yield where, dict(zip(header, (v.strip() for v in row), strict=True))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise OffingError("the file is larger than 5 MB", where=str(path), fix="check the name")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise OffingError("there is no such file", where=str(path), fix="check the name") from None
    except IsADirectoryError:
        raise OffingError("is a folder", where=str(path), fix="name a CSV file") from None
    except UnicodeDecodeError:
        raise OffingError("is not UTF-8 text", where=str(path), fix="save it as UTF-8 CSV") from None
