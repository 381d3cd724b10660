"""Real warships of other classes under the layouts of the library: how often a layout is taken for theirs.

No labelled set says which class a ship is. But hardly any of the warships of optical-naval can be of one given class of
the twenty, so a likelihood ratio that holds is rarely large there: its mean over ships of other classes is at most 1
(that of any likelihood ratio under the alternative), and at most one in x exceeds x.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from offing.bench.datasets import WARSHIP, NavalPicture, optical_naval
from offing.bench.identify_ships import BOW_RIGHT, KNOWN
from offing.quantities import Probability
from offing.vessels.classes import ClassLibrary
from offing.vessels.model import Detection, Measurement, OrientedBox
from offing.vessels.profile.calibration import calibration
from offing.vessels.profile.compare import raw_log_ratios, within_cap
from offing.vessels.profile.measured import profile_of
from offing.vessels.profile.model import Relief
from offing.vessels.profile.relief import relief_of

SHIPS, QUICK = 160, 8
LEAST_PX = 60.0
_SEED = 5
_BEAMS = (0.08, 0.2)
"""Beam over length, at least and at most, where the upright box leaves it open."""


def real_figures(folder: Path, classes: ClassLibrary, *, quick: bool) -> dict[str, float | str]:
    """Ratios of each of the twenty classes against any ship, one at a time, on real warships drawn by a fixed seed."""
    reliefs = {c: r for c in KNOWN if (r := relief_of(classes.get(c)))}
    rows = list(_log_ratios(optical_naval(folder), reliefs, QUICK if quick else SHIPS))
    logs = np.array(rows)
    return {
        "real warships, sub-metre: ships × classes": f"{logs.shape[0]} × {logs.shape[1]}",
        "real warships, sub-metre: mean ratio (1 or less holds)": round(float(np.exp(logs).mean()), 3),
        "real warships, sub-metre: ratio above 3": round(float((logs > math.log(3.0)).mean()), 4),
        "real warships, sub-metre: ratio above 10": round(float((logs > math.log(10.0)).mean()), 4),
    }


def _log_ratios(pictures: Sequence[NavalPicture], reliefs: Mapping[str, Relief], ships: int) -> Iterator[list[float]]:
    from offing.imagery.reading import open_picture

    places = [(p, i) for p in pictures for i in np.flatnonzero(p.codes == WARSHIP)]
    order = np.random.default_rng(_SEED).permutation(len(places))
    found = 0
    for picture, i in (places[k] for k in order):
        if found == ships:
            return
        if math.dist(picture.bows[i], picture.sterns[i]) < LEAST_PX:
            continue
        with open_picture(picture.paths) as opened:
            profile = profile_of(opened, labelled(picture, int(i)))
        if profile is not None:
            found += 1
            belief = calibration().at(profile.sensor, profile.length_px)
            raw = raw_log_ratios(profile, reliefs)
            yield [within_cap({c: belief.stated(v)}, belief.cap)[c] for c, v in raw.items()]


def labelled(picture: NavalPicture, ship: int) -> Detection:
    """A labelled ship as a detection: her ends, and the beam that her upright box leaves."""
    bow, stern = picture.bows[ship], picture.sterns[ship]
    length = math.dist(bow, stern)
    ahead = (bow - stern) / length
    wide, high = picture.boxes[ship, 2:] - picture.boxes[ship, :2]
    across = (wide + high) / max(float(np.abs(ahead).sum()), 1e-6) - length
    beam = float(np.clip(across, _BEAMS[0] * length, _BEAMS[1] * length))
    middle, half = 0.5 * (bow + stern), 0.5 * (bow - stern)
    heading = math.degrees(math.atan2(ahead[0], -ahead[1])) % 360.0
    return Detection(
        id="0001",
        image=picture.name,
        time=None,
        score=Probability(value=1.0, low=1.0, high=1.0, basis="labelled"),
        box=OrientedBox(
            col=float(middle[0]),
            row=float(middle[1]),
            length_px=(float(half[0]), float(half[1])),
            beam_px=(float(-ahead[1] * beam / 2), float(ahead[0] * beam / 2)),
        ),
        ring=None,
        measurement=Measurement(
            length_m=None,
            length_m_90=None,
            beam_m=None,
            beam_m_90=None,
            axis_deg=heading % 180.0,
            heading_deg=heading,
            bow_probability=BOW_RIGHT[0.7],
        ),
    )
