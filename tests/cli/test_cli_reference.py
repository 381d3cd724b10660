"""``offing reference``: what is printed, written and refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from offing.cli.main import main
from offing.simulation.broadside import BroadsideSpec, broadside, write_broadside
from offing.vessels.classes import library

OUTLINE = [(24, 0), (0, -48), (560, -48), (560, -144), (720, -144), (720, -48), (800, -48), (800, 0)]


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["reference", *(str(a) for a in arguments)])
    text = capsys.readouterr()
    return int(end.value.code or 0), text.out, text.err


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "ship.csv"
    path.write_text("\n".join(f"{x},{y}" for x, y in OUTLINE))
    return path


def test_a_trace_is_read_compared_drawn_and_kept(capsys: pytest.CaptureFixture[str], trace: Path, tmp_path: Path):
    figure, kept = tmp_path / "ship.svg", tmp_path / "ship.json"
    code, out, _ = run(
        capsys, trace, "--bow", "left", "--length", 112.5, "--class", "ropucha", "alligator", "--against", trace,
        "--figure", figure, "-o", kept, "--format", "json",
    )  # fmt: skip
    assert code == 0
    document = json.loads(out)
    assert document["reference"]["bow"] == {"side": "left", "probability": 1.0, "basis": "given"}
    (house,) = document["parts"]
    assert house["start"] == pytest.approx(0.7, abs=0.01)
    assert house["start_90"][0] < 0.7 < house["start_90"][1]
    assert house["height_m"] == pytest.approx(0.12 * 112.5, abs=1.0)
    assert [c["against"] for c in document["comparisons"]] == ["ropucha", "alligator", "ship.csv"]
    assert document["comparisons"][2]["ratio"]["value"] > 1.0
    assert figure.read_text().count("<svg") == 1
    assert json.loads(kept.read_text())["name"] == "ship.csv"


def test_the_table_names_the_parts_and_says_what_was_assumed(capsys: pytest.CaptureFixture[str], trace: Path):
    code, out, err = run(capsys, trace, "--class", "ropucha")
    assert code == 0
    assert "house" in out
    assert "ropucha" in out
    assert "--bow says it" in err
    assert "view angle is not stated" in err


def test_a_simulated_photograph_is_called_simulated(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    spec = BroadsideSpec(vessel_class=library().get("ropucha"), seed=3, width=600)
    path = write_broadside(broadside(spec), tmp_path / "a.jpg")
    code, out, _ = run(capsys, path, "--format", "json")
    assert code == 0
    assert json.loads(out)["reference"]["simulated"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing.jpg",), "no such file"),
        (("ship.csv", "--class", "ropuca"), "did you mean ropucha"),
        (("ship.csv", "--class", "any"), "no layout"),
        (("ship.csv", "--length", "-4"), "length of -4 m"),
        (("ship.csv", "--view", "80"), "80° from abeam"),
        (("ship.csv", "--id", "0001"), "go together"),
        (("ship.csv", "-o", "ship.csv"), "would overwrite"),
        (("ship.csv", "--figure", "nowhere/a.svg"), "folder does not exist"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    capsys: pytest.CaptureFixture[str],
    trace: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
):
    monkeypatch.chdir(trace.parent)
    code, out, err = run(capsys, *arguments)
    assert code == 1
    assert out == ""
    assert words in err
    assert err.count("error:") == 1
    assert err.count("\n") == 1
