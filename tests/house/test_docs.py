"""The pages say what the program does: links lead somewhere, commands and keys are all there."""

import re
from pathlib import Path

import msgspec
import pytest

from offing.case.definition import CaseDefinition
from offing.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_is_in_the_reference() -> None:
    text = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"## offing {name}\n" not in text] == []


def test_every_key_of_case_yaml_is_documented() -> None:
    text = (ROOT / "docs/reference/case-file.md").read_text(encoding="utf-8")
    assert [key for key in sorted(_keys(CaseDefinition, set())) if not re.search(rf"\b{key}\b", text)] == []


def _keys(kind: type, seen: set[type]) -> set[str]:
    """Every key that a record and the records in it are written with."""
    if kind in seen:
        return set()
    seen.add(kind)
    found = set()
    for field in msgspec.structs.fields(kind):
        found.add(field.encode_name)
        for inner in _records_in(field.type):
            found |= _keys(inner, seen)
    return found


def _records_in(annotation: object) -> list[type]:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [r for argument in getattr(annotation, "__args__", ()) for r in _records_in(argument)]


def test_no_page_names_a_machine() -> None:
    """Nothing in the repository's pages names the machine it was written on."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert "/work/" not in text
        assert "/root/" not in text
