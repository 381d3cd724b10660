"""A made-up COG, and a server that gives parts of it, honestly or not."""

import contextlib

import numpy as np
import pytest
from rasterio import Affine

from loopback import serving
from offing.network import open_network
from remote_scenes import UTM, middle, write

SIZE = 3072


@pytest.fixture(scope="session")
def cog(tmp_path_factory):
    """A band of 3072² pixels of 10 m in blocks of 512, of numbers that do not pack well."""
    path = tmp_path_factory.mktemp("cog") / "B02.tif"
    x, y = middle()
    place = Affine(10, 0, round(x) - SIZE * 5, 0, -10, round(y) + SIZE * 5)
    write(path, np.random.default_rng(3).integers(1, 9000, (SIZE, SIZE), np.uint16), place, UTM, nodata=0)
    return path


@pytest.fixture
def served():
    """``served(answer)`` → (server, network that may ask it)."""
    with contextlib.ExitStack() as stack:

        def start(answer):
            server = stack.enter_context(serving(answer))
            network = stack.enter_context(open_network(allow=[server.url], retries=0, pause=lambda _: None))
            return server, network

        yield start
