"""The ledger: any altered byte is found, and nothing that was acknowledged is ever touched."""

from __future__ import annotations

import hashlib
import json
import warnings
from contextlib import nullcontext
from pathlib import Path

import pytest
from case_fixtures import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.case.ledger import GENESIS, Ledger, digest
from offing.errors import CaseError, LedgerError, OffingWarning


def filled(folder: Path, lines: int = 4) -> Ledger:
    ledger = Ledger(folder / "ledger.jsonl")
    for number in range(lines):
        ledger.append("test", {"n": number, "name": "Дунай", "x": 0.1}, NOW)
    return ledger


def test_a_line_can_be_checked_with_nothing_but_sha256_and_json(tmp_path: Path) -> None:
    ledger = filled(tmp_path)
    prev = GENESIS
    for number, raw in enumerate(ledger.path.read_text(encoding="utf-8").splitlines(), start=1):
        line = json.loads(raw)
        stated = line.pop("hash")
        text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(text.encode()).hexdigest() == stated
        assert (line["seq"], line["prev"], line["time"]) == (number, prev, "2025-01-02T03:04:05Z")
        prev = stated
    assert ledger.verify() == ()
    assert [line.payload["n"] for line in ledger.lines()] == [0, 1, 2, 3]


def test_an_absent_ledger_is_empty(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    assert (ledger.verify(), list(ledger.lines()), ledger.tail().last) == ((), [], None)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return filled(tmp_path_factory.mktemp("sound")).path.read_bytes()


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_any_altered_byte_is_found_and_its_line_named(
    sound: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != sound[at]))
    ledger = Ledger(tmp_path_factory.getbasetemp() / "altered.jsonl")
    ledger.path.write_bytes(sound[:at] + bytes([byte]) + sound[at + 1 :])
    problems = ledger.verify()
    line = sound.count(b"\n", 0, at) + 1
    assert problems
    assert line in {number for number, _ in problems}


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_appending_after_an_altered_byte_never_changes_a_complete_line(
    sound: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != sound[at]))
    altered = sound[:at] + bytes([byte]) + sound[at + 1 :]
    ledger = Ledger(tmp_path_factory.getbasetemp() / "appended.jsonl")
    ledger.path.write_bytes(altered)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", OffingWarning)
            ledger.append("more", {}, NOW)
    except LedgerError:
        assert ledger.path.read_bytes() == altered
    else:
        complete = altered[: altered.rfind(b"\n") + 1]
        assert ledger.path.read_bytes().startswith(complete)


@pytest.mark.parametrize("lines", [slice(1, None), slice(0, 1), slice(None, None, -1)])
def test_removed_and_moved_lines_are_found(tmp_path: Path, sound: bytes, lines: slice) -> None:
    kept = sound.splitlines(keepends=True)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    chosen = kept[lines] if lines != slice(0, 1) else [kept[0], *kept[2:]]
    ledger.path.write_bytes(b"".join(chosen))
    assert ledger.verify()


def test_a_line_cut_anywhere_is_taken_away_or_completed_and_no_other_touched(tmp_path: Path, sound: bytes) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    begin = sound[:-1].rfind(b"\n") + 1
    for cut in (*range(begin + 1, len(sound), 13), len(sound) - 2, len(sound) - 1):
        ledger.path.write_bytes(sound[:cut])
        assert [number for number, _ in ledger.verify()] == [4]
        whole = cut == len(sound) - 1
        with nullcontext() if whole else pytest.warns(OffingWarning, match="unfinished line"):
            added = ledger.append("more", {}, NOW)
        assert added.seq == (5 if whole else 4)
        assert ledger.path.read_bytes().startswith(sound if whole else sound[:begin])
        assert ledger.verify() == ()


def test_a_prepared_line_counts_only_once_it_is_confirmed(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 2)
    line = ledger.prepare("test", {"n": 2}, NOW)
    assert len(list(ledger.lines())) == 2
    assert ledger.tail().pending == line
    ledger.drop_tail()
    assert ledger.verify() == ()
    line = ledger.prepare("test", {"n": 2}, NOW)
    with pytest.raises(LedgerError, match="unfinished"):
        ledger.prepare("test", {"n": 3}, NOW)
    ledger.confirm(line)
    assert [found.seq for found in ledger.lines()] == [1, 2, 3]


@pytest.mark.parametrize(
    "line",
    [b"[]", b"{}", b"\x00" * 50, b"[" * 100_000, b'{"seq":1}', b"null", b"\xff\xfe", b'{"a":1e999}', b"9" * 5000],
)
def test_hostile_lines_are_problems_not_crashes(tmp_path: Path, line: bytes) -> None:
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.path.write_bytes(line + b"\n")
    assert [number for number, _ in ledger.verify()] == [1]
    with pytest.raises(LedgerError):
        list(ledger.lines())
    with pytest.raises(LedgerError, match="damaged"):
        ledger.append("more", {}, NOW)


def test_a_line_without_end_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("offing.case.ledger.MAX_LINE", 1000)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.path.write_bytes(b"x" * 5000)
    assert ledger.verify()


def test_what_is_no_json_cannot_be_recorded(tmp_path: Path) -> None:
    ledger = filled(tmp_path, 1)
    before = ledger.path.read_bytes()
    with pytest.raises(ValueError, match="JSON compliant"):
        ledger.append("test", {"x": float("nan")}, NOW)
    assert ledger.path.read_bytes() == before


def test_a_folder_in_its_place_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").mkdir()
    with pytest.raises(CaseError, match=r"ledger\.jsonl"):
        Ledger(tmp_path / "ledger.jsonl").append("test", {}, NOW)


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
        max_size=4,
    )
)
def test_the_digest_does_not_depend_on_the_order_of_keys(value: dict[str, object]) -> None:
    assert digest(value) == digest(dict(reversed(value.items())))
