"""Azimuth ambiguities: faint copies of bright things, some kilometres along the flight.

The radar samples the Doppler spectrum at its pulse rate, so what its antenna's side lobes receive from a bright thing
ahead or behind is focused at the wrong place: n·λ·R·PRF / (2·V) along the flight for order n, and a little further in
range, because the range history fits the other place (Cumming & Wong 2005, ch. 5; Li & Johnson 1983). Greidanus et al.
2017 (Remote Sensing 9, 246) look for a brighter source there. Here place and brightness are weighed: is what lies at a
ghost's place better explained by the ghost, or by a ship that happens to be there?

Both are Poisson processes over the ground and the decibels of the peak. Ghosts: each source gives one at ±1, ±2, ±3
offsets, fainter by a normally distributed suppression. Ships: as dense as detections are around. What is open (pass,
sub-swath, how many of the expected ghosts there really are) is weighed by how well it explains the picture as a whole:
a picture with many ghosts tells its own geometry, and a radar that suppresses them well costs no ship. Where
ships are so dense that chance matches are likely, the probability stays low and they stay.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.imagery.radar_geometry import RadarGeometry
from offing.records import Record
from offing.vessels.detection.dismissal.ghosts import SUPPRESSION_DB, fainter, windows
from offing.vessels.detection.dismissal.ground import F64, cells_at, placed
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene, Spots
from offing.vessels.model import Detection

LEAST_DB = 10.0
"""A source is at least ten times brighter."""
PLACE_M, PLACE_PX = 40.0, 1.5
"""By how much the brightest pixels of a ghost and of its source may lie apart, beyond what the geometry leaves open."""
NEIGHBOURHOOD_M = 5000.0
"""Half the side of the square in which detections are counted for their density."""
PEAKS_DB = 30.0
"""Ships' peaks are taken to be spread evenly over so many decibels."""
DISMISS, CAUTION = 0.9, 0.25
"""P(ghost) from which a detection is dismissed, and from which it is flagged."""
LONGER = (1.5, 80.0)
"""A ghost is no longer than its source times this, and this many metres."""
SAME_M = 100.0
"""A bright spot nearer to a detection's peak, or nearer than 0.6 of its length, is that detection."""
_SHARES = np.geomspace(0.01, 1.0, 13)
"""Shares of the expected ghosts that may be real, each as likely as the other beforehand."""


class Sources(Record, frozen=True, eq=False):
    """What may have ghosts, ordered by range."""

    along: F64
    across: F64
    """(n,) metres, rising."""
    peak_db: F64
    col: F64
    row: F64
    length_m: F64
    """NaN where it is not a detection, or of unknown size."""


class Explained(Record, frozen=True, eq=False):
    """What ghosts explain, under one geometry."""

    density: F64
    """(n,) ghosts a square metre and decibel at each detection's place and brightness."""
    best: tuple[Ghost | None, ...]
    """The source that adds most to it."""
    expected: float
    """Ghosts that the picture should show."""


class Ghost(Record, frozen=True):
    """The source that explains a detection best."""

    col: float
    row: float
    order: int
    """−3 to 3, positive along the flight."""
    away_m: float
    brighter_db: float


def ambiguities(found: Sequence[Detection], scene: RadarScene, afloat: NDArray[np.bool_]) -> Calls:
    """Calls by index: ``ambiguity`` where that is probable by ``DISMISS``, ``possible-ambiguity`` by ``CAUTION``.

    ``afloat``: (n,) which of ``found`` are judged and counted as ships; all of them are sources.
    """
    supposed, judged = suppositions(scene.radars), np.flatnonzero(afloat)
    if not supposed or scene.gsd_m is None or not len(judged):
        return {}
    ships = _ships(_metres(scene.peaks, scene)[judged], scene)
    explained = [_explained(found, scene, radar, judged) for radar, _ in supposed]
    weights, each = weighed(
        ships,
        np.array([e.density for e in explained]),
        np.array([e.expected for e in explained]),
        np.array([prior for _, prior in supposed]),
    )
    probability, most = weights @ each, np.argmax(weights[:, None] * each, axis=0)
    ghosts = [explained[h].best[i] for i, h in enumerate(most.tolist())]
    return {
        i: _call(p, ghost)
        for i, p, ghost in zip(judged.tolist(), probability.tolist(), ghosts, strict=True)
        if ghost is not None and p >= CAUTION
    }


def suppositions(radars: Sequence[RadarGeometry]) -> list[tuple[RadarGeometry, float]]:
    """What the geometry may be, with its probability before the ghosts are looked at: every pass, and, where the range
    is not annotated, that the picture lies in one sub-swath, in any, or across them.
    """
    known = [r for r in radars if r.subswaths]
    found = []
    for radar in known:
        single = () if radar.slant_range or len(radar.subswaths) == 1 else radar.subswaths
        ways = [radar, *(msgspec.structs.replace(radar, subswaths=(s,)) for s in single)]
        found += [(way, 1.0 / len(ways) / len(known)) for way in ways]
    return found


def weighed(ships: F64, ghosts: F64, expected: F64, prior: F64) -> tuple[F64, F64]:
    """(weights, probabilities): P(supposition), (m,), and P(ghost | supposition), (m, n).

    ``ships``: (n,) density of ships at each detection's place and brightness; ``ghosts``: (m, n) that of ghosts;
    ``expected``: (m,) ghosts that should be seen; ``prior``: (m,). The likelihood is that of a Poisson process of both,
    averaged over the share of the expected ghosts that there really are.
    """
    # log(ships) is common to all suppositions and left out.
    over = ghosts[:, None, :] / ships * _SHARES[None, :, None]
    log_odds = np.log1p(over).sum(axis=2) - expected[:, None] * _SHARES + np.log(prior)[:, None]
    joint = np.exp(log_odds - log_odds.max())
    joint /= joint.sum()
    weights = joint.sum(axis=1)
    each = (joint[:, :, None] * over / (1.0 + over)).sum(axis=1) / np.maximum(weights, 1e-300)[:, None]
    return weights, each


def _call(probability: float, ghost: Ghost) -> Call:
    if probability < DISMISS:
        return Call(flag="possible-ambiguity")
    way = "along" if ghost.order > 0 else "against"
    return Call(
        flag="ambiguity",
        reason=f"azimuth ambiguity of order {abs(ghost.order)} of the source at column {ghost.col:.0f}, row "
        f"{ghost.row:.0f}: {ghost.away_m / 1000:.2f} km {way} the flight from it, "
        f"{ghost.brighter_db:.0f} dB fainter, probability {probability:.2f}",
    )


def _sources(found: Sequence[Detection], scene: RadarScene, radar: RadarGeometry) -> Sources:
    """The detections, and the bright spots that are none of them."""
    from scipy.spatial import cKDTree

    own, spots = scene.peaks, scene.bright
    lengths = np.array([d.measurement.length_m or math.nan for d in found], np.float64)
    away, nearest = cKDTree(_metres(own, scene)).query(_metres(spots, scene).reshape(-1, 2))
    other = away > np.fmax(SAME_M, 0.6 * lengths[nearest])
    col, row, peak = (
        np.concatenate([a, b[other]])
        for a, b in ((own.col, spots.col), (own.row, spots.row), (own.peak_db, spots.peak_db))
    )
    length = np.concatenate([lengths, np.full(int(other.sum()), math.nan)])
    along, across = placed(col, row, radar)
    order = np.argsort(across, kind="stable")
    return Sources(
        along=along[order],
        across=across[order],
        peak_db=peak[order],
        col=col[order],
        row=row[order],
        length_m=length[order],
    )


def _metres(spots: Spots, scene: RadarScene) -> F64:
    assert scene.gsd_m is not None
    return np.column_stack([spots.col * scene.gsd_m[0], spots.row * scene.gsd_m[1]])


def _explained(
    found: Sequence[Detection], scene: RadarScene, radar: RadarGeometry, judged: NDArray[np.intp]
) -> Explained:
    """What the sources' ghosts make of the detections to be judged, if the geometry is this one."""
    sources = _sources(found, scene, radar)
    each = [_at(found[i], i, scene, radar, sources) for i in judged.tolist()]
    return Explained(
        density=np.array([density for density, _ in each]),
        best=tuple(ghost for _, ghost in each),
        expected=_visible(sources, float(np.quantile(scene.peaks.peak_db[judged], 0.05)), scene, radar),
    )


def _at(
    detection: Detection, index: int, scene: RadarScene, radar: RadarGeometry, sources: Sources
) -> tuple[float, Ghost | None]:
    """(ghosts a square metre and decibel at a detection's place and brightness, the source that adds most to it)."""
    assert scene.gsd_m is not None
    col, row, peak = (float(v[index]) for v in (scene.peaks.col, scene.peaks.row, scene.peaks.peak_db))
    along, across = (float(v) for v in placed(np.array(col), np.array(row), radar))
    total, most, ghost = 0.0, 0.0, None
    for window in windows(radar, col, row, PLACE_M + PLACE_PX * max(scene.gsd_m)):
        first, last = np.searchsorted(sources.across, (across - window.across_m[1], across - window.across_m[0]))
        away = along - sources.along[first:last]
        brighter = sources.peak_db[first:last] - peak
        fits = (away >= window.along_m[0]) & (away <= window.along_m[1]) & (brighter >= LEAST_DB)
        fits &= ~_longer(detection, sources.length_m[first:last])
        for k in np.flatnonzero(fits).tolist():
            density = window.weight * fainter(float(brighter[k]), abs(window.order)) / window.area_m2
            total += density
            if density > most:
                most, at = density, first + k
                ghost = Ghost(
                    col=float(sources.col[at]),
                    row=float(sources.row[at]),
                    order=window.order,
                    away_m=abs(float(away[k])),
                    brighter_db=float(brighter[k]),
                )
    return total, ghost


def _longer(detection: Detection, lengths: F64) -> NDArray[np.bool_]:
    """Which sources a detection is too long to be a ghost of; none where a length is not known."""
    own = detection.measurement.length_m
    if own is None:
        return np.zeros(len(lengths), np.bool_)
    return np.asarray(own > LONGER[0] * lengths + LONGER[1])


def _visible(sources: Sources, faintest: float, scene: RadarScene, radar: RadarGeometry) -> float:
    """How many ghosts of the sources should lie on water within the picture and be as bright as ``faintest`` dB."""
    from scipy import special

    bright = np.flatnonzero(sources.peak_db > faintest + LEAST_DB)
    total = 0.0
    for window in windows(radar, scene.width / 2, scene.height / 2, 0.0):
        mean, spread = SUPPRESSION_DB[abs(window.order)]
        seen = 0.5 * special.erfc((faintest + mean - sources.peak_db[bright]) / (spread * math.sqrt(2.0)))
        middle = radar.displaced_px(0.0, 0.0, sum(window.along_m) / 2, sum(window.across_m) / 2)
        lit = _on_water(sources.col[bright] + middle[0], sources.row[bright] + middle[1], scene)
        total += window.weight * float(seen @ lit)
    return total


def _on_water(cols: F64, rows: F64, scene: RadarScene) -> F64:
    """1 for places on water within the picture, else 0."""
    inside = (cols >= 0) & (rows >= 0) & (cols < scene.width) & (rows < scene.height)
    if scene.water is not None:
        inside &= scene.water.cells[cells_at(cols, rows, scene.water.factor, scene.water.cells.shape)]
    return inside.astype(np.float64)


def _ships(places: F64, scene: RadarScene) -> F64:
    """(n,) ships a square metre and decibel around each of ``places`` (n, 2) metres: the others, and half a one."""
    from scipy.spatial import cKDTree

    assert scene.gsd_m is not None
    others = cKDTree(places).query_ball_point(places, NEIGHBOURHOOD_M, p=math.inf, return_length=True) - 1
    size = np.array([scene.width * scene.gsd_m[0], scene.height * scene.gsd_m[1]])
    sides = np.minimum(places + NEIGHBOURHOOD_M, size) - np.maximum(places - NEIGHBOURHOOD_M, 0.0)
    return np.asarray((others + 0.5) / sides.prod(axis=1) / PEAKS_DB, np.float64)
