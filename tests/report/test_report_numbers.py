"""Recognition and chances: what length cannot do, and what the free satellites would have shown."""

import msgspec

import sample_case
from offing.report.chances import chance_rows
from offing.report.recognition import recognition_rows


def test_length_does_not_separate_the_two_landing_ships() -> None:
    rows = {r.name: r for r in recognition_rows(sample_case.snapshot())}
    ropucha = rows["Ropucha (Project 775, 775M)"]
    assert ropucha.same_length_as == ("Alligator (Project 1171)",)
    assert ropucha.layout != rows["Alligator (Project 1171)"].layout


def test_classes_of_other_lengths_are_separated() -> None:
    case = sample_case.snapshot()
    longer = tuple(
        msgspec.structs.replace(c, length_m=(160.0, 161.0)) if c.id == "alligator" else c for c in case.classes
    )
    rows = recognition_rows(msgspec.structs.replace(case, classes=longer))
    assert all(r.same_length_as == () for r in rows)


def test_a_short_call_is_rarely_met_and_one_within_a_night_by_no_optical_pass() -> None:
    rows = chance_rows(sample_case.snapshot())
    named = {r.site for r in rows}
    assert rows
    assert not named & {s.name for s in sample_case.sites() if s.simulated}
    for row in rows:
        assert list(row.by_length) == sorted(row.by_length)
        assert all(0.0 <= p <= 1.0 for p in row.by_length)
        if row.passes == "Sentinel-2":
            assert row.by_night == 0.0
    for site in named:
        radar, optical, both = (r.by_length for r in rows if r.site == site)
        assert all(max(a, b) <= c <= a + b + 1e-12 for a, b, c in zip(radar, optical, both, strict=True))


def test_in_autumn_2024_one_radar_satellite_passed() -> None:
    """Sentinel-1B had ended and 1C was not yet launched: half of what passes would allow with two."""
    rows = [r for r in chance_rows(sample_case.snapshot()) if r.passes == "Sentinel-1" and r.span.start.year == 2024]
    assert rows
    assert all(r.satellites == ("sentinel-1a",) for r in rows)
    assert all(0.05 < r.by_length[0] < 0.3 for r in rows)
