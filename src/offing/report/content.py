"""Gathers the report from a case. Nothing is judged here: every value comes from the store."""

from __future__ import annotations

from offing.exchange.snapshot import CaseSnapshot
from offing.looks.gaps import is_usable
from offing.looks.model import Look
from offing.report.allowances import lift_rows, night_rows, passage_rows
from offing.report.calendar import calendar
from offing.report.chances import chance_rows
from offing.report.chip_requests import chip_requests, named
from offing.report.claim_sections import claim_sections
from offing.report.ground import assumptions, gap_rows, origin_rows, source_rows
from offing.report.hypotheses import ach_tables
from offing.report.identities import identities
from offing.report.model import LookRow, ReportContent
from offing.report.naming import ship_names, site_name
from offing.report.recognition import recognition_rows
from offing.report.site_strips import carriers_at, outcome, site_strips
from offing.report.words import listed, local_moment, noted
from offing.vessels.classes import ClassLibrary


def gather(case: CaseSnapshot) -> ReportContent:
    """The whole report of a case as plain data."""
    chips, left_out = chip_requests(case)
    looks = look_rows(case)
    definition = case.definition
    return ReportContent(
        title=definition.title,
        summary=definition.summary,
        offing=case.offing,
        as_of=case.ledger.last_time,
        simulated=simulated_sentence(case),
        counts=_counts(case),
        claims=claim_sections(case),
        strips=site_strips(case),
        calendar=calendar(case),
        lifts=lift_rows(case),
        capacities=tuple(dict.fromkeys(line for lift in case.lifts for line in lift.basis)),
        passages=passage_rows(case),
        nights=night_rows(case),
        chances=chance_rows(case),
        recognition=recognition_rows(case),
        identities=identities(case),
        competing=ach_tables(case),
        chips=chips,
        chips_left_out=left_out,
        sites=definition.sites,
        sources=source_rows(case),
        origins=origin_rows(case),
        gaps=gap_rows(case),
        blind=tuple(row for row in looks if not is_usable(row.look)),
        thresholds=definition.options,
        window_zone=definition.timezone,
        assumptions=assumptions(case),
        looks=looks,
        detections=case.detections,
        dismissed=case.dismissed,
        named=named(case, list(case.detections)),
        simulated_scenes=case.simulated_scenes(),
        scenes=case.scenes,
        kept=case.kept,
        ledger_head=case.ledger.head,
        ledger_entries=case.ledger.entries,
    )


def look_rows(case: CaseSnapshot) -> tuple[LookRow, ...]:
    """Every look in order of site and time."""
    library, names = ClassLibrary(case.classes), ship_names(case)
    vessels = {v.id: v.vessel_class for v in case.definition.vessels}
    carriers = {s.id: carriers_at(case, s.id) for s in case.definition.sites}
    zones = {s.id: s.timezone or case.definition.timezone for s in case.definition.sites}
    order = {s.id: number for number, s in enumerate(case.definition.sites)}

    def row(look: Look) -> LookRow:
        return LookRow(
            look=look,
            site=site_name(case, look.site),
            outcome=outcome(look, carriers.get(look.site, ()), library, vessels),
            seen=noted(look, names),
            local_time=local_moment(look.time, zones.get(look.site)),
        )

    ranked = sorted(case.looks, key=lambda k: (order.get(k.site, len(order)), k.site, k.time, k.id))
    return tuple(row(look) for look in ranked)


def simulated_sentence(case: CaseSnapshot) -> str | None:
    """How much of the case is simulated; None where nothing is."""
    parts = [
        (sum(k.simulated for k in case.looks), len(case.looks), "looks"),
        (sum(s.simulated for s in case.scenes), len(case.scenes), "pictures"),
        (sum(s.simulated for s in case.definition.sites), len(case.definition.sites), "sites"),
        (sum(s.simulated for s in case.definition.sources), len(case.definition.sources), "sources"),
        (sum(v.simulated for v in case.verdicts), len(case.verdicts), "verdicts"),
    ]
    said = [f"{made} of {total} {what}" for made, total, what in parts if made]
    if not said:
        return None
    return (
        f"{listed(said)} are simulated: made by a program to show the method, seen by no satellite and said by nobody. "
        "Each is marked SIMULATED where it appears."
    )


def _counts(case: CaseSnapshot) -> tuple[tuple[str, str], ...]:
    origins = len(origin_rows(case))
    pairs = (
        (len(case.definition.claims), "claim", "claims"),
        (len(case.verdicts), "element judged", "elements judged"),
        (len(case.looks), "look", "looks"),
        (sum(is_usable(k) for k in case.looks), "usable look", "usable looks"),
        (len(case.scenes), "picture", "pictures"),
        (origins, "origin", "origins"),
    )
    return tuple((f"{n:,}", one if n == 1 else many) for n, one, many in pairs)
