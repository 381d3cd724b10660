"""What ``offing detect`` says of what it dismissed."""

import msgspec
import pytest

from offing.cli.detect import _tell_dismissed
from offing.quantities import Probability
from offing.vessels.detection.model import DetectionSet
from offing.vessels.model import Detection, Measurement, OrientedBox


def dismissed(kind):
    return Detection(
        id="0001", image="a.tif", time=None, score=Probability(value=0.9, low=0.8, high=0.95, basis="x"),
        box=OrientedBox(col=20.0, row=10.0, length_px=(5.0, 0.0), beam_px=(0.0, 1.5)), ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
        flags=(kind,), reasons=("because",),
    )  # fmt: skip


PLAIN = DetectionSet(image="a.tif", detections=(), notes=(), width=40, height=30, georeferenced=False, sensor="sar")
SOME = msgspec.structs.replace(PLAIN, dismissed=(dismissed("ambiguity"), dismissed("land"), dismissed("ambiguity")))


@pytest.mark.parametrize(
    ("sets", "shown", "said"),
    [
        ([PLAIN], False, ""),
        ([SOME], False, "3 dismissed: 2 ambiguity, 1 land; --dismissed shows them\n"),
        ([SOME, SOME], True, "6 dismissed: 4 ambiguity, 2 land\n"),
    ],
)
def test_what_is_dismissed_is_always_counted(capsys, sets, shown, said):
    _tell_dismissed(sets, shown)
    out, err = capsys.readouterr()
    assert (out, err) == ("", said)
