"""Are ships identified as surely as is said, and no surer than the pixels bear?

Protocol: simulated ships of twenty classes of the class library, and of five classes that are no candidates, each
another individual of her class (parts some 2 % of the length elsewhere, other paint, clutter on deck) on open water,
with Poisson-many things on deck that no layout knows; box, length, beam and axis put off by errors of measurement, the
wrong end for the bow as often as is said. Candidates: the twenty classes, evenly, and none of these. Seeds from
9,100,000, which ``design/fit_profile.py`` never uses. Ropucha against Alligator: ratio of the likelihoods of length,
beam and profile together, and with the profile's cap taken off.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from offing.bench.calibration_scores import calibration_error
from offing.bench.identify_real import real_figures
from offing.bench.identify_ships import KNOWN, OTHERS, SeenShip, seen_ship, seen_ships
from offing.bench.model import BenchResult
from offing.records import Record
from offing.vessels.classes import UNKNOWN, ClassLibrary, library
from offing.vessels.identification import Identification, identify

if TYPE_CHECKING:
    from offing.bench.model import BenchOptions

FIRST_SEED = 9_100_000
PAIR_SEED = 9_600_000
GSDS = (0.7, 3.0, 10.0)
PAIR = ("ropucha", "alligator")
SHIPS, PAIRS, QUICK = 8, 30, 1
"""Ships of each class; further ships of either of the pair; ships of each when quick."""
PRIOR = {
    **dict.fromkeys(KNOWN, (1.0 - len(OTHERS) / len(KNOWN + OTHERS)) / len(KNOWN)),
    UNKNOWN: len(OTHERS) / len(KNOWN + OTHERS),
}
"""As often as they are drawn."""

COMPARED = (
    ("length", ("length",)),
    ("length and beam", ("length", "beam")),
    ("length, beam and profile", ("length", "beam", "profile")),
)


class Reliability(Record, frozen=True):
    """How a set of posteriors compares with the truth."""

    log_loss: float
    """Mean of −ln P(the truth), nats."""
    right: float
    """Share of ships whose likeliest candidate is the truth."""
    ece_top: float
    """Expected calibration error of the likeliest candidate's probability, ten bins."""
    surer: float
    """By how much the likeliest candidates' mean probability exceeds the share of them that is right; below 0: the
    truth is known better than is said."""
    ece_perfect: float
    """What ``ece_top`` a judge whose every probability is right would get at this n, by chance alone: mean of 200."""
    ece_all: float
    """The same over all candidates' probabilities of all ships."""


def run(options: BenchOptions) -> BenchResult:
    """Both questions at each pixel size; 8 ships of each of 25 classes and 30 more of the pair, 1 each when quick."""
    classes, figures, total = library(), {}, 0
    ships, pairs = (QUICK, QUICK) if options.quick else (SHIPS, PAIRS)
    for gsd in GSDS:
        seen = list(seen_ships(KNOWN + OTHERS, "optical", gsd, ships, FIRST_SEED + options.seed))
        total += len(seen)
        for name, value in _reliabilities(seen, classes).items():
            figures[f"{gsd:g} m: {name}"] = value
        more = [
            seen_ship(c, "optical", gsd, PAIR_SEED + options.seed + 2 * i + k)
            for i in range(pairs)
            for k, c in enumerate(PAIR)
        ]
        total += len(more)
        figures |= {f"{gsd:g} m: {name}": value for name, value in _pair(more, classes).items()}
    if options.data is not None and (options.data / "optical-naval").is_dir():
        figures |= real_figures(options.data / "optical-naval", classes, quick=options.quick)
    last = FIRST_SEED + options.seed + ships * len(KNOWN + OTHERS) - 1
    return BenchResult(
        name="identify",
        protocol="simulated ships of 20 classes and 5 others, each another individual with things on deck that no "
        "layout knows; sizes and boxes put off by errors of measurement; profile calibration fitted on other seeds",
        n=total,
        split=f"generated, seeds {FIRST_SEED + options.seed}–{last} and from {PAIR_SEED + options.seed}",
        figures=figures,
    )


def _reliabilities(seen: Sequence[SeenShip], classes: ClassLibrary) -> dict[str, float | str]:
    truths = [s.vessel_class if s.vessel_class in KNOWN else UNKNOWN for s in seen]
    prior = -float(np.mean([math.log(PRIOR[t]) for t in truths]))
    figures: dict[str, float | str] = {"log loss by prior only, nats": round(prior, 3)}
    for name, compared in COMPARED:
        found = [
            identify(s.detection, s.profile, library=classes, prior=PRIOR, compared=compared)  # type: ignore[arg-type]
            for s in seen
        ]
        got = reliability([_all(f) for f in found], truths)
        figures[f"log loss by {name}, nats"] = round(got.log_loss, 3)
        figures[f"likeliest is right by {name}"] = f"{got.right:.1%} of {len(seen)}"
        figures[f"ECE of the likeliest by {name}"] = round(got.ece_top, 3)
        figures[f"ECE of a perfect judge at this n by {name}"] = round(got.ece_perfect, 3)
        figures[f"likeliest, mean probability less share right, by {name}"] = round(got.surer, 3)
        figures[f"ECE of all candidates by {name}"] = round(got.ece_all, 4)
    return figures


def reliability(probabilities: Sequence[dict[str, float]], truths: Sequence[str]) -> Reliability:
    """Of posteriors (class id → P, none of these included) against the true classes."""
    tops = [max(p, key=lambda c: (p[c], c)) for p in probabilities]
    right = np.array([t == true for t, true in zip(tops, truths, strict=True)])
    p_top = np.array([p[t] for p, t in zip(probabilities, tops, strict=True)])
    draws = np.random.default_rng(0).random((200, len(p_top))) < p_top
    every = np.array([(p, c == true) for ps, true in zip(probabilities, truths, strict=True) for c, p in ps.items()])
    return Reliability(
        log_loss=-float(np.mean([math.log(max(p[t], 1e-12)) for p, t in zip(probabilities, truths, strict=True)])),
        right=float(right.mean()),
        ece_top=calibration_error(p_top, right),
        surer=float(p_top.mean() - right.mean()),
        ece_perfect=float(np.mean([calibration_error(p_top, drawn) for drawn in draws])),
        ece_all=calibration_error(every[:, 0], every[:, 1].astype(bool)),
    )


def _pair(seen: Sequence[SeenShip], classes: ClassLibrary) -> dict[str, float | str]:
    """How far the right one of the pair is ahead."""
    found = list(ahead(seen, classes))
    stated = np.array([a for a, _ in found])
    free = np.array([b for _, b in found])
    return {
        "Ropucha or Alligator, right way by more than 10": _share(stated > math.log(10.0)),
        "Ropucha or Alligator, wrong way by more than 10": _share(stated < -math.log(10.0)),
        "Ropucha or Alligator, within 1/3 and 3": _share(np.abs(stated) <= math.log(3.0) + 1e-9),
        "Ropucha or Alligator, right way at all": _share(stated > 0.0),
        "Ropucha or Alligator, median ratio": round(float(np.exp(np.median(stated))), 2),
        "Ropucha or Alligator, median ratio without cap": round(float(np.exp(np.median(free))), 2),
        "Ropucha or Alligator, wrong way by more than 3 without cap": _share(free < -math.log(3.0)),
    }


def ahead(seen: Sequence[SeenShip], classes: ClassLibrary) -> Iterator[tuple[float, float]]:
    """(log likelihood ratio of the right one of the pair over the other as stated, the same without the cap)."""
    from offing.vessels.profile.calibration import calibration
    from offing.vessels.profile.compare import raw_log_ratios
    from offing.vessels.profile.relief import relief_of

    reliefs = {c: r for c in PAIR if (r := relief_of(classes.get(c)))}
    for ship in seen:
        found = identify(ship.detection, ship.profile, library=classes, prior=dict.fromkeys((*PAIR, UNKNOWN), 1.0))
        other = PAIR[1 - PAIR.index(ship.vessel_class)]
        by_factor = {f.name: f.log_ratios[ship.vessel_class] - f.log_ratios[other] for f in found.factors}
        sizes = sum(v for name, v in by_factor.items() if name != "profile")
        free = 0.0
        if ship.profile is not None:
            raw = raw_log_ratios(ship.profile, reliefs)
            belief = calibration().at(ship.profile.sensor, ship.profile.length_px)
            free = belief.temper * (raw[ship.vessel_class] - raw[other])
        yield sizes + by_factor.get("profile", 0.0), sizes + free


def _all(found: Identification) -> dict[str, float]:
    return {**{c.vessel_class: c.probability for c in found.candidates}, UNKNOWN: found.none_of_these}


def _share(hits: NDArray[np.bool_]) -> str:
    return f"{hits.mean():.1%} of {len(hits)}"
