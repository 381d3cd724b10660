"""How long the ship sought is, and what a picture would have shown of it."""

from datetime import UTC, datetime

import pytest

from offing.case.found_chances import found_chances
from offing.case.sought import length_sought_m
from offing.imagery.model import Scene
from offing.looks import optical_seen, radar_seen
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
    chances = found_chances(scene(simulated=simulated), 112.5, clear=True)
    assert chances is not None
    assert chances.simulated is simulated
    assert chances.at_anchor == radar_seen.p_seen(112.5, 10.0, at_quay=False, simulated=simulated)
    assert chances.at_quay == radar_seen.p_seen(112.5, 10.0, at_quay=True, simulated=simulated)
    assert chances.at_anchor != chances.at_quay
    assert chances == found_chances(scene(simulated=simulated), 112.5, clear=False), "radar sees through cloud"


@pytest.mark.parametrize("sensor", ["multispectral", "rgb", "panchromatic"])
@pytest.mark.parametrize("clear", [False, True])
def test_optical_pictures_say_what_was_measured(sensor, clear) -> None:
    chances = found_chances(scene(sensor, (5.0, 4.9), simulated=True), 112.5, clear=clear)
    assert chances is not None
    edge = False if clear else None
    for said, quay in ((chances.at_anchor, False), (chances.at_quay, True)):
        assert said == optical_seen.p_seen(112.5, 5.0, at_quay=quay, cloud_edge=edge, simulated=True)
        assert said is not None
        assert ("cloud's edge or not" in said.basis) is not clear


def test_unknown_lengths_have_none() -> None:
    assert found_chances(scene(), None, clear=True) is None
    assert found_chances(scene("rgb"), None, clear=True) is None


@pytest.mark.parametrize(("sensor", "gsd"), [("sar", 30.0), ("multispectral", 30.0), ("multispectral", 3.0)])
def test_what_was_not_measured_is_said_so(sensor, gsd) -> None:
    """Real radar has labels at 10 m alone, real optical pictures have none at 3 m."""
    chances = found_chances(scene(sensor, (gsd, gsd - 1)), 112.5, clear=True)
    assert chances is not None
    assert (chances.at_anchor, chances.at_quay, chances.gsd_m) == (None, None, gsd)
