"""By how much radar outlines are too long and too wide: Sentinel-1 ships of known size, each scene held out in turn.

    python design/fit_radar_excess.py FOLDER     # the set s1-ship-chips

Prints the excess in pixels of 10 m (the mean over scenes of each scene's median, so that a scene with many ships does
not speak for all), the spread that makes 90 % intervals hold, and what both give on the scene that was held out. Run
it with the excess in offing/vessels/measurement/box.py set to 0. The numbers there are those for all scenes together.
"""

import csv
import sys
from pathlib import Path

import numpy as np

from offing.imagery.reading import open_picture
from offing.vessels.detection import detect

PIXEL_M, Z90, FLOOR_SD_M = 10.0, 1.645, 12.0


def ships(folder):
    """(scene, AIS length, AIS beam, measured length, measured beam) of each ship that is found."""
    for row in csv.DictReader((folder / "chips.csv").open(encoding="utf-8")):
        if "_GRD" not in row["scene"] or float(row["ais_len"]) <= 0:
            continue
        path = folder / row["scene"] / "Patch_Cal" / row["chip"]
        with open_picture([path], sensor="sar", gsd_m=PIXEL_M) as picture:
            middle = np.array([picture.width, picture.height]) / 2
            found = detect(picture, min_score=0.2, workers=1, refine=False).detections
        away = [float(np.hypot(*(middle - (d.box.col, d.box.row)))) for d in found]
        if away and min(away) <= 12:
            m = found[int(np.argmin(away))].measurement
            yield row["scene"], float(row["ais_len"]), float(row["ais_wid"]), m.length_m, m.beam_m


def excess(error, scene):
    return float(np.mean([np.median(error[scene == s]) for s in np.unique(scene)]))


def relative_sd(error, size):
    """The least relative spread at which nine in ten lie inside."""
    for relative in np.arange(0.0, 0.6, 0.005):
        if (np.abs(error) <= Z90 * np.hypot(FLOOR_SD_M, relative * size)).mean() >= 0.9:
            return float(relative)
    return 0.6


def main():
    rows = list(ships(Path(sys.argv[1])))
    scene = np.array([r[0] for r in rows])
    for name, truth, measured in (("length", 1, 3), ("beam", 2, 4)):
        t, m = (np.array([r[k] for r in rows]) for k in (truth, measured))
        known = t > 0
        corrected, inside = np.zeros_like(t), np.zeros(len(t), bool)
        for held in np.unique(scene):
            rest = (scene != held) & known
            off = excess((m - t)[rest], scene[rest])
            corrected[scene == held] = m[scene == held] - off
            spread = relative_sd((m - off - t)[rest], (m - off)[rest])
            width = Z90 * np.hypot(FLOOR_SD_M, spread * corrected)
            inside |= (scene == held) & (np.abs(corrected - t) <= width)
            print(f"{name}, {held[17:32]} held out: excess {off / PIXEL_M:.2f} px, relative spread {spread:.3f}")
        error = (corrected - t)[known]
        print(
            f"{name}, each scene held out in turn, n = {known.sum()}: "
            f"mean absolute error {np.abs(error).mean():.1f} m, "
            f"bias {error.mean():.1f} m, 90 % interval holds {inside[known].mean():.1%}; "
            f"all scenes: excess {excess((m - t)[known], scene[known]) / PIXEL_M:.2f} px"
        )


if __name__ == "__main__":
    main()
