"""Locks pin everything with hashes and name no registry; the two commands are what the README says."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_locks_pin_with_hashes_and_name_no_registry(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert entries
    assert [e.splitlines()[0] for e in entries if "==" not in e.splitlines()[0] or "--hash=sha256:" not in e] == []
    assert "http" not in text
    assert "--index" not in text


def test_the_locks_hold_every_dependency_of_the_project() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.split("dependencies = [")[1].split("]")[0]
    pinned = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name in re.findall(r'"([a-z0-9.-]+)', block):
        assert re.search(rf"^{name.replace('.', '-')}==", pinned, re.M), name


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_two_commands_exist_and_are_in_the_readme(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
    target = command.split()[1]
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_continuous_integration_calls_make_test() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
