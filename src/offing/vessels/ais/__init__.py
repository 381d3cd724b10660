"""Who said by radio to be where: tracks of AIS, and which detection in a picture is which of their ships."""

from offing.vessels.ais.coverage import read_coverage
from offing.vessels.ais.matching import match
from offing.vessels.ais.reading import read_tracks
from offing.vessels.ais.views import usual_views, views_of

__all__ = ["match", "read_coverage", "read_tracks", "usual_views", "views_of"]
