"""What stood in the way of a look, at the berths rather than over the whole scene."""

from __future__ import annotations

from collections.abc import Sequence

from offing.geo import circle, ring_area_m2
from offing.imagery.model import Status, Usability
from offing.imagery.picture import Picture
from offing.imagery.quality import CLEAR_FROM, NOTHING_BELOW, usable_at
from offing.looks.darkness import sun_azimuth_deg, sun_elevation_deg
from offing.looks.scene_look import Conditions, PlaceSeen
from offing.sites import Berth, Site


def conditions_at(picture: Picture, site: Site, berths: Sequence[Berth], ship_length_m: float) -> Conditions:
    """How far the berths of ``site``, or all of it where none is drawn, can be seen in ``picture``, which has a time.

    ``ship_length_m`` is the shortest ship that the look must be able to show.
    """
    assert picture.time is not None
    elevation = sun_elevation_deg(site.lonlat, picture.time)
    places = [(b.name or b.id, b.ring) for b in berths] or [(site.name, tuple(circle(site.lonlat, site.radius_m)))]
    azimuth = sun_azimuth_deg(site.lonlat, picture.time)
    found = [
        PlaceSeen(
            name=name,
            area_m2=ring_area_m2(ring),
            seen=usable_at(
                picture, ring, ship_length_m=ship_length_m, sun_elevation_deg=elevation, sun_azimuth_deg=azimuth
            ),
        )
        for name, ring in places
    ]
    status, usable = _together([(place.area_m2, place.seen) for place in found])
    return Conditions(
        status=status, usable=usable, reason=_reason(found, usable), sun_elevation_deg=elevation, places=tuple(found)
    )


def _reason(found: Sequence[PlaceSeen], usable: float) -> str:
    """Each berth with its own figures; berths of which the same is said are said together."""
    said: dict[str, list[str]] = {}
    for place in found:
        said.setdefault(place.seen.reason, []).append(place.name)
    if len(said) == 1:
        return next(iter(said))
    parts = [f"{', '.join(names)}: {reason}" for reason, names in said.items()]
    return f"{usable:.0%} usable over {len(found)} berths by area; {'; '.join(parts)}"


def _together(parts: Sequence[tuple[float, Usability]]) -> tuple[Status, float]:
    """Status and usable fraction of several berths, weighted by their areas."""
    total = sum(area for area, _ in parts)
    usable = min(1.0, sum(area * seen.fraction for area, seen in parts) / total) if total > 0.0 else 0.0
    if usable >= CLEAR_FROM:
        return "clear", usable
    if usable >= NOTHING_BELOW:
        return "partly", usable
    weights: dict[Status, float] = {}
    for area, seen in parts:
        if seen.status not in ("clear", "partly"):
            weights[seen.status] = weights.get(seen.status, 0.0) + area
    return max(sorted(weights), key=lambda s: weights[s], default="partly"), usable
