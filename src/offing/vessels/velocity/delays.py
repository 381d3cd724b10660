"""When Sentinel-2's bands look at a place, in seconds.

Each of the instrument's twelve detectors has a row of pixels a band, one behind the other along the track, so that a
place is seen by one band after the other. The delays are those of ESA's Sentinel-2 User Handbook (inter-band
measurement timing); they vary by up to 2 % with altitude and across the field (Binet, Bergsma and Poulain 2022, ISPRS
Annals V-1-2022, 57–66). **Odd detectors look forward and even ones backward, with the bands mirrored, so the order in
time turns round from one detector to the next**; the files of a picture do not say which detector saw a place unless
its detector footprints come along. ``strips`` finds the order out.
"""

from __future__ import annotations

from offing.imagery.picture import Picture

DELAYS_S: dict[str, float] = {
    "B02": 0.0, "B08": 0.264, "B03": 0.527, "B10": 0.851, "B04": 1.005, "B05": 1.269, "B11": 1.468, "B06": 1.525,
    "B07": 1.790, "B8A": 2.055, "B12": 2.085, "B01": 2.314, "B09": 2.586,
}  # fmt: skip
"""Seconds after B02; before it in detectors of the other kind."""
RELATIVE_SD = 0.01
"""Standard deviation of the delays over their handbook values, relative (Binet et al.: up to 2 % off)."""
OWN_PIXEL_M = {"B02": 10.0, "B03": 10.0, "B04": 10.0, "B08": 10.0, "B05": 20.0, "B06": 20.0, "B07": 20.0, "B8A": 20.0}
"""Bands that are tracked → metres of their own pixels. The short-wave infrared lies on another focal plane with another
registration, and the atmospheric bands are too coarse."""
_COLOURS = {"blue": "B02", "green": "B03", "red": "B04", "nir": "B08"}
GREEN, NIR = "B03", "B08"


def tracked_bands(picture: Picture) -> dict[str, str]:
    """Sentinel-2 band → the picture's name for it, of those that are tracked, in order of time.

    Empty where that is not possible: another platform, fewer than three bands, or green or near infrared missing. Near
    infrared is seen between blue and green: without it, a hull whose colour changes along its length would look like
    one that moves.
    """
    if picture.platform != "sentinel-2":
        return {}
    named = {_COLOURS.get(b, b): b for b in picture.bands}
    found = {b: named[b] for b in sorted(named, key=lambda b: DELAYS_S.get(b, 0.0)) if b in OWN_PIXEL_M}
    return found if len(found) >= 3 and {GREEN, NIR} <= set(found) else {}
