"""That worlds judged in memory and through their files come out the same: case.yaml, table, run, verdicts."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from offing.bench.judging import judged
from offing.case.case import Case
from offing.case.clock import system_clock
from offing.case.pipeline import judged_verdicts, kept_situation, run_case
from offing.errors import OffingError, OffingWarning
from offing.judgement.model import Verdict
from offing.judgement.strength import round_ratio
from offing.simulation.world.making import make_world
from offing.simulation.world.model import SimulatedWorld, WorldSpec
from offing.simulation.world.writing import write_world


def through_files(seeds: Iterable[int], run_every: int) -> tuple[int, int]:
    """Write a small world for each seed and read it back: (worlds, verdicts compared).

    All that the judgement is given must be the same, and as it is pure that is enough; one world in ``run_every`` is
    also run, and its verdicts compared. Raises OffingError that names the first difference.
    """
    worlds = verdicts = 0
    with tempfile.TemporaryDirectory(prefix="offing-worlds-") as folder:
        for seed in seeds:
            verdicts += _compared(seed, Path(folder) / f"world-{seed}", run=worlds % run_every == 0)
            worlds += 1
    return worlds, verdicts


def _compared(seed: int, root: Path, *, run: bool) -> int:
    spec = WorldSpec(seed=seed, sites=2, days=60, claims=1)
    world = make_world(spec)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OffingWarning)
        write_world(world, root, lambda: datetime(2025, 1, 1, tzinfo=UTC))
        with Case.open(root) as case:
            _same_inputs(seed, world, case)
            if not run:
                return 0
            run_case(case, _Quiet(), system_clock)
            found = {v.element: v for v in judged_verdicts(case)}
    number = 0
    for j in judged([spec]):
        number += 1
        _same_verdict(seed, found[j.element], j.verdict, j.ratio)
    return number


class _Quiet:
    """Progress that nobody watches."""

    def begin(self, total: int) -> None:
        """Nothing is shown."""

    def finished(self, step: str, *, unchanged: bool) -> None:
        """Nothing is shown."""


def _same_inputs(seed: int, world: SimulatedWorld, case: Case) -> None:
    read, made = kept_situation(case), world.situation()
    for name in ("claims", "sources", "sites", "vessels", "looks", "thresholds"):
        if getattr(read, name) != getattr(made, name):
            raise OffingError(f"world {seed}: {name} differ between files and memory")


def _same_verdict(seed: int, verdict: Verdict, word: str, ratio: float | None) -> None:
    said = None if verdict.likelihood_ratio is None else verdict.likelihood_ratio.value
    if verdict.verdict != word or said != (None if ratio is None else round_ratio(ratio)):
        raise OffingError(f"world {seed}: {verdict.element} is {verdict.verdict} ({said}) and {word} ({ratio})")
