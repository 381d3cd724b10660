"""Folds hold out ports and places whole, evenly, and the same way every time."""

import os
from collections import Counter
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "training"


@pytest.fixture(scope="module")
def folds():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import folds

        yield folds


def table(path, counts):
    rows = [f"{place}-{i}.jpg,{place}" for place, n in counts.items() for i in range(n)]
    path.write_text("image,place\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_three_ports_in_every_fold(folds):
    assert Counter(folds.PORTS.values()) == {0: 3, 1: 3, 2: 3}
    assert {folds.fold_of_port(name) for name in folds.PORTS} == set(range(folds.FOLDS))
    with pytest.raises(KeyError):
        folds.fold_of_port("elsewhere")


def test_places_are_even_and_do_not_depend_on_order(folds, tmp_path):
    counts = {f"p{i:02}": n for i, n in enumerate([90, 70, 60, 50, 20, 20, 9, 8, 7, 6, 5, 4, 3, 2, 1])}
    made = folds.place_folds(table(tmp_path / "a.csv", counts))
    assert made == folds.place_folds(table(tmp_path / "b.csv", dict(reversed(counts.items()))))
    held = Counter()
    for place, fold in made.items():
        held[fold] += counts[place]
    assert max(held.values()) - min(held.values()) <= 2
    assert folds.fold_of_place("p00", tmp_path / "a.csv") == 0


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="OFFING_DATA names no folder")
def test_the_naval_places_themselves(folds):
    made = folds.place_folds(Path(os.environ["OFFING_DATA"]) / "optical-naval" / "ships.csv")
    assert len(made) == 50
    assert folds.fold_of_place(next(iter(made))) == made[next(iter(made))]
    assert min(Counter(made.values()).values()) >= 15
