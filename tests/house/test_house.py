"""The house keeps its own rules: light start, one exit code a kind of failure, every command documented."""

import json
import subprocess
import sys

import pytest

from offing.cli.main import COMMANDS

HEAVY = ("rasterio", "cv2", "scipy", "pyproj", "shapely", "jinja2", "pystac", "numpy", "onnxruntime", "ruamel")


def offing(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "offing", *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from offing.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_an_example(command: str) -> None:
    done = offing(command, "--help")
    assert done.returncode == 0, done.stderr
    assert "offing " + command in done.stdout


def test_wrong_usage_is_one_line_and_exit_2() -> None:
    done = offing("no-such-command")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_faulty_data_is_one_line_and_exit_1(tmp_path) -> None:
    done = offing("verdicts", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1


def test_doctor_prints_json() -> None:
    done = offing("doctor", "--format", "json")
    components = {c["component"]: c["version"] for c in json.loads(done.stdout)["components"]}
    assert components["offing"] == "0.1.0"
    assert components["rasterio"] != "not installed"
