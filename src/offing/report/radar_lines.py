"""What the radar looks at a site would have shown of the ship sought: one line for each kind of picture."""

from __future__ import annotations

from offing.case.radar_chances import RadarChances, radar_chances
from offing.case.sought import classes_sought, length_sought_m
from offing.exchange.snapshot import CaseSnapshot
from offing.quantities import Probability
from offing.vessels.classes import ClassLibrary


def radar_lines(case: CaseSnapshot, site: str) -> tuple[str, ...]:
    """In order of pixel size, real pictures first; none where no radar picture shows the site."""
    library = ClassLibrary(case.classes)
    length = length_sought_m(classes_sought(case.definition.claims, site), library)
    looked = {k.scene for k in case.looks if k.site == site}
    found = [radar_chances(s, length) for s in case.scenes if s.id in looked]
    # Pictures of one kind differ by centimetres a pixel.
    kinds = {(c.simulated, round(c.gsd_m)): c for c in found if c}
    return tuple(_line(kinds[kind]) for kind in sorted(kinds))


def _line(chances: RadarChances) -> str:
    tag = "SIMULATED. " if chances.simulated else ""
    ship = f"{tag}A ship of {chances.length_m:.0f} m in radar of {chances.gsd_m:.0f} m pixels"
    if chances.at_anchor is None or chances.at_quay is None:
        return f"{ship}: the chance that it is found has not been measured."
    return (
        f"{ship}, if it was there, was found (not: named) with probability {_said(chances.at_anchor)} at anchor, "
        f"{_said(chances.at_quay)} at the quay; {chances.at_quay.basis}."
    )


def _said(p: Probability) -> str:
    return f"{p.value:.2f} [{p.low:.2f}, {p.high:.2f}]"
