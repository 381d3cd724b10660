"""Runs the calibration benchmark whole; writes its figures into the package and its curve into docs/images."""

from __future__ import annotations

from pathlib import Path

import msgspec

from offing.bench.calibration import WORLDS, measured
from offing.judgement.calibrated import Calibration
from offing.report.figures.reliability import reliability, standing

ROOT = Path(__file__).resolve().parent.parent


def write(found: Calibration) -> None:
    """calibration.json for every report, and the figure of docs/accuracy.md."""
    data = msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n"
    (ROOT / "src" / "offing" / "judgement" / "calibration.json").write_bytes(data)
    svg = standing(reliability(found.scores[0], "reliability"))
    (ROOT / "docs" / "images" / "reliability.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    write(measured(range(WORLDS)))
