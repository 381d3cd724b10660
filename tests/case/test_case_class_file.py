"""A user's own file of classes: read as it was meant, and every fault said with its place."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offing.case.class_file import MAX_BYTES, read_class_file, read_classes
from offing.errors import OffingError
from offing.vessels.class_checks import schema
from offing.vessels.class_data import class_files
from offing.vessels.model import Hull, Part, VesselClass

TOML = """\
[sources]
register = "Register of 2024 (https://example.org/register)"

[[classes]]
id = "rajin-coaster"
name = "Rajin coaster"
parent = "general-cargo"
length_m = [84, 86]
beam_m = [13, 13.2]
capacity = [{unit = "t", low = 2000, high = 3000, source = "register"}]
hull = {bow = 0.15, transom = 0.85, freeboard_m = 2.5}
parts = [
  {kind = "hatch", start = 0.15, end = 0.7, width = 0.75, height_m = 2},
  {kind = "house", start = 0.76, end = 0.94, width = 0.9, height_m = 11},
]
features = [{id = "one-hatch", statement = "one long hatch", coarsest_m = 2, source = "register"}]
sources = ["register"]
cited.length_m = "register"
cited.beam_m = "a person's measurement"

[[vessels]]
id = "some-ship"
class = "rajin-coaster"
names = ["Some Ship"]
imo = "9074729"
sources = ["register"]
"""
YAML = """\
sources: {register: "Register of 2024 (https://example.org/register)"}
classes:
  - id: rajin-coaster
    name: Rajin coaster
    parent: general-cargo
    length_m: [84, 86]
    beam_m: [13, 13.2]
    capacity: [{unit: t, low: 2000, high: 3000, source: register}]
    hull: {bow: 0.15, transom: 0.85, freeboard_m: 2.5}
    parts:
      - {kind: hatch, start: 0.15, end: 0.7, width: 0.75, height_m: 2}
      - {kind: house, start: 0.76, end: 0.94, width: 0.9, height_m: 11}
    features: [{id: one-hatch, statement: one long hatch, coarsest_m: 2, source: register}]
    sources: [register]
    cited: {length_m: register, beam_m: a person's measurement}
vessels:
  - {id: some-ship, class: rajin-coaster, names: [Some Ship], imo: 9074729, sources: [register]}
"""
TEXT = "Register of 2024 (https://example.org/register)"


def written(folder: Path, text: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def one_error(path: Path) -> str:
    with pytest.raises(OffingError) as raised:
        read_class_file(path)
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_toml_and_yaml_say_the_same(tmp_path: Path) -> None:
    read = read_class_file(written(tmp_path, TOML))
    assert read == read_class_file(written(tmp_path, YAML, "mine.yaml"))
    (mine,) = read.classes
    assert mine.length_m == (84.0, 86.0)
    assert mine.hull == Hull(bow=0.15, transom=0.85, freeboard_m=2.5)
    assert mine.parts[1] == Part(kind="house", start=0.76, end=0.94, width=0.9, height_m=11.0)
    assert read.vessels[0].imo == "9074729"


def test_sources_are_written_out(tmp_path: Path) -> None:
    read = read_class_file(written(tmp_path, TOML))
    (mine,) = read.classes
    assert mine.sources == (TEXT,)
    assert mine.cited == {"length_m": TEXT, "beam_m": "a person's measurement"}
    assert mine.capacity[0].source == TEXT
    assert mine.features[0].source == TEXT
    assert read.vessels[0].sources == (TEXT,)


def test_the_shipped_files_are_files_of_classes(tmp_path: Path) -> None:
    """What documents the form is read by the same reader."""
    from importlib.resources import files

    for name in class_files():
        text = (files("offing.vessels") / "library" / name).read_text(encoding="utf-8")
        assert read_classes(written(tmp_path, text, name))


CASES = [
    ("length_m = [86, 84]", ["mine.toml:1", "class 'x'", "length_m is 86 to 84", "smaller number first"]),
    ("length_m = [nan, 84]", ["class 'x'", "length_m", "nan"]),
    ("length_m = [10, inf]", ["class 'x'", "length_m", "inf"]),
    ("length_m = [0, 84]", ["length_m is 0 to 84"]),
    ("length_m = [84]", ["class 'x'", "length_m is a list of 1", "2 numbers"]),
    ("length_m = 84", ["length_m is '84'"]),
    ('length_m = ["84", "86"]', ["length_m", "in quotes"]),
    ("length_m = [15, 15]\nbeam_m = [112, 113]", ["broader than long"]),
    ("parts = [{kind = 'house', start = 0.9, end = 1.2, width = 1, height_m = 3}]", ["house from 0.9 to 1.2"]),
    ("parts = [{kind = 'house', start = 0.9, end = 0.4, width = 1, height_m = 3}]", ["house from 0.9 to 0.4"]),
    ("parts = [{kind = 'hous', start = 0.4, end = 0.9, width = 1, height_m = 3}]", ["kind", "'hous'", "one of"]),
    ("parts = [{kind = 'house', start = 0.4, end = 0.9, width = 1}]", ["a part lacks height_m"]),
    ("hull = {bow = 2, transom = 1, freeboard_m = 3}", ["hull with bow 2"]),
    ("features = [{id='a', statement='b', coarsest_m=1}, {id='a', statement='c', coarsest_m=1}]", ["id 'a' twice"]),
    ("features = [{id='a', statement='b', coarsest_m=1, if_it=1}]", ["feature 'a'", "between 0 and 1"]),
    ("capacity = [{unit = 't', low = 9, high = 3, source = 'x'}]", ["capacity 9 to 3 t", "smaller one first"]),
    ("parent = 'carg'", ["'carg' is no vessel class", "did you mean", "cargo"]),
    ("parent = 'x'", ["its own parent"]),
    ("stands_for = ['cargo']", ["stands_for 'cargo'", "not below it"]),
    ("lenght_m = [1, 2]", ["'lenght_m' is no key of a class", "did you mean length_m"]),
    ("cited = {parts = 'x'}", ["cited 'parts' has no value here"]),
    ("cited = {colour = 'x'}", ["cited 'colour' is no key of a class"]),
    ("navies = ['Russia']", ["navies 'Russia'", "ISO 3166"]),
    ("built = 0", ["built 0"]),
    ("built = 1.5", ["built is '1.5'", "whole number"]),
    ("name = 2024-10-18", []),
]


@pytest.mark.parametrize(("line", "words"), CASES)
def test_one_class_with_one_fault(tmp_path: Path, line: str, words: list[str]) -> None:
    path = written(tmp_path, f"[[classes]]\nid = 'x'\n{line}\n")
    if not words:
        assert read_classes(path)[0].name == "2024-10-18"
        return
    said = one_error(path)
    assert said.startswith(f"{path}:1: class 'x': ")
    for word in words[:]:
        assert word in said, said


def test_the_second_class_is_the_one_at_fault(tmp_path: Path) -> None:
    text = TOML + "\n[[classes]]\nid = 'y'\nbeam_m = [3, 1]\n"
    said = one_error(written(tmp_path, text))
    assert f"mine.toml:{text[: text.index(chr(39) + 'y')].count(chr(10))}: class 'y': beam_m is 3 to 1" in said
    said = one_error(written(tmp_path, YAML.replace("beam_m: [13, 13.2]", "beam_m: [14, 13.2]"), "mine.yml"))
    assert "mine.yml:7: class 'rajin-coaster': beam_m is 14 to 13.2" in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[classes]]\nid='a'\n[[classes]]\nid='a'\n", ["mine.toml:3", "'a' is used twice", "line 1"]),
        ("[[classes]]\nname='a'\n", ["class number 1", "lacks id"]),
        ("[[vessels]]\nid='a'\nclass='b'\n", ["vessel 'a'", "'b' is no vessel class"]),
        ("[[vessels]]\nid='a'\nclass='cargo'\nimo='9179843'\n", ["vessel 'a'", "imo '9179843'", "would be 2"]),
        ("[[vessels]]\nid='a'\nclass='cargo'\nmmsi='0'\n", ["vessel 'a'", "mmsi '0'"]),
        ("title = 'A case'\n", ["'title' is no key of a library", "classes"]),
        ("classes = 3\n", ["classes is '3'"]),
        ("classes = [3]\n", ["classes is '3'"]),
        ("[[classes]\n", ["mine.toml:1", "not TOML"]),
        ("[[classes]]\nid = 'a'\nid = 'b'\n", ["mine.toml:3", "not TOML"]),
        ("a = " + "[" * 3000 + "]" * 3000, ["TOML"]),
        ("a = " + "[" * 60 + "]" * 60, ["too deep"]),
        ("x" + ".x" * 3000 + " = 1", ["mine.toml"]),
        (b"[[classes]]\nid = '\xff'\n", ["mine.toml:2", "not UTF-8"]),
        (b"\x00" * 50, ["mine.toml:1", "not TOML"]),
        (b" " * (MAX_BYTES + 1), ["larger than 1 MB"]),
    ],
    ids=range(16),
)
def test_a_file_that_cannot_be_used(tmp_path: Path, text: str | bytes, words: list[str]) -> None:
    said = one_error(written(tmp_path, text))
    for word in words:
        assert word in said, said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["it holds no keys"]),
        ("- id: a\n", ["it holds no keys", "classes:"]),
        ("a: &a [1]\nclasses: *a\n", ["alias"]),
        ("classes: !!python/object:os.system {}\n", ["mine.yaml:1"]),
        ("classes:\n  - {id: a, length_m: [1, 2}\n", ["mine.yaml"]),
        ("classes:\n  - {id: a, length_m: [.nan, 2]}\n", ["class 'a'", "length_m"]),
    ],
)
def test_yaml_that_cannot_be_used(tmp_path: Path, text: str, words: list[str]) -> None:
    said = one_error(written(tmp_path, text, "mine.yaml"))
    for word in words:
        assert word in said, said


def test_names_that_are_no_files_of_classes(tmp_path: Path) -> None:
    assert "there is no such file" in one_error(tmp_path / "none.toml")
    assert "no ordinary file" in one_error(tmp_path.joinpath("folder.toml").mkdir() or tmp_path / "folder.toml")
    assert "name a .toml, .yaml or .yml file" in one_error(written(tmp_path, TOML, "mine.json"))
    assert "no name of a file" in one_error(Path("a\0b.toml"))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 400) | st.floats(-1e3, 1e3) | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "name", "parent", "length_m", "beam_m", "parts", "hull", "features", "capacity", "kind",
                     "start", "end", "width", "height_m", "bow", "cited", "stands_for", "classes", "vessels", "sources"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)  # fmt: skip
def test_whatever_a_file_holds_is_read_or_refused_in_one_line(tmp_path: Path, value: object) -> None:
    path = written(tmp_path, json.dumps({"classes": [value]}), "any.yaml")  # JSON is YAML
    try:
        classes, said = read_classes(path), None
    except OffingError as error:
        classes, said = (), str(error)
    assert said is None or (str(path) in said and "\n" not in said)
    assert all(not c.length_m or 0.0 < c.length_m[0] <= c.length_m[1] for c in classes)


METRES = st.integers(10, 4000).map(lambda n: n / 10)
FRACTION = st.integers(-20, 120).map(lambda n: n / 100)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(METRES, METRES), st.tuples(FRACTION, FRACTION))
def test_intervals_and_parts_are_taken_or_refused_by_their_order(tmp_path: Path, length: tuple, part: tuple) -> None:
    body = {
        "id": "x",
        "length_m": length,
        "parts": [{"kind": "house", "start": part[0], "end": part[1], "width": 0.5, "height_m": 1}],
    }
    path = written(tmp_path, json.dumps({"classes": [body]}), "any.yaml")
    if length[0] <= length[1] and 0.0 <= part[0] < part[1] <= 1.0:
        (entry,) = read_classes(path)
        assert entry.length_m == length
    else:
        said = one_error(path)
        assert "class 'x'" in said
        assert "length_m" in said or "a house from" in said


def test_the_schema_is_that_of_the_types_that_read() -> None:
    made = schema()
    assert made["$schema"].startswith("https://json-schema.org/")
    fields = {f.encode_name for f in msgspec.structs.fields(VesselClass)}
    assert set(made["$defs"]["VesselClass"]["properties"]) == fields
    assert made["$defs"]["VesselClass"]["required"] == ["id"]
    assert made["$defs"]["VesselClass"]["additionalProperties"] is False
    assert set(made["$defs"]["Vessel"]["required"]) == {"id", "class"}
    json.dumps(made)


def test_the_example_of_the_documentation_is_valid(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "class-library.md"
    text = page.read_text(encoding="utf-8")
    example = text.split("```toml\n", 1)[1].split("```", 1)[0]
    (mine,) = read_classes(written(tmp_path, example))
    assert mine.parts
    assert mine.cited["beam_m"].startswith("measured")
    keys = {f.encode_name for f in msgspec.structs.fields(VesselClass)}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []
