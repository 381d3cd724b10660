"""What the pictures of a site would have shown of the ship sought: one line for each kind of picture."""

from __future__ import annotations

from offing.case.found_chances import FoundChances, found_chances
from offing.case.sought import classes_sought, length_sought_m
from offing.exchange.snapshot import CaseSnapshot
from offing.quantities import Probability
from offing.vessels.classes import ClassLibrary


def shown_lines(case: CaseSnapshot, site: str) -> tuple[str, ...]:
    """Radar first, in order of pixel size, real pictures first; none where no picture shows the site."""
    library = ClassLibrary(case.classes)
    length = length_sought_m(classes_sought(case.definition.claims, site), library)
    looked = {k.scene: k.status == "clear" for k in case.looks if k.site == site and k.usable > 0.0}
    found = [(looked[s.id], found_chances(s, length, clear=looked[s.id])) for s in case.scenes if s.id in looked]
    # Pictures of one kind differ by centimetres a pixel.
    kinds = {
        (c.sensor != "sar", c.simulated, round(c.gsd_m, 0 if c.gsd_m >= 1.0 else 1), c.sensor != "sar" and not clear): c
        for clear, c in found
        if c
    }
    return tuple(_line(kinds[kind], cloudy=kind[3]) for kind in sorted(kinds))


def _line(chances: FoundChances, *, cloudy: bool) -> str:
    tag = "SIMULATED. " if chances.simulated else ""
    sort = "radar" if chances.sensor == "sar" else "optical pictures with clouds" if cloudy else "optical pictures"
    size = f"{chances.gsd_m:.0f}" if chances.gsd_m >= 1.0 else f"{chances.gsd_m:.1f}"
    ship = f"{tag}A ship of {chances.length_m:.0f} m in {sort} of {size} m pixels"
    if chances.at_anchor is None or chances.at_quay is None:
        return f"{ship}: the chance that it is found has not been measured."
    return (
        f"{ship}, if it was there, was found (not: named) with probability {_said(chances.at_anchor)} at anchor, "
        f"{_said(chances.at_quay)} at the quay; {chances.at_quay.basis}."
    )


def _said(p: Probability) -> str:
    return f"{p.value:.2f} [{p.low:.2f}, {p.high:.2f}]"
