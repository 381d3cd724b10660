"""The reliability curve, and what every report says of how often such verdicts are right."""

import xml.etree.ElementTree as ET

import pytest

from offing.judgement.calibrated import CurveBin, Scored, Share
from offing.report.calibrated import calibration, calibration_rows, share_words
from offing.report.figures.reliability import reliability, standing


def made(*bins):
    nothing = Share(of=0, number=0, low=0.0, high=1.0)
    curve = tuple(CurveBin(said=s, true=Share(of=n, number=k, low=lo, high=hi)) for s, k, n, lo, hi in bins)
    return Scored(
        name="all elements", n=30, curve=curve, ece=0.1, ece_of_perfect=0.1, ece_of_perfect_most=0.2, cllr=0.8,
        corroborated_false=nothing, contradicted_true=nothing, decided=nothing,
    )  # fmt: skip


def test_a_judge_who_is_right_lies_on_the_diagonal():
    root = ET.fromstring(reliability(made((0.2, 2, 10, 0.05, 0.5), (0.8, 16, 20, 0.6, 0.9)), "k"))
    named = {e.get("class"): e for e in root.iter() if e.get("class") in ("right", "curve", "frame")}
    ends = [float(v) for v in named["right"].get("d").replace("M", "").replace("L", "").split()]
    for dot in (e for e in root.iter() if e.get("class") == "dot"):
        part = (float(dot.get("cx")) - ends[0]) / (ends[2] - ends[0])
        assert float(dot.get("cy")) == pytest.approx(ends[1] + part * (ends[3] - ends[1]), abs=0.02)
    assert "20 % said, 20 % true of 10" in root.find("{http://www.w3.org/2000/svg}desc").text
    assert root.get("role") == "img"


def test_the_drawing_is_the_same_again_and_stands_alone():
    scored = made((0.95, 9, 10, 0.6, 0.98))
    assert reliability(scored, "k") == reliability(scored, "k")
    alone = standing(reliability(scored, "k"))
    ET.fromstring(alone.partition("\n")[2])
    assert "var(" not in alone


def test_what_is_kept_is_whole():
    found = calibration()
    assert found.claims > 0
    assert found.scores[0].name == "all elements"
    for scored in found.scores:
        assert sum(b.true.of for b in scored.curve) == scored.n
        assert scored.corroborated_false.of + scored.contradicted_true.of == scored.decided.number
    assert len(calibration_rows()) > 7


def test_shares_in_words():
    assert share_words(Share(of=44, number=1, low=0.004, high=0.118)) == "2.3 % of 44 (0.4 to 11.8 %)"
    assert share_words(Share(of=0, number=0, low=0.0, high=1.0)) == "none"
