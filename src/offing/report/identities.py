"""What each ship may be, ship by ship, with everything that was weighed for it."""

from __future__ import annotations

import math

from offing.case.identity_rows import IdentityRow, alike_words
from offing.case.model import PhotoMatch
from offing.exchange.identities import rows_of
from offing.exchange.snapshot import CaseSnapshot
from offing.report.identity_model import FactorLine, Identities, IdentityCard, PhotoBeside
from offing.report.naming import ship_names, site_name
from offing.report.words import moment, percent, ratio
from offing.vessels.ais.model import AisMatch, Unseen
from offing.vessels.identification.model import Factor, Identification
from offing.vessels.model import Measurement
from offing.vessels.profile.relief import relief_of
from offing.vessels.reference.model import ReferenceImage

MOST_CARDS = 24
"""Ships that are shown one by one; the exports list all."""
MOST_CANDIDATES = 4
LEAST = 0.05
"""A candidate below this is not shown, and no ship is for its sake."""


def identities(case: CaseSnapshot) -> Identities:
    """The ships that may be what the claims speak of, that a person recognised or that AIS names, likeliest first."""
    names = ship_names(case)
    sought = _sought(case)
    told = {s.id: s.decided for s in case.sightings if s.decided}
    rows = rows_of(case)
    ranked = sorted(((_weight(r, sought, r.sighting in told), r) for r in rows), key=lambda p: (-p[0], p[1].sighting))
    chosen = [r for weight, r in ranked if weight >= LEAST][:MOST_CARDS]
    measured = {d.id: d.detection.measurement for d in case.detections}
    return Identities(
        cards=tuple(
            _card(
                case,
                row,
                names,
                measured.get(row.sighting),
                told.get(row.sighting),
            )
            for row in chosen
        ),
        left_out=len(rows) - len(chosen),
        unseen=_unseen(case),
    )


def _sought(case: CaseSnapshot) -> frozenset[str]:
    """Class ids that the claims speak of, with all below them."""
    from offing.vessels.classes import ClassLibrary

    library = ClassLibrary(case.classes)
    vessels = {v.id: v.vessel_class for v in case.definition.vessels}
    carriers = [c.elements.carrier for c in case.definition.claims if c.elements.carrier]
    named = {i for k in carriers for i in (*k.classes, *(vessels[v] for v in k.vessels if v in vessels))} - {"any"}
    return frozenset(c.id for c in library if any(library.is_a(c.id, wide) for wide in named))


def _weight(row: IdentityRow, sought: frozenset[str], told: bool) -> float:
    likely = sum(c.probability for c in row.found.candidates if c.vessel_class in sought)
    by_ais = 1.0 if row.ais and row.ais.outcome in ("matched", "dark", "ambiguous") else 0.0
    return likely + (2.0 if told else 0.0) + by_ais


def _card(
    case: CaseSnapshot, row: IdentityRow, names: dict[str, str], measured: Measurement | None, decided: str | None
) -> IdentityCard:
    found = row.found
    shown = [c for c in found.candidates if c.probability >= LEAST][:MOST_CANDIDATES] or list(found.candidates[:1])
    at = f"{moment(row.time)} UTC" if row.time else "time not known"
    return IdentityCard(
        id=row.sighting,
        title=f"{site_name(case, row.site)}, {at}, ship {found.detection}",
        simulated=found.simulated,
        measured=_measured(measured),
        decided=decided,
        candidates=tuple((names.get(c.vessel_class, c.vessel_class), percent(c.probability)) for c in shown),
        vessels=tuple(
            (names.get(c.vessel or "", c.vessel or ""), percent(c.probability))
            for c in found.named
            if c.probability >= LEAST
        ),
        none=percent(found.none_of_these),
        factors=tuple(_line(f, [c.vessel_class for c in shown]) for f in found.factors),
        alike=alike_words(found.alike, names),
        ais=_ais_words(row.ais) if row.ais else None,
        photographs=_photographs(case, row, names),
        basis=found.basis,
        prior=_prior(found, [c.vessel_class for c in shown], names),
    )


def _photographs(case: CaseSnapshot, row: IdentityRow, names: dict[str, str]) -> tuple[PhotoBeside, ...]:
    group = next(g for g in case.identities if g.scene == row.scene)
    shown = {r.id: r for r in case.definition.references}
    vessels = {v.id: v.vessel_class for v in case.definition.vessels}
    classes = {c.id: c for c in case.classes}
    found = []
    for match in group.photographs:
        if match.detection != row.found.detection or match.reference not in shown:
            continue
        source = shown[match.reference]
        of_class = vessels.get(source.vessel or "", source.vessel_class or "")
        found.append(
            PhotoBeside(
                match=match,
                relief=relief_of(classes[of_class]) if of_class in classes else None,
                caption=_caption(match, source, names),
            )
        )
    return tuple(found)


def _caption(match: PhotoMatch, source: ReferenceImage, names: dict[str, str]) -> str:
    who = names.get(source.vessel or source.vessel_class or "", match.reference)
    said = match.comparison.ratio
    taken = f", {source.taken.isoformat()}" if source.taken else ""
    by = source.source or "source not stated"
    return (
        f"{who} in a photograph ({by}{taken}) beside the ship from above: {ratio(said.value)} times ({ratio(said.low)} "
        f"to {ratio(said.high)}) as likely if of that layout as any ship of that size. Not counted in the table: a "
        "photograph and the layout of its class tell of the same things."
    )


def _line(factor: Factor, classes: list[str]) -> FactorLine:
    by = f", judged by {factor.by}" if factor.by else ""
    return FactorLine(
        name=factor.name,
        compared=factor.compared + by,
        ratios=tuple(ratio(math.exp(factor.log_ratios.get(c, 0.0))) for c in classes),
        note=factor.note,
    )


def _prior(found: Identification, classes: list[str], names: dict[str, str]) -> str:
    said = ", ".join(f"{names.get(c, c)} {percent(found.prior.get(c, 0.0))}" for c in classes)
    return f"Before anything was compared: {said} ({found.prior_basis})."


def _measured(m: Measurement | None) -> str:
    if m is None or m.length_m is None or m.length_m_90 is None:
        return "size not known"
    beam = ""
    if m.beam_m is not None and m.beam_m_90 is not None:
        beam = f", beam {m.beam_m:.0f} m ({m.beam_m_90.low:.0f} to {m.beam_m_90.high:.0f})"
    return f"length {m.length_m:.0f} m ({m.length_m_90.low:.0f} to {m.length_m_90.high:.0f}){beam}"


def _ais_words(match: AisMatch) -> str:
    """What AIS says, in a sentence."""
    if match.outcome in ("matched", "ambiguous") and match.probability is not None:
        who = " ".join(filter(None, [match.name, f"(MMSI {match.mmsi})" if match.mmsi else match.key]))
        verb = "sent by" if match.outcome == "matched" else "may have been sent by"
        chance = f"{percent(match.probability.value)} ({percent(match.probability.low)} to "
        return f"AIS {verb} {who}, {chance}{percent(match.probability.high)}); {match.reason}"
    return f"AIS: {match.outcome}; {match.reason}"


def _unseen(case: CaseSnapshot) -> tuple[str, ...]:
    times = {s.id: s.time for s in case.scenes}
    lines = []
    for group in case.identities:
        for ship in group.ais.unseen if group.ais else ():
            at = f"{moment(times[group.scene])} UTC, " if group.scene in times else ""
            lines.append(f"{at}{site_name(case, group.site)}: {_unseen_words(ship)}")
    return tuple(lines)


def _unseen_words(ship: Unseen) -> str:
    who = ship.name or (f"MMSI {ship.mmsi}" if ship.mmsi else ship.key)
    size = f", {ship.length_m:.0f} m" if ship.length_m else ""
    return f"{who}{size}: in the picture with {percent(ship.inside)}, and none of its ships; {ship.reason}"
