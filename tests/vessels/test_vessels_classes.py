"""The class library is a tree, and a name that is wider than what is sought decides nothing."""

import pytest

from offing.errors import CaseFileError
from offing.vessels.classes import ClassLibrary, library
from offing.vessels.model import Part, RecognitionFeature, VesselClass

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


def test_a_wide_class_means_what_it_stands_for_however_many_lie_below_it() -> None:
    known = library()
    assert known.leaves(["landing-ship"]) == ["ropucha", "alligator"]
    assert len(known.below("landing-ship")) > 30
    assert known.leaves(["cargo", "tanker"]) == ["cargo", "tanker"]
    assert known.leaves(["any"]) == []
    assert known.leaves(["unknown"]) == []
    assert set(known.leaves(["warship"])) >= {"patrol", "ropucha", "alligator", "corvette", "frigate", "destroyer"}


def test_a_class_that_a_case_describes_is_meant_by_the_wide_one() -> None:
    mine = VesselClass(id="angara-type", parent="cargo", length_m=(120.0, 124.0))
    assert library([mine]).leaves(["cargo"]) == ["cargo", "angara-type"]
    changed = VesselClass(id="jason", parent="landing-ship", length_m=(116.0, 116.0))
    assert library([changed]).leaves(["landing-ship"]) == ["ropucha", "alligator", "jason"]


def test_a_library_handed_on_as_its_classes_means_the_same() -> None:
    mine = library([VesselClass(id="angara-type", parent="cargo", length_m=(120.0, 124.0))])
    again = ClassLibrary(tuple(mine))
    assert again.leaves(["cargo", "landing-ship"]) == mine.leaves(["cargo", "landing-ship"])


def test_the_meaning_of_a_wide_class_is_the_cases_to_change() -> None:
    mine = VesselClass(id="landing-ship", parent="warship", length_m=(40.0, 260.0), stands_for=("jason", "osmangazi"))
    assert library([mine]).leaves(["landing-ship"]) == ["jason", "osmangazi"]


def test_a_class_stands_only_for_classes_below_it() -> None:
    with pytest.raises(CaseFileError, match="'mine' stands_for 'cargo', which is not below it"):
        library([VesselClass(id="mine", stands_for=("cargo",))])
    with pytest.raises(CaseFileError, match="'mine' stands_for 'mine'"):
        library([VesselClass(id="mine", stands_for=("mine",))])


def test_described_classes_have_a_length() -> None:
    known = library()
    assert all(known.get(c).length_m for c in known.described())
    assert {"ropucha", "cargo", "landing-ship"} <= set(known.described())
    assert not {"any", "unknown", "warship"} & set(known.described())


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"length_m": (120.0, 110.0)}, "length_m is 120 to 110"),
        ({"length_m": (float("nan"), 110.0)}, "length_m is nan"),
        ({"draught_m": (4.0, float("inf"))}, "draught_m is 4 to inf"),
        ({"length_m": (15.0, 15.0), "beam_m": (112.0, 112.0)}, "broader than long"),
        ({"features": tuple(RecognitionFeature(id="a", statement="x", coarsest_m=1.0) for _ in "12")}, "id 'a' twice"),
    ],
)
def test_a_class_that_cannot_be(values: dict, words: str) -> None:
    with pytest.raises(CaseFileError, match=words):
        VesselClass(id="x", **values)


@pytest.mark.parametrize("end", [1.2, float("nan"), 0.1])
def test_a_part_outside_of_the_hull(end: float) -> None:
    with pytest.raises(CaseFileError, match="of the length"):
        Part(kind="house", start=0.2, end=end, width=0.5, height_m=3.0)
