"""Fits how far a misfit between two outlines tells, and what a silhouette says of its bow.

    OMP_NUM_THREADS=1 python design/fit_reference.py [CLASSES]

Two photographs of each of CLASSES classes (24) of the half that ``offing bench reference`` does not measure on, seeds
7,000,000 and up. Prints the constants of vessels/reference/comparing.py (TO_CLASS, TO_PHOTOGRAPH) and bow.py.
"""

import sys

import numpy as np
from scipy.optimize import minimize

from offing.bench.reference_photographs import half_of_the_classes, reliefs_of_about, taken
from offing.errors import PictureError
from offing.vessels.classes import library
from offing.vessels.reference.bow import features
from offing.vessels.reference.comparing import misfit
from offing.vessels.reference.silhouette import silhouette_of
from offing.vessels.reference.steps import OVERHANGING

FIRST_SEED = 7_000_000


def usable(read):
    return np.array(read.overhang) <= OVERHANGING


def main(count: int) -> None:
    classes = half_of_the_classes(odd=False)
    chosen = [classes[i] for i in np.random.default_rng(0).permutation(len(classes))[:count]]
    everything = tuple(library())
    to_class, to_photo, ends = ([], []), ([], []), []
    kept = []
    for number, entry in enumerate(chosen):
        pair = []
        for k in (0, 1):
            try:
                one = taken(entry, FIRST_SEED + 2 * number + k)
            except PictureError:
                continue
            if one.read is None:
                print(entry.id, one.refusal, flush=True)
                continue
            mine = np.array(one.read.above_deck)
            length = one.picture.ship.length_m
            for name, relief in reliefs_of_about(length, everything).items():
                value = misfit(mine, np.array(relief.height_m) / relief.length_m, usable(one.read))
                to_class[name != entry.id].append(np.log(max(value, 1e-3)))
            silhouette = silhouette_of(one.picture.pixels, "x")
            side = 1.0 if one.picture.spec.bow == "left" else -1.0
            ends.append([side * v for v in features(silhouette.mask, silhouette.foot.row)])
            pair.append(one)
        if len(pair) == 2:
            to_photo[0].append(np.log(max(misfit(*_both(*pair)), 1e-3)))
        for one in pair:
            for other in kept:
                if 0.8 <= one.picture.ship.length_m / other.picture.ship.length_m <= 1.25:
                    to_photo[1].append(np.log(max(misfit(*_both(one, other)), 1e-3)))
        kept += pair
        print(number + 1, flush=True)
    for name, found in (("TO_CLASS", to_class), ("TO_PHOTOGRAPH", to_photo)):
        for words, values in zip(("same", "other"), found, strict=True):
            print(name, words, f"{np.mean(values):.2f} {np.std(values):.2f} n={len(values)}")
    table = np.array(ends)
    weights = minimize(lambda w: np.log1p(np.exp(-(table @ w))).mean() + 2e-5 * (w**2).sum(), [10.0, 1.0]).x
    print("bow", np.round(weights, 1), f"right {np.mean(table @ weights > 0):.2f} n={len(table)}")


def _both(one, other):
    return np.array(one.read.above_deck), np.array(other.read.above_deck), usable(one.read)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
