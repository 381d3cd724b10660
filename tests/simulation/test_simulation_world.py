"""Simulated worlds: the same for the same seed, to the letter of the contract, and with the truth that they claim."""

import json
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest
from msgspec.structs import replace

from offing.case.casefile import read_case_text
from offing.cli.main import main
from offing.errors import OffingError
from offing.looks.observations import read_observations
from offing.simulation.world.making import make_world
from offing.simulation.world.model import DISTORTIONS, WorldSpec
from offing.simulation.world.setting import AWAY_H, SISTERS, START
from offing.simulation.world.stays import SHAPES, draw
from offing.simulation.world.writing import case_yaml, observations_csv, write_world
from offing.timespan import parse_span

SEEDS = range(25)


@pytest.fixture(scope="module")
def worlds():
    return [make_world(WorldSpec(seed=s)) for s in SEEDS]


def test_the_same_seed_gives_the_same_files(worlds):
    again = make_world(WorldSpec(seed=3))
    assert case_yaml(again) == case_yaml(worlds[3])
    assert observations_csv(again.looks) == observations_csv(worlds[3].looks)
    assert case_yaml(worlds[4]) != case_yaml(worlds[3])


@pytest.mark.filterwarnings("ignore:.*counts once:offing.errors.OffingWarning")  # two passes within minutes
def test_reading_the_files_gives_the_world_back(worlds, tmp_path):
    for world in worlds:
        definition, library = read_case_text(case_yaml(world).decode(), "case.yaml")
        table = tmp_path / "observations.csv"
        table.write_bytes(observations_csv(world.looks))
        looks = read_observations(
            table, definition.sites, library, vessels=definition.vessels, sources=[s.id for s in definition.sources]
        )
        assert definition.claims == world.claims
        assert definition.sites == world.sites
        assert definition.vessels == world.vessels
        assert definition.sources == world.sources
        assert looks == world.looks
        assert all(look.simulated for look in looks)
        assert all(site.simulated for site in definition.sites)


def _there(world, claim, site, vessels, classes):
    """The truth again, from truth.json's calls and the claim as it is written."""
    window = parse_span(claim.elements.window)
    first, last = ((t - START).total_seconds() / 3600.0 for t in (window.start, window.end))
    found = [
        c
        for c in world.truth.calls
        if c.site == site
        and c.arrived_h < last
        and c.departed_h > first
        and (c.vessel in vessels if vessels else c.vessel_class in classes)
    ]
    return len({(c.vessel or f"{c.arrived_h}") for c in found})


def test_truth_agrees_with_the_calls(worlds):
    for world in worlds:
        for claim, truth in zip(world.claims, world.truth.claims, strict=True):
            carrier = claim.elements.carrier
            number = _there(world, claim, claim.elements.destination, carrier.vessels, carrier.classes)
            assert truth.ships == number
            assert truth.elements["destination"] == (number > 0)
            assert truth.elements["carrier"] == (number >= carrier.count)
            if isinstance(claim.elements.origin, str):
                at = _there(world, claim, claim.elements.origin, carrier.vessels, carrier.classes)
                assert truth.elements["origin"] == (at > 0)


def test_distortions_are_what_they_say(worlds):
    told = Counter()
    for world in worlds:
        for claim, truth in zip(world.claims, world.truth.claims, strict=True):
            told[truth.distortion] += 1
            carrier = claim.elements.carrier
            match truth.distortion:
                case None:
                    assert truth.elements["carrier"]
                case "invented" | "wrong-port" | "wrong-week" | "wrong-class" | "wrong-ship":
                    assert not truth.elements["destination"]
                case "doubled-count":
                    assert truth.ships * 2 == carrier.count
                case "overstated-count":
                    assert truth.ships < carrier.count
                case "wrong-origin":
                    assert truth.elements["destination"]
                    assert not truth.elements["origin"]
                case "quantity-too-large":
                    assert not truth.elements["quantity"]
    assert set(told) == {None, *DISTORTIONS}
    assert 0.4 < told[None] / told.total() < 0.6


def test_what_was_claimed_elsewhere_happened_there(worlds):
    found = 0
    for world in worlds:
        for claim, truth in zip(world.claims, world.truth.claims, strict=True):
            if truth.distortion == "wrong-port" and len(world.sites) > 2:
                carrier = claim.elements.carrier
                others = [s.id for s in world.sites if s.id != claim.elements.destination]
                most = max(_there(world, claim, s, (), carrier.classes) for s in others)
                found += most >= carrier.count
    assert found > 5


def test_what_is_declared_changes_neither_truth_nor_rows():
    right, wrong = make_world(WorldSpec(seed=5)), make_world(WorldSpec(seed=5, declared="rates-doubled"))
    assert right.truth.calls == wrong.truth.calls
    assert right.looks == wrong.looks
    assert wrong.sites[0].baseline[0].calls_per_30d == pytest.approx(
        2.0 * right.sites[0].baseline[0].calls_per_30d, rel=1e-3
    )
    shifted = make_world(WorldSpec(seed=5, declared="p-minus-0.1"))
    for a, b in zip(right.looks, shifted.looks, strict=True):
        assert b.p_detect == pytest.approx(max(a.p_detect - 0.1, 0.01))
        assert a.observations == b.observations
    blank = make_world(WorldSpec(seed=5, declared="blank-p"))
    assert any(look.p_false is None for look in blank.looks)
    assert make_world(WorldSpec(seed=5, declared="no-baseline")).sites[0].baseline == ()


def test_voyages_have_speeds_that_ships_have(worlds):
    voyages = [v for w in worlds for v in w.truth.voyages]
    assert len(voyages) > 50
    assert all(v.departed_h < v.arrived_h for v in voyages)
    assert all(v.distance_nm / (v.arrived_h - v.departed_h) < 18.0 for v in voyages)
    assert {v.vessel for v in voyages} == {None, *SISTERS}
    assert AWAY_H > 0


def test_declared_stays_are_the_true_quantiles():
    for shape in SHAPES:
        drawn = draw(np.random.default_rng(0), shape, 60_000)
        found = [float((drawn <= p).mean()) for p in shape.points_h]
        assert found == pytest.approx([0.05, 0.5, 0.95], abs=0.015), shape


def test_clouds_last_and_nights_blind(worlds):
    statuses = Counter(look.status for w in worlds for look in w.looks)
    assert {"clear", "partly", "cloud", "night", "too-coarse", "nodata"} <= set(statuses)
    for world in worlds:
        for look in world.looks:
            assert (look.usable == 0.0) == (look.status in ("cloud", "night", "too-coarse", "nodata"))


def test_a_written_world_runs(tmp_path, capsys):
    root = tmp_path / "world"
    assert _run("simulate", "world", str(root), "--claims", "1", "--days", "60", "--seed", "2") == 0
    assert capsys.readouterr().out.splitlines() == [
        str(root / n) for n in ("case.yaml", "observations.csv", "truth.json")
    ]
    assert json.loads((root / "truth.json").read_bytes())["simulated"] is True
    assert "SIMULATED" in (root / "case.yaml").read_text()
    assert _run("run", str(root)) == 0
    assert _run("verdicts", str(root), "--format", "json") == 0
    verdicts = json.loads(capsys.readouterr().out)["verdicts"]
    assert {v["element"] for v in verdicts} >= {"destination", "carrier", "window"}


def test_a_folder_in_use_and_bad_wishes_are_refused(tmp_path, capsys):
    (tmp_path / "x").write_text("mine")
    with pytest.raises(OffingError):
        write_world(make_world(WorldSpec(days=60, claims=1)), tmp_path, lambda: datetime(2024, 1, 1, tzinfo=UTC))
    assert _run("simulate", "world", str(tmp_path / "w"), "--distort", "wrong-prot") == 1
    assert "wrong-port" in capsys.readouterr().err
    with pytest.raises(OffingError, match="sites"):
        WorldSpec(sites=1)
    with pytest.raises(OffingError, match="do not fit"):
        make_world(WorldSpec(claims=200, days=60))
    assert replace(WorldSpec(), seed=1) == WorldSpec(seed=1)


def _run(*args):
    try:
        main(list(args))
    except SystemExit as end:
        return end.code or 0
    return 0
