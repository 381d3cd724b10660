"""Imports: each is kept, the latest word on a look holds, and what was replaced is said."""

from __future__ import annotations

from pathlib import Path

from case_fixtures import NOW, look

from offing.case.case import Case
from offing.case.model import ImportOutcome
from offing.looks.model import Look


def bring(case: Case, folder: Path, name: str, content: str, looks: list[Look]) -> ImportOutcome:
    path = folder / name
    path.write_text(content)
    with case.writing():
        return case.import_looks(path, looks, at=NOW)


def held(case: Case) -> list[tuple[str, str]]:
    return [(k.id, k.sensor) for k in case.store.looks()]


def version(name: str, hours: float, word: str) -> Look:
    return Look(
        id=name, site="dunai", time=look(name, hours).time, sensor=word, status="clear", usable=1.0, reason="r"
    )  # fmt: skip


def test_the_same_bytes_again_change_nothing(case: Case, tmp_path: Path) -> None:
    first = bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1")])
    before = (case.root / "ledger.jsonl").read_bytes()
    again = bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1")])
    assert (first.unchanged, again.unchanged, again.number) == (False, True, 1)
    assert (case.root / "ledger.jsonl").read_bytes() == before
    assert len(case.store.imports()) == 1


def test_a_new_version_of_a_file_takes_the_place_of_the_old(case: Case, tmp_path: Path) -> None:
    bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1"), version("y", 1, "v1"), version("z", 2, "v1")])
    outcome = bring(case, tmp_path, "a.csv", "2", [version("x", 0, "v2"), version("w", 3, "v2")])
    assert (outcome.replaced, outcome.withdrawn, outcome.superseded) == (("x",), ("y", "z"), (1,))
    assert held(case) == [("x", "v2"), ("w", "v2")]
    assert [(i.number, i.looks) for i in case.store.imports()] == [(1, 3), (2, 2)]


def test_another_file_replaces_only_the_looks_that_it_states(case: Case, tmp_path: Path) -> None:
    bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1"), version("y", 1, "v1")])
    outcome = bring(case, tmp_path, "b.csv", "2", [version("y", 1, "v2")])
    assert (outcome.replaced, outcome.withdrawn, outcome.superseded) == (("y",), (), (1,))
    assert held(case) == [("x", "v1"), ("y", "v2")]


def test_files_of_one_name_with_other_looks_stand_side_by_side(case: Case, tmp_path: Path) -> None:
    bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1")])
    outcome = bring(case, tmp_path, "a.csv", "2", [version("y", 1, "v2")])
    assert (outcome.replaced, outcome.withdrawn, outcome.superseded) == ((), (), ())
    assert held(case) == [("x", "v1"), ("y", "v2")]


def test_going_back_to_an_earlier_version_is_an_import_of_its_own(case: Case, tmp_path: Path) -> None:
    one, two = [version("x", 0, "v1")], [version("x", 0, "v2")]
    bring(case, tmp_path, "a.csv", "1", one)
    bring(case, tmp_path, "a.csv", "2", two)
    outcome = bring(case, tmp_path, "a.csv", "1", one)
    assert (outcome.number, outcome.unchanged, outcome.superseded) == (3, False, (2,))
    assert held(case) == [("x", "v1")]


def test_looks_at_pictures_stay_and_results_are_no_longer_current(case: Case, tmp_path: Path, results) -> None:
    with case.writing() as store:
        store.project(type(results)(key="k", sites=case.definition.sites, looks=(look("p", 9, scene="s1"),)), at=NOW)
    bring(case, tmp_path, "a.csv", "1", [version("x", 0, "v1")])
    assert [k.id for k in case.store.looks()] == ["x", "p"]
    assert [k.id for k in case.store.imported_looks()] == ["x"]
    assert case.store.results_key() is None
