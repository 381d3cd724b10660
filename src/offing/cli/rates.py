"""``offing rates``: how often ships called at a site, or aircraft flew a route, and whether that changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from offing.cli.output import Format, emit, note, print_json
from offing.timespan import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from offing.case.case import Case
    from offing.movements.rates.model import Period, Rates
    from offing.quantities import Interval

Several = Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="")]
Files = Annotated[tuple[Path, ...], Parameter(consume_multiple=True, negative="")]
TABLE = ("what", "period", "looks", "exposure_d", "counted", "per_30_days")
COLUMNS = (
    "what", "from", "to", "looks", "usable", "exposure_d", "counted", "false_expected", "per_30d", "per_30d_low",
    "per_30d_high", "simulated",
)  # fmt: skip


def rates(
    case: Path,
    /,
    *,
    site: str | None = None,
    from_: Annotated[Several, Parameter(name="--from")] = (),
    to: Several = (),
    class_: Annotated[str | None, Parameter(name="--class")] = None,
    period: Literal["month", "week"] = "month",
    flights: Files = (),
    coverage: Path | None = None,
    timezone: str | None = None,
    assume_p: tuple[float, float] | None = None,
    figure: Path | None = None,
    format: Format = "table",
) -> None:
    """Say how often ships called at each site, month by month, and whether the rate changed.

    A month under cloud is not a quiet month: calls are counted against the exposure, the days in which the looks would
    have shown and counted a call, by their p_detect, their usable part and the stay of the baseline. Rates have 90 %
    intervals. Changes are found among the looks themselves, over every way to part the series into stretches of one
    rate; a change anywhere has a chance of one half before counting. Brackets after a probability are its range over
    what was assumed. With --flights the same is told of aircraft from one airfield to another: days on which no other
    aircraft was heard at both are not searched.

    A rate is no verdict: it stands beside claims that "the route is no longer used", and judges none.

    Example: offing rates dunai-2024 --site dunai --class ropucha
    Example: offing rates dunai-2024 --flights opensky.csv --from UHWW --to ZKPY FNJ --period week

    Parameters
    ----------
    case
        The case folder.
    site
        Only this site.
    from_
        With --flights: codes of the airfield that they leave, as the tables have them.
    to
        With --flights: codes of the airfield that they reach.
    class_
        Ships of this class, in place of those that the claims look for at each site.
    period
        Calendar months, or weeks from Monday on, in UTC.
    flights
        CSV tables of flights: OpenSky's, Flightradar24's, or with date, from, to.
    coverage
        CSV with from, to, fraction: how far receivers hear the route, in place of the days on which others were heard.
    timezone
        Zone of flight times that have none; UTC when left out.
    assume_p
        What an undeclared p_detect may be, its least and most, in place of 0.5 and 1.
    figure
        Draw the first of the series to this SVG file, further ones beside.
    """
    from offing.case.case import Case
    from offing.errors import OffingError

    if bool(flights) != bool(from_ or to) or (coverage and not flights):
        raise OffingError("flights need their tables and both airfields", fix="write --flights FILE --from A --to B")
    if flights and (site or class_):
        raise OffingError("--site and --class are for ships", fix="leave them out with --flights")
    with Case.open(case) as opened:
        if flights:
            found = [_flown(flights, from_, to, coverage, timezone, period)]
        else:
            found = _called(opened, site, class_, period, assume_p)
    if figure:
        _draw(found, figure)
    _tell(found, format)


def _flown(
    files: Sequence[Path],
    start: Sequence[str],
    end: Sequence[str],
    coverage: Path | None,
    timezone: str | None,
    period: Literal["month", "week"],
) -> Rates:
    from offing.case.flights import read_coverage, read_flights
    from offing.case.rating import flight_rates

    stated = read_coverage(coverage) if coverage else None
    return flight_rates(read_flights(files, timezone), start, end, coverage=stated, length=period)


def _called(
    case: Case,
    site: str | None,
    class_id: str | None,
    period: Literal["month", "week"],
    assumed: tuple[float, float] | None,
) -> list[Rates]:
    from offing.case.rating import site_rates
    from offing.movements.rates.looked import ASSUMED

    if class_id is not None:
        case.library.get(class_id)
    bounds = ASSUMED if assumed is None else _bounds(assumed)
    looked = {k.site for k in case.store.looks()}
    places = [case.site(site)] if site else [s for s in case.definition.sites if s.id in looked]
    return [site_rates(case, place, class_id=class_id, length=period, assumed=bounds) for place in places]


def _bounds(given: tuple[float, float]) -> Interval:
    from offing.errors import OffingError
    from offing.quantities import Interval

    if not 0.0 < given[0] <= given[1] <= 1.0:
        raise OffingError(
            f"--assume-p {given[0]:g} {given[1]:g}: a look that never shows a ship has no rate",
            fix="write two rising numbers above 0, up to 1",
        )
    return Interval(low=given[0], high=given[1], level=1.0)


def _tell(found: Sequence[Rates], output: Format) -> None:
    from offing.movements.rates.words import said

    if output == "json":
        print_json({"rates": [{"said": said(one), **_record(one)} for one in found]})
        return
    rows = [_row(one, period) for one in found for period in one.periods]
    emit(rows, TABLE if output == "table" else COLUMNS, output, "rates")
    if output == "table":
        for one in found:
            sys.stdout.write(f"\n{one.what}{' (simulated)' if one.simulated else ''}\n")
            sys.stdout.writelines(f"  {line}\n" for line in said(one))
            for text in one.notes:
                note(f"{one.what}: {text}")
        note("a rate is no verdict: it stands beside the claims and judges none")


def _record(one: Rates) -> dict[str, Any]:
    import msgspec

    record: dict[str, Any] = msgspec.to_builtins(one)
    return record


def _row(one: Rates, period: Period) -> dict[str, Any]:
    from offing.movements.rates.words import per_30d

    interval = period.per_30d_90
    return {
        "what": one.what,
        "period": f"{period.span.start:%Y-%m-%d} to {period.span.end:%Y-%m-%d}",
        "from": iso(period.span.start),
        "to": iso(period.span.end),
        "looks": f"{period.usable} of {period.looks}",
        "usable": period.usable,
        "exposure_d": round(period.exposure_d, 3),
        "counted": period.count,
        "false_expected": round(period.false, 4),
        "per_30_days": per_30d(period.per_30d, interval),
        "per_30d": period.per_30d,
        "per_30d_low": interval.low if interval else None,
        "per_30d_high": interval.high if interval else None,
        "simulated": one.simulated,
    }


def _draw(found: Sequence[Rates], out: Path) -> None:
    from offing.report.rate_figures import write_rates

    for path in write_rates(found, out):
        note(f"drawn: {path}")
