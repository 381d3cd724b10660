"""Real pictures with a known time and place must be passes, within the stated uncertainty and swath."""

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from offing.geo import LonLat
from offing.looks.passes.overhead import passes_over
from offing.looks.passes.satellites import orbits
from offing.timespan import TimeSpan, parse_span

pytestmark = pytest.mark.realdata
LINE_S = 0.0014906
"""Between lines of a Sentinel-1 IW GRD product at 10 m."""


@pytest.fixture(scope="module")
def data():
    if "OFFING_DATA" not in os.environ:
        pytest.skip("OFFING_DATA is not set")
    return Path(os.environ["OFFING_DATA"])


def scenes(data):
    with (data / "s1-ship-chips" / "chips.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for name in sorted({r["scene"] for r in rows}):
        begin, end = (datetime.strptime(part, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) for part in name.split("_")[-5:-3])
        yield name, begin, end, [r for r in rows if r["scene"] == name]


def test_every_ship_in_a_radar_picture_lay_in_a_pass(data):
    """Time from the line, incidence from ESA's annotation, the near edge from the column: all from the pictures."""
    seen = 0
    for name, begin, end, ships in scenes(data):
        span = TimeSpan(start=begin - timedelta(hours=6), end=end + timedelta(hours=6))
        for ship in ships:
            place = LonLat(lon=float(ship["lon"]), lat=float(ship["lat"]))
            (one,) = passes_over(place, 500.0, span, orbits(["sentinel-1a"]))
            slack = timedelta(seconds=one.uncertainty_s)
            assert begin - slack <= one.time <= end + slack
            assert one.incidence_deg == pytest.approx(float(ship["incidence"]), abs=0.1)
            assert one.covers == 1.0
            if "GRD" in name:
                line = begin + timedelta(seconds=float(ship["center_y"]) * LINE_S)
                assert abs((one.time - line).total_seconds()) <= min(one.uncertainty_s, 8.0)
                near_km = float(ship["center_x"]) * 0.01
                if near_km < 100.0:
                    assert one.edge_km == pytest.approx(near_km, abs=2.5)
            seen += 1
    assert seen == 230


def test_every_optical_picture_of_a_port_was_a_daylight_pass(data):
    import rasterio
    from rasterio.warp import transform

    days = 0
    for path in sorted((data / "s2-ports").glob("*/*_B03.jp2")):
        with rasterio.open(path) as picture:
            x, y = np.mean(picture.bounds[::2]), np.mean(picture.bounds[1::2])
            lons, lats = transform(picture.crs, "EPSG:4326", [x], [y])
        found = passes_over(
            LonLat(lon=lons[0], lat=lats[0]), 5000.0, parse_span(path.name[:10]), orbits(["sentinel-2a", "sentinel-2b"])
        )
        assert [(p.direction, p.covers) for p in found if p.daylight] == [("descending", 1.0)]
        days += 1
    assert days == 9


def test_the_radar_picture_of_los_angeles_was_a_pass(data):
    assert list((data / "s1-los-angeles").glob("2021-01-05*"))
    place = LonLat(lon=-118.2, lat=33.7)
    found = passes_over(place, 5000.0, parse_span("2021-01-05"), orbits(["sentinel-1a", "sentinel-1b"]))
    assert any(p.covers == 1.0 for p in found)
