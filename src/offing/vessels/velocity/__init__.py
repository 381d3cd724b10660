"""How fast ships in a Sentinel-2 picture were moving, from the seconds that lie between its bands."""

from offing.vessels.velocity.moving import with_velocities

__all__ = ["with_velocities"]
