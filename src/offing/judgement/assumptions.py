"""What is assumed of traffic and looks, and how it is varied to find an interval."""

from __future__ import annotations

from offing.movements.sensing import Sensitivities
from offing.records import Record


class Assumptions(Record, frozen=True):
    """What is varied to find the interval; the defaults are what was stated."""

    rate_factor: float = 1.0
    stay_factor: float = 1.0
    looks: Sensitivities = Sensitivities()


VARIED: tuple[tuple[str, tuple[tuple[str, Assumptions], ...]], ...] = (
    ("rate", (("rate-doubled", Assumptions(rate_factor=2.0)), ("rate-halved", Assumptions(rate_factor=0.5)))),
    (
        "stay",
        (
            ("stay-longer-by-half", Assumptions(stay_factor=1.5)),
            ("stay-shorter-by-a-third", Assumptions(stay_factor=1.0 / 1.5)),
        ),
    ),
    (
        "p_detect",
        (
            ("p-detect-plus-0.1", Assumptions(looks=Sensitivities(p_shift=0.1))),
            ("p-detect-minus-0.1", Assumptions(looks=Sensitivities(p_shift=-0.1))),
        ),
    ),
    (
        "p_false",
        (
            ("p-false-doubled", Assumptions(looks=Sensitivities(q_factor=2.0))),
            ("p-false-halved", Assumptions(looks=Sensitivities(q_factor=0.5))),
        ),
    ),
    ("look-alikes", (("look-alikes-do-not-last", Assumptions(looks=Sensitivities(lasting=False))),)),
)
"""Groups of assumptions, each varied on its own."""

ABOUT_LOOKS = (
    Assumptions(),
    *(vary for _, group in VARIED for _, vary in group if vary.rate_factor == vary.stay_factor == 1.0),
)
"""What was stated, and what is varied of the looks alone."""
