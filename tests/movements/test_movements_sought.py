"""What one look says of the ships sought."""

from datetime import UTC, datetime

import pytest

from offing.errors import CaseFileError
from offing.looks.model import Look, Observation
from offing.movements.sought import Sought, read_look
from offing.vessels.classes import library

T = datetime(2024, 10, 8, tzinfo=UTC)
LIBRARY = library()


def look(*rows, **more):
    fields = {"status": "clear", "usable": 1.0, **more}
    return Look(id="l", site="a", time=T, sensor="x", reason="", observations=tuple(rows), **fields)


def yes(class_id=None, vessel=None):
    return Observation(seen="yes", vessel_class=class_id, vessel=vessel)


NO, UNSURE = Observation(seen="no"), Observation(seen="indeterminate")


@pytest.mark.parametrize(
    ("rows", "kind", "ships", "open_ended"),
    [
        ([yes("ropucha")], "seen", 1, False),
        ([yes("ropucha"), yes("alligator")], "seen", 2, False),
        ([NO], "not-seen", 0, False),
        ([yes("cargo")], "not-seen", 0, False),
        ([yes("landing-ship")], "blind", 0, False),
        ([yes("unknown")], "blind", 0, False),
        ([yes()], "blind", 0, False),
        ([UNSURE], "blind", 0, False),
        ([yes("cargo"), yes("warship")], "blind", 0, False),
        ([yes("ropucha"), yes("warship")], "seen", 1, True),
        ([yes("ropucha"), UNSURE], "seen", 1, True),
        ([], "blind", 0, False),
    ],
)
def test_rows_of_one_look(rows, kind, ships, open_ended):
    got = read_look(look(*rows), Sought(classes=("ropucha", "alligator")), LIBRARY)
    assert (got.kind, got.ships, got.open_ended) == (kind, ships, open_ended)
    assert bool(got.why) == (kind == "blind")


@pytest.mark.parametrize("status", ["night", "nodata", "too-coarse", "not-obtained"])
def test_a_status_that_cannot_see_is_blind_whatever_is_written(status):
    assert read_look(look(yes("ropucha"), status=status), Sought(classes=("ropucha",)), LIBRARY).kind == "blind"


def test_clouds_count_by_what_is_left():
    sought = Sought(classes=("ropucha",))
    assert read_look(look(NO, status="cloud", usable=0.1), sought, LIBRARY).kind == "not-seen"
    assert read_look(look(NO, status="cloud", usable=0.0), sought, LIBRARY).kind == "blind"


def test_a_named_ship_is_sought_by_name():
    sought = Sought(classes=("ropucha",), vessels=("oslyabya",))
    kinds = {
        "oslyabya": read_look(look(yes("ropucha", "oslyabya")), sought, LIBRARY).kind,
        "other": read_look(look(yes("ropucha", "peresvet")), sought, LIBRARY).kind,
        "unnamed": read_look(look(yes("ropucha")), sought, LIBRARY).kind,
        "another class": read_look(look(yes("cargo")), sought, LIBRARY).kind,
        "a name without its class": read_look(look(yes(None, "oslyabya")), sought, LIBRARY).kind,
    }
    assert kinds == {
        "oslyabya": "seen",
        "other": "not-seen",
        "unnamed": "blind",
        "another class": "not-seen",
        "a name without its class": "seen",
    }


def test_a_class_that_does_not_exist_is_one_clear_error():
    with pytest.raises(CaseFileError, match=r"ropuca.*did you mean ropucha"):
        read_look(look(yes("ropuca")), Sought(classes=("ropucha",)), LIBRARY)
