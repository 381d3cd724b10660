"""How often such verdicts are right, as every report says it: read from the benchmark's own figures."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from offing.judgement.calibrated import Calibration, Scored, Share

DECLARED_WORDS = {
    "declared: rates-doubled": "rates twice the truth",
    "declared: rates-halved": "rates half the truth",
    "declared: p-plus-0.1": "p_detect 0.1 too high",
    "declared: p-minus-0.1": "p_detect 0.1 too low",
    "declared: p-false-doubled": "p_false twice the truth",
    "declared: p-false-halved": "p_false half the truth",
    "declared: no-baseline": "no baseline stated",
    "declared: blank-p": "some p left blank: no numbers are given",
}
"""Name of a set of verdicts → what was wrong with what the case declared."""


@cache
def calibration() -> Calibration:
    """What ``offing bench calibration`` found, as it is kept in the package."""
    data = (files("offing.judgement") / "calibration.json").read_bytes()
    return msgspec.json.decode(data, type=Calibration)


def calibration_rows() -> list[tuple[str, Scored]]:
    """(what was declared, figures): everything as it is, then each thing that was declared wrongly."""
    found = calibration().scores
    said = [(DECLARED_WORDS[s.name], s) for s in found if s.name in DECLARED_WORDS]
    return [("everything declared as it is", found[0]), *said]


def share_words(share: Share) -> str:
    """``2.3 % of 44 (0.4 to 11.8 %)``."""
    if share.value is None:
        return "none"
    return f"{100 * share.value:.1f} % of {share.of} ({100 * share.low:.1f} to {100 * share.high:.1f} %)"
