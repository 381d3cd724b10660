"""What a detected ship may be: classes, named vessels and none of these, with everything that was weighed."""

from offing.vessels.identification.identify import identify, identify_all
from offing.vessels.identification.model import Alike, Factor, Identification, Judgement
from offing.vessels.identification.priors import default_prior, spread_prior

__all__ = [
    "Alike",
    "Factor",
    "Identification",
    "Judgement",
    "default_prior",
    "identify",
    "identify_all",
    "spread_prior",
]
