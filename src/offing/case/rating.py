"""Rates of the calls at the sites of a case, and of flights between two airfields."""

from __future__ import annotations

from collections.abc import Sequence

from offing.case.case import Case
from offing.case.other_ship import looks_for
from offing.case.sought import classes_sought
from offing.errors import OffingError
from offing.movements.baseline import traffic
from offing.movements.rates.flown import Covered, Flight, flown
from offing.movements.rates.looked import ASSUMED, look_cells
from offing.movements.rates.model import Rates
from offing.movements.rates.series import Length, rates
from offing.movements.sought import Sought
from offing.quantities import Interval
from offing.sites import Site


def site_rates(
    case: Case, site: Site, *, class_id: str | None = None, length: Length = "month", assumed: Interval = ASSUMED
) -> Rates:
    """Calls at ``site`` of the ships that the claims look for there (any where they name none), or of ``class_id``.

    Stays are as the site's baseline says. Raises CaseFileError for a class that the library does not hold.
    """
    classes = (class_id,) if class_id else classes_sought(case.definition.claims, site.id) or ("any",)
    looks = looks_for(case, site, class_id) if class_id else case.store.looks(site.id)
    sought = Sought(classes=classes)
    flow = traffic(site, sought, case.library)
    undeclared = sum(k.p_detect is None and k.usable > 0.0 for k in looks)
    notes = [f"stays are taken to last {flow.stay.mean:.3g} h on average ({'stated' if flow.stated else 'not stated'})"]
    if undeclared:
        notes.append(
            f"{undeclared} looks declare no p_detect: it is taken as {assumed.low:g} to {assumed.high:g}, the rate at "
            "the middle, its interval over both"
        )
    return rates(
        look_cells(looks, sought, case.library, flow.stay, assumed),
        f"calls of {' or '.join(classes)} at {site.id}",
        length=length,
        notes=notes,
        simulated=site.simulated or any(k.simulated for k in looks),
    )


def flight_rates(
    flights: Sequence[Flight],
    origins: Sequence[str],
    destinations: Sequence[str],
    *,
    coverage: Sequence[Covered] | None = None,
    length: Length = "month",
) -> Rates:
    """Flights from one airfield to the other, each named by one or several codes. Raises OffingError for an end
    without a code, and for two ends that share one."""
    start, end = ({c.strip().upper() for c in codes if c.strip()} for codes in (origins, destinations))
    if not start or not end or start & end:
        raise OffingError("the flights need two different airfields", fix="write --from ZKPY --to UHWW")
    route = flown(flights, start, end, coverage)
    notes = [f"{route.unknown} flights of the table lack an airfield: some of them may be on this route"]
    if coverage is None:
        notes.append(
            f"of {route.days} days other aircraft were heard on {route.heard_from} at {'/'.join(sorted(start))} and on "
            f"{route.heard_to} at {'/'.join(sorted(end))}; only days with both are searched"
        )
    else:
        notes.append("coverage as stated")
    return rates(
        route.cells,
        f"flights {'/'.join(sorted(start))} to {'/'.join(sorted(end))}",
        length=length,
        notes=notes if route.unknown else notes[1:],
    )
