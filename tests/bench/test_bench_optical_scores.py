"""Scoring of ships in optical pictures: what is left out, measures on warships, the quay, intervals over places."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offing.bench.datasets import NavalPicture, optical_naval, s2_ports
from offing.bench.found import Found, axis_error_deg, score_bins
from offing.bench.naval_scores import calibration_figures, naval_figures, naval_seen
from offing.bench.pooled import average_precision_of, intervals_90
from offing.bench.port_scores import (
    Hulls,
    PortSeen,
    best_f1_of,
    counts_of,
    hulls_of,
    metres_from_land,
    port_figures,
)
from offing.bench.scoring import average_precision, first_come, left_out, matches_of
from offing.errors import OffingError


def random_boxes(rng, n, side=12.0):
    corner = rng.uniform(0, 40, (n, 2))
    return np.concatenate([corner, corner + rng.uniform(4, side, (n, 2))], axis=1)


def overlap(one, other):
    wide = max(0.0, min(one[2], other[2]) - max(one[0], other[0]))
    high = max(0.0, min(one[3], other[3]) - max(one[1], other[1]))
    return wide * high, (one[2] - one[0]) * (one[3] - one[1]), (other[2] - other[0]) * (other[3] - other[1])


def judged_slowly(boxes, scores, truth, areas):
    """Of each box ``right``, ``false`` or ``out``, by loops over everything."""
    used, said = set(), {}
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        best, which = 0.5, None
        for j, true in enumerate(truth):
            common, one, other = overlap(boxes[i], true)
            share = common / (one + other - common)
            if j not in used and share >= best and (which is None or share > best):
                best, which = share, j
        if which is not None:
            used.add(which)
            said[i] = "right"
            continue
        out = False
        for area in areas:
            common, one, other = overlap(boxes[i], area)
            out = out or common / one >= 0.5 or common / (one + other - common) >= 0.5
        said[i] = "out" if out else "false"
    return [said[i] for i in range(len(boxes))]


@given(st.integers(0, 25), st.integers(0, 8), st.integers(0, 6), st.integers(0, 10_000))
@settings(max_examples=120, deadline=None)
def test_what_is_right_false_or_left_out_is_what_loops_find(n, m, k, seed):
    rng = np.random.default_rng(seed)
    truth, areas = random_boxes(rng, m), random_boxes(rng, k, 20)
    near = [*truth, *areas, *random_boxes(rng, 3)]
    boxes = np.array([near[rng.integers(len(near))] + rng.normal(0, 1, 4) for _ in range(n)]).reshape(-1, 4)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
    scores = rng.uniform(size=n).round(1)
    match = matches_of(boxes, scores, truth)
    out = left_out(boxes, match, areas)
    said = np.where(match >= 0, "right", np.where(out, "out", "false")).tolist()
    assert said == judged_slowly(boxes, scores, truth, areas)


def test_pooled_precision_is_that_of_pycocotools_with_crowds():
    """Over several pictures, with more than a hundred detections in some, and scores that are all different."""
    rng = np.random.default_rng(4)
    found, truth, areas, rank, right = [], [], [], [], []
    for n in (130, 40, 0, 25):
        ships, others = random_boxes(rng, 9), random_boxes(rng, 4)
        near = np.concatenate([ships, others, random_boxes(rng, 9)])
        boxes = near[rng.integers(len(near), size=n)] + rng.normal(0, 0.8, (n, 4))
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
        scores = rng.permutation(1000)[:n] / 1000 + len(found) * 1e-5
        match = matches_of(boxes, scores, ships)
        first = np.argsort(np.argsort(-scores)) < 100
        clear = first & ~left_out(boxes, match, others)
        rank, right = [*rank, *scores[clear]], [*right, *(match >= 0)[clear]]
        found.append((boxes, scores))
        truth.append(ships)
        areas.append(others)
    mine = average_precision_of(np.array(rank), np.array(right), sum(map(len, truth)))
    theirs = average_precision(found, truth, areas)
    assert mine == pytest.approx(theirs, abs=1e-9)
    assert 0.1 < theirs < 0.99
    assert theirs > average_precision(found, truth) + 0.001


def test_precision_of_nothing():
    assert average_precision_of(np.zeros(0), np.zeros(0, bool), 4) == 0
    assert average_precision_of(np.ones(1), np.ones(1, bool), 0) == 0
    assert average_precision_of(np.array([0.9]), np.array([True]), 2) == pytest.approx(51 / 101)


def found_of(rows):
    """Rows of col, row, half-length vector, beam, score, bow."""
    table = np.array(rows, float).reshape(-1, 7)
    half = np.abs(table[:, 2:4]) + table[:, [4]] / 2 * np.abs(table[:, [3, 2]]) / np.hypot(*table[:, 2:4].T)[:, None]
    return Found(
        boxes=np.concatenate([table[:, :2] - half, table[:, :2] + half], axis=1),
        centre=table[:, :2],
        ahead=table[:, 2:4],
        rank=table[:, 5],
        score=table[:, 5],
        bow=table[:, 6],
        length_m=np.full(len(table), np.nan),
    )


def naval_picture(ships, name="a.jpg", place="p"):
    """Ships as rows of code, bow, stern; beams of a fifth."""
    table = np.array(ships, float)
    bows, sterns = table[:, 1:3], table[:, 3:5]
    half = np.abs(bows - sterns) / 2 + 0.2 * np.abs(bows - sterns)[:, ::-1] / 2
    middle = (bows + sterns) / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    return NavalPicture(
        name=name, place=place, paths=(), codes=table[:, 0].astype(int), boxes=boxes, bows=bows, sterns=sterns
    )


PICTURE = naval_picture([(2, 120, 50, 20, 50), (2, 200, 120, 200, 20), (3, 120, 150, 60, 150), (0, 30, 150, 0, 150)])


def test_measures_of_warships():
    seen = naval_seen(
        PICTURE,
        found_of(
            [
                (72, 50, 52, 0, 20, 0.9, 0.9),  # right, two pixels off, 4 % too long
                (200, 70, 0, -50, 20, 0.8, 0.6),  # right, the bow at the wrong end
                (90, 150, 30, 0, 12, 0.7, 0.5),  # the ship of code 3
                (300, 300, 30, 0, 12, 0.6, 0.5),  # nothing
                (15, 150, 15, 0, 6, 0.4, 0.5),  # the boat of code 0, not sure
            ]
        ),
    )
    figures = naval_figures([seen])
    assert (figures["right_at_half"], figures["false_at_half"], figures["missed_at_half"]) == (2, 1, 0)
    assert figures["left_out_at_half"] == 1
    assert figures["precision_at_half"] == pytest.approx(2 / 3)
    assert figures["ap50"] == 1
    assert figures["ap50_all_codes"] == pytest.approx((76 + 25 * 4 / 5) / 101)
    assert figures["axis_within_10"] == 1
    assert figures["bow_right"] == 0.5
    assert figures["length_median_relative"] == pytest.approx(0.02)
    assert figures["centre_median_px"] == pytest.approx(1.0)
    assert [figures[f"recall_code_{c}"] for c in (0, 2, 3)] == [0, 1, 1]
    held = calibration_figures([seen])
    assert held["bow_ece"] == pytest.approx((0.1 + 0.6) / 2)
    assert held["boxes_of_scores_0.6_to_0.8"] == 1


def test_strict_precision_counts_others_as_false():
    seen = naval_seen(PICTURE, found_of([(90, 150, 30, 0, 12, 0.9, 0.5), (70, 50, 50, 0, 20, 0.8, 0.9)]))
    figures = naval_figures([seen])
    assert figures["ap50"] == pytest.approx(51 / 101)
    assert figures["ap50_strict"] == pytest.approx(51 / 101 / 2)


def test_nothing_found_has_no_measures():
    figures = naval_figures([naval_seen(PICTURE, found_of([]))])
    assert math.isnan(figures["bow_right"])
    assert (figures["ap50"], figures["f1_at_half"], figures["recall_code_2"]) == (0, 0, 0)


def test_axes_have_no_ends():
    one, other = np.radians([0.0, 10, 175, -90]), np.radians([180.0, -170, -5, 90])
    assert axis_error_deg(one, other) == pytest.approx([0, 0, 0, 0], abs=1e-9)
    assert axis_error_deg(np.radians([3.0]), np.radians([-4.0])) == pytest.approx([7])


def test_bins_hold_every_score_once():
    scores = np.linspace(0, 1, 101)
    made = score_bins(scores, scores > 0.5)
    assert sum(v for k, v in made.items() if k.startswith("boxes")) == 101
    assert made["right_of_scores_0.8_to_1.0"] == 1


def test_the_likeliest_takes_the_nearest_mask_that_is_left():
    metres = np.array([[0.0, 10.0], [0.0, np.inf], [5.0, 20.0]])
    assert first_come(metres, np.array([0.5, 0.9, 0.4])).tolist() == [1, 0, -1]
    assert first_come(np.zeros((2, 0)), np.ones(2)).tolist() == [-1, -1]


def test_small_islands_and_ships_are_no_land():
    land = np.zeros((60, 60), bool)
    land[:10], land[30:32, 30:32], land[12:14, 20:40] = True, True, True
    ship = np.zeros_like(land)
    ship[12:14, 20:40] = True
    away = metres_from_land(land, [ship], 10.0)
    assert away[0, 0] == 0
    assert away[ship].min() == pytest.approx(30.0)
    assert away[31, 31] > 200
    assert np.isinf(metres_from_land(ship, [ship], 10.0)).all()


@pytest.mark.parametrize("degrees", [0, 25, 90, 140])
def test_a_mask_has_the_axis_and_length_of_its_ship(degrees):
    rows, cols = np.mgrid[:80, :80]
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    along, across = (cols - 40) * c + (rows - 40) * s, (rows - 40) * c - (cols - 40) * s
    hulls = hulls_of([(np.abs(along) <= 15.2) & (np.abs(across) <= 3.3)], 10.0)
    assert hulls.length_m[0] == pytest.approx(305, abs=12)
    assert axis_error_deg(hulls.axis, np.radians([degrees]))[0] < 1.5


def port(metres, scores, quay, near, name="a"):
    n, m = np.shape(metres)
    found = found_of([(10 * i, 5, 3, 0, 2, s, 0.5) for i, s in enumerate(scores)])
    hulls = Hulls(length_m=np.full(m, 100.0), axis=np.full(m, np.pi))
    match = first_come(np.array(metres, float), np.array(scores)) >= 0
    return PortSeen(
        name=name, found=found, metres=np.array(metres, float).reshape(n, m), quay=np.array(quay, bool),
        near=np.array(near, bool), hulls=hulls, right=match,
    )  # fmt: skip


FAR = np.inf


def test_quay_and_open_water_are_all_of_a_port():
    one = port([[0, 20, FAR], [10, FAR, FAR], [FAR, FAR, FAR], [FAR, FAR, 0]], [0.9, 0.8, 0.7, 0.3],
               quay=[True, False, True], near=[True, True, False, True])  # fmt: skip
    figures = port_figures([one])
    assert [figures[f"{k}_at_half"] for k in ("right", "false", "missed")] == [2, 1, 1]
    assert [figures[f"{k}_at_half_quay"] for k in ("right", "false", "missed")] == [1, 0, 1]
    assert [figures[f"{k}_at_half_water"] for k in ("right", "false", "missed")] == [1, 1, 0]
    for key in ("right", "false", "missed"):
        assert figures[f"{key}_at_half"] == figures[f"{key}_at_half_quay"] + figures[f"{key}_at_half_water"]
    assert counts_of(one, one.pairs(), "all").f1 == pytest.approx(4 / 6)
    assert figures["axis_within_10"] == 1
    assert math.isnan(figures["length_bias_m"])


def test_best_f1_is_no_worse_than_any_limit():
    one = port([[0, FAR, FAR], [FAR, 0, FAR], [FAR, FAR, FAR], [FAR, FAR, 0]], [0.9, 0.8, 0.3, 0.2],
               quay=[True] * 3, near=[True] * 4)  # fmt: skip
    top, at = best_f1_of([one])
    assert top == pytest.approx(6 / 7)
    assert at == pytest.approx(0.2, abs=0.011)
    assert top >= port_figures([one])["f1_at_half"]


def test_intervals_draw_whole_places():
    """Two pictures of each place, one right and one wrong: whatever is drawn, half is right."""
    seen = [(place, right) for place in range(6) for right in (0.0, 1.0)]
    made = intervals_90(seen, lambda s: s[0], lambda some: {"mean": float(np.mean([r for _, r in some]))}, 50)
    assert (made["mean"].low, made["mean"].high) == (0.5, 0.5)


def test_intervals_are_those_of_a_mean():
    rng = np.random.default_rng(1)
    seen = list(enumerate(rng.normal(0, 1, 100)))
    mean = float(np.mean([v for _, v in seen]))
    figures = lambda some: {"mean": float(np.mean([v for _, v in some])), "none": math.nan}  # noqa: E731
    made = intervals_90(seen, lambda s: s[0], figures, 800)
    assert made == intervals_90(seen, lambda s: s[0], figures, 800)
    sd = np.std([v for _, v in seen]) / 10
    assert made["mean"].low == pytest.approx(mean - 1.645 * sd, abs=0.03)
    assert made["mean"].high == pytest.approx(mean + 1.645 * sd, abs=0.03)
    assert "none" not in made


HEAD = "image,place,bow_x,bow_y,stern_x,stern_y,class,cx,cy,xmin,ymin,xmax,ymax\n"


def test_naval_labels_are_read(tmp_path):
    rows = ["b.jpg,p,120,50,20,50,2,70,50,18,40,122,60", "a.jpg,q,9,5,9,105,0,9,55,0,0,0,0"]
    (tmp_path / "ships.csv").write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    boat, ship = optical_naval(tmp_path)
    assert (ship.name, ship.place, ship.codes.tolist()) == ("b.jpg", "p", [2])
    assert ship.paths == (tmp_path / "images" / "b.jpg",)
    assert ship.boxes.tolist() == [[18.5, 40.5, 122.5, 60.5]]
    assert (ship.bows.tolist(), ship.sterns.tolist()) == ([[120.5, 50.5]], [[20.5, 50.5]])
    assert boat.boxes[0].tolist() == pytest.approx([-0.5, 5.5, 19.5, 105.5])


@pytest.mark.parametrize("row", ["a.jpg,p,1,2,3,four,2,1,1,1,1,1,1", "a.jpg,p,1", "a.jpg,p,1,2,3,nan,2,1,1,1,1,1,1"])
def test_bad_naval_labels_are_named(tmp_path, row):
    (tmp_path / "ships.csv").write_text(HEAD + row + "\n", encoding="utf-8")
    with pytest.raises(OffingError, match="line 2 is no ship"):
        optical_naval(tmp_path)


def test_missing_naval_labels_are_named(tmp_path):
    with pytest.raises(OffingError, match="give the folder of optical-naval with --data"):
        optical_naval(tmp_path)


@pytest.mark.realdata
@pytest.mark.skipif("OFFING_DATA" not in os.environ, reason="OFFING_DATA names no folder")
def test_the_sets_themselves():
    folder = Path(os.environ["OFFING_DATA"])
    naval = optical_naval(folder / "optical-naval")
    assert (len(naval), len({p.place for p in naval})) == (170, 50)
    codes = np.concatenate([p.codes for p in naval])
    assert (len(codes), int((codes == 2).sum())) == (1535, 1323)
    boxes = np.concatenate([p.boxes for p in naval])
    assert (boxes[:, 2:] > boxes[:, :2]).all()
    assert all(path.is_file() for p in naval for path in p.paths)
    ports = s2_ports(folder / "s2-ports")
    assert (len(ports), sum(len(p.boxes) for p in ports)) == (9, 236)
    assert [sum(1 for _ in p.masks()) for p in ports] == [len(p.boxes) for p in ports]
