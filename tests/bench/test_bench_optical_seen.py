"""The drawn scenes, clouds near ships, the labelled sets by networks of one's own, and a small run end to end."""

import csv
from itertools import pairwise

import cv2
import msgspec
import numpy as np
import pytest
from scipy.stats import poisson
from shapely import MultiPoint, Polygon

from offing.bench import optical_labelled, radar_seen
from offing.bench.model import BenchOptions
from offing.bench.optical_labelled import Labelled, LabelledSet, labelled_sets
from offing.bench.optical_scenes import EDGE_M, LENGTH_M, OPAQUE, clouded, optical_drawn
from offing.bench.optical_seen import FIRST_SEED, KINDS, SPEAKS_FOR, _alarms, measure, real_of, write_seen
from offing.bench.optical_words import figures, table
from offing.looks.darkness import sun_azimuth_deg, sun_elevation_deg
from offing.looks.optical_seen import OpticalSeen, real_terms
from offing.looks.seen import logistic
from offing.simulation.canvas import shadow_per_metre
from offing.simulation.clouds import cloud_cover
from offing.simulation.placing import place_ships
from offing.simulation.quay import harbour
from offing.vessels.detection.additive import Card, Curve
from offing.vessels.detection.network import Boxes, NetworkCard


def test_drawn_ships_fit_and_every_second_picture_is_cloudy() -> None:
    lengths, off = [], {gsd: 0 for gsd, _ in KINDS}
    for gsd, size in KINDS:
        for seed in range(FIRST_SEED, FIRST_SEED + 8):
            spec, alongside = optical_drawn(gsd, size, seed)
            assert (spec.cloud > 0.0) is bool(seed % 2)
            lengths += [s.length_m for s in place_ships(spec, harbour(spec.place_seed))]
            off[gsd] += len(spec.ships) - alongside
    assert LENGTH_M[0] <= min(lengths)
    assert max(lengths) <= LENGTH_M[1]
    assert all(n >= 14 for n in off.values()), off


def test_its_seeds_are_nobody_elses() -> None:
    assert radar_seen.FIRST_SEED + 1_000_000 < FIRST_SEED


def test_pixels_that_one_size_speaks_for_hold_it_and_no_others() -> None:
    spans = [SPEAKS_FOR[gsd] for gsd, _ in KINDS]
    assert all(low <= gsd <= high for (gsd, _), (low, high) in zip(KINDS, spans, strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_cloud_over_and_beside_a_hull_is_told_by_its_own_pixels() -> None:
    spec, _ = optical_drawn(*KINDS[3], FIRST_SEED + 1)
    hulls = [np.array([(c, r), (c + 9, r), (c + 9, r + 3), (c, r + 3)], float) for c, r in ((5, 5), (70, 70), (130, 9))]
    covered, edge = clouded(spec, hulls)
    sun = sun_azimuth_deg(spec.position, spec.time), sun_elevation_deg(spec.position, spec.time)
    opacity, shade = cloud_cover(spec.seed, spec.size[::-1], spec.gsd_m, spec.cloud, shadow_per_metre(*sun))
    rows, cols = np.nonzero(opacity > OPAQUE)
    cloud = MultiPoint(np.column_stack([cols + 0.5, rows + 0.5]))
    for hull, share, near in zip(hulls, covered, edge, strict=True):
        (c, r), inside = hull[0].astype(int), (slice(int(hull[0][1]), int(hull[0][1]) + 3),)
        pixels = opacity[inside[0], c : c + 9]
        assert share == pytest.approx((pixels > OPAQUE).mean(), abs=0.2)
        away = cloud.distance(Polygon(hull)) * spec.gsd_m
        dark = (shade[r : r + 3, c : c + 9] > OPAQUE).mean()
        if abs(away - EDGE_M) > 15.0 and not 0.0 < dark < 0.3:
            assert near is bool(away < EDGE_M or dark > 0.1)


def test_a_clear_picture_has_no_cloud_near() -> None:
    spec, _ = optical_drawn(*KINDS[3], FIRST_SEED)
    assert clouded(spec, [np.array([(5.0, 5.0), (9.0, 5.0), (9.0, 9.0)])]) == ([0.0], [False])


@pytest.mark.parametrize("false", [0, 1, 7, 60])
def test_the_interval_of_false_alarms_is_exact(false) -> None:
    span = _alarms(10.0, false, 4, 9.0).a_picture
    assert poisson.cdf(false, 4 * span.high) == pytest.approx(0.05)
    if false:
        assert poisson.sf(false - 1, 4 * span.low) == pytest.approx(0.05)
    else:
        assert span.low == 0.0


def labelled(n: int = 400, *, held_out: bool = True) -> LabelledSet:
    """Ships of nine places, found by a known law."""
    rng = np.random.default_rng(7)
    lengths, quay = 60.0 * 5.0 ** rng.random(n), rng.random(n) < 0.6
    chance = [logistic(1.0 - 2.0 * q + 1.2 * np.log2(m / 100.0)) for m, q in zip(lengths, quay, strict=True)]
    found = rng.random(n) < chance
    ships = tuple(
        Labelled(
            place=f"p{i % 9}",
            length_m=float(m),
            at_quay=bool(q),
            found=bool(f),
            ratio=float(rng.normal(1.0, 0.1)) if f else None,
            said_sd=0.1 if f else None,
        )
        for i, (m, q, f) in enumerate(zip(lengths, quay, found, strict=True))
    )
    name = "Sentinel-2 in ports (s2-ports)"
    return LabelledSet(name=name, split="9 ports", held_out=held_out, ships=ships, false=12, pictures=9, km2=500.0)


def test_labelled_ships_have_a_curve_of_their_own() -> None:
    real = real_of(labelled())
    assert real is not None
    assert real.at_quay == (False, True)
    sd = np.sqrt(np.diag(real.covariance))
    assert real.coefficients == pytest.approx((1.0, 1.2, -1.0, 1.2), abs=4 * sd.max())
    assert sd.max() < 0.6
    assert real.n == sum(c.n for c in real.cells) == 400
    at = real_terms(200.0, True, real.at_quay)
    assert logistic(float(np.dot(at, real.coefficients))) == pytest.approx(logistic(0.2), abs=0.15)
    assert real.lengths is not None
    assert real.lengths.ratios[4] == pytest.approx(1.0, abs=0.03)


def test_too_few_labelled_ships_have_none() -> None:
    few = labelled()
    assert real_of(msgspec.structs.replace(few, ships=few.ships[:15])) is None
    quay = tuple(s for s in few.ships if s.at_quay)
    real = real_of(msgspec.structs.replace(few, ships=quay))
    assert real is not None
    assert real.at_quay == (True,)
    assert len(real.coefficients) == 2


def test_a_small_run_gives_a_curve_that_can_be_kept(tmp_path) -> None:
    kept = measure(2, FIRST_SEED, [labelled(held_out=False)], KINDS[3:])
    assert kept.n == sum(c.n for c in kept.cells) > 5
    assert kept.false_alarms[0].pictures == 2
    assert [r.held_out for r in kept.real] == [False]
    write_seen(kept, tmp_path / "kept.json")
    assert msgspec.json.decode((tmp_path / "kept.json").read_bytes(), type=OpticalSeen) == kept
    assert any("near a cloud's edge" in name for name in figures(kept))
    lines = table(kept)
    assert any("in-sample" in line for line in lines)
    assert any("IN-SAMPLE" in line for line in lines)


class Pretends:
    """Sees a ship wherever it was told to, in pixels as shown: half of the picture's."""

    def __init__(self, *seen: tuple[float, float, float, float]) -> None:
        self._seen = np.array(seen).reshape(-1, 4) / 2.0

    def boxes(self, channels, least: float) -> Boxes:
        n = len(self._seen)
        return Boxes(
            centre=self._seen[:, :2],
            size=self._seen[:, 2:],
            angle=np.zeros(n),
            log_odds=np.full(n, 3.0),
            bow=np.zeros(n),
        )


@pytest.fixture
def harbours(tmp_path, monkeypatch):
    """Two pictures of two places, three warships and a tug each, 20 wide, bows to the right."""
    folder = tmp_path / "optical-naval"
    (folder / "images").mkdir(parents=True)
    rng = np.random.default_rng(3)
    columns = ("image", "place", "class", "bow_x", "bow_y", "stern_x", "stern_y", "xmin", "ymin", "xmax", "ymax")
    with (folder / "ships.csv").open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(columns)
        for place in ("a", "b"):
            cv2.imwrite(str(folder / "images" / f"{place}.png"), rng.integers(20, 60, (300, 400, 3), np.uint8))
            for row, code in ((50, 2), (120, 2), (190, 2), (260, 1)):
                table.writerow((f"{place}.png", place, code, 250, row, 100, row, 100, row - 10, 250, row + 10))
    curve = Curve(feature="log odds", knots=(-9.0, 9.0), values=(-9.0, 9.0))
    about = Card(
        id="made up", data="", licence="", split="", target="", figures={"refit_sd_log_odds": 0.1}, calibration="",
        limits="",
    )  # fmt: skip
    card = NetworkCard(card=about, weights="", sha256="", calibration=curve)
    monkeypatch.setattr(optical_labelled, "network_card", lambda _: card)
    monkeypatch.setattr(optical_labelled, "dismiss_by_cover", lambda found, _: (tuple(found), ()))
    return BenchOptions(data=tmp_path)


def test_the_networks_that_are_given_search_the_places_they_have_not_seen(harbours) -> None:
    """Place a: one warship, the tug and a shed are found; place b: all warships, each a tenth too long."""
    networks = {
        "a": Pretends((175.5, 50.5, 150, 20), (175.5, 260.5, 150, 20), (330, 30, 60, 20)),
        "b": Pretends(*((175.5, row + 0.5, 165, 20) for row in (50, 120, 190))),
    }
    (found,) = labelled_sets(harbours, places=networks.__getitem__)
    assert found.held_out
    assert [(s.place, s.found) for s in found.ships] == [("a", True), ("a", False), ("a", False), *[("b", True)] * 3]
    assert found.false == 1, "the shed; a ship of another code is neither right nor false"
    assert found.pictures == 2
    assert found.km2 == pytest.approx(2 * 0.12)
    assert [s.length_m for s in found.ships] == [150.0] * 6
    assert [s.ratio for s in found.ships if s.found] == pytest.approx([1.0, 1.1, 1.1, 1.1], abs=0.02)


def test_places_without_a_network_that_has_not_seen_them_are_left_out(harbours) -> None:
    (found,) = labelled_sets(harbours, places={"b": Pretends((175.5, 50.5, 150, 20))}.get)
    assert [(s.place, s.found) for s in found.ships] == [("b", True), ("b", False), ("b", False)]
    assert found.pictures == 1


def test_without_labelled_sets_nothing_real_is_compared(tmp_path) -> None:
    assert labelled_sets(BenchOptions()) == ()
    assert labelled_sets(BenchOptions(data=tmp_path)) == ()
