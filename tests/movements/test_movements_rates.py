"""Rates and their changes: against closed forms, enumeration of every way to part a series, and drawing."""

import itertools
import math
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from offing.errors import OffingError
from offing.movements.rates.changes import changes, pooled_prior
from offing.movements.rates.gamma import Gamma, below, mixture_quantiles, posterior, ratio
from offing.movements.rates.model import Cell, RatePrior
from offing.movements.rates.segments import Segments
from offing.movements.rates.series import compared, rates

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
PRIOR = RatePrior(mean_per_30d=12.0)


def cells(counts, exposure=None, every=1.0):
    shares = [1.0] * len(counts) if exposure is None else exposure
    return [
        Cell(
            time=START + timedelta(days=every * i), exposure_d=e, least_d=e, most_d=e, count=n, arrivals=min(n, 1),
            usable=e > 0,
        )
        for i, (n, e) in enumerate(zip(counts, shares, strict=True))
    ]  # fmt: skip


def enumerated(counts, exposure, days, prior):
    """Every way to part the series: (cuts, weight), weights sum to 1."""
    n, gaps = len(counts), np.diff(days)
    pace = -math.log(1 - prior.change) / gaps.sum()
    shape, scale = prior.shape, 1.0 / prior.inverse_scale_d
    ways = []
    for r in range(n):
        for cuts in itertools.combinations(range(n - 1), r):
            weight = 1.0
            for i, gap in enumerate(gaps):
                weight *= 1 - math.exp(-pace * gap) if i in cuts else math.exp(-pace * gap)
            for a, b in itertools.pairwise((0, *(c + 1 for c in cuts), n)):
                y, e = counts[a:b], exposure[a:b]
                weight *= stats.nbinom.pmf(sum(y), shape, 1 / (1 + scale * sum(e)))
                weight *= stats.multinomial.pmf(y, sum(y), np.array(e) / sum(e))
            ways.append((cuts, weight))
    total = sum(w for _, w in ways)
    return [(cuts, w / total) for cuts, w in ways]


def test_a_rate_is_the_gamma_posterior_of_scipy() -> None:
    got = posterior(4, 25.0, PRIOR)
    reference = stats.gamma(0.5 + 4, scale=1 / (0.5 * 30 / 12 + 25.0))
    assert [got.quantile(q) for q in (0.05, 0.5, 0.95)] == pytest.approx(reference.ppf([0.05, 0.5, 0.95]))


def test_the_ratio_of_two_rates_is_a_beta_prime() -> None:
    a, b = Gamma(shape=3.5, days=20.0), Gamma(shape=9.5, days=40.0)
    got, reference = ratio(a, b), stats.betaprime(3.5, 9.5, scale=40.0 / 20.0)
    assert got.value == pytest.approx(reference.ppf(0.5))
    assert (got.interval_90.low, got.interval_90.high) == pytest.approx(tuple(reference.ppf([0.05, 0.95])))
    assert below(a, b, 0.3) == pytest.approx(reference.cdf(0.3))


def test_a_mixture_has_its_quantiles() -> None:
    w, a, b = np.array([0.3, 0.7]), np.array([1.5, 8.0]), np.array([10.0, 4.0])
    (q,) = mixture_quantiles(w, a, b, (0.4,))
    assert 0.3 * stats.gamma.cdf(q, 1.5, scale=0.1) + 0.7 * stats.gamma.cdf(q, 8.0, scale=0.25) == pytest.approx(0.4)


@pytest.mark.parametrize("seed", range(4))
def test_changes_agree_with_every_way_to_part_the_series(seed) -> None:
    rng = np.random.default_rng(seed)
    counts, exposure = rng.poisson([3, 3, 3, 0.3, 0.3, 2, 2], 7), rng.uniform(0.2, 2.0, 7)
    days = np.cumsum(rng.uniform(0.5, 3.0, 7))
    days -= days[0]
    ways = enumerated(counts, exposure, days, PRIOR)
    got = Segments(days, exposure, counts.astype(float), PRIOR)
    assert got.unchanged == pytest.approx(next(w for cuts, w in ways if not cuts))
    by_number = [sum(w for cuts, w in ways if len(cuts) == k) for k in range(7)]
    assert got.numbered(6) == pytest.approx(by_number)
    two = [(cuts, w) for cuts, w in ways if len(cuts) == 2]
    for k in (1, 2):
        dated = [sum(w for cuts, w in two if cuts[k - 1] == c) / by_number[2] for c in range(6)]
        assert got.dated(k, 2) == pytest.approx(dated)
    middle = got.stretch(1, 2)
    for i, j in itertools.combinations_with_replacement(range(7), 2):
        own = sum(w for cuts, w in two if (cuts[0] + 1, cuts[1]) == (i, j)) / by_number[2]
        assert middle[i, j] == pytest.approx(own)
    last = got.last()
    for s, c in itertools.product(range(7), range(6)):
        own = sum(w for cuts, w in ways if cuts and cuts[-1] == c and (cuts[-2] + 1 if len(cuts) > 1 else 0) == s)
        assert last[s, c] == pytest.approx(own)


def test_stopped_is_the_chance_over_every_way() -> None:
    counts, exposure = np.array([5, 4, 6, 0, 0]), np.array([1.0, 1.5, 1.0, 1.0, 2.0])
    series = [
        msgspec.structs.replace(c, exposure_d=e, least_d=e, most_d=e)
        for c, e in zip(cells(counts.tolist()), exposure.tolist(), strict=True)
    ]
    got = changes(series, PRIOR)
    assert got is not None
    threshold = 0.1 * got.changes[-1].before_per_30d / 30.0
    want = 0.0
    for cuts, w in enumerated(counts, exposure, np.arange(5.0), PRIOR):
        if cuts:
            last = posterior(int(counts[cuts[-1] + 1 :].sum()), exposure[cuts[-1] + 1 :].sum(), PRIOR)
            want += w * stats.gamma.cdf(threshold, last.shape, scale=1 / last.days)
    assert got.stopped.value == pytest.approx(want)
    assert got.stopped.low <= got.stopped.value <= got.stopped.high


def test_a_route_that_stopped_is_found_where_it_did() -> None:
    rng = np.random.default_rng(1)
    got = changes(cells([*rng.poisson(0.5, 120).tolist(), *([0] * 80)]))
    assert got is not None
    assert got.changed.low > 0.99
    assert got.stopped.low > 0.9
    assert len(got.changes) == 1
    change = got.changes[0]
    assert change.date_90.start <= START + timedelta(days=119.5) <= change.date_90.end + timedelta(days=1)
    assert 0.5 * 30 in change.before_90
    assert change.after_90.high < change.before_90.low
    assert got.expected_since > 30


def test_what_was_not_looked_at_cannot_have_stopped() -> None:
    counts = [1, 0, 2, 1, 1, 0, 1, 2] + [0] * 30
    cloudy = changes(cells(counts, [1.0] * 8 + [0.0] * 30))
    clear = changes(cells(counts))
    assert cloudy is not None
    assert clear is not None
    assert cloudy.stopped.value < 0.2 < 0.9 < clear.stopped.value
    assert cloudy.span.end == START + timedelta(days=7)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=12), st.floats(0.1, 10.0), st.data())
def test_unsearched_cells_change_nothing_and_only_rates_scale_with_exposure(counts, factor, data) -> None:
    plain = cells(counts)
    gaps = data.draw(st.lists(st.floats(-5.0, 40.0), max_size=5))
    blind = [
        Cell(
            time=START + timedelta(days=g), exposure_d=0.0, least_d=0.0, most_d=0.0, count=0, arrivals=0, usable=False
        )
        for g in gaps
    ]  # fmt: skip
    one, other = changes(plain), changes(sorted([*plain, *blind], key=lambda c: c.time))
    assert one == other
    scaled = changes(cells(counts, [factor] * len(counts)))
    assert one is not None
    assert scaled is not None
    assert scaled.changed.value == pytest.approx(one.changed.value, abs=1e-9)
    assert scaled.stopped.value == pytest.approx(one.stopped.value, abs=1e-9)
    if len(one.changes) == len(scaled.changes):
        pairs = zip(one.changes, scaled.changes, strict=True)
        assert all(b.before_per_30d * factor == pytest.approx(a.before_per_30d, rel=1e-6) for a, b in pairs)


def test_periods_are_calendar_months_and_weeks_with_their_own_rate() -> None:
    series = cells([1] * 60, [1.0] * 31 + [0.0] * 29)
    series = [msgspec.structs.replace(c, count=0, arrivals=0) if c.exposure_d == 0 else c for c in series]
    got = rates(series, "calls")
    january, february = got.periods
    assert (january.count, january.exposure_d, january.usable) == (31, 31.0, 31)
    assert january.per_30d is not None
    assert january.per_30d_90 is not None
    assert january.per_30d == pytest.approx(30, rel=0.05)
    assert (february.per_30d, february.per_30d_90) == (None, None)
    assert got.last_searched == START + timedelta(days=30)
    weeks = rates(series, "calls", length="week").periods
    assert weeks[0].span.start == datetime(2024, 1, 1, tzinfo=UTC)
    assert len(weeks) == 9
    assert got.prior is not None
    assert compared(january, february, got.prior).interval_90.high > 10


def test_calls_seen_where_nothing_was_searched_are_left_out_and_said() -> None:
    got = rates(cells([1, 3, 0], [1.0, 0.0, 1.0]), "calls")
    assert sum(p.count for p in got.periods) == 1
    assert any(n.startswith("3 seen where nothing counts as searched") for n in got.notes)


def test_nothing_searched_has_no_rate_and_no_change() -> None:
    assert pooled_prior(cells([0, 0], [0.0, 0.0])) is None
    got = rates(cells([0, 0], [0.0, 0.0]), "calls")
    assert (got.prior, got.changes, got.last_searched) == (None, None, None)
    assert changes(cells([1])) is None
    assert rates([], "calls").periods == ()


def test_long_series_are_thinned_without_losing_a_call() -> None:
    got = changes(cells([1] * 1500 + [0] * 500, every=0.5))
    assert got is not None
    assert got.cells == 400
    change = got.changes[0]
    assert change.date_90.start <= START + timedelta(days=750) <= change.date_90.end + timedelta(days=3)


def test_ships_that_came_together_are_counted_once_beside() -> None:
    got = changes(cells([0] * 20 + [4] + [0] * 20))
    assert got is not None
    once = next(v for v in got.varied if "together" in v.assumption)
    assert once.changed < got.changed.value


def test_what_makes_no_sense_is_one_clear_error() -> None:
    with pytest.raises(OffingError, match="nothing was searched"):
        changes(cells([1, 2], [1.0, 0.0]))
    with pytest.raises(OffingError, match="order of time"):
        changes(cells([1, 2])[::-1])
    with pytest.raises(OffingError, match="above 0"):
        RatePrior(mean_per_30d=0.0)
    with pytest.raises(OffingError, match="stopped_below"):
        changes(cells([1, 2]), stopped_below=0.0)
    with pytest.raises(OffingError, match="count from 0"):
        posterior(-1, 2.0, PRIOR)
