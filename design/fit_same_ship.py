"""Fits what the same ship is judged by, on simulated ships seen twice: src/offing/weights/same-ship-1.json.

Run from the repository: python design/fit_same_ship.py [SHIPS] [VIEWS.json]. The views are kept in VIEWS.json where one
is named, and read from there when it exists, because making them takes most of the time (over a CPU second a ship).
Ships from seed 3,000,000 on are used here; `offing bench same-ship` uses other ships, of other classes.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import combinations_with_replacement
from pathlib import Path

import msgspec
import numpy as np
from scipy.optimize import minimize

from offing.bench.same_ship_pairs import Pair, Seen, classes_for, pairs, seen_ships
from offing.bench.same_ship_scores import auc, cllr, supported
from offing.vessels.classes import library
from offing.vessels.same_ship.calibration import (
    BANDS,
    CALIBRATION,
    MEASURES,
    MOST_WEIGHT,
    Calibration,
    Measures,
    PairRules,
    Parameters,
    Rule,
    pair_name,
    parts,
    weighed,
)
from offing.vessels.same_ship.measures import measures_of
from offing.vessels.same_ship.traffic import library_traffic, sizes

FIRST_SEED, SHIPS = 3_000_000, 96
DRAWS = 20
OTHERS = 4
RIDGE = 0.02
"""Keeps weights small where the pairs do not ask for more."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SHIPS
    ships = views(count, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    there = sizes(library_traffic(library()), library())
    rules = {}
    for kinds in combinations_with_replacement(BANDS, 2):
        made = pairs(ships, kinds, FIRST_SEED, OTHERS)
        measured = [(p, measures_of(p.a, p.b, there)) for p in made]
        fitted = {h: rule(measured, h) for h in ("other", "sister")}
        rules[pair_name(*kinds)] = PairRules(traffic=fitted["other"], sister=fitted["sister"])
    card = {
        "id": CALIBRATION,
        "data": f"{len(ships)} simulated ships of {len({s.vessel_class for s in ships})} classes (of one half of the "
        f"library), seeds from {FIRST_SEED}; two visits, and a sister of the same size painted alike, at 0.7, 3 and "
        "10 m and by radar at 10 m, in open water, found and measured by the detectors",
        "licence": "made by offing simulate",
        "limits": "sisters differ by declared spreads; no quays, no clouds, no real instruments",
        "figures": "offing bench same-ship (other ships)",
    }
    out = Path("src/offing/weights") / f"{CALIBRATION}.json"
    text = msgspec.json.format(msgspec.json.encode(Calibration(card=card, pairs=rounded(rules))), indent=1)
    out.write_bytes(text + b"\n")
    print(out)


def views(count: int, path: Path | None) -> list[Seen]:
    if path is not None and path.exists():
        return msgspec.json.decode(path.read_bytes(), type=list[Seen])[:count]
    with ProcessPoolExecutor(2) as pool:
        found = [s for some in pool.map(_one, range(FIRST_SEED, FIRST_SEED + count)) for s in some]
    if path is not None:
        path.write_bytes(msgspec.json.encode(found))
    return found


def _one(seed: int) -> list[Seen]:
    return seen_ships([seed], classes_for("fit"))


def rule(measured: list[tuple[Pair, Measures]], alternative: str) -> Rule:
    sister = alternative == "sister"
    best = parameters(measured, alternative)
    ships = sorted({p.ships[0] for p, _ in measured})
    rng = np.random.default_rng(7)
    draws = []
    for _ in range(DRAWS):
        counts = np.bincount(rng.integers(len(ships), size=len(ships)), minlength=len(ships))
        times = dict(zip(ships, counts, strict=True))
        draws.append(parameters([(p, m) for p, m in measured for _ in range(times[p.ships[0]])], alternative))
    totals = {h: [sum(weighed(m, best, sister=sister).values()) for p, m in measured if p.kind == h]
              for h in ("same", alternative)}  # fmt: skip
    same, different = totals["same"], totals[alternative]
    least, most = supported(same, different)
    print(
        f"{alternative:7} {len(same)}/{len(different)} AUC {auc(same, different):.3f} Cllr {cllr(same, different):.3f} "
        f"bounds {np.exp(least):.3g} {np.exp(most):.3g} weights {np.round(best.weights, 2)} profile {best.profile}"
    )
    return Rule(best=best, draws=tuple(draws), least=least, most=most, same=len(same), different=len(different))


def parameters(measured: list[tuple[Pair, Measures]], alternative: str) -> Parameters:
    """First each measure by itself, then all of them together."""
    chosen = [(m, p.kind == "same") for p, m in measured if p.kind in ("same", alternative)]
    truth = np.array([t for _, t in chosen])
    one = {name: _single(name, [m for m, _ in chosen], truth) for name in ("profile", "paint", "backscatter")}
    found = Parameters(**one)
    sister = alternative == "sister"
    rows = [parts(m, found, sister=sister) for m, _ in chosen]
    x = np.array([[r.get(name, 0.0) for name in MEASURES] for r in rows])
    w = _balance(truth)

    def cost(weights):
        margin = np.where(truth, 1.0, -1.0) * (x @ weights)
        return float(w @ np.logaddexp(0.0, -margin)) + RIDGE * float(weights @ weights) / 10.0

    bounds = [(0.0, MOST_WEIGHT) if np.any(x[:, i]) else (0.0, 0.0) for i in range(len(MEASURES))]
    best = minimize(cost, [0.5 if b[1] else 0.0 for b in bounds], bounds=bounds)
    return msgspec.structs.replace(found, weights=tuple(float(v) for v in best.x))


def _single(name: str, chosen: list[Measures], truth) -> tuple[float, ...]:
    size = 3 if name == "paint" else 2
    bounds = [(-5.0, 5.0)] + [(0.0, 8.0) if name == "profile" else (-80.0, 0.0)] * (size - 1)
    field = "as_named" if name == "profile" else name
    there = np.array([getattr(m, field) is not None for m in chosen])
    if there.sum() < 20 or len(set(truth[there])) < 2:
        return (0.0,) * size
    kept, is_same = [m for m, t in zip(chosen, there, strict=True) if t], truth[there]
    w = _balance(is_same)
    scores = _scorer(name, kept)

    def cost(v):
        margin = np.where(is_same, 1.0, -1.0) * scores(v)
        return float(w @ np.logaddexp(0.0, -margin)) + RIDGE * float(v[1:] @ v[1:]) / 1000.0

    return tuple(
        float(v) for v in minimize(cost, [0.0] + [b[0] / 40.0 + b[1] / 8.0 for b in bounds[1:]], bounds=bounds).x
    )


def _scorer(name: str, kept: list[Measures]):
    """The same sums as calibration.parts, over all pairs at once."""
    if name == "profile":
        z = np.array([(m.as_named, m.turned, m.agree) for m in kept])
        return lambda v: np.log(z[:, 2] * np.exp(v[0] + v[1] * z[:, 0]) + (1 - z[:, 2]) * np.exp(v[0] + v[1] * z[:, 1]))
    if name == "paint":
        d = np.array([m.paint for m in kept])
        return lambda v: v[0] + d @ v[1:]
    b = np.array([m.backscatter for m in kept])
    return lambda v: v[0] + v[1] * b


def _balance(truth):
    """Each kind of pair weighs a half."""
    return np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum())


def rounded(rules: dict[str, PairRules]) -> dict[str, PairRules]:
    def short(value):
        if isinstance(value, float):
            return round(value, 4)
        if isinstance(value, dict):
            return {k: short(v) for k, v in value.items()}
        return [short(v) for v in value] if isinstance(value, list) else value

    return msgspec.convert(short(msgspec.to_builtins(rules)), dict[str, PairRules])


if __name__ == "__main__":
    main()
