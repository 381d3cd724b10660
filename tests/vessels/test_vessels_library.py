"""The shipped library: every value has its source, and nothing in it is impossible."""

import math
import subprocess
import sys
from collections import Counter

import pytest

from offing.vessels.class_checks import faults, uncited
from offing.vessels.class_data import (
    VESSELS_FILE,
    built_in_classes,
    built_in_sources,
    built_in_vessels,
    class_files,
    classes_of,
    source_text,
)
from offing.vessels.classes import library
from offing.vessels.model import Capacity, VesselClass
from offing.vessels.named import named_vessels

LIBRARY = library()
ALL = [pytest.param(c, id=c.id) for c in built_in_classes()]
WIDE = {c.parent for c in built_in_classes()}
NARROW = [c for c in built_in_classes() if c.id not in WIDE]


def sources(entry: VesselClass) -> list[str]:
    own = [entry.sources, entry.cited.values(), [c.source for c in entry.capacity], [f.source for f in entry.features]]
    return [source for group in own for source in group]


@pytest.mark.parametrize("entry", ALL)
def test_every_value_has_a_source_that_is_written_out(entry: VesselClass) -> None:
    assert uncited(entry) == ()
    assert list(faults(entry)) == []
    known = set(built_in_sources().values())
    for source in sources(entry):
        assert source in known or all(s in " ".join(known) for s in source.split("; ")), source


@pytest.mark.parametrize("entry", [p for p in ALL if p.values[0].length_m and p.values[0].beam_m])
def test_ships_are_longer_than_broad_as_ships_are(entry: VesselClass) -> None:
    assert entry.length_m
    assert entry.beam_m
    ratio = math.sqrt(entry.beam_m[0] * entry.beam_m[1] / (entry.length_m[0] * entry.length_m[1]))
    assert 0.05 <= ratio <= 0.6
    if entry.length_m[1] / entry.length_m[0] < 1.15:  # one design, not a whole kind of ships
        assert entry.beam_m[0] / entry.length_m[1] >= 0.05
        assert entry.beam_m[1] / entry.length_m[0] <= 0.6


@pytest.mark.parametrize("entry", [p for p in ALL if p.values[0].displacement_t and p.values[0].draught_m])
def test_displacement_fits_in_the_box_around_the_hull(entry: VesselClass) -> None:
    """A hull displaces less than its length × beam × draught, in sea water."""
    assert entry.length_m
    assert entry.beam_m
    assert entry.draught_m
    assert entry.displacement_t
    box = 1.026 * entry.length_m[1] * entry.beam_m[1] * entry.draught_m[1]
    assert entry.displacement_t[0] <= box


def test_a_class_lies_within_the_size_of_the_wider_one() -> None:
    for entry in built_in_classes():
        for wider in map(LIBRARY.get, LIBRARY.lineage(entry.id)[1:]):
            if entry.length_m and wider.length_m:
                assert entry.length_m[1] >= wider.length_m[0], (entry.id, wider.id)
                assert entry.length_m[0] <= wider.length_m[1], (entry.id, wider.id)


def test_parts_are_bow_to_stern_and_within_the_beam() -> None:
    for entry in built_in_classes():
        starts = [part.start for part in entry.parts]
        assert starts == sorted(starts), entry.id
        for part in entry.parts:
            assert abs(part.across) + 0.5 * part.width <= 0.56, (entry.id, part)
            assert part.height_m <= 60


def test_nearly_every_narrow_class_is_drawn() -> None:
    bare = [c.id for c in NARROW if not (c.parts and c.hull and c.length_m and c.beam_m)]
    assert bare == ["unknown"]


def test_the_groups_that_investigations_need_are_there() -> None:
    below = {wide: len(LIBRARY.below(wide)) for wide in sorted(WIDE)}
    assert len(NARROW) >= 60
    assert below["landing-ship"] >= 30
    assert below["landing-craft"] >= 8
    assert below["auxiliary"] >= 15
    assert below["cargo"] >= 20
    assert below["tanker"] >= 8
    assert all(below[wide] >= 3 for wide in ("ferry", "fishing", "patrol", "corvette", "frigate", "destroyer"))
    landing = {c for wide in ("landing-ship", "landing-craft") for c in LIBRARY.below(wide)}
    navies = {code for c in built_in_classes() if c.id in landing for code in c.navies}
    around = {
        "RUS", "PRK", "KOR", "JPN", "CHN", "UKR", "TUR", "BGR", "ITA", "FRA", "ESP", "GRC", "DZA", "EGY", "ISR", "USA",
    }  # fmt: skip
    assert around <= navies


def test_ids_are_unique_over_all_files() -> None:
    ids = Counter(name for file in class_files() for name in classes_of(file))
    assert [name for name, n in ids.items() if n > 1] == []
    assert list(ids) == [c.id for c in built_in_classes()]
    assert VESSELS_FILE not in class_files()


def test_what_only_memory_gives_says_so() -> None:
    for key in ("plans", "handbooks", "kind", "share"):
        assert "(unverified)" in built_in_sources()[key]
    for entry in NARROW:
        if entry.parts:
            assert "(unverified)" in entry.cited["parts"], entry.id


def test_ropucha_and_alligator_keep_the_facts_of_the_worked_example() -> None:
    ropucha, alligator = LIBRARY.get("ropucha"), LIBRARY.get("alligator")
    assert (ropucha.length_m, ropucha.beam_m, ropucha.draught_m) == ((112.5, 112.5), (15.0, 15.0), (3.7, 3.7))
    assert (alligator.length_m, alligator.beam_m, alligator.draught_m) == ((112.8, 113.1), (15.3, 15.6), (4.5, 4.5))
    assert (ropucha.displacement_t, alligator.displacement_t) == ((2200.0, 4080.0), (3400.0, 4700.0))
    assert ropucha.speed_kn == alligator.speed_kn == (16.0, 18.0)
    persons = {c.id: [(p.low, p.high) for p in c.capacity if p.unit == "persons"] for c in (ropucha, alligator)}
    assert persons == {"ropucha": [(340.0, 340.0), (225.0, 225.0)], "alligator": [(300.0, 425.0), (313.0, 440.0)]}
    assert sum(part.kind == "hatch" for part in alligator.parts) == 4
    assert not any(part.kind == "crane" for part in ropucha.parts)
    assert sum(part.kind == "crane" for part in alligator.parts) >= 2
    assert {"long-hatch", "no-cranes"} <= {f.id for f in ropucha.features}
    assert {"four-holds", "own-cranes", "house-aft"} <= {f.id for f in alligator.features}


def test_no_source_is_named_for_nothing() -> None:
    used = {source for entry in built_in_classes() for source in sources(entry)}
    used |= {source for ship in built_in_vessels() for source in ship.sources}
    everything = "; ".join(used)
    assert [key for key, text in built_in_sources().items() if text not in everything] == []


def test_two_sources_of_one_value_are_both_written_out() -> None:
    texts = {"a": "one", "b": "two"}
    assert source_text("a + b", texts) == "one; two"
    assert source_text("a + c", texts) == "a + c"
    assert source_text("a book", texts) == "a book"


def test_the_named_ships_have_a_class_and_a_source() -> None:
    ships = {v.id: v for v in built_in_vessels()}
    assert set(ships) >= {
        "nikolay-vilkov", "oslyabya", "admiral-nevelskoy", "peresvet", "angara", "lady-r", "maia-1", "maria",
    }  # fmt: skip
    known = set(built_in_sources().values())
    for ship in ships.values():
        assert ship.vessel_class in LIBRARY
        assert ship.sources
        assert set(ship.sources) <= known
    assert ships["nikolay-vilkov"].vessel_class == "alligator"
    assert ships["nikolay-vilkov"].pennant == "081 (unverified)"
    assert (ships["angara"].imo, ships["lady-r"].imo) == ("9179842", "9161003")
    assert (ships["maia-1"].imo, ships["maria"].imo) == ("9358010 (unverified)", "8517839 (unverified)")
    assert "Николай Вилков" in ships["nikolay-vilkov"].names


def test_a_case_replaces_a_named_ship_by_its_id() -> None:
    ship = built_in_vessels()[0]
    mine = type(ship)(id=ship.id, vessel_class="cargo")
    found = {v.id: v for v in named_vessels([mine])}
    assert found[ship.id] == mine
    assert len(found) == len(built_in_vessels())


def test_the_library_is_read_only_when_it_is_asked_for() -> None:
    code = (
        "import offing.vessels.classes, offing.vessels.named, offing.cli.main, sys;"
        "from offing.vessels.class_data import built_in_classes as b;"
        "assert b.cache_info().currsize == 0; b(); assert b.cache_info().currsize == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_capacities_of_one_class_may_differ_by_source() -> None:
    several = [
        c
        for c in built_in_classes()
        if len({(p.unit, p.low, p.high) for p in c.capacity}) > len({p.unit for p in c.capacity})
    ]
    assert {"ropucha", "alligator", "galicia", "osumi"} <= {c.id for c in several}
    assert all(isinstance(p, Capacity) and p.source for c in several for p in c.capacity)
