"""What the looks of a case declare of another ship than the one claimed."""

from __future__ import annotations

import msgspec
import pytest
from case_fixtures import NOW, look, scene

from offing.case.case import Case
from offing.case.model import Results
from offing.case.other_ship import looks_for
from offing.errors import OffingError
from offing.looks import optical_seen
from offing.looks.declared import declared
from offing.vessels.attribution import site_prior
from seen_curves import curve


@pytest.fixture
def looked(case: Case, results: Results, monkeypatch) -> Case:
    """A stated look, a measured one at a picture, and one that nobody declared anything of."""
    monkeypatch.setattr(optical_seen, "measured", curve)
    stated = msgspec.structs.replace(look("a", 0), p_detect=0.7, p_false=0.1, p_basis="stated")
    measured = msgspec.structs.replace(look("b", 1, scene="s1"), p_detect=0.123, p_basis="a benchmark")
    with case.writing() as store:
        store.add_scene(scene(sensor="multispectral", gsd_m=(7.5, 7.5), simulated=True), [], at=NOW)
        store.project(msgspec.structs.replace(results, looks=(stated, measured, look("c", 2))), at=NOW)
    return case


def test_measured_chances_are_those_of_the_ship_asked_for(looked: Case) -> None:
    dunai, library = looked.site("dunai"), looked.library
    low, high = library.get("ropucha").length_m or (0.0, 0.0)
    expected = declared(
        "multispectral", 7.5, (low * high) ** 0.5, ("ropucha",), library, site_prior(dunai, ("ropucha",), library),
        clear=True, simulated=True,
    )  # fmt: skip
    assert expected is not None
    ropucha, tanker = ({k.id: k for k in looks_for(looked, dunai, name)}["b"] for name in ("ropucha", "tanker"))
    assert (ropucha.p_detect, ropucha.p_basis) == (expected.p_detect, expected.basis)
    assert tanker.p_detect not in (0.123, ropucha.p_detect)


def test_stated_chances_hold_for_the_ships_they_were_stated_of(looked: Case) -> None:
    for name, stated in (("ropucha", 0.7), ("alligator", 0.7), ("tanker", None), ("landing-ship", None)):
        told = {k.id: k for k in looks_for(looked, looked.site("dunai"), name)}
        assert told["a"].p_detect == stated
        assert told["a"].p_false == 0.1
        assert told["c"].p_detect is None


def test_a_class_that_nobody_knows(looked: Case) -> None:
    with pytest.raises(OffingError, match="ropuch"):
        looks_for(looked, looked.site("dunai"), "ropuch")
