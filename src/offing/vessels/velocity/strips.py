"""Which way round the bands saw each ship: the order in time turns from one detector to the next.

A detector sees a strip about 24 km wide along the track. Ships of one strip share the order, those of the next have the
opposite, and where a border lies is unknown. Each moving ship's own signs of bow and stern (its wake, its shape) say
something about the order at its place; all of them together, over every place where the borders may lie, give the
probability of the order for each ship. Nothing else in the files tells it.
"""

from __future__ import annotations

import numpy as np

from offing.vessels.velocity.model import F64

STRIP_M = 24_200.0
"""Width of a detector's strip: 290 km of swath by twelve."""
_PLACES = 121
"""Places along a strip at which the first border is tried."""


def order_probability(across_m: F64, log_odds: F64) -> F64:
    """(n,) P(the bands saw this ship in the handbook's order).

    ``across_m``: (n,) the ships' places across the track; ``log_odds``: (n,) what each ship by itself says for it.
    """
    borders = np.linspace(0.0, STRIP_M, _PLACES, endpoint=False)
    parity = np.where(np.floor((across_m[None] - borders[:, None]) / STRIP_M) % 2 == 0, 1.0, -1.0)
    worlds = np.concatenate([parity, -parity])
    # log P(sign | world) is -log(1 + exp(-sign · log odds)) but for what all worlds share.
    weight = -np.logaddexp(0.0, -worlds * log_odds[None]).sum(axis=1)
    weight = np.exp(weight - weight.max())
    return np.asarray(weight @ (worlds > 0) / weight.sum())


def across_track_m(lons: F64, lats: F64) -> F64:
    """Metres across the track, eastward, of places in degrees; the track is taken as straight, as in a tile it is.

    By day Sentinel-2 comes down, on an orbit inclined by 98.6°.
    """
    lat = np.deg2rad(float(np.mean(lats)))
    east = np.deg2rad(lons - lons[0]) * 6_371_000.0 * np.cos(lat)
    north = np.deg2rad(lats - lats[0]) * 6_371_000.0
    ground = np.arcsin(np.clip(np.cos(np.deg2rad(98.6)) / np.cos(lat), -1.0, 1.0))
    lean = -ground + np.deg2rad(3.5) * np.cos(lat)  # the Earth turns on below the orbit: 3.5° more at the equator
    return np.asarray(east * np.cos(lean) - north * np.sin(lean))
