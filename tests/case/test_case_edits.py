"""Edits to case.yaml: what was asked for changes, every other character stays."""

from __future__ import annotations

import difflib
import stat
from pathlib import Path

import pytest
from case_fixtures import CASE_YAML
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.case import edits
from offing.case.casefile import new_case_text, read_case_file
from offing.case.edits import add_entry, set_value
from offing.errors import CaseError, CaseFileError

COMMENTED = """\
# head
title: x   # the title

sources:   # who speaks
    # first
    -   id: a     # letter
        title: "A: quoted"   # kept
        # a note below
    # second
    - {id: b,   title: B}   # flow

# between
sites: []   # none yet
options: {prior: 0.4}   # stated
# tail
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.yaml"
    path.write_bytes(text.encode())
    return path


def changes(before: str, after: str) -> list[str]:
    return [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_an_entry_is_added_and_nothing_else_changes(tmp_path: Path) -> None:
    path = write(tmp_path, COMMENTED)
    case = add_entry(path, "sources", {"id": "c", "title": "Sea: #1", "published": "2024-10-18", "quotes": ["a"]})
    assert case == read_case_file(path)
    assert [s.id for s in case.sources] == ["a", "b", "c"]
    assert (case.sources[2].title, case.sources[2].published, case.sources[2].quotes) == (
        "Sea: #1",
        "2024-10-18",
        ("a",),
    )
    assert changes(COMMENTED, path.read_text()) == [
        "+     - id: c",
        "+       title: 'Sea: #1'",
        "+       published: '2024-10-18'",
        "+       quotes: [a]",
    ]


def test_an_empty_list_becomes_a_list_and_its_comment_stays(tmp_path: Path) -> None:
    path = write(tmp_path, COMMENTED)
    add_entry(path, "sites", {"id": "d", "name": "Дунай", "role": "port", "position": [1.5, 2]})
    assert changes(COMMENTED, path.read_text()) == [
        "- sites: []   # none yet",
        "+ sites:   # none yet",
        "+   - id: d",
        "+     name: Дунай",
        "+     role: port",
        "+     position: [1.5, 2]",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "title: x",
        "title: x\nsources:",
        "title: x\nsources: # none\n",
        "title: x\nsources: [{id: a}]  # flow\n",
        "title: x\r\nsources:\r\n- id: a\r\n",
    ],
)
def test_every_way_of_writing_a_list_takes_an_entry(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    assert add_entry(path, "sources", {"id": "z"}).sources[-1].id == "z"
    assert add_entry(path, "sources", {"id": "y"}).sources[-1].id == "y"
    after = path.read_bytes().decode()
    assert [part for part in ("# none", "# flow") if part in text] == [
        part for part in ("# none", "# flow") if part in after
    ]
    assert ("\r\n" in text) == ("\r\n" in after)
    assert after.count("\n") == after.count("\r\n") or "\r" not in text


def test_values_are_set_where_they_stand(tmp_path: Path) -> None:
    path = write(tmp_path, COMMENTED)
    set_value(path, ("title",), "New: title")
    set_value(path, ("sources", 0, "title"), "B")
    set_value(path, ("sources", 0, "note"), "new key")
    set_value(path, ("sources", 1, "title"), "flow")
    set_value(path, ("sources", 1, "url"), "https://example.org/a?b=c#d")
    case = set_value(path, ("options", "prior"), 0.25)
    assert (case.title, case.sources[0].title, case.sources[0].note) == ("New: title", "B", "new key")
    assert (case.sources[1].title, case.sources[1].url) == ("flow", "https://example.org/a?b=c#d")
    assert case.options.prior == 0.25
    after = path.read_text()
    for line in COMMENTED.splitlines():
        comment = line[line.index("#") :] if "#" in line else ""
        assert comment in after


def test_an_edit_that_would_not_be_valid_leaves_the_file_alone(tmp_path: Path) -> None:
    path = write(tmp_path, COMMENTED)
    for wrong in (
        lambda: add_entry(path, "sources", {"id": "a"}),
        lambda: add_entry(path, "sources", {"idd": "c"}),
        lambda: add_entry(path, "nothing", {"id": "c"}),
        lambda: add_entry(path, "title", {"id": "c"}),
        lambda: set_value(path, ("options", "prior"), 7),
        lambda: set_value(path, ("sources", 9, "title"), "x"),
        lambda: set_value(path, ("title", "x"), "x"),
        lambda: set_value(path, (), "x"),
    ):
        with pytest.raises(CaseFileError):
            wrong()
        assert path.read_text() == COMMENTED
    assert [p.name for p in tmp_path.iterdir()] == ["case.yaml"]


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, COMMENTED)

    def full(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CaseError, match="disk is full"):
        set_value(path, ("title",), "y")
    assert path.read_text() == COMMENTED
    assert [p.name for p in tmp_path.iterdir()] == ["case.yaml"]


@pytest.mark.parametrize("text", [CASE_YAML, new_case_text("x"), COMMENTED])
@settings(max_examples=12, deadline=None)
@given(title=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
def test_any_title_survives_the_writing(tmp_path_factory: pytest.TempPathFactory, text: str, title: str) -> None:
    path = write(tmp_path_factory.mktemp("edit"), text)
    assert set_value(path, ("title",), title).title == title
    assert (
        add_entry(path, "sources", {"id": "added", "title": title, "note": f"{title}: {title}"}).sources[-1].title
        == title
    )
    assert read_case_file(path).sources[-1].note == f"{title}: {title}"
    kept = [line for line in text.splitlines() if line.startswith("#")]
    assert [line for line in path.read_text().splitlines() if line.startswith("#")] == kept


def test_an_edit_on_top_of_another_edit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, COMMENTED)
    real = edits.read_case_text

    def meanwhile(text: str, name: str):
        path.write_text("title: theirs\n")
        return real(text, name)

    monkeypatch.setattr(edits, "read_case_text", meanwhile)
    with pytest.raises(CaseFileError, match="someone else"):
        set_value(path, ("title",), "mine")
    assert path.read_text() == "title: theirs\n"


def test_the_rights_of_the_file_stay(tmp_path: Path) -> None:
    path = write(tmp_path, COMMENTED)
    path.chmod(0o640)
    set_value(path, ("title",), "y")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
