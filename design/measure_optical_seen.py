"""Writes src/offing/weights/optical-seen.json: what optical pictures show of a ship, whatever it is taken for.

Run it again whenever a network, the optical search or the simulation changes. DATA holds the labelled sets; the
networks of the folds, which have not seen the ports and places that they search here, are given by kind:

    python design/measure_optical_seen.py DATA --coarse F0.onnx F1.onnx F2.onnx --fine F0.onnx F1.onnx F2.onnx
    python design/measure_optical_seen.py DATA --pictures 6 --out /tmp/x.json   # a quick look, written elsewhere

Fewer than three are those of the first folds; ports and places of the others are left out.
Without the networks of the folds the labelled figures are in-sample: they are printed, and nothing is said of real
pictures by them. It also writes the tables in docs/accuracy.md, between the two comments that name it. The protocol is
that of ``offing bench optical-seen``. One process, about four minutes of processor time.
"""

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "training"))

from folds import fold_of_place, fold_of_port  # noqa: E402
from offing.bench.model import BenchOptions  # noqa: E402
from offing.bench.optical_labelled import labelled_sets  # noqa: E402
from offing.bench.optical_seen import FIRST_SEED, PICTURES, measure, write_seen  # noqa: E402
from offing.bench.optical_words import figures, table  # noqa: E402
from offing.vessels.detection.network import Network, network_card  # noqa: E402
from offing.vessels.detection.optical_search import MODELS  # noqa: E402

TARGET = ROOT / "src" / "offing" / "weights" / "optical-seen.json"
PAGE = ROOT / "docs" / "accuracy.md"
FIRST, LAST = "<!-- optical-seen: design/measure_optical_seen.py -->", "<!-- optical-seen: end -->"


def unseen(paths, fold_of, name):
    """The network that has not seen a port or place, None of a fold without; None without networks."""
    if not paths:
        return None
    turned = network_card(name).turned
    networks = [Network(path.read_bytes(), turned=turned) for path in paths]
    return lambda place: networks[fold_of(place)] if fold_of(place) < len(networks) else None


def main():
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("data", type=Path, metavar="DATA")
    about.add_argument("--coarse", type=Path, nargs="+", default=(), metavar="FOLD.onnx")
    about.add_argument("--fine", type=Path, nargs="+", default=(), metavar="FOLD.onnx")
    about.add_argument("--pictures", type=int, default=PICTURES)
    about.add_argument("--out", type=Path, default=TARGET)
    given = about.parse_args()
    ships_csv = given.data / "optical-naval" / "ships.csv"
    labelled = labelled_sets(
        BenchOptions(data=given.data),
        unseen(given.coarse, fold_of_port, MODELS["coarse"]),
        unseen(given.fine, lambda place: fold_of_place(place, ships_csv), MODELS["fine"]),
    )
    print(f"{time.process_time():.0f} s of processor time for the labelled sets", file=sys.stderr)
    kept = measure(given.pictures, FIRST_SEED, labelled)
    write_seen(kept, given.out)
    for name, value in figures(kept).items():
        print(f"{name}: {value}")
    if given.out == TARGET:
        before, rest = PAGE.read_text(encoding="utf-8").split(FIRST)
        after = rest.split(LAST)[1]
        PAGE.write_text("\n".join([before + FIRST, "", *table(kept), "", LAST + after]), encoding="utf-8")
    print("\n".join(["", *table(kept), "", f"{time.process_time():.0f} s of processor time"]))


if __name__ == "__main__":
    main()
