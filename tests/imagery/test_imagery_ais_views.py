"""Where radar shows a moving ship: the view that AIS is matched with says the same as the product's own geometry."""

import math
from datetime import UTC, datetime

import numpy as np
import pytest
from safe_product import Safe

from offing.geo import LonLat
from offing.imagery.reading import open_picture
from offing.vessels.ais.plane import to_metres
from offing.vessels.ais.views import displacement, views_of


@pytest.fixture(scope="module")
def product(tmp_path_factory):
    safe = Safe(lines=300, samples=320)
    return safe.write(tmp_path_factory.mktemp("safe"), {pol: safe.numbers(pol) for pol in safe.polarisations})


@pytest.mark.parametrize("course", [0.0, 45.0, 100.0, 190.0, 275.0])
@pytest.mark.parametrize("at", [(20.0, 30.0), (160.0, 150.0), (300.0, 280.0)])
def test_the_displacement_is_that_of_the_annotation(product, course, at):
    speed = 7.0
    with open_picture([product]) as picture:
        geometry = picture.radar
        (view,) = views_of(picture)
        lons, lats = picture.lonlat([at[0]], [at[1]])
        place = LonLat(lon=float(lons[0]), lat=float(lats[0]))
        radial = geometry.radial_speed_m_s(*at, speed, course)
        along = geometry.azimuth_shift_m(*at, (radial.low + radial.high) / 2.0)
        shown = picture.lonlat(*([v] for v in geometry.displaced_px(*at, (along.low + along.high) / 2.0)))
    turned = math.radians(course)
    moved = displacement(view, place) @ (speed * math.sin(turned), speed * math.cos(turned))
    wanted = to_metres(place, shown[0], shown[1])[0]
    assert view.basis == "annotation"
    assert moved == pytest.approx(wanted, abs=max(3.0, 0.02 * float(np.hypot(*wanted))))


def test_optical_and_unplaced_pictures_have_no_view(write):
    plain = write("a.png", np.full((40, 40), 7, np.uint8), driver="PNG")
    with open_picture([plain], sensor="sar") as picture:
        assert views_of(picture) == ()
    optical = write(
        "rgb.tif", np.full((3, 40, 40), 7, np.uint8), crs="EPSG:32652", transform=(10, 0, 5e5, 0, -10, 4.75e6)
    )
    with open_picture([optical], sensor="rgb") as picture:
        assert views_of(picture) == ()


@pytest.mark.parametrize(("hour", "views"), [(9, 1), (3, 2)])
def test_both_passes_are_tried_where_the_time_does_not_tell(write, hour, views):
    time = datetime(2024, 10, 17, hour, 5, tzinfo=UTC)
    path = write(
        f"S1A_IW_{hour}.tif", np.full((1, 60, 60), 7, np.float32), crs="EPSG:32652", descriptions=("VV",),
        transform=(50, 0, 5e5, 0, -50, 4.75e6), tags={"TIFFTAG_DATETIME": f"{time:%Y:%m:%d %H:%M:%S}"},
    )  # fmt: skip
    with open_picture([path], sensor="sar") as picture:
        found = views_of(picture)
        assert len(views_of(picture, "ascending")) == 1
    assert len(found) == views
    assert sum(v.prior for v in found) == pytest.approx(1.0)
