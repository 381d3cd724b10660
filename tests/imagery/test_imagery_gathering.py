"""Which files are one picture, and what their names say their bands are."""

from pathlib import Path

import pytest

from offing.imagery.bands import band_in_file_name, canonical, product_polarisations
from offing.imagery.gathering import gather, pictures


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("2023-04-08_S2_L2A_B02.jp2", "B02"),
        ("T52TDN_20240612T013701_B8A_20m.jp2", "B8A"),
        ("x_b2.tif", "B02"),
        ("s1a-iw-grd-vv-20210105t140012-001.tiff", "VV"),
        ("Sigma0_VH_db.tif", "VH"),
        ("LC08_L2SP_114030_20240612_SR_B4.TIF", "red"),
        ("x_SCL_20m.tif", "SCL"),
        ("S2_B02_B03_B04.tif", None),
        ("AB02C.tif", None),
        ("2021-01-05_S1_dB.tif", None),
        ("000002.jpg", None),
    ],
)
def test_bands_in_file_names(name, band):
    assert band_in_file_name(Path(name)) == band


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("B2", "B02"), ("B08 (842 nm)", "B08"), ("Near Infrared", "nir"), ("Red", "red"), ("Gamma0_VV", "VV"),
        ("Amplitude_HH", "HH"), ("blueish", None), ("", None), ("band", None),
    ],
)  # fmt: skip
def test_descriptions(text, name):
    assert canonical(text) == name


def test_polarisations_of_products():
    product = "S1A_IW_GRDH_1SDH_20150823T221233_20150823T221258_007396_00A2CA_54D0"
    assert product_polarisations(Path(product + ".SAFE") / "measurement" / "x.tiff") == ("HH", "HV")
    assert product_polarisations(Path("x.tiff")) == ()


@pytest.fixture
def files(tmp_path):
    def make(*names):
        made = []
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
            made.append(path)
        return made

    return make


def test_a_list_of_files_is_sorted_into_pictures(files, tmp_path):
    made = files(
        "a.tif", "p/2023-04-08_S2_B02.tif", "p/2023-04-08_S2_B03.tif", "p/2023-05-08_S2_B02.tif", "b.png",
        "q/2023-04-08_S2_B02.tif",
    )  # fmt: skip
    a, one, two, later, b, other = made
    assert pictures(made) == ((a,), (one, two), (later,), (b,), (other,))
    assert pictures([tmp_path / "p"]) == ((one, two), (later,))


def test_a_product_folder_gives_its_finest_bands(files, tmp_path):
    base = "S2A_MSIL2A.SAFE/GRANULE/L2A/IMG_DATA"
    made = files(
        f"{base}/R10m/T52_20240612T013701_B02_10m.jp2", f"{base}/R20m/T52_20240612T013701_B02_20m.jp2",
        f"{base}/R20m/T52_20240612T013701_B11_20m.jp2", f"{base}/R60m/T52_20240612T013701_B11_60m.jp2",
        f"{base}/R20m/T52_20240612T013701_SCL_20m.jp2", f"{base}/R10m/T52_20240612T013701_TCI_10m.jp2",
    )  # fmt: skip
    chosen = {made[0], made[2], made[4]}
    assert set(gather([tmp_path / "S2A_MSIL2A.SAFE"])[1]) == chosen
    assert chosen in [set(group) for group in pictures([tmp_path / "S2A_MSIL2A.SAFE"])]


def test_a_quality_mask_goes_with_its_picture(files, tmp_path):
    made = files(
        "20240612_013701_45_2414_3B_udm2.tif", "20240612_013701_45_2414_3B_AnalyticMS.tif",
        "20240613_013701_45_2414_3B_AnalyticMS.tif",
    )  # fmt: skip
    assert set(pictures([tmp_path])) == {(made[1], made[0]), (made[2],)}
    assert gather([made[1], made[0]])[1] == (made[1], made[0])
