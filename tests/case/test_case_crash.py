"""Whatever ends a command, nothing that was acknowledged is lost and nothing that was not is half there."""

from __future__ import annotations

import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from case_fixtures import NOW, put

from offing.case.case import Case
from offing.case.check import check_case
from offing.errors import CaseError, LedgerError, OffingWarning, StoreError

HERE = Path(__file__).parent

PRELUDE = f"""
import os, sys, signal
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
from case_fixtures import NOW
from offing.case.case import Case
from offing.case.ledger import Ledger

case = Case.open(Path(sys.argv[1]))

def put(store, key):
    store.put_statement(key=key, step="test", inputs={{}}, parameters={{}}, version="0", result=key * 50, at=NOW)
"""

ENDLESS = (
    PRELUDE
    + """
with case.writing() as store:
    for number in range(1, 100000):
        key = f"{sys.argv[2]}-{number}"
        put(store, key)
        print(key, flush=True)
"""
)


def child(code: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def sound(case: Case) -> None:
    assert check_case(case.root).problems == ()


def test_killed_ten_times_nothing_acknowledged_is_lost(case: Case) -> None:
    acknowledged: list[str] = []
    for attempt in range(10):
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(case.root), str(attempt)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        # Each child is killed after another number of lines: in the midst of the next statement.
        acknowledged += [process.stdout.readline().strip() for _ in range(1 + 3 * attempt)]
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged += [line for line in rest.splitlines() if line]
        assert process.returncode == -signal.SIGKILL
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        with case.writing():
            pass
    kept = [s.key for s in case.store.statements()]
    assert set(acknowledged) <= set(kept)
    assert len(kept) - len(acknowledged) <= 10  # at most the one in hand, each time
    assert [line.payload["key"] for line in case.ledger.lines()] == sorted(kept, key=_order)
    sound(case)


def _order(key: str) -> tuple[int, int]:
    attempt, number = key.split("-")
    return int(attempt), int(number)


CRASH_AT = {
    "before the ledger line": "Ledger.prepare = lambda *a: os._exit(9)",
    "in the middle of the ledger line": """
write = Ledger._write
Ledger._write = lambda self, begin, data, undo=True: (write(self, begin, data[:40]), os._exit(9))
""",
    "between the ledger line and the commit": """
prepare = Ledger.prepare
def both(self, *a):
    prepare(self, *a)
    os._exit(9)
Ledger.prepare = both
""",
    "between the commit and its acknowledgement": "Ledger.confirm = lambda *a: os._exit(9)",
}


@pytest.mark.parametrize("moment", CRASH_AT)
def test_a_crash_at_each_moment_leaves_all_or_nothing(case: Case, moment: str) -> None:
    put(case, "before")
    code = PRELUDE + "\nwith case.writing() as store:\n    pass\n" + CRASH_AT[moment]
    done = child(code + "\nwith case.writing() as store:\n    put(store, 'k')\n", case.root)
    assert done.returncode == 9, done.stderr
    committed = "commit and" in moment
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        put(Case.open(case.root), "after")
    unfinished = [w for w in caught if "unfinished line" in str(w.message)]
    assert bool(unfinished) == (
        moment in ("in the middle of the ledger line", "between the ledger line and the commit")
    )
    keys = ["before", *(["k"] if committed else []), "after"]
    assert [line.payload["key"] for line in case.ledger.lines()] == keys
    assert {s.key for s in case.store.statements()} == set(keys)
    sound(case)


def test_lines_that_the_ledger_lost_are_written_again_from_the_store(case: Case) -> None:
    for key in "abc":
        put(case, key)
    whole = case.ledger.path.read_bytes()
    case.ledger.path.write_bytes(whole[: whole.index(b"\n") + 1])
    assert [p.where for p in check_case(case.root).problems] == ["ledger.jsonl:2", "ledger.jsonl:3"]
    with pytest.warns(OffingWarning, match="2 of its last lines were missing"):
        put(case, "d")
    assert case.ledger.path.read_bytes().startswith(whole)
    case.ledger.path.unlink()
    with pytest.warns(OffingWarning, match="4 of its last lines were missing"):
        put(case, "e")
    assert case.ledger.path.read_bytes().startswith(whole)
    sound(case)


def test_a_store_older_than_its_ledger_is_refused(case: Case) -> None:
    put(case, "a")
    older = case.store.path.read_bytes()
    put(case, "b")
    case.store.path.write_bytes(older)
    with pytest.raises(LedgerError, match=r"it has 2 lines, case\.gpkg knows 1"):
        put(Case.open(case.root), "c")
    case.store.path.unlink()
    with pytest.raises(LedgerError, match=r"it has 2 lines, case\.gpkg knows 0"):
        put(Case.open(case.root), "c")


def test_a_ledger_of_another_case_is_refused(case: Case, tmp_path: Path) -> None:
    put(case, "a")
    other = Case.create(tmp_path / "other", "x")
    put(other, "b")
    case.ledger.path.write_bytes(other.ledger.path.read_bytes())
    with pytest.raises(LedgerError, match=r"is not the one that case\.gpkg knows"):
        put(case, "c")


FULL = (
    PRELUDE
    + """
import resource
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from offing.case.importing import import_observations
from offing.errors import CaseError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    import_observations(case, Path(sys.argv[3]), lambda: NOW)
except CaseError as error:
    print(error)
    sys.exit(1)
"""
)


def test_a_disk_that_fills_up_leaves_the_case_as_it_was(case: Case, tmp_path: Path) -> None:
    """A file size limit stands for the full disk: every size from nothing to enough is hit on the way."""
    put(case, "a")
    table = tmp_path / "looks.csv"
    rows = [f"l{i},rajin,2024-10-{1 + i % 28:02}T02:00Z,s2,clear,1,no" for i in range(300)]
    table.write_text("\n".join(["look_id,site,time,sensor,status,usable,seen", *rows]))
    ledger, failed = case.ledger.path.read_bytes(), 0
    for limit in (500, 20_000, 60_000, 120_000, 180_000, 10_000_000):
        done = child(FULL, case.root, limit, table)
        if done.returncode == 0:
            break
        failed += 1
        assert done.returncode == 1, done.stderr
        assert done.stdout.count("\n") == 1
        assert case.ledger.path.read_bytes() == ledger
        assert Case.open(case.root).store.looks() == ()
        assert list((case.root / "sources").iterdir()) == []
        sound(case)
    assert failed >= 3
    assert len(Case.open(case.root).store.looks()) == 300
    sound(case)


def test_dev_full_is_one_clear_line(case: Case) -> None:
    case.ledger.path.unlink(missing_ok=True)
    case.ledger.path.symlink_to("/dev/full")
    with pytest.raises((CaseError, StoreError)) as caught:
        put(case, "a")
    assert "\n" not in str(caught.value)
    assert case.store.statement("a") is None


def test_an_interrupt_in_a_transaction_rolls_it_back(case: Case) -> None:
    put(case, "a")
    before = case.ledger.path.read_bytes()
    with case.writing() as store, pytest.raises(KeyboardInterrupt), store._transaction("x", NOW):
        raise KeyboardInterrupt
    assert case.ledger.path.read_bytes() == before
    put(case, "b")
    sound(case)
