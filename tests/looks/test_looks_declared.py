"""What a look may declare of itself: found as measured, times named; radar and unmeasured pictures declare nothing."""

import math

import pytest

from offing.looks import optical_seen
from offing.looks.declared import declared, p_named
from offing.looks.optical_seen import p_seen
from offing.sites import Baseline, Site
from offing.vessels.attribution import site_prior
from offing.vessels.classes import library
from seen_curves import curve, real, spread

CLASSES = library()
SOUGHT = ("landing-ship",)
SITE = Site(
    id="x",
    name="x",
    role="port",
    position=(134.0, 40.0),
    baseline=(
        Baseline(classes=SOUGHT, calls_per_30d=3.0),
        Baseline(classes=("any",), calls_per_30d=3.0),
    ),
)
PRIOR = site_prior(SITE, SOUGHT, CLASSES)


@pytest.fixture(autouse=True)
def _kept(monkeypatch) -> None:
    monkeypatch.setattr(optical_seen, "measured", lambda: curve(real()))


def asked(sensor="multispectral", gsd=10.0, length=112.0, sought=SOUGHT, *, clear=True, simulated=False):
    return declared(sensor, gsd, length, sought, CLASSES, PRIOR, clear=clear, simulated=simulated)


def test_a_look_declares_found_times_named() -> None:
    made = asked()
    found, named = p_seen(112.0, 10.0, cloud_edge=False, simulated=False), p_named(SOUGHT, CLASSES, PRIOR, spread())
    assert made is not None
    assert found is not None
    assert named is not None
    assert 0.0 < named <= 1.0
    assert made.p_detect == pytest.approx(found.value * named)
    assert made.p_false is None
    for words in (f"{found.value:.2f} [", "70 of 100 labelled ships", f"named with {named:.2f}", "not measured"):
        assert words in made.basis


def test_clouds_over_the_site_lower_it() -> None:
    clear, cloudy = asked(), asked(clear=False)
    assert clear is not None
    assert cloudy is not None
    assert cloudy.p_detect < clear.p_detect


@pytest.mark.parametrize(
    "given",
    [
        {"sensor": "sar"},
        {"length": None},
        {"sought": ("any",)},
        {"sought": ()},
        {"gsd": 3.0},
        {"gsd": 60.0},
        {"length": 20.0},
        {"length": math.nan},
    ],
)
def test_what_was_not_measured_stays_undeclared(given) -> None:
    assert asked(**given) is None


def test_simulated_pictures_go_by_simulated_ships() -> None:
    assert asked(gsd=3.0, simulated=True) is not None


def test_the_better_a_length_is_measured_the_likelier_the_name() -> None:
    exact = p_named(SOUGHT, CLASSES, PRIOR, spread(sd=0.01, ratios=(1.0,) * 9))
    coarse = p_named(SOUGHT, CLASSES, PRIOR, spread(sd=0.5, ratios=(0.5, 0.6, 0.7, 0.8, 1.0, 1.2, 1.4, 1.6, 1.9)))
    wrong = p_named(SOUGHT, CLASSES, PRIOR, spread(sd=0.01, ratios=(2.0,) * 9))
    assert exact is not None
    assert coarse is not None
    assert exact > coarse
    assert exact > 0.5
    assert wrong == 0.0
