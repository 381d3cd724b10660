"""Which scenes a scene is compared with, and what the look says of what was kept out."""

from datetime import UTC, datetime, timedelta

import msgspec

from offing.case.comparing import MOST, backgrounds, kept_out
from offing.imagery.model import Scene
from offing.quantities import Probability
from offing.vessels.model import Detection, Measurement, OrientedBox

START = datetime(2024, 6, 1, 21, 10, tzinfo=UTC)


def scene(number: int, after: timedelta, **other) -> Scene:
    given = {
        "id": f"s{number}", "path": f"scenes/{number}.tif", "original": f"{number}.tif", "sha256": "0" * 64,
        "time": START + after, "time_basis": "stated", "sensor": "sar", "gsd_m": (10.0, 10.0), "width": 100,
        "height": 100, "crs": "EPSG:32653", "sites": ("h",),
    }  # fmt: skip
    return Scene(**{**given, **other})


def test_the_same_pass_of_the_same_site_serves() -> None:
    days = [timedelta(days=12 * n) for n in range(4)]
    track = [scene(n, d) for n, d in enumerate(days)]
    odd = [
        scene(10, timedelta(days=3, hours=12)),  # the other direction
        scene(11, timedelta(days=5), sensor="multispectral"),
        scene(12, timedelta(days=5), gsd_m=(40.0, 40.0)),
        scene(13, timedelta(days=5), sites=("elsewhere",)),
        scene(14, timedelta(days=5), simulated=True),
        scene(15, timedelta(days=5), crs=None),
        scene(16, timedelta(days=500)),
        scene(17, timedelta(seconds=25)),  # the next slice of the same pass
    ]
    assert [o.id for o in backgrounds(track[0], [*odd, *track])] == ["s1", "s2", "s3"]
    assert backgrounds(odd[1], [*odd, *track]) == ()
    assert backgrounds(odd[5], [*odd, *track]) == ()


def test_the_same_track_comes_first_then_the_nearest() -> None:
    track = [scene(n, timedelta(days=12 * n)) for n in range(1, MOST)]
    beside = [scene(100 + n, timedelta(days=n, minutes=9)) for n in range(1, 6)]
    chosen = backgrounds(scene(0, timedelta(0)), [*beside, *track])
    assert len(chosen) == MOST
    assert {o.id for o in track} < {o.id for o in chosen}
    assert [o.id for o in chosen if o not in track] == ["s101"]
    assert list(chosen) == sorted(chosen, key=lambda o: o.time)


def test_midnight_is_no_border_between_times_of_day() -> None:
    late = scene(1, timedelta(0), time=datetime(2024, 6, 1, 23, 50, tzinfo=UTC))
    early = scene(2, timedelta(0), time=datetime(2024, 6, 14, 0, 5, tzinfo=UTC))
    assert backgrounds(late, [late, early]) == (early,)


def test_optical_scenes_serve_some_days_apart_at_any_hour() -> None:
    daily = [
        scene(n, timedelta(days=n, hours=n % 3), sensor="multispectral", gsd_m=(3.0, 3.0), platform="planetscope")
        for n in range(-40, 41)
    ]
    odd = [
        msgspec.structs.replace(daily[0], id="other", platform="rapideye"),
        msgspec.structs.replace(daily[0], id="radar", sensor="sar"),
        msgspec.structs.replace(daily[0], id="colours", sensor="rgb"),
    ]
    now = daily[40]
    chosen = backgrounds(now, [*odd, *daily])
    assert len(chosen) == MOST
    assert now not in chosen
    assert not {o.id for o in odd} & {o.id for o in chosen}
    assert chosen[-1].time - chosen[0].time >= timedelta(days=70)
    assert list(chosen) == sorted(chosen, key=lambda o: o.time)


def test_with_three_others_an_optical_scene_is_not_compared() -> None:
    few = [scene(n, timedelta(days=20 * n), sensor="multispectral") for n in range(5)]
    assert backgrounds(few[0], few[:4]) == ()
    assert backgrounds(few[0], few) == tuple(few[1:])


def test_a_look_says_what_was_kept_out() -> None:
    assert kept_out(()) is None
    one = Detection(
        id="0001", image="a", time=None, score=Probability(value=0.9, low=0.8, high=0.95, basis="x"),
        box=OrientedBox(col=1, row=1, length_px=(1, 0), beam_px=(0, 1)), ring=None,
        measurement=Measurement(
            length_m=None, length_m_90=None, beam_m=None, beam_m_90=None, axis_deg=0.0, heading_deg=0.0,
            bow_probability=0.5,
        ),
        reasons=("always there",),
    )  # fmt: skip
    other = msgspec.structs.replace(one, reasons=("an azimuth ambiguity of 0003",))
    assert kept_out([one, other, one]) == "Kept out of the ships, 3: 2 × always there | an azimuth ambiguity of 0003."
