"""A case's own ships and classes are held to the same rules, on the line where they stand."""

import pytest

from offing.case.casefile import read_case_text
from offing.errors import CaseFileError

CASE = """\
title: x
classes:
  - id: mine
    parent: cargo
    length_m: [80, 90]
    {class_line}
vessels:
  - id: a
    class: mine
    {ship_line}
"""


def case(class_line: str = "speed_kn: [9, 12]", ship_line: str = "names: [A]") -> str:
    return CASE.format(class_line=class_line, ship_line=ship_line)


@pytest.mark.parametrize("line", ['imo: "9179842"', "imo: 9358010 (unverified)", "imo: 9074729", "mmsi: 273396130"])
def test_numbers_that_can_be_right(line: str) -> None:
    read_case_text(case(ship_line=line), "case.yaml")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "imo: 9179843",
            "case.yaml:10: imo '9179843' cannot be right: its last digit checks the others and would be 2",
        ),
        ("imo: IMO 123", "case.yaml:10: imo 'IMO 123' is not seven digits"),
        ("mmsi: 0", "case.yaml:10: mmsi '0' is not nine digits above 0"),
        ("mmsi: 000000000", "case.yaml:10: mmsi '000000000' is not nine digits above 0"),
        ("length_m: [90, 80]", "case.yaml:10: length_m is 90 to 80"),
    ],
)
def test_a_ship_that_cannot_be(line: str, words: str) -> None:
    with pytest.raises(CaseFileError) as raised:
        read_case_text(case(ship_line=line), "case.yaml")
    assert str(raised.value).startswith(words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("beam_m: [100, 110]", "broader than long"),
        ("hull: {bow: 3, transom: 1, freeboard_m: 2}", "hull with bow 3"),
        ("parts: [{kind: house, start: 0.5, end: 1.5, width: 1, height_m: 3}]", "a house from 0.5 to 1.5"),
        ("stands_for: [tanker]", "stands_for 'tanker', which is not below it"),
        ("stands_for: [nothing]", "'nothing' is no vessel class"),
    ],
)
def test_a_class_that_cannot_be(line: str, words: str) -> None:
    with pytest.raises(CaseFileError) as raised:
        read_case_text(case(class_line=line), "case.yaml")
    assert "case.yaml:" in str(raised.value)
    assert words in str(raised.value)
