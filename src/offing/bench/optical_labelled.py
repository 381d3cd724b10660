"""Labelled ships in real optical pictures, each looked for: Sentinel-2 ports, and naval harbours at about a metre.

Where networks are given that have not seen a port or a place, they search it; else offing's own do, which were trained
on all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from offing.bench.datasets import WARSHIP, LabelledPicture, NavalPicture, optical_naval, s2_ports
from offing.bench.found import SURE, found_detections
from offing.bench.model import BenchOptions, split_hash
from offing.bench.optical_scenes import said_sd_of
from offing.bench.port_scores import port_seen
from offing.bench.scoring import left_out, matches_of
from offing.imagery.picture import Picture
from offing.imagery.reading import open_picture
from offing.records import Record
from offing.vessels.detection.detect import detect
from offing.vessels.detection.dismissal.cover import dismiss_by_cover
from offing.vessels.detection.finds import detection_of
from offing.vessels.detection.network import network_card
from offing.vessels.detection.optical_search import MODELS, Sees, kind_of, optical_search
from offing.vessels.model import Detection

NAVAL_GSD_M = 1.0
"""The pixel size of optical-naval is not known; its longest ships are as many pixels long as carriers are metres."""
Unseen = Callable[[str], Sees | None]
"""The network that has not seen the port or place of that name; None: there is none, so it is left out."""


class Labelled(Record, frozen=True):
    """One labelled ship that was looked for."""

    place: str
    length_m: float
    """Of a port's mask, which is drawn some pixels longer than the ship; from bow to stern in a naval harbour."""
    at_quay: bool
    found: bool
    ratio: float | None
    """Measured over labelled length; None: not found."""
    said_sd: float | None
    """Standard deviation of the measured length, over it; None: not found."""


class LabelledSet(Record, frozen=True):
    """A set of pictures that was searched."""

    name: str
    split: str
    """Which pictures, with the hash of their names."""
    held_out: bool
    ships: tuple[Labelled, ...]
    false: int
    pictures: int
    km2: float


def labelled_sets(
    options: BenchOptions, ports: Unseen | None = None, places: Unseen | None = None
) -> tuple[LabelledSet, ...]:
    """Those of s2-ports and optical-naval that are there."""
    found = []
    if options.data is not None and (options.data / "s2-ports").is_dir():
        pictures = [p for p in s2_ports(options.folder("s2-ports")) if ports is None or ports(p.name)]
        found.append(_ports(sorted(pictures, key=lambda p: p.width * p.height)[: 2 if options.quick else None], ports))
    if options.data is not None and (options.data / "optical-naval").is_dir():
        harbours = [p for p in optical_naval(options.folder("optical-naval")) if places is None or places(p.place)]
        found.append(_naval(harbours[:: 20 if options.quick else 1], places))
    return tuple(found)


def _ports(pictures: Sequence[LabelledPicture], unseen: Unseen | None) -> LabelledSet:
    seen = [_port(picture, unseen) for picture in pictures]
    return LabelledSet(
        name="Sentinel-2 in ports (s2-ports), B02 B03 B04 B08 and B11 at 7–10 m, lengths of the labelled masks",
        split=f"{len(pictures)} ports, names sha256 {split_hash(p.name for p in pictures)}",
        held_out=unseen is not None,
        ships=tuple(ship for ships, _, _ in seen for ship in ships),
        false=sum(false for _, false, _ in seen),
        pictures=len(pictures),
        km2=sum(km2 for _, _, km2 in seen),
    )


def _port(labelled: LabelledPicture, unseen: Unseen | None) -> tuple[list[Labelled], int, float]:
    """(its ships, detections that are none, km²)."""
    with open_picture(labelled.paths) as picture:
        detections = _detections(picture, unseen(labelled.name) if unseen else None)
        seen = port_seen(labelled, picture, found_detections(detections))
        km2 = picture.width * picture.height * float(np.prod(picture.gsd_m or (10.0, 10.0))) / 1e6
    of_ship = {j: i for i, j in seen.pairs()}
    ships = [
        _labelled(labelled.name, float(seen.hulls.length_m[j]), bool(seen.quay[j]), of_ship.get(j), detections)
        for j in range(len(seen.quay))
    ]
    return ships, len(detections) - len(of_ship), km2


def _naval(pictures: Sequence[NavalPicture], unseen: Unseen | None) -> LabelledSet:
    seen = [_harbour(picture, unseen) for picture in pictures]
    return LabelledSet(
        name=f"warships in naval harbours (optical-naval), pixels of unknown size taken as {NAVAL_GSD_M:g} m, "
        "nearly all at piers",
        split=f"{len(pictures)} pictures of {len({p.place for p in pictures})} places, "
        f"names sha256 {split_hash(p.name for p in pictures)}",
        held_out=unseen is not None,
        ships=tuple(ship for ships, _, _ in seen for ship in ships),
        false=sum(false for _, false, _ in seen),
        pictures=len(pictures),
        km2=sum(km2 for _, _, km2 in seen),
    )


def _harbour(labelled: NavalPicture, unseen: Unseen | None) -> tuple[list[Labelled], int, float]:
    """(its warships, detections that are no ship, km²); ships of other, undocumented codes are neither."""
    with open_picture(labelled.paths, gsd_m=NAVAL_GSD_M) as picture:
        detections = _detections(picture, unseen(labelled.place) if unseen else None)
        km2 = picture.width * picture.height * NAVAL_GSD_M**2 / 1e6
    war = labelled.codes == WARSHIP
    found = found_detections(detections)
    match = matches_of(found.boxes, found.rank, labelled.boxes[war])
    of_ship = {int(j): i for i, j in enumerate(match) if j >= 0}
    lengths = np.hypot(*(labelled.bows - labelled.sterns)[war].T) * NAVAL_GSD_M
    ships = [
        _labelled(labelled.place, float(length), True, of_ship.get(j), detections) for j, length in enumerate(lengths)
    ]
    neither = int(left_out(found.boxes, match, labelled.boxes[~war]).sum())
    return ships, len(detections) - len(of_ship) - neither, km2


def _labelled(place: str, length_m: float, at_quay: bool, hit: int | None, detections: Sequence[Detection]) -> Labelled:
    if hit is None:
        return Labelled(place=place, length_m=length_m, at_quay=at_quay, found=False, ratio=None, said_sd=None)
    measured = detections[hit].measurement.length_m
    return Labelled(
        place=place,
        length_m=length_m,
        at_quay=at_quay,
        found=True,
        ratio=None if measured is None else measured / length_m,
        said_sd=said_sd_of(detections[hit]),
    )


def _detections(picture: Picture, trained: Sees | None) -> tuple[Detection, ...]:
    """Those of a score of at least one half, as ``offing detect`` gives them; by ``trained`` where it is given."""
    if trained is None:
        return detect(picture, min_score=SURE, workers=1).detections
    seen, card = optical_search(picture, 1, trained), network_card(MODELS[kind_of(picture)])
    score = card.probability(np.array([f.log_odds for f in seen.finds], np.float64)).tolist()
    likely = [detection_of(find, p, picture, card) for find, p in zip(seen.finds, score, strict=True) if p >= SURE]
    return dismiss_by_cover(likely, seen.cover)[0]
