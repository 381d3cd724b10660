"""Where: ports, anchorages, beaches and airfields, with their berths and their everyday traffic."""

from offing.sites.model import Baseline, Berth, Role, Site, StayHours

__all__ = ["Baseline", "Berth", "Role", "Site", "StayHours"]
