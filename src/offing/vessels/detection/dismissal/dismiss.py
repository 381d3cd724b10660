"""All rules over the detections of one radar picture: the ships, and what is named as something else."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from offing.vessels.detection.dismissal.ambiguities import ambiguities
from offing.vessels.detection.dismissal.edges import edges
from offing.vessels.detection.dismissal.interference import bands, interference
from offing.vessels.detection.dismissal.land import land
from offing.vessels.detection.dismissal.model import Call, Calls, RadarScene
from offing.vessels.detection.dismissal.structures import structures
from offing.vessels.model import Detection


def dismiss(found: Sequence[Detection], scene: RadarScene) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """(ships, dismissed), each in the order of ``found``; dismissed ones carry their kinds as flags, and reasons.

    Pure, but for ``scene.valid``, and deterministic. A rule that lacks what it needs says nothing, so that a picture
    of which little is known loses no ship. Call it once, with everything that was found in the picture:

    - ``scene.peaks``: for each of ``found`` its brightest pixel, dB over the picture's typical sea;
    - ``scene.bright``: ``bright_spots`` of every block, land included, put ``together``: the sources of ghosts;
    - ``scene.coarse``: what the water mask is made from, all polarisations, its cells 30 m where memory allows.

    Ghosts come last: what lies on land, at an edge or in interference is no ghost, but may be the source of one.
    """
    return called(found, _answers(found, scene) if found else [])


def called(found: Sequence[Detection], answers: Sequence[Calls]) -> tuple[tuple[Detection, ...], tuple[Detection, ...]]:
    """(ships, dismissed) with what the rules say of them."""
    judged = [_with(d, _calls(i, answers)) for i, d in enumerate(found)]
    return tuple(d for d in judged if not d.reasons), tuple(d for d in judged if d.reasons)


def _answers(found: Sequence[Detection], scene: RadarScene) -> list[Calls]:
    spoilt = bands(scene)
    first = [
        interference(scene, spoilt),
        edges(found, scene),
        land(found, scene, spoilt),
        structures(found, scene),
    ]
    # What is named already is neither judged as a ghost nor counted among the ships that ghosts are weighed against.
    afloat = np.array([all(call.reason is None for call in _calls(i, first)) for i in range(len(found))])
    return [ambiguities(found, scene, afloat), *first]


def _calls(index: int, answers: Sequence[Calls]) -> list[Call]:
    return [answer[index] for answer in answers if index in answer]


def _with(detection: Detection, calls: Sequence[Call]) -> Detection:
    if not calls:
        return detection
    return msgspec.structs.replace(
        detection,
        flags=tuple(sorted({*detection.flags, *(c.flag for c in calls)})),
        reasons=(*detection.reasons, *(c.reason for c in calls if c.reason)),
    )
