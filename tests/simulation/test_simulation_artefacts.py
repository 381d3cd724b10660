"""Simulated false alarms: ghosts, interference and edges lie where the truth says, and nothing else changes."""

import json
import math
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from offing.errors import OffingError
from offing.geo import LonLat
from offing.imagery.reading import open_picture
from offing.simulation.artefacts import interfered
from offing.simulation.model import SceneSpec, ShipSpec
from offing.simulation.radar import geometry
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene

EVENING = datetime(2024, 10, 17, 9, 0, tzinfo=UTC)
SHIP = ShipSpec(vessel_class="cargo", length_m=280.0, x_m=200.0, y_m=-2600.0, heading_deg=80.0)


def spec(**changes) -> SceneSpec:
    given = {
        "sensor": "sar", "time": EVENING, "position": LonLat(lon=134.0, lat=40.5), "gsd_m": 10.0, "size": (900, 900),
        "seed": 4, "ships": (SHIP,), "harbour": False, "wind_m_s": 2.0,
    }  # fmt: skip
    return SceneSpec(**{**given, **changes})


@pytest.fixture(scope="module")
def ghostly():
    return simulate(spec(artefacts=("ambiguities",)))


def test_ghosts_are_as_bright_as_the_truth_says_and_the_rest_is_as_without(ghostly) -> None:
    plain = simulate(spec())
    assert plain.ghosts == ()
    extra = (ghostly.pixels - plain.pixels)[0]
    ship = plain.pixels[0, 690:730, 450:490].sum()
    inside = np.zeros(extra.shape, np.bool_)
    seen = 0
    for ghost in ghostly.ghosts:
        col, row = 450 + ghost.x_m / 10, 450 - ghost.y_m / 10
        if not (40 < col < 860 and 40 < row < 860):
            continue
        part = np.s_[round(row) - 40 : round(row) + 40, round(col) - 40 : round(col) + 40]
        inside[part] = True
        assert 10 * math.log10(ship / extra[part].sum()) == pytest.approx(ghost.fainter_db, abs=3.0)
        seen += 1
    assert seen == 1
    assert np.abs(extra[~inside]).max() < 0.2 * extra[inside].max()


def test_the_file_tells_the_geometry_that_the_ghosts_follow(ghostly, tmp_path) -> None:
    path, truth = write_scene(ghostly, tmp_path / "simulated.tif")
    told = json.loads(truth.read_text())["ghosts"]
    with open_picture([path]) as picture:
        radar = picture.radar
        assert radar == ghostly.radar
        assert picture.simulated
        for ghost, entry in zip(ghostly.ghosts, told, strict=True):
            assert entry["simulated"]
            col, row = picture.pixel(*entry["lonlat"])
            offset = radar.ambiguity_offset_m(470.0, 710.0, abs(ghost.order)).low
            straight = radar.displaced_px(470.0, 710.0, math.copysign(offset, ghost.order))
            away = np.hypot(col - straight[0], row - straight[1]) * 10
            # In range it is off by less than the range history and the steering of the beam allow.
            assert away < 24.0 * (ghost.order**2 + 3 * abs(ghost.order)) + 80.0


def test_interference_raises_both_polarisations_by_the_same_power_in_a_band() -> None:
    asked = spec(artefacts=("interference",), ships=())
    extra = simulate(asked).pixels - simulate(spec(ships=())).pixels
    band = interfered(asked, geometry(asked).flight_deg)
    assert 0.02 < band.mean() < 0.3
    assert (extra[:, ~band] == 0).all()
    assert extra[0, band].mean() == pytest.approx(extra[1, band].mean(), rel=0.02)
    assert extra[0, band].mean() > 0


def test_the_edge_of_the_data_is_a_bright_line() -> None:
    asked = spec(artefacts=("edge",), ships=())
    power, plain = simulate(asked).pixels[0], simulate(spec(ships=())).pixels[0]
    gone = np.isnan(power)
    assert 0.02 < gone.mean() < 0.4
    changed = ~gone & (power != plain)
    assert 0 < changed.sum() < 3 * 900
    assert np.median(power[changed] / plain[changed]) == pytest.approx(12.0, rel=1e-5)


def test_an_optical_picture_has_none() -> None:
    with pytest.raises(OffingError, match="ask for a radar picture"):
        msgspec.structs.replace(spec(sensor="optical"), artefacts=("edge",)).__post_init__()
