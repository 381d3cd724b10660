"""What is assumed of traffic and looks, and how it is varied to find an interval."""

from __future__ import annotations

from offing.movements.sensing import Sensitivities
from offing.movements.worlds import Variation

VARIED: tuple[tuple[str, tuple[tuple[str, Variation], ...]], ...] = (
    ("rate", (("rate-doubled", Variation(rate_factor=2.0)), ("rate-halved", Variation(rate_factor=0.5)))),
    (
        "stay",
        (
            ("stay-longer-by-half", Variation(stay_factor=1.5)),
            ("stay-shorter-by-a-third", Variation(stay_factor=1.0 / 1.5)),
        ),
    ),
    (
        "p_detect",
        (
            ("p-detect-plus-0.1", Variation(looks=Sensitivities(p_shift=0.1))),
            ("p-detect-minus-0.1", Variation(looks=Sensitivities(p_shift=-0.1))),
        ),
    ),
    (
        "p_false",
        (
            ("p-false-doubled", Variation(looks=Sensitivities(q_factor=2.0))),
            ("p-false-halved", Variation(looks=Sensitivities(q_factor=0.5))),
        ),
    ),
    ("look-alikes", (("look-alikes-do-not-last", Variation(looks=Sensitivities(lasting=False))),)),
)
"""Groups of assumptions, each varied on its own."""

ABOUT_LOOKS = (
    Variation(),
    *(vary for _, group in VARIED for _, vary in group if vary.rate_factor == vary.stay_factor == 1.0),
)
"""What was stated, and what is varied of the looks alone."""
