"""What the report says of radar looks: found is not named, simulated is marked, not measured is said."""

import msgspec

import sample_case
from offing.report.radar_lines import radar_lines
from offing.report.site_strips import site_strips

CASE = sample_case.snapshot()


def test_radar_looks_say_what_they_would_have_shown() -> None:
    """Where a claim names the site: of no other does anybody say how long the ship sought is."""
    scenes = {s.id for s in CASE.scenes if s.sensor == "sar"}
    looked = {k.site for k in CASE.looks if k.scene in scenes}
    assert looked == {"dunai", "model"}
    for strip in site_strips(CASE):
        assert bool(strip.radar) is (strip.site.id == "dunai")
        for line in strip.radar:
            assert "found (not: named)" in line
            assert "at anchor" in line
            assert "ships found in simulated ports" in line


def test_simulated_pictures_are_marked_and_odd_pixels_owned_up_to() -> None:
    for gsd, words in ((10.0, "found (not: named)"), (1.0, "has not been measured")):
        scenes = tuple(msgspec.structs.replace(s, gsd_m=(gsd, gsd), simulated=True) for s in CASE.scenes)
        lines = radar_lines(msgspec.structs.replace(CASE, scenes=scenes), "dunai")
        assert lines
        assert all(line.startswith("SIMULATED. ") and words in line for line in lines)
