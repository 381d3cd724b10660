"""How long the ship sought is, and what a radar picture would have shown of it."""

from datetime import UTC, datetime

import pytest

from offing.case.radar_chances import radar_chances
from offing.case.sought import length_sought_m
from offing.imagery.model import Scene
from offing.looks.radar_seen import p_seen
from offing.vessels.classes import library


def scene(sensor="sar", gsd=(10.0, 10.0), *, simulated=False) -> Scene:
    return Scene(
        id="s",
        path="scenes/s.tif",
        original="s.tif",
        sha256="0" * 64,
        time=datetime(2024, 10, 16, 9, tzinfo=UTC),
        time_basis="stated",
        sensor=sensor,
        gsd_m=gsd,
        width=100,
        height=100,
        simulated=simulated,
    )


def test_the_shortest_class_sought_gives_the_length() -> None:
    classes = library()
    assert length_sought_m(["ropucha"], classes) == pytest.approx(112.5, abs=1.0)
    assert length_sought_m(["any"], classes) is None
    assert length_sought_m([], classes) is None
    wide = length_sought_m(["landing-ship"], classes)
    assert wide is not None
    assert wide == min(n for c in classes.leaves(["landing-ship"]) if (n := length_sought_m([c], classes)) is not None)


@pytest.mark.parametrize("simulated", [False, True])
def test_radar_says_what_was_measured(simulated) -> None:
    chances = radar_chances(scene(simulated=simulated), 112.5)
    assert chances is not None
    assert chances.simulated is simulated
    assert chances.at_anchor == p_seen(112.5, 10.0, at_quay=False, simulated=simulated)
    assert chances.at_quay == p_seen(112.5, 10.0, at_quay=True, simulated=simulated)
    assert chances.at_anchor != chances.at_quay


def test_other_looks_and_unknown_lengths_have_none() -> None:
    assert radar_chances(scene("multispectral"), 112.5) is None
    assert radar_chances(scene(), None) is None


def test_what_was_not_measured_is_said_so() -> None:
    chances = radar_chances(scene(gsd=(30.0, 29.0)), 112.5)
    assert chances is not None
    assert (chances.at_anchor, chances.at_quay, chances.gsd_m) == (None, None, 30.0)
