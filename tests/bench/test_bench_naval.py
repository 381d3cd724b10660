"""The benchmark of naval harbours on a generated set: what it prints is marked in-sample or held out."""

import re

import cv2
import numpy as np
import pytest

from offing.bench import naval, s2_ports
from offing.bench.model import BenchOptions
from offing.bench.shown import shown
from offing.errors import OffingError

HEAD = "image,place,bow_x,bow_y,stern_x,stern_y,class,cx,cy,xmin,ymin,xmax,ymax"


def harbour(seed):
    """A dark basin with grey hulls, pointed at the right."""
    rng = np.random.default_rng(seed)
    picture = rng.normal(45, 3, (320, 480, 3))
    ships = []
    for row in (80, 160, 240):
        hull = np.array([[150, row - 9], [270, row - 9], [300, row], [270, row + 9], [150, row + 9]])
        cv2.fillPoly(picture, [hull], (165.0, 165.0, 160.0))
        ships.append((300, row, 150, row, 2, 225, row, 150, row - 9, 300, row + 9))
    return picture.clip(0, 255).astype(np.uint8), ships


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "optical-naval"
    (folder / "images").mkdir(parents=True)
    rows = [HEAD]
    for number in range(2):
        picture, ships = harbour(number)
        cv2.imwrite(str(folder / "images" / f"{number}.jpg"), picture)
        rows += [f"{number}.jpg,place{number}," + ",".join(map(str, ship)) for ship in ships]
    (folder / "ships.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return tmp_path


def test_in_sample_and_held_out_stand_apart(data):
    result = naval.run(BenchOptions(data=data))
    assert result.n == 6
    assert re.search("^in-sample, 2 pictures of 2 places", result.split)
    assert all(name.startswith(("in-sample, ", "held out, ")) for name in result.figures)
    assert result.figures["in-sample, warships"] == 6
    assert 0 <= result.figures["in-sample, ap50"] <= 1
    assert isinstance(result.figures["held out, ap50"], float)


@pytest.mark.parametrize("bench", [naval, s2_ports])
def test_without_the_set_it_says_how_to_give_it(bench, tmp_path):
    with pytest.raises(OffingError, match="--data DIR"):
        bench.run(BenchOptions())
    with pytest.raises(OffingError, match="there is no such labelled set"):
        bench.run(BenchOptions(data=tmp_path))


def test_what_could_not_be_measured_is_said():
    assert shown("held out", {"a_b": 0.12345, "c": float("nan")}) == {
        "held out, a b": 0.123,
        "held out, c": "nothing to measure",
    }
