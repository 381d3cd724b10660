"""The same ship or another: symmetric, capped, sisters near 1, and impossible passages."""

import math
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.bench.same_ship_pairs import pairs, seen_ships
from offing.bench.same_ship_scores import auc, cllr, least_cllr, reliability, supported
from offing.errors import CaseFileError, OffingError
from offing.geo import LonLat, destination
from offing.quantities import Interval
from offing.sites.model import Baseline
from offing.vessels.classes import library
from offing.vessels.identification.model import Judgement
from offing.vessels.model import Measurement, RecognitionFeature, VesselClass
from offing.vessels.profile.model import FRACTIONS, Profile
from offing.vessels.same_ship import features
from offing.vessels.same_ship.calibration import BANDS, Measures, kept, pair_name, parts
from offing.vessels.same_ship.compare import MOST_SISTER, MOST_TRAFFIC, same_ship
from offing.vessels.same_ship.dimensions import log_ratio
from offing.vessels.same_ship.likeness import likeness
from offing.vessels.same_ship.model import Paint, View
from offing.vessels.same_ship.passage import IMPOSSIBLE, passage_needed
from offing.vessels.same_ship.traffic import Traffic, baseline_traffic, library_traffic, read_traffic, sizes

LIBRARY = library()
TWO = Traffic(shares={"ropucha": 0.5, "cargo": 0.5}, basis="stated")
NOON = datetime(2024, 10, 17, 3, 0, tzinfo=UTC)
HERE = LonLat(lon=132.3, lat=42.9)


def measured(length=112.0, sd=5.0, beam=15.0, beam_sd=1.5, **changes) -> Measurement:
    def around(value, spread):
        if value is None:
            return None
        return Interval(low=value - 1.645 * spread, high=value + 1.645 * spread)

    given_ = {
        "length_m": length, "length_m_90": around(length, sd), "beam_m": beam, "beam_m_90": around(beam, beam_sd),
        "axis_deg": 30.0, "heading_deg": 30.0, "bow_probability": 0.9,
    }  # fmt: skip
    return Measurement(**{**given_, **changes})


def profile(values, gsd=3.0, length=112.0, bow=0.9, image="p") -> Profile:
    values = np.asarray(values, float)
    return Profile(
        image=image, sensor="multispectral", simulated=True, gsd_m=gsd, length_m=length, length_px=length / gsd,
        psf=0.6 * gsd / length, fractions=FRACTIONS, brightness=tuple(values), noise=0.1, contrast=0.1, shadow=None,
        usable=(True,) * len(values), bow_probability=bow,
    )  # fmt: skip


def waves(seed) -> np.ndarray:
    rng, at = np.random.default_rng(seed), np.array(FRACTIONS)
    return sum(rng.normal() * np.cos(math.pi * k * at + rng.uniform(0, 6)) for k in range(1, 9))


def view(name="a", seed=1, gsd=3.0, **changes) -> View:
    given_ = {
        "detection": "0001", "image": f"{name}.tif", "sensor": "multispectral", "measurement": measured(),
        "time": NOON, "place": HERE, "gsd_m": gsd, "profile": profile(waves(seed), gsd), "simulated": True,
        "paint": Paint(names=("green/blue",), middle=(0.1,), spread=((-0.1, -0.05, 0.05, 0.1),)),
    }  # fmt: skip
    return View(**{**given_, **changes})


def later(v: View, hours=24.0 * 30, metres=0.0) -> View:
    place = v.place if metres == 0.0 else destination(v.place, 90.0, metres)
    return msgspec.structs.replace(v, image="later.tif", time=v.time + timedelta(hours=hours), place=place)


@pytest.fixture(scope="module")
def ships():
    """Three simulated ships, two visits and a sister each, found by the detectors."""
    return seen_ships(range(3_900_000, 3_900_003), ("ropucha", "cargo", "alligator"))


def test_either_order_gives_the_same_ratio(ships) -> None:
    for kinds in (("fine", "radar"), ("middle", "middle")):
        for pair in pairs(ships, kinds, 1, 2):
            one, other = (same_ship(*v, library=LIBRARY) for v in ((pair.a, pair.b), (pair.b, pair.a)))
            assert one.ratio == other.ratio
            assert (one.a, one.b) == (other.b, other.a)
            assert [f.against_traffic for f in one.factors] == [f.against_traffic for f in other.factors]


def test_one_picture_of_a_ship_twice_supports_only_as_far_as_the_cap(ships) -> None:
    seen = ships[0].first["fine"]
    found = same_ship(seen, later(seen), library=LIBRARY)
    rules = kept().pairs["fine-fine"]
    assert found.against_traffic.value <= min(MOST_TRAFFIC, math.exp(rules.traffic.most)) * 1.0001
    assert found.against_sister.value <= min(MOST_SISTER, math.exp(rules.sister.most)) * 1.0001
    assert found.against_traffic.value > 5.0
    assert found.simulated


def test_a_sister_at_ten_metres_is_never_called_the_same(ships) -> None:
    for kinds in (("coarse", "coarse"), ("coarse", "radar"), ("radar", "radar")):
        for pair in pairs(ships, kinds, 1, 1):
            if pair.kind == "sister":
                found = same_ship(pair.a, pair.b, library=LIBRARY)
                assert found.statement != "same ship supported"
                assert 0.1 < found.against_sister.value < 10.0


def test_ships_of_other_sizes_are_another_ship() -> None:
    big = {"measurement": measured(180.0, 6.0, 27.0, 2.0), "profile": profile(waves(2), length=180.0)}
    found = same_ship(view(paint=None), later(view(**big, paint=None)), library=LIBRARY)
    assert found.statement == "another ship"
    assert found.ratio.value < 0.1


@pytest.mark.parametrize("band", BANDS)
def test_every_pair_of_kinds_has_rules_whose_signs_make_sense(band) -> None:
    for other in BANDS:
        rules = kept().pairs[pair_name(band, other)]
        for rule in (rules.traffic, rules.sister):
            assert rule.least <= 0.0 <= rule.most
            for p in (rule.best, *rule.draws):
                assert p.profile[1] >= 0.0
                assert max(p.paint[1:]) <= 0.0
                assert p.backscatter[1] <= 0.0
                assert all(0.0 <= w <= 1.2 for w in p.weights)


@settings(deadline=None, max_examples=80)
@given(z=st.tuples(*[st.floats(-1.0, 2.5)] * 2), turned=st.floats(-1.0, 2.5), agree=st.floats(0.05, 0.95),
       distance=st.tuples(*[st.floats(0.0, 2.0)] * 2), level=st.tuples(*[st.floats(0.0, 30.0)] * 2))  # fmt: skip
def test_more_alike_is_never_less_for_one_ship(z, turned, agree, distance, level) -> None:
    for rules in kept().pairs.values():
        for rule, sister in ((rules.traffic.best, False), (rules.sister.best, True)):
            near, far = (
                parts(
                    Measures(as_named=v, turned=turned, agree=agree, paint=(d, 0.1), backscatter=b), rule, sister=sister
                )
                for v, d, b in ((max(z), min(distance), min(level)), (min(z), max(distance), max(level)))
            )
            assert all(near[name] >= far[name] - 1e-12 for name in near)


@settings(deadline=None, max_examples=60)
@given(first=st.floats(40.0, 130.0), apart=st.floats(0.0, 40.0), more=st.floats(0.0, 40.0))
def test_sizes_further_apart_speak_less_for_one_ship(first, apart, more) -> None:
    # On a flat traffic; on a real one the size itself counts, too.
    there = sizes(Traffic(shares={"cargo": 1.0}, basis="flat"), LIBRARY)
    flat = msgspec.structs.replace(there, probability=np.full_like(there.probability, 1.0 / there.probability.size))

    def ratio(second):
        return log_ratio(*(measured(v, 0.06 * v, None) for v in (first, second)), flat)

    near, far = first * (1.0 + apart / 100.0), first * (1.0 + (apart + more) / 100.0)
    assert ratio(near) >= ratio(far) - 1e-6


def test_dimensions_agree_with_brute_force() -> None:
    there = sizes(TWO, LIBRARY)
    a, b = (measured(v, 6.0, None) for v in (110.0, 116.0))
    weights = there.probability.sum(axis=0)

    def density(m, at):
        sd = 6.0 / m.length_m
        off = math.log(m.length_m) - np.log(at)
        return 0.98 * np.exp(-0.5 * (off / sd) ** 2) / sd + 0.02 * np.exp(-0.5 * (off / 0.35) ** 2) / 0.35

    one, other = (density(m, there.length_m) for m in (a, b))
    wanted = math.log((weights @ (one * other)) / ((weights @ one) * (weights @ other)))
    assert log_ratio(a, b, there) == pytest.approx(wanted, abs=1e-4)


def test_a_size_that_every_ship_has_says_little() -> None:
    only = sizes(Traffic(shares={"ropucha": 1.0}, basis="stated"), LIBRARY)
    mixed = sizes(Traffic(shares={"ropucha": 0.1, "cargo": 0.9}, basis="stated"), LIBRARY)
    a, b = measured(112.0), measured(113.0)
    assert abs(log_ratio(a, b, only)) < 0.3
    assert log_ratio(a, b, mixed) > log_ratio(a, b, only) + 0.5


def test_likeness_is_blind_to_gains_and_sees_a_turned_ship() -> None:
    hull = waves(3)
    a, b = profile(hull), profile(0.4 * hull - 2.0)
    alike = likeness(a, b)
    assert alike.as_named > 2.0
    turned = likeness(a, profile(hull[::-1], bow=0.7))
    assert turned.turned == pytest.approx(alike.as_named, abs=0.05)
    assert turned.agree == pytest.approx(0.9 * 0.7 + 0.1 * 0.3)


@settings(deadline=None, max_examples=25)
@given(
    seeds=st.tuples(st.integers(0, 999), st.integers(0, 999)), gsds=st.tuples(*[st.sampled_from([0.7, 3.0, 10.0])] * 2)
)
def test_likeness_is_symmetric(seeds, gsds) -> None:
    a, b = (profile(waves(s), g) for s, g in zip(seeds, gsds, strict=True))
    one, other = likeness(a, b), likeness(b, a)
    assert one.as_named == pytest.approx(other.as_named, abs=1e-9)
    assert one.turned == pytest.approx(other.turned, abs=1e-9)


def test_too_little_in_common_has_no_likeness() -> None:
    half = msgspec.structs.replace(profile(waves(1)), usable=(True,) * 40 + (False,) * 56)
    assert likeness(half, profile(waves(1))) is None


def test_an_impossible_passage_speaks_for_two_ships_and_a_possible_one_says_nothing() -> None:
    a = view()
    fast = same_ship(a, later(a, hours=2.0, metres=400_000.0), library=LIBRARY)
    assert fast.statement == "another ship"
    assert "kn" in fast.why
    assert fast.ratio.value < 1.0
    slow = passage_needed(a, later(a, hours=48.0, metres=400_000.0))
    assert slow.log_ratio == 0.0
    assert "excludes nothing" in slow.note


@settings(deadline=None, max_examples=40)
@given(hours=st.floats(0.0, 300.0), metres=st.floats(0.0, 2e6), more=st.floats(0.0, 100.0))
def test_more_time_never_makes_a_passage_less_possible(hours, metres, more) -> None:
    a = view()
    short, long = (passage_needed(a, later(a, h, metres)).log_ratio for h in (hours, hours + more))
    assert short in (0.0, math.log(IMPOSSIBLE))
    assert long >= short


def test_two_detections_of_one_picture_are_two_ships() -> None:
    a = view()
    found = same_ship(a, msgspec.structs.replace(a, detection="0002"), library=LIBRARY)
    assert found.statement == "another ship"
    with pytest.raises(OffingError, match="compared with itself"):
        same_ship(a, a, library=LIBRARY)


def test_the_same_grey_says_little() -> None:
    factor = next(f for f in same_ship(view(), later(view()), library=LIBRARY).factors if f.name == "paint")
    assert 0.0 <= factor.against_traffic <= 1.2 * math.log(3.0)


def test_clipped_and_merged_boxes_do_not_count() -> None:
    a, b = view(), later(view())
    for flag, used in (("clipped", {"paint", "passage"}), ("merged", {"passage"})):
        found = same_ship(a, msgspec.structs.replace(b, flags=(flag,)), library=LIBRARY)
        assert {f.name for f in found.factors if f.used} == used


def test_without_pictures_only_sizes_count() -> None:
    a, b = (msgspec.structs.replace(v, sensor=None, profile=None, paint=None) for v in (view(), later(view())))
    found = same_ship(a, b, library=LIBRARY)
    assert {f.name for f in found.factors if f.used} == {"dimensions", "passage"}
    assert "pictures not given" in found.calibration
    assert found.statement == "cannot tell"


def test_an_unknown_pixel_size_is_one_clear_error() -> None:
    with pytest.raises(OffingError, match=r"a\.tif: the pixel size is not known.*--gsd"):
        same_ship(view(gsd_m=None), later(view()), library=LIBRARY)


@pytest.mark.parametrize("share", [-0.1, 1.5, math.nan])
def test_a_sister_share_that_is_none_is_refused(share) -> None:
    with pytest.raises(OffingError, match="sister share"):
        same_ship(view(), later(view()), library=LIBRARY, sister_share=share)


def test_the_more_sisters_the_less_it_says() -> None:
    a, b = view(), later(view())
    ratios = [same_ship(a, b, library=LIBRARY, sister_share=s).ratio.value for s in (0.0, 0.3, 0.6, 1.0)]
    assert ratios == sorted(ratios, reverse=True)


def with_features() -> VesselClass:
    marks = tuple(
        RecognitionFeature(id=n, statement=n, coarsest_m=1.0, if_it=0.9, if_other=0.1) for n in ("holds", "mast")
    )
    return msgspec.structs.replace(LIBRARY.get("ropucha"), features=marks)


def judged(seen, feature="holds") -> tuple[Judgement, ...]:
    return (Judgement(detection="0001", vessel_class="ropucha", feature=feature, seen=seen, by="N. N."),)


def test_judged_features_by_hand() -> None:
    classes = library((with_features(),))
    total, used = features.log_ratio(judged("match"), judged("match"), TWO, classes)
    # Half of the traffic is of the class: (½·.9² + ½·.1²) / (½·.9 + ½·.1)².
    assert total == pytest.approx(math.log((0.5 * 0.81 + 0.5 * 0.01) / 0.25))
    assert used == ("ropucha/holds",)
    assert features.log_ratio(judged("match"), judged("mismatch"), TWO, classes)[0] < 0.0
    assert features.log_ratio(judged("match"), judged("not visible"), TWO, classes) is None
    with pytest.raises(CaseFileError, match=r"no feature 'hold'.*did you mean holds"):
        features.log_ratio(judged("match", "hold"), judged("match", "hold"), TWO, classes)


def test_features_count_half_beside_a_profile_and_nothing_against_a_sister() -> None:
    classes = library((with_features(),))
    a, b = (msgspec.structs.replace(v, judged=judged("match", "mast")) for v in (view(), later(view())))
    factor = next(f for f in same_ship(a, b, library=classes, traffic=TWO).factors if f.name == "features")
    assert factor.against_traffic == pytest.approx(0.5 * math.log(0.41 / 0.25))
    assert factor.against_sister == 0.0


def test_traffic_from_a_file(tmp_path) -> None:
    path = tmp_path / "traffic.csv"
    path.write_text("class,share\nropucha,3\ncargo,1\n")
    assert read_traffic(path, LIBRARY).shares == {"cargo": 0.25, "ropucha": 0.75}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the columns are not class,share"),
        ("class,share\n", "no class has a share above 0"),
        ("class,share\nropuca,1\n", "did you mean ropucha"),
        ("class,share\nropucha,-1\n", "line 2: '-1' is no share"),
        ("class,share\nropucha,nan\n", "'nan' is no share"),
        ("class,share\nropucha\n", "line 2: 1 values"),
        ("class,share\nropucha,1\nropucha,1\n", "line 3: 'ropucha' stands there twice"),
        ("class,share\nany,1\n", "class 'any' has no size"),
    ],
)
def test_bad_traffic_is_one_clear_error(tmp_path, text, message) -> None:
    path = tmp_path / "traffic.csv"
    path.write_text(text)
    with pytest.raises(OffingError, match=message):
        read_traffic(path, LIBRARY)


def test_traffic_from_a_baseline() -> None:
    there = baseline_traffic((Baseline(classes=("ropucha",), calls_per_30d=3.0),), LIBRARY)
    assert there.shares == {"ropucha": 1.0}
    assert baseline_traffic((), LIBRARY) == library_traffic(LIBRARY)
    assert len(baseline_traffic((Baseline(classes=("any",), calls_per_30d=3.0),), LIBRARY).shares) > 3


def test_scores_against_hand_made_figures() -> None:
    assert auc([1.0, 2.0], [0.0, 1.0]) == pytest.approx(0.875)
    assert cllr([0.0], [0.0]) == pytest.approx(1.0)
    assert cllr([math.log(3.0)], [-math.log(3.0)]) == pytest.approx(math.log2(4.0 / 3.0))
    assert least_cllr([2.0, 3.0], [0.0, 1.0]) == pytest.approx(0.0, abs=1e-6)
    assert least_cllr([0.0, 1.0], [0.0, 1.0]) == pytest.approx(1.0)
    low, high = supported([1.0] * 99, [-1.0] * 99)
    assert high == pytest.approx(math.log(100.0))
    assert low == pytest.approx(-math.log(100.0))
    assert reliability([1.0], [-1.0], (1.0,))[1] == ("1 to more", "3 (1 same, 0 not)")
