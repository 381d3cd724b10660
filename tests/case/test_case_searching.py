"""Searching for the sites of a case: what is asked, kept, told and not asked again."""

import json
import warnings
from datetime import UTC, datetime

import pytest
from case_fixtures import NOW

import catalogue_answers as made
from loopback import serving
from offing.case.case import Case
from offing.case.searching import PATIENCE, search_case
from offing.cli import main
from offing.errors import CaseError, CaseFileError, OffingWarning
from offing.imagery.catalogue.catalogues import Keys
from offing.network import open_network

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]
TEXT = """\
title: Two windows
sources: [{id: s}]
claims:
  - {id: a, source: s, elements: {destination: dunai, window: 2024-10-08/2024-10-13}}
  - {id: b, source: s, elements: {destination: dunai, origin: rajin, window: 2024-10-20/2024-10-21}}
sites:
  - {id: dunai, name: Dunai, role: port, position: [132.335, 42.879]}
  - {id: rajin, name: Rajin, role: port, position: [130.3, 42.2333]}
  - {id: model, name: Model, role: port, position: [130.3, 42.2333], simulated: true}
search: {catalogues: [%s], baseline_days: 5, after_days: 3}
"""


@pytest.fixture
def network():
    with open_network(timeout_s=5.0, retries=0, pause=lambda seconds: None) as opened:
        yield opened


@pytest.fixture
def catalogue_server():
    """A STAC API that lists the items of ``server.items`` that fall into the time asked for."""

    def answer(asked):
        url = f"http://{asked.headers['Host']}"
        if asked.path == "/":
            link = {"rel": "search", "href": f"{url}/search", "method": "POST"}
            return asked.reply(json.dumps({"type": "Catalog", "links": [link]}).encode())
        if server.down:
            return asked.reply(b"down", status=500)
        start, end = json.loads(asked.body)["datetime"].split("/")
        items = [i for i in server.items if start <= i["properties"]["datetime"] <= end]
        return asked.reply(json.dumps(made.page(items, len(items))).encode())

    with serving(answer) as server:
        server.items, server.down = [made.earth_search_s2(n) for n in range(0, 700, 100)], False
        server.searches = lambda: [json.loads(a.body) for a in server.asked if a.method == "POST"]
        yield server


def make(tmp_path, *catalogues):
    Case.create(tmp_path / "case", "x")
    (tmp_path / "case" / "case.yaml").write_text(TEXT % ", ".join(catalogues), encoding="utf-8")
    return Case.open(tmp_path / "case")


def quietly(case, network, **options):
    """Search, with the warnings beside."""
    rows = []
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        kept = search_case(case, network, options.pop("clock", lambda: NOW), told=rows.append, **options)
    return kept, rows, [str(w.message) for w in said if issubclass(w.category, OffingWarning)]


def test_the_windows_of_claims_are_joined_with_the_days_around_them(tmp_path, network, catalogue_server):
    with make(tmp_path, catalogue_server.url) as case:
        kept, rows, said = quietly(case, network)
        assert [q["datetime"] for q in catalogue_server.searches()] == [
            "2024-10-03T00:00:00Z/2024-10-25T00:00:00Z", "2024-10-15T00:00:00Z/2024-10-25T00:00:00Z"
        ]  # fmt: skip
        assert said == ["site model is simulated and not searched"]
        assert [(k.answer.query.site, k.answer.complete, k.items) for k in kept] == [
            ("dunai", True, 5),
            ("rajin", True, 0),
        ]
        assert [(r.site, r.collection, r.listed, r.new) for r in rows] == [
            ("dunai", "sentinel-2-l2a", 5, 5), ("rajin", "*", 0, 0)
        ]  # fmt: skip
        assert case.store.searches() == kept
        assert len(case.store.items("dunai")) == 5
        # the outline does not reach Rajin: listed there against the question, left out and said
        assert rows[1].notes == ("2 left out: outside the place asked for",)


def test_what_is_settled_is_not_asked_again(tmp_path, network, catalogue_server):
    with make(tmp_path, catalogue_server.url) as case:
        quietly(case, network)
        asked = len(catalogue_server.asked)
        kept, rows, _ = quietly(case, network)
        assert (kept, len(catalogue_server.asked)) == ((), asked)
        assert [(r.site, r.listed, r.new, r.known) for r in rows] == [("dunai", 5, 0, True), ("rajin", 0, 0, True)]
        catalogue_server.items.append(made.earth_search_s2(250))
        kept, rows, _ = quietly(case, network, again=True, site="dunai")
        assert [(r.listed, r.new) for r in rows] == [(6, 1)]
        assert len(kept) == 1


def test_what_was_asked_too_early_is_asked_again(tmp_path, network, catalogue_server):
    early = datetime(2024, 10, 24, tzinfo=UTC)
    with make(tmp_path, catalogue_server.url) as case:
        quietly(case, network, clock=lambda: early, site="dunai")
        assert catalogue_server.searches()[0]["datetime"] == "2024-10-03T00:00:00Z/2024-10-24T00:00:00Z"
        quietly(case, network, site="dunai")
        again = catalogue_server.searches()[1]["datetime"]
        assert again == "2024-10-14T00:00:00Z/2024-10-25T00:00:00Z"  # an archive goes on growing for some days


def test_one_catalogue_that_fails_does_not_lose_the_rest(tmp_path, network, catalogue_server):
    with serving(lambda asked: asked.reply(b"no", status=500)) as broken, make(
        tmp_path, broken.url, catalogue_server.url
    ) as case:  # fmt: skip
        _, rows, said = quietly(case, network)
        assert [r.complete for r in rows] == [False, True, False, True]
        assert any("is not asked for more" in text for text in said)
        assert len(case.store.searches()) == 4
        assert case.store.searches()[0].answer.stopped == "it answers with an error (status 500); try again later"
        before = len(broken.asked)
        quietly(case, network)
        assert len(broken.asked) == before + PATIENCE  # failures are asked again, answers are not
        assert len(catalogue_server.searches()) == 2


def test_names_are_checked_before_anything_is_asked(tmp_path, network, catalogue_server):
    with make(tmp_path, catalogue_server.url) as case:
        with pytest.raises(CaseFileError, match="no catalogue is called"):
            search_case(case, network, lambda: NOW, catalogues=[catalogue_server.url, "earthsearch"])
        with pytest.raises(CaseError, match="no site"):
            search_case(case, network, lambda: NOW, site="nowhere")
        assert catalogue_server.asked == []
        kept, _, said = quietly(case, network, catalogues=["planet"], site="dunai", keys=Keys())
        assert kept == ()
        assert any("PL_API_KEY" in text for text in said)


def test_a_search_before_the_window_asks_nothing(tmp_path, network, catalogue_server):
    with make(tmp_path, catalogue_server.url) as case:
        _, rows, said = quietly(case, network, clock=lambda: datetime(2024, 1, 1, tzinfo=UTC), site="rajin")
        assert rows == []
        assert any("no claim with a window that has begun" in text for text in said)


def run(capsys, *words):
    with pytest.raises(SystemExit) as end, warnings.catch_warnings():
        main(words)
    out = capsys.readouterr()
    return end.value.code, out.out, out.err


def test_the_command(tmp_path, catalogue_server, capsys):
    case = make(tmp_path, catalogue_server.url)
    code, out, err = run(capsys, "scenes", "search", str(case.root), "--format", "json")
    assert code == 0
    rows = json.loads(out)["searches"]
    assert [(r["site"], r["listed"], r["new"], r["answer"]) for r in rows] == [
        ("dunai", 5, 5, "complete"), ("rajin", 0, 0, "complete")
    ]  # fmt: skip
    assert "warning: site model is simulated and not searched" in err
    assert "rajin" in err
    code, out, _ = run(capsys, "scenes", "search", str(case.root), "--site", "dunai")
    assert (code, "settled before" in out) == (0, True)
    assert run(capsys, "check", str(case.root))[0] == 0
    catalogue_server.server.shutdown()
    code, out, err = run(capsys, "scenes", "search", str(case.root), "--catalog", "ftp://x.example")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("error: ")


def test_the_command_when_nobody_answers(tmp_path, capsys):
    with serving(lambda asked: asked.reply(b"x", status=404)) as server:
        case = make(tmp_path, server.url)
        code, out, err = run(capsys, "scenes", "search", str(case.root))
    assert code == 1
    assert "not complete: there is nothing at this address" in " ".join(out.split())
    assert err.splitlines()[-1].startswith("error: no catalogue gave an answer: there is nothing at this address")
