"""Calibration shared by the validations: monotone, near the truth, and never fitted to what it is measured on."""

import math
from pathlib import Path

import msgspec
import numpy as np
import pytest

from offing.bench.scoring import calibration_error
from offing.vessels.detection.additive import Card
from offing.vessels.detection.network import NetworkCard

FOLDER = Path(__file__).parents[2] / "training"


@pytest.fixture(scope="module")
def validation():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import validation

        yield validation


@pytest.fixture(scope="module")
def optical():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(FOLDER))
        import validate_optical

        yield validate_optical


def drawn(rng, n, slope=1.0, shift=0.0):
    """Log odds that say too much or too little, and what came of them."""
    odds = rng.normal(-2, 2, n)
    return odds, rng.uniform(size=n) < 1 / (1 + np.exp(-(slope * odds + shift)))


@pytest.mark.parametrize("balanced", [False, True])
def test_curves_rise_and_hold_on_others(validation, balanced):
    rng = np.random.default_rng(5)
    curve = validation.calibrated(*drawn(rng, 4000, 2.0, 0.5), balanced=balanced)
    assert (np.diff(curve.knots) > 0).all()
    assert (np.diff(curve.values) >= 0).all()
    odds, right = drawn(rng, 4000, 2.0, 0.5)
    held = calibration_error(validation.probability(curve, odds), right)
    assert held < 0.025 < calibration_error(1 / (1 + np.exp(-odds)), right)


def test_balance_puts_knots_where_the_few_are_right(validation):
    rng = np.random.default_rng(6)
    odds = np.concatenate([rng.normal(-3, 0.4, 2000), rng.normal(1, 1, 100)])
    right = np.arange(2100) >= 2000
    plain, balanced = (validation.calibrated(odds, right, balanced=b) for b in (False, True))
    assert sum(k > -1 for k in plain.knots) <= 1
    assert sum(k > -1 for k in balanced.knots) >= 4


def test_few_boxes_never_make_sure(validation):
    odds = np.linspace(-1, 1, 20)
    curve = validation.calibrated(odds, odds > 0, knots=4)
    assert max(curve.values) <= math.log((5 + 1) / 0.5)
    same = validation.calibrated(np.zeros(9), np.arange(9) < 3)
    assert validation.probability(same, np.array([4.0]))[0] == pytest.approx(1 / 3, abs=0.01)


def test_no_leaning_to_either_end_tells_nothing(validation):
    rng = np.random.default_rng(7)
    lean = np.abs(rng.normal(0, 3, 1500))
    curve = validation.calibrated_bow(lean, rng.uniform(size=1500) < 1 / (1 + np.exp(-lean)))
    assert (curve.knots[0], curve.values[0]) == (0, 0)
    assert (np.diff(curve.knots) > 0).all()
    assert np.interp(2.0, curve.knots, curve.values) == pytest.approx(2.0, abs=0.6)


def test_networks_that_agree_differ_by_nothing(validation):
    curve = validation.calibrated(*drawn(np.random.default_rng(8), 500))
    table = np.linspace(-3, 3, 9)
    assert validation.refit_sd([table, table, table], curve) == pytest.approx(0, abs=1e-12)
    assert validation.refit_sd([table, table + 1], curve) > 0.1


def test_a_card_can_be_read_again_and_holds_no_missing_figures(validation, tmp_path, capsys):
    curve = validation.calibrated(*drawn(np.random.default_rng(9), 300))
    (tmp_path / "made.onnx").write_bytes(b"weights")
    (tmp_path / "out").mkdir()
    about = Card(id="a", data="b", licence="c", split="d", target="e", figures={"f": 0.123456, "g": math.nan},
                 calibration="h", limits="i")  # fmt: skip
    validation.written(tmp_path / "out" / "a.json", tmp_path / "made.onnx", about, curve, curve)
    capsys.readouterr()
    read = msgspec.json.decode((tmp_path / "out" / "a.json").read_bytes(), type=NetworkCard)
    assert read.card.figures == {"f": 0.1235}
    assert read.bow == read.calibration == curve
    assert (tmp_path / "out" / read.weights).read_bytes() == b"weights"


def pier(rng, fold, shift):
    """A picture with ships in a row, found with what log odds and with false ones between."""
    from offing.bench.datasets import NavalPicture
    from offing.bench.found import found_boxes
    from offing.vessels.model import OrientedBox

    rows = np.arange(12) * 60.0 + 30
    bows, sterns = np.stack([rows * 0 + 150, rows], 1), np.stack([rows * 0 + 30, rows], 1)
    boxes = np.stack([rows * 0 + 30, rows - 10, rows * 0 + 150, rows + 10], 1)
    codes = np.where(np.arange(12) < 10, 2, 3)
    picture = NavalPicture(name=f"{fold}", place=f"p{fold}", paths=(), codes=codes, boxes=boxes, bows=bows,
                           sterns=sterns)  # fmt: skip
    places = [(90.0, r) for r in rows] + [(400.0, r) for r in rows]
    odds = np.concatenate([rng.normal(1.5, 1, 12), rng.normal(-1.5, 1, 12)]) + shift
    lean = np.abs(rng.normal(0, 2, 24))
    ends = np.where(rng.uniform(size=24) < 0.9, 1, -1)
    made = [OrientedBox(col=c, row=r, length_px=(60.0 * e, 0.0), beam_px=(0.0, 10.0))
            for (c, r), e in zip(places, ends, strict=True)]  # fmt: skip
    return picture, found_boxes(made, odds.tolist(), odds, lean, [None] * 24)


def held_of(optical, fold, shift=0.0, seed=0):
    from offing.bench.naval_scores import naval_seen

    labels, found = pier(np.random.default_rng([seed, fold]), fold, shift)
    return optical.Held(fold, labels.place, naval_seen(labels, found), found, labels, np.zeros((0, 2)), 0)


def test_a_fold_is_scored_by_what_the_others_teach(optical):
    held = [held_of(optical, fold) for fold in (0, 1, 2)]
    before = optical.honest(held, held)
    held[0] = held_of(optical, 0, seed=1)
    held[0].found = msgspec.structs.replace(held[0].found, rank=before[0].found.rank)
    after = optical.honest(held, held)
    assert np.array_equal(before[0].seen.score, after[0].seen.score)
    assert not np.array_equal(before[1].seen.score, after[1].seen.score)


def test_figures_of_piers_have_intervals_and_folds(optical):
    held = [held_of(optical, fold) for fold in (0, 1, 2)]
    made = optical.figures("fine", optical.honest(held, held))
    assert made["warships"] == 30
    assert made["ap50_low"] <= made["ap50"] <= made["ap50_high"]
    assert {f"ap50_fold_{k}" for k in range(3)} <= made.keys()
    assert 0.8 < made["bow_right"] <= 1
    seen = optical.best_seen(held[0])
    assert seen.tolist() == held[0].found.rank[:10].tolist()
