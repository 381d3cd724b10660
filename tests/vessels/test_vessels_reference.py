"""Reference photographs: silhouettes whose steps are known, pictures that must be refused, and comparisons."""

from __future__ import annotations

import itertools
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.errors import CaseFileError, OffingError, PictureError
from offing.report.figures.reference_figure import reference_figure
from offing.simulation.broadside import BroadsideSpec, broadside, write_broadside
from offing.vessels.classes import library
from offing.vessels.model import Hull, Part, VesselClass
from offing.vessels.profile import FRACTIONS, Profile, Relief, relief_of
from offing.vessels.reference import (
    PhotoRelief,
    ReferenceImage,
    against_class,
    against_overhead,
    against_photograph,
    read_reference,
)
from offing.vessels.reference.along import Given, photo_relief
from offing.vessels.reference.backdrop import backdrop_tilt, lab
from offing.vessels.reference.deck import deck_of
from offing.vessels.reference.references import of_mask
from offing.vessels.reference.silhouette import silhouette_of
from offing.vessels.reference.steps import levels_of
from offing.vessels.reference.svg_path import outline_of_svg
from offing.vessels.reference.tracing import drawn

AFT = VesselClass(
    id="aft",
    length_m=(100.0, 100.0),
    beam_m=(15.0, 15.0),
    hull=Hull(bow=0.2, transom=0.9, freeboard_m=6.0),
    parts=(
        Part(kind="hatch", start=0.15, end=0.6, width=0.5, height_m=1.5),
        Part(kind="house", start=0.7, end=0.9, width=0.9, height_m=12.0),
        Part(kind="mast", start=0.76, end=0.78, width=0.1, height_m=20.0),
    ),
)
FORWARD = VesselClass(
    id="forward",
    length_m=(100.0, 100.0),
    beam_m=(15.0, 15.0),
    parts=(
        Part(kind="house", start=0.12, end=0.3, width=0.9, height_m=14.0),
        Part(kind="crane", start=0.5, end=0.52, width=0.3, height_m=16.0),
        Part(kind="hatch", start=0.35, end=0.9, width=0.5, height_m=1.5),
    ),
)


def outline(length: float = 800.0, house: tuple[float, float] = (0.7, 0.9)) -> list[tuple[float, float]]:
    """A hull 6 % high with a raked stem and a house 12 % high above her deck, bow left, y downwards."""
    a, b = house
    shape = [(0.03, 0), (0, 0.06), (a, 0.06), (a, 0.18), (b, 0.18), (b, 0.06), (1, 0.06), (1, 0)]
    return [(f * length, -z * length) for f, z in shape]


def mask_of(points: list[tuple[float, float]], tilt: float = 0.0) -> np.ndarray:
    canvas = np.zeros((500, 1000), np.uint8)
    xy = np.array(points) + np.array([100.0, 350.0])
    cv2.fillPoly(canvas, [np.round(xy * 16).astype(np.int32)], 255, cv2.LINE_8, 4)
    turn = cv2.getRotationMatrix2D((500, 350), -tilt, 1.0)
    return cv2.warpAffine(canvas, turn, (1000, 500)) > 127


def relief(mask: np.ndarray, bow: str | None = "left", **more) -> PhotoRelief:
    given = Given("m", "mask", False, (mask.shape[1], mask.shape[0]), 1.0, bow, **more)
    return photo_relief(of_mask(mask, "m"), given)


def photo(vessel_class: VesselClass, seed: int, **more) -> np.ndarray:
    return broadside(BroadsideSpec(vessel_class=vessel_class, seed=seed, width=800, **more)).pixels


# --- what a silhouette says -------------------------------------------------------------------------------------------


def test_a_drawn_ship_gives_her_own_steps():
    found = relief(mask_of(outline()))
    (house,) = found.parts
    assert house.kind == "house"
    assert house.start == pytest.approx(0.7, abs=0.006)
    assert house.end == pytest.approx(0.9, abs=0.006)
    assert house.height == pytest.approx(0.12, abs=0.004)
    assert 0.7 in house.start_90
    assert 0.9 in house.end_90
    assert np.median(found.deck) == pytest.approx(0.06, abs=0.003)
    assert found.tilt_deg == pytest.approx(0.0, abs=0.1)


@settings(max_examples=12, deadline=None)
@given(start=st.floats(0.15, 0.6), long=st.floats(0.08, 0.3), length=st.integers(300, 880))
def test_size_and_place_of_the_picture_change_nothing(start: float, long: float, length: int):
    found = relief(mask_of(outline(length, (start, start + long))))
    (house,) = found.parts
    tolerance = 0.006 + 2.0 / length
    assert house.start == pytest.approx(start, abs=tolerance)
    assert house.end == pytest.approx(start + long, abs=tolerance)
    assert house.height == pytest.approx(0.12, abs=tolerance)


@settings(max_examples=12, deadline=None)
@given(start=st.floats(0.1, 0.6), long=st.floats(0.05, 0.35))
def test_the_mirrored_picture_with_the_bow_at_the_other_side_is_the_same_relief(start: float, long: float):
    mask = mask_of(outline(house=(start, start + long)))
    one, other = relief(mask, "left"), relief(mask[:, ::-1], "right")
    np.testing.assert_allclose(one.above_water, other.above_water, atol=2e-3)
    np.testing.assert_allclose(one.above_deck, other.above_deck, atol=4e-3)
    assert len(one.parts) == len(other.parts)


def test_a_relief_turned_twice_is_itself():
    found = relief(mask_of(outline()))
    twice = found.turned().turned()
    np.testing.assert_allclose([p.start for p in twice.parts], [p.start for p in found.parts])
    assert msgspec.structs.replace(twice, parts=found.parts, bow=found.bow, outline=found.outline) == found


@pytest.mark.parametrize("tilt", [-5.0, -1.5, 3.0])
def test_a_tilted_picture_is_levelled_by_the_waterline(tilt: float):
    found = relief(mask_of(outline(), tilt))
    assert found.tilt_deg == pytest.approx(tilt, abs=0.15)
    house = max(found.parts, key=lambda p: p.end - p.start)
    assert house.start == pytest.approx(0.7, abs=0.015)
    assert house.height == pytest.approx(0.12, abs=0.01)


def test_an_open_jib_is_no_house():
    mask = mask_of(outline())
    mask[275:279, 300:420] = True  # a boom that hangs over the deck
    mask[275:302, 417:420] = True
    kinds = {p.kind for p in relief(mask).parts if p.start < 0.5}
    assert kinds == {"crane"}


def test_a_stated_view_angle_stretches_positions_and_an_unstated_one_widens_intervals():
    mask = mask_of(outline())
    plain, oblique, unknown = (relief(mask, view_deg=v) for v in (0.0, 25.0, None))
    assert oblique.parts[0].start > plain.parts[0].start
    assert unknown.parts[0].start == pytest.approx(plain.parts[0].start)
    assert unknown.position_sd > plain.position_sd
    assert any("view angle is not stated" in n for n in unknown.notes)


def test_the_deck_line_is_found_under_parts_with_sheer():
    f = np.array(FRACTIONS)
    deck = 0.05 + 0.03 * np.maximum(0.0, 0.3 - f) ** 2 / 0.09
    heights = deck + np.where((f > 0.3) & (f < 0.85), 0.1, 0.0)
    np.testing.assert_allclose(deck_of(f, heights).height, deck, atol=1e-3)


def test_level_pieces_are_the_best_division():
    """Against every division of a short outline (brute force)."""
    heights = np.array([0.0, 0.0, 0.1, 0.12, 0.1, 0.0, 0.02, 0.0])
    price = 0.01 * np.quantile(heights, 0.95) ** 2
    price = max(1.5e-4, price) * len(heights) / 192.0

    def cost(cuts: tuple[int, ...]) -> float:
        edges = [0, *cuts, len(heights)]
        runs = [heights[a:b] for a, b in itertools.pairwise(edges)]
        return sum(((r - r.mean()) ** 2).sum() for r in runs) + price * (len(runs) - 1)

    every = [tuple(i for i in range(1, 8) if bits >> i & 1) for bits in range(0, 256, 2)]
    best = min(every, key=cost)
    assert tuple(level.start for level in levels_of(heights)[1:]) == best


def test_the_bow_is_estimated_and_said():
    found = relief(mask_of(outline()), None)
    assert found.bow.side == "left"
    assert 0.5 < found.bow.probability <= 0.85
    assert relief(mask_of(outline())[:, ::-1], None).bow.side == "right"
    assert any("--bow" in n for n in found.notes)


# --- photographs ------------------------------------------------------------------------------------------------------


def test_a_simulated_photograph_gives_the_steps_it_was_drawn_with(tmp_path: Path):
    drawn_ship = broadside(BroadsideSpec(vessel_class=AFT, seed=2, width=800, bow="right", tilt_deg=1.5))
    path = write_broadside(drawn_ship, tmp_path / "aft.jpg")
    found = read_reference(path, bow="right", view_deg=0.0, length_m=100.0)
    assert found.simulated
    assert found.origin == "photograph"
    assert found.tilt_deg == pytest.approx(1.5, abs=0.5)
    house = next(p for p in drawn_ship.ship.parts if p.kind == "house")
    starts, ends = [p.start for p in found.parts], [p.end for p in found.parts]
    assert min(abs(s - house.start) for s in starts) < 0.02
    assert min(abs(e - house.end) for e in ends) < 0.02
    assert "simulated" in found.relief().height_basis


def test_the_same_seed_gives_the_same_photograph():
    a, b = (broadside(BroadsideSpec(vessel_class=AFT, seed=9, width=400)) for _ in range(2))
    np.testing.assert_array_equal(a.pixels, b.pixels)


@pytest.mark.parametrize(
    ("ships", "words"), [("none", "without a ship"), ("two", "2 ships"), ("cut", "cut off at the left edge")]
)
def test_no_ship_two_ships_and_half_a_ship_are_refused(ships: str, words: str):
    with pytest.raises(PictureError, match=words) as caught:
        silhouette_of(photo(AFT, 3, ships=ships, haze=0.05), "p.jpg")
    assert caught.value.fix


def test_noise_and_a_blank_picture_hold_no_ship():
    rng = np.random.default_rng(0)
    for pixels in (rng.integers(0, 256, (300, 500, 3)).astype(np.uint8), np.full((300, 500, 3), 120, np.uint8)):
        with pytest.raises(PictureError, match="without a ship"):
            silhouette_of(pixels, "p.png")


def test_the_horizon_tells_the_tilt_without_a_ship():
    tilt, sure = backdrop_tilt(lab(photo(AFT, 4, ships="none", tilt_deg=3.0)))
    assert tilt == pytest.approx(3.0, abs=0.5)
    assert sure > 0.3


# --- files from outside -----------------------------------------------------------------------------------------------


def _png(path: Path, pixels: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


def test_masks_are_taken_as_given_in_either_tone_and_by_transparency(tmp_path: Path):
    mask = mask_of(outline())
    white = _png(tmp_path / "white.png", mask.astype(np.uint8) * 255)
    black = _png(tmp_path / "black.png", (~mask).astype(np.uint8) * 255)
    cut = np.full((500, 1000, 4), 90, np.uint8)
    cut[..., 3] = mask * 255
    alpha = _png(tmp_path / "alpha.png", cut)
    found = [read_reference(p, bow="left") for p in (white, black, alpha)]
    assert {f.origin for f in found} == {"mask"}
    for other in found[1:]:
        np.testing.assert_allclose(found[0].above_water, other.above_water, atol=3e-3)


def test_sixteen_bits_grey_and_palette_are_read(tmp_path: Path):
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    mask = mask_of(outline()).astype(np.uint8)
    deep = _png(tmp_path / "deep.png", mask.astype(np.uint16) * 65535)
    with pytest.warns(NotGeoreferencedWarning):
        palette = rasterio.open(
            tmp_path / "palette.png", "w", driver="PNG", width=1000, height=500, count=1, dtype="uint8"
        )
    with palette:
        palette.write(mask, 1)
        palette.write_colormap(1, {0: (255, 255, 255, 255), 1: (0, 0, 0, 255)})
    one, two = read_reference(deep, bow="left"), read_reference(tmp_path / "palette.png", bow="left")
    np.testing.assert_allclose(one.above_water, two.above_water, atol=4e-3)


def test_exif_orientation_turns_a_photograph_upright(tmp_path: Path):
    upright = broadside(BroadsideSpec(vessel_class=AFT, seed=2, width=700))
    path = write_broadside(upright, tmp_path / "a.jpg")
    content = path.read_bytes()
    tag = struct.pack("<HHIHH", 0x0112, 3, 1, 1, 0)
    assert content.count(tag) == 1
    lying = msgspec.structs.replace(upright, pixels=np.ascontiguousarray(np.rot90(upright.pixels)))
    other = write_broadside(lying, tmp_path / "b.jpg")
    turned = other.read_bytes().replace(tag, struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0))
    other.write_bytes(turned)
    one, two = read_reference(path, bow="left"), read_reference(other, bow="left")
    assert (two.width, two.height) == (one.width, one.height)
    np.testing.assert_allclose(one.above_water, two.above_water, atol=0.03)


def test_cmyk_becomes_colours(tmp_path: Path):
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning

    rgb = photo(AFT, 2)
    cmyk = np.concatenate([rgb, np.full_like(rgb[..., :1], 255)], axis=2)  # inverted, as Adobe's programs write it
    path = tmp_path / "cmyk.jpg"
    with pytest.warns(NotGeoreferencedWarning):
        out = rasterio.open(
            path, "w", driver="JPEG", width=rgb.shape[1], height=rgb.shape[0], count=4, dtype="uint8", quality=95
        )
    with out:
        out.write(np.moveaxis(cmyk, -1, 0))
    plain = tmp_path / "rgb.jpg"
    cv2.imwrite(str(plain), rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    one, two = read_reference(path, bow="left"), read_reference(plain, bow="left")
    np.testing.assert_allclose(one.above_water, two.above_water, atol=0.03)


def test_a_pixel_bomb_is_refused_before_it_is_decoded(tmp_path: Path):
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b""))
    with pytest.raises(PictureError, match="30000 × 30000"):
        read_reference(bomb)


def test_a_truncated_jpeg_is_an_error(tmp_path: Path):
    path = write_broadside(broadside(BroadsideSpec(vessel_class=AFT, seed=2, width=400)), tmp_path / "a.jpg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError, match="ends before its pixels do"):
        read_reference(path)


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (np.zeros((100, 200), bool), "without a ship"),
        (np.pad(np.ones((20, 150), bool), ((40, 40), (0, 50))), "cut off"),
    ],
)
def test_masks_without_a_whole_ship_are_refused(tmp_path: Path, mask: np.ndarray, words: str):
    pixels = mask.astype(np.uint8) * 255
    pixels[-1, -1] = 255 if not mask.any() else 0
    with pytest.raises(PictureError, match=words):
        read_reference(_png(tmp_path / "m.png", pixels))


# --- traces -----------------------------------------------------------------------------------------------------------


def _svg(body: str, head: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode()


def test_the_same_outline_as_svg_geojson_and_csv(tmp_path: Path):
    points = outline(400.0)
    pairs = " ".join(f"{x:.3f},{y:.3f}" for x, y in points)
    (tmp_path / "a.svg").write_bytes(_svg(f'<g transform="translate(30 40) scale(2)"><path d="M {pairs} Z"/></g>'))
    (tmp_path / "b.svg").write_bytes(_svg(f'<polygon points="{pairs}"/>'))
    ring = [list(p) for p in [*points, points[0]]]
    (tmp_path / "c.geojson").write_bytes(msgspec.json.encode({"type": "Polygon", "coordinates": [ring]}))
    (tmp_path / "d.csv").write_text("x,y\n" + "\n".join(f"{x},{y}" for x, y in points))
    found = [read_reference(p, bow="left") for p in sorted(tmp_path.iterdir())]
    assert {f.origin for f in found} == {"trace"}
    for other in found[1:]:
        np.testing.assert_allclose(found[0].above_water, other.above_water, atol=2e-3)
    assert found[0].parts[0].start == pytest.approx(0.7, abs=0.005)


def test_relative_commands_and_curves_are_flattened():
    straight = outline_of_svg(_svg('<path d="M0 0 h10 v-4 l-10 0 z"/>'), "s")
    assert straight == [(0, 0), (10, 0), (10, -4), (0, -4)]
    curved = outline_of_svg(_svg('<path d="M0,0 C 0,-4 10,-4 10,0 L 10 4 L 0 4 Z"/>'), "s")
    assert min(y for _, y in curved) == pytest.approx(-3.0, abs=0.01)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_svg('<script>alert(1)</script><path d="M0 0 L9 0 L9 -3 Z"/>'), "script"),
        (_svg('<image href="http://example.invalid/x.png"/>'), "image"),
        (_svg('<path d="M0 0 A 5 5 0 0 1 9 0 L9 -3 Z"/>'), "command 'A'"),
        (_svg('<path d="M0 0 L 9"/>'), "cannot be read"),
        (_svg('<path d="M0 0 L9 0 L9 -3 Z" transform="skewX(20)"/>'), "transform skewX"),
        (_svg("<text>ship</text>"), "no path"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "document types"),
        (b"<html/>", "no SVG"),
        (b"\x00\x01", "XML"),
    ],
)
def test_svg_that_is_more_or_less_than_an_outline_is_refused(content: bytes, words: str):
    with pytest.raises(PictureError, match=words):
        outline_of_svg(content, "s.svg")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"x,y\n1,2,3\n", "row 1"),
        ("a.csv", b"x,y\n1,2\n3,4\n", "2 points"),
        ("a.csv", b"0,0\n10,-4\n10,0\n0,-4\n", "crosses itself"),
        ("a.csv", b"0,0\n1,-40\n2,0\n", "no ship from abeam"),
        ("a.geojson", b"{}", "no polygon"),
        ("a.geojson", b'{"type":"Polygon","coordinates":[[["a",1]]]}', "pairs of numbers"),
        ("a.json", b"{", "no JSON"),
        ("a.csv", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_traces_that_are_no_outline_are_refused(tmp_path: Path, name: str, content: bytes, words: str):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PictureError, match=words):
        read_reference(path)


@settings(max_examples=20, deadline=None)
@given(data=st.binary(max_size=300))
def test_whatever_a_trace_holds_is_one_clear_error(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    for suffix in (".svg", ".csv", ".geojson"):
        path = tmp_path_factory.mktemp("t") / f"x{suffix}"
        path.write_bytes(data)
        with pytest.raises(OffingError):
            read_reference(path)


def test_a_trace_too_narrow_for_its_height_is_refused():
    with pytest.raises(PictureError, match="no ship from abeam"):
        drawn([(0, 0), (1, 0), (1, 5), (0, 5)], "t")


# --- comparisons ------------------------------------------------------------------------------------------------------


def _class_relief(vessel_class: VesselClass) -> Relief:
    found = relief_of(vessel_class)
    assert found is not None
    return found


def test_the_right_class_fits_better_and_its_parts_match():
    found = relief(mask_of(outline(house=(0.7, 0.9))), length_m=100.0)
    right, wrong = (against_class(found, _class_relief(c)) for c in (AFT, FORWARD))
    assert right.ratio.value > 1.0 > wrong.ratio.value
    assert next(p for p in right.parts if p.kind == "house").verdict == "match"
    assert next(p for p in wrong.parts if p.kind == "house").verdict == "mismatch"


def test_an_unknown_bow_weighs_both_ends():
    known = relief(mask_of(outline()), "left", length_m=100.0)
    half = msgspec.structs.replace(known, bow=msgspec.structs.replace(known.bow, probability=0.5))
    sure, unsure = (against_class(f, _class_relief(AFT)) for f in (known, half))
    assert sure.bow_as_taken == pytest.approx(1.0)
    assert 1.0 < unsure.ratio.value < sure.ratio.value


def test_photographs_of_one_ship_fit_and_of_two_do_not():
    one = relief(mask_of(outline(800.0)), "left")
    same = relief(mask_of(outline(500.0)), "left")
    other = relief(mask_of(outline(700.0, (0.12, 0.3))), "left")
    assert against_photograph(one, same).ratio.value > 1.0 > against_photograph(one, other).ratio.value


def _profile(heights: np.ndarray, gsd: float = 0.7) -> Profile:
    bright = (heights - np.median(heights)) / max(heights.std(), 1e-9)
    return Profile(
        image="above.tif", sensor="panchromatic", simulated=True, gsd_m=gsd, length_m=100.0, length_px=100.0 / gsd,
        psf=0.5 * gsd / 100.0, fractions=FRACTIONS, brightness=tuple(float(v) for v in bright), noise=0.1, contrast=0.1,
        shadow=None, usable=(True,) * len(FRACTIONS), bow_probability=0.99,
    )  # fmt: skip


def test_an_overhead_profile_is_compared_and_drawn():
    found = relief(mask_of(outline()), length_m=100.0)
    compared = against_overhead(found, _profile(np.array(found.above_deck)))
    forward = relief(mask_of(outline(house=(0.1, 0.3))), length_m=100.0)
    turned = against_overhead(forward, _profile(np.array(found.above_deck)))
    assert compared.kind == "overhead"
    assert compared.ratio.value > 1.0
    assert compared.bow_as_taken > 0.9 > 0.1 > turned.bow_as_taken
    assert compared.ratio.low <= compared.ratio.value <= compared.ratio.high
    assert {p.verdict for p in compared.parts} <= {"match", "mismatch", "not visible"}


def test_without_a_length_there_are_no_metres():
    with pytest.raises(OffingError, match="length"):
        relief(mask_of(outline())).relief()


@pytest.mark.parametrize("vessel_class", ["ropucha", "alligator"])
def test_the_library_can_be_photographed(vessel_class: str):
    picture = broadside(BroadsideSpec(vessel_class=library().get(vessel_class), seed=1, width=300))
    assert picture.mask.any()


# --- the figure -------------------------------------------------------------------------------------------------------


def test_the_figure_is_well_formed_deterministic_and_says_what_is_simulated():
    found = msgspec.structs.replace(relief(mask_of(outline()), length_m=100.0), name="<b>&", simulated=True)
    profile = _profile(np.array(found.above_deck))
    compared = [against_class(found, _class_relief(AFT)), against_overhead(found, profile)]
    drawings = [
        reference_figure(found, relief=_class_relief(AFT), profile=profile, comparisons=compared) for _ in range(2)
    ]
    assert drawings[0] == drawings[1]
    root = ET.fromstring(drawings[0])
    texts = [t for e in root.iter() for t in e.itertext()]
    assert sum("SIMULATED" in t for e in root.iter() if e.tag.endswith("tspan") for t in e.itertext()) == 2
    assert any("<b>&" in t for t in texts)
    assert not root.findall(".//{*}style")
    classes = {e.get("class") for e in root.iter()}
    assert {"shape", "deck", "part", "band", "bright"} <= classes
    assert ET.fromstring(reference_figure(found, standalone=True)).findall(".//{*}style")


def test_every_sign_has_its_own_shape():
    """Match, mismatch and not visible differ in shape, not in colour alone."""
    found = relief(mask_of(outline()), length_m=100.0)
    root = ET.fromstring(reference_figure(found))
    legend = [e for e in root if (e.get("class") or "").startswith("m-")]
    tags = {e.get("class"): (e.tag.split("}")[-1], len((e.get("d") or "").split("L"))) for e in legend}
    assert len(set(tags.values())) == 3


# --- records ----------------------------------------------------------------------------------------------------------


def test_a_reference_must_say_what_it_shows():
    with pytest.raises(CaseFileError, match="shows no ship"):
        ReferenceImage(id="a", path="a.jpg")
    with pytest.raises(CaseFileError, match="length"):
        ReferenceImage(id="a", path="a.jpg", vessel_class="ropucha", length_m=-3.0)
    assert ReferenceImage(id="a", path="a.jpg", vessel="x").side == "unknown"
