"""``offing scenes search`` and ``offing scenes fetch`` as a person types them, against a real STAC API."""

import json

import pytest

from offing.cli.main import main

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


@pytest.fixture
def offing(case, monkeypatch, tmp_path, capsys):
    """``offing(words…)`` → (exit code, stdout, stderr)."""
    monkeypatch.setenv("OFFING_CACHE", str(tmp_path / "cache"))

    def run(*words):
        with pytest.raises(SystemExit) as end:
            main([*words[:2], str(case.root), *words[2:]])
        said = capsys.readouterr()
        return end.value.code, said.out, said.err

    return run


def test_search_then_fetch(offing, tmp_path):
    assert offing("scenes", "search")[0] == 0
    code, out, _ = offing("scenes", "fetch", "--dry-run", "--format", "json")
    assert code == 0
    assert {row["state"] for row in json.loads(out)["fetched"]} == {"planned"}
    code, out, err = offing("scenes", "fetch", "--item", "S2B_53TKH_shifted", "--format", "json")
    (row,) = json.loads(out)["fetched"]
    assert (code, row["state"], row["problem"]) == (0, "fetched", None)
    assert "darkest pixels" in err
    assert 0 < row["megabytes"] < 5
    assert list((tmp_path / "cache").rglob("*-*"))
    code, out, err = offing("scenes", "list")
    assert row["scene"] in out


def test_what_failed_is_said_in_one_line_and_the_rest_is_kept(offing, case):
    offing("scenes", "search")
    code, _, err = offing(
        "scenes", "fetch", "--item", "S2B_53TKH_gone", "--item", "S2B_53TKH_shifted", "--format", "csv"
    )
    assert code == 1
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "1 of 2 items could not be fetched" in errors[0]
    assert "nothing at this address" in err
    assert [s.original for s in case.store.scenes()] == ["S2B_53TKH_shifted"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--max-mb", "0"], "makes no sense"),
        (["--max-cloud", "140"], "cloud cover of 140%"),
        (["--most", "0"], "at most 0 items"),
        (["--site", "nowhere"], "is no site"),
        (["--catalog", "erth-search"], "no catalogue is called"),
        ([], "nothing was searched yet"),
    ],
)
def test_wrong_options_get_one_clear_error(offing, words, problem):
    code, out, err = offing("scenes", "fetch", *words)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert problem in err
    assert len(err.splitlines()) == 1
