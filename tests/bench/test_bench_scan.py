"""The generated file, and that a pass over it finds its ships."""

import json

import numpy as np
import rasterio

from offing.bench.matching import count_matches
from offing.bench.radar_file import write_scene
from offing.bench.scan import measure


def test_the_file_is_what_the_protocol_says_and_its_ships_are_found(tmp_path, capsys):
    path = tmp_path / "S1_VV.tif"
    ships = write_scene(path, 2600, 1700, 0)
    with rasterio.open(path) as file:
        assert (file.width, file.height, file.dtypes[0]) == (2600, 1700, "uint16")
        assert file.block_shapes[0] == (512, 512)
        assert file.compression.name == "deflate"
        assert np.median(file.read(1)[:, 2000:]) > 30
    measure(str(path), "scan")
    measure(str(path), "read")
    scan, read = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert scan["processor"] > 0
    assert read["peak"] > 0
    assert count_matches(np.array(scan["centres"]), ships).recall == 1.0
    assert scan["tiles"] >= len(ships)
