"""What catalogues answered is kept as it was; what they list and the case lacks is a look in the next run."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from case_fixtures import NOW

from offing.case.case import Case
from offing.case.check import check_case
from offing.case.clock import system_clock
from offing.case.pipeline import run_case
from offing.imagery.catalogue.model import Answer, CatalogueItem, Found, Query
from offing.timespan import TimeSpan

START = datetime(2024, 10, 14, tzinfo=UTC)
TEXT = """\
title: A made-up harbour
sources: [{id: s}]
claims:
  - {id: c, source: s, elements: {carrier: {classes: [landing-ship]}, destination: h, window: 2024-10-14/2024-10-20}}
sites:
  - {id: h, name: Harbour, role: port, position: [134.0, 40.5], radius_m: 1200,
     baseline: [{classes: [landing-ship], calls_per_30d: 1}, {classes: [any], calls_per_30d: 6}]}
"""
RING = ((133.5, 40.0), (134.5, 40.0), (134.5, 41.0), (133.5, 41.0), (133.5, 40.0))


class Quiet:
    def begin(self, total: int) -> None: ...

    def finished(self, step: str, *, unchanged: bool) -> None: ...


def item(name: str, days: float, **said: object) -> CatalogueItem:
    return CatalogueItem(
        **{  # type: ignore[arg-type]
            "id": f"k/s2/{name}", "catalogue": "k", "collection": "s2", "item": name,
            "time": START + timedelta(days=days), "sensor": "multispectral", "platform": "sentinel-2a",
            "gsd_m": 10.0, "outline": (RING,), **said,
        }
    )  # fmt: skip


def answered(*items: CatalogueItem, stopped: str | None = None) -> Found:
    query = Query(
        catalogue="k", collections=("s2",), site="h", place=(134.0, 40.5, 1200.0),
        span=TimeSpan(start=START, end=START + timedelta(days=7)),
    )  # fmt: skip
    answer = Answer(
        query=query, asked=NOW, url="https://k.example/search", matched=len(items), listed=len(items),
        complete=stopped is None, stopped=stopped,
    )  # fmt: skip
    return Found(answer=answer, items=items)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case", "A made-up harbour")
    (made.root / "case.yaml").write_text(TEXT, encoding="utf-8")
    return Case.open(made.root)


@pytest.fixture
def searched(case: Case) -> Case:
    with case.writing() as store:
        store.add_search(answered(item("a", 1), item("b", 3, cloud=0.2)), at=NOW)
        store.add_search(answered(stopped="no answer within 30 s"), at=NOW)
        store.add_search(answered(item("b", 3, cloud=0.9)), at=NOW)
    return case


def test_each_answer_is_kept_also_an_empty_one_and_the_last_word_holds(searched: Case) -> None:
    searches = searched.store.searches("h")
    assert [(s.number, s.items, s.answer.complete) for s in searches] == [(1, 2, True), (2, 0, False), (3, 1, True)]
    assert searched.store.searches("elsewhere") == ()
    assert [(i.item, i.cloud) for i in searched.store.items("h")] == [("a", None), ("b", 0.9)]
    assert [line.kind for line in searched.ledger.lines()] == ["catalogue-searched"] * 3
    report = check_case(searched.root)
    assert (report.problems, report.searches) == ((), 3)


def test_a_run_makes_looks_of_what_is_listed_and_they_weigh_nothing(case: Case) -> None:
    run_case(case, Quiet(), system_clock)
    before = case.store.verdicts()
    with case.writing() as store:
        store.add_search(answered(item("a", 1), item("a2", 1.0001), item("b", 3, cloud=0.2)), at=NOW)
    assert case.store.results_key() is None, "a search makes the results out of date"
    run_case(case, Quiet(), system_clock)
    assert [(k.status, k.usable, k.sensor) for k in case.store.looks("h")] == [("not-obtained", 0.0, "sentinel-2a")] * 2
    assert "20% cloud over the whole scene" in case.store.looks("h")[1].reason
    after = case.store.verdicts()
    assert [(v.verdict, v.likelihood_ratio, v.power) for v in after] == [
        (v.verdict, v.likelihood_ratio, v.power) for v in before
    ]


def test_an_analysts_own_look_at_a_listed_picture_is_not_doubled(case: Case, tmp_path: Path) -> None:
    from case_fixtures import look

    mine = look("mine", 0, site="h")
    with case.writing() as store:
        store.add_search(
            answered(item("a", 1), item("b", 2, time=mine.time + timedelta(seconds=30), platform=mine.sensor)), at=NOW
        )
        (tmp_path / "t.csv").write_text("a table")
        case.import_looks(tmp_path / "t.csv", [mine], at=NOW)
    run_case(case, Quiet(), system_clock)
    assert [k.status == "not-obtained" for k in case.store.looks("h")].count(True) == 1


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE searches SET record = replace(record, 'no answer', 'an answer') WHERE number = 2", "search 2"),
        ("UPDATE catalogue_items SET record = replace(record, '0.2', '0.3') WHERE id = 'k/s2/b'", "search 1"),
        ("DELETE FROM search_items WHERE search = 3", "search 3"),
    ],
)
def test_a_changed_answer_is_found(searched: Case, tmp_path: Path, sql: str, said: str) -> None:
    root = Path(shutil.copytree(searched.root, tmp_path / "copy"))
    with sqlite3.connect(root / "case.gpkg") as connection:
        with pytest.raises(sqlite3.IntegrityError, match="immutable") if "UPDATE" in sql else _nothing():
            connection.execute(sql)
        for name in ("searches", "catalogue_items", "search_items"):
            connection.execute(f"DROP TRIGGER {name}_stay")
        connection.execute(sql)
    connection.close()
    assert [p.where.removeprefix("case.gpkg: ") for p in check_case(root).problems] == [said]


def _nothing():
    import contextlib

    return contextlib.nullcontext()
