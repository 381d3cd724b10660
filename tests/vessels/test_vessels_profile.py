"""Profiles read from pictures whose answer is known, and what their comparison must not depend on."""

import math
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine
from scipy import stats

from offing.errors import OffingError
from offing.imagery.reading import open_picture
from offing.quantities import Probability
from offing.vessels.classes import library
from offing.vessels.model import Detection, Measurement, OrientedBox, Part
from offing.vessels.profile import FRACTIONS, Profile, Relief, relief_of
from offing.vessels.profile.calibration import calibration
from offing.vessels.profile.compare import compare, compare_all, parts_of, sight_of, within_cap
from offing.vessels.profile.covariance import Sight, covered, fits
from offing.vessels.profile.measured import point_spread_px, profile_of
from offing.vessels.profile.relief import outline

GSD = 1.0
SIZE = 160
PARTS = (
    Part(kind="hatch", start=0.15, end=0.45, width=0.6, height_m=1.0),
    Part(kind="house", start=0.55, end=0.80, width=0.9, height_m=8.0),
)


def box(heading: float = 90.0, length: float = 100.0, beam: float = 16.0, at: tuple[float, float] = (80.0, 80.0)):
    turn = math.radians(heading)
    ahead, right = (math.sin(turn), -math.cos(turn)), (math.cos(turn), math.sin(turn))
    return OrientedBox(
        col=at[0],
        row=at[1],
        length_px=(0.5 * length * ahead[0], 0.5 * length * ahead[1]),
        beam_px=(0.5 * beam * right[0], 0.5 * beam * right[1]),
    )


def detection(where: OrientedBox, flags: tuple[str, ...] = (), bow: float = 0.9, time: datetime | None = None):
    lc, lr = where.length_px
    heading = math.degrees(math.atan2(lc, -lr)) % 360.0
    return Detection(
        id="0001",
        image="p.tif",
        time=time,
        score=Probability(value=0.9, low=0.9, high=0.9, basis="test"),
        box=where,
        ring=None,
        measurement=Measurement(
            length_m=None,
            length_m_90=None,
            beam_m=None,
            beam_m_90=None,
            axis_deg=heading % 180.0,
            heading_deg=heading,
            bow_probability=bow,
        ),
        flags=flags,
    )


def painted(where: OrientedBox, brightness, sea: float = 0.04, size: int = SIZE) -> np.ndarray:
    """(rows, cols): a hull whose brightness is a function of the fraction from the bow, by supersampling."""
    fine = (np.arange(size * 4) + 0.5) / 4.0
    cols, rows = np.meshgrid(fine, fine)
    (lc, lr), (bc, br) = where.length_px, where.beam_px
    x, y = cols - where.col, rows - where.row
    along = (x * lc + y * lr) / (lc * lc + lr * lr)
    across = (x * bc + y * br) / (bc * bc + br * br)
    f = 0.5 * (1.0 - along)
    inside = (np.abs(along) <= 1.0) & (np.abs(across) <= 1.0)
    values = np.where(inside, brightness(np.clip(f, 0.0, 1.0)), sea)
    return values.reshape(size, 4, size, 4).mean(axis=(1, 3))


def write(path: Path, values: np.ndarray, **tags: str) -> Path:
    """A one-band picture on UTM near 134° E, 40.5° N, 1 m pixels."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype="float32",
        crs="EPSG:32653",
        nodata=-9999.0,
        transform=Affine(GSD, 0.0, 415000.0, 0.0, -GSD, 4483800.0),
    ) as out:
        out.write(values.astype(np.float32), 1)
        out.update_tags(OFFING_SENSOR="panchromatic", **tags)
    return path


def read(path: Path, found: Detection) -> Profile | None:
    with open_picture([path], sensor="panchromatic") as picture:
        return profile_of(picture, found)


def steps(f: np.ndarray) -> np.ndarray:
    return np.where((f >= 0.55) & (f <= 0.80), 0.30, np.where((f >= 0.15) & (f <= 0.45), 0.18, 0.10))


@pytest.mark.parametrize("heading", [90.0, 0.0, 237.0, 31.0])
def test_a_ramp_along_the_hull_is_read_as_a_ramp(tmp_path: Path, heading: float) -> None:
    where = box(heading)
    found = read(write(tmp_path / "p.tif", painted(where, lambda f: 0.1 + 0.2 * f)), detection(where))
    assert found is not None
    inner = slice(6, -6)
    line = stats.linregress(np.array(FRACTIONS)[inner], np.array(found.brightness)[inner])
    assert line.rvalue > 0.9995
    # From median 0 and spread 1: the ramp's own median absolute deviation is a quarter of its range.
    assert line.slope == pytest.approx(1.0 / (1.4826 * 0.25), rel=0.03)
    assert found.contrast == pytest.approx(1.4826 * 0.25 * 0.2, rel=0.03)
    assert found.gsd_m == pytest.approx(1.0, rel=2e-3)
    assert found.length_m == pytest.approx(100.0, rel=2e-3)
    assert found.length_px == pytest.approx(100.0)
    assert all(found.usable)


def test_a_step_is_blurred_no_more_than_the_point_spread_says(tmp_path: Path) -> None:
    where = box(33.0)
    found = read(write(tmp_path / "p.tif", painted(where, lambda f: np.where(f < 0.5, 0.1, 0.3))), detection(where))
    assert found is not None
    values = np.array(found.brightness)
    edge = np.diff((values - values[20]) / (values[75] - values[20]))[30:66]
    at = 0.5 * (np.array(FRACTIONS)[30:66] + np.array(FRACTIONS)[31:67])
    middle = (edge * at).sum() / edge.sum()
    assert middle == pytest.approx(0.5, abs=0.003)
    sd_px = math.sqrt((edge * (at - middle) ** 2).sum() / edge.sum()) * 100.0
    # The picture here has no optics before its pixels: only they, the interpolation and the sample spread the edge.
    assert sd_px <= math.hypot(point_spread_px("rgb"), 0.5)


def test_the_other_end_for_the_bow_turns_the_profile_round(tmp_path: Path) -> None:
    ahead, astern = box(70.0), box(250.0)
    path = write(tmp_path / "p.tif", painted(ahead, steps))
    one, other = read(path, detection(ahead)), read(path, detection(astern))
    assert one
    assert other
    assert other.brightness == pytest.approx(one.brightness[::-1], abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.2, 5.0), st.floats(-0.01, 0.5))
def test_gain_and_offset_of_a_picture_change_nothing(gain: float, offset: float) -> None:
    import tempfile

    where = box(70.0)
    scene = painted(where, steps) + np.random.default_rng(0).normal(0.0, 0.002, (SIZE, SIZE))
    with tempfile.TemporaryDirectory() as folder:
        plain = read(write(Path(folder) / "a.tif", scene), detection(where))
        other = read(write(Path(folder) / "b.tif", gain * scene + offset), detection(where))
    assert plain
    assert other
    assert other.brightness == pytest.approx(plain.brightness, abs=2e-3)
    assert other.noise == pytest.approx(plain.noise, rel=1e-2)


def test_noise_of_a_sample_is_what_the_pixels_leave(tmp_path: Path) -> None:
    where, spread = box(90.0), []
    for seed in range(6):
        noise = np.random.default_rng(seed).normal(0.0, 0.02, (SIZE, SIZE))
        found = read(write(tmp_path / f"{seed}.tif", painted(where, lambda f: 0.1 + 0.2 * f) + noise), detection(where))
        assert found is not None
        values = np.array(found.brightness) * max(found.contrast, 1e-9)
        rest = values - np.polyval(np.polyfit(FRACTIONS, values, 1), FRACTIONS)
        spread.append((np.std(rest[4:-4]), found.noise * found.contrast))
    seen, said = np.mean(spread, axis=0)
    assert said == pytest.approx(seen, rel=0.5)


def test_no_profile_of_what_is_clipped_small_or_without_data(tmp_path: Path) -> None:
    where = box(90.0)
    values = painted(where, steps)
    path = write(tmp_path / "p.tif", values)
    assert read(path, detection(where, flags=("clipped",))) is None
    assert read(path, detection(box(90.0, length=5.0, beam=2.0))) is None
    assert read(path, detection(box(90.0, at=(150.0, 80.0)))) is None
    assert read(path, detection(box(90.0, length=9000.0))) is None
    holes = values.copy()
    holes[:, 40:120] = -9999.0
    assert read(write(tmp_path / "holes.tif", holes), detection(where)) is None
    few = values.copy()
    few[:, 100:110] = -9999.0
    found = read(write(tmp_path / "few.tif", few), detection(where))
    assert found is not None
    assert 8 <= sum(not u for u in found.usable) <= 14
    assert all(b == 0.0 for b, u in zip(found.brightness, found.usable, strict=True) if not u)


def test_a_flat_hull_is_flat_and_not_its_noise_blown_up(tmp_path: Path) -> None:
    where = box(90.0)
    found = read(write(tmp_path / "p.tif", painted(where, lambda f: 0.2 + 0.0 * f)), detection(where))
    assert found is not None
    assert max(abs(b) for b in found.brightness[4:-4]) < 1e-3


def test_a_shadow_beside_the_hull_gives_its_height(tmp_path: Path) -> None:
    """The sun 30° high and square to the ship: 10 m of height throw 17 m of shadow."""
    from offing.vessels.profile.shadows import sun

    time = datetime(2024, 10, 16, 5, 35, tzinfo=UTC)
    azimuth, elevation = sun(134.0, 40.5, time)
    assert 25.0 < elevation < 35.0
    where = box(azimuth + 90.0, beam=16.0)
    values = painted(where, lambda f: 0.2 + 0.0 * f, sea=0.08)
    reach, away = 10.0 / math.tan(math.radians(elevation)), math.radians(azimuth + 180.0)
    side = OrientedBox(
        col=80.0 + (8.0 + 0.5 * reach) * math.sin(away),
        row=80.0 - (8.0 + 0.5 * reach) * math.cos(away),
        length_px=where.length_px,
        beam_px=(0.5 * reach * math.sin(away), -0.5 * reach * math.cos(away)),
    )
    values -= painted(side, lambda f: 0.05 + 0.0 * f, sea=0.0)
    values += np.random.default_rng(1).normal(0.0, 0.001, values.shape)
    path = write(tmp_path / "p.tif", values, OFFING_TIME="2024-10-16T05:35:00Z")
    found = read(path, detection(where, time=time))
    assert found is not None
    assert found.shadow is not None
    heights = np.array(found.shadow)[10:-10]
    assert (heights > 0.0).mean() > 0.9
    assert np.median(heights[heights > 0.0]) == pytest.approx(10.0, abs=1.0)


def test_the_relief_of_a_class_is_its_highest_parts() -> None:
    heights, kinds = outline((*PARTS, Part(kind="mast", start=0.600, end=0.602, width=0.1, height_m=20.0)))
    at = [i for i, f in enumerate(FRACTIONS) if 0.55 <= f <= 0.80]
    assert {heights[i] for i in at} == {8.0, 20.0}
    assert kinds[57] == "mast"
    assert (heights[2], kinds[2]) == (0.0, None)
    known = [relief_of(c) for c in library()]
    assert sum(r is not None for r in known) > 100
    assert all(len(r.height_m) == len(FRACTIONS) for r in known if r)


def test_a_photograph_without_parts_becomes_blocks() -> None:
    heights, kinds = outline(PARTS)
    photo = Relief(name="photo", fractions=FRACTIONS, height_m=heights, kinds=(None,) * len(kinds))
    found = parts_of(photo)
    house = next(p for p in found if p.kind == "house")
    assert (house.start, house.end) == pytest.approx((0.55, 0.80), abs=0.011)


def test_covered_is_the_share_of_the_middle_of_the_beam() -> None:
    assert covered(Part(kind="house", start=0.1, end=0.2, width=1.0, height_m=1.0)) == 1.0
    assert covered(Part(kind="house", start=0.1, end=0.2, width=0.3, height_m=1.0)) == pytest.approx(0.5)
    assert covered(Part(kind="house", start=0.1, end=0.2, width=0.1, height_m=1.0, across=0.45)) == 0.0


def made(parts: tuple[Part, ...] = PARTS, seed: int = 0, pixels: float = 120.0, bow: float = 0.9) -> Profile:
    """A profile of a ship with these parts, with some texture."""
    at, rng = np.array(FRACTIONS), np.random.default_rng(seed)
    values = 0.3 * np.interp(at, np.linspace(0, 1, 30), rng.standard_normal(30))
    for part in parts:
        values[(at >= part.start) & (at <= part.end)] += 2.0 if part.kind == "house" else 0.8
    values -= np.median(values)
    values /= 1.4826 * np.median(np.abs(values))
    return Profile(
        image="p",
        sensor="rgb",
        simulated=False,
        gsd_m=1.0,
        length_m=pixels,
        length_px=pixels,
        psf=0.65 / pixels,
        fractions=FRACTIONS,
        brightness=tuple(float(v) for v in values),
        noise=0.05,
        contrast=0.1,
        shadow=None,
        usable=(True,) * len(at),
        bow_probability=bow,
    )


def relief(name: str, parts: tuple[Part, ...]) -> Relief:
    heights, kinds = outline(parts)
    return Relief(name=name, fractions=FRACTIONS, height_m=heights, kinds=kinds, parts=parts)


RIGHT = relief("right", PARTS)
WRONG = relief(
    "wrong",
    (
        Part(kind="house", start=0.10, end=0.25, width=0.9, height_m=8.0),
        Part(kind="hatch", start=0.35, end=0.90, width=0.6, height_m=1.0),
    ),
)


def test_the_density_is_the_multivariate_student_t_of_scipy() -> None:
    sight = Sight(sensor="optical", psf=0.02, noise=0.1, samples=24, shift_sd=0.02, stretch_sd=0.03)
    fit = fits(PARTS, 0.02, sight, tuple(range(24)), 1)
    white = fit.whitening[0]
    shape = np.linalg.inv(white) @ np.linalg.inv(white).T
    values = np.random.default_rng(0).standard_normal(24)
    expected = stats.multivariate_t.logpdf(values, fit.means[0], shape, df=fit.freedom)
    assert fit.log_density(values) == pytest.approx(expected, rel=1e-9)


def test_profiles_speak_for_the_layout_they_come_from() -> None:
    found = compare_all(made(), {"right": RIGHT, "wrong": WRONG})
    assert found["right"].log_ratio > 1.0 > found["wrong"].log_ratio
    assert found["right"].bow_first > 0.9


def test_turning_the_profile_and_the_bow_round_changes_nothing() -> None:
    ahead = made(bow=0.8)
    astern = msgspec.structs.replace(ahead, brightness=ahead.brightness[::-1], bow_probability=0.2)
    one, other = compare(ahead, RIGHT), compare(astern, RIGHT)
    assert other.raw_log_ratio == pytest.approx(one.raw_log_ratio, abs=1e-9)
    assert other.bow_first == pytest.approx(1.0 - one.bow_first, abs=1e-9)


def test_where_the_bow_is_open_both_ends_are_weighed() -> None:
    ahead = made(bow=0.5)
    astern = msgspec.structs.replace(ahead, brightness=ahead.brightness[::-1])
    assert compare(astern, RIGHT).raw_log_ratio == pytest.approx(compare(ahead, RIGHT).raw_log_ratio, abs=1e-9)
    assert compare(made(bow=0.95), RIGHT).raw_log_ratio > compare(made(bow=0.05), RIGHT).raw_log_ratio


def test_samples_that_cannot_be_used_are_left_out() -> None:
    plain = made()
    usable = tuple(not 30 <= i < 40 for i in range(len(FRACTIONS)))
    spoilt = tuple(b if u else 99.0 for b, u in zip(plain.brightness, usable, strict=True))
    holed = msgspec.structs.replace(plain, usable=usable)
    assert compare(msgspec.structs.replace(holed, brightness=spoilt), RIGHT) == compare(holed, RIGHT)


def test_evidence_sums_up_to_the_log_ratio() -> None:
    found = compare(made(), RIGHT)
    assert sum(e.log_ratio for e in found.evidence) == pytest.approx(found.log_ratio)
    named = {e.name: e.log_ratio for e in found.evidence}
    assert named["superstructure"] > 0.0
    assert {*named} == {"hatches", "superstructure", "rest"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-50, 50), min_size=1), st.floats(0.0, 6.0))
def test_no_two_are_set_further_apart_than_the_cap(logs: dict[str, float], cap: float) -> None:
    held = within_cap(logs, cap)
    values = [0.0, *held.values()]
    assert max(values) - min(values) <= cap + 1e-9
    order = sorted(logs, key=lambda k: logs[k])
    assert all(held[a] <= held[b] + 1e-12 for a, b in pairwise(order))
    inside = all(abs(x - y) <= cap for x in (0.0, *logs.values()) for y in (0.0, *logs.values()))
    if inside:
        assert held == pytest.approx(logs)


def test_few_pixels_bear_out_little() -> None:
    kept = calibration()
    for sensor in ("rgb", "sar"):
        caps = [kept.at(sensor, px).cap for px in (3.0, 6.0, 11.0, 37.0, 160.0, 500.0)]
        assert caps == sorted(caps)
        assert caps[0] == 0.0
    assert kept.at("rgb", 11.0).cap <= math.log(3.0) + 1e-9
    few = compare(made(pixels=11.0), RIGHT)
    assert abs(few.log_ratio) <= math.log(3.0) + 1e-9


def test_ships_of_one_picture_share_their_sight() -> None:
    assert sight_of(made(pixels=120.0))[0] == sight_of(made(pixels=121.0))[0]
    assert sight_of(made(pixels=12.0))[0].samples == 24


def test_lists_of_different_length_are_refused() -> None:
    with pytest.raises(OffingError, match="differ in length"):
        msgspec.structs.replace(made(), usable=(True,))
    with pytest.raises(OffingError, match="differ in length"):
        Relief(name="x", fractions=(0.5,), height_m=(1.0, 2.0), kinds=(None,))
