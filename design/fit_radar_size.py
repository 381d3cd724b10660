"""Fits length and beam of ships in radar pictures, and keeps them as src/offing/weights/radar-size-1.json.

    python design/fit_radar_size.py FOLDER     # the set s1-ship-chips; some ten minutes, most of them simulating

Ground-range chips of OpenSARShip against AIS, and simulated ships of 30–350 m in pixels of 1.5–40 m. One model is
fitted on all, and one without each scene, which the benchmark judges that scene by. The cuts, the point spread and the
form of the model were chosen with all four scenes in view; neighbouring choices change the held-out error by less than
0.5 m.
"""

import sys
from pathlib import Path

import msgspec
import numpy as np

import offing
from offing.bench.size_fit import SIMULATED, fit
from offing.bench.size_ships import chips, found_in, simulated
from offing.vessels.measurement.radar_model import MODEL, KeptSizes, SizeCard, beam_of, length_of

SEEDS = range(240)


def sizes(ship, model):
    length = length_of(ship.trace, ship.pixel_m, model.length)
    return length, beam_of(ship.trace, ship.pixel_m, length, model.beam)


def figures(pairs, name):
    """Mean absolute error and coverage of (ship, model that has not seen it)."""
    lengths = [(s.length_m, sizes(s, m)[0]) for s, m in pairs]
    beams = [(s.beam_m, sizes(s, m)[1]) for s, m in pairs if s.beam_m]
    made = {}
    for what, rows in (("length", lengths), ("beam", beams)):
        made[f"{name}_{what}_mae_m"] = round(float(np.mean([abs(t - x.value_m) for t, x in rows])), 2)
        made[f"{name}_{what}_inside_90"] = round(float(np.mean([t in x.interval for t, x in rows])), 3)
        made[f"{name}_{what}_n"] = float(len(rows))
    return made


def main():
    real = [f.ship for c in chips(Path(sys.argv[1])) if (f := found_in(c)) and f.ship]
    drawn = [f.ship for _, f in simulated(SEEDS) if f and f.ship]
    scenes = sorted({s.group for s in real})
    without = {g: fit([s for s in real if s.group != g] + drawn) for g in scenes}
    blocks = [fit(real + [s for j, s in enumerate(drawn) if j % 5 != i]) for i in range(5)]
    card = SizeCard(
        id=MODEL,
        data="ground-range Sentinel-1 chips of OpenSARShip (four scenes, 10 m) against length and width by AIS; "
        f"{len(SEEDS)} simulated radar pictures (offing simulation, seeds {SEEDS.start}–{SEEDS.stop - 1}), "
        "30–350 m, pixels of 1.5–40 m, each counting half",
        licence="OpenSARShip: distribution open, for research; contains modified Copernicus Sentinel data 2015–2016",
        split="each scene held out whole; simulated ships in five parts",
        figures=figures([(s, without[s.group]) for s in real], "real")
        | figures([(s, blocks[j % 5]) for j, s in enumerate(drawn)], SIMULATED),
        limits="real ships only at 10 m, most of them merchant ships at anchor in one scene; other pixels, sensors and "
        "warships rest on simulation. AIS is taken as it is, one wrong beam (5 m for a ship of 20 m) included. "
        "The cuts and the point spread were chosen with all scenes in view. Where the scene with most ships is held "
        "out, its intervals hold for only four in five; on simulated ships, which scatter less, they are too wide.",
        retrain="python design/fit_radar_size.py FOLDER",
    )
    kept = KeptSizes(card=card, model=fit(real + drawn), without=without)
    out = Path(offing.__file__).parent / "weights" / f"{MODEL}.json"
    out.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    print(msgspec.json.format(msgspec.json.encode(kept), indent=1).decode())


if __name__ == "__main__":
    main()
