"""What is inferred from real pictures."""

import numpy as np
import pytest

from offing.imagery.quality import usable_at
from offing.imagery.reading import open_picture
from offing.imagery.water import find_water

pytestmark = [pytest.mark.realdata, pytest.mark.slow]


def test_sentinel_1(data):
    path = next((data / "s1-los-angeles").glob("*.tif"))
    with open_picture([path]) as picture:
        assert (picture.sensor, picture.platform, picture.scale.quantity) == ("sar", "sentinel-1", "sigma0-db")
        assert str(picture.date_hint) == "2021-01-05"
        assert picture.gsd_m == pytest.approx((30.0, 30.0), rel=1e-3)
        assert 0.60 < find_water(picture).share < 0.70


def test_sentinel_2_ports(data):
    ports = sorted(p for p in (data / "s2-ports").iterdir() if p.is_dir())
    assert len(ports) == 9
    for port in ports:
        with open_picture([port]) as picture:
            assert (picture.sensor, picture.platform) == ("multispectral", "sentinel-2")
            assert ("B02" in picture.bands) == (port.name != "santos")
            assert (picture.scale.scale, picture.scale.offset) == (1e-4, 0.0)
            _, lats = picture.lonlat([picture.width / 2], [picture.height / 2])
            assert picture.gsd_m == pytest.approx((10 * np.cos(np.radians(lats[0])),) * 2, rel=0.01)
            assert picture.valid().all()
            assert usable_at(picture, None).fraction > 0.98
            assert 0.15 < find_water(picture).share < 0.85


def test_radar_chips_and_grey_harbours_are_told_apart(data):
    chips = sorted((data / "sar-ssdd-train" / "images").glob("*.jpg"))[::9]
    right = 0
    for chip in chips:
        with open_picture([chip]) as picture:
            right += picture.sensor == "sar"
    assert right / len(chips) > 0.9


def test_calibrated_chips(data):
    for folder in sorted((data / "s1-ship-chips").iterdir()):
        if not folder.is_dir():
            continue
        with open_picture([next((folder / "Patch_Cal").glob("*.tif"))]) as picture:
            assert picture.bands == (("VV", "VH") if "1SDV" in folder.name else ("VV",))
            assert picture.scale.quantity == "sigma0-linear"
            assert picture.time_basis == "folder name"
