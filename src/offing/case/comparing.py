"""Scenes beside the others of their site: which serve as background, and the step that compares them.

Detection looks at a scene alone and is done once. The comparison is a step of its own, keyed by the scenes that
served, so that a new scene only repeats the comparisons that it takes part in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

from offing.case.case import Case
from offing.case.opening import opened
from offing.case.steps import StepKey, Steps, hash_of
from offing.imagery.model import Scene
from offing.sites import Berth
from offing.vessels.detection.model import DetectionSet
from offing.vessels.detection.spacing import spaced
from offing.vessels.model import Detection

MOST = 12
"""Scenes that one is compared with: the nearest in time."""
LEAST_OPTICAL = 4
"""With fewer other scenes an optical one is not compared: nothing would follow."""
WINDOW = timedelta(days=400)
"""Older and newer scenes do not serve: ports are rebuilt."""
APART = timedelta(hours=1)
"""Scenes nearer in time are parts of one pass and show the same ships."""
SAME_PASS = timedelta(minutes=40)
"""Of the time of day: neighbouring tracks of one direction. The other direction sees other sides of everything."""
SAME_TRACK = timedelta(minutes=2)
_PIXEL_RANGE = (0.67, 1.5)
_MOST_REASONS = 5
_REVISION = 2
"""Raised when the method of comparing changes within a version."""


def backgrounds(scene: Scene, scenes: Sequence[Scene]) -> tuple[Scene, ...]:
    """The scenes of the site that ``scene`` is compared with, in order of time; none where there are too few.

    They are of the same sort of sensor and pixel size. Radar scenes were taken on the same side of the same sort of
    orbit (the time of day tells: a sun-synchronous orbit passes at the same hour); those of the same track serve first,
    then the nearest in time. Of optical scenes the nearest some days apart serve first.
    """
    if scene.crs is None:
        return ()
    serving = sorted((o for o in scenes if _serves(scene, o)), key=lambda o: (o.time, o.id))
    if scene.sensor == "sar":
        serving.sort(key=lambda o: (_hour_apart(scene.time, o.time) > SAME_TRACK, abs(o.time - scene.time), o.id))
        chosen = serving[:MOST]
    else:
        chosen = [serving[i] for i in spaced(scene.time, [o.time for o in serving], MOST)]
        chosen = chosen if len(chosen) >= LEAST_OPTICAL else []
    return tuple(sorted(chosen, key=lambda o: (o.time, o.id)))


def _serves(scene: Scene, other: Scene) -> bool:
    low, high = _PIXEL_RANGE
    same_side = scene.sensor != "sar" or _hour_apart(scene.time, other.time) <= SAME_PASS
    return (
        other.sensor == scene.sensor
        and (scene.sensor == "sar" or other.platform == scene.platform)
        and other.crs is not None
        and other.simulated == scene.simulated
        and other.sites[:1] == scene.sites[:1]
        and all(low <= b / a <= high for a, b in zip(scene.gsd_m, other.gsd_m, strict=True))
        and APART < abs(other.time - scene.time) <= WINDOW
        and same_side
    )


def _hour_apart(one: datetime, other: datetime) -> timedelta:
    """Difference of the times of day, up to 12 hours."""
    day = timedelta(days=1)
    apart = abs(one - other) % day
    return min(apart, day - apart)


def count(scenes: Sequence[Scene]) -> int:
    """How many scenes have something to be compared with."""
    return sum(bool(backgrounds(s, scenes)) for s in scenes)


def compared_scenes(
    case: Case, scenes: Sequence[Scene], found: Sequence[DetectionSet], steps: Steps, min_score: float, workers: int
) -> list[DetectionSet]:
    """``found`` of each scene, completed and cleared by the other scenes of its site where there are any."""
    berths = {site.id: case.berths(site.id) for site in case.definition.sites}
    work = []
    for number, (scene, detections) in enumerate(zip(scenes, found, strict=True)):
        others = backgrounds(scene, scenes)
        if others:
            drawn = berths.get(scene.sites[0], ())
            key = _key(scene, detections, others, drawn, min_score)
            job = _Job(case.root, scene, detections, others, drawn, min_score)
            work.append((number, key, job))
    results = steps.do_all([(key, job) for _, key, job in work], DetectionSet, workers)
    out = list(found)
    for (number, _, _), result in zip(work, results, strict=True):
        out[number] = result
    return out


def _key(
    scene: Scene, found: DetectionSet, others: Sequence[Scene], berths: Sequence[Berth], min_score: float
) -> StepKey:
    from offing.vessels.detection.additive import fingerprint
    from offing.vessels.detection.stack.arrivals import MODEL

    parameters: dict[str, object] = {"min_score": min_score, "revision": _REVISION}
    if scene.sensor == "sar":
        parameters["model"] = fingerprint(MODEL)
    return StepKey(
        step="compare",
        subject=f"{scene.id} with {len(others)} other{'s' if len(others) > 1 else ''}",
        inputs={
            "scene": hash_of([scene]),
            "detections": hash_of([found]),
            "backgrounds": hash_of(others),
            "berths": hash_of(berths),
        },
        parameters=parameters,
    )


class _Job:
    """One comparison; called in a thread."""

    def __init__(
        self,
        root: Path,
        scene: Scene,
        found: DetectionSet,
        others: tuple[Scene, ...],
        berths: tuple[Berth, ...],
        min_score: float,
    ) -> None:
        self._root, self._scene, self._found, self._others = root, scene, found, others
        self._berths, self._min_score = berths, min_score

    def __call__(self) -> DetectionSet:
        from offing.vessels.detection.stack.detect import compared

        with ExitStack() as stack:
            picture = stack.enter_context(opened(self._root, self._scene))
            others = [stack.enter_context(opened(self._root, o)) for o in self._others]
            return compared(self._found, picture, others, berths=self._berths, min_score=self._min_score)


def kept_out(dismissed: Sequence[Detection]) -> str | None:
    """What was found and named as something else, for the note of a look; None for nothing."""
    if not dismissed:
        return None
    reasons = Counter("; ".join(d.reasons) or "dismissed" for d in dismissed)
    listed = [f"{n} × {reason}" if n > 1 else reason for reason, n in reasons.most_common(_MOST_REASONS)]
    more = f" | and {len(reasons) - _MOST_REASONS} other reasons" if len(reasons) > _MOST_REASONS else ""
    return f"Kept out of the ships, {len(dismissed)}: {' | '.join(listed)}{more}."
