"""What a candidate is worth: against judging anew with the look appended, and what must hold whatever is asked."""

from itertools import product

import msgspec
import numpy as np
import pytest

from offing.claims import AnyOf, Carrier
from offing.judgement.gain import worth
from offing.judgement.measure import Measurer
from offing.judgement.sides import sides
from offing.judgement.weigh import ratio
from offing.movements.worlds import Variation

ELEMENTS = {
    "destination": {},
    "window": {},
    "carrier": {"carrier": Carrier(classes=("ropucha", "alligator"), count=2)},
    "origin": {"origin": ("chongjin", "dunai")},
    "any-origin": {"origin": AnyOf(any_of=("chongjin", "dunai"))},
}
HISTORIES = {
    "none": [],
    "empty": [(4, 0), (9.3, 0), (15, 0)],
    "seen": [(6.5, 0), (10.2, 1), (11, 0), (14.5, 2)],
    "sharp-and-blunt": [(8.2, 0), (9.1, 1), (12.4, 0)],
}


def judged_ratio(cases, situation, element):
    """The likelihood ratio by the judge's own way, unrounded."""
    _, question, evidence = cases.asked(situation, element)
    calls = max(question.needs.calls) if question.needs else 1
    around = question.kind == "window"
    base = [Measurer()(e, calls, Variation(), e.used, around=around) for e in evidence]
    return ratio(question.kind, base, [m.stated for m in base], question.needs), base, question


def looks_of(cases, history):
    blunt = {"sharp-and-blunt": {"p_detect": 0.4, "p_false": 0.1}}.get(history, {})
    made = [cases.look(day, ships, **(blunt if i == 0 else {})) for i, (day, ships) in enumerate(HISTORIES[history])]
    return [*made, cases.look(9.7, 0, at="chongjin")]


@pytest.mark.parametrize(("name", "history"), list(product(ELEMENTS, HISTORIES)))
def test_the_worth_is_that_of_judging_anew_with_the_look_appended(cases, name, history):
    element = "origin" if "origin" in name else name
    sites = (cases.site(), cases.site("chongjin", baseline=()))
    looks = looks_of(cases, history)
    days = (5.25, 7.9, 9.6, 12.2, 14.0, 16.4)
    candidates = [cases.candidate(day, usable=0.6) for day in days]
    situation = cases.situation(looks, candidates, sites=sites, **ELEMENTS[name])
    got = cases.gains(situation, element)
    before, _, question = judged_ratio(cases, situation, element)
    most = max(question.needs.calls) if question.needs else 1
    for day in days:
        after = []
        for ships in range(most + 1):
            shown = cases.look(
                day, ships, more=ships == most, name="one more", p_detect=0.7, p_false=0.05, usable=1.0, sensor="skysat"
            )
            again = msgspec.structs.replace(situation, looks=(*looks, shown))
            after.append(judged_ratio(cases, again, element)[0])
        if most == 1 and name != "window":
            # x and y, the chances of a sighting if true and if not, follow from three ratios alone.
            y = (before - after[0]) / (after[1] - after[0])
            x = after[1] / before * y
            bits, shift = worth(np.array([1 - x, x]) * before, np.array([1 - y, y]), 0.5)
            assert got[f"c-dunai-{day}"].information_bits == pytest.approx(0.6 * bits, abs=1e-6)
            assert got[f"c-dunai-{day}"].expected_shift == pytest.approx(0.6 * shift, abs=1e-6)
        assert got[f"c-dunai-{day}"].information_bits >= 0.0
        _check_outcomes(cases, situation, element, day, after)


def _check_outcomes(cases, situation, element, day, after):
    """The ratio after each outcome, from the messages, is the one that the judge comes to."""
    from offing.judgement.gain import _Asked
    from offing.judgement.imagined import Imaginer, Kind
    from offing.judgement.model import Thresholds

    claim, question, evidence = cases.asked(situation, element)
    asked = _Asked(claim, question, evidence, Thresholds(), Measurer(), Imaginer())
    at = next(i for i, e in enumerate(evidence) if e.site.id == "dunai")
    split = asked._sides(at)
    time = next(c.time for c in situation.candidates if c.id == f"c-dunai-{day}")
    direct = asked.calls > 1
    columns = np.array([split.true, split.false]) if direct else np.eye(2)
    found = Imaginer()(evidence[at], asked.calls, columns, Kind(p_detect=0.7, p_false=0.05), [time],
                       around=asked.around)[0]  # fmt: skip
    true = found.outcomes[:, 0] if direct else found.outcomes @ split.true
    false = found.outcomes[:, 1] if direct else found.outcomes @ split.false
    if split.around is not None:
        false = split.around * found.elsewhen
    assert np.log(true / false) == pytest.approx(np.log(after), abs=1e-6)


@pytest.mark.parametrize("kind", ["presence", "all", "any", "count", "window"])
def test_the_two_sides_are_the_judges_ratio(cases, kind):
    names = {"presence": "destination", "all": "origin", "any": "any-origin", "count": "carrier", "window": "window"}
    element = "origin" if "origin" in names[kind] else names[kind]
    sites = (cases.site(), cases.site("chongjin"))
    situation = cases.situation(looks_of(cases, "seen"), sites=sites, **ELEMENTS[names[kind]])
    value, base, question = judged_ratio(cases, situation, element)
    for at in range(len(base)):
        split = sides(question.kind, base, [m.stated for m in base], question.needs, at)
        given = np.array(base[at].stated.by_calls)
        false = split.false @ given if split.around is None else split.around * base[at].stated.elsewhen
        assert (split.true @ given) / false == pytest.approx(value, rel=1e-9)
