"""The benchmark of rates scores what it says; its own truth is drawn as told."""

from __future__ import annotations

import numpy as np
import pytest

from offing.bench import rates
from offing.bench.model import BenchOptions


def test_a_few_series_give_every_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "QUICK", 8)
    monkeypatch.setattr(rates, "WHOLE", 15)
    found = rates.run(BenchOptions(quick=True, seed=4))
    assert found.n == 8
    assert 0.0 <= float(found.figures["series: ECE of P(changed)"]) <= 1.0
    assert found.figures["period rates: 90 % intervals that hold the truth"] > 0.6


def test_a_series_is_the_same_whenever_it_is_drawn() -> None:
    one, two = (rates._score(np.random.default_rng(3), rates._truth(np.random.default_rng(5))) for _ in range(2))
    assert one == two


def test_half_the_series_change_and_summer_is_cloudy() -> None:
    truths = [rates._truth(np.random.default_rng([0, i])) for i in range(2000)]
    changed = [t for t in truths if t.factor != 1.0]
    assert 0.46 < len(changed) / 2000 < 0.54
    assert {t.factor for t in changed} == set(rates.FACTORS)
    clear = np.mean([rates._clear(np.random.default_rng([1, i])) for i in range(300)], axis=0)
    assert clear[0] > 0.8 > 0.3 > clear[61]


def test_calibration_error_is_the_gap_of_the_bins() -> None:
    assert rates._ece([(0.95, True), (0.95, False), (0.05, False)]) == pytest.approx((0.9 + 0.05) / 3)
    assert rates._ece_by_chance([0.5] * 4000) < 0.03
