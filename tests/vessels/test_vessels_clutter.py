import numpy as np
import pytest
from scipy import stats

from offing.vessels.detection.clutter import clutter, k_quantile, threshold


@pytest.mark.parametrize(("looks", "texture", "pfa"), [(1.0, 1.0, 1e-4), (4.0, 2.0, 1e-6), (10.0, 20.0, 1e-7)])
def test_k_quantile_is_where_the_product_model_puts_it(looks, texture, pfa):
    """Against direct integration over the texture of the gamma tail."""
    from scipy import integrate

    at = k_quantile(looks, texture, pfa)

    def density(u):
        tau = np.exp(u)
        return stats.gamma.sf(at, looks, scale=tau / looks) * stats.gamma.pdf(tau, texture, scale=1 / texture) * tau

    tail, _ = integrate.quad(density, -15, 6, limit=400)
    assert tail == pytest.approx(pfa, rel=0.1)


def test_without_texture_it_is_the_gamma_quantile():
    assert k_quantile(4.0, None, 1e-5) == pytest.approx(stats.gamma.isf(1e-5, 4.0, scale=0.25))


def test_heavier_tails_need_higher_thresholds():
    values = [k_quantile(4.0, a, 1e-6) for a in (0.3, 1.0, 5.0, 50.0)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > k_quantile(4.0, None, 1e-6)


def test_neighbours_do_not_raise_the_background():
    rng = np.random.default_rng(3)
    sea = rng.standard_gamma(4.0, (400, 400), dtype=np.float32) / 4
    ships = sea.copy()
    for row in range(30, 400, 60):
        for col in range(30, 400, 60):
            ships[row : row + 20, col : col + 5] *= 60
    clean, crowded = clutter(sea), clutter(ships)
    assert float(np.max(np.abs(crowded.mean / clean.mean - 1))) < 0.15
    assert float(np.median(threshold(crowded, 1e-6) / threshold(clean, 1e-6))) < 1.15


def test_false_alarms_of_gamma_clutter_are_near_the_nominal_rate():
    rng = np.random.default_rng(4)
    sea = rng.standard_gamma(4.0, (2000, 2000), dtype=np.float32) / 4
    import cv2

    limit = cv2.resize(threshold(clutter(sea), 1e-4), (2000, 2000), interpolation=cv2.INTER_LINEAR)
    due = 1e-4 * sea.size
    assert 0.3 * due < int((sea > limit).sum()) < 2.0 * due
