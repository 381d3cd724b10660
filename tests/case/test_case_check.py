"""offing check: any byte that is not as it was kept is found, and named."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from case_fixtures import NOW, look, make_results, put, scene

from offing.case.case import Case
from offing.case.check import check_case
from offing.errors import CaseError, LedgerError, OffingWarning

ARTICLE = "<p>ships</p>"


@pytest.fixture(scope="module")
def full_case(blank_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with a kept source, a scene with its item, an import, a statement and results."""
    folder = tmp_path_factory.mktemp("full")
    case = Case.open(shutil.copytree(blank_case, folder / "dunai"))
    (folder / "article.HTML").write_text(ARTICLE)
    (folder / "looks.csv").write_text("a table")
    clip, item = case.root / "scenes" / "s1.tif", case.root / "scenes" / "s1.json"
    clip.write_bytes(b"II*\0" + b"pixels" * 50)
    item.write_text("{}")
    with case.writing() as store:
        case.keep(folder / "article.HTML", at=NOW)
        case.add_scene(scene(), [clip, item], at=NOW)
        case.import_looks(folder / "looks.csv", [look("a", 0)], at=NOW)
        put(case, "k")
        store.project(make_results(case), at=NOW)
    return case.root


@pytest.fixture
def full(full_case: Path, tmp_path: Path) -> Case:
    (tmp_path / "article.HTML").write_text(ARTICLE)
    return Case.open(shutil.copytree(full_case, tmp_path / "dunai"))


def problems(case: Case) -> list[tuple[str, str]]:
    return [(p.where, p.what) for p in check_case(case.root).problems]


def test_all_is_well(full: Case) -> None:
    report = check_case(full.root)
    assert report.problems == ()
    assert (report.lines, report.files, report.statements, report.imports, report.scenes) == (5, 4, 1, 1, 1)


def test_an_evidentiary_copy_is_named_by_its_hash_and_read_only(full: Case, tmp_path: Path) -> None:
    [copy] = (full.root / "sources").glob("*.html")
    assert len(copy.stem) == 64
    assert copy.read_text() == "<p>ships</p>"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o444
    with full.writing():
        kept = full.keep(tmp_path / "article.HTML", at=NOW)
    assert (kept.path, kept.name) == (f"sources/{copy.name}", "article.HTML")
    assert check_case(full.root).lines == 5  # kept already: no line, no second copy


@pytest.mark.parametrize("position", [0, 7, -1])
@pytest.mark.parametrize("pattern", ["sources/*.html", "sources/*.csv", "scenes/s1.tif", "scenes/s1.json"])
def test_one_changed_byte_in_a_kept_file_is_found(full: Case, pattern: str, position: int) -> None:
    [path] = full.root.glob(pattern)
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[min(position, len(data) - 1)] ^= 1
    path.write_bytes(data)
    [(where, what)] = problems(full)
    assert where == path.relative_to(full.root).as_posix()
    assert "its bytes are not those kept" in what


def test_a_kept_file_that_is_gone_longer_or_a_folder(full: Case) -> None:
    clip, item = full.root / "scenes" / "s1.tif", full.root / "scenes" / "s1.json"
    clip.unlink()
    item.write_text("{} ")
    [copy] = (full.root / "sources").glob("*.html")
    copy.unlink()
    copy.mkdir()
    found = dict(problems(full))
    assert found["scenes/s1.tif"] == "it is missing"
    assert "3 bytes instead of 2" in found["scenes/s1.json"]
    assert "no ordinary file" in found[f"sources/{copy.name}"]


def test_a_strange_file_is_a_warning(full: Case) -> None:
    (full.root / "sources" / "notes.txt").write_text("x")
    with pytest.warns(OffingWarning, match=r"sources/notes\.txt is not in the ledger"):
        assert problems(full) == []


@pytest.mark.parametrize("line", [1, 2, 3, 4, 5])
def test_a_changed_ledger_line_is_named_and_the_files_stay_known(full: Case, line: int) -> None:
    lines = full.ledger.path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b'"time":"2025', b'"time":"2024')
    full.ledger.path.write_bytes(b"".join(lines))
    assert problems(full) == [(f"ledger.jsonl:{line}", "it was altered: its hash does not match what it says")]


def test_a_ledger_written_anew_does_not_fool_the_store(full: Case) -> None:
    full.ledger.path.unlink()
    for _ in range(5):
        full.ledger.append("kept", {}, NOW)
    assert full.ledger.verify() == ()
    assert problems(full) == [(f"ledger.jsonl:{n}", "it is not the line that case.gpkg knows") for n in range(1, 6)]


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("UPDATE statements SET result = '[9]'", "statement test k"),
        ("UPDATE statements SET parameters = '{}'", "statement test k"),
        ("DELETE FROM statements", "statement k"),
        ("UPDATE scenes SET record = replace(record, '2025', '2024')", "scene s1"),
        ("UPDATE import_looks SET record = replace(record, 'no', 'yes')", "import 1"),
        ("DELETE FROM import_looks", "import 1"),
        ("UPDATE results SET record = replace(record, 'not-observable', 'corroborated')", "results"),
        ("UPDATE verdicts SET verdict = 'corroborated'", "results"),
        ("DELETE FROM detections", "results"),
        ("UPDATE looks SET geom = NULL", "results"),
    ],
)
def test_a_change_inside_the_store_is_found(full: Case, sql: str, where: str) -> None:
    connection = sqlite3.connect(full.store.path)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    assert connection.execute(sql).rowcount > 0
    connection.commit()
    connection.close()
    assert {w for w, _ in problems(full)} == {f"case.gpkg: {where}"}


def test_a_missing_or_damaged_store_is_found(full: Case) -> None:
    data = full.store.path.read_bytes()
    full.store.path.write_bytes(data[: len(data) // 2])
    assert any(where.startswith("case.gpkg") for where, _ in problems(full))
    full.store.path.write_bytes(b"x" * 5000)
    assert ("case.gpkg", "it is damaged, or no GeoPackage") in problems(full)
    full.store.path.unlink()
    assert problems(full) == [("case.gpkg", "it is missing")]


def test_a_broken_case_file_is_found_with_its_line(full: Case) -> None:
    (full.root / "case.yaml").write_text("title: x\nnonsense: 1\n")
    [(where, what)] = problems(full)
    assert where == "case.yaml"
    assert "case.yaml:2" in what


def test_berths_that_cannot_be_read_are_found(full: Case) -> None:
    (full.root / "sites" / "dunai.geojson").write_text("{}")
    assert problems(full) == [("sites/dunai.geojson", "it holds no GeoJSON features")]


def test_a_ledger_that_names_files_outside_is_a_problem(case: Case) -> None:
    with case.writing() as store:
        store.record("kept", {"files": [{"path": "../../etc/passwd", "sha256": "x", "bytes": "y"}, 3]}, at=NOW)
        store.record("kept", {"files": "x"}, at=NOW)
    assert problems(case) == [("../../etc/passwd", "the ledger names a file outside the case")]


def test_a_folder_that_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no case in it"):
        check_case(tmp_path)


def test_an_altered_copy_is_not_taken_for_the_original(full: Case, tmp_path: Path) -> None:
    [copy] = (full.root / "sources").glob("*.html")
    copy.chmod(0o644)
    copy.write_text("other")
    with full.writing(), pytest.raises(LedgerError, match="altered"):
        full.keep(tmp_path / "article.HTML", at=NOW)


def test_what_cannot_be_kept(full: Case, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with full.writing():
        for path, part in [
            (tmp_path / "pipe", "no ordinary"),
            (tmp_path / "none", "no such file"),
            (tmp_path, "no ordinary"),
        ]:
            with pytest.raises(CaseError, match=part):
                full.keep(path, at=NOW)
        with pytest.raises(CaseError, match="not in the case folder"):
            full.add_scene(scene("s2"), [tmp_path / "article.HTML"], at=NOW)
    assert check_case(full.root).problems == ()


def test_a_file_name_that_is_no_utf8_can_be_kept(full: Case, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"b\xe9.txt")
    path.write_text("x")
    with full.writing():
        assert full.keep(path, at=NOW).name == "b\\udce9.txt"
    assert check_case(full.root).problems == ()
