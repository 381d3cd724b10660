"""The benchmark of AIS: its worlds are what they say, and its figures tell right from wrong."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
from pyproj import Geod

from offing.bench.ais import measure
from offing.bench.ais_nearest import hungarian, nearest
from offing.bench.ais_real import chip_figures, gap_figures
from offing.bench.ais_worlds import world
from offing.imagery.sentinel1_orbit import pass_over
from offing.vessels.ais.scene import centre_of

GEOD = Geod(ellps="WGS84")
SCENE = "S1A_IW_GRDH_1SSV_20160131T204259_20160131T204324_009743_00E3C6_E792"


def test_a_world_is_the_same_every_time_and_its_truth_is_consistent():
    first, second = world(7), world(7)
    assert first == second
    keys = {t.key for t in first.tracks}
    assert {t for t in first.truth if t} <= keys
    assert len([t for t in first.truth if t]) == len({t for t in first.truth if t})
    assert not first.undetected & set(first.truth)
    for n, key in enumerate(first.truth):
        if key and first.speeds_kn[key] < 1.0:
            seen, true = centre_of(first.detections[n]), first.places[key]
            assert GEOD.inv(seen.lon, seen.lat, true.lon, true.lat)[2] < 150.0


def test_the_figures_count_what_they_say():
    judged, listed = measure(range(900_000, 900_002), exact=True)
    assert len(judged) == sum(len(world(s).detections) for s in range(900_000, 900_002))
    matched = [j for j in judged if j.match.outcome == "matched"]
    assert sum(j.right for j in matched) / len(matched) > 0.9
    assert all(not j.right for j in judged if j.kind != "sends")
    assert listed.endswith("whose gap is at most 1 h")


def test_the_baselines_are_one_to_one_and_near():
    made = world(900_004)
    one = [k for k in hungarian(made, made.exact) if k]
    assert len(one) == len(set(one))
    assert {k for k in nearest(made) if k} <= {t.key for t in made.tracks}


def test_a_displacement_that_was_put_in_is_found_again(tmp_path):
    folder = tmp_path / "s1-ship-chips"
    folder.mkdir()
    rng = np.random.default_rng(5)
    rows = []
    for n in range(30):
        lon, lat, course, knots = 139.8, 35.3, float(rng.uniform(0, 360)), float(rng.uniform(5, 18))
        flown = pass_over(lat, "descending", 38.0)
        reach = 866_000.0  # of Sentinel-1 at 38°, ESA
        away = math.sin(math.radians(course - flown.heading_deg)) * knots * 1852 / 3600
        ahead = -reach * away * math.sin(math.radians(38.0)) / flown.velocity_m_s
        shown = GEOD.fwd(lon, lat, flown.heading_deg, ahead)
        shown = GEOD.fwd(shown[0], shown[1], float(rng.uniform(0, 360)), 10.0)
        rows.append(
            {
                "scene": SCENE, "chip": f"{n}.tif", "lon": shown[0], "lat": shown[1], "ais_lon": lon, "ais_lat": lat,
                "sog": round(knots * 10), "cog": round(course * 10), "incidence": 38.0,
            }
        )  # fmt: skip
    with (folder / "chips.csv").open("w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    figures = {k.rpartition("): ")[2]: v for k, v in chip_figures(folder).items()}
    factor = figures["displacement seen over displacement reckoned, each scene with an offset of its own"]
    assert float(str(factor).split(" ")[0]) == pytest.approx(1.0, abs=0.03)
    assert float(str(figures["residual after, m"]).split(" ")[1].rstrip(",")) < 25.0
    assert float(str(figures["residual before, m"]).split(" ")[1].rstrip(",")) > 100.0


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="OFFING_DATA is not set")
def test_real_ships_and_real_tracks():
    data = Path(os.environ["OFFING_DATA"])
    figures = {k.rpartition("): ")[2]: str(v) for k, v in chip_figures(data / "s1-ship-chips").items()}
    before, after = (
        float(figures[f"across the course {when}, m"].split(" ")[1].rstrip(",")) for when in ("before", "after")
    )
    assert after < 100.0 < before
    for value in gap_figures(data / "ais", quick=True).values():
        assert float(str(value).split(": ")[1].split(";")[0]) > 0.8
