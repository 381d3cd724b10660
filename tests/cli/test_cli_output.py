"""What is printed can be read back by programs, and harms no spreadsheet."""

import csv
import io
import json

import pytest

from offing.cli.output import emit

ROWS = [
    {"name": "=HYPERLINK(1)", "lon": -118.212345678, "looks": ("a", "b"), "power": None},
    {"name": "plain, with comma", "lon": 0.1 + 0.2, "looks": (), "power": 0.5},
]
COLUMNS = ("name", "lon", "looks", "power")


def test_csv_keeps_numbers_whole_and_disarms_formulas(capsys: pytest.CaptureFixture[str]) -> None:
    emit(ROWS, COLUMNS, "csv", "rows")
    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert first == {"name": "'=HYPERLINK(1)", "lon": "-118.212345678", "looks": "a; b", "power": ""}
    assert float(second["lon"]) == 0.1 + 0.2
    assert second["name"] == "plain, with comma"


def test_json_holds_every_key(capsys: pytest.CaptureFixture[str]) -> None:
    emit(ROWS, ("name",), "json", "rows")
    assert json.loads(capsys.readouterr().out)["rows"][0]["lon"] == -118.212345678


def test_a_table_shows_text_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"name": "[bold]no markup[/bold] :ship:"}], ("name",), "table", "rows")
    assert "[bold]no markup[/bold] :ship:" in capsys.readouterr().out
