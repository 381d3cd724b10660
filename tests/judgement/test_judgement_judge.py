"""Verdicts element by element, as the contract has them."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.claims import AnyOf, Carrier, Claim, Elements, Source
from offing.claims.model import Quantity
from offing.errors import CaseFileError, ObservationError, OffingError
from offing.judgement.judge import judge
from offing.judgement.model import Thresholds
from offing.judgement.situation import Situation
from offing.looks.model import Look, Observation
from offing.sites import Baseline, Site
from offing.vessels.classes import library
from offing.vessels.model import Capacity, Vessel, VesselClass

T = datetime(2024, 10, 1, tzinfo=UTC)
BASELINE = (
    Baseline(classes=("ropucha", "alligator"), calls_per_30d=0.5),
    Baseline(classes=("any",), calls_per_30d=6.0, stay_h=(6.0, 24.0, 96.0)),
)
WINDOW = "2024-10-08/2024-10-13"


def site(name="dunai", **more):
    fields = {"baseline": BASELINE, **more}
    return Site(id=name, name=name.title(), role="port", position=(132.3, 42.9), **fields)


def look(day, *rows, at="dunai", **more):
    made = []
    for row in rows or ("no",):
        if row in ("no", "indeterminate"):
            made.append(Observation(seen=row))
        else:
            class_id, _, activity = row.partition("+")
            made.append(Observation(seen="yes", vessel_class=class_id, activity=activity or None))
    fields = {
        "id": f"{at}-{day}",
        "time": T + timedelta(days=day - 1),
        "sensor": "planetscope",
        "status": "clear",
        "usable": 0.9,
        "p_detect": 0.8,
        "p_false": 0.01,
        "observations": tuple(made),
        **more,
    }
    return Look(site=at, reason="", **fields)


def verdicts(looks=(), *, sites=None, extra_classes=(), claim_more=None, situation=None, **elements):
    fields = {
        "carrier": Carrier(classes=("ropucha", "alligator")),
        "destination": "dunai",
        "window": WINDOW,
        **elements,
    }
    claim = Claim(id="c", source="nis", elements=Elements(**fields), **(claim_more or {}))
    made = Situation(
        claims=(claim,),
        library=library(extra_classes),
        sites=tuple(sites) if sites is not None else (site(),),
        looks=tuple(looks),
        **(situation or {}),
    )
    return {v.element: v for v in judge(made)}


DAILY = [look(d) for d in range(2, 20)]
SEEN = [look(d, *(("ropucha",) if d in (9, 10, 11) else ("no",))) for d in range(2, 20)]


def test_every_element_has_a_verdict_and_none_is_dropped():
    got = verdicts(
        agent="the Pacific Fleet",
        cargo="troops",
        quantity=Quantity(value=1500.0),
        origin=("chongjin", "hungnam"),
        activity="unloading",
        sites=[site(), site("chongjin"), site("hungnam")],
    )
    assert list(got) == [
        "agent", "carrier", "cargo", "quantity", "origin:chongjin", "origin:hungnam", "origin", "destination", "window",
        "activity",
    ]  # fmt: skip
    assert {v.verdict for v in got.values()} == {"not-observable"}


def test_no_look_is_a_ratio_of_one_and_no_power():
    got = verdicts()["destination"]
    assert (got.likelihood_ratio.value, got.likelihood_ratio.low, got.likelihood_ratio.high) == (1.0, 1.0, 1.0)
    assert got.probability.value == 0.5
    assert (got.power, got.word, got.origins, got.evidence) == (0.0, None, 0, ())


def test_three_sightings_corroborate():
    got = verdicts(SEEN)["destination"]
    assert got.verdict == "corroborated"
    assert got.word == "almost certain"
    assert got.likelihood_ratio.low < got.likelihood_ratio.value < got.likelihood_ratio.high
    assert got.power > 0.8


def test_nothing_seen_in_daily_looks_speaks_against_it():
    got = verdicts(DAILY)["destination"]
    assert got.verdict == "not-corroborated"
    assert got.likelihood_ratio.value < 0.3
    assert got.probability.value == pytest.approx(
        got.likelihood_ratio.value / (1 + got.likelihood_ratio.value), rel=1e-3
    )


def test_nothing_seen_in_looks_that_could_not_miss_it_contradicts():
    looks = [look(2 + n / 6, usable=1.0, p_detect=0.95) for n in range(90)]
    got = verdicts(looks)["destination"]
    assert got.verdict == "contradicted"
    assert got.likelihood_ratio.value <= 0.05
    assert got.power >= 0.8


def test_one_poor_look_is_not_observable():
    got = verdicts([look(10, usable=0.2, p_detect=0.5)])["destination"]
    assert got.verdict == "not-observable"
    assert 0.0 < got.power < 0.2
    assert got.word is None
    assert 0.9 < got.likelihood_ratio.value < 1.0


@pytest.mark.parametrize(
    "change",
    [
        {"usable": 0.0},
        {"status": "night"},
        {"status": "nodata"},
        {"observations": (Observation(seen="indeterminate"),)},
    ],
)
def test_looks_that_cannot_see_change_nothing(change):
    blind = [msgspec.structs.replace(k, id=f"x{k.id}", **change) for k in DAILY]
    shifted = [msgspec.structs.replace(k, time=k.time + timedelta(hours=6)) for k in blind]
    alone, both, with_seen = verdicts(shifted), verdicts(SEEN), verdicts([*SEEN, *shifted])
    assert alone["destination"].likelihood_ratio.value == 1.0
    assert alone["destination"].verdict == "not-observable"
    assert alone["destination"].power == 0.0
    assert with_seen["destination"].likelihood_ratio == both["destination"].likelihood_ratio


def test_order_and_copies_of_looks_change_nothing():
    straight = verdicts(SEEN)["destination"]
    assert verdicts(SEEN[::-1])["destination"] == straight
    assert verdicts([*SEEN, *SEEN])["destination"] == straight
    copies = [msgspec.structs.replace(k, id=f"copy-{k.id}", usable=0.8) for k in SEEN]
    again = verdicts([*SEEN, *copies])["destination"]
    assert again.likelihood_ratio == straight.likelihood_ratio
    assert any("count once" in reason for reason in again.reasons)


def test_one_id_for_two_looks_is_an_error():
    with pytest.raises(ObservationError, match="two different looks have the id"):
        verdicts([look(9), look(10, id="dunai-9")])


def test_another_class_seen_is_the_claimed_one_not_seen():
    assert (
        verdicts([look(d, "cargo") for d in range(2, 20)])["destination"].likelihood_ratio
        == verdicts(DAILY)["destination"].likelihood_ratio
    )


def test_a_look_after_the_window_does_not_show_a_ship_in_it():
    got = verdicts([look(17.1, "ropucha"), look(20)])["destination"]
    assert got.verdict == "not-observable"


def test_a_look_an_hour_after_the_window_does():
    seen = [look(14.05, "ropucha", p_false=0.001), look(14.3, "ropucha", p_false=0.001)]
    got = verdicts(seen)["destination"]
    assert got.likelihood_ratio.value > 3.0
    assert got.verdict in ("consistent", "corroborated")


def test_undeclared_probabilities_give_words_and_no_number():
    bare = [msgspec.structs.replace(k, p_detect=None, p_false=None) for k in SEEN]
    got = verdicts(bare)["destination"]
    assert got.verdict == "consistent"
    numbers = (got.likelihood_ratio, got.probability, got.power, got.word)
    assert numbers == (None, None, None, None)
    assert "3 of 6 looks" in got.strength
    assert got.confidence == "low"
    bare_nothing = [msgspec.structs.replace(k, p_false=None) for k in DAILY]
    assert verdicts(bare_nothing)["destination"].verdict == "not-corroborated"
    hazy = [msgspec.structs.replace(k, p_detect=None, usable=0.01) for k in DAILY]
    assert verdicts(hazy)["destination"].verdict == "not-observable"


def test_an_undeclared_look_that_cannot_matter_takes_no_number_away():
    far = msgspec.structs.replace(look(80), p_detect=None)
    blind = msgspec.structs.replace(look(9.5, "indeterminate"), p_detect=None)
    got = verdicts([*SEEN, far, blind])["destination"]
    assert got.likelihood_ratio == verdicts(SEEN)["destination"].likelihood_ratio


def test_four_ships_claimed_and_one_seen_is_not_corroborated():
    got = verdicts(SEEN, carrier=Carrier(classes=("ropucha",), count=4))
    assert got["destination"].verdict == "corroborated"
    assert got["carrier"].verdict != "corroborated"
    assert got["carrier"].likelihood_ratio.value < 1.0


def test_four_ships_seen_side_by_side_are_four():
    looks = [look(d, *(["ropucha"] * 4 if d in (9, 10) else ["no"])) for d in range(6, 16)]
    got = verdicts(looks, carrier=Carrier(classes=("ropucha",), count=4))["carrier"]
    fewer = verdicts(SEEN, carrier=Carrier(classes=("ropucha",), count=4))["carrier"]
    assert got.verdict == "corroborated"
    assert got.likelihood_ratio.value > 100 * fewer.likelihood_ratio.value


def test_the_carrier_of_one_is_the_destination():
    got = verdicts(SEEN)
    assert got["carrier"].likelihood_ratio == got["destination"].likelihood_ratio


def test_the_window_is_weighed_against_other_weeks():
    outside = [look(d, *(("ropucha",) if d in (22, 23) else ("no",))) for d in range(2, 30)]
    got = verdicts(outside)["window"]
    assert got.likelihood_ratio.value < verdicts(DAILY)["window"].likelihood_ratio.value
    assert got.verdict in ("not-corroborated", "contradicted")
    assert verdicts(SEEN)["window"].verdict == "corroborated"


def test_all_origins_and_any_of_them():
    sites = [site(), site("chongjin"), site("hungnam")]
    looks = [look(d, *(("ropucha",) if d in (9, 10, 11) else ("no",)), at="chongjin") for d in range(2, 20)]
    every = verdicts(looks, sites=sites, origin=("chongjin", "hungnam"))
    either = verdicts(looks, sites=sites, origin=AnyOf(any_of=("chongjin", "hungnam")))
    one = every["origin:chongjin"].likelihood_ratio.value
    assert every["origin:hungnam"].verdict == "not-observable"
    # Of three ways to be false, two have no ship at Chongjin: r · 3 / (1 + 1 + r) for an unseen second site.
    assert every["origin"].likelihood_ratio.value == pytest.approx(3 * one / (2 + one), rel=2e-3)
    assert every["origin"].verdict == "consistent"
    assert either["origin"].likelihood_ratio.value == pytest.approx((2 * (1 + one) - 1) / 3, rel=2e-3)
    assert either["origin"].verdict == "corroborated"
    assert "origin:chongjin" not in either


def test_a_list_of_one_origin_is_that_origin():
    got = verdicts(SEEN, origin=("dunai",))
    assert got["origin"].likelihood_ratio == got["origin:dunai"].likelihood_ratio


def test_the_order_of_sites_does_not_matter():
    sites = [site(), site("chongjin"), site("hungnam")]
    looks = [*SEEN, look(10, at="chongjin"), look(11, "ropucha", at="hungnam")]
    ahead = verdicts(looks, sites=sites, origin=("chongjin", "hungnam"))
    back = verdicts(looks[::-1], sites=sites[::-1], origin=("hungnam", "chongjin"))
    assert ahead["origin"].likelihood_ratio.value == pytest.approx(back["origin"].likelihood_ratio.value)
    assert ahead["origin:chongjin"] == back["origin:chongjin"]


def test_the_calls_seen_cannot_have_carried_twelve_thousand():
    got = verdicts(SEEN, quantity=Quantity(value=12_000.0))["quantity"]
    text = " ".join(got.reasons)
    assert "28 to 54 ship-loads" in text
    assert "1 call told apart in the window can, by whichever of these ships, have carried 225–440 persons" in text
    assert got.verdict in ("consistent", "contradicted")
    assert got.likelihood_ratio.value < 1.0


def test_a_quantity_that_one_call_carries_is_the_destination():
    got = verdicts(SEEN, quantity=Quantity(value=200.0))
    assert got["quantity"].likelihood_ratio == got["destination"].likelihood_ratio


def test_a_quantity_without_any_capacity_is_not_observable():
    got = verdicts(SEEN, quantity=Quantity(value=10.0, unit="containers"))["quantity"]
    assert got.verdict == "not-observable"
    assert "no capacity in containers" in got.reasons[0]


def test_a_capacity_of_zero_is_an_error():
    hulk = VesselClass(id="hulk", capacity=(Capacity(unit="persons", low=0.0, high=0.0, source="x"),))
    with pytest.raises(CaseFileError, match="capacity"):
        verdicts(SEEN, carrier=Carrier(classes=("hulk",)), quantity=Quantity(value=9.0), extra_classes=[hulk])


def test_cargo_and_activity_are_judged_at_their_own_level():
    got = verdicts(SEEN, cargo="troops", activity="unloading", agent="the fleet")
    for element in ("cargo", "activity", "agent"):
        assert got[element].verdict == "not-observable"
        assert got[element].likelihood_ratio is None
    crane = [*SEEN, look(10.5, "ropucha+unloading by crane")]
    assert verdicts(crane, activity="unloading")["activity"].verdict == "consistent"
    assert verdicts(crane, cargo="troops")["cargo"].verdict == "not-observable"
    boxes = [*SEEN, look(10.5, "ropucha+cargo: containers")]
    assert verdicts(boxes, cargo="containers")["cargo"].verdict == "consistent"
    assert verdicts(boxes, cargo="troops")["cargo"].verdict == "not-corroborated"
    assert verdicts(boxes, activity="unloading")["activity"].verdict == "not-observable"


def test_a_claim_without_a_window_or_a_carrier():
    got = verdicts(SEEN, window=None)
    assert got["destination"].verdict == "not-observable"
    assert "no window" in got["destination"].reasons[0]
    assert "window" not in got
    whoever = verdicts(SEEN, carrier=None)["destination"]
    assert whoever.statement.startswith("a ship was at Dunai")
    assert whoever.verdict in ("consistent", "corroborated")


def test_a_named_ship():
    vessels = (Vessel(id="oslyabya", vessel_class="ropucha", names=("Oslyabya",)),)
    named = Observation(seen="yes", vessel_class="ropucha", vessel="oslyabya")
    looks = [look(d) if d not in (9, 10) else look(d, observations=(named,)) for d in range(6, 16)]
    carrier = Carrier(vessels=("oslyabya",))
    got = verdicts(looks, carrier=carrier, situation={"vessels": vessels})["destination"]
    assert got.likelihood_ratio.value > 5.0
    assert "Oslyabya" in got.statement
    unnamed = verdicts(SEEN, carrier=carrier, situation={"vessels": vessels})["destination"]
    assert not any(f"look:dunai-{d}" in unnamed.evidence for d in (9, 10, 11))


def test_names_that_lead_nowhere_name_the_nearest():
    with pytest.raises(CaseFileError, match=r"claim c: 'dunay' is no site.*did you mean dunai"):
        verdicts(destination="dunay")
    with pytest.raises(CaseFileError, match="did you mean ropucha"):
        verdicts(carrier=Carrier(classes=("ropuca",)))
    with pytest.raises(CaseFileError, match="no vessel of this case"):
        verdicts(carrier=Carrier(vessels=("x",)))
    with pytest.raises(CaseFileError, match="no source of this case"):
        verdicts(situation={"sources": (Source(id="nys"),)})
    with pytest.raises(ObservationError, match="no site of this case"):
        verdicts([look(9, at="vladivostok")])
    with pytest.raises(CaseFileError, match="names no site"):
        verdicts(origin=())


def test_simulated_looks_never_judge_a_real_site():
    with pytest.raises(OffingError, match="simulated but site 'dunai' is real"):
        verdicts([look(9, simulated=True)])
    got = verdicts([look(9, "ropucha", simulated=True)], sites=[site(simulated=True)])["destination"]
    assert got.simulated
    assert got.confidence == "low"
    assert not verdicts(SEEN)["destination"].simulated


def test_the_origin_of_the_claim_is_no_confirmation():
    sources = (Source(id="nis"), Source(id="cns"), Source(id="cnn", origin="cns"))
    looks = [msgspec.structs.replace(k, source="nis") for k in SEEN]
    got = verdicts(looks, situation={"sources": sources})["destination"]
    assert got.origins == 1
    assert any("no independent confirmation" in r for r in got.confidence_reasons)
    relayed = [msgspec.structs.replace(k, source=("cns", "cnn")[i % 2]) for i, k in enumerate(SEEN)]
    assert verdicts(relayed, situation={"sources": sources})["destination"].origins == 1
    mixed = [msgspec.structs.replace(k, source=("cns", "nis")[i % 2]) for i, k in enumerate(SEEN)]
    assert verdicts(mixed, situation={"sources": sources})["destination"].origins == 2


def test_sensitivity_names_looks_sources_and_assumptions():
    looks = [msgspec.structs.replace(k, source=("a", "b")[i % 2]) for i, k in enumerate(SEEN)]
    got = verdicts(looks)["destination"]
    rows = {s.without: s for s in got.sensitivity}
    assert {"look:dunai-9", "source:a", "source:b", "assumption:rate-doubled"} <= set(rows)
    without = [k for k in looks if k.id != "dunai-9"]
    again = verdicts(without)["destination"]
    assert rows["look:dunai-9"].likelihood_ratio == pytest.approx(again.likelihood_ratio.value, rel=2e-3)
    assert rows["look:dunai-9"].verdict == again.verdict
    only_b = verdicts([k for k in looks if k.source == "b"])["destination"]
    assert rows["source:a"].likelihood_ratio == pytest.approx(only_b.likelihood_ratio.value, rel=2e-3)


def test_at_most_fifty_looks_are_listed():
    looks = [look(2 + n / 5) for n in range(90)]
    got = verdicts(looks)["destination"]
    assert sum(s.without.startswith("look:") for s in got.sensitivity) == 50


def test_the_prior_is_the_claims_or_the_cases():
    assert verdicts(SEEN, claim_more={"prior": 0.01})["destination"].probability.prior == 0.01
    got = verdicts(situation={"thresholds": Thresholds(prior=0.2)})["destination"]
    assert got.probability.value == pytest.approx(0.2)


def test_thresholds_are_options():
    strict = {"thresholds": Thresholds(corroborated_lr=1e5)}
    assert verdicts(SEEN, situation=strict)["destination"].verdict == "consistent"


def test_local_days_of_the_site_or_the_case():
    # 13 October in Vladivostok ends at 14:00 UTC.
    late = [look(13.7, "ropucha", p_false=0.001), look(13.9, "ropucha", p_false=0.001)]
    utc = verdicts(late)["destination"]
    local = verdicts(late, sites=[site(timezone="Asia/Vladivostok")])["destination"]
    case = verdicts(late, situation={"timezone": "Asia/Vladivostok"})["destination"]
    assert local.statement.endswith("2024-10-13T14:00:00Z")
    assert local == case
    assert local.likelihood_ratio.value < utc.likelihood_ratio.value


def test_no_baseline_is_learned_from_the_looks_outside_the_window():
    bare = [site(baseline=())]
    quiet = verdicts([look(9, "ropucha")], sites=bare)["destination"]
    assert any("no baseline" in r for r in quiet.reasons)
    assert quiet.confidence == "low" or quiet.confidence == "moderate"
    busy_looks = [look(9, "ropucha"), *(look(d, "ropucha") for d in range(25, 60, 3))]
    busy = verdicts(busy_looks, sites=bare)["destination"]
    assert busy.likelihood_ratio.value != quiet.likelihood_ratio.value


def test_a_busy_port_and_any_ship():
    busy = site(baseline=(Baseline(classes=("any",), calls_per_30d=120.0, stay_h=(6.0, 24.0, 96.0)),))
    looks = [look(d, *["cargo"] * (3 + d % 3)) for d in range(6, 16)]
    got = verdicts(looks, sites=[busy], carrier=Carrier(classes=("any",)))["destination"]
    assert got.verdict == "corroborated"
    assert got.power > 0.99


def test_a_rate_of_zero_and_certainty_stay_finite():
    never = site(baseline=(Baseline(classes=("ropucha",), calls_per_30d=0.0),))
    sure = [msgspec.structs.replace(k, p_detect=1.0, p_false=0.0, usable=1.0) for k in SEEN]
    got = verdicts(sure, sites=[never], carrier=Carrier(classes=("ropucha",), count=3))
    for element in ("destination", "carrier", "window"):
        assert 0.0 < got[element].likelihood_ratio.low <= got[element].likelihood_ratio.high < 1e9


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(2, 19), st.booleans(), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
        max_size=6,
        unique_by=lambda row: row[0],
    )
)
def test_any_looks_give_a_verdict_in_order(rows):
    looks = [look(d, "ropucha" if seen else "no", usable=u, p_detect=p, p_false=q) for d, seen, u, p, q in rows]
    got = verdicts(looks)["destination"]
    ratio, chance = got.likelihood_ratio, got.probability
    assert 0.0 < ratio.low <= ratio.value <= ratio.high
    assert 0.0 <= chance.low <= chance.value <= chance.high <= 1.0
    assert 0.0 <= got.power <= 1.0
