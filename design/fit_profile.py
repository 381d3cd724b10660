"""Fits how far likelihood ratios of profiles may be believed: writes offing/weights/profile-calibration-1.json.

    python design/fit_profile.py TABLES_DIR

Simulated ships of the twenty classes of ``offing bench identify``, and of five classes that are no candidates, are
drawn from seeds that the benchmark never uses (8,000,000 and up), each compared with the layouts of all classes of
about her size. For each kind of picture two numbers are fitted, so that the mean log probability of the truth is
greatest with the ships' lengths and beams weighed beside it: the temper (how much of the log ratio counts) and the
offset (how much every layout that was tried loses to "any ship"). The offset that lengths and beams need by
themselves, because the other classes were chosen to be of the same size, is fitted first and is no part of it.

Caps are declared, at most what the fitted ships bear out: with n ships, of which k have another class ahead by more
than a ratio x, the Wilson bound (90 %) on k / n must not exceed 1 / x.
"""

import json
import math
import sys
from pathlib import Path

import msgspec
import numpy as np

from offing.bench.identify_ships import KNOWN, OTHERS, seen_ships
from offing.vessels.classes import library
from offing.vessels.detection.additive import Card
from offing.vessels.identification.factors import beam_factor, length_factor
from offing.vessels.model import Measurement
from offing.vessels.profile.calibration import NAME, Knot, ProfileCalibration
from offing.vessels.profile.compare import raw_log_ratios
from offing.vessels.profile.relief import relief_of

KINDS = (("optical", 10.0, 8), ("optical", 3.0, 8), ("optical", 0.7, 8), ("sar", 10.0, 4), ("sar", 3.0, 4))
FIRST_SEED = {"optical": 8_000_000, "sar": 8_100_000}
DECLARED_CAPS = {("optical", 10.0): 2.5, ("optical", 3.0): 8.0, ("optical", 0.7): 100.0, ("sar", 10.0): 2.0,
                 ("sar", 3.0): 3.0}  # fmt: skip
NONE_SHARE = len(OTHERS) / len(KNOWN + OTHERS)
CLASSES = library()


def table(folder: Path, sensor: str, gsd: float, ships: int) -> list[dict]:
    """The log ratios of all ships of one kind of picture, simulated once and kept."""
    path = folder / f"{sensor}-{gsd:g}.jsonl"
    if not path.exists():
        reliefs = {c: relief_of(CLASSES.get(c)) for c in KNOWN}
        lines = []
        for s in seen_ships(KNOWN + OTHERS, sensor, gsd, ships, FIRST_SEED[sensor]):
            m = s.detection.measurement
            keep = {c: r for c, r in reliefs.items() if r and _near(m.length_m or 0.0, c)}
            raw = raw_log_ratios(s.profile, keep) if s.profile and keep else {}
            px = s.profile.length_px if s.profile else 0.0
            lines.append(json.dumps({"c": s.vessel_class, "px": px, "m": msgspec.to_builtins(m), "raw": raw}))
        path.write_text("\n".join(lines) + "\n")
    return [json.loads(line) for line in path.read_text().splitlines()]


def _near(length: float, class_id: str) -> bool:
    low, high = CLASSES.get(class_id).length_m or (0.0, 0.0)
    return 0.7 * low < length < 1.3 * high


def rows(tables: list[dict]) -> list[tuple[np.ndarray, np.ndarray, int, float]]:
    """(log weights by prior and size, raw log ratios, which is true, pixels); none of these stands last."""
    found = []
    for entry in tables:
        ids = list(entry["raw"])
        true = ids.index(entry["c"]) if entry["c"] in ids else len(ids) if entry["c"] in OTHERS else None
        if not ids or true is None:
            continue
        m = msgspec.convert(entry["m"], Measurement)
        sizes = [f for f in (length_factor(m, ids, CLASSES), beam_factor(m, ids, CLASSES)) if f]
        each = math.log((1.0 - NONE_SHARE) / len(KNOWN))
        base = [each + sum(f.log_ratios[c] for f in sizes) for c in ids] + [math.log(NONE_SHARE)]
        found.append((np.array(base), np.array([*entry["raw"].values(), 0.0]), true, entry["px"]))
    return found


def score(ships: list, temper: float, none: float) -> float:
    """Mean log probability of the truth; ``none`` is added to the log weight of none of these."""
    total = 0.0
    for base, raw, true, _ in ships:
        logs = base + temper * raw
        logs[-1] += none
        top = logs.max()
        total += logs[true] - top - math.log(np.exp(logs - top).sum())
    return total / len(ships)


def borne_out(ships: list, temper: float) -> float:
    """The greatest ratio x that the ships bear out; see the file's text."""
    behind = np.array(
        [temper * (np.delete(raw[:-1], true).max() - raw[true]) for _, raw, true, _ in ships if 1 < len(raw) - 1 > true]
    )
    best = 1.0
    for x in (2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 50.0, 100.0, 200.0):
        k, n, z = int((behind >= math.log(x)).sum()), len(behind), 1.6448536269514722
        share = k / n
        upper = (share + z * z / (2 * n) + z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))) / (
            1 + z * z / n
        )
        if upper > 1.0 / x:
            break
        best = x
    return best


def main() -> None:
    folder = Path(sys.argv[1])
    knots: dict[str, list[Knot]] = {"optical": [], "sar": []}
    figures = {}
    grid = [round(0.05 * i, 2) for i in range(21)]
    for sensor, gsd, ships in KINDS:
        found = rows(table(folder, sensor, gsd, ships))
        size_only = max((score(found, 0.0, o), o) for o in np.arange(-1.0, 3.01, 0.1))
        value, temper, none = max((score(found, t, o), t, o) for t in grid for o in np.arange(-1.0, 6.01, 0.25))
        offset = max(0.0, round(float(none - size_only[1]), 2))
        cap = min(DECLARED_CAPS[sensor, gsd], borne_out(found, temper))
        pixels = round(float(np.median([px for *_, px in found])), 1)
        knots[sensor].append(Knot(pixels=pixels, temper=temper, offset=offset, cap=cap, ships=len(found)))
        kind = f"{sensor} {gsd:g} m"
        figures[f"{kind}: mean log probability of the truth, by size"] = round(float(size_only[0]), 3)
        figures[f"{kind}: with the profile"] = round(float(value), 3)
        figures[f"{kind}: greatest ratio that these ships bear out"] = borne_out(found, temper)
        print(kind, len(found), knots[sensor][-1], round(size_only[0], 3), round(value, 3), borne_out(found, temper))
    card = {
        "id": NAME,
        "data": "simulated ships of 25 classes of the class library on open water, optical (0.7, 3, 10 m) and radar "
        "(3, 10 m), seeds from 8000000, with things on deck that no layout knows; boxes put off by errors",
        "licence": "made by offing simulate",
        "split": "fitted on all of them; offing bench identify reports on other seeds, from 9100000",
        "target": "P(brightness along the hull | class) / P(the same | any ship of that size)",
        "figures": figures,
        "calibration": "temper and offset by maximum likelihood; see offing bench identify for the reliability",
        "limits": "no real ship of known class was measured: the caps are declared (2.5 at 11, 8 at 38, 100 at 165 "
        "pixels of an optical picture; 2 and 3 in radar) and lower than what the simulated ships bear out",
    }
    made = ProfileCalibration(
        card=msgspec.convert(card, Card),
        optical=tuple(sorted(knots["optical"], key=lambda k: k.pixels)),
        radar=tuple(sorted(knots["sar"], key=lambda k: k.pixels)),
    )
    out = Path(__file__).parent.parent / "src/offing/weights" / f"{NAME}.json"
    out.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")


if __name__ == "__main__":
    main()
