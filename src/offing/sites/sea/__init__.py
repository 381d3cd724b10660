"""Ways by water: shortest paths that never cross land, with what the land data can and cannot say."""

from offing.sites.sea.model import Passage, SeaPath, SeaRoutes
from offing.sites.sea.routes import GeodesicRoutes, RasterRoutes, sea_routes

__all__ = ["GeodesicRoutes", "Passage", "RasterRoutes", "SeaPath", "SeaRoutes", "sea_routes"]
