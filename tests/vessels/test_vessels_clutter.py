import cv2
import numpy as np
import pytest
from scipy import special, stats

from offing.vessels.detection.clutter import TAIL, _limit, clutter, sea_level, threshold


def limit_of(quantiles, pfa):
    """The threshold that three quantiles (upper probabilities TAIL) of pixels over a level of 1 lead to."""
    logs = np.log(np.array(quantiles, np.float32))[:, None, None]
    return float(_limit(np.ones((1, 1), np.float32), logs, TAIL, pfa)[0, 0])


def k_tail(at, looks, texture):
    """P(K-distributed > at): the gamma tail of speckle, integrated over gamma texture."""
    u = np.linspace(-15, 6, 4001)
    tau = np.exp(u)
    tail = special.gammaincc(looks, looks * np.asarray(at)[..., None] / tau)
    return np.trapezoid(tail * stats.gamma.pdf(tau, texture, scale=1 / texture) * tau, u)


def k_quantile(upper, looks, texture):
    places = np.geomspace(1e-3, 100, 600)
    return np.exp(np.interp(np.log(upper), np.log(k_tail(places, looks, texture))[::-1], np.log(places)[::-1]))


@pytest.mark.parametrize("looks", [1.0, 4.0, 50.0])
@pytest.mark.parametrize("pfa", [1e-4, 1e-7])
def test_gamma_speckle_gets_its_own_quantile(looks, pfa):
    law = stats.gamma(looks, scale=1 / looks)
    assert limit_of(law.isf(TAIL), pfa) == pytest.approx(law.isf(pfa), rel=0.01)


@pytest.mark.parametrize("shape", [0.6, 1.0, 2.5])
def test_weibull_clutter_gets_its_own_quantile(shape):
    law = stats.weibull_min(shape)
    assert limit_of(law.isf(TAIL), 1e-6) == pytest.approx(law.isf(1e-6), rel=0.01)


@pytest.mark.parametrize(("looks", "texture"), [(1.0, 1.0), (1.0, 8.0), (4.0, 1.0), (4.0, 3.0), (4.0, 8.0)])
def test_k_clutter_is_met_within_a_factor_of_three(looks, texture):
    at = limit_of([k_quantile(p, looks, texture) for p in TAIL], 1e-7)
    assert 1 / 3 < k_tail(at, looks, texture) / 1e-7 < 3


def alarms_over_due(values, pfa):
    field = clutter(values)
    limit = cv2.resize(threshold(field, pfa), values.shape[::-1], interpolation=cv2.INTER_NEAREST)
    return float((values > limit).sum()) / (pfa * values.size)


@pytest.mark.parametrize("texture", [None, 8.0, 3.0, 1.0])
def test_false_alarms_are_near_the_nominal_rate(texture):
    rng = np.random.default_rng(4)
    values = rng.standard_gamma(4.0, (1600, 1600), dtype=np.float32) / 4
    if texture is not None:
        coarse = rng.standard_gamma(texture, (200, 200)).astype(np.float32) / np.float32(texture)
        values *= np.kron(coarse, np.ones((8, 8), np.float32))
    assert 0.5 < alarms_over_due(values, 1e-4) < 2.5


def crowded(sea, step):
    ships = sea.copy()
    rng = np.random.default_rng(5)
    for row in range(15, sea.shape[0] - 30, step):
        for col in range(15, sea.shape[1] - 30, step):
            r, c = row + rng.integers(8), col + rng.integers(8)
            ships[r : r + 20, c : c + 5] += 30
    return ships


def test_neighbours_do_not_raise_the_background():
    sea = np.random.default_rng(3).standard_gamma(4.0, (800, 800), dtype=np.float32) / 4
    one, other = clutter(sea), clutter(crowded(sea, 60))
    assert float(np.max(np.abs(other.mean / one.mean - 1))) < 0.2
    assert float(np.median(threshold(other, 1e-6) / threshold(one, 1e-6))) < 1.15


def test_land_does_not_raise_the_threshold_along_the_quay():
    sea = np.random.default_rng(3).standard_gamma(4.0, (800, 800), dtype=np.float32) / 4
    port = sea.copy()
    port[:, 400:] *= 15
    port[:, 400:404] *= 3
    one, other = (threshold(clutter(v), 1e-6) for v in (sea, port))
    assert np.median((other / one)[:, 44:49]) < 1.6, "the last cells before the quay"
    assert np.median((other / one)[:, 60:]) > 8, "land is its own background"


def test_what_has_no_data_counts_for_nothing():
    sea = np.random.default_rng(3).standard_gamma(4.0, (600, 600), dtype=np.float32) / 4
    cut = sea.copy()
    cut[:, :250] = 0
    one, other = clutter(sea), clutter(cut)
    assert np.median(np.abs(other.mean / one.mean - 1)[:, 34:]) < 0.1
    assert sea_level(cut) == pytest.approx(1.0, abs=0.1)
    assert np.isfinite(threshold(clutter(np.zeros((300, 300), np.float32)), 1e-6)).all()
