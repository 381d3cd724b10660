"""Ships in sub-metre pictures of naval harbours against labels: boxes, axis, bow and stern, length."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from offing.bench.datasets import NavalPicture, optical_naval
from offing.bench.found import found_detections
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.naval_scores import NavalSeen, calibration_figures, naval_figures, naval_seen
from offing.bench.shown import held_out, shown

WORKERS = 2
"""Pictures searched at once, as ``offing detect`` does with small ones."""


def run(options: BenchOptions) -> BenchResult:
    """Detect in every picture, at any score, and score boxes, axes, bows and lengths."""
    pictures = optical_naval(options.folder("optical-naval"))
    if options.quick:
        pictures = pictures[::10]
    with ThreadPoolExecutor(WORKERS) as pool:
        seen = list(pool.map(_seen, pictures))
    figures = naval_figures(seen) | calibration_figures(seen)
    return BenchResult(
        name="naval",
        protocol=(
            "upright boxes around the oriented ones, IoU 0.5, one to one; AP of warships (code 2) by 101 points, 100 "
            "detections a picture; what lies mostly in the box of a ship of another, undocumented code is neither "
            "right nor false (strict: false; all codes: every labelled ship counts alike); axis, bow, length and "
            "centre on warships found with a score of at least 0.5; lengths in pixels, from bow to stern. The network "
            "was trained on these places: the figures that count are those held out by place, from its card"
        ),
        n=sum(len(p.codes) for p in pictures),
        split=(
            f"in-sample, {len(pictures)} pictures of {len({p.place for p in pictures})} places, "
            f"sha256 {split_hash(p.name for p in pictures)}"
        ),
        figures={**shown("in-sample", figures), **held_out("fine")},
    )


def _seen(labelled: NavalPicture) -> NavalSeen:
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    with open_picture(labelled.paths) as picture:
        return naval_seen(labelled, found_detections(detect(picture, min_score=0.0, workers=1).detections))
