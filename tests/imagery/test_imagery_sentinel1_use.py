"""Products where people use them: in a case, on the command line, and by one of their files."""

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from safe_product import Safe, zipped

from offing.case.case import Case
from offing.case.pipeline import run_case
from offing.case.scenes import SceneRequest, add_scenes
from offing.cli.main import main
from offing.imagery.reading import open_picture

NOW = datetime(2024, 10, 20, tzinfo=UTC)
CASE = """
title: One site
sites:
  - {id: dunai, name: Dunai, role: naval berth, position: [132.335, 42.879], radius_m: 600}
"""


class Quiet:
    """Progress that nobody watches."""

    def begin(self, total):
        pass

    def finished(self, step, *, unchanged):
        pass


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    """(what it is made of, its folder): a sea with one ship of 200 m in the middle."""
    safe = Safe(lines=300, samples=320)
    numbers = {pol: safe.numbers(pol) for pol in safe.polarisations}
    for stored in numbers.values():
        stored[140:160, 158:162] = 4000
    return safe, safe.write(tmp_path_factory.mktemp("safe"), numbers)


def test_a_case_keeps_a_clip_and_sees_the_ship(product, tmp_path):
    _, root = product
    case = Case.create(tmp_path / "case", "One site")
    (case.root / "case.yaml").write_text(CASE)
    case = Case.open(case.root)
    archive = zipped(root, tmp_path / "product.zip")
    (scene,) = add_scenes(case, SceneRequest(files=(archive,)), lambda: NOW)
    assert scene.original == "product.zip"
    assert scene.platform == "sentinel-1"
    assert scene.time_basis.startswith("metadata")
    assert add_scenes(case, SceneRequest(files=(archive,)), lambda: NOW)[0].id == scene.id
    with open_picture([case.root / scene.path]) as clip:
        assert clip.radar.basis == "annotation"
    run_case(case, Quiet(), lambda: NOW)
    (look,) = case.store.looks()
    assert look.status == "clear"
    assert len(case.store.detections()) == 1


def test_on_the_command_line(product, tmp_path, capsys):
    _, root = product
    out = tmp_path / "ships.geojson"
    with pytest.raises(SystemExit) as done:
        main(["detect", str(root), "-o", str(out)])
    assert done.value.code in {0, None}
    (ship,) = json.loads(out.read_text())["features"]
    lon, lat = np.mean(ship["geometry"]["coordinates"][0][:4], axis=0)
    assert (lon, lat) == pytest.approx((132.335, 42.879), abs=0.001)
    assert "IPF 3.71" in capsys.readouterr().err


def test_a_measurement_named_alone_is_that_band(product):
    safe, root = product
    with open_picture([root]) as whole, open_picture([root / "measurement" / f"{safe.stem('VH')}.tiff"]) as one:
        assert one.bands == ("VH",)
        np.testing.assert_array_equal(one.read()[0], whole.read(["VH"])[0])
        assert one.radar == whole.radar
    both = [root / "measurement" / f"{safe.stem(pol)}.tiff" for pol in safe.polarisations]
    with open_picture(both) as picture:
        assert picture.bands == ("VV", "VH")


@pytest.mark.parametrize(("said", "simulated"), [("no", False), ("yes", True)])
def test_a_simulated_product_stays_simulated(tmp_path, said, simulated):
    import rasterio

    safe = Safe(polarisations=("VV",))
    root = safe.write(tmp_path)
    with rasterio.open(root / "measurement" / f"{safe.stem('VV')}.tiff", "r+") as opened:
        opened.update_tags(OFFING_SIMULATED=said)
    with open_picture([root]) as picture:
        assert picture.simulated is simulated


def test_an_unnamed_processor_is_said(tmp_path):
    root = Safe(polarisations=("VV",)).write(tmp_path)
    manifest = root / "manifest.safe"
    manifest.write_text(manifest.read_text().replace("Sentinel-1 IPF", "another"))
    with open_picture([root]) as picture:
        assert any("its processor is not named" in note for note in picture.notes)
        assert picture.valid().all()
