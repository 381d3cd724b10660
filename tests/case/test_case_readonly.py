"""A case in a place where nothing may be written can be read and checked; writing to it is one clear line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_fixtures import NOW, make_results

from offing.case.case import Case

CODE = """
import os, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
import shapely
from case_fixtures import NOW
from offing.case.case import Case
from offing.case.check import check_case
from offing.case.importing import import_observations
from offing.errors import OffingError

root = Path(sys.argv[1])
read = lambda: (len(Case.open(root).store.looks()), len(Case.open(root).berths("dunai")), check_case(root).problems)
read()  # everything is imported before the rights to do so are given up
if os.getuid() == 0:
    os.setuid(65534)
print(read())
for write in (
    lambda: import_observations(Case.open(root), root / "looks.csv", lambda: NOW),
    lambda: Case.create(root / "inner", "x"),
):
    try:
        write()
    except OffingError as error:
        print(error)
"""


@pytest.fixture
def shut(blank_case: Path) -> Iterator[Path]:
    """A case whose folders and files nobody may write to."""
    place = Path(tempfile.mkdtemp())
    root = place / "dunai"
    case = Case.open(shutil.copytree(blank_case, root))
    with case.writing() as store:
        store.project(make_results(case), at=NOW)
    (root / "looks.csv").write_text(
        "look_id,site,time,sensor,status,usable,seen\na,dunai,2024-10-01T00:00Z,s2,clear,1,no\n"
    )
    paths = [place, root, *root.rglob("*")]
    for path in reversed(paths):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield root
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)
    shutil.rmtree(place)


@pytest.mark.skipif(os.name != "posix", reason="file permissions work otherwise there")
def test_reading_works_and_writing_is_one_clear_line(shut: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(shut), str(Path(__file__).parent)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    read, imported, created = done.stdout.splitlines()
    assert read == "(2, 1, ())"
    assert imported == f"{shut}: permission denied; copy the case to a place where you may write"
    assert created.startswith(f"{shut / 'inner'}: permission denied")
