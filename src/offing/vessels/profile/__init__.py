"""A ship along her hull: what a picture shows there, and how well it fits what is known of a class."""

from offing.vessels.profile.model import FRACTIONS, SAMPLES, Profile, Relief
from offing.vessels.profile.relief import relief_of

__all__ = ["FRACTIONS", "SAMPLES", "Profile", "Relief", "relief_of"]
