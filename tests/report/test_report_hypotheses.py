"""Competing explanations on the page: every mark, every caveat, nobody's text as markup."""

import msgspec
import pytest

import sample_case
from offing.judgement.competing_model import AchItem, Competing, Hypothesis
from offing.report.html import _environment
from offing.report.hypotheses import ach_tables
from offing.report.words import ACH_WORDS


def case_with(*items, hypotheses=("troops", "routine")):
    competing = Competing(
        question="What for?",
        hypotheses=tuple(Hypothesis(id=h, statement=f"It was {h}") for h in hypotheses),
        items=items,
    )
    return sample_case.snapshot(definition=sample_case.definition(competing=(competing,)))


def page(case):
    """The section alone."""
    content = {"competing": ach_tables(case)}
    return _environment().get_template("hypotheses.html.j2").render(content=content, ach_marks=ACH_WORDS)


def test_every_mark_stands_with_its_word():
    marks = dict(zip("abcdef", ACH_WORDS, strict=True))
    shown = page(case_with(AchItem(item="i", source="agency", marks=marks), hypotheses=tuple("abcdef")))
    for mark, word in ACH_WORDS.items():
        assert f'<td class="mark {mark}"><abbr title="{word}">{mark}</abbr></td>' in shown
        assert f'<span class="mark {mark}">{mark}</span> {word}' in shown
    assert "4 of 4" in shown


def test_a_look_that_is_gone_and_a_cell_left_out_are_said():
    shown = page(case_with(AchItem(item="i", source="look:gone", marks={"troops": "I"})))
    assert "not in this case, not counted" in shown
    assert '<span class="small">unmarked</span>' in shown
    assert "Not counted: item-1 (look:gone is not in this case)." in shown
    assert "Not separated: troops and routine" in shown


def test_what_is_simulated_is_marked_and_kept_apart():
    made = AchItem(item="made", source="look:look-scene-2", marks={"troops": "II", "routine": "C"})
    real = AchItem(item="real", source="agency", marks={"troops": "C", "routine": "I"})
    assert page(case_with(real)).count("SIMULATED") == 0
    mixed = case_with(made, real)
    assert '<span class="said">made</span> <span class="sim">SIMULATED</span>' in page(mixed)
    assert [h.points for h in ach_tables(mixed)[0].analysis.hypotheses] == [0, 1]
    alone = case_with(made)
    assert 'What for? <span class="sim">SIMULATED</span></h3>' in page(alone)
    assert [h.points for h in ach_tables(alone)[0].analysis.hypotheses] == [2, 0]


def test_a_verdict_is_named_and_linked():
    found = sample_case.snapshot().verdicts[0]
    shown = page(case_with(AchItem(item="i", source=f"verdict:{found.claim}/{found.element}", marks={"troops": "C"})))
    assert f'<a href="#verdicts">Verdict on {found.claim}' in shown
    assert f": {found.verdict}</a>" in shown


def test_what_the_order_hangs_on_is_said():
    items = (
        AchItem(id="crane", item="i", source="agency", marks={"troops": "II", "routine": "C"}),
        AchItem(item="copy", source="agency", marks={"troops": "II", "routine": "C"}),
    )
    shown = page(case_with(*items))
    assert "Not separated: troops 2 (2 weighed), routine 0 (0 weighed); the difference" in shown
    assert "does not survive without item:crane or without origin:agency." in shown
    assert "Without item:crane, least against first: troops = routine" in shown
    assert "counted once with item 1" in shown


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_hostile_words_stay_words(payload):
    items = (
        AchItem(item=payload, source="agency", marks={"troops": "I"}, note=payload),
        AchItem(item="i", source=f"look:{payload}", marks={"troops": "C"}),
        AchItem(item="j", source=f"verdict:{payload}/{payload}", marks={"troops": "C"}),
    )
    case = case_with(*items)
    competing = case.definition.competing[0]
    named = tuple(msgspec.structs.replace(h, statement=payload, refuted_by=payload) for h in competing.hypotheses)
    definition = msgspec.structs.replace(
        case.definition, competing=(msgspec.structs.replace(competing, question=payload, hypotheses=named),)
    )
    shown = page(msgspec.structs.replace(case, definition=definition))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "49" not in shown
    assert shown.count("alert") == 0 or "&lt;" in shown
