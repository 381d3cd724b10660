"""Recognition and chances: what length cannot do, and what the free satellites would have shown."""

import msgspec
import pytest

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


def test_a_short_call_is_rarely_seen_and_a_nocturnal_one_never() -> None:
    for row in chance_rows():
        assert list(row.by_length) == sorted(row.by_length)
        assert row.by_night == 0.0
    assert chance_rows()[0].by_length == pytest.approx((0.05, 0.10, 0.20), abs=0.005)
