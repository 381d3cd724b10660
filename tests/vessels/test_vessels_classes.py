"""The class library is a tree, and a name that is wider than what is sought decides nothing."""

import pytest

from offing.errors import CaseFileError
from offing.vessels.classes import library
from offing.vessels.model import VesselClass

GENERIC = ("any", "warship", "landing-ship", "cargo", "tanker", "ferry", "fishing", "patrol", "unknown")


def test_the_generic_ids_of_the_contract_exist() -> None:
    assert all(name in library() for name in GENERIC)


def test_every_class_ends_at_any_and_has_a_source() -> None:
    for entry in library():
        assert library().lineage(entry.id)[-1] == "any"
        assert entry.sources


@pytest.mark.parametrize(
    ("observed", "sought", "relation"),
    [
        ("ropucha", ["landing-ship"], "match"),
        ("ropucha", ["any"], "match"),
        ("landing-ship", ["ropucha"], "may-be"),
        ("warship", ["ropucha", "cargo"], "may-be"),
        ("unknown", ["ropucha"], "may-be"),
        ("unknown", ["any"], "match"),
        ("cargo", ["ropucha", "alligator"], "other"),
    ],
)
def test_relations(observed: str, sought: list[str], relation: str) -> None:
    assert library().relation(observed, sought) == relation


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(CaseFileError, match="did you mean ropucha"):
        library().get("ropuca")


def test_a_case_adds_and_overrides() -> None:
    mine = library([VesselClass(id="ivan-gren", parent="landing-ship", length_m=(120, 120)), VesselClass(id="ropucha")])
    assert mine.is_a("ivan-gren", "warship")
    assert mine.get("ropucha").length_m is None


def test_a_circle_of_parents_is_refused() -> None:
    with pytest.raises(CaseFileError, match="own parent"):
        library([VesselClass(id="a", parent="b"), VesselClass(id="b", parent="a")])
