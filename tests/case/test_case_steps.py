"""A step is done once, whatever interrupts the run; another input, parameter or version makes it another step."""

from datetime import UTC, datetime

import pytest

from offing.case.case import Case
from offing.case.steps import StepKey, Steps
from offing.geo import LonLat

NOON = datetime(2024, 10, 20, 12, tzinfo=UTC)


class Told:
    """Remembers what a run said."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, bool]] = []

    def begin(self, total: int) -> None:
        pass

    def finished(self, step: str, *, unchanged: bool) -> None:
        self.steps.append((step, unchanged))


@pytest.fixture
def case(tmp_path) -> Case:
    return Case.create(tmp_path / "case", "Steps")


def key(subject: str, **parameters) -> StepKey:
    return StepKey(step="look", subject=subject, inputs={"what": subject}, parameters=parameters)


def steps(case: Case, told: Told) -> Steps:
    return Steps(case.store, told, lambda: NOON)


def test_what_is_done_is_not_done_again(case) -> None:
    told, worked = Told(), []

    def work() -> LonLat:
        worked.append(1)
        return LonLat(lon=1.0, lat=2.0)

    with case.writing():
        first = steps(case, told).do(key("a"), LonLat, work)
        again = steps(case, told).do(key("a"), LonLat, work)
    assert first == again == LonLat(lon=1.0, lat=2.0)
    assert worked == [1]
    assert told.steps == [("look a", False), ("look a", True)]


def test_another_parameter_is_another_step(case) -> None:
    with case.writing():
        assert steps(case, Told()).do(key("a", p=1), int, lambda: 1) == 1
        assert steps(case, Told()).do(key("a", p=2), int, lambda: 2) == 2


@pytest.mark.parametrize("workers", [1, 3])
def test_finished_steps_survive_a_failure(case, workers) -> None:
    def fail() -> int:
        raise KeyboardInterrupt

    wanted = [(key(str(n)), (lambda n=n: n)) for n in range(4)]
    with case.writing():
        with pytest.raises(KeyboardInterrupt):
            steps(case, Told()).do_all([*wanted, (key("bad"), fail)], int, 1)
        told = Told()
        assert steps(case, told).do_all(wanted, int, workers) == [0, 1, 2, 3]
    assert [unchanged for _, unchanged in told.steps] == [True] * 4


def test_results_keep_their_order_whoever_is_first(case) -> None:
    with case.writing():
        done = steps(case, Told()).do_all([(key(str(n)), (lambda n=n: n * n)) for n in range(9)], int, 4)
    assert done == [n * n for n in range(9)]
