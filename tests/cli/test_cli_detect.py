import json
import warnings

import numpy as np
import pytest
import rasterio
import rasterio.warp
from affine import Affine

from offing.cli import main


def picture(path, array, *, crs="EPSG:32652", descriptions=("VV",)):
    place = {"crs": crs, "transform": Affine(10, 0, 500000, 0, -10, 4750000)} if crs else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            height=array.shape[1],
            width=array.shape[2],
            count=array.shape[0],
            dtype=array.dtype,
            **place,
        ) as out:
            out.write(array)
            out.descriptions = descriptions
    return path


def radar(side=300, ships=((100, 150), (220, 60)), seed=1):
    """4-look sea of about −20 dB with ships of 12 × 3 px, as float32 linear power."""
    rng = np.random.default_rng(seed)
    sea = rng.standard_gamma(4.0, (1, side, side)).astype(np.float32) / 400
    for row, col in ships:
        sea[0, row : row + 3, col : col + 12] += rng.standard_gamma(2.0, (3, 12)).astype(np.float32)
    return sea


def call(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(a) for a in arguments])
    return end.value.code


def test_ships_are_found_where_they_are(tmp_path, capsys):
    path = picture(tmp_path / "S1_VV.tif", radar())
    out = tmp_path / "ships.geojson"
    assert call("detect", path, "-o", out) == 0
    document = json.loads(out.read_text())
    assert "crs" not in document
    boxes = [np.mean(f["properties"]["pixel_box"], axis=0) for f in document["features"]]
    assert sorted((round(c / 4), round(r / 4)) for c, r in boxes) == [(16, 55), (39, 25)] or len(boxes) == 2
    for col, row in ((156, 101.5), (66, 221.5)):
        assert min(np.hypot(*(b - [col, row])) for b in boxes) < 3
    for feature in document["features"]:
        measured = feature["properties"]
        low, high = measured["length_m_90"]
        assert low <= measured["length_m"] <= high
        assert low < 120 < high
        assert abs((measured["axis_deg"] - 90 + 90) % 180 - 90) < 15
        assert measured["beam_m"] <= measured["length_m"]
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "2 vessels in 1 picture" in captured.err


def test_output_is_the_same_every_time(tmp_path, capsys):
    path = picture(tmp_path / "S1_VV.tif", radar())
    assert call("detect", path, "--format", "csv") == 0
    first = capsys.readouterr().out
    assert call("detect", path, "--format", "csv") == 0
    assert capsys.readouterr().out == first


def test_one_bad_picture_leaves_nothing_half_written(tmp_path, capsys):
    good = picture(tmp_path / "S1_VV.tif", radar())
    bad = tmp_path / "bad.tif"
    bad.write_bytes(b"II*\x00nothing")
    out = tmp_path / "ships.geojson"
    out.write_text("before")
    assert call("detect", good, bad, "-o", out) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "bad.tif" in errors[0]
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["S1_VV.tif", "bad.tif", "ships.geojson"]


def test_nothing_but_nodata_is_an_error(tmp_path, capsys):
    path = picture(tmp_path / "S1_VV.tif", np.full((1, 50, 50), np.nan, np.float32))
    assert call("detect", path, "--sensor", "sar") == 1
    assert "nodata" in capsys.readouterr().err


@pytest.mark.parametrize("shape", [(1, 16, 16), (1, 17, 40), (1, 64, 3000)])
@pytest.mark.parametrize("sensor", ["sar", "rgb", "multispectral"])
def test_small_and_constant_pictures_hold_nothing(tmp_path, capsys, shape, sensor):
    path = picture(tmp_path / "a.tif", np.full(shape, 7, np.uint8), descriptions=("",))
    assert call("detect", path, "--sensor", sensor) == 0
    assert json.loads(capsys.readouterr().out)["features"] == []


def test_no_georeference_gives_pixels_and_no_metres(tmp_path, capsys):
    path = picture(tmp_path / "S1_VV.tif", radar(), crs=None)
    assert call("detect", path) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["crs"] is None
    assert document["features"]
    assert all(f["properties"]["length_m"] is None for f in document["features"])
    assert call("detect", path, "--gsd", "10") == 0
    assert all(f["properties"]["length_m"] > 0 for f in json.loads(capsys.readouterr().out)["features"])


@pytest.mark.parametrize(
    "arguments", [(), ("missing.tif",), ("--gsd", "0", "missing.tif"), ("--min-score", "2", "missing.tif")]
)
def test_wrong_requests_are_one_line(arguments, capsys):
    assert call("detect", *arguments) in (1, 2)
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error:")]
    assert len(errors) == 1


def test_other_pictures_of_the_place_are_compared_with(tmp_path, capsys):
    paths = [picture(tmp_path / f"S1_VV_{n}.tif", radar(seed=n)) for n in range(3)]
    assert call("detect", paths[0], "--background", *paths, "-o", tmp_path / "out.geojson") == 0
    assert "compared with 2 other looks at the place, too few to tell what is always there" in capsys.readouterr().err
    assert call("detect", "--background", paths[1]) == 1
    assert "no picture was named" in capsys.readouterr().err
    assert call("detect", paths[0], "--background", tmp_path / "missing.tif") == 1
    assert "there is no such file" in capsys.readouterr().err


def test_in_a_drawn_berth_what_is_always_there_may_be_a_ship_laid_up(tmp_path, capsys):
    powers = [radar(ships=((220, 60),) if n == 0 else (), seed=n) for n in range(8)]
    for power in powers:
        power[0, 100:103, 150:162] += 1.0  # always there, and always the same
    paths = [picture(tmp_path / f"S1A_2024{n + 1:02}12T210000_VV.tif", power) for n, power in enumerate(powers)]
    with rasterio.open(paths[0]) as source:
        corners = [source.xy(row, col, offset="ul") for col, row in ((140, 92), (172, 92), (172, 112), (140, 112))]
    ring = np.transpose(rasterio.warp.transform("EPSG:32652", "EPSG:4326", *zip(*corners, strict=True))).tolist()
    berths = tmp_path / "quays.geojson"
    berths.write_text(json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}))
    assert call("detect", paths[0], "--background", *paths[1:]) == 0
    alone = json.loads(capsys.readouterr().out)["features"]
    assert call("detect", paths[0], "--background", *paths[1:], "--berths", berths) == 0
    kept = json.loads(capsys.readouterr().out)["features"]
    assert [len(alone), len(kept)] == [1, 2]
    assert ["always-there" in f["properties"]["flags"] for f in kept].count(True) == 1
    assert call("detect", paths[0], "--berths", berths) == 1
    assert "there is nothing to compare with" in capsys.readouterr().err
