"""What the report says of the looks: found is not named, simulated is marked, not measured is said."""

import msgspec
import pytest

import sample_case
from offing.report.shown_lines import shown_lines
from offing.report.site_strips import site_strips

CASE = sample_case.snapshot()


def test_looks_say_what_they_would_have_shown() -> None:
    """Where a claim names the site: of no other does anybody say how long the ship sought is."""
    assert {k.site for k in CASE.looks if k.scene} == {"dunai", "model"}
    for strip in site_strips(CASE):
        assert bool(strip.shown) is (strip.site.id == "dunai")
        radar = [line for line in strip.shown if "in radar of" in line]
        assert bool(radar) is bool(strip.shown)
        for line in radar:
            assert "found (not: named)" in line
            assert "at anchor" in line
            assert "ships found in simulated ports" in line


@pytest.mark.parametrize(("gsd", "words"), [(10.0, "found (not: named)"), (1.5, "has not been measured")])
def test_simulated_pictures_are_marked_and_odd_pixels_owned_up_to(gsd, words) -> None:
    scenes = tuple(msgspec.structs.replace(s, gsd_m=(gsd, gsd), simulated=True) for s in CASE.scenes)
    lines = shown_lines(msgspec.structs.replace(CASE, scenes=scenes), "dunai")
    assert {"in radar of" in line for line in lines} == {False, True}
    assert all(line.startswith("SIMULATED. ") and words in line for line in lines)


def test_clouds_are_told_apart_in_optical_looks_alone() -> None:
    scenes = tuple(msgspec.structs.replace(s, gsd_m=(10.0, 10.0), simulated=True) for s in CASE.scenes)
    for status, cloudy in (("clear", False), ("partly", True)):
        looks = tuple(msgspec.structs.replace(k, status=status, usable=0.8) for k in CASE.looks)
        lines = shown_lines(msgspec.structs.replace(CASE, scenes=scenes, looks=looks), "dunai")
        assert [("with clouds" in line) for line in lines] == ["optical" in line and cloudy for line in lines]
        assert sum("optical" in line for line in lines) == 1
