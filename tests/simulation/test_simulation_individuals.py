"""Ships drawn from the library, and the same ship in several scenes."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import OffingError
from offing.geo import LonLat
from offing.simulation.individuals import body_of, own_size, visit_of
from offing.simulation.layouts import DRAWN, drawable, layout_from, layout_of, library_layout
from offing.simulation.model import PlacedShip, SceneSpec, ShipSpec
from offing.simulation.radar import LookGeometry, ship_scatterers
from offing.simulation.scene import simulate
from offing.vessels.classes import library
from offing.vessels.model import Hull, Part, VesselClass

LOOK = LookGeometry(flight_deg=348.0, incidence_deg=38.0)


def placed(identity: int | None, seed: int = 1, vessel_class: str = "ropucha", **changes) -> PlacedShip:
    given = {"x_m": 0.0, "y_m": 0.0, "heading_deg": 30.0, "length_m": 112.5, "beam_m": 15.0, "speed_kn": 0.0}
    return PlacedShip(vessel_class=vessel_class, at_quay=False, seed=seed, identity=identity, **{**given, **changes})


def scene(sensor="optical", seed=1, **ship):
    spec = SceneSpec(
        sensor=sensor, time=datetime(2024, 10, 17, 1, 30, tzinfo=UTC), position=LonLat(lon=134.0, lat=40.5),
        gsd_m=10.0 if sensor == "sar" else 1.0, size=(150, 150), seed=seed, harbour=False,
        ships=(ShipSpec(**{"vessel_class": "ropucha", "x_m": 0.0, "y_m": 0.0, "heading_deg": 30.0, **ship}),),
    )  # fmt: skip
    return simulate(spec)


@settings(deadline=None, max_examples=60)
@given(identity=st.integers(0, 10**9), seeds=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)))
def test_a_ship_is_the_same_whatever_the_scene(identity, seeds) -> None:
    one, other = (placed(identity, seed) for seed in seeds)
    assert body_of(one) == body_of(other)
    assert own_size("cargo", identity) == own_size("cargo", identity)
    np.testing.assert_array_equal(ship_scatterers(one, LOOK).xy, ship_scatterers(other, LOOK).xy)


@settings(deadline=None, max_examples=60)
@given(identity=st.integers(0, 10**9), vessel_class=st.sampled_from(sorted(DRAWN)))
def test_a_ship_lies_within_her_class(identity, vessel_class) -> None:
    length, beam = own_size(vessel_class, identity)
    layout = library_layout(vessel_class)
    assert layout.length_m[0] <= length <= layout.length_m[1]
    assert layout.beam_per_length[0] <= beam / length <= layout.beam_per_length[1]


def test_sisters_differ_by_some_hundredths_of_the_length() -> None:
    parts = library_layout("ropucha").parts
    shifts = []
    for identity in range(300):
        body = body_of(placed(identity)).parts
        assert len(body) > len(parts)
        shifts += [0.5 * (b.start + b.end - p.start - p.end) for b, p in zip(body, parts, strict=False)]
    assert 0.010 < np.std(shifts) < 0.020
    assert abs(np.mean(shifts)) < 0.002


def test_what_changes_between_visits_comes_from_the_scene() -> None:
    assert visit_of(placed(4, seed=1)) == visit_of(placed(4, seed=1))
    assert visit_of(placed(4, seed=1)) != visit_of(placed(4, seed=2))
    assert visit_of(placed(None, seed=1)) == visit_of(placed(None, seed=2))


@pytest.mark.parametrize("sensor", ["optical", "sar"])
def test_one_identity_looks_alike_in_two_scenes_and_a_sister_less_so(sensor) -> None:
    def likeness(a, b) -> float:
        hull = np.s_[0, 20:130, 45:105] if sensor == "optical" else np.s_[0, 65:85, 65:85]
        first, second = (np.log(s.pixels[hull].astype(float)) for s in (a, b))
        return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])

    same, sister = [], []
    for i in range(4):
        first = scene(sensor, seed=i, identity=10 + i)
        same.append(likeness(first, scene(sensor, seed=50 + i, identity=10 + i)))
        sister.append(likeness(first, scene(sensor, seed=50 + i, identity=90 + i)))
    assert np.mean(same) > np.mean(sister)


def test_a_sister_in_the_same_livery_has_the_same_paint() -> None:
    def middle(**ship) -> np.ndarray:
        return (
            scene(vessel_class="cargo", length_m=112.0, **ship).pixels[:, 40:110, 55:95].astype(float).mean(axis=(1, 2))
        )

    first = middle(identity=1)
    same_owner = [np.abs(np.log(middle(identity=i, livery=1) / first)).mean() for i in range(20, 26)]
    others = [np.abs(np.log(middle(identity=i) / first)).mean() for i in range(20, 26)]
    assert np.mean(same_owner) < 0.5 * np.mean(others)
    with pytest.raises(OffingError, match="a livery without an identity"):
        ShipSpec(vessel_class="tug", livery=3)


def test_the_truth_says_who_she_is() -> None:
    assert scene(identity=7).ships[0].identity == 7
    assert scene().ships[0].identity is None
    with pytest.raises(OffingError, match="identity is -1"):
        ShipSpec(vessel_class="tug", identity=-1)


@pytest.mark.parametrize("sensor", ["optical", "sar"])
def test_classes_of_the_library_are_drawn(sensor) -> None:
    for vessel_class in drawable()[::6]:
        drawn = scene(sensor, vessel_class=vessel_class, length_m=100.0, identity=3)
        assert float(drawn.pixels[0, 70:80, 70:80].astype(float).mean()) > 0.0


def test_any_class_with_hull_and_parts_has_a_layout_and_others_say_what_is_missing() -> None:
    parts = tuple(
        Part(kind=kind, start=0.1 + 0.2 * i, end=0.25 + 0.2 * i, width=0.5, height_m=float(i))
        for i, kind in enumerate(("helideck", "ramp", "well", "boxes"))
    )
    own = VesselClass(
        id="own", parent="landing-ship", length_m=(80.0, 90.0), beam_m=(12.0, 15.0), parts=parts,
        hull=Hull(bow=0.2, transom=0.9, freeboard_m=5.0),
    )  # fmt: skip
    classes = library((own, VesselClass(id="bare")))
    layout = layout_from(own, classes)
    assert (layout.palette, layout.parts, layout.length_m) == ("naval", parts, (80.0, 90.0))
    with pytest.raises(OffingError, match=r"'bare' cannot be drawn.*a hull and parts"):
        layout_from(classes.get("bare"), classes)


def test_the_classes_always_drawn_are_in_the_library_with_the_same_things_on_deck() -> None:
    for vessel_class, drawn in DRAWN.items():
        assert vessel_class in drawable()
        assert sorted(p.kind for p in library_layout(vessel_class).parts) == sorted(p.kind for p in drawn.parts)


def test_an_error_names_the_classes_that_can_be_drawn() -> None:
    with pytest.raises(OffingError, match="did you mean ropucha"):
        layout_of("ropuca")
    with pytest.raises(OffingError, match=r"choose one of .*alligator.*tug"):
        layout_of("zzzzzz")
