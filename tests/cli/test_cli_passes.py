import csv
import io
import json

import pytest

import orbit_samples as samples
from offing.cli.main import main

CASE = """title: A case
sources: [{id: s, title: T, reliability: B}]
claims:
  - id: c
    source: s
    quote: words
    elements: {destination: dunai, window: 2024-10-08/2024-10-13, carrier: {classes: [ropucha], count: 1}}
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.335, 42.879]}
  - {id: hole, name: Hole, role: port, position: [-179.99, -16.2]}
"""


@pytest.fixture
def run(capsys):
    def run(*words):
        with pytest.raises(SystemExit) as end:
            main(["passes", *map(str, words)])
        streams = capsys.readouterr()
        return end.value.code, streams.out, streams.err

    return run


@pytest.fixture
def case(tmp_path):
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "case.yaml").write_text(CASE, encoding="utf-8")
    return folder


def test_a_case_is_asked_for_the_windows_of_its_claims(run, case):
    code, out, _ = run(case, "--site", "dunai", "--satellite", "sentinel-1a", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert [r["time"] for r in rows] == ["2024-10-11T21:14:52Z", "2024-10-13T09:01:07Z"]
    assert {r["satellite"] for r in rows} == {"sentinel-1a"}
    assert all("not an acquisition" in r["basis"] for r in rows)


def test_a_place_is_asked_for_the_days_given(run):
    code, out, err = run("-118.2,33.7", "--from", "2021-01-05", "--to", "2021-01-05", "--format", "json")
    passes = json.loads(out)["passes"]
    assert code == 0
    assert [p["satellite"] for p in passes].count("sentinel-1b") >= 1
    assert {"site", "time", "start", "end", "covers", "daylight", "incidence_deg", "uncertainty_km"} <= passes[0].keys()
    assert "landsat-7 is not told" in err


def test_without_a_span_the_next_fortnight_is_looked_at(run, case):
    code, out, _ = run(case, "--site", "hole", "--satellite", "landsat-9", "--format", "json")
    assert code == 0
    assert 1 <= len(json.loads(out)["passes"]) <= 8


def test_elements_on_the_command_line_join(run, tmp_path):
    path = tmp_path / "own.tle"
    pair = tuple(samples.checksummed(line[:2] + "99999" + line[7:]) for line in samples.S2B_MARCH)
    path.write_text(samples.text(pair, name="PELICAN"), encoding="utf-8")
    words = ("132.335,42.879", "--tle", path, "--from", "2026-03-10", "--to", "2026-03-14", "--format", "csv")
    code, out, _ = run(*words, "--swath-km", "290", "--satellite", "PELICAN")
    ours = [r["time"] for r in csv.DictReader(io.StringIO(out))]
    assert code == 0
    assert ours
    _, out, _ = run(*words[:1], *words[3:], "--satellite", "sentinel-2b")
    assert [t[:16] for t in ours] == [r["time"][:16] for r in csv.DictReader(io.StringIO(out))]
    code, _, err = run(*words)
    assert (code, err.count("\n")) == (1, 1)
    assert "swath" in err


def test_the_elements_of_a_case_join_too(run, case):
    pair = tuple(samples.checksummed(line[:2] + "99999" + line[7:]) for line in samples.S2B_MARCH)
    (case / "own.tle").write_text(samples.text(pair, name="PELICAN"), encoding="utf-8")
    text = CASE + "orbits: [{path: own.tle, swath_km: 600}]\n"
    (case / "case.yaml").write_text(text, encoding="utf-8")
    code, out, _ = run(case, "--satellite", "pelican", "--from", "2026-03-01", "--to", "2026-03-20", "--format", "csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {(r["site"], r["satellite"], r["sensor"]) for r in rows} == {
        (site, "PELICAN", "as given") for site in ("dunai", "hole")
    }


def test_elements_ten_years_old_are_refused_with_their_age(run, tmp_path):
    path = tmp_path / "old.tle"
    path.write_text(samples.text(samples.S2A_2016), encoding="utf-8")
    code, out, err = run("132.335,42.879", "--tle", path, "--from", "2026-10-01")
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert "10.4 years" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere",), "no such folder"),
        (("15,95",), "no place on Earth"),
        (("1.2.3,4",), "no place"),
        (("1,2", "--site", "dunai"), "--site"),
        (("1,2", "--from", "2026-02-01", "--to", "2026-01-01"), "before"),
        (("1,2", "--from", "1900-01-01", "--to", "2026-01-01"), "ten years"),
        (("1,2", "--from", "yesterday"), "yesterday"),
        (("1,2", "--radius-m", "-1"), "radius"),
        (("1,2", "--satellite", "spoutnik"), "known"),
        (("1,2", "--tle", "none.tle"), "no such file"),
    ],
)
def test_bad_input_is_one_line(run, words, says):
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert says in err


def test_unknown_sites_are_refused(run, case):
    code, _, err = run(case, "--site", "dunay")
    assert (code, err.count("\n")) == (1, 1)
    assert "'dunay' is no site" in err


def test_the_table_says_what_a_pass_is(run):
    code, out, err = run("132.335,42.879", "--from", "2024-10-01", "--to", "2024-10-04", "--satellite", "sentinel-1a")
    assert code == 0
    assert "2024-10-01T09:01:07Z" in out
    assert "an overflight, not an acquisition" in err
