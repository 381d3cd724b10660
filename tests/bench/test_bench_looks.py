"""The benchmark of looks measures what it says: every item of every port, kept and turned into looks."""

from offing.bench.looks import LENGTHS_H, run
from offing.bench.model import BenchOptions


def test_a_year_at_a_few_ports() -> None:
    found = run(BenchOptions(quick=True)).figures
    assert found["items"] == 5 * (2 * 146 + 122)
    assert found["looks"] == 5 * (146 + 122), "two tiles of a pass are one look"
    assert found["ledger lines"] == 5 + 4, "an answer a port; presence, voyages and verdicts stated; the results"
    assert found["gaps"] == 5
    assert len(LENGTHS_H) == 4
