"""Writes src/offing/weights/radar-seen.json: what radar shows of a ship, whatever it is taken for.

Run it again whenever the network, the radar search or the simulation changes; DATA holds the labelled sets:

    python design/measure_radar_seen.py DATA
    python design/measure_radar_seen.py DATA 10 /tmp/x.json   # a quick look, written elsewhere

It also writes the tables in docs/accuracy.md, between the two comments that name it. The protocol is that of ``offing
bench radar-seen``, and what is written is what it prints. One process, about four minutes of processor time.
"""

import sys
import time
from pathlib import Path

from offing.bench.model import BenchOptions
from offing.bench.radar_seen import FIRST_SEED, PICTURES, chip_ships, figures, measure, table, write_seen

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src" / "offing" / "weights" / "radar-seen.json"
PAGE = ROOT / "docs" / "accuracy.md"
FIRST, LAST = "<!-- radar-seen: design/measure_radar_seen.py -->", "<!-- radar-seen: end -->"


def main():
    data = Path(sys.argv[1])
    pictures = int(sys.argv[2]) if len(sys.argv) > 2 else PICTURES
    target = Path(sys.argv[3]) if len(sys.argv) > 3 else TARGET
    kept = measure(pictures, FIRST_SEED, chip_ships(BenchOptions(data=data)))
    write_seen(kept, target)
    for name, value in figures(kept).items():
        print(f"{name}: {value}")
    if target == TARGET:
        before, rest = PAGE.read_text(encoding="utf-8").split(FIRST)
        after = rest.split(LAST)[1]
        PAGE.write_text("\n".join([before + FIRST, "", *table(kept), "", LAST + after]), encoding="utf-8")
    print("\n".join(["", *table(kept), "", f"{time.process_time():.0f} s of processor time"]))


if __name__ == "__main__":
    main()
