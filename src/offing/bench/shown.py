"""How figures of a benchmark are shown: in words, those of the model card beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

from offing.errors import WeightsError


def shown(how: str, figures: Mapping[str, float]) -> dict[str, float | str]:
    """``how`` and the name in words → the figure, to three decimals."""
    return {f"{how}, {name.replace('_', ' ')}": rounded(value) for name, value in figures.items()}


def rounded(value: float) -> float | str:
    """To three decimals; a word where there is none."""
    return round(float(value), 3) if math.isfinite(value) else "nothing to measure"


def held_out(kind: Literal["fine", "coarse"]) -> dict[str, float | str]:
    """What the model's card says of pictures that were held out when it was trained. Raises WeightsError without it."""
    from offing.vessels.detection.network import network_card
    from offing.vessels.detection.optical_search import MODELS

    try:
        card = network_card(MODELS[kind]).card
    except FileNotFoundError as error:
        raise WeightsError("is not there", where=f"model card {MODELS[kind]}", fix="install offing again") from error
    return shown("held out", card.figures)
