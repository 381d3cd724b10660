"""How well a trained network finds ships on whole pictures that it has not seen: a first look while training."""

from __future__ import annotations

import numpy as np
import torch

from network import STRIDE, ShipNetwork, decode
from offing.bench.scoring import best_f1
from offing.vessels.detection.network import Boxes, bow_log_odds
from offing.vessels.detection.optical_channels import Kind
from offing.vessels.detection.overlaps import best_boxes
from optical_chips import OpticalChip, whole


@torch.no_grad()
def boxes_of(net: ShipNetwork, chip: OpticalChip, kind: Kind, least: float = -4.0) -> Boxes:
    """In pixels of the picture, the best of what overlaps."""
    planes, scale = whole(chip, kind)
    raw = net(torch.from_numpy(planes)[None])
    logits, boxes = decode(raw)
    sure = logits[0] > least
    col, row, length, beam, cos2, sin2 = boxes[0][sure].double().numpy().T
    centre, angle = np.stack([col, row], 1), 0.5 * np.arctan2(sin2, cos2) % np.pi
    bow = bow_log_odds(raw[0, 7].numpy(), centre / STRIDE, length / STRIDE, angle)
    found = Boxes(
        centre=centre, size=np.stack([length, beam], 1), angle=angle,
        log_odds=logits[0][sure].double().numpy(), bow=bow,
    )  # fmt: skip
    return found.only(best_boxes(found)).placed(0, 0, 1 / scale)


def scored(net: ShipNetwork, pictures: list[OpticalChip], kind: Kind) -> dict[str, float]:
    """Best F1 over score limits; a box is right whose centre lies in a ship (lengthened by 30 m / 10 m of slack) that
    no likelier one has taken; of those over the limit also axis, bow and length.
    """
    slack = {"coarse": 3.0, "fine": 5.0}[kind]
    scores, right, axis, bow, length = [], [], [], [], []
    ships = 0
    for chip in pictures:
        found = boxes_of(net, chip, kind)
        taken = np.zeros(len(chip.ships), bool)
        ships += len(chip.ships)
        for i in np.argsort(-found.log_odds):
            offset = found.centre[i] - chip.ships[:, :2]
            ahead = chip.ships[:, 4:6]
            along = np.abs((offset * ahead).sum(1))
            across = np.abs(offset[:, 0] * ahead[:, 1] - offset[:, 1] * ahead[:, 0])
            inside = (along <= chip.ships[:, 2] / 2 + slack) & (across <= chip.ships[:, 3] / 2 + slack) & ~taken
            scores.append(found.log_odds[i])
            right.append(inside.any())
            if not inside.any():
                continue
            j = int(np.where(inside, along + across, np.inf).argmin())
            taken[j] = True
            if found.log_odds[i] > -1 and chip.ships[j, 6]:
                unit = np.array([np.cos(found.angle[i]), np.sin(found.angle[i])])
                cosine = abs(float(unit @ chip.ships[j, 4:6]))
                axis.append(cosine > np.cos(np.radians(10)))
                bow.append(float(found.bow[i] * (unit @ chip.ships[j, 4:6])) > 0)
                length.append(abs(found.size[i, 0] / chip.ships[j, 2] - 1))
    top, at = best_f1(np.array(scores), np.array(right), ships)
    made = {"ships": ships, "best F1": top, "at log odds": at, "found": float(np.sum(right)) / max(1, ships)}
    if axis:
        made |= {"axis": np.mean(axis), "bow": np.mean(bow), "length": float(np.median(length)), "n": len(axis)}
    return {k: round(float(v), 3) for k, v in made.items()}
