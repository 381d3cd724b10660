"""How many azimuth ambiguities are named, and how many ships are taken for one, on generated scenes with truth.

What is generated is what a detector hands on: places, peaks and lengths. So the figures are those of the rule, whatever
the detector; they hold as far as the suppression that is drawn (see ``generated``) is the radar's.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from offing.bench.false_alarm_pictures import measured
from offing.bench.model import BenchOptions, BenchResult
from offing.imagery.coarse import Coarse
from offing.imagery.radar_geometry import LIGHT_M_S, RadarGeometry, SubSwath
from offing.quantities import Interval, Probability
from offing.records import Record
from offing.vessels.detection.dismissal import RadarScene, Spots, dismiss
from offing.vessels.model import Detection, Measurement, OrientedBox

PIXEL_M = 10.0
FAINTEST_DB = 8.0
"""Peak over the sea of the faintest thing that is found."""
TIME = datetime(2024, 10, 8, 9, 0, tzinfo=UTC)
SUBSWATHS = (
    SubSwath(name="IW1", prf_hz=1717.129, slant_range_m=Interval(low=795e3, high=855e3, level=1.0)),
    SubSwath(name="IW2", prf_hz=1451.627, slant_range_m=Interval(low=840e3, high=912e3, level=1.0)),
    SubSwath(name="IW3", prf_hz=1685.817, slant_range_m=Interval(low=895e3, high=972e3, level=1.0)),
)
SCENES: dict[str, tuple[int, float]] = {
    "sparse, 40 ships on 80 × 80 km": (40, 80e3),
    "busy, 300 ships on 80 × 80 km": (300, 80e3),
    "dense, 1000 ships on 40 × 40 km": (1000, 40e3),
}
KNOWLEDGE = ("annotated", "inferred", "pass open")
"""What is known of the radar's geometry: everything; what orbit and time tell; not even the pass."""


class Truth(Record, frozen=True, eq=False):
    """A generated scene and which of its detections are ghosts."""

    found: tuple[Detection, ...]
    scene: RadarScene
    ghost: NDArray[np.bool_]
    """(n,)"""


def run(options: BenchOptions) -> BenchResult:
    """Every kind of scene with every knowledge of the geometry."""
    repeats = 2 if options.quick else 8
    figures: dict[str, float | str] = {}
    judged = 0
    for what, (ships, side) in SCENES.items():
        for known in KNOWLEDGE:
            for suppressed in (False, True) if known == "annotated" else (False,):
                counts = np.zeros(6, np.int64)
                for repeat in range(repeats):
                    counts += scored(generated(ships, side, known, options.seed + repeat, ghosts=not suppressed))
                judged += int(counts[0] + counts[2])
                name = f"{what}, geometry {known}" + (", radar without ghosts" if suppressed else "")
                figures |= _figures(name, counts)
    pictures = 1 if options.quick else 6
    whole, more = measured(pictures, options.seed)
    return BenchResult(
        name="false-alarms",
        protocol=(
            f"places, peaks and lengths of {repeats} generated scenes of each kind: ships 30–350 m, peaks 12–48 dB "
            "over the sea, half of them in clusters; ghosts of order 1–3 either way, the first fainter by 24–34 dB "
            "(one draw a scene) ± 4 dB, each order by 5 dB more, displaced in range as in TOPS bursts, found from "
            f"{FAINTEST_DB:g} dB. Then {pictures} simulated pictures of 13 × 13 km with ghosts, interference, and an "
            "edge of the data, searched whole by offing detect; what is near several causes counts for a ship, else "
            "for a ghost, interference, the edge"
        ),
        n=judged + more,
        split=f"generated, seeds {options.seed}–{options.seed + repeats - 1}",
        figures=figures | whole,
    )


def _figures(name: str, counts: NDArray[np.int64]) -> dict[str, float | str]:
    ghosts, named, ships, lost, flagged, doubted = (int(v) for v in counts)
    figures: dict[str, float | str] = {f"{name}: ships dismissed": round(lost / ships, 5)}
    if ghosts:
        figures |= {
            f"{name}: ghosts (of {ghosts}) dismissed": round(named / ghosts, 3),
            f"{name}: ghosts flagged possible": round(doubted / ghosts, 3),
        }
    return figures | {f"{name}: ships flagged possible": round(flagged / ships, 5)}


def scored(truth: Truth) -> NDArray[np.int64]:
    """(ghosts, ghosts dismissed, ships, ships dismissed, ships flagged as possible ambiguities, ghosts so flagged)."""
    ships, dismissed = dismiss(truth.found, truth.scene)
    gone = {d.id for d in dismissed}
    doubted = {d.id for d in ships if "possible-ambiguity" in d.flags}
    out = np.array([d.id in gone for d in truth.found])
    doubt = np.array([d.id in doubted for d in truth.found])
    ghost = truth.ghost
    ships_of = (~ghost, ~ghost & out, ~ghost & doubt)
    return np.array([which.sum() for which in (ghost, ghost & out, *ships_of, ghost & doubt)], np.int64)


def generated(count: int, side_m: float, known: str, seed: int, *, ghosts: bool = True) -> Truth:
    """A scene of ``count`` ships on a square of ``side_m``; ``ghosts``: whether the radar shows any."""
    rng = np.random.default_rng([seed, count])
    truth = geometry(side_m)
    places = _places(rng, count, side_m) / PIXEL_M
    peaks = np.clip(rng.normal(24.0, 8.0, count), 12.0, 48.0)
    lengths = np.clip(np.exp(rng.normal(math.log(120.0), 0.6, count)), 30.0, 350.0)
    faint = _ghosts(rng, places, peaks, lengths, truth, side_m) if ghosts else np.zeros((0, 4))
    table = np.concatenate([np.column_stack([places, peaks, lengths]), faint])
    found = tuple(_detection(i, *row) for i, row in enumerate(table.tolist()))
    cells = math.ceil(side_m / 100.0)
    size = round(side_m / PIXEL_M)
    return Truth(
        found=found,
        scene=RadarScene(
            width=size,
            height=size,
            gsd_m=(PIXEL_M, PIXEL_M),
            peaks=Spots(col=table[:, 0], row=table[:, 1], peak_db=table[:, 2]),
            bright=Spots(col=np.zeros(0), row=np.zeros(0), peak_db=np.zeros(0)),
            coarse=Coarse(np.ones((1, cells, cells), np.float32), 10, size, size),
            bands=("VV",),
            water=None,
            valid=lambda box: np.ones((box.height, box.width), np.bool_),
            radars=_known(side_m, known),
        ),
        ghost=np.arange(len(table)) >= count,
    )


def geometry(side_m: float, *, heading_deg: float = 192.0, exact: bool = True) -> RadarGeometry:
    """Sentinel-1 in IW over a square of ``side_m`` that starts 5 km into the swath; bounds alone unless ``exact``."""
    turn = math.radians(heading_deg)
    right = turn + math.pi / 2
    reach = (800e3, 800e3 + 0.75 * side_m) if exact else (795e3, 972e3)
    return RadarGeometry(
        azimuth_px=(math.sin(turn), -math.cos(turn)),
        range_px=(math.sin(right), -math.cos(right)),
        azimuth_spacing_m=PIXEL_M,
        range_spacing_m=PIXEL_M,
        anchor_px=(0.5 * side_m / PIXEL_M, 0.5 * side_m / PIXEL_M),
        heading_deg=heading_deg,
        heading_error_deg=0.0 if exact else 1.5,
        passing="descending" if heading_deg < 270.0 else "ascending",
        wavelength_m=LIGHT_M_S / 5.405e9,
        velocity_m_s=7590.0,
        ground_velocity_m_s=6800.0,
        incidence_bounds_deg=Interval(low=30.0, high=45.0, level=1.0),
        slant_range_bounds_m=Interval(low=reach[0], high=reach[1], level=1.0),
        subswaths=SUBSWATHS,
        basis="generated",
        slant_range=(0.5 * (reach[0] + reach[1]), 620.0) if exact else (),
    )


def _known(side_m: float, known: str) -> tuple[RadarGeometry, ...]:
    if known == "annotated":
        return (geometry(side_m),)
    descending = geometry(side_m, heading_deg=193.0, exact=False)
    return (descending,) if known == "inferred" else (descending, geometry(side_m, heading_deg=347.0, exact=False))


def _places(rng: np.random.Generator, count: int, side_m: float) -> NDArray[np.float64]:
    """(count, 2) metres right and down: half anywhere, half in anchorages of 3 km."""
    anywhere = rng.uniform(0.0, side_m, (count, 2))
    centres = rng.uniform(0.1 * side_m, 0.9 * side_m, (6, 2))
    gathered = centres[rng.integers(6, size=count)] + rng.normal(0.0, 3000.0, (count, 2))
    return np.asarray(np.clip(np.where(rng.random(count)[:, None] < 0.5, anywhere, gathered), 0.0, side_m - 1.0))


def _ghosts(
    rng: np.random.Generator,
    places: NDArray[np.float64],
    peaks: NDArray[np.float64],
    lengths: NDArray[np.float64],
    truth: RadarGeometry,
    side_m: float,
) -> NDArray[np.float64]:
    """(n, 4) col, row, peak, length of the ghosts that are bright enough and lie in the picture.

    λ·R·PRF / (2·V) along the flight for each order, with the pulse rate of the sub-swath that holds the range (the
    nearer one where two overlap); in range what ``imagery.radar_geometry`` states, and up to three times the first
    order's either way by the steering of the beam.
    """
    rows = []
    first_db = float(rng.uniform(24.0, 34.0))
    for (col, row), peak, length in zip(places.tolist(), peaks.tolist(), lengths.tolist(), strict=True):
        for order in (1, 2, 3):
            offset = truth.ambiguity_offsets_m(col, row, order)[0].high
            reach = truth.slant_range_m(col, row).high
            walk = (offset / order) ** 2 / (2.0 * reach * math.sin(math.radians(38.0)))
            further = walk * (order**2 + float(rng.uniform(-3.0, 3.0)) * order)
            for sign in (1, -1):
                faint = peak - float(rng.normal(first_db + 5.0 * (order - 1), 4.0))
                noise = rng.normal(0.0, 1.0, 2)
                at = truth.displaced_px(col, row, sign * offset, further) + noise
                if faint > FAINTEST_DB and min(at) >= 0 and max(at) < side_m / PIXEL_M:
                    rows.append((float(at[0]), float(at[1]), faint, length * float(rng.uniform(0.3, 1.1))))
    return np.array(rows, np.float64).reshape(-1, 4)


def _detection(number: int, col: float, row: float, _peak: float, length: float) -> Detection:
    half = length / 2 / PIXEL_M
    return Detection(
        id=f"{number:05d}",
        image="generated",
        time=TIME,
        score=Probability(value=0.9, low=0.9, high=0.9, basis="generated"),
        box=OrientedBox(col=col, row=row, length_px=(half, 0.0), beam_px=(0.0, half / 6)),
        ring=None,
        measurement=Measurement(
            length_m=length,
            length_m_90=Interval(low=0.9 * length, high=1.1 * length),
            beam_m=length / 6,
            beam_m_90=Interval(low=0.15 * length, high=0.19 * length),
            axis_deg=90.0,
            heading_deg=90.0,
            bow_probability=0.5,
        ),
    )
