"""What ``offing detect`` says of what it dismissed."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from offing.cli import main
from offing.cli.detect import _tell_dismissed
from offing.geo import LonLat
from offing.quantities import Probability
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
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


@pytest.fixture(scope="module")
def ghostly(tmp_path_factory):
    """Two ships of 300 m on a calm sea, and the ghost of one."""
    ships = (
        ShipSpec(vessel_class="cargo", length_m=300.0, x_m=300.0, y_m=-2300.0, heading_deg=80.0),
        ShipSpec(vessel_class="tanker", length_m=300.0, x_m=2300.0, y_m=-2600.0, heading_deg=100.0),
    )
    asked = SceneSpec(
        sensor="sar", time=datetime(2024, 10, 17, 9, tzinfo=UTC), position=LonLat(lon=134.0, lat=40.5), gsd_m=10.0,
        size=(700, 700), seed=3, harbour=False, wind_m_s=2.0, artefacts=("ambiguities",), ships=ships,
    )  # fmt: skip
    path, _ = write_scene(simulate(asked), tmp_path_factory.mktemp("ghostly") / "simulated.tif")
    return path


def call(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return end.value.code


def test_a_ghost_is_kept_out_and_shown_on_request(ghostly, capsys):
    assert call("detect", ghostly, "--min-score", 0.3) == 0
    plain = capsys.readouterr()
    assert call("detect", ghostly, "--min-score", 0.3, "--dismissed") == 0
    shown = capsys.readouterr()
    ships, everything = (json.loads(text.out)["features"] for text in (plain, shown))
    assert len(ships) == 2
    assert everything[:2] == ships
    assert "1 dismissed: 1 ambiguity; --dismissed shows them" in plain.err
    assert "1 dismissed: 1 ambiguity\n" in shown.err
    (ghost,) = everything[2:]
    said = ghost["properties"]
    assert (said["dismissed"], said["simulated"], said["flags"]) == (True, True, ["ambiguity"])
    assert "azimuth ambiguity of order 1 of the source at column" in said["reasons"][0]
