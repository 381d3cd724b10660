"""From numbers to words: verdicts by threshold, ICD 203 likelihood words."""

from __future__ import annotations

from offing.judgement.model import Thresholds, VerdictWord

_BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
)


def likelihood_word(probability: float) -> str:
    """The ICD 203 word for a probability; a bound between two bands belongs to the upper one."""
    return next((word for below, word in _BANDS if probability < below), "almost certain")


def verdict_word(ratio: float, power: float, *, seen: bool, thresholds: Thresholds) -> VerdictWord:
    """The verdict on an element whose every probability was declared.

    ``seen``: at least one look shows a ship sought, in the window or so near it that it more probably than not was
    there within it.
    """
    if ratio >= thresholds.corroborated_lr and seen:
        return "corroborated"
    if ratio <= thresholds.contradicted_lr and power >= thresholds.contradicted_power:
        return "contradicted"
    if seen:
        return "consistent"
    return "not-observable" if power < thresholds.observable_power else "not-corroborated"
