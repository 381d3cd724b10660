"""Situations with looks that could still be had."""

from datetime import UTC, datetime, timedelta

from offing.claims import Carrier, Claim, Elements
from offing.judgement.evidence import Desk
from offing.judgement.gain import gains
from offing.judgement.imagined import Imaginer
from offing.judgement.measure import Measurer
from offing.judgement.model import Candidate, Thresholds
from offing.judgement.question import questions
from offing.judgement.situation import Situation
from offing.looks.model import Look, Observation
from offing.quantities import Probability
from offing.sites import Baseline, Site
from offing.vessels.classes import library

START = datetime(2024, 10, 1, tzinfo=UTC)
BASELINE = (
    Baseline(classes=("ropucha", "alligator"), calls_per_30d=0.5),
    Baseline(classes=("any",), calls_per_30d=6.0, stay_h=(6.0, 24.0, 96.0)),
)


class Cases:
    """Makes situations of one claim, and what candidates are worth to an element of it."""

    start = START

    def site(self, name="dunai", **more):
        return Site(id=name, name=name.title(), role="port", position=(132.3, 42.9), **{"baseline": BASELINE, **more})

    def look(self, day, ships=0, *, more=False, at="dunai", name=None, **changed):
        rows = [Observation(seen="yes", vessel_class="ropucha") for _ in range(ships)]
        rows += [Observation(seen="indeterminate")] if more else []
        fields = {
            "id": name or f"{at}-{day}",
            "site": at,
            "time": START + timedelta(days=day - 1),
            "sensor": "planetscope",
            "status": "clear",
            "usable": 0.9,
            "reason": "",
            "p_detect": 0.8,
            "p_false": 0.02,
            "observations": tuple(rows) or (Observation(seen="no"),),
            **changed,
        }
        return Look(**fields)

    def candidate(self, day, *, at="dunai", usable=1.0, **changed):
        time = START + timedelta(days=day - 1)
        fields = {
            "id": f"c-{at}-{day}",
            "site": at,
            "start": time,
            "end": time,
            "sensor": "skysat",
            "basis": "listed",
            "usable": Probability(value=usable, low=usable / 2, high=min(1.0, usable * 1.2), basis="stated"),
            "p_detect": 0.7,
            "p_false": 0.05,
            **changed,
        }
        return Candidate(**fields)

    def situation(self, looks=(), candidates=(), *, sites=None, **elements):
        fields = {
            "carrier": Carrier(classes=("ropucha", "alligator")),
            "destination": "dunai",
            "window": "2024-10-08/2024-10-13",
            **elements,
        }
        return Situation(
            claims=(Claim(id="c", source="nis", elements=Elements(**fields)),),
            library=library(()),
            sites=tuple(sites) if sites is not None else (self.site(),),
            looks=tuple(looks),
            candidates=tuple(candidates),
        )

    def asked(self, situation, element):
        """(claim, question, evidence) of one element."""
        claim = situation.claims[0]
        question = next(q for q in questions(situation, claim) if q.element == element)
        desk = Desk(situation)
        return (
            claim,
            question,
            [desk.gather(s, question.sought, w) for s, w in zip(question.sites, question.windows, strict=True)],
        )

    def gains(self, situation, element):
        """Candidate id → what it is worth."""
        asked = self.asked(situation, element)
        return {g.candidate: g for g in gains(*asked, situation.candidates, Thresholds(), Measurer(), Imaginer())}
