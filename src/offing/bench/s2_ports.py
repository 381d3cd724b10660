"""Vessels in ports in Sentinel-2 against labelled masks: points within 30 m, one to one; at the quay and on open
water apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from offing.bench.datasets import LabelledPicture, s2_ports
from offing.bench.found import SURE, found_detections
from offing.bench.model import BenchOptions, BenchResult, split_hash
from offing.bench.port_scores import (
    TOLERANCE_M,
    PortSeen,
    best_f1_of,
    calibration_figures,
    counts_of,
    port_figures,
    port_seen,
)
from offing.bench.shown import held_out, shown


def run(options: BenchOptions) -> BenchResult:
    """Detect in every port with its own bands, at any score, and score the centres."""
    pictures = s2_ports(options.folder("s2-ports"))
    if options.quick:
        pictures = sorted(pictures, key=lambda p: p.width * p.height)[:2]
    ports = [_seen(p) for p in pictures]
    top, at = best_f1_of(ports)
    figures = port_figures(ports) | {"best_f1": top, "best_f1_score": at} | calibration_figures(ports)
    return BenchResult(
        name="s2-ports",
        protocol=(
            f"centres with a score of at least {SURE:g} within {TOLERANCE_M:g} m of a mask, Hungarian one to one; "
            "at the quay: the mask, or what is false, lies within 30 m of what the index of green and near infrared "
            "does not call water, small islands of it left out; best F1: at the limit that is best on these very "
            "ships; axis and length against the mask's (masks are drawn wider than hulls). The network was trained on "
            "these ports: the figures that count are those held out by port, from its card"
        ),
        n=sum(len(p.boxes) for p in pictures),
        split=f"in-sample, {len(ports)} ports, sha256 {split_hash(p.name for p in ports)}",
        figures={**shown("in-sample", figures), **_by_port(ports), **held_out("coarse")},
    )


def _by_port(ports: Sequence[PortSeen]) -> dict[str, float | str]:
    made: dict[str, float | str] = {}
    for port in ports:
        counts = counts_of(port, port.pairs(), "all")
        made[f"in-sample, {port.name}, right / false / missed"] = f"{counts.right} / {counts.false} / {counts.missed}"
    return made


def _seen(labelled: LabelledPicture) -> PortSeen:
    from offing.imagery.reading import open_picture
    from offing.vessels.detection import detect

    with open_picture(labelled.paths) as picture:
        found = found_detections(detect(picture, min_score=0.0).detections)
        return port_seen(labelled, picture, found)
