"""Writes src/offing/weights/detectability.json: what the detectors find of simulated landing ships.

Run it again whenever a detector, the measurement, the attribution or the simulation changes:

    python design/measure_detectability.py            # 400 pictures of each kind, about 15 minutes on two cores
    python design/measure_detectability.py 40 /tmp/x.json   # a quick look, written elsewhere

The protocol is that of ``offing bench detectability``.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from offing.bench.detectability import FIRST_SEED, KINDS, Curve, measure, write_curve

TARGET = Path(__file__).resolve().parents[1] / "src" / "offing" / "weights" / "detectability.json"


def one(arguments):
    pictures, kind = arguments
    return measure(pictures, FIRST_SEED, [kind])


def main():
    pictures = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET
    with ProcessPoolExecutor(2) as pool:
        parts = list(pool.map(one, [(pictures, kind) for kind in KINDS]))
    cells = tuple(cell for part in parts for cell in part.cells)
    first = parts[0]
    curve = Curve(simulated=first.simulated, origin=first.origin, protocol=first.protocol, cells=cells)
    write_curve(curve, target)
    for cell in cells:
        for name in ("anchored", "moored", "p_false"):
            p = getattr(cell, name)
            print(f"{cell.sensor} {cell.gsd_m:g} m {name}: {p.value:.3f} [{p.low:.3f}, {p.high:.3f}] {p.basis}")


if __name__ == "__main__":
    main()
