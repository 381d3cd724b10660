"""Several assumptions passed together give what each gives alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from offing.movements.occupancy import occupancy
from offing.movements.presence import Chain, Passed, timeline
from offing.movements.sensing import LookAlikes, Sensitivities
from offing.movements.sought import Reading
from offing.movements.stay import mixture
from offing.movements.together import Together
from offing.sites import StayHours
from offing.timespan import TimeSpan

START = datetime(2024, 10, 1, tzinfo=UTC)
VARIED = (
    Sensitivities(),
    Sensitivities(p_shift=0.1),
    Sensitivities(q_factor=2.0),
    Sensitivities(lasting=False),
)
WINDOW = TimeSpan(start=START + timedelta(days=8), end=START + timedelta(days=13))


def _readings(seed: int) -> list[Reading]:
    """Looks of three sensors before, in and after the window, one at its first instant and one at its last."""
    rng = np.random.default_rng(seed)
    hours = [*np.sort(rng.uniform(0.0, 24.0 * 22, 24)), 24.0 * 8, 24.0 * 13]
    out = []
    for i, hour in enumerate(sorted(hours)):
        ships = int(rng.choice([0, 0, 0, 1, 2]))
        out.append(
            Reading(
                look=f"look-{i}", time=START + timedelta(seconds=round(hour * 3600.0)), ships=ships,
                kind="seen" if ships else "not-seen", open_ended=bool(ships and rng.random() < 0.4),
                usable=float(rng.uniform(0.2, 1.0)), p_detect=(0.9, 0.6, 0.3)[i % 3], p_false=(0.01, 0.05, 0.1)[i % 3],
            )
        )  # fmt: skip
    return out


def _apart(a: Passed, b: Passed) -> float:
    """Greatest relative difference of the likelihoods."""
    pairs = [(a.joint, a.log_scale, b.joint, b.log_scale)]
    pairs += list(zip(a.without, a.without_scales, b.without, b.without_scales, strict=True))
    return max(_greatest(np.array(x), np.array(y) * np.exp(d - c)) for x, c, y, d in pairs)


def _greatest(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """What cannot be must be nothing in both."""
    assert np.array_equal(x == 0.0, y == 0.0)
    return float(np.abs(y[x > 0.0] / x[x > 0.0] - 1.0).max())


@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize("window", [WINDOW, TimeSpan(start=WINDOW.start, end=WINDOW.start)])
def test_passes_made_together_are_those_made_one_by_one(most: int, window: TimeSpan) -> None:
    readings = _readings(most)
    ships = occupancy(mixture((StayHours(),), (1.0,)), 1.0 / 300.0, 3)
    alikes = [LookAlikes(readings, 40.0, vary) for vary in VARIED]
    plan = timeline([r.time for r in readings], window)
    found = Together(ships, alikes, readings, plan).passed(most, drops=True)
    assert len(found[0].without) == len(readings)
    for i, (each, passed) in enumerate(zip(alikes, found, strict=True)):
        alone = Chain(ships, each, readings, plan, most).passed(drops=i == 0)
        assert _apart(alone, passed) < 1e-12


def test_without_a_window_too() -> None:
    readings = _readings(7)
    ships = occupancy(mixture((StayHours(),), (1.0,)), 0.0, 0)
    alikes = [LookAlikes(readings, 40.0, vary) for vary in VARIED]
    plan = timeline([r.time for r in readings], None)
    found = Together(ships, alikes, readings, plan).passed(0, drops=True)
    for i, (each, passed) in enumerate(zip(alikes, found, strict=True)):
        assert _apart(Chain(ships, each, readings, plan, 0).passed(drops=i == 0), passed) < 1e-12
