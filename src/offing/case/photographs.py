"""The ships of a scene beside the case's reference photographs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from offing.case.case import Case
from offing.case.model import PhotoMatch
from offing.vessels.identification.model import Identification
from offing.vessels.model import Detection
from offing.vessels.reference.model import PhotoRelief, ReferenceImage

if TYPE_CHECKING:
    from offing.imagery.picture import Picture

LEAST = 0.05
"""A ship that is less likely of the photographed class is not held against the photograph."""
MOST = 12
"""Comparisons kept of one scene, those of the likeliest ships."""


def matched(
    case: Case, picture: Picture, ships: Sequence[Detection], found: Sequence[Identification]
) -> tuple[PhotoMatch, ...]:
    """Each photograph against the ships that may be of its class, the likeliest first.

    Raises PictureError for a photograph in which no ship can be told from its surroundings.
    """
    pairs = sorted(
        (
            (chance, shown, ship)
            for shown in case.definition.references
            for ship, identified in zip(ships, found, strict=True)
            if (chance := _chance(case, shown, identified)) >= LEAST
        ),
        key=lambda pair: (-pair[0], pair[1].id, pair[2].id),
    )
    if not pairs:
        return ()
    photos = {shown.id: _read(case, shown) for shown in case.definition.references}
    matches = (_match(case, picture, ship, shown, photos[shown.id]) for _, shown, ship in pairs[:MOST])
    return tuple(m for m in matches if m is not None)


def _match(
    case: Case, picture: Picture, ship: Detection, shown: ReferenceImage, photo: PhotoRelief
) -> PhotoMatch | None:
    """None where the picture shows too little along the hull."""
    from offing.vessels.profile.measured import profile_of
    from offing.vessels.reference import against_overhead

    profile = profile_of(picture, ship)
    if profile is None:
        return None
    length = photo.length_m or _usual_length(case, shown)
    return PhotoMatch(
        reference=shown.id,
        detection=ship.id,
        comparison=against_overhead(photo, profile, length),
        photo=photo,
        profile=profile,
    )


def _read(case: Case, shown: ReferenceImage) -> PhotoRelief:
    from offing.vessels.reference import read_reference

    return read_reference(
        case.inside(shown.path),
        bow=shown.bow,
        view_deg=shown.view_deg,
        length_m=shown.length_m or _usual_length(case, shown),
        name=shown.id,
    )


def _chance(case: Case, shown: ReferenceImage, found: Identification) -> float:
    """P(a ship is of the photographed class)."""
    wanted = _class_of(case, shown)
    if wanted is None:
        return 0.0
    return sum(c.probability for c in found.candidates if case.library.is_a(c.vessel_class, wanted))


def _class_of(case: Case, shown: ReferenceImage) -> str | None:
    if shown.vessel is None:
        return shown.vessel_class
    return next((v.vessel_class for v in case.definition.vessels if v.id == shown.vessel), None)


def _usual_length(case: Case, shown: ReferenceImage) -> float | None:
    """Length overall of the ship or class that is shown, the middle of its range."""
    own = next((v.length_m for v in case.definition.vessels if v.id == shown.vessel), None)
    wanted = _class_of(case, shown)
    span = own or (case.library.get(wanted).length_m if wanted else None)
    return sum(span) / 2.0 if span else None
