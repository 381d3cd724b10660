"""From probabilities of pairs to an answer for each detection, and for each ship that was not detected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from offing.geo import LonLat, distance_m
from offing.quantities import Probability
from offing.records import Record
from offing.vessels.ais.compared import shown_at
from offing.vessels.ais.coverage import nearest_s, reception_at
from offing.vessels.ais.model import AisMatch, Alternative, Assumptions, Coverage, Outcome, RadarView, Unseen
from offing.vessels.ais.plane import to_place
from offing.vessels.ais.scene import Scene, factors_of, shares_inside

F64 = NDArray[np.float64]
LISTED = 0.01
LEAST_UNSEEN = 0.05
EXEMPT = "warships, and ships under 300 gross tons, need not send"


class Found(Record, frozen=True):
    """The probabilities of all pairs, and what they were found with."""

    scene: Scene
    time: datetime
    """Of the picture, UTC."""
    view: RadarView | None
    pairs: F64
    """(detections, tracks)."""
    low: F64
    """The same with more ships without a track."""
    high: F64
    """The same with fewer."""
    others: F64
    """(detections,): ships without a track a m²."""
    best: tuple[int | None, ...]
    """Detection → track in the likeliest assignment of all."""
    approximate: NDArray[np.bool_]


def answers(found: Found, coverage: Sequence[Coverage], assumed: Assumptions) -> tuple[AisMatch, ...]:
    """One answer a detection, in their order."""
    return tuple(_answer(found, n, coverage, assumed) for n in range(len(found.scene.detections)))


def _answer(found: Found, n: int, coverage: Sequence[Coverage], assumed: Assumptions) -> AisMatch:
    held, chances = found.scene, found.pairs[n]
    detection, centre = held.detections[n], held.centres[n]
    nobody = max(0.0, 1.0 - float(chances.sum()))
    order = [int(i) for i in np.argsort(-chances, kind="stable") if chances[i] >= LISTED]
    fits = found.best[n] if not order or chances[order[0]] < 0.5 else order[0]
    chosen = order[0] if fits is None and order else fits
    reception, means, why = reception_at(centre, found.time, coverage, held.at, assumed)
    outcome = _outcome(float(chances.max(initial=0.0)), nobody, means, assumed)
    alternatives = tuple(_alternative(held, i, float(chances[i])) for i in order)
    match = AisMatch(
        detection=detection.id,
        image=detection.image,
        outcome=outcome,
        nobody=nobody,
        alternatives=alternatives,
        reception=reception,
        reason=_reason(outcome, alternatives, nobody, why),
    )
    return match if chosen is None or not order else _with_ship(match, found, n, chosen, centre, assumed)


def _with_ship(match: AisMatch, found: Found, n: int, chosen: int, centre: LonLat, assumed: Assumptions) -> AisMatch:
    import msgspec

    held, at = found.scene, found.scene.at[chosen]
    _, shown = shown_at(at, found.view)
    seen = to_place(held.anchor, float(shown[0]), float(shown[1])) if found.view is not None else None
    three = [min(1.0, max(0.0, float(p[n, chosen]))) for p in (found.low, found.pairs, found.high)]
    basis = "over all one-to-one assignments" + (", by belief propagation" if found.approximate[n] else "")
    return msgspec.structs.replace(
        match,
        key=at.key,
        mmsi=held.tracks[chosen].mmsi,
        name=held.tracks[chosen].static.name,
        probability=Probability(value=three[1], low=min(three), high=max(three), basis=basis),
        factors=factors_of(held, n, chosen, found.view, float(found.others[n]), assumed),
        residual_m=distance_m(centre, at.place),
        residual_corrected_m=None if seen is None else distance_m(centre, seen),
        error_m=at.error_m,
        place=at.place,
        shown_at=seen,
        gap_s=nearest_s(at),
    )


def _outcome(best: float, nobody: float, means: bool, assumed: Assumptions) -> Outcome:
    if best >= assumed.sure:
        return "matched"
    if nobody >= assumed.sure_dark:
        return "dark" if means else "not searched"
    return "ambiguous"


def _reason(outcome: Outcome, alternatives: Sequence[Alternative], nobody: float, why: str) -> str:
    if outcome == "matched":
        return f"fits {_named(alternatives[0])} and no other so well"
    if outcome == "dark":
        return f"no ship of the tracks fits, and {why}; {EXEMPT}"
    if outcome == "not searched":
        return f"no ship of the tracks fits, and AIS cannot tell: {why}"
    fit = ", ".join(f"{_named(a)} ({a.probability:.2f})" for a in alternatives[:4])
    return f"cannot be told apart: {fit or 'none well'}, or none of them ({nobody:.2f})"


def _named(ship: Alternative) -> str:
    return f"{ship.name} ({ship.key})" if ship.name else ship.key


def _alternative(held: Scene, i: int, chance: float) -> Alternative:
    track = held.tracks[i]
    return Alternative(key=track.key, mmsi=track.mmsi, name=track.static.name, probability=min(1.0, chance))


def unseen(found: Found) -> tuple[Unseen, ...]:
    """Ships that were in the area and are likely none of the detections, the likeliest first."""
    held = found.scene
    alone = np.maximum(0.0, 1.0 - found.pairs.sum(axis=0))
    inside = shares_inside(held, found.view)
    there = inside * (1.0 - held.shown) / np.maximum(1.0 - inside * held.shown, 1e-9)
    missed = alone * there
    order = [int(i) for i in np.argsort(-missed, kind="stable") if missed[i] >= LEAST_UNSEEN]
    return tuple(_unseen(held, i, float(inside[i]), float(missed[i])) for i in order)


def _unseen(held: Scene, i: int, inside: float, missed: float) -> Unseen:
    track, at = held.tracks[i], held.at[i]
    wide = at.error_m > 2000.0
    why = "her place is told too widely to say where to look" if wide else "nothing is detected where she was"
    return Unseen(
        key=track.key, mmsi=track.mmsi, name=track.static.name, length_m=track.static.length_m, place=at.place,
        error_m=at.error_m, inside=inside, undetected=min(1.0, missed), gap_s=nearest_s(at), reason=why,
    )  # fmt: skip
