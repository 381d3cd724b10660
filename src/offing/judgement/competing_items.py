"""Items of an analysis of competing hypotheses: what each goes back to, what it weighs, whether it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from offing.claims import Source, origin_group
from offing.judgement.competing_model import AchItem, AchMark, Competing
from offing.judgement.competing_result import JudgedItem
from offing.judgement.evidence import OWN_PICTURES, UNSTATED
from offing.judgement.model import Verdict
from offing.looks.model import Look
from offing.records import Record

LOOK, VERDICT = "look:", "verdict:"
"""How an item names what is no source."""

STEPS: dict[AchMark, int] = {"CC": 2, "C": 1, "N": 0, "NA": 0, "I": -1, "II": -2}
"""The marks as steps of one scale, for how far they lie apart; NA bears on nothing and stands with N."""

POINTS: dict[AchMark, int] = {"CC": 0, "C": 0, "N": 0, "NA": 0, "I": 1, "II": 2}
"""Points against a hypothesis. Only what is inconsistent counts: to fit one says nothing against another."""

HIGH, MEDIUM, LOW = 1.5, 1.0, 0.5
"""What a point weighs by the grades of its origin. The steps are offing's choice, not a measurement."""


class Material(Record, frozen=True):
    """What items may point at."""

    sources: tuple[Source, ...] = ()
    looks: tuple[Look, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


class _Ground(Record, frozen=True):
    """What an item's source comes to."""

    origins: tuple[str, ...]
    simulated: bool = False
    missing: bool = False


def judged_items(competing: Competing, material: Material) -> tuple[JudgedItem, ...]:
    """Every item, most diagnostic first, then as written."""
    resolve = _Resolver(material)
    grounds = [resolve.ground(item.source) for item in competing.items]
    usable = [g for g in grounds if not g.missing]
    mixed = any(g.simulated for g in usable) and not all(g.simulated for g in usable)
    ids = [h.id for h in competing.hypotheses]
    first: dict[object, int] = {}
    found = []
    for number, (item, ground) in enumerate(zip(competing.items, grounds, strict=True), 1):
        marks: dict[str, AchMark] = {h: item.marks.get(h, "N") for h in ids}
        original = number if ground.missing else first.setdefault((ground, tuple(marks.values())), number)
        weight, reason = resolve.weight(ground.origins)
        found.append(
            JudgedItem(
                number=number,
                name=item.id or f"item-{number}",
                item=item.item,
                source=item.source,
                note=item.note,
                marks=marks,
                unmarked=tuple(h for h in ids if h not in item.marks),
                origins=ground.origins,
                weight=weight,
                weight_reason=reason,
                diagnosticity=diagnosticity(marks.values()),
                against=tuple(h for h in ids if POINTS[marks[h]]),
                aside=_aside(item, ground, marks.values(), mixed=mixed),
                copy_of=None if original == number else original,
                simulated=ground.simulated,
                missing=ground.missing,
            )
        )
    return tuple(sorted(found, key=lambda i: (-i.diagnosticity, i.number)))


def diagnosticity(marks: Iterable[AchMark]) -> int:
    """How many steps the marks of one item lie apart: 0 (it tells nothing apart) to 4 (CC and II)."""
    steps = [STEPS[m] for m in marks]
    return max(steps) - min(steps) if steps else 0


def _aside(item: AchItem, ground: _Ground, marks: Iterable[AchMark], *, mixed: bool) -> str | None:
    """Why an item is not counted; None where it is."""
    if ground.missing:
        return f"{item.source} is not in this case"
    if ground.simulated and mixed:
        return "simulated, among items that are not"
    if diagnosticity(marks) == 0:
        return "alike for every hypothesis: tells nothing apart"
    return None


class _Resolver:
    """Finds what the items point at."""

    def __init__(self, material: Material) -> None:
        self.sources = {s.id: s for s in material.sources}
        self.looks = {k.id: k for k in material.looks}
        self.verdicts = {f"{v.claim}/{v.element}": v for v in material.verdicts}
        self.by_origin: dict[str, list[Source]] = {}
        for source in material.sources:
            self.by_origin.setdefault(origin_group(source), []).append(source)

    def ground(self, named: str) -> _Ground:
        """The origins behind a source, look or verdict, and whether it was made up."""
        if named.startswith(LOOK):
            look = self.looks.get(named.removeprefix(LOOK))
            return self._look(look) if look else _Ground(origins=(), missing=True)
        if named.startswith(VERDICT):
            verdict = self.verdicts.get(named.removeprefix(VERDICT))
            return self._verdict(verdict) if verdict else _Ground(origins=(), missing=True)
        source = self.sources.get(named)
        if source is None:
            return _Ground(origins=(), missing=True)
        return _Ground(origins=(origin_group(source),), simulated=source.simulated)

    def _look(self, look: Look) -> _Ground:
        if look.source is None:
            return _Ground(origins=(OWN_PICTURES if look.scene else UNSTATED,), simulated=look.simulated)
        source = self.sources.get(look.source)
        made = look.simulated or (source is not None and source.simulated)
        return _Ground(origins=(origin_group(source) if source else look.source,), simulated=made)

    def _verdict(self, verdict: Verdict) -> _Ground:
        """A verdict goes back to what its looks go back to: as an item it is no independent one beside them."""
        looks = [self.looks[e.removeprefix(LOOK)] for e in verdict.evidence if e.removeprefix(LOOK) in self.looks]
        origins = sorted({o for look in looks for o in self._look(look).origins})
        return _Ground(origins=tuple(origins) or (UNSTATED,), simulated=verdict.simulated)

    def weight(self, origins: Sequence[str]) -> tuple[float, str]:
        """What a point weighs, by the weakest of its origins, and why."""
        found = [_grade_weight(origin, self._speaks(origin)) for origin in origins]
        return min(found, key=lambda pair: pair[0]) if found else (MEDIUM, "ungraded")

    def _speaks(self, origin: str) -> Sequence[Source]:
        """Whose grades an origin has: its own source's, else those that relay no other of it. Copies are left out, so
        that no copy can raise what it copies."""
        group: Mapping[str, Source] = {s.id: s for s in self.by_origin.get(origin, ())}
        if origin in group:
            return [group[origin]]
        return [s for s in group.values() if not any(q in group for q in s.quotes)] or list(group.values())


def _grade_weight(origin: str, sources: Sequence[Source]) -> tuple[float, str]:
    """The weight of an origin: that of the lowest of those who speak for it."""
    weights = [
        (_weight(s), f"{origin} is graded {_grade(s)}" if _grade(s) else f"{origin} is ungraded") for s in sources
    ]
    return min(weights, key=lambda pair: pair[0]) if weights else (MEDIUM, f"{origin} is ungraded")


def _weight(source: Source) -> float:
    """1.5 for A or B with 1 or 2, 0.5 from D or 4 on, else 1 (Admiralty code)."""
    if source.reliability in ("D", "E", "F") or (source.credibility or 0) >= 4:
        return LOW
    return HIGH if source.reliability in ("A", "B") and source.credibility in (1, 2) else MEDIUM


def _grade(source: Source) -> str:
    if source.reliability is None and source.credibility is None:
        return ""
    return f"{source.reliability or '–'}{source.credibility or '–'}"
