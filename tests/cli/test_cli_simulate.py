"""``offing simulate`` as a person types it."""

import json
import subprocess
import sys

import pytest
import rasterio


def offing(*arguments: str, cwd) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from offing.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


def test_scene_writes_picture_and_truth(tmp_path) -> None:
    done = offing(
        "simulate",
        "scene",
        "-o",
        "simulated.tif",
        "--sensor",
        "sar",
        "--ships",
        "ropucha@berth",
        "tug@open",
        "--position",
        "-30.5,12",
        "--size",
        "200",
        "--time",
        "2024-03-01T06:10Z",
        cwd=tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["simulated.tif", "simulated.truth.geojson"]
    with rasterio.open(tmp_path / "simulated.tif") as source:
        assert source.crs.to_epsg() == 32625
        assert source.tags()["OFFING_TIME"] == "2024-03-01T06:10:00Z"
        assert source.descriptions == ("VV", "VH")
    truth = json.loads((tmp_path / "simulated.truth.geojson").read_text())
    assert [f["properties"]["class"] for f in truth["features"]] == ["ropucha", "tug"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--ships", "ropucha"), 1, "CLASS@berth or CLASS@open"),
        (("--ships", "yacht@open"), 1, "did you mean motor-yacht"),
        (("--position", "here"), 1, "LON,LAT"),
        (("--time", "2024-10-17T13:00Z"), 1, "too low"),
        (("--gsd", "0"), 1, "pixel size"),
        (("--cloud", "2"), 1, "cloud"),
        (("--sensor", "sonar"), 2, "sonar"),
    ],
)
def test_bad_input_is_one_line(tmp_path, arguments, code, said) -> None:
    done = offing("simulate", "scene", "-o", "simulated.tif", *arguments, cwd=tmp_path)
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_does_not_say_so_is_noted(tmp_path) -> None:
    done = offing("simulate", "scene", "-o", "port.tif", "--no-ships", "--size", "64", cwd=tmp_path)
    assert done.returncode == 0
    assert "does not say that the picture is simulated" in done.stderr


def test_worlds_are_not_offered(tmp_path) -> None:
    assert offing("simulate", "world", cwd=tmp_path).returncode == 2
