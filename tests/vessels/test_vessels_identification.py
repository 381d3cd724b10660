"""Bayes' rule over classes, vessels and none of these, checked by brute force; and what cannot be told apart."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from offing.errors import CaseFileError
from offing.quantities import Interval, Probability
from offing.vessels.attribution import class_probabilities
from offing.vessels.classes import UNKNOWN, library
from offing.vessels.identification import Judgement, default_prior, identify, spread_prior
from offing.vessels.identification.dimensions import beam_density, length_density, other_beam_density
from offing.vessels.identification.posterior import posterior
from offing.vessels.model import (
    Detection,
    Measurement,
    OrientedBox,
    Part,
    RecognitionFeature,
    Vessel,
    VesselClass,
)
from offing.vessels.profile.model import FRACTIONS, Profile

SOURCES = ("made up for the test",)
LONG = VesselClass(
    id="long-hatch",
    length_m=(110.0, 112.0),
    beam_m=(15.0, 15.0),
    parts=(
        Part(kind="hatch", start=0.15, end=0.45, width=0.6, height_m=1.0),
        Part(kind="house", start=0.5, end=0.8, width=0.9, height_m=8.0),
    ),
    features=(RecognitionFeature(id="one-hatch", statement="one long hatch", coarsest_m=1.5, if_it=0.9, if_other=0.2),),
    built=10,
    sources=SOURCES,
)
FOUR = VesselClass(
    id="four-holds",
    length_m=(110.0, 112.0),
    beam_m=(15.0, 15.0),
    parts=(
        *(Part(kind="hatch", start=a, end=a + 0.09, width=0.6, height_m=1.0) for a in (0.15, 0.27, 0.39, 0.51)),
        Part(kind="house", start=0.7, end=0.92, width=0.9, height_m=9.0),
    ),
    features=(RecognitionFeature(id="cranes", statement="three own cranes", coarsest_m=2.0, if_it=0.8, if_other=0.1),),
    sources=SOURCES,
)
SMALL = VesselClass(id="small-one", length_m=(40.0, 45.0), beam_m=(7.0, 9.0), sources=SOURCES)
LIBRARY = library([LONG, FOUR, SMALL])
PRIOR = {"long-hatch": 2.0, "four-holds": 2.0, "small-one": 4.0, UNKNOWN: 2.0}


def detection(length: float | None = 111.0, beam: float | None = 15.0, half: float = 6.0, **more: object) -> Detection:
    def around(value: float | None, by: float) -> Interval | None:
        return None if value is None else Interval(low=max(0.0, value - by), high=value + by)

    return Detection(
        id="0001",
        image="a.tif",
        time=datetime(2024, 10, 16, tzinfo=UTC),
        score=Probability(value=0.9, low=0.8, high=1.0, basis="test"),
        box=OrientedBox(col=50.0, row=50.0, length_px=(40.0, 0.0), beam_px=(0.0, 5.0)),
        ring=None,
        measurement=Measurement(
            length_m=length,
            length_m_90=around(length, half),
            beam_m=beam,
            beam_m_90=around(beam, 2.0),
            axis_deg=90.0,
            heading_deg=90.0,
            bow_probability=0.9,
        ),
        **more,  # type: ignore[arg-type]
    )


def profile_like(ship: VesselClass, pixels: float = 150.0, bow: float = 0.9) -> Profile:
    """A bright house and paler hatches on a dark deck, as the class has them."""
    at = np.array(FRACTIONS)
    values = np.zeros(len(at))
    for part in ship.parts:
        values[(at >= part.start) & (at <= part.end)] = 2.0 if part.kind == "house" else 0.8
    values -= np.median(values)
    return Profile(
        image="a.tif",
        sensor="rgb",
        simulated=False,
        gsd_m=111.0 / pixels,
        length_m=111.0,
        length_px=pixels,
        psf=0.65 / pixels,
        fractions=FRACTIONS,
        brightness=tuple(float(v) for v in values),
        noise=0.05,
        contrast=0.1,
        shadow=None,
        usable=(True,) * len(at),
        bow_probability=bow,
    )


def probabilities(found: object) -> dict[str, float]:
    return {c.vessel_class: c.probability for c in found.candidates}  # type: ignore[attr-defined]


def test_the_posterior_is_bayes_rule_over_the_factors() -> None:
    found = identify(detection(), profile_like(LONG), prior=PRIOR, library=LIBRARY)
    total = sum(PRIOR.values())
    weights = {
        c: PRIOR[c] / total * math.prod(math.exp(f.log_ratios[c]) for f in found.factors) for c in PRIOR if c != UNKNOWN
    }
    weights[UNKNOWN] = PRIOR[UNKNOWN] / total
    for class_id, p in probabilities(found).items():
        assert p == pytest.approx(weights[class_id] / sum(weights.values()))
    assert found.none_of_these == pytest.approx(weights[UNKNOWN] / sum(weights.values()))
    assert [f.name for f in found.factors] == ["length", "beam", "profile"]


@given(st.floats(15, 300), st.floats(3, 40), st.floats(1, 50))
def test_probabilities_sum_to_one(length: float, beam: float, half: float) -> None:
    found = identify(detection(length, beam, half), None, prior=PRIOR, library=LIBRARY)
    assert sum(probabilities(found).values()) + found.none_of_these == pytest.approx(1.0)
    assert all(0.0 <= c.probability <= 1.0 for c in found.candidates)


@given(st.floats(30, 200), st.floats(1.0, 30))
def test_densities_of_a_measured_length_integrate_to_one(low: float, sd: float) -> None:
    at = np.linspace(low - 12 * sd, low + 4.0 + 12 * sd, 4001)
    total = np.trapezoid([length_density(x, sd, (low, low + 4.0)) for x in at], at)
    assert total == pytest.approx(1.0, abs=1e-3)


def test_the_density_of_a_length_is_the_uniform_one_blurred() -> None:
    at, sd = 113.0, 4.0
    lengths = np.linspace(110.0, 120.0, 20001)
    blurred = np.mean(stats.norm.pdf(at, lengths, sd))
    assert length_density(at, sd, (110.0, 120.0)) == pytest.approx(blurred, rel=1e-4)


def test_a_class_without_a_beam_has_the_beams_of_ships_of_that_length() -> None:
    sized = (110.0, 5.0)
    assert beam_density(17.0, 1.0, sized, None, (100.0, 120.0)) == other_beam_density(17.0, 1.0, sized)
    assert 14.0 < 0.62 * 110.0**0.72 < 20.0


def test_a_beam_that_fits_nothing_speaks_for_nothing() -> None:
    sized = (79.0, 18.0)
    ratio = beam_density(40.0, 11.0, sized, (15.0, 15.0), (112.5, 112.5)) / other_beam_density(40.0, 11.0, sized)
    assert 1 / 3 < ratio < 3, "a smear in radar is no landing ship"


def test_lengths_alone_are_the_attribution_of_a_case() -> None:
    prior = {"ropucha": 1.0, "cargo": 3.0, "fishing": 2.0, UNKNOWN: 2.0}
    plain = library()
    found = identify(detection(113.0, half=9.0), None, prior=prior, library=plain, compared=("length",))
    by_length = class_probabilities(113.0, Interval(low=104.0, high=122.0), prior, plain)
    assert probabilities(found) == pytest.approx({c: p for c, p in by_length.items() if c != UNKNOWN})
    sd = 9.0 / 1.6448536269514722
    ropucha = stats.norm.pdf(113.0, 112.5, sd)
    low, high = plain.get("cargo").length_m or (1.0, 1.0)
    cargo = (stats.norm.cdf((high - 113.0) / sd) - stats.norm.cdf((low - 113.0) / sd)) / (113.0 * math.log(high / low))
    assert by_length["ropucha"] / by_length["cargo"] == pytest.approx(ropucha / (3.0 * cargo), rel=1e-6)


def test_the_layout_tells_ships_of_one_size_apart_in_fine_pixels() -> None:
    for true, other in ((LONG, FOUR), (FOUR, LONG)):
        found = identify(detection(), profile_like(true), prior=PRIOR, library=LIBRARY)
        p = probabilities(found)
        assert p[true.id] > 5.0 * p[other.id]
        assert found.narrowest == true.id
        evidence = found.factors[2].evidence[true.id]
        assert sum(e.log_ratio for e in evidence) == pytest.approx(found.factors[2].log_ratios[true.id])


def test_without_a_picture_ships_of_one_size_are_not_told_apart() -> None:
    found = identify(detection(), None, prior=PRIOR, library=LIBRARY)
    (group,) = found.alike
    assert {*group.members} == {"long-hatch", "four-holds"}
    assert group.greatest_ratio == pytest.approx(1.0)
    assert any("one long hatch" in clue and "1.5 m" in clue for clue in group.tell_apart)
    assert any("superstructure begins" in clue and "0.50 on long-hatch" in clue for clue in group.tell_apart)
    assert "no profile" in found.basis


def test_sister_ships_are_not_told_apart_and_share_their_class() -> None:
    ships = (
        Vessel(id="anna", vessel_class="long-hatch", names=("Anna",), pennant="012"),
        Vessel(id="berta", vessel_class="long-hatch", names=("Berta",)),
        Vessel(id="longer", vessel_class="long-hatch", length_m=(140.0, 140.0)),
    )
    found = identify(detection(), profile_like(LONG), prior=PRIOR, library=LIBRARY, vessels=ships)
    p = {c.vessel: c.probability for c in found.named}
    assert p["anna"] == p["berta"] > 100.0 * p["longer"]
    # One in ten ships of the class each: nine times as many others as either.
    whole = probabilities(found)["long-hatch"]
    assert sum(p.values()) < whole
    assert p["anna"] / (whole - sum(p.values())) == pytest.approx(1.0 / 7.0)
    group = next(a for a in found.alike if a.named)
    assert {*group.members} == {"anna", "berta"}
    assert any("pennant" in clue and "012 on Anna" in clue for clue in group.tell_apart)


@given(
    st.lists(st.floats(0.01, 5.0), min_size=3, max_size=3),
    st.lists(st.floats(-6.0, 6.0), min_size=2, max_size=2),
    st.lists(st.floats(-4.0, 4.0), min_size=2, max_size=2),
)
def test_vessels_are_summed_up_exactly(prior: list[float], logs: list[float], own: list[float]) -> None:
    weights = {"a": prior[0], "b": prior[1], UNKNOWN: prior[2]}
    shares = {"a": {"x": 0.25, "y": 0.5}}
    found = posterior(weights, dict(zip("ab", logs, strict=True)), shares, dict(zip("xy", own, strict=True)))
    a, b = (math.exp(v) for v in logs)
    x, y = (s * prior[0] * a * math.exp(o) for s, o in zip((0.25, 0.5), own, strict=True))
    rest, second, none = 0.25 * prior[0] * a, prior[1] * b, prior[2]
    total = x + y + rest + second + none
    assert found.vessels == pytest.approx({"x": x / total, "y": y / total})
    assert found.classes == pytest.approx({"a": (x + y + rest) / total, "b": second / total})
    assert found.none == pytest.approx(none / total)


def judgement(seen: str, by: str = "A. Nalyst", feature: str = "cranes", ship: str = "four-holds") -> Judgement:
    return Judgement(detection="0001", vessel_class=ship, feature=feature, seen=seen, by=by)  # type: ignore[arg-type]


def odds(*judged: Judgement, profile: Profile | None = None) -> float:
    found = identify(detection(), profile, prior=PRIOR, library=LIBRARY, judged=judged)
    p = probabilities(found)
    return p["four-holds"] / p["long-hatch"]


def test_what_a_person_saw_counts_as_the_feature_says() -> None:
    assert odds(judgement("match")) == pytest.approx(0.8 / 0.1)
    assert odds(judgement("mismatch")) == pytest.approx(0.2 / 0.9)
    assert odds(judgement("not visible")) == pytest.approx(1.0)


def test_persons_who_agree_count_once_and_who_disagree_do_not_count() -> None:
    assert odds(judgement("match"), judgement("match", by="B")) == pytest.approx(8.0)
    assert odds(judgement("match"), judgement("mismatch", by="B")) == pytest.approx(1.0)
    said = [judgement("match"), judgement("mismatch", by="B")]
    found = identify(detection(), None, prior=PRIOR, library=LIBRARY, judged=said)
    shown = [f for f in found.factors if f.name == "feature cranes"]
    assert [f.by for f in shown] == ["A. Nalyst", "B"]
    assert all(f.note and "disagree" in f.note for f in shown)


def test_pixels_too_coarse_for_a_feature_leave_it_out_and_say_so() -> None:
    coarse = profile_like(LONG, pixels=12.0)
    with_it = identify(detection(), coarse, prior=PRIOR, library=LIBRARY, judged=[judgement("match")])
    factor = with_it.factors[-1]
    assert factor.log_ratios["four-holds"] == 0.0
    assert "not visible" in (factor.note or "")


def test_a_length_that_no_class_has_is_none_of_these() -> None:
    assert identify(detection(350.0, 40.0), None, prior=PRIOR, library=LIBRARY).none_of_these > 0.999
    only = identify(detection(350.0, 40.0), None, prior={"small-one": 1.0}, library=LIBRARY)
    assert only.none_of_these == 1.0
    assert only.narrowest == UNKNOWN


def test_without_a_length_the_prior_stands() -> None:
    found = identify(detection(None, None), None, prior=PRIOR, library=LIBRARY)
    assert probabilities(found)["small-one"] == pytest.approx(0.4)
    assert "no length" in found.basis


def test_priors_are_stated_and_spread() -> None:
    plain = library()
    assert sum(default_prior(plain).values()) == pytest.approx(1.0)
    assert default_prior(plain)[UNKNOWN] == 0.5
    found = identify(detection(), None, library=plain)
    assert "declared" in found.prior_basis
    shared = spread_prior({"ropucha": 1.0, UNKNOWN: 3.0}, plain)
    assert shared == {"ropucha": 0.25, UNKNOWN: 0.75}


@pytest.mark.parametrize(
    "prior", [{"ropuha": 1.0}, {"ropucha": -1.0}, {"ropucha": 0.0}, {"ropucha": math.nan}, {"ropucha": math.inf}]
)
def test_a_prior_that_makes_no_sense_is_refused(prior: dict[str, float]) -> None:
    with pytest.raises(CaseFileError):
        spread_prior(prior, library())


def test_a_feature_that_the_class_lacks_is_refused() -> None:
    with pytest.raises(CaseFileError, match=r"no feature 'crane'.*cranes"):
        identify(detection(), None, prior=PRIOR, library=LIBRARY, judged=[judgement("match", feature="crane")])
