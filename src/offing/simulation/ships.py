"""Where a ship's outline and what stands on its deck lie."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from offing.simulation.individuals import body_of
from offing.simulation.model import PlacedShip
from offing.vessels.model import Part

Points = NDArray[np.float64]
"""(n, 2) points as (along, across): metres ahead of the ship's centre, metres to starboard."""


def hull(ship: PlacedShip, points: int = 12) -> Points:
    """The outline at deck level: pointed bow, parallel sides, stern somewhat narrower."""
    form = body_of(ship).hull
    t = np.linspace(0.0, 1.0, points)
    a = np.append(0.5 - form.bow * t, [-0.42, -0.5]) * ship.length_m
    b = np.append(0.5 * (1.0 - (1.0 - t) ** 1.8), [0.5, 0.5 * form.transom]) * ship.beam_m
    return np.column_stack([np.concatenate([a, a[::-1]]), np.concatenate([b, -b[::-1]])])


def outline(ship: PlacedShip, part: Part) -> Points:
    """The four corners of a part."""
    ends = (0.5 - np.array([part.start, part.start, part.end, part.end])) * ship.length_m
    side = part.across + 0.5 * part.width * np.array([-1.0, 1.0, 1.0, -1.0])
    return np.column_stack([ends, side * ship.beam_m])


def on_grid(ship: PlacedShip, points: Points) -> Points:
    """Points of the ship as (x, y): metres grid east and north of the picture's centre."""
    heading = math.radians(ship.heading_deg)
    ahead = np.array([math.sin(heading), math.cos(heading)])
    starboard = np.array([math.cos(heading), -math.sin(heading)])
    result: Points = np.array([ship.x_m, ship.y_m]) + points[:, :1] * ahead + points[:, 1:] * starboard
    return result


def box_corners(ship: PlacedShip) -> Points:
    """The box around the hull as (x, y) on the grid: starboard bow, starboard quarter, port quarter, port bow."""
    signs = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])
    return on_grid(ship, signs * np.array([0.5 * ship.length_m, 0.5 * ship.beam_m]))
