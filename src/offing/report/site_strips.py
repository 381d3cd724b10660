"""What every look at a site showed, along one time axis."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from offing.claims import Carrier
from offing.exchange.snapshot import CaseSnapshot
from offing.looks.gaps import gaps, is_usable
from offing.looks.model import Look, Observation
from offing.report.model import Outcome, SiteStrip, StripCall, StripGap, StripMark, StripWindow
from offing.report.naming import carrier_words, claims_at, class_name, ship_names, window_of
from offing.report.shown_lines import shown_lines
from offing.report.words import OUTCOME_WORDS, STATUS_WORDS, moment, noted
from offing.sites import Site
from offing.timespan import TimeSpan
from offing.vessels.classes import ClassLibrary

_WIDEST = 4.0
"""The axis shows every look up to this many times the windows' extent; beyond, only their neighbourhood."""

_LEAST_GAP = timedelta(days=2)
"""Shorter stretches without a usable look are not shaded."""


def site_strips(case: CaseSnapshot) -> tuple[SiteStrip, ...]:
    """A strip a site that has looks or is named by a claim, all on one axis so that ships can be followed."""
    library = ClassLibrary(case.classes)
    start, end = axis(case)
    shown = [s for s in case.definition.sites if claims_at(case, s.id) or any(k.site == s.id for k in case.looks)]
    return tuple(_strip(case, library, site, start, end) for site in shown)


def axis(case: CaseSnapshot) -> tuple[datetime, datetime]:
    """First and last instant of the shared time axis, whole UTC days.

    It holds the claimed windows in which anybody looked (all windows, where nobody did) and the looks around them.
    """
    windows = [w for c in case.definition.claims if (w := window_of(case, c)) is not None]
    times = [k.time for k in case.looks]
    windows = [w for w in windows if any(t in w for t in times)] or windows
    if windows:
        first, last = _around(min(w.start for w in windows), max(w.end for w in windows), times)
    else:
        first, last = min(times, default=_NOWHEN), max(times, default=_NOWHEN)
    pad = max(timedelta(hours=12), 0.03 * (last - first))
    return _midnight(first - pad), _midnight(last + pad) + timedelta(days=1)


_NOWHEN = datetime(2000, 1, 1, tzinfo=UTC)


def _around(first: datetime, last: datetime, times: list[datetime]) -> tuple[datetime, datetime]:
    """The windows' extent widened to all looks, or, where those lie far away, by its own length."""
    whole = min([first, *times]), max([last, *times])
    reach = max(last - first, timedelta(days=1))
    return whole if whole[1] - whole[0] <= _WIDEST * reach else (first - reach, last + reach)


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def outcome(look: Look, carriers: Iterable[Carrier], library: ClassLibrary, vessels: dict[str, str]) -> Outcome:
    """What a look says of the ships that the claims speak of; ``vessels`` maps a vessel's id to its class.

    A shorthand for the figure, not a judgement: the verdicts weigh every look by its probabilities.
    """
    relations = {_relation(o, tuple(carriers), library, vessels) for o in look.observations if o.seen == "yes"}
    for relation, word in (("match", "seen"), ("may-be", "unclear"), ("other", "other")):
        if relation in relations:
            return word  # type: ignore[return-value]
    if look.usable <= 0.0 or look.status == "not-obtained" or not look.observations:
        return "blind"
    if any(o.seen == "no" for o in look.observations):
        return "not-seen" if is_usable(look) else "blind"
    return "unclear" if is_usable(look) else "blind"


def _relation(seen: Observation, carriers: tuple[Carrier, ...], library: ClassLibrary, vessels: dict[str, str]) -> str:
    """How a seen ship stands to the nearest of the carriers: match, may-be or other."""
    observed = seen.vessel_class or vessels.get(seen.vessel or "") or "unknown"
    found = {_to_one(seen.vessel, observed, c, library, vessels) for c in carriers} or {"match"}
    return next(word for word in ("match", "may-be", "other") if word in found)


def _to_one(vessel: str | None, observed: str, carrier: Carrier, library: ClassLibrary, vessels: dict[str, str]) -> str:
    if not carrier.vessels:
        return library.relation(observed, carrier.classes)
    if vessel is not None:
        return "match" if vessel in carrier.vessels else "other"
    classes = [vessels[v] for v in carrier.vessels if v in vessels]
    return "other" if classes and library.relation(observed, classes) == "other" else "may-be"


def carriers_at(case: CaseSnapshot, site_id: str) -> tuple[Carrier, ...]:
    """The carriers of the claims that name the site."""
    return tuple(c.elements.carrier for c in claims_at(case, site_id) if c.elements.carrier)


def _strip(case: CaseSnapshot, library: ClassLibrary, site: Site, start: datetime, end: datetime) -> SiteStrip:
    carriers = carriers_at(case, site.id)
    looks = sorted((k for k in case.looks if k.site == site.id), key=lambda k: (k.time, k.id))
    vessels, names = {v.id: v.vessel_class for v in case.definition.vessels}, ship_names(case)
    calls = sorted((c for c in case.port_calls if c.site == site.id), key=lambda c: (c.arrived_before, c.vessel_class))
    return SiteStrip(
        site=site,
        sought=carrier_words(case, carriers),
        start=start,
        end=end,
        marks=tuple(_mark(k, outcome(k, carriers, library, vessels), names) for k in looks),
        windows=claimed_windows(case, site.id),
        calls=tuple(
            StripCall(
                label=next((v.title for v in case.definition.vessels if v.id == c.vessel), None)
                or class_name(case, c.vessel_class),
                arrived_after=c.arrived_after,
                arrived_before=c.arrived_before,
                departed_after=c.departed_after,
                departed_before=c.departed_before,
                simulated=c.simulated,
            )
            for c in calls
        ),
        usable=sum(is_usable(k) for k in looks),
        gaps=_gaps(looks, site.id, start, end),
        shown=shown_lines(case, site.id),
    )


def _mark(look: Look, said: Outcome, names: dict[str, str]) -> StripMark:
    tag = "SIMULATED. " if look.simulated else ""
    stated = f"{OUTCOME_WORDS[said]}; {noted(look, names)}"
    label = f"{tag}{moment(look.time)} UTC, {look.sensor}, {STATUS_WORDS[look.status]}: {stated}"
    return StripMark(
        look=look.id,
        time=look.time,
        outcome=said,
        full=look.usable >= 0.95,
        label=label,
        simulated=look.simulated,
        status=look.status,
        usable=is_usable(look),
    )


def _gaps(looks: list[Look], site: str, start: datetime, end: datetime) -> tuple[StripGap, ...]:
    found = gaps(looks, site, TimeSpan(start=start, end=end)) if looks else ()
    return tuple(StripGap(start=g.start, end=g.end) for g in found if g.end - g.start >= _LEAST_GAP)


def claimed_windows(case: CaseSnapshot, site_id: str) -> tuple[StripWindow, ...]:
    """The windows of the claims at the site; claims of one window share a label."""
    spans: dict[tuple[datetime, datetime], list[str]] = {}
    for claim in claims_at(case, site_id):
        window = window_of(case, claim, site_id)
        if window is not None:
            spans.setdefault((window.start, window.end), []).append(claim.id)
    return tuple(StripWindow(label=", ".join(ids), start=a, end=b) for (a, b), ids in sorted(spans.items()))
