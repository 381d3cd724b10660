"""What a look may declare as its ``p_detect`` when nobody has stated one: P(found) as measured, times P(named | found).

Found is not named: a ship of 112 m is called a landing ship only where its length, as far as it is measured, tells it
from the other traffic of the site. ``p_false`` depends on that traffic and was not measured: it stays undeclared, and
with it every number that needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offing.imagery.model import SensorKind
from offing.looks.optical_seen import LengthSpread, length_spread, p_seen
from offing.looks.scene_look import Detectability
from offing.quantities import Interval
from offing.vessels.attribution import class_probabilities, narrowest
from offing.vessels.classes import ClassLibrary

OPTICAL = frozenset({"multispectral", "rgb", "panchromatic"})
_Z95 = 1.6448536269514722
_WITHIN = (1.0 / 6.0, 0.5, 5.0 / 6.0)
"""Where in the range of a class's lengths its ships are tried."""


def declared(
    sensor: SensorKind,
    gsd_m: float,
    length_m: float | None,
    sought: Iterable[str],
    library: ClassLibrary,
    prior: Mapping[str, float],
    *,
    clear: bool,
    simulated: bool,
) -> Detectability | None:
    """The chance that such an optical picture shows and names a ship of the classes ``sought``, ``length_m`` long.

    ``prior``: as from ``site_prior``; ``clear``: no cloud over the site. How the ship lies is not known: in open water
    or at the quay, even. None for radar, where no claim says how long the ship is, and where nothing was measured.
    """
    spread = length_spread(gsd_m, simulated=simulated)
    if sensor not in OPTICAL or length_m is None or spread is None:
        return None
    found = p_seen(length_m, gsd_m, cloud_edge=False if clear else None, simulated=simulated)
    named = p_named(tuple(sought), library, prior, spread)
    if found is None or named is None:
        return None
    return Detectability(
        p_detect=found.value * named,
        p_false=None,
        basis=f"a ship of {length_m:.0f} m is found with probability {found.value:.2f} [{found.low:.2f}, "
        f"{found.high:.2f}] and, if found, named with {named:.2f} by its length as measured ({spread.n} ships) and the "
        f"site's traffic; {found.basis}; false namings were not measured",
    )


def p_named(
    sought: tuple[str, ...], library: ClassLibrary, prior: Mapping[str, float], spread: LengthSpread
) -> float | None:
    """P(a ship of the classes ``sought`` is named so | it is found), by the naming that a case uses.

    Lengths all over the range of each narrow class, each measured as ``spread`` has it. None for classes without one.
    """
    leaves = library.leaves(sought)
    if not leaves:
        return None
    hits = [
        library.relation(_name(true * ratio, spread, prior, library), sought) == "match"
        for leaf in leaves
        for true in _lengths(library.get(leaf).length_m or (1.0, 1.0))
        for ratio in spread.ratios
    ]
    return sum(hits) / len(hits)


def _lengths(bounds: tuple[float, float]) -> list[float]:
    low, high = bounds
    return [float(low * (high / low) ** share) for share in _WITHIN]


def _name(length_m: float, spread: LengthSpread, prior: Mapping[str, float], library: ClassLibrary) -> str:
    reach = _Z95 * spread.said_sd * length_m
    interval = Interval(low=max(0.0, length_m - reach), high=length_m + reach)
    return narrowest(class_probabilities(length_m, interval, prior, library), library)
