"""The benchmark of the same ship: which pairs it makes, and what it says of them."""

from datetime import UTC, datetime, timedelta

import pytest

from offing.bench.same_ship import figures_of, judge
from offing.bench.same_ship_pairs import Seen, classes_for, pairs, seen_ships
from offing.quantities import Interval
from offing.simulation.layouts import drawable
from offing.vessels.model import Measurement
from offing.vessels.same_ship.model import View


def view(name, length, day) -> View:
    around = Interval(low=0.93 * length, high=1.07 * length)
    return View(
        detection="0001", image=f"{name}.tif", sensor="multispectral", gsd_m=3.0, simulated=True,
        time=datetime(2024, 5, 1, tzinfo=UTC) + timedelta(days=day),
        measurement=Measurement(
            length_m=length, length_m_90=around, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
    )  # fmt: skip


@pytest.fixture
def ships() -> list[Seen]:
    return [
        Seen(
            vessel_class=f"class-{i}", ship=i, first={"middle": view(f"{i}-a", length, 0)},
            second={"middle": view(f"{i}-b", 1.01 * length, 1)}, sister={"middle": view(f"{i}-c", length, 2)},
        )
        for i, length in enumerate((40.0, 70.0, 120.0, 200.0))
    ]  # fmt: skip


def test_pairs_are_what_they_say(ships) -> None:
    made = pairs(ships, ("middle", "middle"), 1, 2)
    assert [p.kind for p in made].count("same") == [p.kind for p in made].count("sister") == 4
    others = [p for p in made if p.kind == "other"]
    assert len(others) == 8
    assert all(p.ships[0] != p.ships[1] for p in others)
    assert pairs(ships, ("middle", "radar"), 1, 2) == []


def test_figures_of_ships_of_very_different_lengths(ships) -> None:
    figures = figures_of("x", judge(ships, ("middle", "middle"), 1))
    assert str(figures["x: same ship or another of the traffic"]).startswith("AUC 1.000")
    assert str(figures["x: same ship or a sister"]).startswith("AUC 0.500, Cllr 1.00")
    assert figures["x: called the same, another, of pairs of sisters"] == "0, 0 of 4"


def test_classes_are_calibrated_on_or_measured_on_never_both() -> None:
    fit, bench = set(classes_for("fit")), set(classes_for("bench"))
    assert not fit & bench
    assert fit | bench <= set(drawable())
    assert min(len(fit), len(bench)) > 3


def test_the_same_seed_is_the_same_ship_again() -> None:
    one, other = (seen_ships([5], ("ropucha",))[0] for _ in range(2))
    assert one == other
