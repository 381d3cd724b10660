"""A velocity in pixels as speed and course on the ground, with 90 % intervals."""

from __future__ import annotations

import math

import numpy as np

from offing.imagery.picture import Picture
from offing.quantities import Interval
from offing.records import Record
from offing.vessels.velocity.delays import RELATIVE_SD
from offing.vessels.velocity.model import Motion, Outline

KNOT_M_S = 1852.0 / 3600.0


class Course(Record, frozen=True):
    """Speed and course."""

    speed_kn: float
    speed_kn_90: Interval
    course_deg: float
    """0–360 clockwise from true north, or from the picture's up without georeference."""
    course_deg_90: Interval
    """Counted on from ``course_deg``: may begin below 0 or end above 360."""

    def reversed(self) -> Course:
        """The same the other way."""
        turned = (self.course_deg + 180.0) % 360.0
        by = turned - self.course_deg
        around = Interval(low=self.course_deg_90.low + by, high=self.course_deg_90.high + by)
        return Course(speed_kn=self.speed_kn, speed_kn_90=self.speed_kn_90, course_deg=turned, course_deg_90=around)


def ground_velocity(motion: Motion, ship: Outline, picture: Picture) -> Course:
    """Speed over ground and course of a motion in pixels a second; metres are metres on the ellipsoid.

    Speed and course have t intervals along and across the velocity, the delays' own uncertainty in that of the speed.
    """
    from scipy.special import stdtrit

    wide, high = picture.metres_per_pixel_at(ship.col, ship.row)
    north = math.radians(picture.north_deg_at(ship.col, ship.row)) if picture.transform is not None else 0.0
    cos, sin = math.cos(ship.angle), math.sin(ship.angle)
    to_metres = np.diag([wide, -high]) @ np.array([[cos, -sin], [sin, cos]])  # (right, up)
    to_ground = np.array([[math.cos(north), -math.sin(north)], [math.sin(north), math.cos(north)]]) @ to_metres
    velocity = to_ground @ np.array([motion.ahead, motion.starboard]) / KNOT_M_S  # (east, north)
    spread = to_ground @ motion.covariance @ to_ground.T / KNOT_M_S**2
    speed = float(np.hypot(*velocity))
    along = velocity / speed
    across = np.array([-along[1], along[0]])
    reach = float(stdtrit(motion.freedom, 0.95))
    off = reach * math.hypot(math.sqrt(along @ spread @ along), RELATIVE_SD * speed)
    turn = math.degrees(math.asin(min(1.0, reach * math.sqrt(across @ spread @ across) / speed)))
    course = math.degrees(math.atan2(velocity[0], velocity[1])) % 360.0
    return Course(
        speed_kn=speed,
        speed_kn_90=Interval(low=max(0.0, speed - off), high=speed + off),
        course_deg=course,
        course_deg_90=Interval(low=course - turn, high=course + turn),
    )
