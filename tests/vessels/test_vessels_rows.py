"""Long rows of equal shapes abreast are named marinas; ships rafted or lying end to end are not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.quantities import Probability
from offing.vessels.detection.dismissal.rows import LEAST, rows
from offing.vessels.model import Detection, Measurement, OrientedBox


def shape(col: float, row: float, degrees: float, length: float = 30.0) -> Detection:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return Detection(
        id="0001", image="a.tif", time=None, score=Probability(value=0.9, low=0.8, high=1.0, basis="test"),
        box=OrientedBox(
            col=col, row=row, length_px=(0.5 * length * c, 0.5 * length * s),
            beam_px=(-0.1 * length * s, 0.1 * length * c),
        ),
        ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
    )  # fmt: skip


def line(count: int, degrees: float, along: float, across: float) -> list[Detection]:
    """Shapes ``along`` and ``across`` their lengths apart, all turned by ``degrees``."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        shape(500 + i * (along * c - across * s), 500 + i * (along * s + across * c), degrees) for i in range(count)
    ]


@given(st.floats(0, 180), st.integers(LEAST, 30))
def test_a_long_row_is_named_whole_however_it_is_turned(degrees: float, count: int) -> None:
    called = rows(line(count, degrees, 0.0, 10.0))
    assert set(called) == set(range(count))
    assert all(c.flag == "marina" and str(count) in (c.reason or "") for c in called.values())


@pytest.mark.parametrize(
    "ships",
    [
        line(LEAST - 1, 30.0, 0.0, 10.0),
        line(20, 30.0, 33.0, 0.0),
        line(20, 30.0, 0.0, 60.0),
        [shape(500, 500 + 10 * i, 25.0 * i) for i in range(20)],
        [shape(500, 500 + 10 * i, 0.0, 20.0 * 1.6 ** (i % 6)) for i in range(12)],
        [],
    ],
    ids=["few", "end to end", "far apart", "turned", "unequal", "none"],
)
def test_other_arrangements_are_left_alone(ships) -> None:
    assert rows(ships) == {}
