"""A year of looks at fifty ports, from what a catalogue answers to the ledger and the gaps: how long it takes."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offing.bench.model import BenchOptions, BenchResult
from offing.case.case import Case
from offing.case.pipeline import run_case
from offing.case.searching import search_case
from offing.case.windows import claimed_windows
from offing.errors import NetworkError
from offing.looks.gaps import Gap, gaps
from offing.looks.unseen import unseen_calls
from offing.network.reply import Reply
from offing.timespan import parse_instant

SITES, QUICK = 50, 5
YEAR = 2024
_NOW = datetime(YEAR + 1, 2, 1, tzinfo=UTC)
_SPACING = 3.0
"""Degrees between the ports, so that no scene shows two of them."""
LENGTHS_H = (6.0, 12.0, 24.0, 48.0)


class _Catalogue:
    """A STAC API in memory, in the shape in which Earth Search answers: a page of a hundred items at a time."""

    def __init__(self) -> None:
        self.bytes = self.items = 0

    def post(self, url: str, *, json: object = None, **_: object) -> Reply:
        assert isinstance(json, dict)
        ring = json["intersects"]["coordinates"][0]
        lon = sum(p[0] for p in ring) / len(ring)
        lat = sum(p[1] for p in ring) / len(ring)
        first, last = (parse_instant(part)[0] for part in json["datetime"].split("/"))
        features = [f for f in _acquisitions(lon, lat, json["collections"]) if first <= _time(f) <= last]
        at, size = int(json.get("next", 0)), int(json["limit"])
        page = features[at : at + size]
        links = []
        if at + size < len(features):
            body = {**json, "next": at + size}
            links = [{"rel": "next", "href": url, "method": "POST", "body": body}]
        return self._reply(url, {"type": "FeatureCollection", "features": page, "links": links})

    def get(self, url: str, *, params: Mapping[str, str] | None = None, **_: object) -> Reply:  # noqa: ARG002
        raise NetworkError("only searches are answered", where=url)

    def ranged(self, url: str, start: int, stop: int, **_: object) -> bytes:  # noqa: ARG002
        raise NetworkError("only searches are answered", where=url)

    def allow(self, url: str) -> None:
        """Nothing to allow: no address is ever connected to."""

    def _reply(self, url: str, document: dict[str, Any]) -> Reply:
        body = json.dumps(document).encode()
        self.bytes += len(body)
        self.items += len(document["features"])
        return Reply(url=url, status=200, headers={"content-type": "application/geo+json"}, body=body)


class _Quiet:
    """Progress that nobody watches."""

    def begin(self, total: int) -> None:
        """Nothing."""

    def finished(self, step: str, *, unchanged: bool) -> None:
        """Nothing."""


def run(options: BenchOptions) -> BenchResult:
    """Search, run and list the gaps of a case with fifty ports and a claim for all of a year at each."""
    sites = QUICK if options.quick else SITES
    catalogue = _Catalogue()
    with tempfile.TemporaryDirectory() as folder:
        case = Case.create(Path(folder) / "case", "Fifty ports")
        (case.root / "case.yaml").write_text(_definition(sites), encoding="utf-8")
        with Case.open(case.root) as opened:
            clock = time.process_time()
            search_case(opened, catalogue, lambda: _NOW)
            searched = time.process_time() - clock
            run_case(opened, _Quiet(), lambda: _NOW)
            ran = time.process_time() - clock
            found = _gaps(opened)
            whole = time.process_time() - clock
            lines = sum(1 for _ in opened.ledger.lines())
            looks = len(opened.store.looks())
    return BenchResult(
        name="looks",
        protocol="STAC items in the shape of Earth Search answered from memory (Sentinel-1 and -2 over each port for a "
        "year, two tiles a pass, making them included), one claim a port for the whole year; processor time of search, "
        "run and gaps in one process of one thread",
        n=catalogue.items,
        split=f"generated, {sites} ports",
        figures={
            "items": catalogue.items,
            "catalogue answers, MB": round(catalogue.bytes / 1e6, 1),
            "looks": looks,
            "ledger lines": lines,
            "gaps": len(found),
            "search, s": round(searched, 2),
            "run (looks, verdicts), s": round(ran - searched, 2),
            "gaps and calls unseen, s": round(whole - ran, 2),
            "all, s": round(whole, 2),
        },
    )


def _gaps(case: Case) -> list[Gap]:
    found: list[Gap] = []
    for site, window in claimed_windows(case.definition):
        looks = case.store.looks(site.id)
        found += gaps(looks, site.id, window)
        for length in LENGTHS_H:
            unseen_calls(looks, site.id, window, length, place=site.lonlat)
    return found


def _definition(sites: int) -> str:
    lines = ["title: Fifty ports", "sources: [{id: s}]", "claims:"]
    lines += [
        f"  - {{id: c{n}, source: s,\n"
        f"     elements: {{carrier: {{classes: [landing-ship]}}, destination: p{n}, window: {YEAR}}}}}"
        for n in range(sites)
    ]
    lines += ["search: {catalogues: [earth-search], baseline_days: 0, after_days: 0}", "sites:"]
    lines += [
        f"  - {{id: p{n}, name: Port {n}, role: port, position: [{_place(n)[0]}, {_place(n)[1]}],\n"
        "     baseline: [{classes: [landing-ship], calls_per_30d: 0.5}, {classes: [any], calls_per_30d: 6}]}"
        for n in range(sites)
    ]
    return "\n".join(lines) + "\n"


def _place(number: int) -> tuple[float, float]:
    return -150.0 + _SPACING * (number % 10), -50.0 + _SPACING * (number // 10) * 4


def _acquisitions(lon: float, lat: float, collections: list[str]) -> list[dict[str, Any]]:
    """A year over one place: Sentinel-2 every 2.5 days in two tiles, Sentinel-1 every six days, up and down."""
    start = datetime(YEAR, 1, 1, tzinfo=UTC)
    noon = timedelta(hours=10.5 - lon / 15.0)
    out = []
    if "sentinel-2-l2a" in collections:
        for pass_ in range(146):
            when = start + timedelta(days=2.5 * pass_ - pass_ % 2 * 0.5) + noon
            out += [_optical(f"S2{'AB'[pass_ % 2]}_{tile}_{when:%Y%m%d}", when, lon, lat, pass_) for tile in ("A", "B")]
    if "sentinel-1-grd" in collections:
        for pass_ in range(122):
            when = start + timedelta(days=3.0 * pass_) + noon + timedelta(hours=7.5 if pass_ % 2 else -4.5)
            out.append(_radar(f"S1A_IW_GRDH_{when:%Y%m%dT%H%M%S}", when, lon, lat))
    return sorted(out, key=_time)


def _time(feature: dict[str, Any]) -> datetime:
    return parse_instant(feature["properties"]["datetime"])[0]


def _feature(name: str, collection: str, when: datetime, lon: float, lat: float, half: float) -> dict[str, Any]:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": name,
        "collection": collection,
        "bbox": [west, south, east, north],
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        },
        "links": [{"rel": "self", "href": f"https://catalogue.example/collections/{collection}/items/{name}"}],
        "properties": {"datetime": f"{when:%Y-%m-%dT%H:%M:%SZ}"},
    }


def _optical(name: str, when: datetime, lon: float, lat: float, number: int) -> dict[str, Any]:
    made = _feature(name, "sentinel-2-l2a", when, lon, lat, 0.5)
    made["properties"] |= {
        "platform": f"sentinel-2{'ab'[number % 2]}", "constellation": "sentinel-2", "instruments": ["msi"], "gsd": 10,
        "eo:cloud_cover": (number * 37) % 101, "view:sun_elevation": 40.0, "s2:processing_baseline": "05.10",
    }  # fmt: skip
    made["assets"] = {
        key: {
            "href": f"https://pictures.example/{name}/{band}.tif",
            "type": "image/tiff; application=geotiff; profile=cloud-optimized",
            "eo:bands": [{"name": key, "common_name": key}],
            "gsd": 10,
            "raster:bands": [{"scale": 0.0001, "offset": -0.1, "data_type": "uint16"}],
        }
        for key, band in (("blue", "B02"), ("green", "B03"), ("red", "B04"), ("nir", "B08"), ("scl", "SCL"))
    }
    return made


def _radar(name: str, when: datetime, lon: float, lat: float) -> dict[str, Any]:
    made = _feature(name, "sentinel-1-grd", when, lon, lat, 1.0)
    made["properties"] |= {
        "platform": "sentinel-1a", "constellation": "sentinel-1", "instruments": ["c-sar"],
        "sar:instrument_mode": "IW", "sar:polarizations": ["VV", "VH"], "sar:product_type": "GRD",
        "sat:orbit_state": "descending", "sat:relative_orbit": 61,
    }  # fmt: skip
    made["assets"] = {
        key: {"href": f"https://pictures.example/{name}/{key}.tiff", "type": "image/tiff; application=geotiff"}
        for key in ("vv", "vh")
    }
    return made
