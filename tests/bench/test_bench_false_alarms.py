"""The benchmark of false alarms: every detection is told apart by what the truth has there."""

import numpy as np

from offing.bench.false_alarm_pictures import CAUSES, SIDE, _by_cause, _in_data, _places, _spec
from offing.bench.false_alarms import _detection, generated, scored
from offing.simulation.artefacts import interfered
from offing.simulation.radar import geometry
from offing.simulation.scene import simulate


def test_every_detection_counts_for_what_the_truth_has_there():
    scene = simulate(_spec(1))
    ghosts = [(SIDE / 2 + g.x_m / 10, SIDE / 2 - g.y_m / 10) for g in scene.ghosts]
    ships = _places(scene)
    lacking = np.isnan(scene.pixels[0])
    band = interfered(scene.spec, geometry(scene.spec).flight_deg)

    def clear(col, row):
        """No truth within 40 px."""
        return all(np.hypot(*(np.array(p) - (col, row))) > 40 for p in [*ghosts, *ships.tolist()])

    inside = [g for g in ghosts if min(g) > 20 and max(g) < SIDE - 20 and all(np.hypot(*(ships - g).T) > 40)]
    noise = next((c, r) for r, c in np.argwhere(band & ~lacking)[::97] if clear(c, r))
    edge = next((c - 3, r) for r, c in np.argwhere(lacking)[::53] if not lacking[r, c - 1] and not band[r, c - 3])
    sea = next(
        (c, r) for r, c in np.argwhere(~band)[::101] if clear(c, r) and not lacking[r - 9 : r + 9, c - 9 : c + 9].any()
    )
    places = [ships[0], inside[0], noise, edge, sea]
    found = tuple(_detection(i, float(c), float(r), 20.0, 100.0) for i, (c, r) in enumerate(places))
    assert _by_cause(found, scene).tolist() == [1] * len(CAUSES)
    assert 0 < _in_data(scene).sum() <= len(ships)


def test_the_score_counts_every_detection_once():
    truth = generated(40, 40e3, "annotated", 2)
    ghosts, named, ships, lost, flagged, doubted = scored(truth).tolist()
    assert ghosts + ships == len(truth.found)
    assert ghosts == truth.ghost.sum() > 0
    assert named + doubted <= ghosts
    assert lost + flagged <= ships
