"""Outlines against shapely on the unwrapped plane."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon, unary_union

from offing.geo import LonLat, distance_m
from offing.imagery.catalogue.ground import Ground
from offing.imagery.catalogue.outlines import outline


def polygon(*points):
    return {"type": "Polygon", "coordinates": [[list(p) for p in points]]}


def shape(rings):
    return unary_union([Polygon(r) for r in rings])


def test_a_square_is_kept_as_it_is():
    rings, note = outline(polygon((1, 2), (3, 2), (3, 4), (1, 4), (1, 2)))
    assert rings == (((1.0, 2.0), (3.0, 2.0), (3.0, 4.0), (1.0, 4.0), (1.0, 2.0)),)
    assert note is None


@pytest.mark.parametrize("written", [
    polygon((179, 10), (-179, 10), (-179, 12), (179, 12), (179, 10)),
    polygon((179, 10), (181, 10), (181, 12), (179, 12), (179, 10)),
    polygon((-181, 10), (-179, 10), (-179, 12), (-181, 12), (-181, 10)),
    {"type": "MultiPolygon", "coordinates": [[[[179, 10], [180, 10], [180, 12], [179, 12], [179, 10]]],
                                             [[[-180, 10], [-179, 10], [-179, 12], [-180, 12], [-180, 10]]]]},
])  # fmt: skip
def test_over_the_antimeridian(written):
    rings, note = outline(written)
    assert note is None
    assert sorted(Polygon(r).bounds for r in rings) == [(-180.0, 10.0, -179.0, 12.0), (179.0, 10.0, 180.0, 12.0)]


@settings(max_examples=100, deadline=None)
@given(st.floats(-180, 180), st.floats(-80, 80), st.floats(0.1, 40), st.integers(3, 12))
def test_a_disc_anywhere_keeps_its_area_and_its_inside(lon, lat, size, corners):
    size = min(size, 88 - abs(lat))
    plane = [(lon + size * math.cos(i * math.tau / corners), lat + size * math.sin(i * math.tau / corners))
             for i in range(corners)]  # fmt: skip
    wrapped = [((x + 180) % 360 - 180, y) for x, y in plane]
    rings, _ = outline(polygon(*wrapped, wrapped[0]))
    whole = Polygon(plane)
    assert sum(Polygon(r).area for r in rings) == pytest.approx(whole.area, rel=1e-6)
    assert shape(rings).distance(Point((lon + 180) % 360 - 180, lat)) < 1e-9


def test_a_bow_tie_is_mended_and_said():
    rings, note = outline(polygon((0, 0), (2, 2), (2, 0), (0, 2), (0, 0)))
    assert note == "outline mended"
    assert sum(Polygon(r).area for r in rings) == pytest.approx(2.0)
    assert all(Polygon(r).is_valid for r in rings)


def test_around_a_pole():
    rings, note = outline(polygon(*[(lon, 80) for lon in range(-180, 180, 30)], (-180, 80)))
    assert note == "outline mended"
    assert shape(rings).bounds == (-180.0, 80.0, 180.0, 90.0)


def test_the_whole_earth():
    rings, _ = outline(polygon((-180, -90), (180, -90), (180, 90), (-180, 90), (-180, -90)))
    assert shape(rings).area == pytest.approx(360 * 180)
    assert shape(outline(None, [-180, -90, 180, 90])[0]).area == pytest.approx(360 * 180)


@pytest.mark.parametrize("broken", [
    None, {}, [], "x", {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[]]}, polygon((0, 0), (1, 1), (0, 0)),
    polygon((0, 95), (1, 95), (1, 96), (0, 95)),
    {"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5]]]}, {"type": "Polygon", "coordinates": 5},
    {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": "x"}]},
])  # fmt: skip
def test_what_is_broken_is_taken_from_the_box_or_left_out(broken):
    assert outline(broken) == ((), "outline unusable")
    rings, note = outline(broken, [170, 10, -170, 12])
    assert note == "outline taken from its bounding box"
    assert sum(Polygon(r).area for r in rings) == pytest.approx(40.0)
    assert outline(broken, [1, 2, float("nan"), 3]) == ((), "outline unusable")


def test_the_ground_holds_its_circle_everywhere():
    for lon, lat in [(132.3, 42.9), (179.99, 65.0), (-180.0, 0.0), (10.0, 89.999), (0.0, -90.0)]:
        ground = Ground(lon, lat, 3000.0)
        for bearing in range(0, 360, 15):
            from offing.geo import destination

            edge = destination(LonLat(lon=lon, lat=lat), bearing, 2999.0)
            assert any(Polygon(r).buffer(1e-9).covers(Point(edge.lon, edge.lat)) for r in ground.rings)
        far = [LonLat(lon=x, lat=y) for ring in ground.rings for x, y in ring]
        if abs(lat) < 80:
            assert max(distance_m(LonLat(lon=lon, lat=lat), p) for p in far) < 3100.0
