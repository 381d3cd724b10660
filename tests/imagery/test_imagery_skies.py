"""What quality bands say, bit by bit, and what the pixels tell of skies that are known."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from picture_fixtures import UTM, grid, port_scene

from offing.imagery.bands import MASK_BANDS, band_in_file_name
from offing.imagery.clouds import clouds_by_classes
from offing.imagery.masks import layers_used, sky_by_masks
from offing.imagery.quality import SHADED, THIN, UNJUDGED, usable_at
from offing.imagery.reading import open_picture
from offing.imagery.sky import Sun, opened, sky_by_pixels
from offing.simulation.skies import sky_over, under_sky

BANDS = ("B02", "B03", "B04", "B08", "B11")
KINDS = ("lost", "cloud", "thin", "shadow", "unknown")


def cells(values):
    return np.array([values], np.float32)


def kinds(sky):
    """What each cell of the first row is; a cell is at most one thing."""
    stacked = np.array([getattr(sky, k)[0] for k in KINDS])
    assert stacked.sum(axis=0).max() <= 1
    return [next((k for k, on in zip(KINDS, column, strict=True) if on), "clear") for column in stacked.T]


def test_every_class_of_the_scene_classification():
    by_class = [
        "lost",
        "lost",
        "clear",
        "shadow",
        "clear",
        "clear",
        "clear",
        "clear",
        "cloud",
        "cloud",
        "thin",
        "clear",
    ]
    assert kinds(sky_by_masks({"SCL": cells(range(12))})) == by_class


def landsat(number):
    """Read as a string of bits, the way the guide's table is printed."""
    bits = f"{number:016b}"[::-1]
    if bits[0] == "1":
        return "lost"
    if bits[3] == "1":
        return "cloud"
    if "1" in (bits[1], bits[2]):
        return "thin"
    return "shadow" if bits[4] == "1" else "clear"


def test_every_pattern_of_landsat_flags():
    numbers = np.arange(65536)
    found = kinds(sky_by_masks({"QA_PIXEL": cells(numbers)}))
    assert found == [landsat(int(n)) for n in numbers]
    cloud = clouds_by_classes(cells(numbers), "QA_PIXEL").cloud[0]
    assert cloud.tolist() == [f"{n:016b}"[::-1][3] == "1" for n in numbers]


@pytest.mark.parametrize(
    ("number", "kind"),
    # As the guides to Collection 2 print them: clear land and water, cloud of high confidence, its shadow, fill.
    [(21824, "clear"), (21952, "clear"), (22280, "cloud"), (23888, "shadow"), (1, "lost"), (21826, "thin")],
)
def test_landsat_values_that_are_often_met(number, kind):
    assert kinds(sky_by_masks({"QA_PIXEL": cells([number])})) == [kind]


def test_every_pattern_of_the_older_planet_mask():
    numbers = np.arange(128)
    expected = ["lost" if n & 1 or n >> 2 else "cloud" if n & 2 else "clear" for n in numbers.tolist()]
    assert kinds(sky_by_masks({"UDM": cells(numbers)})) == expected


def test_every_combination_of_the_bands_of_udm2():
    names = MASK_BANDS["UDM2"]
    rows = list(itertools.product((0, 1), repeat=6))
    masks = dict(zip(names[:6], (cells(column) for column in zip(*rows, strict=True)), strict=True))

    def expected(clear, snow, shadow, light, heavy, cloud):
        if cloud or heavy or not (clear or snow or shadow or light):
            return "cloud"
        return "thin" if light else "shadow" if shadow else "clear"

    assert kinds(sky_by_masks(masks)) == [expected(*row) for row in rows]
    alone = kinds(sky_by_masks({"UDM2": cells([0, 1])}))
    assert alone == ["cloud", "clear"]


def test_udm2_says_where_it_is_unsure_or_has_nothing():
    one = np.ones((1, 4), np.float32)
    masks = {"UDM2": one, "UDM2_CONFIDENCE": cells([100, 49, 50, 90]), "UDM2_UNUSABLE": cells([0, 0, 0, 1])}
    assert kinds(sky_by_masks(masks)) == ["clear", "unknown", "clear", "lost"]


def test_the_mask_of_level_1c():
    masks = dict(
        zip(MASK_BANDS["MSK_CLASSI"], (cells([0, 1, 0, 0]), cells([0, 0, 1, 0]), cells([0, 0, 0, 1])), strict=True)
    )
    assert kinds(sky_by_masks(masks)) == ["clear", "cloud", "thin", "clear"]


@pytest.mark.parametrize(
    ("bands", "chosen"),
    [
        ((), ()),
        (("UDM", "SCL"), ("SCL",)),
        (("UDM2", "UDM2_CLOUD", "UDM"), ("UDM2", "UDM2_CLOUD")),
        (("MSK_CLASSI", "MSK_CLASSI_SNOW"), ("MSK_CLASSI", "MSK_CLASSI_SNOW")),
    ],
)
def test_which_mask_speaks(bands, chosen):
    assert layers_used(bands) == chosen


@pytest.mark.parametrize(
    ("name", "band"),
    [
        ("LC08_L2SP_112030_20241017_20241023_02_T1_QA_PIXEL.TIF", "QA_PIXEL"),
        ("LC08_L2SP_112030_20241017_20241023_02_T1_SR_B4.TIF", "red"),
        ("20240612_013701_45_2414_3B_AnalyticMS_DN_udm.tif", "UDM"),
        ("20240612_013701_45_2414_3B_udm2.tif", "UDM2"),
        ("MSK_CLASSI_B00.jp2", "MSK_CLASSI"),
    ],
)
def test_masks_by_their_file_names(tmp_path, name, band):
    assert band_in_file_name(tmp_path / name) == band


def place_of(picture):
    cols, rows = zip(*((0, 0), (100, 0), (100, 80), (0, 80), (0, 0)), strict=True)
    lons, lats = picture.lonlat(cols, rows)
    return [(float(x), float(y)) for x, y in zip(lons, lats, strict=True)]


def landsat_picture(write, qa):
    stem = "l/LC08_L2SP_112030_20241017_20241023_02_T1"
    rng = np.random.default_rng(5)
    for band in ("B2", "B3", "B4", "B5"):
        write(f"{stem}_SR_{band}.TIF", rng.integers(7500, 9000, (80, 100)).astype(np.uint16), **UTM)
    return write(f"{stem}_QA_PIXEL.TIF", qa, **UTM).parent


@given(qa=arrays(np.uint16, (8, 10), elements=st.sampled_from([1, 21824, 21952, 22280, 23888, 21826])), more=st.data())
@settings(max_examples=40)
def test_fractions_add_up_and_more_cloud_never_shows_more(qa, more):
    def usable(values):
        sky = sky_by_masks({"QA_PIXEL": values.astype(np.float32)})
        found = [getattr(sky, k).mean() for k in KINDS]
        return 1.0 - sum(found) + THIN * found[2] + SHADED * found[3]

    before = usable(qa)
    assert 0.0 <= before <= 1.0
    clouded = qa.copy()
    clouded[more.draw(arrays(np.bool_, qa.shape))] |= 8
    assert usable(clouded) <= before + 1e-9


def test_the_landsat_mask_is_read_with_its_picture(write):
    qa = np.full((80, 100), 21824, np.uint16)
    qa[:20], qa[20:40], qa[40:50] = 22280, 21826, 23888
    with open_picture([landsat_picture(write, qa)]) as picture:
        assert picture.quality_bands == ("QA_PIXEL",)
        assert picture.bands == ("blue", "green", "red", "nir")
        found = usable_at(picture, place_of(picture), ship_length_m=112.0)
    assert (found.cloud, found.thin, found.shadow) == pytest.approx((0.25, 0.25, 0.125), abs=0.01)
    assert found.fraction == pytest.approx(0.375 + 0.5 * 0.375, abs=0.01)
    assert "QA_PIXEL" in found.reason
    assert "11 pixels" in found.reason


def test_the_older_planet_mask_is_read_where_there_is_no_other(write):
    rng = np.random.default_rng(6)
    stem = "p/20240612_013701_45_2414_3B_AnalyticMS"
    write(f"{stem}.tif", rng.integers(200, 6000, (4, 80, 100)).astype(np.uint16), photometric="MINISBLACK", **UTM)
    mask = np.zeros((80, 100), np.uint8)
    mask[:40] = 2
    folder = write(f"{stem}_DN_udm.tif", mask, **UTM).parent
    with open_picture([folder]) as picture:
        assert picture.quality_bands == ("UDM",)
        found = usable_at(picture, place_of(picture))
    assert found.fraction == pytest.approx(0.5, abs=0.01)
    assert "not judged" in found.reason


def test_what_cannot_be_judged_is_never_clear(write):
    values = np.random.default_rng(7).integers(5, 200, (80, 100)).astype(np.uint16)
    with open_picture([write("pan.tif", values, **UTM)], sensor="panchromatic") as picture:
        found = usable_at(picture, place_of(picture))
    assert found.status == "partly"
    assert found.fraction == pytest.approx(UNJUDGED)
    assert found.fraction < 0.5  # it bounds no gap
    assert found.unjudged == pytest.approx(1.0)
    assert "clouds not judged" in found.reason


@pytest.fixture(scope="module")
def port():
    bands, water, _ = port_scene(np.random.default_rng(20241017), 500, 600)
    # Land as it is: some of it dark, so that nothing is dark only where something lies above it.
    dark = np.random.default_rng(3).random(bands.shape[1:]) < 0.02
    bands[:, dark & ~water] = 0.03
    return bands.astype(np.float32)


SUN = Sun(elevation_deg=45.0, azimuth_deg=135.0)


def told(port, kind, depth, sun=SUN):
    truth = sky_over(kind, depth, 11, port.shape[1:], 10.0, (-700.0, -700.0))
    return truth, sky_by_pixels(BANDS, under_sky(port, BANDS, truth, kind, 10.0), 10.0, sun, reflectance=True)


def test_a_clear_port_is_clear(port):
    _, found = told(port, "none", 0.0)
    assert not (found.cloud | found.thin | found.shadow).any()


def test_thick_cloud_is_found_where_it_is(port):
    truth, found = told(port, "cumulus", 20.0)
    assert 0.05 < truth.cloud.mean() < 0.5
    assert found.cloud[truth.cloud].mean() > 0.9
    assert found.cloud[truth.depth < 0.3].mean() < 0.01


def test_shadows_lie_where_the_sun_throws_them(port):
    truth, found = told(port, "cumulus", 20.0)
    assert found.shadow.any()
    assert truth.shade[found.shadow].mean() > 0.5
    unknown = told(port, "cumulus", 20.0, None)[1]
    assert not unknown.shadow.any()
    assert any("not judged" in note for note in unknown.notes)


def test_haze_over_everything_is_told(port):
    _, found = told(port, "haze", 2.0)
    assert (found.thin | found.cloud).mean() > 0.8


@pytest.mark.parametrize("trap", ["roof", "quay", "ship", "surf", "snow", "turbid"])
def test_bright_things_that_are_no_cloud(port, trap):
    bands = port.copy()
    where = {
        "roof": (slice(60, 72), slice(100, 140)),
        "quay": (slice(240, 252), slice(0, 600)),
        "ship": (slice(300, 304), slice(200, 232)),
        "surf": (slice(250, 253), slice(0, 600)),
        "snow": (slice(0, 120), slice(0, 300)),
        "turbid": (slice(300, 500), slice(0, 600)),
    }[trap]
    colours = {"snow": (0.8, 0.78, 0.75, 0.7, 0.08), "turbid": (0.11, 0.13, 0.14, 0.035, 0.006)}
    bands[:, where[0], where[1]] = np.array(colours.get(trap, (0.6, 0.6, 0.6, 0.55, 0.45)), np.float32)[:, None, None]
    found = sky_by_pixels(BANDS, bands, 10.0, SUN, reflectance=True)
    assert not found.cloud.any()
    assert found.thin.mean() < 0.01  # a cell or two along the edge of snow, where the strip beside it has nothing dark


@given(arrays(np.float32, (30, 34), elements=st.floats(0, 1, width=32)), st.integers(1, 6))
@settings(max_examples=30)
def test_opening_never_brightens_and_keeps_what_is_even(values, radius):
    assert (opened(values, radius) <= opened(np.maximum(values, 0.5), radius) + 1e-6).all()
    even = np.full((30, 34), 0.3, np.float32)
    assert np.allclose(opened(even, radius), 0.3)


def test_low_sun_and_glint_are_said(write, port):
    shining = port.copy()
    shining[3, 250:], shining[4, 250:] = 0.045, 0.04
    for name, band in zip(BANDS, shining, strict=True):
        write(
            f"g/x_20240612T013701_{name}_10m.tif",
            (band * 1e4).astype(np.uint16),
            crs=UTM["crs"],
            transform=grid(605000.0, 4750000.0, 10.0),
        )
    folder = write("g/x_20240612T013701_B05_10m.tif", np.ones((500, 600), np.uint16), **UTM).parent
    with open_picture([folder]) as picture:
        found = usable_at(picture, None, sun_elevation_deg=9.0, sun_azimuth_deg=120.0)
    assert "low sun, 9° high" in found.reason
    assert "of the water shines" in found.reason
