"""Are the verdicts right as often as they say, on worlds whose truth is known?"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TYPE_CHECKING

from offing import __version__
from offing.bench.calibration_scores import balanced, score
from offing.bench.judging import Judged, judged
from offing.bench.model import BenchResult, split_hash
from offing.bench.world_files import through_files
from offing.judgement.calibrated import Calibration, Scored, Share
from offing.simulation.world.model import DECLARED, DISTORTIONS, Declared, WorldSpec

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions

CLAIMS = 8
WORLDS, QUICK = 640, 16
ALSO_EVERY = 4
"""One world in so many is declared wrongly too, in every way, and put to the true model."""

FILES, FILES_QUICK, RUN_EVERY = 104, 4, 13
_CHUNK = 80
"""Worlds judged together: the more, the more of them share the transitions of a chain."""
_BLAS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

ALL = "all elements"
ELEMENTS = ("destination", "carrier", "quantity", "origin", "one of several origins", "window")
PROTOCOL = (
    "worlds of offing simulate world, 3 sites, 180 days, 8 claims: Poisson calls and named ships, log-normal and other "
    "stays, 2–5 sensors with their passes, clouds that last, night, look-alikes that last or strike anew, wrong names; "
    "half of the claims true. Judged in memory by the functions behind offing verdicts. In every set as many elements "
    "are true as are false; a carrier of one ship repeats the destination and is left out"
)


def run(options: BenchOptions) -> BenchResult:
    """Judge generated claims and compare with their truth, declared rightly and wrongly."""
    seeds = range(options.seed, options.seed + (QUICK if options.quick else WORLDS))
    found = measured(seeds)
    files = range(options.seed, options.seed + (FILES_QUICK if options.quick else FILES))
    worlds, verdicts = through_files(files, RUN_EVERY)
    figures: dict[str, float | str] = {
        "worlds read back from their files, the same in everything that is judged": worlds,
        "verdicts of them run by offing run, the same to the last digit that is printed": verdicts,
    }
    for scored in found.scores:
        figures |= _figures(scored)
    return BenchResult(
        name="calibration",
        protocol=PROTOCOL,
        n=found.claims,
        split=f"generated, seeds {seeds.start} to {seeds.stop - 1}, {split_hash(str(s) for s in seeds)}",
        figures=figures,
    )


def measured(seeds: Sequence[int]) -> Calibration:
    """The whole benchmark over these worlds: by declaration, by element and by what is wrong with the claims."""
    chunks = [seeds[i : i + _CHUNK] for i in range(0, len(seeds), _CHUNK)]
    with _single_threaded(), ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        rows = [j for part in pool.map(judged_chunk, chunks) for j in part]
    return Calibration(
        protocol=PROTOCOL,
        offing=__version__,
        seeds=((seeds[0], seeds[-1]),),
        worlds=len(seeds),
        claims=len(seeds) * CLAIMS,
        scores=scores(rows),
    )


def judged_chunk(seeds: Sequence[int]) -> list[Judged]:
    """Every world as it is; every fourth also declared wrongly, and put to the true model."""
    few = [s for s in seeds if s % ALSO_EVERY == 0]
    rest = [WorldSpec(seed=s, claims=CLAIMS) for s in seeds if s % ALSO_EVERY]
    wrong = [WorldSpec(seed=s, claims=CLAIMS, declared=d) for s in few for d in DECLARED]
    return [*judged(rest), *judged(wrong, true_model=True)]


def scores(rows: Sequence[Judged]) -> tuple[Scored, ...]:
    """All elements first, then by element, by distortion, and by what is declared wrongly."""
    right = [j for j in rows if j.declared == "as-true"]
    out = [score(ALL, _of_each(right))]
    out += [score(f"element: {kind}", balanced([j for j in right if j.kind == kind])) for kind in ELEMENTS]
    out += [score(f"distortion: {wrong}", _against(right, wrong)) for wrong in DISTORTIONS]
    out += [
        score(f"declared: {declared}", _of_each([j for j in rows if j.declared == declared]))
        for declared in _declared_wrongly(rows)
    ]
    return tuple(out)


def _declared_wrongly(rows: Sequence[Judged]) -> tuple[Declared, ...]:
    found = {j.declared for j in rows}
    return tuple(d for d in DECLARED if d in found and d != "as-true")


def _of_each(rows: Sequence[Judged]) -> list[Judged]:
    """Every kind of element, each balanced."""
    return [j for kind in ELEMENTS for j in balanced([r for r in rows if r.kind == kind])]


def _against(rows: Sequence[Judged], wrong: str) -> list[Judged]:
    """The elements that a distortion made false, and as many of the same kinds from claims told as it was."""
    out: list[Judged] = []
    for kind in ELEMENTS:
        of = [j for j in rows if j.kind == kind]
        false = [j for j in of if j.distortion == wrong and not j.true]
        out += balanced([*false, *(j for j in of if j.distortion is None and j.true)])
    return out


def _figures(scored: Scored) -> dict[str, float | str]:
    name = scored.name
    figures: dict[str, float | str] = {
        f"{name}: n": scored.n,
        f"{name}: ECE": scored.ece,
        f"{name}: ECE of a perfect judge at this n": f"{scored.ece_of_perfect} (up to {scored.ece_of_perfect_most})",
        f"{name}: Cllr, bits": scored.cllr,
        f"{name}: false among corroborated": in_words(scored.corroborated_false),
        f"{name}: true among contradicted": in_words(scored.contradicted_true),
        f"{name}: decided": in_words(scored.decided),
        f"{name}: said → true, of n": "; ".join(
            f"{b.said:.3f} → {b.true.value or 0.0:.3f} of {b.true.of}" for b in scored.curve
        ),
    }
    if scored.cllr_of_true_model is not None:
        figures[f"{name}: Cllr of ours and of the true model, bits"] = (
            f"{scored.cllr_here} and {scored.cllr_of_true_model}"
        )
    return figures


def in_words(share: Share) -> str:
    """``2.3 % of 44 (0.4–11.8 %)``."""
    if share.value is None:
        return "none of 0"
    return f"{100 * share.value:.1f} % of {share.of} ({100 * share.low:.1f}–{100 * share.high:.1f} %)"


@contextmanager
def _single_threaded() -> Iterator[None]:
    """Processes started within do their linear algebra on one thread each: small matrices gain nothing from more."""
    before = {name: os.environ.get(name) for name in _BLAS}
    os.environ.update(dict.fromkeys(_BLAS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
