import json

import numpy as np
import pytest
import rasterio
from affine import Affine

from offing.cli import main


def test_velocity_of_a_radar_picture_is_a_note_and_no_field(tmp_path, capsys):
    rng = np.random.default_rng(1)
    sea = rng.standard_gamma(4.0, (1, 200, 200)).astype(np.float32) / 400
    sea[0, 100:103, 90:102] += 2.0
    path = tmp_path / "S1A_x.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=200, width=200, count=1, dtype="float32", crs="EPSG:32652",
        transform=Affine(10, 0, 500000, 0, -10, 4750000),
    ) as out:  # fmt: skip
        out.write(sea)
        out.descriptions = ("VV",)
    with pytest.raises(SystemExit) as end:
        main(["detect", str(path), "--velocity", "--min-score", "0.1"])
    assert end.value.code == 0
    printed = capsys.readouterr()
    assert "no velocities" in printed.err
    features = json.loads(printed.out)["features"]
    assert features
    assert not any("speed_kn" in f["properties"] for f in features)
