"""AIS against detections: right, wrong, dark and ambiguous in simulated pictures; displacement and gaps on real data.

Protocol: simulated pictures of 50 × 50 km with 25 to 70 ships around, half of them of one length; three in four send,
six in ten of these with a gap of 1 to 9 h around the picture, one in twenty with a wrong length; nine in ten ships are
detected, and some three detections are no ship. Ships turn, change speed, stop and swing at anchor by rules of their
own, not by the model. Radar displaces what moves by a geometry that is known exactly, or only within the swath.
Baselines on the same pictures: the nearest track within 1 km, places by straight lines between fixes; and the same one
to one with the least sum of distances, after the displacement. Nothing was fitted on these pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from offing.bench.ais_nearest import hungarian, nearest
from offing.bench.ais_real import chip_figures, gap_figures
from offing.bench.ais_worlds import World, world
from offing.bench.calibration_scores import calibration_error
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.records import Record
from offing.vessels.ais import match
from offing.vessels.ais.model import AisMatch, Coverage

WORLDS, QUICK = 80, 8
FIRST_SEED = 500_000
"""Seeds from here on are kept for this benchmark."""
CLASSES = ((0.0, 1.0), (1.0, 3.0), (3.0, 9.5))
"""Hours between the fixes around the picture."""
MOVING_KN = 3.0
Kind = Literal["sends", "silent", "no ship"]


class Judged(Record, frozen=True):
    """One detection, what was said of it, and what it is."""

    match: AisMatch
    right: bool
    """Whether the likeliest ship is the true one."""
    kind: Kind
    gap_h: float
    """Of the true ship's track; 0 for what sends nothing."""
    nearest: bool | None
    """Whether the nearest track is the right one; None: none within reach."""
    hungarian: bool | None
    speed_kn: float


def run(options: BenchOptions) -> BenchResult:
    """All figures; those of real data where ``--data`` names the sets."""
    number = QUICK if options.quick else WORLDS
    seeds = range(FIRST_SEED + options.seed, FIRST_SEED + options.seed + number)
    figures: dict[str, float | str] = {}
    total = 0
    for name, exact in (("geometry known", True), ("geometry of the swath", False)):
        judged, missed = measure(seeds, exact=exact)
        total = len(judged)
        figures |= _figures(name, judged)
        figures[f"{name}: ships that sent and were not detected, listed"] = missed
    figures |= _unknown(seeds)
    if options.data is not None:
        figures |= chip_figures(options.folder("s1-ship-chips"))
        figures |= gap_figures(options.folder("ais"), options.quick)
    return BenchResult(
        name="ais",
        protocol=" ".join((__doc__ or "").partition("Protocol: ")[2].split()),
        n=total,
        split=f"generated, seeds {seeds.start} to {seeds.stop - 1}, {split_hash(str(s) for s in seeds)}",
        figures=figures,
    )


def measure(seeds: Sequence[int], *, exact: bool) -> tuple[list[Judged], str]:
    """(every detection with AIS declared to be received everywhere, share of missed ships that are listed)."""
    found: list[Judged] = []
    listed = [0, 0]
    for seed in seeds:
        made = world(seed)
        views = made.exact if exact else made.views
        area = Coverage(rings=(made.footprint,), start=None, end=None)
        got = match(made.detections, made.time, made.tracks, (area,), views, footprint=made.footprint, simulated=True)
        near, one = nearest(made), hungarian(made, views)
        found += [_judged(made, n, m, near[n], one[n]) for n, m in enumerate(got.matches)]
        told = {u.key for u in got.unseen if u.undetected >= 0.5}
        timely = {k for k in made.undetected if made.gaps_h[k] <= 1.0}
        listed = [listed[0] + len(told & timely), listed[1] + len(timely)]
    return found, f"{listed[0]} of {listed[1]} whose gap is at most 1 h"


def _judged(made: World, n: int, m: AisMatch, near: str | None, one: str | None) -> Judged:
    truth = made.truth[n]
    return Judged(
        match=m,
        right=truth is not None and m.key == truth,
        kind="sends" if truth else "silent" if made.ships[n] else "no ship",
        gap_h=made.gaps_h[truth] if truth else 0.0,
        nearest=None if near is None else near == truth,
        hungarian=None if one is None else one == truth,
        speed_kn=made.speeds_kn[truth] if truth else 0.0,
    )


def _figures(name: str, judged: Sequence[Judged]) -> dict[str, float | str]:
    sending = [j for j in judged if j.kind == "sends"]
    said = [j for j in judged if j.match.outcome == "matched"]
    dark = [j for j in judged if j.match.outcome == "dark"]
    quiet = [j for j in judged if j.kind != "sends"]
    figures: dict[str, float | str] = {
        f"{name}: matches that are right": _share([j.right for j in said]),
        f"{name}: nearest within 1 km, right": _share([j.nearest for j in judged if j.nearest is not None]),
        f"{name}: one to one by distance, right": _share([j.hungarian for j in judged if j.hungarian is not None]),
        f"{name}: ships that send, matched rightly": _share(
            [j.right and j.match.outcome == "matched" for j in sending]
        ),
        f"{name}: the same by the nearest": _share([bool(j.nearest) for j in sending]),
        f"{name}: the same one to one by distance": _share([bool(j.hungarian) for j in sending]),
        f"{name}: called dark, and send": _share([j.kind == "sends" for j in dark]),
        f"{name}: send, and called dark": _share([j.match.outcome == "dark" for j in sending]),
        f"{name}: no track within 1 km (nearest), and send": _share(
            [j.kind == "sends" for j in judged if j.nearest is None]
        ),
        f"{name}: send nothing, called dark": _share([j.match.outcome == "dark" for j in quiet]),
        f"{name}: ambiguous": _share([j.match.outcome == "ambiguous" for j in judged]),
    }
    for low, high in CLASSES:
        some = [j for j in sending if low <= j.gap_h < high]
        label = f"{name}: gap {low:g}–{high:g} h"
        figures[f"{label}: matched rightly"] = _share([j.right and j.match.outcome == "matched" for j in some])
        figures[f"{label}: matched wrongly"] = _share([not j.right and j.match.outcome == "matched" for j in some])
    return figures | _calibration(name, judged) | _residuals(name, judged)


def _calibration(name: str, judged: Sequence[Judged]) -> dict[str, float | str]:
    """Of the probability of the likeliest ship, and of there being none."""
    told = [j for j in judged if j.match.probability is not None]
    p = np.array([j.match.probability.value for j in told if j.match.probability is not None])
    right = np.array([j.right for j in told])
    nobody, silent = np.array([j.match.nobody for j in judged]), np.array([j.kind != "sends" for j in judged])
    return {
        f"{name}: ECE of the likeliest ship": _ece(p, right),
        f"{name}: ECE of none": _ece(nobody, silent),
    }


def _ece(p: NDArray[np.float64], true: NDArray[np.bool_]) -> str:
    draws = np.random.default_rng(0).random((100, len(p))) < p
    perfect = float(np.mean([calibration_error(p, d) for d in draws]))
    return f"{calibration_error(p, true):.3f}, of a perfect judge at n = {len(p)} {perfect:.3f}"


def _residuals(name: str, judged: Sequence[Judged]) -> dict[str, float | str]:
    """Of right matches of moving ships that were heard within ten minutes."""
    some = [
        j.match for j in judged
        if j.right and j.match.outcome == "matched" and j.speed_kn >= MOVING_KN and (j.match.gap_s or 0.0) <= 600.0
    ]  # fmt: skip
    before = np.array([m.residual_m for m in some if m.residual_m is not None])
    after = np.array([m.residual_corrected_m for m in some if m.residual_corrected_m is not None])
    return {
        f"{name}: residual under way before the correction, m": _spread(before),
        f"{name}: residual under way after it, m": _spread(after),
    }


def _unknown(seeds: Sequence[int]) -> dict[str, float | str]:
    """Without declared coverage: dark only where the other ships show that AIS was received."""
    dark: list[bool] = []
    searched: list[bool] = []
    alone: list[bool] = []
    for seed in seeds:
        made = world(seed)
        got = match(made.detections, made.time, made.tracks, (), made.exact, footprint=made.footprint, simulated=True)
        dark += [t is not None for m, t in zip(got.matches, made.truth, strict=True) if m.outcome == "dark"]
        searched += [m.outcome == "not searched" for m in got.matches]
        none = match(made.detections, made.time, [], (), made.exact, footprint=made.footprint, simulated=True)
        alone += [m.outcome == "dark" for m in none.matches]
    return {
        "no coverage declared: not searched": _share(searched),
        "no coverage declared: called dark, and send": _share(dark),
        "no coverage declared and no tracks: called dark": _share(alone),
    }


def _share(values: Sequence[bool | None]) -> str:
    return f"{sum(map(bool, values))} of {len(values)}" + (
        f": {sum(map(bool, values)) / len(values):.3f}" if values else ""
    )


def _spread(metres: NDArray[np.float64]) -> str:
    if not len(metres):
        return "none"
    low, high = np.median(metres), np.quantile(metres, 0.9)
    return f"median {low:.0f}, 90 % {high:.0f}, mean {metres.mean():.0f} (n = {len(metres)})"
