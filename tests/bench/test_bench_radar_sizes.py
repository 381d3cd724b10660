import msgspec
import numpy as np
import pytest

from offing.bench.size_blobs import blob_sizes
from offing.bench.size_fit import SIMULATED, KnownShip, fit
from offing.bench.size_scenes import PIXELS_M, simulated_ship
from offing.vessels.measurement.radar_model import beam_of, length_of
from offing.vessels.measurement.radar_trace import Trace
from offing.vessels.model import OrientedBox


def known(rng, group, n, *, noise=0.5, pixel_m=10.0, excess=1.0):
    box = OrientedBox(col=0, row=0, length_px=(1, 0), beam_px=(0, 1))
    for _ in range(n):
        length = float(np.exp(rng.uniform(np.log(50), np.log(300))))
        beam = 0.155 * length * float(np.exp(rng.normal(0, 0.06)))
        yield KnownShip(
            group=group,
            trace=Trace(
                box=box, reach_px=max(length / pixel_m + excess + rng.normal(0, noise), 0.5),
                spread_px=beam / pixel_m + 1.5 + rng.normal(0, 0.4), averaged=1, above_db=20.0, slant=0.3,
                whole_px=30.0, cut_off=False, runs_on=False, beside_db=-20.0,
            ),
            pixel_m=pixel_m,
            length_m=length,
            beam_m=beam,
        )  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(1)
    ships = [s for group in "abc" for s in known(rng, group, 40)]
    ships += list(known(rng, SIMULATED, 60, pixel_m=5.0, noise=0.5))
    return fit(ships)


def test_the_fit_finds_what_was_put_in(fitted):
    assert fitted.length.offset == pytest.approx(-1.0, abs=0.25)
    assert fitted.length.per_px == pytest.approx(1.0, abs=0.03)
    assert fitted.beam.log_slope == pytest.approx(1.0, abs=0.1)
    assert fitted.beam.seen_offset_px == pytest.approx(1.5, abs=0.2)


def test_intervals_hold_on_ships_that_were_not_fitted(fitted):
    fresh = list(known(np.random.default_rng(2), "d", 400))
    lengths = [length_of(s.trace, s.pixel_m, fitted.length) for s in fresh]
    beams = [beam_of(s.trace, s.pixel_m, size, fitted.beam) for s, size in zip(fresh, lengths, strict=True)]
    assert 0.85 <= np.mean([s.length_m in x.interval for s, x in zip(fresh, lengths, strict=True)]) <= 0.99
    assert 0.85 <= np.mean([s.beam_m in x.interval for s, x in zip(fresh, beams, strict=True)]) <= 0.99


def test_the_fit_does_not_follow_one_wrong_length():
    ships = [s for group in "abc" for s in known(np.random.default_rng(3), group, 40)]
    ships[5] = msgspec.structs.replace(ships[5], length_m=5.0)
    assert fit(ships).length.offset == pytest.approx(-1.0, abs=0.25)


def test_plain_methods_see_a_plain_rectangle():
    power = np.full((60, 60), 1.0, np.float32)
    power[20:40, 28:33] = 100.0
    power[2:4, 2:4] = 100.0
    sizes = blob_sizes(power, (30.0, 30.0))
    assert sizes.upright == (20.0, 5.0)
    assert sizes.least_area == pytest.approx((20.0, 5.0))
    assert sizes.inertia == pytest.approx((20 * 4 / 12**0.5, 5 * 4 / 12**0.5), rel=0.02)
    assert blob_sizes(np.ones((20, 20), np.float32), (10.0, 10.0)) is None


def test_a_seed_gives_the_same_ship_and_pixels_take_turns():
    pixels = set()
    for seed in (3, 3, 4):
        with simulated_ship(seed) as (picture, truth):
            pixels.add(truth.pixel_m)
            assert 30.0 <= truth.length_m <= 351.0
            assert picture.simulated
            assert picture.gsd_m[0] == pytest.approx(truth.pixel_m, rel=0.01)
    assert pixels == {PIXELS_M[3], PIXELS_M[4]}
