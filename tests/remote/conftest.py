"""A made-up COG, and a server that gives parts of it, honestly or not."""

import contextlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from rasterio import Affine

from loopback import serving
from offing.case.case import Case
from offing.network import open_network
from remote_scenes import LAT, LON, UTM, middle, outline, sentinel1_item, sentinel2, sentinel2_item, write
from stac_server import stac_server

sys.path.append(str(Path(__file__).parents[1] / "imagery"))
from safe_product import Safe

SIZE = 3072


@pytest.fixture(scope="session")
def cog(tmp_path_factory):
    """A band of 3072² pixels of 10 m in blocks of 256, of numbers that do not pack well."""
    path = tmp_path_factory.mktemp("cog") / "B02.tif"
    x, y = middle()
    place = Affine(10, 0, round(x) - SIZE * 5, 0, -10, round(y) + SIZE * 5)
    write(path, np.random.default_rng(3).integers(1, 9000, (SIZE, SIZE), np.uint16), place, UTM, nodata=0)
    return path


@pytest.fixture
def served():
    """``served(answer)`` → (server, network that may ask it)."""
    with contextlib.ExitStack() as stack:

        def start(answer):
            server = stack.enter_context(serving(answer))
            network = stack.enter_context(open_network(allow=[server.url], retries=0, pause=lambda _: None))
            return server, network

        yield start


CASE_YAML = f"""\
title: A made-up sealift
sources:
  - {{id: nis, title: A press release, published: 2024-10-18, reliability: B, credibility: 3, origin: nis}}
claims:
  - id: lift
    source: nis
    quote: "A ship came"
    elements: {{carrier: {{classes: [any], count: 1}}, destination: dunai, window: 2024-10-08/2024-10-13}}
sites:
  - {{id: dunai, name: Dunai, role: naval berth, position: [{LON}, {LAT}], radius_m: 1500, area: sites/dunai.geojson}}
search: {{catalogues: ["{{url}}"], collections: [sentinel-2-l2a], baseline_days: 20, after_days: 20}}
"""


@pytest.fixture(scope="session")
def stac(tmp_path_factory):
    """A STAC API with five acquisitions: clear, of a tile beside, clouded, with the offset taken off, gone."""

    def make(files, url):
        sentinel2(files / "clear", 1536)
        sentinel2(files / "clouded", 512, seed=2, cloudy=True)
        sentinel2(files / "shifted", 512, seed=3, offset=0)
        beside = sentinel2_item("S2B_52TGN_clear", "2024-10-09T02:16:40Z", "clear", url)
        beside["geometry"]["coordinates"] = [[[lon + 0.115, lat] for lon, lat in outline()]]
        radar = Safe(cog=True, lines=1500, samples=1500)
        product = radar.write(files)
        return {
            "sentinel-1-grd": [sentinel1_item(radar.name[:-5], f"{radar.start:%Y-%m-%dT%H:%M:%SZ}", product, url)],
            "sentinel-2-l2a": [
                sentinel2_item("S2B_53TKH_clear", "2024-10-09T02:16:45Z", "clear", url),
                beside,
                sentinel2_item("S2B_53TKH_clouded", "2024-10-14T02:16:45Z", "clouded", url, cloud=98.0),
                sentinel2_item("S2B_53TKH_shifted", "2024-10-19T02:16:45Z", "shifted", url),
                sentinel2_item("S2B_53TKH_gone", "2024-10-24T02:16:45Z", "gone", url),
            ],
        }

    with stac_server(tmp_path_factory.mktemp("stac"), make) as server:
        yield server


@pytest.fixture
def case(stac, tmp_path):
    """A case whose site the acquisitions show, with the server as its catalogue."""
    root = tmp_path / "case"
    Case.create(root, "x")
    (root / "case.yaml").write_text(CASE_YAML.replace("{url}", stac.url), encoding="utf-8")
    (root / "sites").mkdir()
    ring = [[LON + a, LAT + b] for a, b in ((0, -0.004), (0.008, -0.004), (0.008, 0.001), (0, 0.001), (0, -0.004))]
    pier = {"type": "Feature", "properties": {"id": "pier"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    (root / "sites" / "dunai.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [pier]}))
    stac.forget()
    with Case.open(root) as opened:
        yield opened


@pytest.fixture
def network():
    """The real network, which may ask 127.0.0.1 only where the user named it."""
    with open_network(retries=0, pause=lambda _: None) as opened:
        yield opened
