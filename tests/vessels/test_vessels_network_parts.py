"""What stands around the network: what it is shown, where, and which of its boxes are kept."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import WeightsError
from offing.imagery.model import Box
from offing.vessels.detection import network
from offing.vessels.detection.channels import channels, levels
from offing.vessels.detection.network import Boxes
from offing.vessels.detection.overlaps import best_boxes
from offing.vessels.detection.pieces import LONGEST, pieces, widened
from offing.vessels.detection.radar_search import MODEL


def test_the_weights_are_those_of_the_card() -> None:
    card = network.network_card(MODEL)
    weights = (files("offing") / "weights" / card.weights).read_bytes()
    assert hashlib.sha256(weights).hexdigest() == card.sha256
    assert len(weights) <= 2_000_000
    assert list(card.calibration.values) == sorted(card.calibration.values)
    probability = card.probability(np.array([-9.0, 0.0, 9.0]))
    assert ((probability > 0) & (probability < 1)).all()


def test_other_weights_than_the_card_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    card = msgspec.structs.replace(network.network_card(MODEL), sha256="0" * 64)
    monkeypatch.setattr(network, "network_card", lambda _: card)
    with pytest.raises(WeightsError, match="model card"):
        network.network.__wrapped__(MODEL)


@pytest.mark.parametrize("angle", [0.0, 0.5, np.pi / 2, 2.4])
def test_a_bright_bar_is_boxed_along_its_axis(angle: float) -> None:
    """The real weights on a drawn ship: centre, axis and length, whatever way it lies."""
    rng = np.random.default_rng(3)
    row, col = np.mgrid[:160, :192] + 0.5
    along = (col - 90) * np.cos(angle) + (row - 75) * np.sin(angle)
    across = (row - 75) * np.cos(angle) - (col - 90) * np.sin(angle)
    hull = (np.abs(along) < 20) & (np.abs(across) < 4)
    power = (rng.gamma(4, 0.25, hull.shape) * (1 + 60 * hull)).astype(np.float32)
    found = network.network(MODEL).boxes(channels(power, *levels(power)), -2.0)
    best = found.only(best_boxes(found))
    assert len(best) >= 1
    assert np.hypot(*(best.centre[0] - [90, 75])) < 3
    assert abs((best.angle[0] - angle + np.pi / 2) % np.pi - np.pi / 2) < 0.15
    assert best.size[0, 0] == pytest.approx(40, rel=0.2)


def boxes(*rows: tuple[float, float, float, float, float, float]) -> Boxes:
    """col, row, length, beam, angle, log odds each."""
    table = np.array(rows, np.float64).reshape(-1, 6)
    return Boxes(
        centre=table[:, :2], size=table[:, 2:4], angle=table[:, 4], log_odds=table[:, 5], bow=np.zeros(len(table))
    )


@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11))))
def test_pieces_cover_the_tiles_and_nothing_else(cells: set[tuple[int, int]]) -> None:
    tiles = [Box(col0=c * 128, row0=r * 128, col1=c * 128 + 128, row1=r * 128 + 128) for c, r in cells]
    painted = np.zeros((12, 12), int)
    for piece in pieces(tiles):
        assert piece.width <= LONGEST
        assert piece.height <= LONGEST
        painted[piece.row0 // 128 : piece.row1 // 128, piece.col0 // 128 : piece.col1 // 128] += 1
    wanted = np.zeros((12, 12), int)
    for c, r in cells:
        wanted[r, c] = 1
    assert (painted == wanted).all()


def test_a_full_block_is_few_pieces() -> None:
    tiles = [Box(col0=c, row0=r, col1=c + 128, row1=r + 128) for r in range(0, 1024, 128) for c in range(0, 1024, 128)]
    assert pieces(tiles) == [Box(col0=0, row0=0, col1=1024, row1=1024)]


def test_a_piece_is_widened_inside_its_block() -> None:
    piece = Box(col0=0, row0=100, col1=50, row1=150)
    assert widened(piece, 30, 60, 400) == Box(col0=0, row0=70, col1=60, row1=180)


def test_the_channels_do_not_depend_on_calibration() -> None:
    power = np.random.default_rng(1).gamma(4, 0.25, (96, 128)).astype(np.float32)
    power[40:44, 50:70] = 80
    one, other = channels(power, *levels(power)), channels(power * 1e-4, *levels(power * np.float32(1e-4)))
    assert one.shape == (2, 96, 128)
    np.testing.assert_allclose(one, other, atol=1e-3)
    assert one[0][42, 60] == pytest.approx(np.log10(80) / 2, abs=0.1)  # 19 dB over the sea, 20 dB as 1


def test_levels_of_a_picture_without_data() -> None:
    sea, top = levels(np.zeros((40, 40), np.float32))
    assert 0 < sea < top


def test_black_sea_has_a_floor() -> None:
    power = np.zeros((64, 64), np.float32)
    power[30:34, 20:40] = 1.0
    sea, top = levels(power)
    assert sea >= 1e-3 * top


def test_one_of_two_boxes_of_one_ship_is_kept() -> None:
    kept = best_boxes(boxes((50, 50, 40, 8, 0.5, 1.0), (51, 50, 38, 8, 0.55, 2.0), (150, 50, 40, 8, 0.5, -1.0)))
    assert kept.tolist() == [1, 2]


def test_ships_side_by_side_on_a_slant_are_both_kept() -> None:
    """Their upright boxes overlap by more than half; the ships do not."""
    apart = 9 / np.sqrt(2)
    both = boxes((100, 100, 80, 8, np.pi / 4, 2.0), (100 + apart, 100 - apart, 80, 8, np.pi / 4, 1.0))
    frame = both.upright()
    common = np.prod(np.minimum(frame[0, 2:], frame[1, 2:]) - np.maximum(frame[0, :2], frame[1, :2]))
    assert common / np.prod(frame[0, 2:] - frame[0, :2]) > 0.5
    assert len(best_boxes(both)) == 2


@settings(max_examples=40)
@given(st.lists(st.tuples(*(st.floats(0, 200),) * 2, st.floats(4, 60), st.floats(2, 20), st.floats(0, 3.1),
                          st.floats(-4, 4)), max_size=12))  # fmt: skip
def test_what_is_kept_does_not_depend_on_the_order(rows: list[tuple[float, ...]]) -> None:
    rows = [r for i, r in enumerate(rows) if r[5] not in {o[5] for o in rows[:i]}]
    one = boxes(*rows)
    turned = boxes(*rows[::-1])
    assert sorted(one.log_odds[best_boxes(one)]) == sorted(turned.log_odds[best_boxes(turned)])


def test_upright_boxes_enclose_the_corners() -> None:
    one = boxes((10, 20, 30, 6, 0.7, 0.0))
    along, across = np.array([np.cos(0.7), np.sin(0.7)]) * 15, np.array([-np.sin(0.7), np.cos(0.7)]) * 3
    corners = np.array([[10, 20]]) + np.array([along + across, along - across, -along + across, -along - across])
    np.testing.assert_allclose(one.upright()[0], [*corners.min(0), *corners.max(0)])
