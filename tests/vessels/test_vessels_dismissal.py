"""Named false alarms: each rule dismisses what it is for, and keeps the ship that looks like it."""

import math
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.bench.false_alarms import generated, geometry, scored
from offing.geo import LonLat
from offing.imagery.coarse import Coarse
from offing.imagery.reading import open_picture
from offing.imagery.water import Water
from offing.quantities import Interval, Probability
from offing.simulation.artefacts import interfered
from offing.simulation.model import SceneSpec
from offing.simulation.radar import geometry as simulated_geometry
from offing.simulation.scene import simulate
from offing.simulation.writing import write_scene
from offing.vessels.detection.dismissal import KINDS, RadarScene, Spots, bright_spots, counted, dismiss, together
from offing.vessels.detection.dismissal.ambiguities import weighed
from offing.vessels.detection.dismissal.ghosts import windows
from offing.vessels.detection.dismissal.ground import lowest_median, placed
from offing.vessels.detection.dismissal.interference import bands
from offing.vessels.detection.dismissal.land import inland_m
from offing.vessels.detection.scan import scan
from offing.vessels.model import Detection, Measurement, OrientedBox

SIDE = 2000
GSD = 10.0


def detection(number, col, row, length=150.0, beam=25.0, angle=0.0):
    """A box of metres at a pixel of 10 m, ``angle`` in degrees from the columns to the rows."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    half, side = length / 2 / GSD, beam / 2 / GSD
    return Detection(
        id=f"{number:04d}", image="x", time=None, score=Probability(value=0.9, low=0.8, high=0.95, basis="test"),
        box=OrientedBox(col=col, row=row, length_px=(half * c, half * s), beam_px=(-side * s, side * c)), ring=None,
        measurement=Measurement(
            length_m=length, length_m_90=Interval(low=0.9 * length, high=1.1 * length), beam_m=beam, beam_m_90=None,
            axis_deg=0.0, heading_deg=0.0, bow_probability=0.5,
        ),
    )  # fmt: skip


def spots(*places):
    table = np.array(places, np.float64).reshape(-1, 3)
    return Spots(col=table[:, 0], row=table[:, 1], peak_db=table[:, 2])


def scene(*peaks, power=None, water=None, valid=None, **changes):
    """A picture of 20 × 20 km at 10 m, its coarse cells of 3 pixels; the sea has the power 1."""
    cells = -(-SIDE // 3)
    power = np.ones((1, cells, cells), np.float32) if power is None else power
    coarse = Coarse(power, 3, SIDE, SIDE)
    known = np.ones((SIDE, SIDE), np.bool_) if valid is None else valid
    values = {
        "width": SIDE, "height": SIDE, "gsd_m": (GSD, GSD), "peaks": spots(*peaks), "bright": spots(),
        "coarse": coarse, "bands": tuple(f"band{i}" for i in range(len(power))),
        "water": None if water is None else Water(water, coarse, ()),
        "valid": lambda box: known[box.row0 : box.row1, box.col0 : box.col1], "radars": (),
    }  # fmt: skip
    return RadarScene(**{**values, **changes})


def of(dismissed):
    return {d.id: d for d in dismissed}


# All together ---------------------------------------------------------------------------------------------------


def test_nothing_is_said_of_nothing():
    assert dismiss([], scene()) == ((), ())
    assert counted([]) == ""


def test_a_picture_of_which_nothing_is_known_loses_no_ship():
    found = [detection(1, 900, 900), detection(2, 500, 700)]
    bare = scene((900, 900, 40), (500, 700, 12), gsd_m=None)
    ships, dismissed = dismiss(found, bare)
    assert ships == tuple(found)
    assert dismissed == ()


def test_the_count_names_each_kind_once_in_order():
    one = msgspec.structs.replace(detection(1, 5, 5), flags=("land", "nodata-edge"), reasons=("a", "b"))
    two = msgspec.structs.replace(detection(2, 5, 5), flags=("ambiguity",), reasons=("a",))
    assert counted([one, two, two]) == "3 dismissed: 2 ambiguity, 1 nodata-edge"
    assert set(KINDS) == {"ambiguity", "interference", "nodata-edge", "land", "structure", "fixed", "cloud"}


# Azimuth ambiguities --------------------------------------------------------------------------------------------


def ghost_at(col, row, order, side_m=20e3):
    """Where the physics puts the ghost: λ·R·PRF / (2·V) along the flight, offset² / (2·R·sin θ) further in range."""
    radar = geometry(side_m)
    reach = radar.slant_range_m(col, row).low
    prf = 1717.129 if reach < 847e3 else 1451.627
    offset = order * radar.wavelength_m * reach * prf / (2 * 7590.0)
    return radar.displaced_px(col, row, offset, offset**2 / (2 * reach * math.sin(math.radians(38.0))))


@pytest.mark.parametrize(("order", "row"), [(1, 700.0), (-1, 1300.0), (2, 500.0), (-2, 1500.0)])
def test_a_ghost_is_dismissed_with_its_source_and_the_source_stays(order, row):
    source = (1000.0, row)
    at = ghost_at(*source, order)
    assert 0 < at[0] < SIDE
    assert 0 < at[1] < SIDE
    found = [detection(1, *source, 250.0), detection(2, *at, 120.0), detection(3, 1500, 300)]
    looked = scene((*source, 45.0), (*at, 15.0), (1500, 300, 15.0), radars=(geometry(20e3),))
    ships, dismissed = dismiss(found, looked)
    assert [d.id for d in ships] == ["0001", "0003"]
    assert of(dismissed)["0002"].flags == ("ambiguity",)
    (reason,) = dismissed[0].reasons
    assert f"order {abs(order)}" in reason
    assert f"column {source[0]:.0f}, row {source[1]:.0f}" in reason
    assert ("against" in reason) == (order < 0)
    assert "30 dB fainter" in reason


def test_what_is_bright_on_land_has_ghosts_too():
    at = ghost_at(1000.0, 600.0, 1)
    looked = scene((*at, 14.0), bright=spots((1000, 600, 46)), radars=(geometry(20e3),))
    assert len(dismiss([detection(1, *at, 60.0)], looked)[1]) == 1


@pytest.mark.parametrize(
    ("brightness", "length", "away_px"),
    [(41.0, 120.0, 0.0), (15.0, 120.0, 60.0), (15.0, 420.0, 0.0)],
    ids=["hardly fainter than its source", "beside the ghost's place", "longer than its source"],
)
def test_what_is_no_ghost_stays(brightness, length, away_px):
    at = ghost_at(1000.0, 600.0, 1)
    at = (at[0] + away_px, at[1])
    found = [detection(1, 1000, 600, 200.0), detection(2, *at, length)]
    ships, _ = dismiss(found, scene((1000, 600, 45.0), (*at, brightness), radars=(geometry(20e3),)))
    assert [d.id for d in ships] == ["0001", "0002"]


def test_where_ships_are_dense_a_match_is_no_proof():
    """The same pair of source and ghost, alone and among ships so dense that one lies there by chance."""
    rng = np.random.default_rng(3)
    at = ghost_at(1000.0, 600.0, 1)
    pair = [(1000.0, 600.0, 40.0), (*at, 17.0)]
    crowd = [(*p, 17.0) for p in at + rng.uniform(-300, 300, (300, 2))]
    found = [detection(i, c, r, 150.0) for i, (c, r, _) in enumerate([*pair, *crowd])]
    inferred = (geometry(20e3, exact=False),)
    _, alone = dismiss(found[:2], scene(*pair, radars=inferred))
    ships, crowded = dismiss(found, scene(*pair, *crowd, radars=inferred))
    assert [d.id for d in alone] == ["0001"]
    assert crowded == ()
    assert len(ships) == 302


@pytest.mark.parametrize("known", ["annotated", "inferred", "pass open"])
def test_ghosts_of_a_sparse_scene_are_found_and_ships_kept(known):
    total = sum(scored(generated(60, 40e3, known, seed)) for seed in range(4))
    ghosts, named, ships, lost, *_ = (int(v) for v in total)
    assert ghosts > 20
    assert named / ghosts > (0.95 if known == "annotated" else 0.8)
    assert lost / ships < 0.01


def test_a_radar_without_ghosts_costs_no_ship_even_among_a_thousand():
    total = sum(scored(generated(1000, 40e3, "annotated", seed, ghosts=False)) for seed in range(1))
    assert int(total[3]) <= 2


def test_a_thousand_ships_with_ghosts():
    ghosts, named, ships, lost, _, doubted = (int(v) for v in scored(generated(1000, 40e3, "annotated", 5)))
    assert named / ghosts > 0.6
    assert (named + doubted) / ghosts > 0.95
    assert lost / ships < 0.01


def test_ghosts_tell_which_pass_it_was():
    """Made on a descending pass, judged with both possible: nearly as good as if it were known."""
    named = np.zeros(3, np.int64)
    for seed in range(4):
        truth = generated(60, 40e3, "pass open", seed)
        both = truth.scene.radars
        for i, radars in enumerate((both, both[:1], both[1:])):
            supposed = msgspec.structs.replace(truth.scene, radars=radars)
            named[i] += scored(msgspec.structs.replace(truth, scene=supposed))[1]
    assert named[0] >= 0.9 * named[1]
    assert named[1] > 5 * named[2]


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 10_000))
def test_weights_are_probabilities_and_nothing_matched_is_no_ghost(n, m, seed):
    rng = np.random.default_rng(seed)
    ghosts = rng.exponential(1e-6, (m, n)) * (rng.random((m, n)) < 0.5)
    weights, each = weighed(rng.exponential(1e-7, n) + 1e-9, ghosts, rng.exponential(20.0, m), np.full(m, 1 / m))
    assert weights.sum() == pytest.approx(1.0)
    assert ((each >= 0) & (each < 1)).all()
    assert (each[ghosts == 0] == 0).all()


def test_windows_hold_the_physical_ghost_on_both_sides():
    radar = geometry(20e3)
    found = {w.order: w for w in windows(radar, 1000, 1000, 40.0)}
    assert set(found) == {1, -1, 2, -2, 3, -3}
    for order, window in found.items():
        at = ghost_at(1000.0, 1000.0, order)
        along, across = placed(np.array([1000.0, at[0]]), np.array([1000.0, at[1]]), radar)
        assert window.along_m[0] <= along[1] - along[0] <= window.along_m[1]
        assert window.across_m[0] <= across[1] - across[0] <= window.across_m[1]


def test_bright_spots_are_the_local_maxima_and_blocks_join_without_doubles():
    power = np.ones((200, 300), np.float32)
    power[50:53, 60:63] = 2000.0
    power[51, 61] = 40_000.0
    power[150, 250] = 500.0
    whole = bright_spots(power, 1.0)
    assert list(zip(whole.col, whole.row, np.round(whole.peak_db, 2), strict=True)) == [(61.5, 51.5, 46.02)]
    halves = together([bright_spots(power[:, :100], 1.0), bright_spots(power[:, 40:], 1.0, (40, 0))])
    for one, other in ((whole.col, halves.col), (whole.row, halves.row), (whole.peak_db, halves.peak_db)):
        np.testing.assert_array_equal(one, other)
    assert len(together(())) == 0


# Land -----------------------------------------------------------------------------------------------------------


def shore():
    """(water in the western half, coarse power with land 13 dB over it)."""
    water = np.zeros((-(-SIDE // 3),) * 2, np.bool_)
    water[:, :334] = True
    return water, np.where(water, np.float32(1), np.float32(20))[None]


@pytest.mark.parametrize(
    ("col", "angle", "gone"),
    [(900, 0.0, False), (1004, 90.0, False), (1010, 0.0, False), (1018, 90.0, False), (1060, 90.0, True)],
    ids=["at sea", "at the quay", "reaching over the quay", "rafted", "in town"],
)
def test_only_what_is_wholly_inland_is_on_land(col, angle, gone):
    water, power = shore()
    ship = detection(1, col, 700, 200.0, 30.0, angle)
    _, dismissed = dismiss([ship], scene((col, 700, 20), water=water, power=power))
    assert [d.flags for d in dismissed] == ([("land",)] if gone else [])
    if gone:
        distance = float(dismissed[0].reasons[0].split(" m or more")[0].split()[-1])
        assert distance == pytest.approx((1060 - 1002) * GSD - 15, abs=31)


@pytest.mark.parametrize(("wide", "kept"), [(3, True), (0, False)], ids=["in a channel 90 m wide", "in town"])
def test_a_ship_in_a_channel_that_the_mask_lost_stays(wide, kept):
    water, power = shore()
    power[0, 200:320, 500 : 500 + wide] = 1.0
    ship = detection(1, 3 * 500 + 4.5, 3 * 260, 200.0, 30.0, 90.0)
    ships, _ = dismiss([ship], scene((1504, 780, 20), water=water, power=power))
    assert bool(ships) is kept


def test_where_land_is_no_brighter_than_water_nothing_is_on_land():
    water, _ = shore()
    ships, _ = dismiss([detection(1, 1500, 700)], scene((1500, 700, 20), water=water))
    assert ships


def test_a_picture_without_any_water_dismisses_nothing_as_land():
    assert not inland_m(np.zeros((5, 5), np.bool_), 30.0).any()


# Edges of the data ----------------------------------------------------------------------------------------------


def cut(angle=12.0):
    """(valid pixels, coarse power) of a picture whose eastern part, beyond a slanting edge, has no data."""
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    valid = (cols + 0.5 - 1500) * math.cos(math.radians(angle)) + (rows + 0.5) * math.sin(math.radians(angle)) < 0
    cells = -(-SIDE // 3)
    share = np.zeros((cells * 3, cells * 3), np.bool_)
    share[:SIDE, :SIDE] = valid
    some = share.reshape(cells, 3, cells, 3).any(axis=(1, 3))
    return valid, np.where(some, np.float32(1), np.float32(np.nan))[None]


@pytest.mark.parametrize(
    ("inside_px", "along", "length", "said"),
    [(1.5, True, 300.0, "nodata-edge"), (1.5, False, 200.0, "clipped"), (12.0, True, 300.0, None),
     (1.5, True, 30.0, "clipped")],
    ids=["along the edge", "across it", "well inside", "a small ship at it"],
)  # fmt: skip
def test_what_lies_along_the_edge_goes_and_what_it_cuts_stays(inside_px, along, length, said):
    valid, power = cut()
    turn = math.radians(12.0)
    # A point of the edge at row 1000, and from there so many pixels to the inside.
    col = 1500 - 1000 * math.tan(turn) - inside_px * math.cos(turn)
    at = (col, 1000 - inside_px * math.sin(turn))
    ship = detection(1, *at, length, 25.0, 12.0 + (90.0 if along else 0.0))
    ships, dismissed = dismiss([ship], scene((*at, 20.0), power=power, valid=valid))
    assert (len(dismissed) == 1) == (said == "nodata-edge")
    assert (ships or dismissed)[0].flags == ((said,) if said else ())


def test_the_picture_s_own_border_cuts_ships_and_makes_none():
    ships, dismissed = dismiss([detection(1, 1.0, 700, 300.0, 25.0, 90.0)], scene((1, 700, 20)))
    assert dismissed == ()
    assert ships[0].flags == ("clipped",)


# Interference ---------------------------------------------------------------------------------------------------


def stripe(radar, along_m, rise_db, soft_m=0.0, looks=36.0, seed=1):
    """Coarse speckled sea with a band along range raised over a stretch of the flight, and where its middle lies."""
    cells = -(-SIDE // 3)
    rows, cols = np.mgrid[0:cells, 0:cells]
    along, _ = placed(cols * 3.0 + 1.5, rows * 3.0 + 1.5, radar)
    outside = np.maximum(np.abs(along - sum(along_m) / 2) - (along_m[1] - along_m[0]) / 2, 0)
    profile = np.exp(-outside / soft_m) if soft_m else (outside <= 0).astype(float)
    speckle = np.random.default_rng(seed).standard_gamma(looks, (cells, cells)) / looks
    return (speckle * (1 + (10 ** (rise_db / 10) - 1) * profile)).astype(np.float32)[None]


@pytest.mark.parametrize("rise_db", [2.5, 6.0])
def test_a_band_along_range_is_found_where_it_is(rise_db):
    radar = geometry(20e3)
    (band,) = bands(scene(power=stripe(radar, (-1500.0, -700.0), rise_db), radars=(radar,)))
    assert band.along_m == pytest.approx((-1500.0, -700.0), abs=70)
    assert band.across_m[1] - band.across_m[0] > 15e3
    assert band.excess_db == pytest.approx(rise_db, abs=0.4)


@pytest.mark.parametrize(
    ("power", "why"),
    [
        (lambda r: stripe(r, (0.0, 0.0), 0.0), "nothing is raised"),
        (lambda r: stripe(r, (-800.0, 800.0), 5.0, soft_m=3000.0), "wind rises gradually"),
        (lambda r: stripe(geometry(20e3, heading_deg=250.0), (-400.0, 400.0), 5.0), "it runs otherwise"),
        (lambda r: np.swapaxes(stripe(r, (-400.0, 400.0), 5.0), 1, 2), "it runs along the flight"),
    ],
)
def test_what_is_no_interference_makes_no_band(power, why):
    radar = geometry(20e3)
    assert bands(scene(power=np.ascontiguousarray(power(radar)), radars=(radar,))) == [], why


def test_in_a_band_noise_goes_and_ships_stay():
    radar = geometry(20e3)
    middle = radar.displaced_px(*radar.anchor_px, -1100.0, 500.0)
    clear = radar.displaced_px(*radar.anchor_px, 2500.0, 500.0)
    found = [detection(1, *middle), detection(2, *middle), detection(3, *clear)]
    looked = scene(
        (*middle, 13.0), (*middle, 32.0), (*clear, 13.0), power=stripe(radar, (-1500.0, -700.0), 6.0), radars=(radar,)
    )
    looked = msgspec.structs.replace(looked, radars=(msgspec.structs.replace(radar, subswaths=()),))
    ships, dismissed = dismiss(found, looked)
    assert [(d.id, d.flags) for d in ships] == [("0002", ("in-interference",)), ("0003", ())]
    assert dismissed[0].flags == ("interference",)
    assert "band0 is raised by 6." in dismissed[0].reasons[0]


def test_a_ship_is_judged_over_what_both_polarisations_received():
    """12 dB in one of two polarisations are 9.3 dB in their mean: 22 dB stand 12.7 dB over it."""
    radar = geometry(20e3)
    middle = radar.displaced_px(*radar.anchor_px, -1100.0, 500.0)
    power = np.concatenate([stripe(radar, (0.0, 0.0), 0.0), stripe(radar, (-1500.0, -700.0), 12.0)])
    found = [detection(1, *middle), detection(2, *middle)]
    ships, dismissed = dismiss(found, scene((*middle, 22.0), (*middle, 20.5), power=power, radars=(radar,)))
    assert [d.id for d in ships] == ["0001"]
    assert [d.id for d in dismissed] == ["0002"]
    assert "band1 is raised by 12.0 dB" in dismissed[0].reasons[0]


def test_a_band_that_the_mask_takes_for_land_is_found_and_its_ships_are_not_on_land():
    radar = geometry(20e3)
    power = stripe(radar, (-2500.0, -1000.0), 8.0)
    middle = radar.displaced_px(*radar.anchor_px, -1750.0, 500.0)
    looked = scene((*middle, 32.0), power=power, water=power[0] < 3.0, radars=(radar,))
    ships, _ = dismiss([detection(1, *middle)], looked)
    assert [d.flags for d in ships] == [("in-interference",)]


def test_land_is_no_band():
    """A strait of 2 km of land across the flight, as uneven as land is, with a straight shore."""
    radar = geometry(20e3)
    power = stripe(radar, (-2500.0, -500.0), 9.0)
    land = power[0] > 3.0
    power[0, land] *= np.exp(np.random.default_rng(1).normal(0.0, 0.7, int(land.sum())))
    assert bands(scene(power=power, water=~land, radars=(radar,))) == []


def test_land_as_even_as_the_sea_is_no_band_where_land_lies_on():
    radar = geometry(20e3)
    power = stripe(radar, (3000.0, 5000.0), 3.0)
    rows, cols = np.mgrid[0 : power.shape[1], 0 : power.shape[2]]
    along, _ = placed(cols * 3.0 + 1.5, rows * 3.0 + 1.5, radar)
    assert len(bands(scene(power=power, radars=(radar,)))) == 1
    assert bands(scene(power=power, water=along < 1000.0, radars=(radar,))) == []


def test_the_band_of_a_simulated_picture_is_found_though_its_water_mask_calls_it_land(tmp_path):
    asked = SceneSpec(
        sensor="sar", time=datetime(2024, 10, 17, 9, tzinfo=UTC), position=LonLat(lon=134.0, lat=40.5), gsd_m=10.0,
        size=(900, 900), seed=6, harbour=False, artefacts=("interference",),
    )  # fmt: skip
    path, _ = write_scene(simulate(asked), tmp_path / "simulated.tif")
    with open_picture([path]) as picture:
        passed = scan(picture, lambda block: [], workers=1)
        looked = RadarScene(
            width=picture.width, height=picture.height, gsd_m=picture.gsd_m, peaks=spots(), bright=spots(),
            coarse=passed.coarse, bands=passed.bands, water=passed.water, valid=picture.valid, radars=picture.radars,
        )  # fmt: skip
        found = bands(looked)
    truth = interfered(asked, simulated_geometry(asked).flight_deg)
    rows, cols = np.mgrid[0:900:5, 0:900:5]
    assert {b.polarisation for b in found} == {"VV", "VH"}
    for band in found:
        held = band.holds(cols.ravel() + 0.5, rows.ravel() + 0.5).reshape(rows.shape)
        assert (held & truth[::5, ::5]).sum() / (held | truth[::5, ::5]).sum() > 0.8


def test_a_bright_ship_and_its_side_lobes_raise_no_band():
    radar = geometry(20e3)
    power = stripe(radar, (0.0, 0.0), 0.0)
    power[0, 300:303, 100:600] *= 10.0
    power[0, 301, 350] = 1e5
    assert bands(scene(power=power, radars=(radar,))) == []


@given(st.lists(st.one_of(st.just(math.nan), st.floats(-50, 50, width=32)), min_size=1, max_size=30))
def test_the_lower_median_leaves_out_what_is_not_known(values):
    known = sorted(v for v in values if not math.isnan(v))
    found = float(lowest_median(np.array(values, np.float32), 0))
    assert math.isnan(found) if not known else found == known[(len(known) - 1) // 2]


# Structures -----------------------------------------------------------------------------------------------------


def with_line(length_cells, level=10.0, peak=None):
    """Coarse sea with a line of bright cells from (200, 300) on, slanting."""
    cells = -(-SIDE // 3)
    power = np.random.default_rng(2).standard_gamma(36.0, (1, cells, cells)).astype(np.float32) / 36
    for k in range(length_cells):
        power[0, 300 + k // 6, 200 + k] = level
    if peak:
        power[0, 300, 200] = peak
    return power


@pytest.mark.parametrize(
    ("cells", "peak", "own_db", "gone"),
    [(60, None, 14.0, True), (60, None, 30.0, False), (12, None, 14.0, False), (60, 2e4, 14.0, False)],
    ids=["on a breakwater", "a ship at it", "a ship of 360 m", "on side lobes"],
)
def test_a_piece_of_a_long_narrow_line_is_a_structure(cells, peak, own_db, gone):
    at = (3 * 210 + 1.5, 3 * 301 + 1.5)
    found = [detection(1, *at, 200.0, 25.0, math.degrees(math.atan(1 / 6)))]
    _, dismissed = dismiss(found, scene((*at, own_db), power=with_line(cells, peak=peak)))
    assert [d.flags for d in dismissed] == ([("structure",)] if gone else [])


@pytest.mark.parametrize(("peak_db", "gone"), [(25.0, True), (45.0, False)])
def test_what_is_longer_than_any_ship_is_none_unless_side_lobes_made_it_so(peak_db, gone):
    _, dismissed = dismiss([detection(1, 900, 900, 700.0)], scene((900, 900, peak_db)))
    assert len(dismissed) == gone
