"""Wordings: never stronger than the verdict, likelihood and confidence apart."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample_case
from offing.judgement.model import VerdictWord
from offing.judgement.words import likelihood_word
from offing.report import words
from offing.timespan import parse_span

VERDICTS = sample_case.verdicts()


@pytest.mark.parametrize("word", VerdictWord.__args__)
@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda v: f"{v.claim}-{v.element}")
def test_every_verdict_has_one_plain_sentence(word, verdict):
    sentence = words.headline_sentence(msgspec.structs.replace(verdict, verdict=word))
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ". " not in sentence
    assert not any(strong in sentence.lower() for strong in ("verif", "prove", "confirm", "certain"))
    assert not any(likely in sentence for likely in words.ICD_RANGES)
    assert words.VERDICT_TITLES[word].lower().replace(" ", "-") == word


def test_sentences_differ_and_carry_their_number():
    said = [words.headline_sentence(msgspec.structs.replace(VERDICTS[3], verdict=w)) for w in VerdictWord.__args__]
    assert len(set(said)) == 5
    assert "62 times likelier if it is true" in words.headline_sentence(VERDICTS[3])
    assert "5,000 times likelier if it is false" in words.headline_sentence(VERDICTS[5])
    assert "a chance of 40 %" in words.headline_sentence(VERDICTS[1])


def test_instants_in_a_sentence_become_readable():
    text = "was there between 2024-10-07T14:00:00Z and 2024-10-13T14:30:15Z"
    assert words.readable_times(text) == "was there between 2024-10-07 14:00 UTC and 2024-10-13T14:30:15Z"


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda v: f"{v.claim}-{v.element}")
def test_likelihood_and_confidence_never_share_a_sentence(verdict):
    likelihood, confidence = words.likelihood_sentence(verdict), words.confidence_sentence(verdict)
    assert "onfidence" not in (likelihood or "")
    assert not any(word in confidence.split("(")[0] for word in words.ICD_RANGES)
    assert (likelihood is None) == (verdict.word is None)


@given(st.floats(0.0, 1.0))
def test_every_likelihood_word_of_the_judge_has_its_range(p):
    low, high = words.ICD_RANGES[likelihood_word(p)].removesuffix(" %").split("–")
    assert float(low) - 1.0 <= 100 * p <= float(high) + 1.0


@given(st.floats(1e-12, 1e12))
def test_a_ratio_is_short_and_right_to_two_figures(value):
    text = words.ratio(value)
    assert len(text) <= 12
    if text[0] not in "<>":
        assert float(text.replace(",", "")) == pytest.approx(value, rel=0.06)


@given(st.floats(0.0, 1.0))
def test_a_percentage_is_never_none_or_all(p):
    text = words.percent(p)
    assert text not in ("0 %", "100 %")
    if text[0] not in "<>":
        assert abs(float(text.removesuffix(" %")) / 100 - p) <= 0.005 + 1e-12


@pytest.mark.parametrize(
    ("span", "zone", "expected"),
    [
        ("2024-10-08/2024-10-13", None, "8 October to 13 October 2024 (UTC)"),
        ("2024-10", "Asia/Vladivostok", "1 October to 31 October 2024 (Asia/Vladivostok)"),
        ("2024-10-17", None, "17 October 2024 (UTC)"),
        ("2024-12-30/2025-01-02", None, "30 December 2024 to 2 January 2025 (UTC)"),
        ("2024-10-17T02:00Z", None, "2024-10-17 02:00 (UTC)"),
        ("2024-10-17T02:00Z/2024-10-17T05:30Z", None, "2024-10-17 02:00 to 2024-10-17 05:30 (UTC)"),
    ],
)
def test_windows_name_their_first_and_last_day(span, zone, expected):
    assert words.window_words(parse_span(span, zone), zone) == expected


@pytest.mark.parametrize(
    ("hours", "expected"), [(6.8, "6.8 h"), (36.0, "36 h"), (11.66, "11.7 h"), (108.0, "4.5 days"), (744.0, "31 days")]
)
def test_durations(hours, expected):
    assert words.hours(hours) == expected


@pytest.mark.parametrize(
    ("parts", "expected"), [((), ""), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists(parts, expected):
    assert words.listed(parts) == expected


def test_local_time_names_its_zone():
    t = parse_span("2024-10-17T02:00Z").start
    assert words.local_moment(t, "Asia/Vladivostok") == "2024-10-17 12:00 Asia/Vladivostok"
    assert words.local_moment(t, None) is None
