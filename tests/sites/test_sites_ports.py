"""World Port Index tables in both shapes, and hostile ones; towns; the sheet."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offing.errors import GeometryError, PortIndexError
from offing.geo import LonLat, distance_m
from offing.sites import Site
from offing.sites.gazetteer import people_within, read_geonames
from offing.sites.port_matches import likeness, matches
from offing.sites.ports import read_ports
from offing.sites.sea import GeodesicRoutes
from offing.sites.sheet import sheets

NEW = """\
World Port Index Number,Main Port Name,Alternate Port Name,Country Code,Harbor Size,Cargo Pier Depth (m),\
Channel Depth (m),Cranes - Fixed,Cranes - Mobile,Facilities - Ro-Ro,Latitude,Longitude,Extra
1,Northport,Old Town, Atlantis,Very Small,9.4,0,Yes,No,Unknown,42.9,132.3,x
2,,,,,,,,,,1,1,
3,Nowhere,,,,,,,,,95,1,
"""
OLD = """\
INDEX_NO,PORT_NAME,COUNTRY,LATITUDE,LONGITUDE,HARBORSIZE,HARBORTYPE,SHELTER,CARGODEPTH,CRANEFIXED,CRANEMOBIL
1.0,NORTHPORT,AT,42.9,132.3,V,CN,G,K,Y,N
"""


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "ports.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_both_shapes_say_the_same(tmp_path: Path) -> None:
    index = read_ports(table(tmp_path, NEW))
    [new] = index.ports
    [old] = read_ports(table(tmp_path, OLD)).ports
    for port in (new, old):
        assert (port.size, port.has, port.has_not) == ("Very Small", ("fixed cranes",), ("mobile cranes",))
        assert (port.lon, port.lat, port.source) == (132.3, 42.9, "ports.csv:2")
    assert (new.cargo_pier_depth_m, new.channel_depth_m, old.cargo_pier_depth_m) == (9.4, None, None)
    assert (old.type, old.shelter) == ("Coastal (Natural)", "Good")
    assert index.notes == ("1 rows without a name, first on line 3", "1 rows without a place on Earth, first on line 4")


def test_degrees_with_minutes_and_text_that_steers_a_terminal(tmp_path: Path) -> None:
    text = "portName,latitude,longitude\nA\x1b[31mB,1°17'30\"N,103°30'W\n"
    [port] = read_ports(table(tmp_path, text)).ports
    assert (port.lat, port.lon) == (pytest.approx(1.2916667), -103.5)
    assert "\x1b" not in port.name


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'portName,latitude,longitude\n"x', "portName\n\0\n"])
def test_what_is_no_index(tmp_path: Path, text: str) -> None:
    with pytest.raises(PortIndexError):
        read_ports(table(tmp_path, text))
    with pytest.raises(PortIndexError, match="no such file"):
        read_ports(tmp_path / "none.csv")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda t: t.encode("utf-8", "ignore"))))
def test_any_bytes_give_ports_or_one_error(tmp_path: Path, body: bytes) -> None:
    try:
        index = read_ports(table(tmp_path, b"portName,latitude,longitude,harborSize\n" + body))
    except PortIndexError:
        return
    assert all(-90 <= p.lat <= 90 and -180 <= p.lon <= 180 and p.name.isprintable() for p in index.ports)


def test_distance_and_name_are_both_shown(tmp_path: Path) -> None:
    rows = "portName,latitude,longitude\nOther,42.9,132.35\nDunay,42.6,132.3\nFaraway,42.6,132.3\nDunay,30,132.3\n"
    ports = read_ports(table(tmp_path, rows)).ports
    site = Site(id="d", name="Dunai", role="naval berth", aka=("Dunay",), position=(132.335, 42.879))
    found = matches(site, ports)
    assert [(m.port.name, m.by) for m in found] == [("Other", ("distance",)), ("Dunay", ("name",))]
    assert found[1].distance_m == pytest.approx(distance_m(site.lonlat, found[1].port.lonlat))
    assert likeness(["Ch'ongjin"], ["Chongjin"]) == 1.0


def gazetteer(tmp_path: Path):
    rows = [
        {"country_code": "AT", "city": "Near", "latitude": 0.01, "longitude": 179.99, "population": 900},
        {"country_code": "AT", "city": "Across", "latitude": 0.0, "longitude": -179.9, "population": 5000},
        {"country_code": "AT", "city": "Silent", "latitude": 0.1, "longitude": 179.9, "population": 0},
        {"country_code": "AT", "city": "Far", "latitude": 5.0, "longitude": 179.9, "population": 10**6},
    ]
    path = tmp_path / "towns.gz"
    path.write_bytes(gzip.compress(json.dumps(rows).encode()))
    return read_geonames(path)


def test_towns_and_people_over_the_antimeridian(tmp_path: Path) -> None:
    towns = gazetteer(tmp_path).near(LonLat(lon=180.0, lat=0.0), 50_000.0)
    assert [t.town.name for t in towns] == ["Near", "Across", "Silent"]
    assert (people_within(towns, 5_000.0).listed, people_within(towns, 50_000.0).listed) == (900, 5900)
    assert (people_within(towns, 50_000.0).places, people_within(towns, 50_000.0).unstated) == (3, 1)
    bad = tmp_path / "bad.gz"
    bad.write_bytes(b"nothing")
    with pytest.raises(GeometryError, match="no gazetteer"):
        read_geonames(bad)


def test_a_sheet_keeps_simulated_sites_apart_and_says_what_is_missing(tmp_path: Path) -> None:
    places = [("a", 179.5, False), ("b", -179.5, False), ("s", 179.6, True)]
    sites = [Site(id=i, name=i, role="port", position=(x, 0.0), simulated=sim) for i, x, sim in places]
    first, _, simulated = sheets(sites, {}, gazetteer=None, ports=None, routes=GeodesicRoutes())
    [other] = first.sites_by_sea
    assert (other.site, simulated.sites_by_sea) == ("b", ())
    assert [t.knots for t in other.under_way] == [12.0, 16.0]
    assert other.under_way[0].hours.low == pytest.approx(distance_m(sites[0].lonlat, sites[1].lonlat) / 1852.0 / 12.0)
    assert any("no gazetteer" in n for n in first.notes)
    assert any("no port index" in n for n in first.notes)
    [alone] = sheets(sites, {}, gazetteer=gazetteer(tmp_path), ports=(), routes=GeodesicRoutes(), only="a")
    # Silent is 45.9 km away and states no people; Near is 54.5 km away.
    assert [(p.listed, p.places, p.unstated) for p in alone.people] == [(0, 0, 0), (0, 0, 0), (0, 1, 1)]
